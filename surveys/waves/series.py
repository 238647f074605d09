"""A recurring survey: planning its waves, changing the plan. What has opened never changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import organisation
from culture.access.audit import record
from culture.people.models import Employee, Unit
from surveys.instruments.models import Instrument
from surveys.waves import cuts, hours, schedule
from surveys.waves.models import PanelPlace, Series, Wave
from surveys.waves.series_words import refusal

K_CHOICES = (5, 7, 10)
AHEAD = dt.timedelta(days=365)
WAITING = (Wave.State.DRAFT, Wave.State.SCHEDULED)
LIMITS: dict[str, tuple[int, float]] = {
    "open_days": (1, 60),
    "opens_hour": (0, 23),
    "reminder_every": (1, 30),
    "reminder_most": (0, 10),
    "panel": (1, 12),
    "joined_weeks": (0, 52),
    "max_providers": (1, 6),
    "matters": (1, 20),
    "barrier_at": (2, 4),
    "quadrant_at": (2, 4.5),
}
# What HR may change later. The rest (its waves' rules) is frozen into a wave as it opens.
FIELDS = (
    "name",
    "instrument",
    "audience",
    "employees",
    "job_families",
    "customer_facing",
    "first_opens_on",
    "rule",
    "time_zone",
    "opens_hour",
    "weekends",
    "blackout",
    "open_days",
    "reminder_days",
    "reminder_every",
    "reminder_most",
    "panel",
    "minutes_budget",
    "joined_weeks",
    "k",
    "max_providers",
    "receipts",
    "cuts",
    "matters",
    "barrier_at",
    "quadrant_at",
)


@dataclass(frozen=True)
class Change:
    """What an edit does to one wave. ``kind``: same, moved, new, gone."""

    kind: str
    number: int
    before: tuple[dt.date, dt.date] | None
    after: schedule.Occurrence | None


def zone_of(series: Series) -> str:
    return series.time_zone or organisation.current().time_zone


def today_of(series: Series, now: dt.datetime) -> dt.date:
    """The day it is where the series is at home."""
    return hours.today_in(zone_of(series), now)


def wave_dates(first: dt.date, every_months: int, occurrences: int, open_days: int) -> list[tuple[dt.date, dt.date]]:
    """(opens, closes) of each wave, counted from the first: the 31st must not slide to the 28th for good."""
    rule = schedule.monthly(first, every_months, occurrences)
    found = schedule.occurrences(
        rule, first, until=schedule.horizon(rule, first, first), open_days=open_days, weekends=True
    )
    return [(one.opens, one.closes) for one in found]


@transaction.atomic
def create(
    *,
    by: Employee | None,
    name: str,
    instrument: Instrument,
    first_opens_on: dt.date,
    every_months: int = 3,
    occurrences: int = 12,
    open_days: int = 14,
    reminder_days: Iterable[int] | None = None,
    audience: Iterable[int] = (),
    k: int = 5,
    rule: str = "",
    **more: Any,
) -> Series:
    """The series with its waves, all scheduled. Raises ValidationError with messages keyed by field.

    ``rule`` (an RRULE) instead of ``every_months`` and ``occurrences``; ``reminder_days`` None: the usual plan, empty:
    no reminders. ``more``: other FIELDS.
    """
    errors: dict[str, str] = {}
    if not rule and not 1 <= occurrences <= schedule.MOST_WAVES:
        errors["occurrences"] = _("Between 1 and %(most)s waves.") % {"most": schedule.MOST_WAVES}
    if not rule and not 1 <= every_months <= 24:
        errors["every_months"] = _("Between 1 and 24 months.")
    if reminder_days is not None:
        more["reminder_days"] = sorted(set(reminder_days))
        more.setdefault("reminder_most", 0 if not more["reminder_days"] else schedule.REMIND_MOST)
    series = Series(name=name.strip(), instrument=instrument, first_opens_on=first_opens_on, open_days=open_days, k=k)
    series.audience = sorted(set(audience))
    series.rule = rule or ("" if errors else schedule.monthly(first_opens_on, every_months, occurrences))
    _set(series, more)
    errors = {**check(series), **errors} if series.rule else errors
    if errors:
        raise ValidationError(errors)
    found = plan(series, today=first_opens_on)
    series.save()
    Wave.objects.bulk_create(_wave(series, number, one) for number, one in enumerate(found, 1))
    record(by, "series.created", series, name=series.name, waves=len(found), k=k)
    return series


def _set(series: Series, values: dict[str, Any]) -> None:
    for field, value in values.items():
        assert field in FIELDS, field
        setattr(series, field, value)


def _wave(series: Series, number: int, one: schedule.Occurrence) -> Wave:
    return Wave(series=series, number=number, planned_on=one.planned, opens_on=one.opens, closes_on=one.closes)


def check(series: Series) -> dict[str, str]:
    """What cannot be, by field; empty when the series is sound. The schedule is tried, too."""
    errors: dict[str, str] = {}
    if not series.name.strip():
        errors["name"] = _("Give the series a name.")
    if series.k not in K_CHOICES:
        errors["k"] = _("The smallest group shown must be 5, 7 or 10 people.")
    for field, (least, most) in LIMITS.items():
        if not least <= getattr(series, field) <= most:
            errors[field] = _("Between %(least)s and %(most)s.") % {"least": least, "most": most}
    if "open_days" in errors:
        errors["open_days"] = _("A wave stays open for 1 to 60 days.")
    elif any(not 1 <= day < series.open_days for day in series.reminder_days):
        errors["reminder_days"] = _("A reminder must come after the opening and before the close.")
    if unknown := [key for key in series.cuts if key not in cuts.KEYS]:
        errors["cuts"] = _("Results cannot be told by “%(cut)s”.") % {"cut": unknown[0]}
    if series.minutes_budget is not None and not 1 <= series.minutes_budget <= 600:
        errors["minutes_budget"] = _("Between %(least)s and %(most)s.") % {"least": 1, "most": 600}
    if len(series.audience) != Unit.objects.filter(pk__in=series.audience).count():
        errors["audience"] = _("One of the units does not exist any more.")
    if len(set(series.employees)) != Employee.objects.filter(pk__in=series.employees).count():
        errors["employees"] = _("One of the people of the list is not here any more.")
    if series.time_zone and not hours.is_zone(series.time_zone):
        errors["time_zone"] = _("Choose a time zone of the list, such as Europe/Rome.")
    if not errors:
        try:
            plan(series, today=series.first_opens_on)
        except schedule.ScheduleError as error:
            field, words = refusal(error)
            errors[field] = words
    return errors


def plan(series: Series, *, today: dt.date) -> list[schedule.Occurrence]:
    """All waves of the rule, from the first one to its end or two years ahead. Raises ScheduleError."""
    first = series.first_opens_on
    return schedule.occurrences(
        series.rule,
        first,
        until=schedule.horizon(series.rule, first, today),
        open_days=series.open_days,
        blackouts=hours.read_blackouts(series.blackout),
        weekends=series.weekends,
        # A rule without end goes on for years: only what lies ahead is limited.
        most=schedule.MOST_WAVES * (1 if "COUNT=" in series.rule else 10),
    )


# -- changing --------------------------------------------------------------------------------------------------------


def changes(series: Series, *, today: dt.date) -> list[Change]:
    """What following the (unsaved) series from now on does to the waves not yet opened."""
    waves = list(Wave.objects.filter(series=series).defer("snapshot").order_by("number"))
    waiting = [wave for wave in waves if wave.state in WAITING]
    begun = [wave for wave in waves if wave.state not in WAITING]
    dropped = {wave.planned_on for wave in begun if wave.opened_at is None}
    # What opened late or early stands for the day it was planned for.
    last = max((max(wave.planned_on or wave.opens_on, wave.opens_on) for wave in begun if wave.opened_at), default=None)
    ahead = [
        one
        for one in plan(series, today=today)
        if one.opens >= today and one.planned not in dropped and (last is None or one.opens > last)
    ][: schedule.MOST_WAVES]
    number = max((wave.number for wave in waves), default=0)
    found = []
    for at in range(max(len(ahead), len(waiting))):
        wave = waiting[at] if at < len(waiting) else None
        one = ahead[at] if at < len(ahead) else None
        before = (wave.opens_on, wave.closes_on) if wave else None
        after = (one.opens, one.closes) if one else None
        number += wave is None
        kind = "new" if before is None else "gone" if after is None else "same" if before == after else "moved"
        found.append(Change(kind, wave.number if wave else number, before, one))
    return found


@transaction.atomic
def change(series: Series, *, by: Employee | None, today: dt.date, **values: Any) -> list[Change]:
    """Change FIELDS; waves not yet opened follow, the others stay. Raises ValidationError by field."""
    series = Series.objects.select_for_update().get(pk=series.pk)
    before = {field: getattr(series, field) for field in FIELDS}
    _set(series, values)
    if errors := check(series):
        raise ValidationError(errors)
    made = changes(series, today=today)
    changed = sorted(field for field in FIELDS if getattr(series, field) != before[field])
    if not changed:
        return made
    series.save()
    if "panel" in changed:
        # Other turns: everybody gets a place anew.
        PanelPlace.objects.filter(series=series).delete()
    _follow(series, made)
    told = {field: getattr(series, field) for field in changed if field not in ("employees", "instrument")}
    record(by, "series.changed", series, fields=changed, **told)
    return made


def _follow(series: Series, made: list[Change]) -> None:
    for one in made:
        waves = Wave.objects.filter(series=series, number=one.number, state__in=WAITING)
        if one.kind == "gone":
            waves.delete()
        elif one.kind == "new" and one.after:
            _wave(series, one.number, one.after).save()
        elif one.after:
            waves.update(planned_on=one.after.planned, opens_on=one.after.opens, closes_on=one.after.closes)
    # A wave not yet open asks with the questionnaire of the series.
    Wave.objects.filter(series=series, state__in=WAITING).update(version=None)


@transaction.atomic
def pause(series: Series, *, by: Employee | None) -> bool:
    """No wave opens until it is resumed; an open one goes on."""
    changed = Series.objects.filter(pk=series.pk, active=True).update(active=False)
    if changed:
        record(by, "series.paused", series)
    return bool(changed)


@transaction.atomic
def resume(series: Series, *, by: Employee | None, today: dt.date) -> bool:
    """Waves open again. Those whose day went by in the pause are given new days, as the rule has them from now on."""
    series = Series.objects.select_for_update().get(pk=series.pk)
    if series.active:
        return False
    series.active = True
    series.save(update_fields=["active"])
    if Wave.objects.filter(series=series, state=Wave.State.SCHEDULED, opens_on__lt=today).exists():
        _follow(series, changes(series, today=today))
    record(by, "series.resumed", series)
    return True


def plan_ahead(today: dt.date) -> int:
    """Series without an end always have their waves of about two years: adds what is missing."""
    endless = Series.objects.filter(~Q(rule__contains="COUNT="), ~Q(rule__contains="UNTIL="), active=True)
    short = endless.annotate(last=Max("waves__planned_on")).filter(Q(last__isnull=True) | Q(last__lt=today + AHEAD))
    return sum(_add_ahead(series, today) for series in short)


@transaction.atomic
def _add_ahead(series: Series, today: dt.date) -> int:
    series = Series.objects.select_for_update().get(pk=series.pk)
    waves = Wave.objects.filter(series=series).aggregate(last=Max("planned_on"), number=Max("number"))
    try:
        ahead = [one for one in plan(series, today=today) if waves["last"] is None or one.planned > waves["last"]]
    except schedule.ScheduleError:
        return 0
    Wave.objects.bulk_create(_wave(series, n, one) for n, one in enumerate(ahead, (waves["number"] or 0) + 1))
    return len(ahead)


def today_here() -> dt.date:
    """Today in the organisation's zone."""
    return hours.today_in(organisation.current().time_zone, timezone.now())
