"""What the numbers of a program say, by rule: a change, what stands still, the sentence on top. Pure.

Whether a score changed is not judged here: the words were decided once, with the release (surveys.results.changes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DIMENSIONS = ("want", "know", "can")
LOW = 50.0  # the middle of the scale (3.0 of 5): at or below it a dimension falls short
GOOD = 60.0
BEHIND = 5.0


@dataclass(frozen=True)
class Change:
    """A released change of a score. ``clear``: its word is "rose" or "fell".

    ``word``: as decided with the release, in the reader's language; "" where it was released before there were words.
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
class Score:
    """An index 0–100 with its 95 % interval, where one was released, and what was released of its change.

    ``last``: since the wave before; ``first``: since the first one; None where nothing could be compared. ``band``: of
    few people only a range may be told, "60–69"; ``index`` is its middle.
    """

    index: float
    low: float | None = None
    high: float | None = None
    last: Change | None = None
    first: Change | None = None
    band: str = ""

    @property
    def told(self) -> str:
        """The number as it may be told."""
        return self.band or f"{self.index:.0f}"


@dataclass(frozen=True)
class Headline:
    """The finding, with the word of ``dimension`` set apart so that it can carry its colour: before, word, after."""

    before: str
    dimension: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"{self.before}{self.dimension}{self.after}"


Point = Mapping[str, Score]


def standstill(scores: Sequence[Score]) -> int:
    """For how many waves up to the last one the score has not clearly changed from one wave to the next."""
    count = 1
    for now in reversed(scores[1:]):
        if now.last is not None and now.last.clear:
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
    return Headline("This is the starting point. Furthest behind is ", behind, f", at {latest[behind].told}.")


def _together(points: Sequence[Point]) -> Headline:
    latest = points[-1]
    changes = [latest[dimension].first for dimension in DIMENSIONS]
    if short := first_short(latest):
        return Headline("Want, know and can lie close together, and low. The first in the way is ", short, ".")
    if all(one is not None and one.rose for one in changes):
        return Headline("People want to give good service, know how and can: all three rose since wave 1.")
    fell = [name for name, one in zip(DIMENSIONS, changes, strict=True) if one is not None and one.fell]
    if fell:
        return Headline("Want, know and can lie close together, but ", fell[0], " has fallen since the first wave.")
    return Headline("Want, know and can lie close together. None of them holds the others back.")


def _movement(scores: Sequence[Score]) -> str:
    """How the score went, in released words only: since the last wave, since the first, and how long it stood still."""
    last, whole = scores[-1].last, scores[-1].first
    if last is not None and last.clear:
        return f"{'rose' if last.rose else 'fell'} by {abs(round(last.points))} since the last wave"
    still = standstill(scores)
    if whole is not None and whole.clear and not (3 <= still < len(scores)):
        return f"is {'up' if whole.rose else 'down'} by {abs(round(whole.points))} since the first wave"
    if still == len(scores):
        return f"has not clearly moved since the {'first' if still > 2 else 'last'} wave"
    if still >= 3:
        return f"has not clearly moved for {NUMBERS.get(still, str(still))} waves"
    return "has not clearly moved since the last wave"
