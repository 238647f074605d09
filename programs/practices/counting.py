"""What may be told of who keeps practices. Pure: no database, no clock.

Whether somebody wrote a note is told like whether somebody answered (confidentiality.md §2, §3): of groups of at least
10 people, in steps, the ends censored. Groups are blocks: no two share anybody. Each word told of a block stands for
several counts, also for one of its people who takes himself off, and also beside the figure of all blocks together:
that one is told only as closely as leaves each block so. Whatever else is told is put together from the told words of
blocks, so that it adds nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

LEAST = 10
# From so many people on: the step, and the lower end. With fewer people a step of 5 points would be an exact count.
SCALES = ((80, 5, 10), (20, 10, 15), (LEAST, 20, 30))
# The value of the lower end, whatever the scale; and between which values somebody can aim at a share.
LOWEST = 10
AIMS = (15, 90)
ROUND = 5
TENS = 10
WEEKS = 4


@dataclass(frozen=True)
class Told:
    """``value``: percent, never outside 10 to 90. ``end``: -1 and 1 stand for the lower and the upper end, where it is
    known only to lie under ``high`` or over ``low``; ``low`` and ``high``: percent it lies between.

    ``loose``: put together from other figures; the words say between what it lies.
    """

    value: int
    low: int
    high: int
    end: int = 0
    loose: bool = False

    @property
    def words(self) -> str:
        if self.end < 0:
            return _("under %(n)s %%") % {"n": self.high}
        if self.end > 0:
            return _("over %(n)s %%") % {"n": self.low}
        if self.loose:
            values = {"n": self.value, "low": self.low, "high": self.high}
            return _("about %(n)s %% (between %(low)s and %(high)s)") % values
        return _("about %(n)s %%") % {"n": self.value}


@dataclass(frozen=True)
class Block:
    """People of ``units`` told together. ``anchor``: the unit they all lie in; ``mixed``: in none but the top."""

    anchor: int
    units: frozenset[int]
    people: int
    mixed: bool = False


@dataclass(frozen=True)
class Span:
    """What the word told of ``people`` leaves open: from ``low`` to ``high`` of them."""

    people: int
    low: int
    high: int


def _scales(people: int) -> list[tuple[int, int]]:
    """(step, lower end) that may be used of so many, the finest first."""
    return [(step, low) for least, step, low in SCALES if people >= least]


def _on(scale: tuple[int, int], part: int, whole: int) -> Told:
    step, low = scale
    if 100 * part < low * whole:
        return Told(LOWEST, 0, low, -1)
    if 100 * part > (100 - low) * whole:
        return Told(100 - low, 100 - low, 100, 1)
    value = min(step * ((200 * part + step * whole) // (2 * step * whole)), step * ((100 - low) // step))
    return Told(value, max(low, value - (step + 1) // 2), min(100 - low, value + (step + 1) // 2))


def share(part: int, whole: int, least: int = LEAST) -> Told | None:
    """None: too few to be told of."""
    return _on(_scales(whole)[0], part, whole) if whole >= least else None


def _span(scale: tuple[int, int], part: int, whole: int) -> tuple[int, int]:
    """The counts that would be told with the same word."""
    word, low, high = _on(scale, part, whole), part, part
    while low and _on(scale, low - 1, whole) == word:
        low -= 1
    while high < whole and _on(scale, high + 1, whole) == word:
        high += 1
    return low, high


def span(part: int, whole: int) -> Span:
    """What is open of a block once its word is told."""
    return Span(whole, *_span(_scales(whole)[0], part, whole))


def _open(one: Span, least_of_all: int, most_of_all: int, low: int, high: int) -> bool:
    """Whether several counts stay possible in a block when all together are known to be ``low`` to ``high``."""
    bottom = max(one.low, low - (most_of_all - one.high))
    top = min(one.high, high - (least_of_all - one.low))
    return top - bottom >= (2 if bottom == 0 or top == one.people else 1)


def together(part: int, spans: Sequence[Span]) -> Told | None:
    """The figure of all blocks together: as closely as leaves each of them open, whatever that figure turned out to be.

    How closely is decided by what is told of the blocks alone: otherwise the decision would tell something.
    """
    whole = sum(one.people for one in spans)
    bottom, top = sum(one.low for one in spans), sum(one.high for one in spans)
    for scale in _scales(whole):
        at, fine = bottom, True
        while at <= top and fine:
            low, high = _span(scale, at, whole)
            fine = all(_open(one, bottom, top, low, high) for one in set(spans))
            at = high + 1
        if fine:
            return _on(scale, part, whole)
    return composed(spans)


def composed(spans: Sequence[Span]) -> Told | None:
    """What the words told of some blocks say of them together: nothing that who reads them could not work out."""
    whole = sum(one.people for one in spans)
    if whole < LEAST:
        return None
    if len(spans) == 1:
        return share(spans[0].low, whole)
    low = ROUND * (100 * sum(one.low for one in spans) // (ROUND * whole))
    high = ROUND * -(-100 * sum(one.high for one in spans) // (ROUND * whole))
    if low == 0:
        return Told(LOWEST, 0, high, -1)
    if high == 100:
        return Told(min(low, AIMS[1]), low, 100, 1)
    value = ROUND * ((low + high) // (2 * ROUND))
    return Told(max(LOWEST, min(AIMS[1], value)), low, high, loose=True)


def aims(people: int) -> tuple[int, int]:
    """The least and the most somebody can aim at: what lies beyond is never told."""
    if people < LEAST:
        return AIMS
    step, low = _scales(people)[0]
    return max(AIMS[0], step * -(-low // step)), 100 - low


def tens(count: int) -> str:
    """How many, as far as it may be told: whole tens."""
    if count < TENS:
        return _("under %(n)s") % {"n": TENS}
    return _("%(n)s or more") % {"n": floor(count)}


def floor(count: int) -> int:
    """What is kept of a count: whole tens."""
    return count // TENS * TENS


def first_of(last: dt.date) -> dt.date:
    """The first day of the four weeks up to ``last``."""
    return last - dt.timedelta(days=7 * WEEKS - 1)


def window(today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the last four full weeks, Monday to Sunday: figures change once a week."""
    last = today - dt.timedelta(days=today.weekday() + 1)
    return first_of(last), last


def week(today: dt.date) -> list[dt.date]:
    """Monday to Sunday of ``today``."""
    monday = today - dt.timedelta(days=today.weekday())
    return [monday + dt.timedelta(days=n) for n in range(7)]


def weeks_with(days: Iterable[dt.date], today: dt.date, count: int = 8) -> int:
    """In how many of the last ``count`` weeks, this one included, something was written. A week off ends nothing."""
    monday = week(today)[0]
    mondays = {day - dt.timedelta(days=day.weekday()) for day in days}
    return sum(monday - dt.timedelta(days=7 * n) in mondays for n in range(count))


def blocks(parents: Mapping[int, int | None], people: Mapping[int, int], least: int = LEAST) -> list[Block]:
    """The people of all units as blocks of at least ``least``, none twice; nothing while there are fewer in all.

    From the leaves up: a unit whose people, with what is left over below it, are enough is a block; too few go up to
    the unit above. What is left over at the top joins the smallest block.
    """
    children: dict[int | None, list[int]] = {}
    for unit in sorted({*parents, *people}):
        above = parents.get(unit)
        children.setdefault(above if above in parents else None, []).append(unit)
    found: list[Block] = []
    left: set[int] = set()
    for top in children.get(None, []):
        left |= _gather(top, children, people, least, found)
    rest = sum(people.get(unit, 0) for unit in left)
    if left and found:
        least_of_all = min(found, key=lambda one: (one.people, one.anchor))
        found.remove(least_of_all)
        # The smallest may lie deep in the tree: what is joined with it has no unit in common, but the top.
        found.append(Block(least_of_all.anchor, least_of_all.units | left, least_of_all.people + rest, mixed=True))
    elif left and rest >= least:
        found.append(Block(min(left), frozenset(left), rest, mixed=True))
    return sorted(found, key=lambda one: one.anchor)


def homes(parents: Mapping[int, int | None], people: Mapping[int, int], least: int = LEAST) -> dict[int, int | None]:
    """Unit → the unit somebody of it may be said to be of: that of at least ``least`` people; None: of none."""
    return {
        unit: None if block.mixed else block.anchor for block in blocks(parents, people, least) for unit in block.units
    }


def _gather(
    top: int, children: Mapping[int | None, list[int]], people: Mapping[int, int], least: int, found: list[Block]
) -> set[int]:
    """Adds the blocks below ``top`` to ``found``; returns units with people that are left over. Without recursion: a
    tree of units may be deep."""
    order, waiting = [], [top]
    while waiting:
        unit = waiting.pop()
        order.append(unit)
        waiting += children.get(unit, [])
    left: dict[int, set[int]] = {}
    for unit in reversed(order):
        mine = {unit} if people.get(unit, 0) else set()
        for child in children.get(unit, []):
            mine |= left.pop(child)
        size = sum(people.get(one, 0) for one in mine)
        if size >= least:
            found.append(Block(unit, frozenset(mine), size))
            mine = set()
        left[unit] = mine
    return left[top]
