"""Envelopes for the workers: one call each."""

from __future__ import annotations

import time

from celery import shared_task
from django.utils import timezone

from programs.recognition import award_mails

# One task sends for so long at most, so that a worker told to stop does so in time.
SECONDS = 30.0


@shared_task(queue="mail")
def send_award_mails() -> None:
    """Batch after batch while there is something to send and a hand is free."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and award_mails.send_due(now=timezone.now()):
        pass
