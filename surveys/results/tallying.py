"""Counting sealed rows in columns: who answered what, by any grouping. Pure, numpy; no ORM.

A *heard* is one measure over all rows: who has it, his score, his class. :func:`by` adds it up for any grouping of the
rows, so that a unit, a category of a cut and a cell of the matrix are counted in the same way.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from surveys.instruments.scales import Scale
from surveys.results import scoring
from surveys.results.disclosure import Crowd, Leaf, LeafScores
from surveys.results.measures import Measure, add_index, add_single, classes_of
from surveys.results.scoring import Tally

Array = Any  # np.ndarray
MISSING = -32768


def matrix(answers: Sequence[Sequence[int | None]], width: int) -> Array:
    """Rows of answers as numbers, MISSING where there is none."""
    flat = [MISSING if value is None else value for row in answers for value in row]
    return np.array(flat, dtype=np.int32).reshape(len(answers), width)


@dataclass
class Rows:
    """Sealed rows of one kind: ``homes`` (leaf of each row as an index into ``leaves``) and ``answers`` by item."""

    leaves: list[Leaf]
    at: Array
    answers: Array

    @classmethod
    def of(cls, homes: Sequence[Leaf], answers: Array) -> Rows:
        numbers: dict[Leaf, int] = {}
        at = np.array([numbers.setdefault(home, len(numbers)) for home in homes], dtype=np.int64)
        return cls(list(numbers), at, answers)


@dataclass
class Heard:
    """One measure, row by row. ``counts``: people per class where a person may be in several (several choices)."""

    classes: int
    has: Array
    score: Array
    category: Array
    chosen: Array | None = None
    items: dict[str, Heard] = field(default_factory=dict)


def hear(measure: Measure, rows: Rows, position: Mapping[str, int], scales: Mapping[str, Scale]) -> Heard:
    """One measure over all rows."""
    if measure.codes:
        return _index(measure, rows, position, scales)
    return _single(measure, rows.answers[:, position[measure.item]], scales)


def _single(measure: Measure, column: Array, scales: Mapping[str, Scale]) -> Heard:
    classes = classes_of(measure, scales)
    scale = scales[measure.item]

    def told(answer: int) -> Tally:
        at = LeafScores(Tally(classes))
        add_single(at, measure, answer, scale)
        return at.index

    return _looked_up(column, classes, told, several=scale.kind == "multiple")


def _item(code: str, column: Array, scales: Mapping[str, Scale]) -> Heard:
    scale = scales[code]

    def told(answer: int) -> Tally:
        at = LeafScores()
        add_index(at, {code: answer}, scales)
        return at.items[code]

    return _looked_up(column, scale.categories, told)


def _looked_up(column: Array, classes: int, told: Any, *, several: bool = False) -> Heard:
    """Each different answer is counted once by the rules of its scale; the rest is looking up."""
    values, inverse = np.unique(column, return_inverse=True)
    scores, places = np.zeros(len(values)), np.zeros(len(values), dtype=np.int64)
    table = np.zeros((len(values), classes), dtype=bool)
    known = values != MISSING
    for at, value in enumerate(values):
        if known[at]:
            tally = told(int(value))
            scores[at] = tally.total
            table[at] = [n > 0 for n in tally.counts]
            places[at] = int(table[at].argmax())
    heard = Heard(classes, known[inverse], scores[inverse], places[inverse])
    if several:
        heard.chosen = table[inverse]
    return heard


def _index(measure: Measure, rows: Rows, position: Mapping[str, int], scales: Mapping[str, Scale]) -> Heard:
    items = {code: _item(code, rows.answers[:, position[code]], scales) for code in measure.codes}
    total, answered = np.zeros(len(rows.at)), np.zeros(len(rows.at), dtype=np.int64)
    for heard in items.values():
        total += np.where(heard.has, heard.score / 25, 0.0)  # five_points, less one
        answered += heard.has
    has = answered * 2 > len(items)
    means = 1 + total / np.maximum(answered, 1)
    values, inverse = np.unique(means, return_inverse=True)
    scores = np.array([scoring.to_index(value) for value in values])
    places = np.array([scoring.dimension_category(value) for value in values], dtype=np.int64)
    return Heard(5, has, scores[inverse], places[inverse], items=items)


def means_of(heard: Heard) -> list[float | None]:
    """Each row's mean on the scale 1–5, None where it has none."""
    return [
        1 + score / 25 if has else None for has, score in zip(heard.has.tolist(), heard.score.tolist(), strict=True)
    ]


def by(heard: Heard, groups: Array, count: int) -> list[Tally]:
    """The tally of each group: ``groups`` gives each row's, −1 for none."""
    use = heard.has & (groups >= 0)
    where, score = groups[use], heard.score[use]
    n = np.bincount(where, minlength=count)
    total = np.bincount(where, weights=score, minlength=count)
    squares = np.bincount(where, weights=score * score, minlength=count)
    if heard.chosen is None:
        cells = np.bincount(where * heard.classes + heard.category[use], minlength=count * heard.classes)
        counts = cells.reshape(count, heard.classes)
    else:
        chosen = heard.chosen[use]
        counts = np.stack([np.bincount(where[chosen[:, one]], minlength=count) for one in range(heard.classes)], axis=1)
    return [
        Tally(heard.classes, *one)
        for one in zip(n.tolist(), total.tolist(), squares.tolist(), counts.tolist(), strict=True)
    ]


def leaf_scores(heard: Heard, rows: Rows) -> dict[Leaf, LeafScores]:
    """What each leaf holds of the measure; leaves where nobody answered any of it are left out."""
    count = len(rows.leaves)
    found = [LeafScores(tally) for tally in by(heard, rows.at, count)]
    for code, item in heard.items.items():
        for one, tally in zip(found, by(item, rows.at, count), strict=True):
            if tally.n:
                one.items[code] = tally
    return {leaf: one for leaf, one in zip(rows.leaves, found, strict=True) if one.index.n or one.items}


def crowds(
    use: Array, rows: Rows, labels: Sequence[frozenset], label_of: Array, places: Mapping[Leaf, Hashable]
) -> list[Crowd]:
    """The people in ``use`` by remainder and crossing groups. ``label_of``: each row's label."""
    if not use.any():
        return []
    pairs = np.stack([rows.at[use], label_of[use]], axis=1)
    found, numbers = np.unique(pairs, axis=0, return_counts=True)
    return [
        Crowd(places.get(rows.leaves[leaf]), labels[label], n)
        for (leaf, label), n in zip(found.tolist(), numbers.tolist(), strict=True)
    ]


def pooled(index: Tally, items: Iterable[Tally]) -> Tally:
    """The tally of an index by people with the mean of all answers to its items, and the spread of its people.

    A score made of the items' own sums: with the items beside it, it tells nothing more about anybody.
    """
    found = list(items)
    answers = sum(tally.n for tally in found)
    if not index.n or not answers:
        return index
    total = sum(tally.total for tally in found) / answers * index.n
    squares = index.squares - index.total * index.total / index.n + total * total / index.n
    return Tally(index.categories, index.n, total, squares, list(index.counts))
