"""Envelopes for the workers: one call each."""

from __future__ import annotations

import time

from celery import shared_task
from django.utils import timezone

from programs.training import night, telling

# One task sends for so long at most, so that a worker told to stop does so in time.
SECONDS = 30.0


@shared_task
def run_night() -> None:
    """Today's evaluation of all paths; whoever comes second finds it claimed."""
    night.run(now=timezone.now())


@shared_task
def evaluate_changed() -> None:
    night.evaluate_changed(now=timezone.now())


@shared_task(queue="mail")
def send_training_mails() -> None:
    """Batch after batch while there is something to send and a hand is free."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and telling.send_due(now=timezone.now()):
        pass
