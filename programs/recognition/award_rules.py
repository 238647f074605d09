"""The rules of awards, without a database and without a clock: when rounds open, who is too near, how points divide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveys.waves import schedule
from surveys.waves.schedule import ScheduleError as ScheduleError

DAY = dt.timedelta(days=1)
AHEAD = dt.timedelta(days=366 * 5)


class Near(StrEnum):
    """Why somebody does not judge a candidate."""

    HIMSELF = "himself"
    MEMBER = "member"
    TEAM = "team"
    LINE = "line"
    NOMINATOR = "nominator"


@dataclass(frozen=True)
class Place:
    """Where somebody stands; ``above``: the units he belongs to, from his own up, and those that were merged."""

    person: int
    unit: int | None = None
    manager: int | None = None
    above: frozenset[int] = frozenset()


def all_near(juror: Place, *, judged: Place | None, team: int | None, nominators: Collection[int]) -> list[Near]:
    """What keeps ``juror`` from judging a person (``judged``) or the ``team`` of a unit, the closest first."""
    found = {Near.NOMINATOR: juror.person in nominators}
    if judged is not None:
        found[Near.HIMSELF] = judged.person == juror.person
        found[Near.TEAM] = judged.unit is not None and judged.unit == juror.unit
        found[Near.LINE] = juror.person == judged.manager or judged.person == juror.manager
    else:
        found[Near.MEMBER] = team in juror.above
    return [reason for reason in Near if found.get(reason)]


def days(rule: str, dates: Sequence[dt.date], first: dt.date, *, until: dt.date) -> list[dt.date]:
    """The days on which rounds open, from ``first`` to ``until``. Raises ``ScheduleError`` for an unreadable rule."""
    if not rule:
        return sorted({day for day in dates if day <= until})
    return list(schedule.days_of(rule, first, until=until))


def opening(found: Iterable[dt.date], open_days: int, today: dt.date) -> dt.date | None:
    """The day whose round is to be open ``today``: the latest one; what was missed while nothing ran stays missed."""
    running = [day for day in found if day <= today < day + open_days * DAY]
    return max(running, default=None)


def shares(points: int, people: int) -> tuple[int, int]:
    """(what each of a team gets, what does not divide and stays in the budget)."""
    each = points // people if people else 0
    return each, points - each * people


def mean(scores: Sequence[int]) -> float | None:
    return sum(scores) / len(scores) if scores else None
