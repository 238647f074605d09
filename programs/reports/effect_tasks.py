"""Envelopes for the workers: one call each."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from programs.reports import effects


@shared_task(queue="reports")
def find_effect(program: int) -> None:
    """Work out a program's effect; whoever comes second finds it claimed."""
    effects.compute(program, now=timezone.now())
