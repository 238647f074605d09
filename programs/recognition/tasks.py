"""Envelopes for the workers: ids in, one call."""

from __future__ import annotations

import time

from celery import shared_task
from django.utils import timezone

from programs.recognition import evenness, hooks, telling

# One task works for so long at most, so that a worker told to stop does so in time.
SECONDS = 30.0


@shared_task(queue="mail")
def send_thanks_mails() -> None:
    """Batch after batch while there is something to send and a hand is free."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and telling.send_due(now=timezone.now()):
        pass


@shared_task(queue="mail")
def call_hooks() -> None:
    """Tell other programs what is due; the queue is that of whatever leaves the house."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and hooks.send(now=timezone.now()):
        pass


@shared_task
def release_evenness() -> None:
    """The quarters that are ripe, one after the other; whoever comes second changes nothing."""
    now = timezone.now()
    for quarter in evenness.due(today=timezone.localdate(now)):
        evenness.release(quarter, now=now)
