"""Envelopes for the workers: ids in, one call."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from surveys.waves import delivery, opening
from surveys.waves.models import Wave


@shared_task
def open_wave(wave_id: int) -> None:
    wave = Wave.objects.filter(pk=wave_id).first()
    if wave is not None and opening.open_wave(wave, now=timezone.now()):
        send_messages.delay_on_commit()


@shared_task(queue="mail")
def send_messages() -> None:
    """Send one batch, and ask for another as long as there is something to send."""
    report = delivery.send_due(now=timezone.now())
    if report.sent or report.skipped or report.failed:
        send_messages.delay_on_commit()
