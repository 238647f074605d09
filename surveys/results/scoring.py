"""Scores from answers: indices, shares, tallies that add up. Pure arithmetic: no database, no clock.

What scores mean, and how sure they are, is in :mod:`surveys.results.insight`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from surveys.results.insight.intervals import mean_interval, share_interval

DIMENSIONS = ("want", "know", "can")
BARRIER_THRESHOLD = 3.0
FORMULA_VERSION = "4"
__all__ = ["Tally", "mean_interval", "share_interval", "to_index"]


def to_index(mean: float) -> float:
    """A mean on the scale 1–5 as 0–100."""
    return (mean - 1) / 4 * 100


def person_mean(answers: Sequence[int | None]) -> float | None:
    """One person's mean over the items of a dimension, when more than half of them are answered.

    Nobody stands for a dimension of which he judged half or less; his single answers still count for their questions.
    """
    given = [answer for answer in answers if answer is not None]
    return sum(given) / len(given) if 2 * len(given) > len(answers) else None


@dataclass
class Tally:
    """Sums that add up over groups: count, total and squares of the score, and people per category."""

    categories: int = 5
    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    counts: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.counts = self.counts or [0] * self.categories

    def add(self, score: float, category: int) -> None:
        self.n += 1
        self.total += score
        self.squares += score * score
        self.counts[category] += 1

    @classmethod
    def sum(cls, tallies: Iterable[Tally], categories: int = 5) -> Tally:
        result = cls(categories)
        for tally in tallies:
            result.n += tally.n
            result.total += tally.total
            result.squares += tally.squares
            result.counts = [a + b for a, b in zip(result.counts, tally.counts, strict=True)]
        return result

    @property
    def mean(self) -> float:
        return self.total / self.n

    @property
    def spread(self) -> float:
        """The sample's standard deviation."""
        if self.n < 2:
            return 0.0
        return math.sqrt(max(0.0, (self.squares - self.total * self.total / self.n) / (self.n - 1)))


def talk_score(answer: int) -> float:
    """Great or good +100, nothing 0, bad or awful −100: the mean is the talk index.

    Source: the service-culture framework, section 7.
    """
    return 100.0 if answer >= 4 else 0.0 if answer == 3 else -100.0


Thirds = tuple[frozenset[int], frozenset[int]]
FIVE_POINTS: Thirds = (frozenset({3, 4}), frozenset({0, 1}))


def answer_thirds(counts: Sequence[int], thirds: Thirds = FIVE_POINTS) -> tuple[int, int, int]:
    """People with a favourable, neutral and unfavourable answer; ``thirds``: which classes are the first and the last.

    The classes of each kind of question are given by ``Scale.thirds``.
    """
    good = sum(counts[at] for at in thirds[0])
    bad = sum(counts[at] for at in thirds[1])
    return good, sum(counts) - good - bad, bad


def five_points(index: float) -> float:
    """An index 0–100 on the scale 1–5, on which thresholds are set: the inverse of :func:`to_index`."""
    return 1 + index / 25


def dimension_category(mean: float) -> int:
    """A person's dimension mean as one of the five categories; at or below 3.0 (falls short) is never favourable."""
    if mean <= 2:
        return 0
    if mean <= BARRIER_THRESHOLD:
        return 1
    return 2 if mean < 4 else 3 if mean < 4.5 else 4
