"""What a chat channel is told about a wave: that it opened, and that it is about to close. It names nobody."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from culture.access.days import date_text
from surveys.waves import webhooks
from surveys.waves.message_models import Announcement, Endpoint
from surveys.waves.models import Wave

ATTEMPTS = 8
FIRST_WAIT = dt.timedelta(minutes=2)
LAST_DAYS = 2


def plan(*, today: dt.date) -> int:
    """Make the announcements that are due; returns how many new ones there are."""
    endpoints = list(Endpoint.objects.filter(active=True, announces=True))
    if not endpoints:
        return 0
    rows = []
    for wave in Wave.objects.filter(state=Wave.State.OPEN, mails_paused=False).only("pk", "opens_on", "closes_on"):
        kinds = ["opened"] if wave.opens_on <= today < wave.closes_on else []
        if wave.closes_on - dt.timedelta(days=LAST_DAYS) <= today < wave.closes_on:
            # Who first hears of a wave in its last days needs no second call the same minute.
            kinds = ["closing"] if wave.opens_on < today else kinds
        rows += [Announcement(endpoint=one, wave=wave, kind=kind) for one in endpoints for kind in kinds]
    known = set(Announcement.objects.values_list("endpoint_id", "wave_id", "kind"))
    new = [row for row in rows if (row.endpoint_id, row.wave_id, row.kind) not in known]
    Announcement.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def waiting(now: dt.datetime) -> bool:
    return _due(now).exists()


def _due(now: dt.datetime):  # type: ignore[no-untyped-def]
    return Announcement.objects.filter(
        Q(retry_at__isnull=True) | Q(retry_at__lte=now), state=Announcement.State.DUE, endpoint__active=True
    )


def send(*, now: dt.datetime, limit: int = 20) -> int:
    """Tell what is to be told; returns how many calls succeeded."""
    told = 0
    for pk in list(_due(now).order_by("pk").values_list("pk", flat=True)[:limit]):
        told += _send_one(pk, now)
    return told


def _send_one(pk: int, now: dt.datetime) -> bool:
    """Claim by putting the next attempt off: a worker that dies here leaves it for later."""
    with transaction.atomic():
        row = _due(now).select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
        if row is None:
            return False
        row.attempts += 1
        row.retry_at = now + FIRST_WAIT * 2 ** (row.attempts - 1)
        row.save(update_fields=["attempts", "retry_at"])
    wave = row.wave
    if wave.state != Wave.State.OPEN or wave.closes_on <= timezone.localdate(now):
        Announcement.objects.filter(pk=pk).update(state=Announcement.State.FAILED, error="closed")
        return False
    endpoint = row.endpoint
    content = {
        "type": f"wave.{row.kind}",
        "timestamp": now.isoformat(),
        "text": _words(row.kind, wave, endpoint.language),
        "data": {"wave": wave.pk, "series": wave.series.name, "closes_on": wave.closes_on.isoformat()},
    }
    try:
        webhooks.post(endpoint.url, webhooks.secret_of(endpoint), f"msg_a{pk}", content)
    except webhooks.Undelivered as error:
        over = not error.temporary or row.attempts >= ATTEMPTS
        state = Announcement.State.FAILED if over else Announcement.State.DUE
        Announcement.objects.filter(pk=pk).update(state=state, error=error.reason[:200])
        Endpoint.objects.filter(pk=endpoint.pk).update(problem=error.reason[:200])
        return False
    Announcement.objects.filter(pk=pk).update(state=Announcement.State.SENT, retry_at=None, error="")
    Endpoint.objects.filter(pk=endpoint.pk).exclude(problem="").update(problem="")
    return True


def _words(kind: str, wave: Wave, language: str) -> str:
    with translation.override(language):
        values = {"series": wave.series.name, "date": date_text(wave.closes_on, "DATE_FORMAT")}
        if kind == "opened":
            text = _("The survey “%(series)s” is open until %(date)s. Your personal link came by mail.")
        else:
            text = _("The survey “%(series)s” closes on %(date)s. Have you answered?")
        return f"{text % values} {settings.BASE_URL}/c/"
