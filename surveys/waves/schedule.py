"""When a series asks and reminds: days out of a recurrence rule, moved off free days. Pure: no ORM, no clock.

Rules are RRULEs of RFC 5545 without hours: a wave opens on a day, one of the series' zone. Which days are free and at
which moment a day begins is the matter of hours.py.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

from dateutil.rrule import rrule, rrulestr

from surveys.waves.hours import DAY as DAY
from surveys.waves.hours import Blackout, is_working_day, next_working_day
from surveys.waves.hours import ScheduleError as ScheduleError

MOST_WAVES = 60
LONGEST_YEARS = 15
PERIODS = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
DAYS = r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)"
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def _numbers(most: int, *, negative: bool = True) -> str:
    one = "|".join(str(number) for number in range(most, 0, -1))
    sign = "[+-]?" if negative else ""
    return rf"{sign}({one})(,{sign}({one}))*"


PARTS = {
    "FREQ": "|".join(PERIODS),
    "INTERVAL": r"[1-9][0-9]{0,2}",
    "COUNT": r"[1-9][0-9]{0,2}",
    "UNTIL": r"[0-9]{8}(T[0-9]{6}Z?)?",
    "BYMONTH": _numbers(12, negative=False),
    "BYMONTHDAY": _numbers(31),
    "BYYEARDAY": _numbers(366),
    "BYWEEKNO": _numbers(53),
    "BYSETPOS": _numbers(31),
    "BYDAY": rf"{DAYS}(,{DAYS})*",
    "WKST": "MO|TU|WE|TH|FR|SA|SU",
}
# What makes no sense for a short period, and would be looked for in vain.
NOT_WITH = {
    "DAILY": {"BYYEARDAY", "BYWEEKNO", "BYSETPOS"},
    "WEEKLY": {"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"},
    "MONTHLY": {"BYYEARDAY", "BYWEEKNO"},
    "YEARLY": set(),
}
FIRST_SHARE = 0.5
REMIND_EVERY = 4
REMIND_MOST = 3


@dataclass(frozen=True)
class Occurrence:
    """``planned``: the rule's day; ``opens``: where it was moved, ``because`` of the names of these free days."""

    planned: dt.date
    opens: dt.date
    closes: dt.date
    because: tuple[str, ...] = ()
    weekend: bool = False

    @property
    def moved(self) -> bool:
        return self.opens != self.planned


# -- recurrence ------------------------------------------------------------------------------------------------------


def parse(rule: str) -> dict[str, str]:
    """The parts of an RRULE; raises ScheduleError for what a wave cannot follow (hours, other words, zero)."""
    found: dict[str, str] = {}
    for part in rule.strip().upper().removeprefix("RRULE:").strip(";").split(";"):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name == "FREQ" and value in {"HOURLY", "MINUTELY", "SECONDLY"}:
            raise ScheduleError("frequency", value)
        if name in {"BYHOUR", "BYMINUTE", "BYSECOND"}:
            raise ScheduleError("frequency", name)
        if name not in PARTS:
            raise ScheduleError("part", name or rule[:40])
        if name in found:
            raise ScheduleError("twice", name)
        if not re.fullmatch(PARTS[name], value):
            raise ScheduleError("value", f"{name}={value}"[:60])
        found[name] = value
    if "FREQ" not in found:
        raise ScheduleError("part", "FREQ")
    if senseless := NOT_WITH[found["FREQ"]] & set(found):
        raise ScheduleError("part", min(senseless))
    if found["FREQ"] in ("DAILY", "WEEKLY") and re.search("[0-9]", found.get("BYDAY", "")):
        raise ScheduleError("value", f"BYDAY={found['BYDAY']}"[:60])
    return found


def monthly(first: dt.date, months: int, count: int = 0) -> str:
    """Every so many months on the day of ``first``; the 31st becomes the last day of a shorter month, once."""
    rule = f"FREQ=MONTHLY;INTERVAL={months}"
    if first.day > 28:
        days = ",".join(str(day) for day in range(28, first.day + 1))
        rule += f";BYMONTHDAY={days};BYSETPOS=-1"
    return f"{rule};COUNT={count}" if count else rule


def weekly(weeks: int, count: int = 0) -> str:
    return f"FREQ=WEEKLY;INTERVAL={weeks}" + (f";COUNT={count}" if count else "")


def once() -> str:
    return "FREQ=DAILY;COUNT=1"


def days_of(rule: str, first: dt.date, *, until: dt.date) -> Iterator[dt.date]:
    """The rule's days from ``first`` to ``until``, not moved."""
    parts = parse(rule)
    count = int(parts.pop("COUNT", 0))
    if "UNTIL" in parts:
        try:
            last = dt.datetime.strptime(parts.pop("UNTIL")[:8], "%Y%m%d").date()
        except ValueError as error:
            raise ScheduleError("value", "UNTIL") from error
        until = min(until, last)
    if not _possible(parts, first, until):
        return iter(())
    end = dt.datetime.combine(until, dt.time())
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        made: Any = rrulestr(text, dtstart=dt.datetime.combine(first, dt.time()))
        made = made.replace(until=end) if isinstance(made, rrule) else made
    except (ValueError, OverflowError) as error:
        raise ScheduleError("value", rule[:60]) from error
    days = (moment.date() for moment in made)
    return islice(days, count) if count else days


def _possible(parts: Mapping[str, str], first: dt.date, until: dt.date) -> bool:
    """Whether any day can fulfil the rule: dateutil looks for one that does not exist until the year 9999."""
    months = {int(one) for one in parts.get("BYMONTH", "").split(",") if one}
    month_days = {int(one) for one in parts.get("BYMONTHDAY", "").split(",") if one}
    weekdays = {WEEKDAYS.index(one[-2:]) for one in parts.get("BYDAY", "").split(",") if one}
    step = int(parts.get("INTERVAL", "1")) if parts["FREQ"] == "DAILY" else 1
    day = first
    while day <= until:
        last = (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY
        if (
            (not months or day.month in months)
            and (not month_days or month_days & {day.day, day.day - last.day - 1})
            and (not weekdays or day.weekday() in weekdays)
        ):
            return True
        day += step * DAY
    return False


def occurrences(
    rule: str,
    first: dt.date,
    *,
    until: dt.date,
    open_days: int,
    blackouts: Sequence[Blackout] = (),
    weekends: bool = False,
    most: int = MOST_WAVES,
) -> list[Occurrence]:
    """The waves from ``first`` to ``until``, at most ``most``.

    Raises ScheduleError: *never* when there is none, *free* when the free days leave none, *overlap* when a wave would
    open before the one before it closed.
    """
    found: list[Occurrence] = []
    for planned in islice(days_of(rule, first, until=until), most):
        opens, because, weekend = next_working_day(planned, blackouts, weekends=weekends)
        closes = closing_day(opens, open_days, blackouts)
        found.append(Occurrence(planned, opens, closes, because, weekend))
        if len(found) > 1 and found[-2].closes >= opens:
            raise ScheduleError("overlap", f"{opens.isoformat()} {found[-2].closes.isoformat()}")
    if not found:
        raise ScheduleError("never")
    return found


def closing_day(opens: dt.date, open_days: int, blackouts: Sequence[Blackout] = ()) -> dt.date:
    """The last day. Not within a blackout, when nobody could answer: then the first working day after it."""
    closes = opens + dt.timedelta(days=open_days)
    return closes if is_working_day(closes, blackouts, weekends=True) else next_working_day(closes, blackouts)[0]


def horizon(rule: str, first: dt.date, today: dt.date, *, years: int = 2) -> dt.date:
    """To when waves are planned: to the rule's end, or some years ahead when it has none."""
    parts = parse(rule)
    if "COUNT" in parts or "UNTIL" in parts:
        return _plus_years(first, LONGEST_YEARS)
    return _plus_years(max(first, today), years)


def _plus_years(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)


def reminder_days(
    opens: dt.date,
    closes: dt.date,
    *,
    every: int = REMIND_EVERY,
    most: int = REMIND_MOST,
    days: Iterable[int] = (),
    blackouts: Sequence[Blackout] = (),
) -> list[dt.date]:
    """The days on which who has not answered is reminded: half-way, then ``every`` so many days, at most ``most``.

    ``days`` after the opening instead, when given. A free day moves to the next working day; what would then fall on
    the day of another one, or on the last day or later, is left out.
    """
    wanted = sorted({opens + dt.timedelta(days=day) for day in days})
    if not wanted and every > 0:
        day = opens + dt.timedelta(days=max(1, round((closes - opens).days * FIRST_SHARE)))
        while day < closes:
            wanted.append(day)
            day += dt.timedelta(days=every)
    found: list[dt.date] = []
    for day in wanted:
        try:
            moved = next_working_day(day, blackouts)[0]
        except ScheduleError:
            continue
        if opens < moved < closes and moved not in found:
            found.append(moved)
    return found[:most]


def further_days(
    known: Sequence[dt.date],
    closes: dt.date,
    *,
    after: dt.date,
    every: int = REMIND_EVERY,
    most: int = REMIND_MOST,
    blackouts: Sequence[Blackout] = (),
) -> list[dt.date]:
    """More reminders, when the last day moved to ``closes``: ``every`` so many days after ``after``."""
    found: list[dt.date] = []
    day = after
    while len(known) + len(found) < most:
        try:
            day = next_working_day(day + every * DAY, blackouts)[0]
        except ScheduleError:
            break
        if day >= closes:
            break
        found.append(day)
    return found


def gaps(found: Sequence[Occurrence]) -> list[int]:
    """Days between openings."""
    return [(later.opens - earlier.opens).days for earlier, later in pairwise(found)]
