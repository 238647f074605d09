"""Who comes, moves, gets another manager, leaves and comes back: each from a day on, audited, all or nothing.

Every function raises ``ValidationError`` by field with the reason in plain words, and then nothing was written.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import addresses
from culture.access.audit import record
from culture.access.permissions import Permission, can, sees_everything
from culture.people import asof, returning, settling
from culture.people.dated import DAY, change_from, check_day, day_text, end_after
from culture.people.models import Employee, Membership, Reporting, Unit

# What may be corrected without a date: it says who somebody is, not what happened.
PLAIN_FIELDS = ("number", "given_name", "family_name", "email", "job_family", "job_title", "site", "language",
                "time_zone", "kind", "customer_facing")  # fmt: skip


@transaction.atomic
def join(
    *,
    unit: Unit,
    hired_on: dt.date,
    by: Employee | None,
    manager: Employee | None = None,
    today: dt.date | None = None,
    **fields: Any,
) -> Employee:
    """Somebody new, employed or external, from ``hired_on`` (which may lie years back or ahead)."""
    today = today or timezone.localdate()
    _open(unit, "unit")
    values = _cleaned(fields, None, by)
    employee = Employee(unit=unit, manager=manager, hired_on=hired_on, password=make_password(None), **values)
    _valid(employee)
    if manager is not None:
        _may_lead(manager, max(hired_on, today), "manager")
    employee.save()
    Membership.objects.create(employee=employee, unit=unit, since=hired_on)
    if manager is not None:
        Reporting.objects.create(employee=employee, manager=manager, since=hired_on)
    settling.reach_back()
    record(by, "employee.join", employee, unit=unit, hired_on=hired_on)
    return employee


def _cleaned(fields: dict[str, Any], employee: Employee | None, by: Employee | None) -> dict[str, Any]:
    """``fields`` without blanks around them; an empty address is none. Refuses a number or address that is taken.

    By whom is told only to who manages that person.
    """
    values = {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}
    others = Employee.objects.exclude(pk=employee.pk) if employee else Employee.objects.all()
    if "email" in values:
        values["email"] = (values["email"] or "").lower() or None
        if values["email"] and (holder := others.filter(email__iexact=values["email"]).first()):
            text = _("This address belongs to %(name)s (%(number)s). Two people cannot share one.")
            if not _told_of(by, holder):
                text = _("This address belongs to somebody else. Two people cannot share one.")
            raise ValidationError({"email": text % {"name": holder.name, "number": holder.number}})
    if "number" in values and (holder := others.filter(number=values["number"]).first()):
        text = _("This number belongs to %(name)s.") if _told_of(by, holder) else _("Somebody else has this number.")
        raise ValidationError({"number": text % {"name": holder.name}})
    return values


def _told_of(by: Employee | None, holder: Employee) -> bool:
    if by is None or sees_everything(by, Permission.MANAGE_PEOPLE):
        return True
    return holder.unit_id is not None and can(by, Permission.MANAGE_PEOPLE, holder.unit_id)


def _valid(employee: Employee) -> None:
    employee.full_clean(exclude=["password", "unit", "manager"], validate_constraints=False)


def _open(unit: Unit, name: str) -> None:
    if unit.until is not None:
        text = _("%(unit)s was closed on %(day)s. Choose an open unit.")
        raise ValidationError({name: text % {"unit": unit.name, "day": day_text(unit.until)}})


def _locked(employee: Employee) -> Employee:
    return Employee.objects.select_for_update().get(pk=employee.pk)


def _here(employee: Employee, on: dt.date) -> None:
    if employee.left_on is not None and on > employee.left_on:
        text = _("%(name)s leaves on %(day)s. Choose an earlier day, or record the return first.")
        raise ValidationError({"on": text % {"name": employee.name, "day": day_text(employee.left_on)}})


@transaction.atomic
def move(employee: Employee, *, to: Unit, on: dt.date, by: Employee | None, today: dt.date | None = None) -> Membership:
    """``employee`` belongs to ``to`` from ``on``. A day to come is planned: the tick moves the person that day."""
    today = today or timezone.localdate()
    check_day(on, today)
    employee = _locked(employee)
    _here(employee, on)
    _open(to, "to")
    began = asof.history([to.pk]).began(to.pk)
    if began and on < began:
        text = _("%(unit)s exists only since %(day)s.")
        raise ValidationError({"on": text % {"unit": to.name, "day": day_text(began)}})
    rows = list(employee.memberships.from_day(on).select_related("unit").order_by("since"))
    if not rows:
        raise ValidationError({"on": _("%(name)s belongs to no unit on that day.") % {"name": employee.name}})
    if rows[0].since > on or len(rows) > 1:
        last = rows[-1]
        text = _("%(name)s belongs to %(unit)s from %(day)s. Choose that day or a later one.")
        day = day_text(last.since)
        raise ValidationError({"on": text % {"name": employee.name, "unit": last.unit.name, "day": day}})
    before = rows[0].unit
    if before == to:
        raise ValidationError({"to": _("%(name)s belongs there already.") % {"name": employee.name}})

    def place(row: Membership) -> None:
        row.unit = to

    (after,) = change_from(rows, on, place)
    if on <= today:
        Employee.objects.filter(pk=employee.pk).update(unit=to)
    record(by, "employee.move", employee, on=on, before=before, after=to)
    return after


@transaction.atomic
def cancel_move(employee: Employee, *, by: Employee | None, today: dt.date | None = None) -> None:
    """Take back the move, or the return, that is still to come."""
    today = today or timezone.localdate()
    employee = _locked(employee)
    if (back := returning.ahead(employee)) is not None:
        returning.drop([employee.pk])
        record(by, "employee.cancel_rehire", employee, on=back.since)
        return
    ahead = employee.memberships.filter(since__gt=today).order_by("since").last()
    before = employee.memberships.filter(until=ahead.since - DAY).first() if ahead else None
    if ahead is None or before is None:
        raise ValidationError(_("No move of %(name)s is planned.") % {"name": employee.name})
    until = ahead.until
    ahead.delete()
    before.until = until
    before.save(update_fields=["until"])
    record(by, "employee.cancel_move", employee, on=ahead.since)


@transaction.atomic
def change_manager(
    employee: Employee, *, to: Employee | None, on: dt.date, by: Employee | None, today: dt.date | None = None
) -> None:
    """``to`` (None: nobody) leads ``employee`` from ``on``."""
    today = today or timezone.localdate()
    check_day(on, today)
    employee = _locked(employee)
    _here(employee, on)
    if employee.hired_on and on < employee.hired_on:
        text = _("%(name)s is here only since %(day)s.")
        raise ValidationError({"on": text % {"name": employee.name, "day": day_text(employee.hired_on)}})
    if to is not None:
        _may_lead(to, max(on, today), "to")
        _no_circle(employee, to)
    _dated_manager(employee)
    rows = list(employee.reportings.from_day(on).order_by("since"))
    if any(row.since > on for row in rows):
        text = _("The manager changes on %(day)s already. Choose that day or a later one.")
        raise ValidationError({"on": text % {"day": day_text(rows[-1].since)}})
    if (rows[0].manager_id if rows else None) == (to.pk if to else None):
        raise ValidationError({"to": _("That is the manager already.")})
    if to is None:
        end_after(rows, on - DAY)
    elif rows:

        def lead(row: Reporting) -> None:
            row.manager = to

        change_from(rows, on, lead)
    else:
        Reporting.objects.create(employee=employee, manager=to, since=on, until=employee.left_on)
    if on <= today:
        Employee.objects.filter(pk=employee.pk).update(manager=to)
    record(by, "employee.manager", employee, on=on, manager=to)


def _dated_manager(employee: Employee) -> None:
    """A manager nobody dated holds since the person came."""
    if employee.manager_id is None or employee.reportings.exists():
        return
    first = employee.memberships.order_by("since").values_list("since", flat=True).first()
    since = employee.hired_on or first
    if since is not None:
        Reporting.objects.create(employee=employee, manager_id=employee.manager_id, since=since, until=employee.left_on)


def _may_lead(manager: Employee, on: dt.date, name: str) -> None:
    manager.refresh_from_db(fields=["left_on"])
    if manager.left_on is not None and manager.left_on < on:
        text = _("%(name)s leaves on %(day)s. Choose somebody who stays.")
        raise ValidationError({name: text % {"name": manager.name, "day": day_text(manager.left_on)}})


def managers_of(employee: Employee) -> list[int]:
    """The ids of the managers above ``employee``, the nearest first; a loop made by hand ends where it begins."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE up(id, height, seen) AS ("
            " SELECT manager_id, 1, ARRAY[id] FROM culture_employee WHERE id = %s AND manager_id IS NOT NULL"
            " UNION ALL SELECT e.manager_id, up.height + 1, up.seen || e.id FROM up"
            " JOIN culture_employee e ON e.id = up.id"
            " WHERE e.manager_id IS NOT NULL AND NOT e.id = ANY(up.seen) AND up.height < 100"
            ") SELECT id FROM up ORDER BY height",
            [employee.pk],
        )
        return list(dict.fromkeys(row[0] for row in cursor.fetchall() if row[0] != employee.pk))


def _no_circle(employee: Employee, manager: Employee) -> None:
    if manager.pk == employee.pk:
        raise ValidationError({"to": _("Nobody is the manager of himself or herself.")})
    if employee.pk in managers_of(manager):
        text = _("%(manager)s is led by %(name)s: the managers would run in a circle.")
        raise ValidationError({"to": text % {"manager": manager.name, "name": employee.name}})


@transaction.atomic
def record_leaving(
    employee: Employee,
    *,
    last_day: dt.date,
    by: Employee | None,
    successor: Employee | None = None,
    today: dt.date | None = None,
) -> None:
    """``last_day`` is the last one here. ``successor`` leads the team from the day after."""
    today = today or timezone.localdate()
    check_day(last_day, today, "last_day")
    employee = _locked(employee)
    if employee.left_on is not None and employee.left_on < today:
        text = _("%(name)s left on %(day)s already.")
        raise ValidationError({"last_day": text % {"name": employee.name, "day": day_text(employee.left_on)}})
    if (back := returning.ahead(employee)) is not None:
        text = _("A return on %(day)s is planned. Cancel it first.")
        raise ValidationError({"last_day": text % {"day": day_text(back.since)}})
    first = employee.memberships.order_by("since").values_list("since", flat=True).first()
    came = employee.hired_on or first
    if came is not None and last_day < came:
        text = _("%(name)s came on %(day)s. The last day cannot be before that.")
        raise ValidationError({"last_day": text % {"name": employee.name, "day": day_text(came)}})
    if successor is not None:
        if successor.pk == employee.pk:
            raise ValidationError({"successor": _("Choose somebody else: this is who leaves.")})
        _may_lead(successor, last_day + DAY, "successor")
    if employee.left_on is not None and last_day > employee.left_on:
        # Stays longer than was planned: what was ended for the earlier day goes on.
        employee.memberships.filter(until=employee.left_on).update(until=last_day)
        employee.reportings.filter(until=employee.left_on).update(until=last_day)
    for rows in (employee.memberships, employee.reportings, employee.leaves):
        end_after(rows.from_day(last_day), last_day)
    employee.left_on = last_day
    employee.save(update_fields=["left_on"])
    team = _hand_over(employee, successor, last_day + DAY, by=by, today=today) if successor else 0
    record(by, "employee.leave", employee, last_day=last_day, successor=successor, team=team)


def _hand_over(leaver: Employee, to: Employee, on: dt.date, *, by: Employee | None, today: dt.date) -> int:
    """The people ``leaver`` leads are led by ``to``; ``to`` himself by the leaver's manager."""
    moved = 0
    for person in Employee.objects.filter(manager=leaver).here(max(on, today)).order_by("pk"):
        lead = leaver.manager if person.pk == to.pk or person.pk in managers_of(to) else to
        change_manager(person, to=lead, on=on, by=by, today=today)
        moved += 1
    return moved


@transaction.atomic
def rehire(
    employee: Employee,
    *,
    unit: Unit,
    on: dt.date,
    by: Employee | None,
    manager: Employee | None = None,
    today: dt.date | None = None,
) -> None:
    """``employee`` had left, or will leave, and is back from ``on``. What was before stays; the time between belongs
    to no unit. A day to come is planned: the tick brings the person back that day, and it can be cancelled.
    """
    today = today or timezone.localdate()
    check_day(on, today)
    employee = _locked(employee)
    if employee.left_on is None:
        raise ValidationError({"on": _("%(name)s has not left.") % {"name": employee.name}})
    if on <= employee.left_on:
        text = _("The last day was %(day)s. Choose a later one.")
        raise ValidationError({"on": text % {"day": day_text(employee.left_on)}})
    if (back := returning.ahead(employee)) is not None:
        text = _("The return on %(day)s is planned already. Cancel it first.")
        raise ValidationError({"on": text % {"day": day_text(back.since)}})
    _open(unit, "unit")
    if manager is not None:
        _may_lead(manager, max(on, today), "manager")
        if manager.pk == employee.pk or employee.pk in managers_of(manager):
            raise ValidationError({"manager": _("The managers would run in a circle. Choose somebody else.")})
    returning.lay(employee, unit=unit, manager=manager, on=on)
    if on > today:
        record(by, "employee.rehire_planned", employee, on=on, unit=unit)
        return
    employee.left_on, employee.is_active = None, True
    employee.unit, employee.manager = unit, manager
    employee.save(update_fields=["left_on", "is_active", "unit", "manager"])
    settling.reach_back()
    record(by, "employee.rehire", employee, on=on, unit=unit)


@transaction.atomic
def correct(employee: Employee, *, by: Employee | None, **fields: Any) -> list[str]:
    """What was written wrongly: name, number, address, job, language, zone, kind, ``hired_on``.

    Another ``hired_on`` moves the beginning of the first membership and of the first manager. Returns what changed.
    """
    employee = _locked(employee)
    hired_on = fields.pop("hired_on", employee.hired_on)
    if unknown := set(fields) - set(PLAIN_FIELDS):
        raise TypeError(f"Not corrected here: {', '.join(sorted(unknown))}")
    values = _cleaned(fields, employee, by)
    changed = [name for name, value in values.items() if getattr(employee, name) != value]
    address = employee.email or ""
    for name in changed:
        setattr(employee, name, values[name])
    if hired_on != employee.hired_on:
        _hired(employee, hired_on)
        changed.append("hired_on")
    if not changed:
        return []
    _valid(employee)
    employee.save(update_fields=changed)
    record(by, "employee.correct", employee, fields=changed)
    addresses.changed([addresses.Moved(employee.pk, address, employee.email or "")], by=by)
    return changed


def _hired(employee: Employee, day: dt.date | None) -> None:
    if day is None:
        raise ValidationError({"hired_on": _("Give the first day.")})
    if employee.left_on is not None and day > employee.left_on:
        text = _("The last day was %(day)s. The first one cannot be after it.")
        raise ValidationError({"hired_on": text % {"day": day_text(employee.left_on)}})
    first = employee.memberships.select_related("unit").order_by("since").first()
    if first is not None and first.until is not None and day > first.until:
        text = _("Until %(day)s %(name)s belonged to %(unit)s. The first day cannot be after that.")
        values = {"day": day_text(first.until), "name": employee.name, "unit": first.unit.name}
        raise ValidationError({"hired_on": text % values})
    if first is not None:
        Membership.objects.filter(pk=first.pk).update(since=day)
    old, employee.hired_on = employee.hired_on, day
    for row in employee.reportings.order_by("since"):
        if row.until is not None and row.until < day:
            row.delete()
        elif row.since < day or row.since == old:
            Reporting.objects.filter(pk=row.pk).update(since=day)
    for leave in employee.leaves.filter(since__lt=day):
        if leave.until is not None and leave.until < day:
            leave.delete()
        else:
            leave.since = day
            leave.save(update_fields=["since"])
    settling.reach_back()
