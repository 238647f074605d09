"""Scores from answers: indices, shares, intervals, barriers. Pure arithmetic: no database, no clock."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from scipy import stats

DIMENSIONS = ("want", "know", "can")
BARRIER_THRESHOLD = 3.0
FORMULA_VERSION = "1"


def to_index(mean: float) -> float:
    """A mean on the scale 1–5 as 0–100."""
    return (mean - 1) / 4 * 100


def person_mean(answers: Sequence[int | None]) -> float | None:
    """One person's mean over the items of a dimension, when more than half of them are answered.

    More than half: any two people then share an item, which the protection of items against indices rests on.
    """
    given = [answer for answer in answers if answer is not None]
    return sum(given) / len(given) if 2 * len(given) > len(answers) else None


def barrier(
    want: float | None, know: float | None, can: float | None, threshold: float = BARRIER_THRESHOLD
) -> str | None:
    """The first of want → know → can at or below the threshold, else "none"; None when one of them is unknown."""
    if want is None or know is None or can is None:
        return None
    for name, mean in zip(DIMENSIONS, (want, know, can), strict=True):
        if mean <= threshold:
            return name
    return "none"


BARRIERS = (*DIMENSIONS, "none")


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


@lru_cache(maxsize=4096)
def _t(df: int, level: float) -> float:
    return float(stats.t.ppf((1 + level) / 2, df))


def mean_interval(mean: float, spread: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Student's interval for a mean."""
    if n < 2:
        return (-math.inf, math.inf)
    half = _t(n - 1, level) * spread / math.sqrt(n)
    return (mean - half, mean + half)


def share_interval(hits: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval for a share."""
    if not n:
        return (0.0, 1.0)
    z = float(stats.norm.ppf((1 + level) / 2))
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (max(0.0, centre - half), min(1.0, centre + half))


def talk_score(answer: int) -> float:
    """Great or good +100, nothing 0, bad or awful −100: the mean is the talk index."""
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


@dataclass(frozen=True)
class Change:
    """How a released score moved between two waves. ``clear``: the interval of the difference leaves out zero."""

    delta: int
    low: int
    high: int

    @property
    def clear(self) -> bool:
        return self.low > 0 or self.high < 0

    @property
    def words(self) -> str:
        if not self.clear:
            return "no clear change"
        return f"{self.delta:+d} ({self.low:+d} to {self.high:+d})".replace("-", "−")


def change(now: dict | None, before: dict | None) -> Change | None:
    """The change between two released cells that carry intervals; None where one is hidden, banded or missing."""
    cells = (now, before)
    if any(not cell or not cell.get("shown") or cell.get("low") is None for cell in cells):
        return None
    assert now and before
    delta = now["index"] - before["index"]
    half = math.hypot((now["high"] - now["low"]) / 2, (before["high"] - before["low"]) / 2)
    # Rounded outwards: rounding must not turn an unclear change into a clear one.
    return Change(delta, math.floor(delta - half), math.ceil(delta + half))
