"""Envelopes for the workers: one call each."""

from __future__ import annotations

from celery import shared_task

from culture.access import clock
from programs.planning.models import Program
from programs.reports import readings, scorecard_counted


@shared_task(queue="reports", ignore_result=True)
def keep_readings(program: int) -> None:
    """Measure what is counted of a program and its units today; repeats change nothing."""
    for one in Program.objects.filter(pk=program):
        readings.keep(one, clock.today())
        scorecard_counted.table(one, clock.today())
