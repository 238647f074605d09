"""Envelopes for the workers: one call each."""

from __future__ import annotations

import datetime as dt
import time

from celery import shared_task
from django.utils import timezone

from programs.reports import publishing, sending

SECONDS = 60.0


@shared_task(queue="reports")
def make_reports() -> None:
    """What was ordered; whoever comes second finds it claimed."""
    publishing.make_due(now=timezone.now())


@shared_task(queue="reports")
def send_reports() -> None:
    """Batch after batch while there is something to send and a hand is free."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        now = timezone.now()
        if not sending.send_due(now=now) and not sending.anything_to_make(now):
            break


def tick_reports(*, now: dt.datetime) -> None:
    """What is due by itself: subscribed reports, and orders whose worker died."""
    sending.plan(now=now)
    if publishing.anything_due(now):
        make_reports.delay_on_commit()
    if sending.anything_due(now):
        send_reports.delay_on_commit()
