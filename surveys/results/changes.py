"""What changed since the waves before, in words decided once, with the release. From released cells only. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from surveys.results.groups import Group
from surveys.results.insight import change, trends
from surveys.results.insight.barriers import DIMENSIONS
from surveys.results.measures import item_lists, own_measures, service_measures
from surveys.results.trees import reporting_tree

TREE = "tree"
CUTS = frozenset({"cut", "unit_cut"})
# What is added to a group's cells beside its scores; these have no change of their own.
ADDED = ("barrier", "straight", "drivers", "participation", "below:", "reliability:")
# Told beside the first wave of the series, too.
SINCE_FIRST = frozenset({*DIMENSIONS, "served", "talk"})
Snapshot = Mapping[str, Any]


def with_words(
    groups: Sequence[Group],
    snapshot: Snapshot,
    rules: Mapping[str, Any],
    before: trends.Wave,
    first: trends.Wave | None = None,
) -> list[Group]:
    """The groups with what changed since ``before``, decided once: from released cells of both waves only.

    A family of tests is one statistic at one level of the organisation, or in one kind of group that crosses it, in
    this wave. The three indices, *served* and *talk* of units are compared with the ``first`` wave of the series, too.
    """
    now = wave_of(snapshot, groups, number=0)
    since = _decided(groups, snapshot, rules, now, before)
    whole = _decided(groups, snapshot, rules, now, first, SINCE_FIRST) if first else {}
    found = []
    for at, group in enumerate(groups):
        cells = dict(group.cells)
        for key in group.cells:
            if (moved := since.get((at, key))) is None:
                continue
            told: dict[str, Any] = {**moved.as_cell(), "since": before.number}
            if first and (course := whole.get((at, key))) is not None:
                told["first"] = {**course.as_cell(), "since": first.number}
            cells[key] = {**cells[key], "change": told}
        found.append(replace(group, cells=cells))
    return found


def _decided(
    groups: Sequence[Group],
    snapshot: Snapshot,
    rules: Mapping[str, Any],
    now: trends.Wave,
    before: trends.Wave,
    only: frozenset[str] = frozenset(),
) -> dict[Any, change.Change]:
    same, codes, names = trends.comparable(before, now), codes_of(snapshot), category_names(snapshot)
    pairs = [
        ((at, key), (_level(group), key), cell, earlier[key])
        for at, group in enumerate(groups)
        if (earlier := _earlier(group, before, same, names))
        for key, cell in group.cells.items()
        if not key.startswith(ADDED) and key in earlier and same.measure(key, codes.get(key, (key,)))
        if not only or (key in only and group.family == TREE)
    ]
    least = float(rules.get("matters", change.MATTERS))
    # The talk index has 200 points where the others have 100.
    return change.decide(pairs, lambda whose: 2 * least if whose[1] == "talk" else least)


def _level(group: Group) -> Hashable:
    """Which groups are judged together: those of one depth in the tree, or of one kind that crosses it."""
    return group.depth if group.family == TREE else (group.family, group.depth)


def _earlier(
    group: Any, before: trends.Wave, same: trends.Comparable, names: Mapping[int, str]
) -> Mapping[str, trends.Cell]:
    """The cells of the same group in the wave before; nothing unless it is made of the same units."""
    if group.unit not in same.groups:
        return {}
    if group.family == TREE:
        return before.cells.get(group.unit, {})
    if group.family not in CUTS and group.other is not None and group.other not in same.groups:
        return {}
    return before.crossing.get(identity(group, names), {})


def identity(group: Any, names: Mapping[int, str]) -> tuple[Any, ...]:
    """What a group that crosses the tree is known by from wave to wave; a category of a cut by its name."""
    other = names.get(group.other, "") if group.family in CUTS else group.other
    return group.family, group.unit, other, group.cut


def category_names(snapshot: Snapshot) -> dict[int, str]:
    """Category id → its name; ids are given anew in each wave."""
    return {one["id"]: one["name"] for cut in snapshot.get("cuts") or () for one in cut["categories"]}


def codes_of(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """The questions behind each measure of a wave, by the measure's key."""
    own, provider = item_lists(snapshot)
    found = {}
    for measure in (*own_measures(own), *service_measures(provider)):
        found[measure.key] = measure.codes or (measure.item,)
    return found


def wave_of(snapshot: Snapshot, groups: Iterable[Any], *, number: int, about: Any = None) -> trends.Wave:
    """A released wave as :mod:`trends` takes it; ``groups``: anything with what a group of a release has."""
    tree, names = reporting_tree(snapshot), category_names(snapshot)
    units = {block["id"]: frozenset(block["units"]) for block in snapshot["blocks"]}
    inside: dict[int, frozenset[int]] = {}
    for node in reversed(tree):  # children first
        own = units.get(node.block, frozenset()) if node.block is not None else frozenset()
        inside[node.id] = inside.get(node.id, frozenset()) | own
        if node.parent is not None:
            inside[node.parent] = inside.get(node.parent, frozenset()) | inside[node.id]
    known = list(groups)
    return trends.Wave(
        number=number,
        units=inside,
        cells={group.unit: group.cells for group in known if group.family == TREE},
        crossing={identity(group, names): group.cells for group in known if group.family != TREE},
        tree={unit["id"]: unit["parent"] for unit in snapshot["units"]},
        items=[item for item in snapshot["items"] if item["kind"] != "comment"],
        about=about,
        blocks=frozenset(node.id for node in tree if node.block is not None),
        top=next((node.id for node in tree if node.parent is None), None),
    )
