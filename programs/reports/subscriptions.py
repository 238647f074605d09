"""Who gets which report when: made by the reader himself or by HR for him, ended by either."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from culture.access import audit, clock
from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.reports import report_access
from programs.reports.report_models import Format, Paper, ReportDelivery, Subscription
from programs.reports.texts_report import code_of
from surveys.waves import schedule
from surveys.waves.schedule import ScheduleError

YEARS = 3
DAY = dt.timedelta(days=1)
LONGEST_RULE = 200


def usual(key: str, first: dt.date) -> str:
    """The rule behind a choice of the form. Raises KeyError for another."""
    rules = {
        "week": lambda: schedule.weekly(1),
        "month": lambda: schedule.monthly(first, 1),
        "quarter": lambda: schedule.monthly(first, 3),
        "half": lambda: schedule.monthly(first, 6),
        "year": lambda: schedule.monthly(first, 12),
    }
    return rules[key]()


def next_day(rule: str, first: dt.date, *, after: dt.date, years: int = YEARS) -> dt.date | None:
    """The first day of the rule behind ``after``; None when there is none within so many years. Raises ScheduleError
    for no such rule."""
    until = schedule._plus_years(max(after, first), years)
    return next((day for day in schedule.days_of(rule, first, until=until) if day > after), None)


@transaction.atomic
def start(
    *,
    by: Employee,
    reader: Employee,
    program: Program,
    unit: Unit | None,
    rule: str,
    first_on: dt.date,
    language: str,
    format: str,
    now: dt.datetime,
    paper: str = Paper.A4,
    confirm: bool = False,
) -> Subscription:
    """Subscribe ``reader``. Raises ValidationError by field."""
    errors: dict[str, str] = {}
    today = clock.today()
    if reader != by and not report_access.may_manage(by):
        errors["reader"] = _("Only HR subscribes somebody else.")
    elif not report_access.may_read(reader, unit):
        errors["reader"] = _("%(name)s may not see these results, so no report is sent.") % {"name": reader.name}
    elif not reader.email:
        errors["reader"] = _("%(name)s has no e-mail address.") % {"name": reader.name}
    if not today <= first_on <= today + dt.timedelta(days=2 * 366):
        errors["first_on"] = _("Choose a day from today on, within two years.")
    if format not in Format.values:
        errors["format"] = _("Choose one of the formats.")
    due = None
    if not errors:
        try:
            due = next_day(rule, first_on, after=first_on - DAY)
        except ScheduleError:
            errors["rule"] = _("This is no rule a report can follow. An example: FREQ=MONTHLY;INTERVAL=3")
        else:
            if due is None:
                errors["rule"] = _("This rule names no day within the next three years.")
    if errors:
        raise ValidationError(errors)
    try:
        with transaction.atomic():
            row = Subscription.objects.create(
                reader=reader,
                program=program,
                unit=unit,
                rule=rule[:LONGEST_RULE],
                first_on=first_on,
                next_on=due,
                language=code_of(language),
                format=format,
                paper=paper,
                confirm=confirm,
                made_by=by,
                made_at=now,
            )
    except IntegrityError:
        told = _("%(name)s receives this report already. End that subscription first.") % {"name": reader.name}
        raise ValidationError({"__all__": told}) from None
    audit.record(by, "report.subscribed", reader, program=program.pk, unit=unit.pk if unit else None, rule=rule)
    return row


@transaction.atomic
def end(*, by: Employee, row: Subscription, now: dt.datetime) -> None:
    """No more of it; what was sent stays in the list."""
    if row.reader_id != by.pk and not report_access.may_manage(by):  # type: ignore[attr-defined]
        raise ValidationError({"__all__": _("Only HR ends somebody else's subscription.")})
    _ended(row, by=by, now=now)


@transaction.atomic
def _ended(row: Subscription, *, by: Employee | None, now: dt.datetime) -> None:
    if Subscription.objects.filter(pk=row.pk, ended_at__isnull=True).update(ended_at=now):
        detail = {"program": row.program_id, "unit": row.unit_id}  # type: ignore[attr-defined]
        audit.record(by, "report.unsubscribed", row.reader, **detail)


def following(row: Subscription, *, after: dt.date) -> dt.date | None:
    """Its next day; None when its rule is over."""
    try:
        return next_day(row.rule, row.first_on, after=after, years=schedule.LONGEST_YEARS)
    except ScheduleError:
        return None


def end_those_over(*, today: dt.date, now: dt.datetime) -> None:
    """End what has no further day, once its last report has left: only then may somebody subscribe anew."""
    waiting = ReportDelivery.objects.filter(state__in=[ReportDelivery.State.DUE, ReportDelivery.State.CLAIMED])
    rows = Subscription.objects.filter(ended_at__isnull=True, next_on__isnull=True).select_related("reader")
    for row in rows.exclude(deliveries__in=waiting):
        # Of rules with gaps of many years the next day was not looked for far enough once.
        if (day := following(row, after=today)) is not None:
            Subscription.objects.filter(pk=row.pk, next_on__isnull=True).update(next_on=day)
        else:
            _ended(row, by=None, now=now)


def seen_by(user: Employee) -> QuerySet[Subscription]:
    """Running subscriptions: HR sees everybody's, others their own."""
    rows = Subscription.objects.filter(ended_at__isnull=True).select_related("reader", "program", "unit")
    return rows if report_access.may_manage(user) else rows.filter(reader=user)
