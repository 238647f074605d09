"""What must be worked out from respondents: barriers, reliability, straight-lining, drivers. Arrays in, cells out.

Called while a wave is released. Every measure has its own base, the people who answered it, and asks ``show`` which
groups may be told of it; whatever is not shown is hidden like any other cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveys.instruments.scales import scale_of
from surveys.results.insight import barriers
from surveys.results.insight.bases import (
    HIDDEN,
    NOT_ASKED,
    Array,
    Cells,
    Crossing,
    Groups,
    Items,
    Leaf,
    Mask,
    Node,
    Rows,
)
from surveys.results.insight.summed import tell_drivers, tell_reliability

__all__ = ["Cells", "Crossing", "Groups", "indices", "outcome_of", "own_cells", "rating_cells"]

# So many agreement questions in a row answered alike are no accident.
STRAIGHT_FROM = 5
# Of what is told of people in the tree, this is told of groups that cross it, too.
CROSSED = ("barrier", "below:", "straight")
OUTCOMES = ("outcome", "recommendation", "effort")


def indices(answers: Iterable[Sequence[int | None]], items: Items) -> Array:
    """Answers as 0–100, people × items; NaN where not answered or where the scale has no better and worse."""
    scales = [scale_of(item) for item in items]
    raw = np.array([[np.nan if value is None else value for value in row] for row in answers], dtype=float)
    raw = raw.reshape(-1, len(items))
    found = np.full(raw.shape, np.nan)
    for at, scale in enumerate(scales):
        if not scale.ordered:
            continue
        column = raw[:, at] % 10 if scale.kind == "pair" else raw[:, at]
        share = (column - scale.low) / (scale.high - scale.low)
        found[:, at] = 100 * (1 - share if scale.reversed else share)
    return found


def own_cells(
    leaves: Sequence[Leaf], answers: Sequence[Sequence[int | None]], items: Items, groups: Groups, rules: Mapping
) -> Cells:
    """What people's answers about their own work hold: see the functions below. ``leaves``: of each row of answers.

    By node, and by column of the groups that cross the tree.
    """
    cells: Cells = {node: {} for node in (*groups.parents, *groups.columns)}
    if not len(answers) or not items:
        return cells
    rows = Rows.of(leaves, indices(answers, items))
    dimensions = {
        name: [at for at, item in enumerate(items) if item.get("dimension") == name and scale_of(item).ordered]
        for name in barriers.DIMENSIONS
    }
    _barriers(cells, rows, dimensions, groups, rules)
    for name, places in dimensions.items():
        tell_reliability(cells, f"reliability:{name}", rows, places, items, groups, rules)
    _straight(cells, Rows.of(leaves, _agreement(answers, items)), groups, rules)
    predictors = [at for places in dimensions.values() for at in places]
    tell_drivers(cells, rows, predictors, outcome_of(items, predictors), items, groups, rules)
    return cells


def rating_cells(
    leaves: Sequence[Leaf],
    answers: Sequence[Sequence[int | None]],
    items: Items,
    codes: Sequence[str],
    groups: Groups,
    rules: Mapping,
) -> Cells:
    """What ratings of a service hold: the reliability of *served* (built from ``codes``), what drives an outcome."""
    cells: Cells = {node: {} for node in groups.parents}
    if not len(answers) or not items:
        return cells
    rows = Rows.of(leaves, indices(answers, items))
    inside = [at for at, item in enumerate(items) if item["code"] in codes]
    tell_reliability(cells, "reliability:served", rows, inside, items, groups, rules)
    outcome = outcome_of(items, inside)
    tell_drivers(cells, rows, [at for at in inside if at != outcome], outcome, items, groups, rules, "drivers:served")
    return cells


def outcome_of(items: Items, predictors: Sequence[int]) -> int | None:
    """Which question the others are to explain: what people tell, whether they recommend it, how easy it is."""
    for kind in OUTCOMES:
        for at, item in enumerate(items):
            if item["kind"] == kind and at not in predictors:
                return at
    kinds = {at: items[at] for at in predictors}
    easy = [at for at, item in kinds.items() if item["kind"] == "effort" or item.get("facet") == "effort"]
    return easy[0] if easy else None


def _barriers(cells: Cells, rows: Rows, dimensions: Mapping[str, list[int]], groups: Groups, rules: Mapping) -> None:
    """*barrier*: people by their first failing dimension; *below:want* …: the share at or below the threshold.

    Both count again who is in the classes of the indices. So they are told only where these are: of sets of groups that
    lie within each other no remainder is about fewer people than one of the widest. Of a barrier, beside everybody who
    answered, nobody but who stands for a dimension and for those before it can be in its share.
    """
    if not all(dimensions.values()):
        for row in cells.values():
            row["barrier"] = dict(NOT_ASKED)
        return
    threshold = float(rules.get("barrier_at", barriers.THRESHOLD))
    means = {name: _means(rows.values[:, places]) for name, places in dimensions.items()}
    everything = [at for places in dimensions.values() for at in places]
    answered = ~np.isnan(rows.values[:, everything]).all(axis=1)
    judged = np.logical_and.accumulate([~np.isnan(mean) for mean in means.values()])
    firsts = np.array([_first(person, threshold) for person in zip(*means.values(), strict=True)])

    def first(fallen: Sequence[int], n: int) -> dict[str, Any] | None:
        return barriers.first_cell(fallen, groups.said(n), rules)

    indexed = [groups.indexed.get(name, set()) for name in means]
    everywhere = set.intersection(*indexed)
    classes, masks = (firsts, len(barriers.FIRST)), [answered, *judged]
    _tell(cells, "barrier", rows, masks, classes, first, groups, _least(rules), everywhere)
    for (name, mean), allowed in zip(means.items(), indexed, strict=True):
        with np.errstate(invalid="ignore"):
            hits = mean <= threshold
        _tell_share(cells, f"below:{name}", rows, ~np.isnan(mean), hits, groups, rules, _least(rules), allowed)


def _least(rules: Mapping) -> int:
    return max(barriers.FROM, rules["score_detail_from"])


def _first(means: tuple[float, ...], threshold: float) -> int:
    """One person's first barrier, by its place in the list; NaN means that he said too little."""
    person = {name: None if mean != mean else mean for name, mean in zip(barriers.DIMENSIONS, means, strict=True)}
    return barriers.FIRST.index(barriers.first(person, threshold))


def _tell_share(
    cells: Cells,
    key: str,
    rows: Rows,
    mask: Mask,
    hits: Mask,
    groups: Groups,
    rules: Mapping,
    least: int,
    allowed: set[Node] | None = None,
) -> None:
    """A share of the people in ``mask``: those of them in ``hits``."""

    def cell(counts: Sequence[int], n: int) -> dict[str, Any] | None:
        return barriers.below_cell(counts[1], n, groups.said(n), rules)

    _tell(cells, key, rows, [mask], (hits.astype(np.int64), 2), cell, groups, least, allowed)


def _means(given: Array) -> Array:
    """Each person's mean over the items on the scale 1–5; NaN where half of them or fewer are answered."""
    known = (~np.isnan(given)).sum(axis=1)
    total = np.nansum(given, axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = 1 + total / known / 25
    return np.where(2 * known > given.shape[1], np.round(means, 9), np.nan)


def _tell(
    cells: Cells,
    key: str,
    rows: Rows,
    masks: Sequence[Mask],
    classes: tuple[NDArray[np.int64], int],
    cell: Callable[[Sequence[int], int], dict[str, Any] | None],
    groups: Groups,
    least: int,
    allowed: set[Node] | None = None,
) -> None:
    """How people divide into ``classes`` (each row's, and how many there are), in every group, or the ``allowed``.

    ``masks``: who has one, and who of these some of the classes are about. ``cell``: made of the people of each class
    and of how many people all are at least.
    """
    places, width = classes
    mask = masks[0]
    parts = [mask & (places == at) for at in range(width)]
    counts, of_class = rows.count(mask), [rows.count(part) for part in parts]
    among = {*groups.parents, *groups.columns} if allowed is None else allowed
    shown = groups.together([rows.count(one) for one in masks], least, among)
    leaves = groups.all_leaves(counts)
    for node in groups.parents:
        cells[node][key] = dict(HIDDEN)
        if node in shown:
            mine = leaves[node]
            people = groups.people((leaf, counts[leaf]) for leaf in mine)
            made = cell([sum(of.get(leaf, 0) for leaf in mine) for of in of_class], people)
            cells[node][key] = made or dict(HIDDEN)
    groups.heard[key] = (mask, places, width)
    if groups.crossing and key.startswith(CROSSED):
        kept = groups.crossing.together(masks, shown, least, among)
        in_columns = [groups.crossing.count(part) for part in parts]
        for at, column in enumerate(groups.columns):
            told = cell([of[at] for of in in_columns], kept[at]) if at in kept else None
            cells[column][key] = told or dict(HIDDEN)


def _agreement(answers: Sequence[Sequence[int | None]], items: Items) -> Array:
    """The raw answers to the agreement questions, where there are enough of one length to tell a straight line."""
    places = [at for at, item in enumerate(items) if item["kind"] == "agreement"]
    longest = max((scale_of(items[at]).high for at in places), default=0)
    places = [at for at in places if scale_of(items[at]).high == longest]
    picked = [[np.nan if row[at] is None else row[at] for at in places] for row in answers]
    return np.array(picked, dtype=float).reshape(len(answers), len(places))


def _straight(cells: Cells, rows: Rows, groups: Groups, rules: Mapping) -> None:
    """*straight*: the share of people who gave one and the same answer to all (at least 5) agreement questions.

    Source: T. Gummer, J. Roßmann & H. Silber, Sociological Methods & Research 50 (2021), on straight-lining; the
    plainest of its measures (no variation over a battery).
    """
    if rows.values.shape[1] < STRAIGHT_FROM:
        return
    enough = (~np.isnan(rows.values)).sum(axis=1) >= STRAIGHT_FROM
    lowest = np.min(np.where(np.isnan(rows.values), np.inf, rows.values), axis=1)
    highest = np.max(np.where(np.isnan(rows.values), -np.inf, rows.values), axis=1)
    _tell_share(cells, "straight", rows, enough, lowest == highest, groups, rules, rules["distribution_from"])
