"""What the numbers of a program say, by rule: a change, what stands still, the sentence on top. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DIMENSIONS = ("want", "know", "can")
Z = 1.96
LOW = 50.0  # the middle of the scale (3.0 of 5): at or below it a dimension falls short
GOOD = 60.0
BEHIND = 5.0


@dataclass(frozen=True)
class Score:
    """An index 0–100 with its 95 % interval, where one was released."""

    index: float
    low: float | None = None
    high: float | None = None

    @property
    def error(self) -> float | None:
        """The standard error the interval stands for."""
        return None if self.low is None or self.high is None else (self.high - self.low) / (2 * Z)


@dataclass(frozen=True)
class Change:
    """A difference of two scores. ``clear`` when its 95 % interval leaves out zero.

    ``word``: the word that was decided with the release, in the reader's language; "" where none was.
    """

    points: float
    clear: bool
    word: str = ""

    @property
    def rose(self) -> bool:
        return self.clear and self.points > 0

    @property
    def fell(self) -> bool:
        return self.clear and self.points < 0


@dataclass(frozen=True)
class Headline:
    """The finding, with the word of ``dimension`` set apart so that it can carry its colour: before, word, after."""

    before: str
    dimension: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"{self.before}{self.dimension}{self.after}"


Point = Mapping[str, Score]


def change(now: Score, before: Score) -> Change:
    """How ``now`` differs from ``before``. Without an interval on both sides nothing can be called clear."""
    points = now.index - before.index
    if now.error is None or before.error is None:
        return Change(points, clear=False)
    return Change(points, clear=abs(points) > Z * math.hypot(now.error, before.error))


def standstill(scores: Sequence[Score]) -> int:
    """For how many waves up to the last one the score has not clearly left where it was."""
    count = 1
    for earlier in reversed(scores[:-1]):
        if change(scores[-1], earlier).clear:
            break
        count += 1
    return count


def weakest(point: Point) -> str | None:
    """The dimension clearly behind both others, or None when none is."""
    order = sorted(DIMENSIONS, key=lambda dimension: point[dimension].index)
    behind = point[order[1]].index - point[order[0]].index
    return order[0] if behind >= BEHIND else None


def first_short(point: Point) -> str | None:
    """The first of want → know → can at or below the middle of the scale."""
    return next((dimension for dimension in DIMENSIONS if point[dimension].index <= LOW), None)


NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}

STRENGTHS = {
    "want": "People now know what good service is, and their work lets them give it.",
    "know": "People want to give good service, and their work lets them.",
    "can": "People now know what good service is, and want to give it.",
}
MILD = {
    "want": "Of the three, the wish to serve lags behind",
    "know": "Of the three, knowing how lags behind",
    "can": "Of the three, being enabled lags behind",
}
LACKS = {
    "want": "What is missing is the wish",
    "know": "What they lack is knowing how",
    "can": "What holds them back is permission",
}


def headline(points: Sequence[Point]) -> Headline | None:
    """The one sentence on top of the scorecard, from the released waves in their order; None before the first."""
    if not points:
        return None
    latest = points[-1]
    behind = weakest(latest)
    if len(points) == 1:
        return _baseline(latest, behind)
    if behind is None:
        return _together(points)
    others = [latest[dimension].index for dimension in DIMENSIONS if dimension != behind]
    opening = f"{STRENGTHS[behind]} {LACKS[behind]}" if min(others) >= GOOD else MILD[behind]
    return Headline(f"{opening}: ", behind, f" {_movement([point[behind] for point in points])}.")


def _baseline(latest: Point, behind: str | None) -> Headline:
    if behind is None:
        return Headline("This is the starting point: want, know and can lie close together.")
    return Headline("This is the starting point. Furthest behind is ", behind, f", at {latest[behind].index:.0f}.")


def _together(points: Sequence[Point]) -> Headline:
    first, latest = points[0], points[-1]
    changes = [change(latest[dimension], first[dimension]) for dimension in DIMENSIONS]
    if short := first_short(latest):
        return Headline("Want, know and can lie close together, and low. The first in the way is ", short, ".")
    if all(one.rose for one in changes):
        return Headline("People want to give good service, know how and can: all three rose since wave 1.")
    if any(one.fell for one in changes):
        fell = next(name for name, one in zip(DIMENSIONS, changes, strict=True) if one.fell)
        return Headline("Want, know and can lie close together, but ", fell, " has fallen since the first wave.")
    return Headline("Want, know and can lie close together. None of them holds the others back.")


def _movement(scores: Sequence[Score]) -> str:
    last = change(scores[-1], scores[-2])
    if last.clear:
        return f"{'rose' if last.rose else 'fell'} by {abs(round(last.points))} since the last wave"
    still = standstill(scores)
    whole = change(scores[-1], scores[0])
    if still == len(scores):
        return "has not moved since the first wave" if still > 2 else "has not moved since the last wave"
    if still >= 3:
        return f"has not moved for {NUMBERS.get(still, str(still))} waves"
    return f"is {'up' if whole.points > 0 else 'down'} by {abs(round(whole.points))} since the first wave"
