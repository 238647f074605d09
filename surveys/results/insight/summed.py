"""What rests on moments of whole answers: reliability of an index, drivers of an outcome. Arrays in, cells out.

Moments add up over groups: people are counted once at the lowest group, and upper ones are sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from surveys.results.insight import censored, drivers, reliability
from surveys.results.insight.bases import HIDDEN, Array, Cells, Crossing, Groups, Items, Leaf, Mask, Node, Rows
from surveys.results.insight.reliability import Moments

# Drivers of more groups than this are not worked out; smaller groups point to the one above.
MOST_DRIVEN = 200


def summed(rows: Rows, places: Sequence[int], groups: Groups) -> tuple[dict[Leaf, int], dict[Node, Moments]]:
    """How many people of each leaf answered all of ``places``, and each group's moments with everything below it."""
    k = len(places)
    values = rows.values[:, list(places)]
    whole = ~np.isnan(values).any(axis=1)
    nodes = list(groups.parents)
    home = {leaf: at for at, node in enumerate(nodes) for leaf in groups.leaves.get(node, ())}
    node_of_leaf = np.array([home.get(leaf, -1) for leaf in rows.leaves], dtype=np.int64)
    where, values = node_of_leaf[rows.at[whole]], values[whole]
    order = np.argsort(where, kind="stable")
    starts = np.searchsorted(where[order], np.arange(len(nodes) + 1))
    found: dict[Node, Moments] = {node: Moments.nothing(k) for node in nodes}
    for at, node in enumerate(nodes):  # children first
        own = values[order[starts[at] : starts[at + 1]]]
        parts = [found[node], *([Moments(len(own), own.sum(axis=0), own.T @ own)] if len(own) else [])]
        found[node] = Moments.sum(parts, k)
        if (parent := groups.parents[node]) is not None:
            found[parent] = Moments.sum([found[parent], found[node]], k)
    return rows.count(whole), found


def summed_columns(values: Array, whole: Mask, crossing: Crossing, wanted: Iterable[int]) -> dict[int, Moments]:
    """The moments of the rows in ``whole``, by column of the groups that cross the tree; only of the ``wanted``."""
    columns = np.array(sorted(wanted), dtype=np.int64)
    found: dict[int, Moments] = {}
    for kind in crossing.of:
        inside = whole & (kind >= 0)
        where = kind[inside]
        order = np.argsort(where, kind="stable")
        sorted_where, mine = where[order], values[inside][order]
        starts, ends = (np.searchsorted(sorted_where, columns, side=side) for side in ("left", "right"))
        for column, start, end in zip(columns.tolist(), starts.tolist(), ends.tolist(), strict=True):
            if end > start:
                own = mine[start:end]
                found[column] = Moments(len(own), own.sum(axis=0), own.T @ own)
    return found


def tell_reliability(
    cells: Cells,
    key: str,
    rows: Rows,
    places: Sequence[int],
    items: Items,
    groups: Groups,
    rules: Mapping,
) -> None:
    """Alpha of an index in every group of at least 20 people who answered all of its items."""
    if len(places) < 2:
        return
    counts, sums = summed(rows, places, groups)
    shown, leaves = groups.show(counts, rules["distribution_from"]), groups.all_leaves(counts)
    codes = [items[at]["code"] for at in places]
    steps, lot = censored.steps_of([items[at] for at in places]), censored.lots(rows.values[:, list(places)])
    for node in groups.parents:
        row = cells[node]
        row[key] = dict(HIDDEN)
        if node in shown:
            n = groups.people((leaf, counts[leaf]) for leaf in leaves[node])
            row[key] = reliability.cell(sums[node], codes, groups.said(n), n, steps, lot) or dict(HIDDEN)
    if groups.crossing:
        _reliability_of_columns(cells, key, rows.values[:, list(places)], (codes, steps, lot), (shown, groups), rules)


def _reliability_of_columns(
    cells: Cells,
    key: str,
    values: Array,
    how: tuple[Sequence[str], Array, np.random.Generator],
    of: tuple[set[Node], Groups],
    rules: Mapping,
) -> None:
    """The same for the groups that cross the tree, beside the nodes that are shown."""
    shown, groups = of
    codes, steps, lot = how
    assert groups.crossing is not None
    whole = ~np.isnan(values).any(axis=1)
    kept = groups.crossing.kept(whole, shown, rules["distribution_from"])
    sums = summed_columns(values, whole, groups.crossing, kept)
    for at, column in enumerate(groups.columns):
        made = None
        if at in kept:
            made = reliability.cell(sums[at], codes, groups.said(kept[at]), kept[at], steps, lot)
        cells[column][key] = made or dict(HIDDEN)


def tell_drivers(
    cells: Cells,
    rows: Rows,
    predictors: Sequence[int],
    outcome: int | None,
    items: Items,
    groups: Groups,
    rules: Mapping,
    key: str = "drivers",
) -> None:
    """What goes with the outcome, in the (at most 200) largest groups that have enough people."""
    predictors = [at for at in predictors if at != outcome]
    if outcome is None or len(predictors) < 2:
        return
    places = [*predictors, outcome]
    counts, sums = summed(rows, places, groups)
    least = max(drivers.FEWEST, drivers.PER_PREDICTOR * len(predictors))
    shown, leaves = groups.show(counts, least), groups.all_leaves(counts)
    sizes = {node: groups.people((leaf, counts[leaf]) for leaf in leaves[node]) for node in shown}
    codes, what = [items[at]["code"] for at in predictors], items[outcome]["code"]
    steps, lot = censored.steps_of([items[at] for at in places]), censored.lots(rows.values[:, places])
    for node in groups.parents:
        cells[node][key] = dict(HIDDEN)
    for node in _largest(sizes):
        cells[node][key] = drivers.cell(codes, what, sums[node], sizes[node], steps, lot) or dict(HIDDEN)
    if groups.crossing:
        values = rows.values[:, places]
        whole = ~np.isnan(values).any(axis=1)
        kept = groups.crossing.kept(whole, shown, least)
        chosen = _largest(kept)
        of_columns = summed_columns(values, whole, groups.crossing, chosen)
        for column in groups.columns:
            cells[column][key] = dict(HIDDEN)
        for at in chosen:
            made = drivers.cell(codes, what, of_columns[at], kept[at], steps, lot)
            cells[groups.columns[at]][key] = made or dict(HIDDEN)


def _largest(sizes: Mapping[Any, int]) -> list[Any]:
    return sorted(sizes, key=lambda one: (-sizes[one], str(one)))[:MOST_DRIVEN]
