"""What a release adds to its scores: barriers, reliability, drivers, intervals of ratings, and words for change. Pure.

Called once, while a wave is released; what it adds is frozen with the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from surveys.results import disclosure
from surveys.results.disclosure import Forest, Leaf
from surveys.results.groups import Group, Sealed
from surveys.results.insight import change, intervals, sealing, trends
from surveys.results.measures import Measure, item_lists, look_of, own_measures, scales_of, service_measures
from surveys.results.placing import node_of_place
from surveys.results.trees import Node, node_of_unit, reporting_tree

TREE = "tree"
ONE = 0  # own answers are about one thing
SOMEBODY = 0  # customers too few to be named
# What is added to a group's cells beside its scores; these have no change of their own.
ADDED = ("barrier", "straight", "drivers", "participation", "below:", "reliability:")
Cells = Mapping[int, Mapping[str, dict[str, Any]]]


def complete(
    groups: Sequence[Group],
    snapshot: Mapping[str, Any],
    rules: Mapping[str, Any],
    sealed: Sealed,
    before: trends.Wave | None = None,
) -> list[Group]:
    """The groups of a release with all that is worked out from respondents, and with words for what changed.

    ``before``: the released wave before in the series.
    """
    tree = reporting_tree(snapshot)
    added: dict[int, dict[str, dict[str, Any]]] = {node.id: {} for node in tree}
    for found in (_own(tree, snapshot, rules, sealed), _ratings(tree, snapshot, rules, sealed)):
        for node, cells in found.items():
            added[node].update(cells)
    effect, served = _design_effect(snapshot, sealed), service_measures(item_lists(snapshot)[1])
    scales = scales_of(item_lists(snapshot)[1])
    complete = [
        replace(group, cells=_widened({**group.cells, **added.get(group.unit, {})}, served, scales, effect))
        if group.family == TREE
        else group
        for group in groups
    ]
    return with_words(complete, snapshot, rules, before) if before else complete


# -- from respondents ------------------------------------------------------------------------------------------------


def _groups(parents: Mapping[Any, Any], leaves: dict[Any, list[Leaf]], rules: Mapping[str, Any]) -> sealing.Groups:
    """The tree as :mod:`sealing` takes it, shown by the rules of the promise."""
    forest = Forest(dict(parents), leaves)

    def show(counts: Mapping[Leaf, int], least: int) -> set[Any]:
        return disclosure.protect_counts(forest, counts, rules["k"], least=least)

    return sealing.Groups(
        parents={node: parents[node] for node in forest.order},
        leaves=leaves,
        show=show,
        people=disclosure.people,
        said=lambda n: disclosure.said_count(n, rules),
    )


def _own(tree: Sequence[Node], snapshot: Mapping[str, Any], rules: Mapping[str, Any], sealed: Sealed) -> sealing.Cells:
    parents = {node.id: node.parent for node in tree}
    places = {row[0] for row in sealed.own}
    blocks = {node.block: node.id for node in tree if node.block is not None}
    node_of = {place: blocks[place] if place in blocks else node_of_place(place, tree) for place in places}
    rows = [row for row in sealed.own if node_of[row[0]] is not None]
    leaves: dict[Any, list[Leaf]] = {}
    for place in sorted(places):
        if (node := node_of[place]) is not None:
            leaves.setdefault(node, []).append((place, ONE))
    items = item_lists(snapshot)[0]
    return sealing.own_cells(
        [(row[0], ONE) for row in rows], [row[-1] for row in rows], items, _groups(parents, leaves, rules), rules
    )


def _ratings(
    tree: Sequence[Node], snapshot: Mapping[str, Any], rules: Mapping[str, Any], sealed: Sealed
) -> sealing.Cells:
    parents, place = {node.id: node.parent for node in tree}, node_of_unit(snapshot, tree)
    items = item_lists(snapshot)[1]
    rows = [row for row in sealed.ratings if row[0] in place]
    leaves: dict[Any, list[Leaf]] = {}
    for provider, customer in sorted({(row[0], row[1]) for row in rows}):
        leaves.setdefault(place[provider], []).append((customer, provider))
    codes = next((measure.codes for measure in service_measures(items) if measure.key == "served"), ())
    return sealing.rating_cells(
        [(row[1], row[0]) for row in rows],
        [row[-1] for row in rows],
        items,
        codes,
        _groups(parents, leaves, rules),
        rules,
    )


def _design_effect(snapshot: Mapping[str, Any], sealed: Sealed) -> float:
    """How much wider intervals of ratings are because people of one unit rate alike, over the whole wave."""
    items = item_lists(snapshot)[1]
    inside = [at for at, item in enumerate(items) if scales_of([item])[item["code"]].ordered]
    if not inside or not sealed.ratings:
        return 1.0
    scores = sealing.indices([row[-1] for row in sealed.ratings], items)[:, inside]
    known = (~np.isnan(scores)).sum(axis=1)
    means = np.divide(np.nansum(scores, axis=1), known, out=np.full(len(scores), np.nan), where=known > 0)
    clusters: dict[int, dict[int, list[float]]] = {}
    for row, mean in zip(sealed.ratings, means, strict=True):
        if not np.isnan(mean) and row[1] != SOMEBODY:
            clusters.setdefault(row[0], {}).setdefault(row[1], []).append(float(mean))
    return intervals.design_effect(
        [
            [(len(one), sum(one), sum(value * value for value in one)) for one in customers.values()]
            for customers in clusters.values()
        ]
    )


def _widened(
    cells: dict[str, dict[str, Any]], measures: Sequence[Measure], scales: Mapping[str, Any], effect: float
) -> dict[str, dict[str, Any]]:
    for measure in measures:
        for key in (measure.key, *measure.codes):
            bottom = look_of(measure, scales).bottom if not measure.codes else 0.0
            if key in cells and "index" in cells[key]:
                cells[key] = intervals.widen(cells[key], effect, bottom)
    return cells


# -- change ----------------------------------------------------------------------------------------------------------


def with_words(
    groups: Sequence[Group], snapshot: Mapping[str, Any], rules: Mapping[str, Any], before: trends.Wave
) -> list[Group]:
    """The groups with what changed since ``before``, decided once: from released cells of both waves only.

    A family of tests is one statistic at one level of the organisation in this wave.
    """
    now = wave_of(snapshot, groups, number=0)
    same = trends.comparable(before, now)
    codes = codes_of(snapshot)
    pairs = [
        ((at, key), (group.depth, key), cell, earlier[key])
        for at, group in enumerate(groups)
        if group.family == TREE and group.unit in same.groups and (earlier := before.cells.get(group.unit))
        for key, cell in group.cells.items()
        if not key.startswith(ADDED) and key in earlier and same.measure(key, codes.get(key, (key,)))
    ]
    least = float(rules.get("matters", change.MATTERS))
    # The talk index has 200 points where the others have 100.
    decided = change.decide(pairs, lambda whose: 2 * least if whose[1] == "talk" else least)
    found = []
    for at, group in enumerate(groups):
        moved = {key: decided[at, key] for key in group.cells if (at, key) in decided}
        cells = {
            key: {**cell, "change": {**moved[key].as_cell(), "since": before.number}} if key in moved else cell
            for key, cell in group.cells.items()
        }
        found.append(replace(group, cells=cells))
    return found


def codes_of(snapshot: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The questions behind each measure of a wave, by the measure's key."""
    own, provider = item_lists(snapshot)
    found = {}
    for measure in (*own_measures(own), *service_measures(provider)):
        found[measure.key] = measure.codes or (measure.item,)
    return found


def wave_of(snapshot: Mapping[str, Any], groups: Sequence[Any], *, number: int, about: Any = None) -> trends.Wave:
    """A released wave as :mod:`trends` takes it; ``groups``: with ``family``, ``unit`` and ``cells``."""
    tree = reporting_tree(snapshot)
    units = {block["id"]: frozenset(block["units"]) for block in snapshot["blocks"]}
    inside: dict[int, frozenset[int]] = {}
    for node in reversed(tree):  # children first
        own = units.get(node.block, frozenset()) if node.block is not None else frozenset()
        inside[node.id] = inside.get(node.id, frozenset()) | own
        if node.parent is not None:
            inside[node.parent] = inside.get(node.parent, frozenset()) | inside[node.id]
    return trends.Wave(
        number=number,
        units=inside,
        cells={group.unit: group.cells for group in groups if group.family == TREE},
        tree={unit["id"]: unit["parent"] for unit in snapshot["units"]},
        items=[item for item in snapshot["items"] if item["kind"] != "comment"],
        about=about,
    )
