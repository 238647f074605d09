"""The attacker with linear programmes: what everything shown of one question says together of a small hidden group.

Unknowns are how many of each kind of people chose which answer. He knows every count, how cells are made, and all that
is shown in all families; he asks how far the mean of a hidden group with a name is open. Written apart from the
defender, and never imported by the product.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import linprog

from surveys.instruments.scales import scale_of
from surveys.results.groups import Group
from surveys.results.trees import division_of, reporting_tree
from tests.surveys.protection_world import ITEMS, Shape, World, _own_members, _raters_in

FAMILIES = {"own": {"tree", "cut", "unit_cut"}, "provider": {"tree", "matrix", "customer", "division"}}


def shape_of(seed: int) -> Shape:
    """Small organisations, many of which agree, so that something can be narrowed down."""
    chance = random.Random(seed)
    return Shape(
        units=chance.randint(3, 9),
        size=chance.choice([8, 14, 20]),
        depth=chance.randint(1, 3),
        answering=chance.choice([0.5, 0.8, 1]),
        missing=chance.choice([0, 0.05, 0.2]),
        traits=chance.randint(0, 3),
        mixed=chance.choice([0.1, 0.3, 1]),
        ratings=chance.randint(0, 4),
        agreeing=chance.choice([0, 0, 0.7, 0.95]),
    )


def disclosures(world: World) -> tuple[list[tuple], int]:
    """(family, unit, other, question, width) of hidden groups that are narrower than half the scale; how many it tried.

    A width of −1: what is told contradicts itself, the attacker misread it.
    """
    found, tried = [], 0
    for item in ITEMS:
        mine, targets = _attack(world, item)
        found += mine
        tried += targets
    return found, tried


def _attack(world: World, item: Mapping[str, Any]) -> tuple[list[tuple], int]:
    people = {one.id: one for one in world.people}
    scale = scale_of(item)
    key, talk = ("talk", True) if item["kind"] == "outcome" else (item["code"], False)
    values = [-100, -100, 0, 100, 100] if talk else list(np.linspace(0, 100, scale.categories))

    def category(answer: tuple[int, int | None]) -> int:
        person, about = answer
        given = people[person].own if about is None else people[person].ratings[about]
        return scale.category(given[item["code"]])

    rows, targets = [], []
    for group in _nameable(world, FAMILIES[item["about"]]):
        members = _members(world, group, item)
        cell = group.cells.get(key, {})
        if cell.get("shown"):
            counts = Counter(map(category, members))
            rows.append(
                (members, list(_bounds(cell, [counts[at] for at in range(len(values))], values, scale.thirds())))
            )
        elif members and len({person for person, _about in members}) < world.rules["k"]:
            targets.append((group, members))
    found = []
    for group, members in targets:
        width = _width(members, rows, values)
        if width is not None and width < (values[-1] - values[0]) / 2 - 1e-6:
            found.append((group.family, group.unit, group.other, item["code"], round(width, 1)))
    return found, len(targets)


def _nameable(world: World, families: set[str]) -> Iterator[Group]:
    yield from (group for group in world.groups if group.family in families)
    known = {(group.family, group.unit, group.other) for group in world.groups}
    for division in set(division_of(reporting_tree(world.snapshot)).values()) if "unit_cut" in families else ():
        for cut in world.snapshot["cuts"]:
            for one in cut["categories"]:
                if ("unit_cut", division, one["id"]) not in known:
                    yield Group("unit_cut", division, "", other=one["id"], cut=cut["key"])


def _members(world: World, group: Group, item: Mapping[str, Any]) -> frozenset:
    code = item["code"]
    if item["about"] == "own":
        return frozenset((one.id, None) for one in _own_members(world, group) if one.own[code] is not None)
    return frozenset((one.id, about) for one, about in _raters_in(world, group) if one.ratings[about][code] is not None)


def _bounds(cell: Mapping, counts: Sequence[int], values: Sequence[float], thirds: tuple) -> Iterator[tuple]:
    """(weight of each category, low, high) of sums over the row, from what the cell says."""
    n, said = sum(counts), cell["n"]
    told = int(said.split("–")[0]) if isinstance(said, str) else said
    step = 2 / told * (values[-1] - values[0]) / (len(values) - 1)
    wide = 5 if "band" in cell else 0.5
    low, high = cell["index"] - wide, cell["index"] + wide
    low, high = values[0] if low <= values[0] + step else low, values[-1] if high >= values[-1] - step else high
    yield list(values), low * n, high * n
    middle = frozenset(range(len(values))) - thirds[0] - thirds[1]
    lists = [([thirds[0], middle, thirds[1]], [cell["fav"], cell["neu"], cell["unf"]])] if "fav" in cell else []
    lists += [([frozenset([at]) for at in range(len(values))], cell["dist"])] if "dist" in cell else []
    for parts, percents in lists:
        true = [sum(counts[at] for at in part) / n for part in parts]
        whole = sum(min(max(one, 2 / told), 1 - 2 / told) for one in true)
        for part, percent in zip(parts, percents, strict=True):
            low, high = (percent - 0.5) / 100 * whole, (percent + 0.5) / 100 * whole
            low, high = 0 if low <= 2 / told else low, 1 if high >= 1 - 2 / told else high
            yield [float(at in part) for at in range(len(values))], low * n, high * n


def _width(target: frozenset, rows: Sequence[tuple], values: Sequence[float]) -> float | None:
    """How wide the mean of the target is left; None where nothing shown touches it."""
    near = [row for row in rows if row[0] & target]
    if not near:
        return None
    around = frozenset().union(*(members for members, _bounds in near))
    near = [row for row in rows if row[0] & around]
    kinds: dict[tuple, int] = defaultdict(int)
    for one in target.union(*(members for members, _bounds in near)):
        kinds[one in target, *(one in members for members, _bounds in near)] += 1
    width, upper, ends = len(values), [], []

    def over(chosen: Callable[[tuple], bool], weights: Sequence[float]) -> np.ndarray:
        return np.concatenate([np.array(weights) if chosen(kind) else np.zeros(width) for kind in kinds])

    for at, (_, bounds) in enumerate(near, 1):
        for weights, low, high in bounds:
            row = over(lambda kind, at=at: kind[at], weights)
            upper += [row, -row]
            ends += [high + 1e-6, -low + 1e-6]
    whole = np.kron(np.eye(len(kinds)), np.ones(width))
    aim = over(lambda kind: kind[0], values) / len(target)
    least, most = (
        linprog(sign * aim, np.array(upper), ends, whole, list(kinds.values()), method="highs") for sign in (1, -1)
    )
    return -1.0 if least.status or most.status else -most.fun - least.fun
