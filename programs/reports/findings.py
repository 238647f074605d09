"""What the numbers of a program say, by rule: a change, what stands still, the finding on top. Pure.

Whether a score changed is not judged here: the words were decided once, with the release (surveys.results.changes).
What the finding is in words, in five languages: texts_findings.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

DIMENSIONS = ("want", "know", "can")
LOW = 50.0  # the middle of the scale (3.0 of 5): at or below it a dimension falls short
GOOD = 60.0
BEHIND = 5.0


@dataclass(frozen=True)
class Change:
    """A released change of a score. ``clear``: its word is "rose" or "fell"; ``few``: it is "too few to tell".

    ``word``: as decided with the release, in the reader's language; "" where it was released before there were words.
    """

    points: float
    clear: bool
    word: str = ""
    few: bool = False

    @property
    def rose(self) -> bool:
        return self.clear and self.points > 0

    @property
    def fell(self) -> bool:
        return self.clear and self.points < 0

    @property
    def still(self) -> bool:
        """Whether it was compared, by enough people, and did not clearly change."""
        return not self.clear and not self.few


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


# Want, know and can in one wave, as far as they are shown.
Point = Mapping[str, Score]


@dataclass(frozen=True)
class Finding:
    """The finding on top: ``key`` of its sentence, the ``dimension`` it is about, its number as it may be told.

    ``moved``: how that dimension went: the key of the words and their number; ``names``: the dimensions of a wave that
    shows two of the three.
    """

    key: str
    dimension: str = ""
    told: str = ""
    moved: tuple[str, int] | None = None
    names: tuple[str, ...] = ()


def standstill(scores: Sequence[Score | None]) -> int:
    """For how many waves up to the last one the score has not clearly changed from one wave to the next.

    A wave that cannot be compared with the one before ends the count: nobody knows what happened there.
    """
    count = 1
    for now in reversed(scores[1:]):
        if now is None or now.last is None or not now.last.still:
            break
        count += 1
    return count


def compared(changes: Iterable[Change | None]) -> str:
    """What can be told where nothing clearly changed: "still", "few" (too few to tell) or "apart" (not comparable)."""
    known = [one for one in changes if one is not None]
    if any(one.still for one in known):
        return "still"
    return "few" if known else "apart"


def whole(point: Point) -> bool:
    """Whether the wave shows all three."""
    return set(DIMENSIONS) <= set(point)


def weakest(point: Point) -> str | None:
    """The dimension clearly behind both others, or None when none is."""
    order = sorted(DIMENSIONS, key=lambda dimension: point[dimension].index)
    behind = point[order[1]].index - point[order[0]].index
    return order[0] if behind >= BEHIND else None


def first_short(point: Point) -> str | None:
    """The first of want → know → can at or below the middle of the scale."""
    return next((dimension for dimension in DIMENSIONS if point[dimension].index <= LOW), None)


def headline(points: Sequence[Point], unasked: Collection[str] = ()) -> Finding | None:
    """The finding of the latest of the released waves, which are in their order; None where nothing of it is shown.

    ``unasked``: what the latest wave did not ask for; what else it does not show is hidden, whatever the reason.
    """
    if not points:
        return None
    latest = points[-1]
    if not whole(latest):
        return _part(latest, unasked)
    behind = weakest(latest)
    if len(points) == 1:
        return Finding("start_behind", behind, latest[behind].told) if behind else Finding("start_close")
    if behind is None:
        return _together(latest)
    others = [latest[dimension].index for dimension in DIMENSIONS if dimension != behind]
    strength = "strong" if min(others) >= GOOD else "mild"
    return Finding(f"{strength}_{behind}", behind, moved=_movement([point.get(behind) for point in points]))


def _part(latest: Point, unasked: Collection[str]) -> Finding | None:
    """Of a wave that shows two of the three, one or none."""
    shown = tuple(dimension for dimension in DIMENSIONS if dimension in latest)
    why = "asked" if set(DIMENSIONS) - set(shown) <= set(unasked) else "hidden"
    if not shown:
        return Finding("part_none") if why == "asked" else None
    if len(shown) == 1:
        return Finding(f"part_one_{why}", shown[0], latest[shown[0]].told)
    lower, higher = sorted(shown, key=lambda dimension: latest[dimension].index)
    if latest[higher].index - latest[lower].index < BEHIND:
        return Finding(f"part_{why}", names=shown)
    return Finding(f"part_{why}", lower, latest[lower].told, names=shown)


def _together(latest: Point) -> Finding:
    if short := first_short(latest):
        return Finding("low_first", short)
    changes = {dimension: latest[dimension].first for dimension in DIMENSIONS}
    if all(one is not None and one.rose for one in changes.values()):
        return Finding("all_rose")
    fell = [dimension for dimension, one in changes.items() if one is not None and one.fell]
    return Finding("has_fallen", fell[0]) if fell else Finding("none_back")


def _movement(scores: Sequence[Score | None]) -> tuple[str, int]:
    """How the score went, in released words only: since the last wave, since the first, and how long it stood still."""
    latest = scores[-1]
    assert latest is not None
    last, since_first = latest.last, latest.first
    if last is not None and last.clear:
        return "rose" if last.rose else "fell", abs(round(last.points))
    still = standstill(scores)
    if since_first is not None and since_first.clear and not (3 <= still < len(scores)):
        return "up" if since_first.rose else "down", abs(round(since_first.points))
    if last is None or last.few:
        return "few" if last else "apart", 0
    if still == len(scores) > 2 and since_first is not None and since_first.still:
        return "still_first", 0
    return ("still_waves", still) if still > 2 else ("still_last", 0)
