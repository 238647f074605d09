"""How evenly people are recognised. Pure: people and their thanks of one quarter in, released cells out.

Three questions are kept apart: how often somebody is thanked, what points come with it, and how well it is told. Each
is asked of public and of private thanks by itself. Nothing is shown of both together: everybody can count public thanks
in the feed, and what is left of a sum would be somebody's private ones.

Each person's quarter is put on the five steps of a scale and goes through the very gate of a survey (``own_cells``), as
if he had answered it: groups of at least k people, remainders, groups that cross, unanimity, and what arithmetic
narrows down. So two hidden groups do not uncover each other.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.results.disclosure import shares_cell
from surveys.results.own_cells import own_cells
from surveys.results.scoring import Tally
from surveys.results.trees import reporting_tree
from surveys.waves.blocks import UnitNode, make_blocks

K = 5
RULES: dict[str, int] = {"k": K, "band_to": 7, "score_detail_from": 8, "distribution_from": 20}
MEASURES = ("often", "value", "told")
SIDES = ("public", "private")
KEYS = tuple(f"{measure}_{side}" for measure in MEASURES for side in SIDES)
CUTS = ("site", "tenure", "language", "contract")
TREE = "tree"
# Who was there for less of the quarter tells nothing about how often people are thanked in one.
LEAST_PRESENT = 0.25
POINTS = (0, 5, 10, 25)  # up to
LONG, SHORT = 80, 25  # signs of a story


@dataclass(frozen=True)
class Thanks:
    """One thank-you as its receiver got it."""

    public: bool
    points: int
    story: str
    for_customer: bool = False
    requirement: bool = True


@dataclass(frozen=True)
class Person:
    """``days`` he worked of the quarter (absences off); ``traits``: his words for each of ``CUTS``, '' unknown."""

    unit: int
    days: int
    traits: tuple[str, ...]
    thanks: tuple[Thanks, ...] = ()


@dataclass(frozen=True)
class Unit:
    id: int
    name: str
    parent: int | None = None


@dataclass(frozen=True)
class Group:
    """A row of a release. ``family``: tree, cut, or unit_cut (a category within a unit).

    ``node``, ``category``: of the reporting tree and of the cut, where it has one; not kept.
    """

    family: str
    name: str
    depth: int = 0
    cut: str = ""
    cells: dict[str, dict[str, Any]] = field(default_factory=dict)
    node: int | None = None
    category: int | None = None

    def kept(self) -> dict[str, Any]:
        return {"family": self.family, "name": self.name, "depth": self.depth, "cut": self.cut, "cells": self.cells}


def weight(story: str) -> int:
    """Signs of a story; a sign of Chinese or Japanese says about as much as three letters."""
    return sum(3 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in story.strip())


def often(count: int, days: int, of: int) -> int:
    """1 never … 5 five times or more, as if he had worked the whole quarter of ``of`` days."""
    rate = count * of / days
    return 1 if not count else 2 if rate < 1.5 else 3 if rate < 2.5 else 4 if rate < 4.5 else 5


def value(thanks: Sequence[Thanks]) -> int | None:
    """1 no points … 5 more than 25 with each on average; None without any thanks."""
    if not thanks:
        return None
    mean = sum(one.points for one in thanks) / len(thanks)
    return 1 + sum(mean > step for step in POINTS)


def told(thanks: Sequence[Thanks]) -> int | None:
    """1 hardly a word … 5 what happened at some length, for which customer, and what it stands for; None without."""
    if not thanks:
        return None
    marks = 0
    for one in thanks:
        signs = weight(one.story)
        marks += (2 if signs >= LONG else 1 if signs >= SHORT else 0) + one.for_customer + one.requirement
    return 1 + round(marks / len(thanks))


def answers(person: Person, of: int) -> tuple[int | None, ...] | None:
    """The person's steps in the order of ``KEYS``; None when he was there too little."""
    if person.days < LEAST_PRESENT * of:
        return None
    mine = {side: [one for one in person.thanks if one.public == (side == "public")] for side in SIDES}
    steps: dict[str, int | None] = {}
    for side, found in mine.items():
        steps |= {
            f"often_{side}": often(len(found), person.days, of),
            f"value_{side}": value(found),
            f"told_{side}": told(found),
        }
    return tuple(steps[key] for key in KEYS)


def release(people: Iterable[Person], units: Sequence[Unit], of: int, cuts: Mapping[str, str]) -> list[Group]:
    """All groups with what may be known of each. ``of``: days of the quarter; ``cuts``: key → its name."""
    counted = [(one, steps) for one in people if (steps := answers(one, of)) is not None]
    sizes = Counter(one.unit for one, _steps in counted)
    blocks = make_blocks([UnitNode(one.id, one.name, one.parent) for one in units], sizes, K)
    home = {unit: block.id for block in blocks for unit in block.units}
    tree = reporting_tree(
        {
            "units": [{"id": one.id, "name": one.name, "parent": one.parent} for one in units],
            "blocks": [{"id": block.id, "name": block.name, "units": list(block.units)} for block in blocks],
        }
    )
    kinds = _categories([one.traits for one, _steps in counted], cuts)
    numbers = [{one["name"]: one["id"] for one in cut["categories"]} for cut in kinds]
    known = [(home[one.unit], one, steps) for one, steps in counted if one.unit in home]
    told_of = [[named.get(word, 0) for named, word in zip(numbers, one.traits, strict=True)] for _b, one, _s in known]
    cells: dict[int, dict[str, Any]] = {node.id: {} for node in tree}
    items = [{"code": key, "kind": "frequency", "about": "own", "dimension": "", "options": {}} for key in KEYS]
    crossing = own_cells(cells, tree, items, [(block, steps) for block, _one, steps in known], told_of, kinds, RULES)
    found = [Group(TREE, node.name, node.depth, cells=_plain(cells[node.id]), node=node.id) for node in tree]
    names = {(cut["key"], one["id"]): one["name"] for cut in kinds for one in cut["categories"]}
    for group in crossing:
        name = names[group.cut, group.other] if group.family == "cut" else group.name
        found.append(
            Group(group.family, name, cut=group.cut, cells=_plain(group.cells), node=group.unit, category=group.other)
        )
    return found


def _plain(cells: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is kept of the gate's cells: of private thanks the number alone.

    Where hardly anybody is thanked in private, an interval made from the spread of all would announce that nobody is.
    """
    found = {}
    for key, cell in cells.items():
        names = {"shown", "n", "index"} | ({"low", "high"} if key.endswith("public") else set())
        found[key] = {name: value for name, value in cell.items() if name in names}
    return found


def _categories(traits: Sequence[tuple[str, ...]], cuts: Mapping[str, str]) -> list[dict[str, Any]]:
    """The categories of each cut with at least 2 k people; a cut with fewer than two such has none."""
    following, found = 1, []
    for at, key in enumerate(cuts):
        counts = Counter(mine[at] for mine in traits)
        words = sorted(word for word, n in counts.items() if word and n >= 2 * K)
        words = words if len(words) > 1 else []
        categories = [{"id": following + place, "name": word} for place, word in enumerate(words)]
        following += len(words)
        found.append({"key": key, "name": cuts[key], "categories": categories})
    return found


def share(yes: int, base: int) -> dict[str, Any]:
    """Of ``base`` people so many: a distribution of two, shown as the survey's are (from 20, its ends censored)."""
    tally = Tally(2, n=base, counts=[yes, base - yes])
    return shares_cell(tally, base, RULES, ["yes", "no"])


# -- what is read out of a release -----------------------------------------------------------------------------------


def apart(groups: Iterable[Mapping[str, Any]], whole: Mapping[str, Any] | None, key: str) -> tuple[str, int] | None:
    """The group that surely differs most from everybody in ``key``: (name, −1 less or 1 more); None: none does.

    Surely: their intervals do not meet.
    """
    top = whole["cells"].get(key, {}) if whole else {}
    if "low" not in top:
        return None
    found: list[tuple[int, str, int]] = []
    for group in groups:
        cell = group["cells"].get(key, {})
        if "low" not in cell:
            continue
        if cell["high"] < top["low"]:
            found.append((top["low"] - cell["high"], group["name"], -1))
        elif cell["low"] > top["high"]:
            found.append((cell["low"] - top["high"], group["name"], 1))
    if not found:
        return None
    _gap, name, way = max(found, key=lambda one: (one[0], one[2] < 0))
    return name, way


def quarter_of(day: dt.date) -> dt.date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
