"""Due days, validity and renewal of what must be done. Pure: no database, no clock; every day is a ``date``.

A day named as the last one still counts: due on 15 February, done on 15 February is on time; valid until 11 February
still holds on the 11th.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta


class State(enum.StrEnum):
    OPEN = "open"
    SOON = "soon"  # due, or to be renewed, within ``SOON``
    LATE = "late"
    VALID = "valid"
    RENEW = "renew"  # valid, and the window for renewing is open
    LAPSED = "lapsed"  # was valid once
    EXEMPT = "exempt"


SOON = dt.timedelta(days=14)


@dataclass(frozen=True)
class Rule:
    """``months`` 0: valid for good. ``window``: days before the end in which renewing keeps the cycle."""

    months: int = 0
    window: int = 0

    def __post_init__(self) -> None:
        if self.months < 0 or self.window < 0:
            raise ValueError("validity and window cannot be negative")


@dataclass(frozen=True)
class Validity:
    """From the day it was done until the last valid day (None: for good)."""

    done_on: dt.date
    until: dt.date | None

    def holds(self, day: dt.date) -> bool:
        return self.done_on <= day and (self.until is None or day <= self.until)


def due(*, begins: dt.date, days: int | None = None, fixed: dt.date | None = None) -> dt.date:
    """The last day on time: ``days`` after the day it begins for somebody, or ``fixed``, whichever is given.

    Given both, a joiner gets his ``days`` even when the fixed day comes sooner.
    """
    if days is None and fixed is None:
        raise ValueError("a due day needs days or a fixed day")
    if days is not None and days < 0:
        raise ValueError("days after the beginning cannot be negative")
    own = begins + dt.timedelta(days=days) if days is not None else None
    if fixed is None or (own is not None and own > fixed):
        assert own is not None
        return own
    return max(fixed, begins)


def days_late(*, due_on: dt.date, done_on: dt.date) -> int:
    """0 when on time."""
    return max(0, (done_on - due_on).days)


def last_valid_day(done_on: dt.date, months: int) -> dt.date:
    """The day before the same date ``months`` later (31 January and a month: 28 February, exclusive)."""
    return done_on + relativedelta(months=months) - dt.timedelta(days=1)


def validity(done: list[dt.date], rule: Rule) -> Validity | None:
    """What the completions (any order) are worth together.

    Renewing within ``window`` days before the end keeps the cycle: the new period begins where the old one ends.
    Renewing earlier, or after it lapsed, begins a new cycle on the day it was done.
    """
    found: Validity | None = None
    for day in sorted(done):
        if not rule.months:
            return Validity(sorted(done)[0], None)
        until = last_valid_day(day, rule.months)
        if found is not None and found.until is not None:
            opens = found.until - dt.timedelta(days=rule.window) + dt.timedelta(days=1)
            if opens <= day <= found.until:
                until = last_valid_day(found.until + dt.timedelta(days=1), rule.months)
            until = max(until, found.until)
        found = Validity(day, until)
    return found


def counting(done: list[dt.date], rule: Rule, given: dt.date) -> list[dt.date]:
    """The completions that count for a duty ``given`` on a day, in order: not those that had run out before it."""
    days = sorted(done)
    for place in range(len(days)):
        valid = validity(days[: place + 1], rule)
        assert valid is not None
        if valid.until is None or valid.until >= given:
            return days[place:]
    return []


def renewal_opens(valid: Validity, rule: Rule) -> dt.date | None:
    """First day on which renewing keeps the cycle; None when nothing is to be renewed."""
    return None if valid.until is None else valid.until - dt.timedelta(days=rule.window) + dt.timedelta(days=1)


def state(
    *,
    today: dt.date,
    due_on: dt.date,
    done: list[dt.date],
    rule: Rule | None = None,
    given: dt.date | None = None,
    exempt_until: dt.date | None = None,
    exempt: bool = False,
) -> State:
    """How one duty stands on ``today``; completions after ``today`` are not known yet. Late never means locked.

    ``given``: the day it was given. What had run out before then is no lapse of this duty: it has its own due day.
    """
    rule = rule or Rule()
    known = [day for day in done if day <= today]
    valid = validity(known, rule)
    if valid is not None and valid.holds(today):
        opens = renewal_opens(valid, rule)
        return State.RENEW if rule.window and opens is not None and today >= opens else State.VALID
    if exempt and (exempt_until is None or today <= exempt_until):
        return State.EXEMPT
    if valid is not None and (given is None or valid.until is None or valid.until >= given):
        return State.LAPSED
    if today > due_on:
        return State.LATE
    return State.SOON if due_on - today <= SOON else State.OPEN
