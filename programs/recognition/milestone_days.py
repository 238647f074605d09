"""On which morning a milestone is announced. Pure: days, zones and free days in; no database, no clock.

An anniversary is told on its day at 8 where the person is; when that day is free, on the last working day before it
(Sunday's on Friday), so that nobody is congratulated late. What happened only by itself (completed, certified, a first
time) is told on the next working morning after it became known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from surveys.waves import hours
from surveys.waves.hours import Blackout

DAY = dt.timedelta(days=1)
MORNING = 8
# Free days in a row longer than this are no weekend and no holiday.
FURTHEST = 30


def anniversary(joined: dt.date, year: int) -> dt.date:
    """The day of ``year`` on which somebody who joined on ``joined`` celebrates; 29 February is 28 in other years."""
    try:
        return joined.replace(year=year)
    except ValueError:
        return dt.date(year, 2, 28)


def still_on(joined: dt.date | None, years: int, on: dt.date) -> bool:
    """Whether somebody who joined on ``joined`` (None: not known) has been here ``years`` years on ``on``."""
    return joined is not None and on.year - joined.year == years and anniversary(joined, on.year) == on


def anniversaries(
    joined: dt.date, since: dt.date, until: dt.date, years: Collection[int] = ()
) -> list[tuple[int, dt.date]]:
    """(years, day) of those from ``since`` to ``until``; ``years`` empty: every one but the first day itself."""
    found = []
    for year in range(max(since.year, joined.year), until.year + 1):
        count, day = year - joined.year, anniversary(joined, year)
        wanted = count in years if years else count > 0
        if wanted and since <= day <= until:
            found.append((count, day))
    return found


def days_of_month(since: dt.date, until: dt.date) -> set[tuple[int, int]]:
    """(month, day) on which whoever celebrates between the two joined; 29 February with 28 where there is no 29."""
    found, day = set(), since
    while day <= until:
        found.add((day.month, day.day))
        if (day.month, day.day) == (2, 28) and (day + DAY).month == 3:
            found.add((2, 29))
        day += DAY
    return found


def on_or_before(day: dt.date, free: Sequence[Blackout] = ()) -> dt.date:
    """The day, or the last working day before it. A month without any: the day itself."""
    earlier = day
    for _ in range(FURTHEST):
        if hours.is_working_day(earlier, free):
            return earlier
        earlier -= DAY
    return day


def told_on(day: dt.date, *, begins: bool, free: Sequence[Blackout] = ()) -> dt.date:
    """The day on which an anniversary is told; a first day (``begins``) is never told before somebody is there."""
    return next_working(day, free) if begins else on_or_before(day, free)


def next_working(day: dt.date, free: Sequence[Blackout] = ()) -> dt.date:
    """The day, or the first working day after it. A year without any: the day itself."""
    try:
        return hours.next_working_day(day, free)[0]
    except hours.ScheduleError:
        return day


def morning(day: dt.date, zone: str) -> dt.datetime:
    """8 o'clock of ``day`` in ``zone``, in UTC."""
    return hours.moment(day, zone, MORNING)


def next_morning(now: dt.datetime, zone: str, free: Sequence[Blackout] = ()) -> dt.datetime:
    """The next 8 o'clock of a working day in ``zone`` that is not before ``now``."""
    day = hours.today_in(zone, now)
    if morning(day, zone) < now:
        day += DAY
    return morning(next_working(day, free), zone)


def may_tell(now: dt.datetime, zone: str, free: Iterable[Blackout] = ()) -> bool:
    """Whether it is a working day there, and not before 8."""
    local = now.astimezone(hours.zone_of(zone))
    return local.hour >= MORNING and hours.is_working_day(local.date(), free)
