"""What is due by date and state in this room. Runs every minute; doing it twice does nothing twice.

With nothing due it takes the same few queries whatever the size of the organisation.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from surveys.waves import hours, participation, running, schedule, sending, tasks
from surveys.waves import series as series_service
from surveys.waves.audience import quarter_of
from surveys.waves.models import Burden, Wave

DAY = schedule.DAY


def tick(*, now: dt.datetime) -> None:
    today = timezone.localdate(now)
    series_service.plan_ahead(today)
    for wave_id in due_to_open(now):
        tasks.open_wave.delay_on_commit(wave_id)
    participation.refresh_due(today)
    _tidy(today)
    sending.tick(now=now)


def due_to_open(now: dt.datetime) -> list[int]:
    """Waves whose moment has come, and those left *opening* by a crash.

    One at a time of a series. A wave that is late (a machine slept) opens on the next working day; one whose time was
    missed so far that the next would follow at once is given up.
    """
    busy = Wave.objects.filter(series=OuterRef("series"), state__in=[Wave.State.OPENING, Wave.State.OPEN])
    # In some zones it is tomorrow already.
    due = Q(state=Wave.State.SCHEDULED, opens_on__lte=now.date() + DAY, series__active=True) & ~Exists(busy)
    waves = Wave.objects.filter(due | Q(state=Wave.State.OPENING)).defer("snapshot").select_related("series")
    found: dict[int, int] = {}
    for wave in waves.order_by("opens_on", "number"):
        if wave.state == Wave.State.OPENING:
            found[wave.series_id] = wave.pk
        elif wave.series_id not in found and _is_due(wave, now):
            if running.give_up_missed(wave.series, today=series_service.today_of(wave.series, now)):
                wave.refresh_from_db(fields=["state"])
            if wave.state == Wave.State.SCHEDULED:
                found[wave.series_id] = wave.pk
    return list(found.values())


def _is_due(wave: Wave, now: dt.datetime) -> bool:
    """From the hour of its day on; later only on a day on which something may open."""
    series = wave.series
    zone = series_service.zone_of(series)
    today = hours.today_in(zone, now)
    if now < hours.moment(wave.opens_on, zone, series.opens_hour):
        return False
    if today == wave.opens_on:
        return True
    blackouts = hours.read_blackouts(series.blackout)
    working = hours.is_working_day(today, blackouts, weekends=series.weekends)
    return working and now >= hours.moment(today, zone, series.opens_hour)


def _tidy(today: dt.date) -> None:
    """Cancelled waves a crash left half cleared, and what was counted for quarters that are over."""
    cancelled = Wave.objects.filter(state=Wave.State.CANCELLED, public_key__isnull=False)
    for wave_id in cancelled.values_list("pk", flat=True):
        running.clear(wave_id)
    # The first of the index: a bare "exists" walks this quarter's rows.
    oldest = Burden.objects.order_by("quarter").values_list("quarter", flat=True).first()
    kept = quarter_of(today - 7 * DAY)
    if oldest is not None and oldest < kept:
        Burden.objects.filter(quarter__lt=kept).delete()
