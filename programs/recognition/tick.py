"""What falls due by itself: gifts arrive, what was not used in time lapses, and the books are proved every night."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from culture.access import clock
from programs.recognition import (
    award_tick,
    evenness,
    hook_events,
    hooks,
    lots,
    proving,
    settling,
    tasks,
    telling,
    watching,
)
from programs.recognition.models import Account, LedgerEntry
from programs.recognition.point_models import Proof

log = logging.getLogger(__name__)
NIGHT = 2
STALE = timedelta(minutes=30)
TOLD = 50


def tick(*, now: datetime) -> None:
    """Idempotent; each step claims what it works on."""
    settling.settle(now=now)
    settling.lapse(now=now)
    lots.expire(now=now)
    prove(now=now)
    award_tick.tick(now=now)
    if telling.anything_due(now):
        tasks.send_thanks_mails.delay_on_commit()
    if hooks.waiting(now):
        tasks.call_hooks.delay_on_commit()


def prove(*, now: datetime) -> Proof | None:
    """Once a night, after two; what does not agree is kept for the ledger page and HR's list. None: not now.

    It is done only when everything of the night is: what a worker that died left is taken up again (``STALE``).
    """
    local = timezone.localtime(now, clock.zone())
    proof = _claimed(local.date(), now) if local.hour >= NIGHT else None
    if proof is None:
        return None
    found = proving.findings()
    proof.findings = [str(one) for one in found[:TOLD]]
    proof.accounts, proof.entries = Account.objects.count(), LedgerEntry.objects.count()
    proof.save(update_fields=["findings", "accounts", "entries"])
    if found:
        hooks.tell(hook_events.BOOKS, [proof.pk], now=now)
        log.error("The points ledger does not add up: %d findings.", len(found))
    if _first_of_week(local.date()):
        watching.sweep(today=local.date())
    hooks.forget_old(now=now)
    telling.sweep(now=now)
    if evenness.due(today=local.date()):
        tasks.release_evenness.delay_on_commit()
    proof.done = True
    proof.save(update_fields=["done"])
    return proof


def _claimed(night: date, now: datetime) -> Proof | None:
    """Tonight's proof for whoever comes first; None: it is done, or another worker is at it."""
    proof, made = Proof.objects.get_or_create(on=night, defaults={"at": now, "claimed_at": now})
    if not made:
        left = Q(claimed_at=None) | Q(claimed_at__lt=now - STALE)
        if not Proof.objects.filter(left, pk=proof.pk, done=False).update(at=now, claimed_at=now):
            return None
        proof.refresh_from_db()
    return proof


def _first_of_week(night: date) -> bool:
    """Whether no proof of this week, which begins on Monday, was done before tonight."""
    monday = night - timedelta(days=night.weekday())
    return not Proof.objects.filter(done=True, on__gte=monday, on__lt=night).exists()
