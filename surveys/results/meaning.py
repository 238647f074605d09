"""What a release adds to its scores: barriers, reliability, drivers, intervals of ratings, and words for change. Pure.

Called once, while a wave is released; what it adds is frozen with the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from surveys.results import disclosure, tallying
from surveys.results.changes import codes_of, wave_of, with_words
from surveys.results.disclosure import Forest, Leaf, joint
from surveys.results.groups import Group, Sealed
from surveys.results.insight import barriers, intervals, sealing, trends
from surveys.results.joint_cells import hide_classes
from surveys.results.measures import Measure, item_lists, look_of, scales_of, service_measures
from surveys.results.own_cells import Told, forest_of, told_of
from surveys.results.tallying import Rows
from surveys.results.trees import Node, node_of_unit, reporting_tree

TREE = "tree"
ONE = 0  # own answers are about one thing
SOMEBODY = 0  # customers too few to be named
Cells = Mapping[int, Mapping[str, dict[str, Any]]]
__all__ = ["TREE", "codes_of", "complete", "wave_of", "with_words"]


def complete(
    groups: Sequence[Group],
    snapshot: Mapping[str, Any],
    rules: Mapping[str, Any],
    sealed: Sealed,
    before: trends.Wave | None = None,
    first: trends.Wave | None = None,
) -> list[Group]:
    """The groups of a release with all that is worked out from respondents, and with words for what changed.

    ``before``: the released wave before in the series; ``first``: its first one, where that is another.
    """
    tree = reporting_tree(snapshot)
    added: dict[Any, dict[str, dict[str, Any]]] = {}
    for found in (_own(tree, snapshot, rules, sealed, groups), _ratings(tree, snapshot, rules, sealed)):
        for group, cells in found.items():
            added.setdefault(group, {}).update(cells)
    effect, served = _design_effect(snapshot, sealed), service_measures(item_lists(snapshot)[1])
    scales = scales_of(item_lists(snapshot)[1])
    complete = [
        replace(group, cells=_widened({**group.cells, **added.get(group.unit, {})}, served, scales, effect))
        if group.family == TREE
        else replace(group, cells={**group.cells, **added.get(_crossing_key(group), {})})
        for group in groups
    ]
    return with_words(complete, snapshot, rules, before, first) if before else complete


def _crossing_key(group: Group) -> tuple[Any, ...]:
    return group.family, None if group.family == "cut" else group.unit, group.other


# -- from respondents ------------------------------------------------------------------------------------------------


def _groups(
    parents: Mapping[Any, Any],
    leaves: dict[Any, list[Leaf]],
    rules: Mapping[str, Any],
    crossing: sealing.Crossing | None = None,
    indexed: Mapping[str, set[Any]] | None = None,
) -> sealing.Groups:
    """The tree as :mod:`sealing` takes it, shown by the rules of the promise."""
    forest = Forest(dict(parents), leaves)

    def show(counts: Mapping[Leaf, int], least: int) -> set[Any]:
        return disclosure.protect_counts(forest, counts, rules["k"], least=least)

    def together(bases: Sequence[Mapping[Leaf, int]], least: int, allowed: set[Any]) -> set[Any]:
        return disclosure.protect_together(forest, bases, rules["k"], least, allowed)

    return sealing.Groups(
        parents={node: parents[node] for node in forest.order},
        leaves=leaves,
        show=show,
        together=together,
        people=disclosure.people,
        said=lambda n: disclosure.said_count(n, rules),
        indexed=indexed or {},
        crossing=crossing,
    )


def _own(
    tree: Sequence[Node],
    snapshot: Mapping[str, Any],
    rules: Mapping[str, Any],
    sealed: Sealed,
    released: Sequence[Group],
) -> sealing.Cells:
    """By node of the tree, and by column of the cuts. ``released``: with the scores, beside which this is told."""
    forest = forest_of(tree, (row[0] for row in sealed.own))
    homes = {leaf for leaves in forest.leaves.values() for leaf in leaves}
    known = [at for at, row in enumerate(sealed.own) if (row[0], ONE) in homes]
    where = [(sealed.own[at][0], ONE) for at in known]
    rows = Rows.of(where, np.zeros((len(known), 0)))
    cut_of = sealed.own_cuts or [()] * len(sealed.own)
    told = told_of(tree, forest, rows, [cut_of[at] for at in known], snapshot.get("cuts") or ())
    crossing = _crossing(told, forest, rows, rules) if told else None
    divisions = told.divisions if told else []
    groups = _groups(forest.parents, forest.leaves, rules, crossing, _indexed(released, divisions))
    items = item_lists(snapshot)[0]
    cells = sealing.own_cells(where, [sealed.own[at][-1] for at in known], items, groups, rules)
    labels = (told.labels, told.label_of) if told else None
    columns = {column: cells[column] for column in groups.columns}
    for key, (mask, places, width) in groups.heard.items():
        scale = joint.Scale(None) if key == "barrier" else joint.Scale(None, secret=(1,))
        hide_classes(cells, columns, forest, key, scale, (mask, places, width), rows, labels, rules)
    named = {_group_of(column, divisions): found for column, found in columns.items()}
    return {node: cells[node] for node in groups.parents} | named


def _group_of(column: Sequence[Any], divisions: Sequence[int]) -> tuple[Any, ...]:
    """What a column of the cuts is as a group of the release: family, unit (of a category of everybody: any), other."""
    return ("cut", None, column[1]) if column[0] == "cut" else ("unit_cut", divisions[column[1]], column[2])


def _indexed(released: Sequence[Group], divisions: Sequence[int]) -> dict[str, set[Any]]:
    """For each dimension the nodes of the tree and the columns of the cuts that show its index."""
    number = {division: at for at, division in enumerate(divisions)}
    found: dict[str, set[Any]] = {name: set() for name in barriers.DIMENSIONS}
    for group in released:
        if group.family == TREE:
            here: Any = group.unit
        elif group.family == "cut":
            here = ("cut", group.other)
        elif group.family == "unit_cut" and group.unit in number:
            here = ("unit", number[group.unit], group.other)
        else:
            continue
        for name, mine in found.items():
            if group.cells.get(name, {}).get("shown"):
                mine.add(here)
    return found


def _crossing(told: Told, forest: Forest, rows: Rows, rules: Mapping[str, Any]) -> sealing.Crossing:
    """The categories of the cuts, of everybody and of each division."""
    numbers: dict[Any, int] = {}
    kinds = []
    for at in range(len(told.cuts)):
        mine = told.category[:, at]
        for whole in (True, False):
            known = (mine > 0) & (whole | (told.division >= 0))
            code = mine if whole else told.division * told.width + mine
            values, inverse = np.unique(code[known], return_inverse=True)
            names = [("cut", value) if whole else ("unit", *divmod(value, told.width)) for value in values.tolist()]
            kind = np.full(len(mine), -1, dtype=np.int64)
            kind[known] = np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)[inverse]
            kinds.append(kind)
    columns = list(numbers)

    def show(mask: Any, nodes: set[Any], wanted: Mapping[int, int]) -> set[int]:
        crowds = tallying.crowds(mask, rows, told.labels, told.label_of, forest.places(nodes))
        weights = {columns[at]: n for at, n in wanted.items()}
        return {numbers[column] for column in disclosure.protect_crossing(crowds, weights, rules["k"])}

    return sealing.Crossing(columns, kinds, show)


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
            if key in cells:
                cells[key] = intervals.widen(cells[key], effect, bottom)
    return cells
