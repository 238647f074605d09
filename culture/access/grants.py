"""Giving a role and ending it: dated, with a reason, audited, and never so that nobody is HR admin any more."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit, clock, reach
from culture.access.days import date_text
from culture.access.models import Grant, GrantQuerySet, Role
from culture.access.permissions import Permission, can, forget, sees_everything
from culture.access.table import carried, persona_of
from culture.people.models import Employee, Unit

LONGEST_REASON = 300
# Beyond these a day is a slip of the keyboard.
MOST_AHEAD = dt.timedelta(days=3 * 366)
LONGEST = dt.timedelta(days=20 * 366)


@transaction.atomic
def give(
    *,
    employee: Employee,
    role: str,
    by: Employee | None,
    unit: Unit | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    reason: str = "",
    today: dt.date | None = None,
) -> Grant:
    """Give ``role`` for ``unit`` with everything below it (None: the whole organisation), by ``by`` (None: a command).

    Raises ValidationError, by field, for whatever cannot be; nothing is written then.
    """
    today = today or clock.today()
    since = since or today
    _lock_hr_admins()
    # Locked, so that nobody makes a leaver of him while he gets a role.
    employee = Employee.objects.select_for_update(of=("self",)).get(pk=employee.pk)
    wrong = (
        _role_and_dates(role, since, until, today)
        or _somebody_here(employee, since, until)
        or _unit_open(unit, since)
        or _whole_only(role, unit)
        or _own_reach(by, employee, role, unit)
        or _not_held_already(employee, role, unit, since, until)
        or _first_admin_without_end(role, unit, until)
    )
    if wrong:
        raise ValidationError(wrong)
    try:
        with transaction.atomic():
            grant = Grant.objects.create(
                employee=employee,
                role=role,
                unit=unit,
                since=since,
                until=until,
                reason=reason.strip()[:LONGEST_REASON],
                granted_by=by,
            )
    except IntegrityError:
        raise ValidationError({"role": _("This role was given by somebody else just now. Look at the list.")}) from None
    where = {"unit": unit.pk, "unit_path": unit.path} if unit else {}
    audit.record(by, "grant.given", employee, grant=grant.pk, role=role, since=since, until=until, **where)
    forget(employee)
    return grant


def end(
    grant: Grant,
    *,
    by: Employee | None,
    on: dt.date | None = None,
    reason: str = "",
    now: dt.datetime | None = None,
    today: dt.date | None = None,
) -> Grant:
    """End ``grant`` at this moment (``on`` None), or with the day ``on``, its last. ValidationError if it may not."""
    now, today = now or timezone.now(), today or clock.today()
    with transaction.atomic():
        _lock_hr_admins()
        grant = Grant.objects.select_for_update(of=("self",)).select_related("employee", "unit").get(pk=grant.pk)
        if not grant.ended_at and grant.until and grant.until < today or grant.ended_at:
            raise ValidationError(_("This role has already ended."))
        if by is not None and not may_touch(by, grant):
            raise ValidationError(_("You may end roles of your own units only, and only such as you may give."))
        if on is not None and on < max(today, grant.since):
            raise ValidationError(
                {"on": _("The last day cannot be before %(day)s.") % {"day": _day(max(today, grant.since))}}
            )
        if on is not None and on > max(today, grant.since) + LONGEST:
            told = _("That is too far ahead. The latest day is %(day)s.")
            raise ValidationError({"on": told % {"day": _day(max(today, grant.since) + LONGEST)}})
        if on is not None and grant.until and on > grant.until:
            raise ValidationError({"on": _("The role ends on %(day)s anyway.") % {"day": _day(grant.until)}})
        if _open_admin(grant) and not _another_open_admin(grant.employee):
            raise ValidationError(
                _(
                    "%(name)s is the last HR admin. Make somebody else HR admin of the whole organisation first, "
                    "without an end date."
                )
                % {"name": grant.employee.name}
            )
        grant.ended_by, grant.ended_reason = by, reason.strip()[:LONGEST_REASON]
        if on is None:
            grant.ended_at = now
            if grant.until is None:
                grant.until = max(today, grant.since)
        else:
            grant.until = on
        grant.save(update_fields=["ended_by", "ended_reason", "ended_at", "until"])
        audit.record(by, "grant.ended", grant.employee, grant=grant.pk, role=grant.role, on=on, **_place(grant))
    forget(grant.employee)
    return grant


@transaction.atomic
def end_of_leavers(*, now: dt.datetime, today: dt.date) -> int:
    """End what people who left still hold, with their last day. Claims rows first; safe to repeat."""
    held = Grant.objects.filter(ended_at=None, employee__left_on__lt=today).filter(
        Q(until=None) | Q(until__gt=F("employee__left_on"))
    )
    grants = list(held.select_for_update(skip_locked=True, of=("self",)).select_related("employee", "unit"))
    for grant in grants:
        assert grant.employee.left_on is not None
        grant.until = max(grant.since, grant.employee.left_on)
        grant.ended_at, grant.ended_reason = now, _("Left the organisation")
        grant.save(update_fields=["until", "ended_at", "ended_reason"])
        audit.record(None, "grant.ended_by_leaving", grant.employee, grant=grant.pk, role=grant.role, **_place(grant))
    return len(grants)


def last_hr_admin(employee: Employee) -> bool:
    """Whether the organisation would be without a lasting HR admin if ``employee`` left."""
    return _open_admins().filter(employee=employee).exists() and not _another_open_admin(employee)


def may_touch(by: Employee, grant: Grant) -> bool:
    """Whether ``by`` may end ``grant``: it lies in his units and carries nothing he may not give."""
    return not _beyond(by, grant.role, grant.unit)


def givable(by: Employee, unit: Unit | None) -> list[str]:
    """The roles ``by`` may give for ``unit`` (None: the whole organisation)."""
    offered = [role for role in Role.values if unit is None or role != Role.MODERATOR]
    return [role for role in offered if not _beyond(by, role, unit)]


def _day(day: dt.date) -> str:
    return date_text(day, "j F Y")


def _place(grant: Grant) -> dict[str, object]:
    return {"unit": grant.unit.pk, "unit_path": grant.unit.path} if grant.unit else {}


def _lock_hr_admins() -> None:
    """Two HR admins who end each other at once come one after the other."""
    list(Grant.objects.hr_admins().order_by("pk").select_for_update().values_list("pk", flat=True))


def _open_admins() -> GrantQuerySet:
    """Lasting HR admins of the whole organisation: no end in sight, of people who are here to stay."""
    today = clock.today()
    return Grant.objects.hr_admins().filter(
        ended_at=None, until=None, since__lte=today, employee__is_active=True, employee__left_on=None
    )


def _open_admin(grant: Grant) -> bool:
    return _open_admins().filter(pk=grant.pk).exists()


def _another_open_admin(employee: Employee) -> bool:
    return _open_admins().exclude(employee=employee).exists()


Wrong = dict[str, str] | None


def _role_and_dates(role: str, since: dt.date, until: dt.date | None, today: dt.date) -> Wrong:
    if role not in Role.values:
        return {"role": _("There is no such role.")}
    if since < today:
        return {"since": _("A role begins today or later: what was seen before cannot be allowed afterwards.")}
    if since > today + MOST_AHEAD:
        return {"since": _("That is too far ahead. The latest day is %(day)s.") % {"day": _day(today + MOST_AHEAD)}}
    if until and until > since + LONGEST:
        told = _("That is too far ahead. Leave it empty for a role without an end, or choose a day until %(day)s.")
        return {"until": told % {"day": _day(since + LONGEST)}}
    if until and until < since:
        return {"until": _("The last day is before the first one (%(day)s).") % {"day": _day(since)}}
    if role == Role.MODERATOR and until is None:
        return {"until": _("Comments are moderated for a time: give the last day.")}
    return None


def _whole_only(role: str, unit: Unit | None) -> Wrong:
    """Comments wait together, wherever they come from: there is no moderator of a unit."""
    if role == Role.MODERATOR and unit is not None:
        return {"unit": _("This role is for the whole organisation: leave the unit empty.")}
    return None


def _somebody_here(employee: Employee, since: dt.date, until: dt.date | None) -> Wrong:
    if not employee.is_active:
        return {"employee": _("The account of %(name)s is switched off.") % {"name": employee.name}}
    if employee.left_on and employee.left_on < since:
        day = _day(employee.left_on)
        return {"employee": _("%(name)s left on %(day)s and gets no role.") % {"name": employee.name, "day": day}}
    if employee.hired_on and employee.hired_on > since:
        day = _day(employee.hired_on)
        told = _("%(name)s works here from %(day)s on. Let the role begin on that day or later.")
        return {"since": told % {"name": employee.name, "day": day}}
    if employee.left_on and until and until > employee.left_on:
        day = _day(employee.left_on)
        return {"until": _("%(name)s leaves on %(day)s: the role ends then.") % {"name": employee.name, "day": day}}
    return None


def _unit_open(unit: Unit | None, since: dt.date) -> Wrong:
    if unit and unit.until and unit.until < since:
        return {"unit": _("%(unit)s was closed on %(day)s.") % {"unit": unit.path, "day": _day(unit.until)}}
    return None


def _own_reach(by: Employee | None, employee: Employee, role: str, unit: Unit | None) -> Wrong:
    if by is None:
        return None
    if wrong := _beyond(by, role, unit):
        return wrong
    if not sees_everything(by, Permission.MANAGE_ACCESS) and not (
        employee.unit_id and can(by, Permission.MANAGE_ACCESS, employee.unit_id)
    ):
        return {"employee": _("You may give roles to people of your own units only.")}
    return None


def _beyond(by: Employee, role: str, unit: Unit | None) -> Wrong:
    """What of ``role`` for ``unit`` goes beyond ``by``'s own reach or rights."""
    if not can(by, Permission.MANAGE_ACCESS):
        return {"role": _("You may not give roles.")}
    if unit is None:
        if not sees_everything(by, Permission.MANAGE_ACCESS):
            return {"unit": _("You may give roles for your own units only. Choose one of them.")}
    elif not can(by, Permission.MANAGE_ACCESS, unit):
        return {"unit": _("%(unit)s is not one of your units.") % {"unit": unit.path}}
    for permission in carried(persona_of(role, unit.pk if unit else None), whole=unit is None):
        if not (sees_everything(by, permission) if unit is None else can(by, permission, unit)):
            return {"role": _("This role may more than you do, so you cannot give it.")}
    return None


def _not_held_already(employee: Employee, role: str, unit: Unit | None, since: dt.date, until: dt.date | None) -> Wrong:
    """The same role for the same unit, or for one above it, on any of these days."""
    held = Grant.objects.filter(employee=employee, role=role, ended_at=None).select_related("unit")
    held = held.filter(Q(until=None) | Q(until__gte=since))
    if until:
        held = held.filter(since__lte=until)
    above = _with_all_above(unit)
    for grant in held:
        if grant.unit_id == (unit.pk if unit else None):
            told = _("%(name)s holds this role there already, from %(since)s%(until)s.")
        elif (grant.unit_id is None or grant.unit_id in above) and _covers(grant, since, until):
            told = _("%(name)s holds this role for a larger part already, from %(since)s%(until)s.")
        else:
            continue
        last = _(" to %(day)s") % {"day": _day(grant.until)} if grant.until else ""
        return {"role": told % {"name": employee.name, "since": _day(grant.since), "until": last}}
    return None


def _covers(grant: Grant, since: dt.date, until: dt.date | None) -> bool:
    return grant.since <= since and (grant.until is None or (until is not None and until <= grant.until))


def _with_all_above(unit: Unit | None) -> set[int]:
    return set() if unit is None else set(reach.above(unit.pk).values_list("pk", flat=True))


def _first_admin_without_end(role: str, unit: Unit | None, until: dt.date | None) -> Wrong:
    if role == Role.HR_ADMIN and unit is None and until and not _open_admins().exists():
        return {"until": _("The only HR admin holds the role without an end date.")}
    return None
