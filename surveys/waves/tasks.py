"""Envelopes for the workers: ids in, one call."""

from __future__ import annotations

import time

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from surveys.waves import announcing, bounces, delivery, opening, senders
from surveys.waves.models import Wave

# One task sends for so long at most, so that a worker told to stop does so in time.
SECONDS = 30.0


@shared_task
def open_wave(wave_id: int) -> None:
    wave = Wave.objects.filter(pk=wave_id).first()
    if wave is not None and opening.open_wave(wave, now=timezone.now()):
        for _ in range(settings.MAIL_SENDERS):
            send_messages.delay_on_commit()


@shared_task(queue="mail")
def send_messages() -> None:
    """Send batch after batch while there is something to send and a slot is free, then hand on to the next task."""
    slot = senders.take(timezone.now())
    if slot is None:
        return
    until, more = time.monotonic() + SECONDS, True
    try:
        while more and time.monotonic() < until:
            allowed = senders.allowance(slot, timezone.now(), delivery.BATCH)
            more = bool(allowed) and delivery.send_due(now=timezone.now(), limit=allowed).progress > 0
    finally:
        senders.give_back(slot)
    if more:
        send_messages.delay_on_commit()


@shared_task(queue="mail")
def announce() -> None:
    """Tell chat channels what is due."""
    announcing.send(now=timezone.now())


@shared_task(queue="mail")
def read_bounces() -> None:
    """Read the mailbox that undeliverable mail comes back to."""
    bounces.read(settings.BOUNCES_URL)
