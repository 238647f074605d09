"""What falls due by itself: gifts arrive, what was not used in time lapses, and the books are proved every night."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import IntegrityError, transaction
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
SWEEPS_ON = 0  # Monday
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
    """Once a night, after two; what does not agree is kept for the ledger page and HR's list. None: not now."""
    local = timezone.localtime(now, clock.zone())
    if local.hour < NIGHT or Proof.objects.filter(on=local.date()).exists():
        return None
    try:
        with transaction.atomic():
            proof = Proof.objects.create(on=local.date(), at=now)
    except IntegrityError:  # another worker was first
        return None
    found = proving.findings()
    proof.findings = [str(one) for one in found[:TOLD]]
    proof.accounts, proof.entries, proof.done = Account.objects.count(), LedgerEntry.objects.count(), True
    proof.save()
    if local.weekday() == SWEEPS_ON:
        watching.sweep(today=local.date())
    hooks.forget_old(now=now)
    telling.sweep(now=now)
    if evenness.due(today=local.date()):
        tasks.release_evenness.delay_on_commit()
    if found:
        hooks.tell(hook_events.BOOKS, [proof.pk], now=now)
        log.error("The points ledger does not add up: %d findings.", len(found))
    return proof
