"""Leave of absence: somebody is away for a time and comes back."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.dated import DAY, check_day, day_text
from culture.people.models import Employee, Leave


@transaction.atomic
def start(
    employee: Employee,
    *,
    since: dt.date,
    until: dt.date | None = None,
    kind: str = "",
    by: Employee | None,
    today: dt.date | None = None,
) -> Leave:
    """``employee`` is away from ``since`` to ``until`` (last day; None: nobody knows yet)."""
    today = today or timezone.localdate()
    check_day(since, today, "since")
    employee = Employee.objects.select_for_update().get(pk=employee.pk)
    if until is not None and until < since:
        raise ValidationError({"until": _("The last day of the leave is before the first.")})
    if kind not in Leave.Kind.values:
        raise ValidationError({"kind": _("Choose one of the kinds, or none.")})
    if employee.hired_on and since < employee.hired_on:
        text = _("%(name)s is here only since %(day)s.")
        raise ValidationError({"since": text % {"name": employee.name, "day": day_text(employee.hired_on)}})
    if employee.left_on is not None:
        if since > employee.left_on or (until is not None and until > employee.left_on):
            text = _("%(name)s leaves on %(day)s. The leave cannot last longer.")
            raise ValidationError({"since": text % {"name": employee.name, "day": day_text(employee.left_on)}})
        until = until or employee.left_on
    overlapping = employee.leaves.from_day(since)
    if until is not None:
        overlapping = overlapping.filter(since__lte=until)
    if other := overlapping.first():
        text = _("A leave from %(since)s is recorded already. End that one first, or choose other days.")
        raise ValidationError({"since": text % {"since": day_text(other.since)}})
    leave = Leave.objects.create(employee=employee, since=since, until=until, kind=kind)
    record(by, "employee.leave_of_absence", employee, since=since, until=until)
    return leave


@transaction.atomic
def finish(leave: Leave, *, back_on: dt.date, by: Employee | None, today: dt.date | None = None) -> None:
    """The person is back on ``back_on``. Back on the first day means that the leave never was: it is removed."""
    today = today or timezone.localdate()
    check_day(back_on, today, "back_on")
    leave = Leave.objects.select_for_update().select_related("employee").get(pk=leave.pk)
    if back_on < leave.since:
        text = _("The leave began on %(day)s. The return cannot be before that.")
        raise ValidationError({"back_on": text % {"day": day_text(leave.since)}})
    later = leave.employee.leaves.filter(since__gt=leave.since).order_by("since").first()
    if later is not None and back_on - DAY >= later.since:
        text = _("The next leave begins on %(day)s. Choose an earlier day.")
        raise ValidationError({"back_on": text % {"day": day_text(later.since)}})
    if back_on == leave.since:
        leave.delete()
    else:
        leave.until = back_on - DAY
        leave.save(update_fields=["until"])
    record(by, "employee.return", leave.employee, back_on=back_on)
