"""Closing runs on the queue *sealing*: the only workers that need the wave keys."""

from celery import shared_task
from django.utils import timezone

from surveys.results import releasing, share_mails
from surveys.waves.models import Wave


@shared_task(queue="sealing")
def close_wave(wave_id: int) -> None:
    releasing.close_wave(Wave.objects.get(pk=wave_id), now=timezone.now())


@shared_task(queue="mail")
def tell_results() -> None:
    """Send what is due, a batch after the other."""
    while share_mails.send_due(now=timezone.now()):
        pass
