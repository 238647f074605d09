"""Complaints made good: an apology at once, amends within a limit or with permission, closed with an outcome.

The value is kept with the complaint and flows nowhere else: not into points, not into reports of cost.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.practices import approving, limits, switching
from programs.practices.models import Level, Limit, Recovery

State, Amends = Recovery.State, Recovery.Amends
BACK = dt.timedelta(days=60)
OPEN_MOST = 50


@dataclass(frozen=True)
class Offer:
    """What is offered to the customer."""

    amends: str
    value: Decimal = Decimal(0)
    currency: str = ""


@dataclass(frozen=True)
class Case:
    """A complaint as it is opened: what happened (nobody named), when, and what is offered."""

    what: str
    happened_on: dt.date
    customer: str
    apologised: bool
    offer: Offer


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()


@transaction.atomic
def open(*, by: Employee, case: Case, key: UUID, now: dt.datetime, today: dt.date) -> Recovery:
    """Within the own limit the amends stand at once; above it they wait. Raises ``ValidationError`` in words."""
    if earlier := Recovery.objects.filter(employee=by, key=key).first():
        return earlier
    if not switching.keeps(by, today):
        raise ValidationError(_("Practices are not switched on in a program of yours."))
    if not today - BACK <= case.happened_on <= today:
        raise ValidationError({"happened_on": _("Choose a day of the last 60.")})
    if Recovery.objects.running().filter(employee=by).count() >= OPEN_MOST:
        raise ValidationError(_("%(n)s complaints of yours are open: close some of them first.") % {"n": OPEN_MOST})
    row = Recovery(
        employee=by,
        unit_id=by.unit_id,
        happened_on=case.happened_on,
        what=_plain(case.what),
        customer=case.customer,
        apologised_at=now if case.apologised else None,
        due_at=now + dt.timedelta(hours=limits.hours()),
        at=now,
        key=key,
    )
    _offer(row, case.offer)
    row.save()
    if row.value:
        # Money is accounted for; that somebody apologised is no entry of a record others read.
        audit.record(by, "recovery.opened", row, level=row.level, value=row.value, currency=row.currency)
    return row


def _offer(row: Recovery, offer: Offer) -> None:
    value = Decimal(0) if offer.amends == Amends.NONE else offer.value
    row.amends, row.value, row.currency = offer.amends, value, offer.currency if value else ""
    row.level, rule = limits.level(row.employee, Limit.Kind.RECOVERY, value, row.currency)
    row.limit = rule.own if rule else None
    row.state = State.OPEN if row.level == Level.OWN else State.WAITING
    row.asked, row.reason, row.decided_by, row.decided_at = None, "", None, None


def _locked(recovery: Recovery) -> Recovery:
    rows = Recovery.objects.select_for_update(of=("self",)).select_related("employee__manager")
    return rows.get(pk=recovery.pk)


def _own(recovery: Recovery, by: Employee) -> Recovery:
    row = _locked(recovery)
    if row.employee != by:
        raise ValidationError(_("This complaint is not yours."))
    if row.state == State.CLOSED:
        raise ValidationError(_("This complaint is closed already."))
    return row


@transaction.atomic
def offer(*, recovery: Recovery, by: Employee, offer: Offer) -> Recovery:
    """Offer something else: above the limit it waits again."""
    row = _own(recovery, by)
    _offer(row, offer)
    row.save()
    if row.value:
        audit.record(by, "recovery.offered", row, level=row.level, value=row.value, currency=row.currency)
    return row


@transaction.atomic
def apologise(*, recovery: Recovery, by: Employee, now: dt.datetime) -> Recovery:
    row = _own(recovery, by)
    if row.apologised_at is None:
        row.apologised_at = now
        row.save(update_fields=["apologised_at"])
    return row


@transaction.atomic
def allow(
    *, recovery: Recovery, by: Employee, now: dt.datetime, value: Decimal | None = None, reason: str = ""
) -> Recovery:
    """Allow the amends, or less of them with a reason; never more than was asked for."""
    row = _decidable(recovery, by)
    reason = _plain(reason)
    if value is not None and value != row.value:
        if value > row.value:
            raise ValidationError({"value": _("Not more than was asked for: %(asked)s.") % {"asked": _asked(row)}})
        if not reason:
            raise ValidationError({"reason": _("Say why it is less than was asked for.")})
        row.asked, row.value = row.value, value
        if not value:
            row.amends = Amends.NONE
    row.state, row.decided_by, row.decided_at, row.reason = State.OPEN, by, now, reason
    row.save()
    audit.record(by, "recovery.allowed", row, value=row.value, currency=row.currency)
    return row


@transaction.atomic
def refuse(*, recovery: Recovery, by: Employee, now: dt.datetime, reason: str) -> Recovery:
    """Not these amends; the complaint stays open for another offer."""
    row = _decidable(recovery, by)
    if not _plain(reason):
        raise ValidationError({"reason": _("Say why not, and what could be offered instead.")})
    row.state, row.decided_by, row.decided_at, row.reason = State.REFUSED, by, now, _plain(reason)
    row.save()
    audit.record(by, "recovery.refused", row)
    return row


def _asked(row: Recovery) -> str:
    return limits.money(row.value, row.currency)


def _decidable(recovery: Recovery, by: Employee) -> Recovery:
    row = _locked(recovery)
    if row.state != State.WAITING:
        raise ValidationError(_("This was decided in the meantime: %(state)s.") % {"state": row.get_state_display()})
    if not approving.may_decide(by, level=row.level, person=row.employee):
        raise ValidationError(_("This is not yours to decide."))
    return row


def may_close(recovery: Recovery, user: Employee) -> bool:
    """Who opened it; and his manager or HR, when he is away."""
    if recovery.employee_id == user.pk:  # type: ignore[attr-defined]
        return True
    return recovery.employee.manager_id == user.pk or approving.is_hr(user)  # type: ignore[attr-defined]


@transaction.atomic
def close(*, recovery: Recovery, by: Employee, outcome: str, now: dt.datetime, learnt: str = "") -> Recovery:
    """Whatever was asked for and not decided is given up with it."""
    row = _locked(recovery)
    if row.state == State.CLOSED:
        raise ValidationError(_("This complaint is closed already."))
    if not may_close(row, by):
        raise ValidationError(_("This complaint is not yours."))
    if outcome not in Recovery.Outcome.values:
        raise ValidationError({"outcome": _("Choose how it ended.")})
    if row.state in (State.WAITING, State.REFUSED):
        # Nothing was allowed, so nothing was given.
        row.amends, row.value, row.currency = Amends.NONE, Decimal(0), ""
    row.state, row.outcome, row.closed_at, row.learnt = State.CLOSED, outcome, now, _plain(learnt)[:500]
    row.save()
    if row.employee != by:
        audit.record(by, "recovery.closed", row)
    return row
