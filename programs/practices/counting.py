"""What may be told of who keeps practices. Pure: no database, no clock.

Whether somebody wrote a note is told like whether somebody answered (confidentiality.md §2): of groups of at least 10
people, in steps of 5 points, the ends censored, so that neither "all" nor "nobody" is ever said. Groups are blocks: no
two share anybody, and every sum of them is a sum of blocks; taking one figure off another leaves at least 10 people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

LEAST = 10
STEP = 5
ENDS = (10, 90)
TENS = 10
WEEKS = 4


@dataclass(frozen=True)
class Told:
    """``value``: percent, in steps of 5, never outside 10 to 90; ``words``: how it is said."""

    value: int
    words: str


@dataclass(frozen=True)
class Block:
    """People of ``units`` told together. ``anchor``: the unit they all lie in."""

    anchor: int
    units: frozenset[int]
    people: int


def share(part: int, whole: int, least: int = LEAST) -> Told | None:
    """None: too few to be told of."""
    if whole < least:
        return None
    percent = 100 * part / whole
    if percent < ENDS[0]:
        return Told(ENDS[0], _("under %(n)s %%") % {"n": ENDS[0]})
    if percent > ENDS[1]:
        return Told(ENDS[1], _("over %(n)s %%") % {"n": ENDS[1]})
    value = STEP * round(percent / STEP)
    return Told(value, _("about %(n)s %%") % {"n": value})


def tens(count: int) -> str:
    """How many, as far as it may be told: whole tens."""
    if count < TENS:
        return _("under %(n)s") % {"n": TENS}
    return _("%(n)s or more") % {"n": count // TENS * TENS}


def window(today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the last four full weeks, Monday to Sunday: figures change once a week."""
    last = today - dt.timedelta(days=today.weekday() + 1)
    return last - dt.timedelta(days=7 * WEEKS - 1), last


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
        found.append(Block(least_of_all.anchor, least_of_all.units | left, least_of_all.people + rest))
    elif left and rest >= least:
        found.append(Block(min(left), frozenset(left), rest))
    return sorted(found, key=lambda one: one.anchor)


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
