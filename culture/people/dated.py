"""Changing what holds from a day on, in rows that each hold from ``since`` to ``until``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from culture.access.days import date_text
from culture.people.models import Spell

T = TypeVar("T", bound=Spell)
DAY = dt.timedelta(days=1)
# How far back something may be said to have happened: longer ago, reports were written on it.
MOST_DAYS_BACK = 366
MOST_DAYS_AHEAD = 3 * 366


def day_text(day: dt.date) -> str:
    return date_text(day)


def check_day(on: dt.date, today: dt.date, field: str = "on") -> None:
    """Refuse a day nobody can mean."""
    earliest, latest = today - dt.timedelta(days=MOST_DAYS_BACK), today + dt.timedelta(days=MOST_DAYS_AHEAD)
    if on < earliest:
        text = _("That is too long ago. The earliest day is %(day)s.")
        raise ValidationError({field: text % {"day": day_text(earliest)}})
    if on > latest:
        text = _("That is too far ahead. The latest day is %(day)s.")
        raise ValidationError({field: text % {"day": day_text(latest)}})


def change_from(rows: Iterable[T], day: dt.date, change: Callable[[T], None]) -> list[T]:
    """Apply ``change`` to all that holds on ``day`` or later; what began before is cut in two. Writes.

    ``rows`` are those of one subject. Returns the rows that hold from ``day`` on.
    """
    after = []
    for row in sorted(rows, key=lambda one: one.since):
        if row.until is not None and row.until < day:
            continue
        if row.since >= day:
            change(row)
            row.save()
            after.append(row)
        else:
            after.append(_cut(row, day, change))
    return after


def _cut(row: T, day: dt.date, change: Callable[[T], None]) -> T:
    fields: dict[str, Any] = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    later = type(row)(**{**fields, "since": day})
    change(later)
    # The earlier one first: no two of one subject may overlap for a moment.
    row.until = day - DAY
    row.save(update_fields=["until"])
    later.save()
    return later


def end_after(rows: Iterable[Spell], last_day: dt.date) -> None:
    """Nothing of ``rows`` holds after ``last_day``. Writes."""
    for row in rows:
        if row.since > last_day:
            row.delete()
        elif row.until is None or row.until > last_day:
            row.until = last_day
            row.save(update_fields=["until"])
