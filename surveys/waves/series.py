"""A recurring survey and its waves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee, Unit
from surveys.instruments.models import Instrument
from surveys.waves.models import Series, Wave

K_CHOICES = (5, 7, 10)


def wave_dates(first: dt.date, every_months: int, occurrences: int, open_days: int) -> list[tuple[dt.date, dt.date]]:
    """(opens, closes) of each wave, counted from the first: the 31st must not slide to the 28th for good."""
    starts = [first + relativedelta(months=every_months * n) for n in range(occurrences)]
    return [(start, start + dt.timedelta(days=open_days)) for start in starts]


@transaction.atomic
def create(
    *,
    by: Employee | None,
    name: str,
    instrument: Instrument,
    first_opens_on: dt.date,
    every_months: int,
    occurrences: int,
    open_days: int,
    reminder_days: Iterable[int],
    audience: Iterable[int] = (),
    k: int = 5,
) -> Series:
    """The series with its waves, all scheduled. Raises ValidationError with messages keyed by field."""
    units, reminders = sorted(set(audience)), sorted(set(reminder_days))
    errors: dict[str, str] = {}
    if not name.strip():
        errors["name"] = _("Give the series a name.")
    if k not in K_CHOICES:
        errors["k"] = _("The smallest group shown must be 5, 7 or 10 people.")
    if not 1 <= occurrences <= 60:
        errors["occurrences"] = _("Between 1 and 60 waves.")
    if not 1 <= every_months <= 24:
        errors["every_months"] = _("Between 1 and 24 months.")
    if not 1 <= open_days <= 60:
        errors["open_days"] = _("A wave stays open for 1 to 60 days.")
    elif any(not 1 <= day < open_days for day in reminders):
        errors["reminder_days"] = _("A reminder must come after the opening and before the close.")
    if len(units) != Unit.objects.filter(pk__in=units).count():
        errors["audience"] = _("One of the units does not exist any more.")
    if errors:
        raise ValidationError(errors)
    series = Series.objects.create(
        name=name.strip(),
        instrument=instrument,
        audience=units,
        first_opens_on=first_opens_on,
        every_months=every_months,
        occurrences=occurrences,
        open_days=open_days,
        reminder_days=reminders,
        k=k,
    )
    dates = wave_dates(first_opens_on, every_months, occurrences, open_days)
    Wave.objects.bulk_create(
        Wave(series=series, number=number, opens_on=opens, closes_on=closes)
        for number, (opens, closes) in enumerate(dates, 1)
    )
    record(by, "series.created", series, name=series.name, waves=occurrences, k=k)
    return series


def is_closing(wave: Wave, today: dt.date) -> bool:
    """Whether the wave's time is over and its closing under way: after its last day, or closed early today."""
    planned = wave.opens_on + dt.timedelta(days=wave.series.open_days)
    return wave.state == Wave.State.OPEN and (wave.closes_on < today or wave.closes_on == today < planned)


@transaction.atomic
def close_early(wave: Wave, *, by: Employee | None, today: dt.date) -> bool:
    """End an open wave today; sealing and releasing follow within minutes, by the tick of the results."""
    changed = Wave.objects.filter(pk=wave.pk, state=Wave.State.OPEN, closes_on__gt=today).update(closes_on=today)
    if changed:
        record(by, "wave.close_asked", wave)
    return bool(changed)
