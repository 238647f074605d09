"""Finds the waves whose time is over, closings that a crash left half done, and whom to tell of results."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from surveys.results import moderating, share_mails, tasks
from surveys.waves import running
from surveys.waves.models import Wave
from surveys.waves.series import today_of


def due(now: dt.datetime) -> list[Wave]:
    """Waves to close, or to go on closing.

    A wave takes answers to the end of its last day, where its series is at home. One that was closed by hand is marked
    so: it closes at once.
    """
    # In some zones it is tomorrow already.
    soon = timezone.localdate(now) + dt.timedelta(days=1)
    waves = (
        Wave.objects.select_related("series")
        .defer("snapshot")
        .filter(
            Q(state=Wave.State.OPEN, closes_on__lte=soon)
            | Q(state=Wave.State.CLOSED)
            | Q(state=Wave.State.RELEASED, public_key__isnull=False)
        )
    )
    waves = waves.exclude(moderating.waiting(now))
    return [wave for wave in waves.order_by("pk") if not _open_still(wave, now)]


def _open_still(wave: Wave, now: dt.datetime) -> bool:
    return wave.state == Wave.State.OPEN and not running.is_closing(wave, today_of(wave.series, now))


def tick(*, now: dt.datetime) -> None:
    """Hand every due wave to the sealing queue. Repeats do nothing: each step of closing looks whether it was done."""
    for wave in due(now):
        transaction.on_commit(partial(tasks.close_wave.delay, wave.pk))
    if share_mails.plan(now=now) or share_mails.waiting(now):
        tasks.tell_results.delay_on_commit()
