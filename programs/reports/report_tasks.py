"""Envelopes for the workers: one call each."""

from __future__ import annotations

import datetime as dt
import time

from celery import shared_task
from django.utils import timezone

from programs.reports import publishing, report_problem_mails, sending

SECONDS = 60.0
# A night the tick sleeps through is made up for by the next.
SWEPT_AT = (2, 17)


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


@shared_task(queue="mail")
def send_problem_mails() -> None:
    """HR is told of what failed."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and report_problem_mails.send_due(now=timezone.now()):
        pass


def tick_reports(*, now: dt.datetime) -> None:
    """What is due by itself: subscribed reports, orders whose worker died, and word of what failed."""
    sending.plan(now=now)
    if publishing.anything_due(now):
        make_reports.delay_on_commit()
    if sending.anything_due(now):
        send_reports.delay_on_commit()
    report_problem_mails.plan(now=now)
    if report_problem_mails.anything_due(now):
        send_problem_mails.delay_on_commit()
    if (now.hour, now.minute) == SWEPT_AT:
        report_problem_mails.sweep(now=now)
