"""The lots in which somebody's own points lie: received, spent first in first out, brought back, lapsed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from culture.people.models import Employee
from programs.recognition import ledger, posting, rules
from programs.recognition.models import Account, LedgerEntry
from programs.recognition.point_models import Lot, LotUse
from programs.recognition.posting import Place, Reason

BATCH = 500


def receive(entry: LedgerEntry, *, now: dt.datetime, months: int | None = None) -> Lot:
    """The points ``entry`` brought to a personal account are a lot of their own."""
    earned = timezone.localdate(now)
    months = rules.current().lot_months if months is None else months
    return Lot.objects.create(
        account_id=entry.target_id,
        employee_id=entry.target.employee_id,
        entry=entry,
        amount=entry.amount,
        remaining=entry.amount,
        earned_on=earned,
        expires_on=ledger.expires(earned, months),
    )


def soon(employee: Employee, today: dt.date, days: int = 60) -> tuple[int, dt.date] | None:
    """How many of ``employee``'s points lapse next, and after which day; None: none within ``days``."""
    rows = Lot.objects.filter(employee=employee, remaining__gt=0, expires_on__lte=today + dt.timedelta(days=days))
    found = rows.filter(expires_on__gte=today).order_by("expires_on").values_list("expires_on", "remaining")
    if not found:
        return None
    first = found[0][0]
    assert first is not None
    return sum(points for day, points in found if day == first), first


def spend(account: Account, entry: LedgerEntry) -> None:
    """``entry`` took points out of ``account`` (locked): first in, first out. ValueError when the lots hold less."""
    rows = Lot.objects.filter(account=account, remaining__gt=0).order_by("earned_on", "pk").select_for_update()
    held = [ledger.Held(row.pk, row.remaining, row.expires_on) for row in rows]
    _use(ledger.take(held, entry.amount), entry)


def bring_back(taken: LedgerEntry, entry: LedgerEntry, *, now: dt.datetime, grace: bool) -> None:
    """``entry`` undoes ``taken``: each lot gets back what it gave and, with ``grace``, time to spend it again."""
    today = timezone.localdate(now)
    for use in taken.lot_uses.select_related("lot").order_by("pk"):
        until = ledger.after_refund(use.lot.expires_on, today) if grace else use.lot.expires_on
        Lot.objects.filter(pk=use.lot_id).update(remaining=F("remaining") + use.amount, expires_on=until)
        LotUse.objects.create(lot=use.lot, entry=entry, amount=-use.amount)


def _use(parts: Iterable[tuple[int, int]], entry: LedgerEntry) -> None:
    for lot, amount in parts:
        Lot.objects.filter(pk=lot).update(remaining=F("remaining") - amount)
        LotUse.objects.create(lot_id=lot, entry=entry, amount=amount)


def expire(*, now: dt.datetime) -> int:
    """Let what was not spent in time lapse; returns the points. May be called again at any moment."""
    today = timezone.localdate(now)
    due = Lot.objects.filter(remaining__gt=0, expires_on__lt=today).order_by("employee").values_list("employee")
    gone = 0
    for (employee,) in due.distinct()[:BATCH]:
        gone += expire_of(employee, now=now)
    return gone


@transaction.atomic
def expire_of(employee: int, *, now: dt.datetime) -> int:
    """:func:`expire` for one person, whose account may be locked already."""
    today = timezone.localdate(now)
    here = Place(Account.Kind.PERSONAL, employee)
    accounts = posting.lock(here, posting.EXPIRED)
    rows = Lot.objects.filter(account=accounts[here], remaining__gt=0, expires_on__lt=today).select_for_update()
    parts = [(row.pk, row.remaining) for row in rows.order_by("pk")]
    amount = sum(part for _, part in parts)
    if amount:
        entry = posting.move(accounts[here], accounts[posting.EXPIRED], amount, now=now, reason=Reason.EXPIRED)
        _use(parts, entry)
    return amount
