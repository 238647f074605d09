"""Envelopes for the workers: one call each."""

from __future__ import annotations

import datetime as dt

from celery import shared_task
from django.core.exceptions import ObjectDoesNotExist

from programs.planning.models import Program
from programs.reports import readings


@shared_task(queue="reports", ignore_result=True)
def keep_readings(program: int, on: str) -> None:
    """Measure what is counted of a program on the day (as ISO text); repeats change nothing."""
    try:
        readings.keep(Program.objects.get(pk=program), dt.date.fromisoformat(on))
    except ObjectDoesNotExist:
        return
