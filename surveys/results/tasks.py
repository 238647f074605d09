"""Closing runs on the queue *sealing*: the only workers that need the wave keys."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from celery import shared_task
from django.db import DatabaseError, connection
from django.utils import timezone

from surveys.results import releasing, share_mails
from surveys.waves.models import Wave

# With a wave's id: of the advisory lock of whoever is closing it.
CLOSING = 7_310_018


@shared_task(queue="sealing")
def close_wave(wave_id: int) -> None:
    """Close a wave, or go on closing it; nothing while somebody is at it, as a tick hands it over every minute."""
    with _alone(wave_id) as alone:
        if alone:
            releasing.close_wave(Wave.objects.get(pk=wave_id), now=timezone.now())


@contextmanager
def _alone(wave_id: int) -> Iterator[bool]:
    """Whether nobody else is closing the wave. The lock is the connection's: whoever is killed leaves none behind."""
    key = [CLOSING, wave_id % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            # A connection that was lost took its lock along.
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


@shared_task(queue="mail")
def tell_results() -> None:
    """Send what is due, a batch after the other."""
    while share_mails.send_due(now=timezone.now()):
        pass
