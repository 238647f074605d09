"""How one assignment stands. Pure: no database, no clock."""

from __future__ import annotations

import datetime as dt
import enum

SOON = dt.timedelta(days=14)


class Standing(enum.StrEnum):
    DONE = "done"
    LATE = "late"
    SOON = "soon"
    OPEN = "open"


def standing(*, due_on: dt.date, done_on: dt.date | None, today: dt.date) -> Standing:
    """``due_on`` is the last day on time; who is done is done, however late it was."""
    if done_on is not None:
        return Standing.DONE
    if due_on < today:
        return Standing.LATE
    return Standing.SOON if due_on - today <= SOON else Standing.OPEN


def joiner_due(*, assigned_on: dt.date, due_on: dt.date, joined: dt.date) -> dt.date:
    """A joiner gets as many days as the cohort had, and never less time than the cohort has left."""
    return max(due_on, joined + (due_on - assigned_on))
