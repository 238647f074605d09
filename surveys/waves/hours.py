"""When a mail may leave: working hours in the reader's own zone. Pure."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from functools import cache

BEGIN, END = dt.time(9), dt.time(17)
WEEKEND = frozenset({5, 6})
# A blackout longer than this is no blackout but an end.
FURTHEST = 400


@cache
def zone_of(name: str) -> dt.tzinfo:
    """The zone; UTC for a name that no longer is one."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return dt.UTC


def is_free(day: dt.date, blackout: Iterable[tuple[dt.date, dt.date]] = ()) -> bool:
    """A weekend, or a day of the ``blackout`` ranges (both ends belong to them)."""
    return day.weekday() in WEEKEND or any(first <= day <= last for first, last in blackout)


def is_working(moment: dt.datetime, zone: str, blackout: Iterable[tuple[dt.date, dt.date]] = ()) -> bool:
    local = moment.astimezone(zone_of(zone))
    return not is_free(local.date(), blackout) and BEGIN <= local.time() < END


def next_working(
    moment: dt.datetime, zone: str, blackout: Iterable[tuple[dt.date, dt.date]] = ()
) -> dt.datetime | None:
    """``moment`` itself if it lies in working hours there, else when they next begin; None if they never do."""
    blackout = list(blackout)
    if is_working(moment, zone, blackout):
        return moment
    local = moment.astimezone(zone_of(zone))
    day = local.date() if local.time() < BEGIN else local.date() + dt.timedelta(days=1)
    for _ in range(FURTHEST):
        if not is_free(day, blackout):
            return dt.datetime.combine(day, BEGIN, zone_of(zone)).astimezone(dt.UTC)
        day += dt.timedelta(days=1)
    return None
