"""What must be worked out from respondents: barriers, reliability, straight-lining, drivers. Arrays in, cells out.

Called while a wave is released. Every measure has its own base, the people who answered it, and asks ``show`` which
groups may be told of it; whatever is not shown is hidden like any other cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveys.instruments.scales import scale_of
from surveys.results.insight import barriers, drivers, reliability
from surveys.results.insight.reliability import Moments

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Items = Sequence[Mapping[str, Any]]
Node = Any
Leaf = tuple[int, int]
Cells = dict[Node, dict[str, dict[str, Any]]]
HIDDEN = {"shown": False, "why": "hidden for privacy"}
NOT_ASKED = {"shown": False, "why": "not asked"}
# So many agreement questions in a row answered alike are no accident.
STRAIGHT_FROM = 5
# Drivers of more groups than this are not worked out; smaller groups point to the one above.
MOST_DRIVEN = 200
# Of what is told of people in the tree, this is told of groups that cross it, too.
CROSSED = ("barrier", "below:")
OUTCOMES = ("outcome", "recommendation", "effort")


@dataclass(frozen=True)
class Crossing:
    """Groups that cross the tree, each row in one or none of every kind of them.

    ``of``: for each kind, every row's place in ``columns``, −1 for none. ``show(people, nodes, wanted)``: of the
    ``wanted`` columns (with their people) those that may be told of these people beside the ``nodes`` of the tree.
    """

    columns: Sequence[Any]
    of: Sequence[NDArray[np.int64]]
    show: Callable[[Mask, set[Node], Mapping[int, int]], set[int]]

    def count(self, mask: Mask) -> list[int]:
        """How many rows of each column are in ``mask``."""
        found = np.zeros(len(self.columns), dtype=np.int64)
        for kind in self.of:
            found += np.bincount(kind[mask & (kind >= 0)], minlength=len(self.columns))
        return found.tolist()

    def kept(self, mask: Mask, nodes: set[Node], least: int) -> dict[int, int]:
        """The columns of at least ``least`` people that may be told, with how many these are."""
        wanted = {at: n for at, n in enumerate(self.count(mask)) if n >= least}
        return {at: wanted[at] for at in self.show(mask, nodes, wanted)} if wanted else {}

    def rows(self, column: int) -> Mask:
        return np.any([kind == column for kind in self.of], axis=0)


@dataclass(frozen=True)
class Groups:
    """The groups of a release: ``parents`` child → parent (children first), ``leaves`` of a group's own.

    ``show(counts, least)``: the groups that may be told of a base, ``counts`` people per leaf, each with at least
    ``least`` of them. ``people(counts of leaves)``: how many distinct people these are at least. ``said``: how a count
    is told. ``crossing``: groups that cross the tree. ``heard``: filled with who is in the base of a measure and into
    which of how many classes he falls, for a last look at what is shown together.
    """

    parents: Mapping[Node, Node | None]
    leaves: Mapping[Node, Sequence[Leaf]]
    show: Callable[[Mapping[Leaf, int], int], set[Node]]
    people: Callable[[Iterable[tuple[Leaf, int]]], int]
    said: Callable[[int], int | str]
    crossing: Crossing | None = None
    heard: dict[str, tuple[Mask, NDArray[np.int64], int]] = field(default_factory=dict)

    @property
    def columns(self) -> Sequence[Any]:
        return self.crossing.columns if self.crossing else ()

    def all_leaves(self, counts: Mapping[Leaf, int]) -> dict[Node, list[Leaf]]:
        """Each group with the leaves in ``counts`` at and below it."""
        found: dict[Node, list[Leaf]] = {node: [] for node in self.parents}
        for node, parent in self.parents.items():
            found[node].extend(leaf for leaf in self.leaves.get(node, ()) if leaf in counts)
            if parent is not None:
                found[parent].extend(found[node])
        return found


@dataclass(frozen=True)
class Rows:
    """Answers with where they come from: ``leaves`` without repeats, ``at`` each row's place in them."""

    leaves: Sequence[Leaf]
    at: NDArray[np.int64]
    values: Array

    @classmethod
    def of(cls, leaves: Sequence[Leaf], values: Array) -> Rows:
        unique = sorted(set(leaves))
        places = {leaf: at for at, leaf in enumerate(unique)}
        return cls(unique, np.array([places[leaf] for leaf in leaves], dtype=np.int64), values)

    def count(self, mask: Mask) -> dict[Leaf, int]:
        """How many rows of each leaf are in ``mask``; leaves without any are left out."""
        found = np.bincount(self.at[mask], minlength=len(self.leaves))
        return {leaf: int(n) for leaf, n in zip(self.leaves, found, strict=True) if n}


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

    By node, and by column of the groups that cross the tree (these: barriers and drivers).
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
        _reliability(cells, f"reliability:{name}", rows, places, items, groups, rules)
    _straight(cells, Rows.of(leaves, _agreement(answers, items)), groups, rules)
    predictors = [at for places in dimensions.values() for at in places]
    _drivers(cells, rows, predictors, outcome_of(items, predictors), items, groups, rules)
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
    _reliability(cells, "reliability:served", rows, inside, items, groups, rules)
    outcome = outcome_of(items, inside)
    _drivers(cells, rows, [at for at in inside if at != outcome], outcome, items, groups, rules, "drivers:served")
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
    """*barrier*: people by their first failing dimension; *below:want* …: the share at or below the threshold."""
    if not all(dimensions.values()):
        for row in cells.values():
            row["barrier"] = dict(NOT_ASKED)
        return
    threshold = float(rules.get("barrier_at", barriers.THRESHOLD))
    means = {name: _means(rows.values[:, places]) for name, places in dimensions.items()}
    everything = [at for places in dimensions.values() for at in places]
    answered = ~np.isnan(rows.values[:, everything]).all(axis=1)
    firsts = np.array([_first(person, threshold) for person in zip(*means.values(), strict=True)])

    def first(fallen: Sequence[int], n: int) -> dict[str, Any] | None:
        return barriers.first_cell(fallen, groups.said(n), rules)

    _tell(cells, "barrier", rows, answered, (firsts, len(barriers.FIRST)), first, groups, _least(rules))
    for name, mean in means.items():
        with np.errstate(invalid="ignore"):
            _tell_share(cells, f"below:{name}", rows, ~np.isnan(mean), mean <= threshold, groups, rules, _least(rules))


def _least(rules: Mapping) -> int:
    return max(barriers.FROM, rules["score_detail_from"])


def _first(means: tuple[float, ...], threshold: float) -> int:
    """One person's first barrier, by its place in the list; NaN means that he said too little."""
    person = {name: None if mean != mean else mean for name, mean in zip(barriers.DIMENSIONS, means, strict=True)}
    return barriers.FIRST.index(barriers.first(person, threshold))


def _tell_share(
    cells: Cells, key: str, rows: Rows, mask: Mask, hits: Mask, groups: Groups, rules: Mapping, least: int
) -> None:
    """A share of the people in ``mask``: those of them in ``hits``."""

    def cell(counts: Sequence[int], n: int) -> dict[str, Any] | None:
        return barriers.below_cell(counts[1], n, groups.said(n), rules)

    _tell(cells, key, rows, mask, (hits.astype(np.int64), 2), cell, groups, least)


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
    mask: Mask,
    classes: tuple[NDArray[np.int64], int],
    cell: Callable[[Sequence[int], int], dict[str, Any] | None],
    groups: Groups,
    least: int,
) -> None:
    """How the people in ``mask`` divide into ``classes`` (each row's, and how many there are), in every group.

    ``cell``: made of the people of each class and of how many people all are at least.
    """
    places, width = classes
    parts = [mask & (places == at) for at in range(width)]
    counts, of_class = rows.count(mask), [rows.count(part) for part in parts]
    shown = groups.show(counts, least)
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
        kept = groups.crossing.kept(mask, shown, least)
        in_columns = [groups.crossing.count(part) for part in parts]
        for at, column in enumerate(groups.columns):
            told = cell([of[at] for of in in_columns], kept[at]) if at in kept else None
            cells[column][key] = told or dict(HIDDEN)


def _summed(rows: Rows, places: Sequence[int], groups: Groups) -> tuple[dict[Leaf, int], dict[Node, Moments]]:
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


def _reliability(
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
    counts, sums = _summed(rows, places, groups)
    shown, leaves = groups.show(counts, rules["distribution_from"]), groups.all_leaves(counts)
    codes = [items[at]["code"] for at in places]
    for node in groups.parents:
        row = cells[node]
        row[key] = dict(HIDDEN)
        if node in shown:
            n = groups.people((leaf, counts[leaf]) for leaf in leaves[node])
            row[key] = reliability.cell(sums[node], codes, groups.said(n), n) or dict(HIDDEN)


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


def _drivers(
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
    counts, sums = _summed(rows, places, groups)
    least = max(drivers.FEWEST, drivers.PER_PREDICTOR * len(predictors))
    shown, leaves = groups.show(counts, least), groups.all_leaves(counts)
    sizes = {node: groups.people((leaf, counts[leaf]) for leaf in leaves[node]) for node in shown}
    codes, what = [items[at]["code"] for at in predictors], items[outcome]["code"]
    for node in groups.parents:
        cells[node][key] = dict(HIDDEN)
    for node in _largest(sizes):
        cells[node][key] = drivers.cell(codes, what, sums[node], sizes[node]) or dict(HIDDEN)
    if groups.crossing:
        values = rows.values[:, places]
        whole = ~np.isnan(values).any(axis=1)
        kept = groups.crossing.kept(whole, shown, least)
        for column in groups.columns:
            cells[column][key] = dict(HIDDEN)
        for at in _largest(kept):
            made = drivers.cell(codes, what, Moments.of(values[groups.crossing.rows(at) & whole]), kept[at])
            cells[groups.columns[at]][key] = made or dict(HIDDEN)


def _largest(sizes: Mapping[Any, int]) -> list[Any]:
    return sorted(sizes, key=lambda one: (-sizes[one], str(one)))[:MOST_DRIVEN]
