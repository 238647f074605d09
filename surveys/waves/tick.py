"""What is due by date and state in this room. Runs every minute; doing it twice does nothing twice."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from surveys.waves import delivery, participation, tasks
from surveys.waves.models import Wave


def tick(*, now: dt.datetime) -> None:
    today = timezone.localdate(now)
    for wave_id in due_to_open(today):
        tasks.open_wave.delay_on_commit(wave_id)
    for wave in Wave.objects.filter(state=Wave.State.OPEN, opens_on__lt=today):
        participation.refresh(wave, today=today)
    delivery.release_stale(now)
    if delivery.due_messages(now).exists():
        tasks.send_messages.delay_on_commit()


def due_to_open(today: dt.date) -> list[int]:
    """Waves whose day has come, and those left *opening* by a crash."""
    due = Q(state=Wave.State.SCHEDULED, opens_on__lte=today, series__active=True)
    waves = Wave.objects.filter(due | Q(state=Wave.State.OPENING)).order_by("opens_on")
    return list(waves.values_list("pk", flat=True))
