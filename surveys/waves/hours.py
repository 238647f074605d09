"""Free days and working hours: when something may open, and when a mail may leave. Pure.

Days are those of a zone; the moments at which they begin are worked out per zone, so that a change to summer time moves
no day.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

DAY = dt.timedelta(days=1)
BEGIN, END = dt.time(9), dt.time(17)
WEEKEND = frozenset({5, 6})
# A blackout longer than this is no blackout but an end.
FURTHEST = 400


class ScheduleError(ValueError):
    """``reason``: frequency, part, value, twice, never, overlap, free, end – the caller has the words for it."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail = reason, detail


@dataclass(frozen=True)
class Blackout:
    """Days on which nothing opens and nobody is reminded, both ends included; ``yearly``: every year again."""

    first: dt.date
    last: dt.date
    name: str = ""
    yearly: bool = False

    def covers(self, day: dt.date) -> bool:
        if not self.yearly:
            return self.first <= day <= self.last
        if self.last - self.first >= dt.timedelta(days=364):
            return True
        begin, end, at = _key(self.first), _key(self.last), _key(day)
        return begin <= at <= end if begin <= end else at >= begin or at <= end


def _key(day: dt.date) -> tuple[int, int]:
    return day.month, day.day


# -- days ------------------------------------------------------------------------------------------------------------


def read_blackouts(stored: Iterable[Mapping[str, Any]]) -> list[Blackout]:
    """From the JSON of a series: [{"first", "last", "name", "yearly"}]."""
    return [
        Blackout(
            dt.date.fromisoformat(one["first"]),
            dt.date.fromisoformat(one["last"]),
            str(one.get("name", "")),
            bool(one.get("yearly")),
        )
        for one in stored
    ]


def written(blackouts: Iterable[Blackout]) -> list[dict[str, Any]]:
    return [
        {"first": one.first.isoformat(), "last": one.last.isoformat(), "name": one.name, "yearly": one.yearly}
        for one in blackouts
    ]


def is_working_day(day: dt.date, blackouts: Iterable[Blackout] = (), *, weekends: bool = False) -> bool:
    """``weekends``: whether those are days like others."""
    return (weekends or day.weekday() not in WEEKEND) and not any(one.covers(day) for one in blackouts)


def next_working_day(
    day: dt.date, blackouts: Sequence[Blackout] = (), *, weekends: bool = False
) -> tuple[dt.date, tuple[str, ...], bool]:
    """The day or the next one that is not free; the names of the blackouts passed over, and whether a weekend was."""
    names: list[str] = []
    weekend = False
    for _ in range(FURTHEST):
        if is_working_day(day, blackouts, weekends=weekends):
            return day, tuple(dict.fromkeys(names)), weekend
        covering = [one.name for one in blackouts if one.covers(day)]
        names += covering
        weekend = weekend or not covering
        day += DAY
    raise ScheduleError("free")


# -- moments ---------------------------------------------------------------------------------------------------------


@cache
def zone_of(name: str) -> dt.tzinfo:
    """The zone; UTC for a name that no longer is one."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return dt.UTC


def moment(day: dt.date, zone: str, hour: int = BEGIN.hour) -> dt.datetime:
    """The hour of that day in a zone, in UTC. An hour that summer time skips is the next that exists."""
    local = dt.datetime.combine(day, dt.time(hour), zone_of(zone))
    return local.astimezone(dt.UTC)


def today_in(zone: str, now: dt.datetime) -> dt.date:
    return now.astimezone(zone_of(zone)).date()


def is_zone(name: str) -> bool:
    return name in zoneinfo.available_timezones()


def is_working(at: dt.datetime, zone: str, blackouts: Iterable[Blackout] = ()) -> bool:
    """Whether it lies in working hours there."""
    local = at.astimezone(zone_of(zone))
    return BEGIN <= local.time() < END and is_working_day(local.date(), blackouts)


def next_working(at: dt.datetime, zone: str, blackouts: Sequence[Blackout] = ()) -> dt.datetime | None:
    """The moment itself if it lies in working hours there, else when they next begin; None if they never do."""
    if is_working(at, zone, blackouts):
        return at
    local = at.astimezone(zone_of(zone))
    try:
        day = next_working_day(local.date() if local.time() < BEGIN else local.date() + DAY, blackouts)[0]
    except ScheduleError:
        return None
    return moment(day, zone)
