"""Finds the waves whose time is over, and closings that a crash left half done."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from surveys.results import tasks
from surveys.waves.models import Wave


def due(now: dt.datetime) -> list[Wave]:
    """Waves to close, or to go on closing.

    A wave takes answers to the end of its last day. One that was closed by hand has its last day brought forward to
    today, earlier than planned: it closes at once.
    """
    today = timezone.localdate(now)
    waves = Wave.objects.select_related("series").filter(
        Q(state=Wave.State.OPEN, closes_on__lte=today)
        | Q(state=Wave.State.CLOSED)
        | Q(state=Wave.State.RELEASED, public_key__isnull=False)
    )
    return [wave for wave in waves.order_by("pk") if not _open_today(wave, today)]


def _open_today(wave: Wave, today: dt.date) -> bool:
    planned = wave.opens_on + dt.timedelta(days=wave.series.open_days)
    return wave.state == Wave.State.OPEN and wave.closes_on == today and wave.closes_on >= planned


def tick(*, now: dt.datetime) -> None:
    """Hand every due wave to the sealing queue. Repeats do nothing: each step of closing looks whether it was done."""
    for wave in due(now):
        transaction.on_commit(partial(tasks.close_wave.delay, wave.pk))
