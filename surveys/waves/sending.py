"""What the tick does about mail: give back, drop, and wake the senders."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import timezone

from surveys.waves import announcing, delivery, tasks

BOUNCES_EVERY = 5


def tick(*, now: dt.datetime) -> None:
    delivery.release_stale(now)
    delivery.drop_ended()
    if delivery.anything_due(now):
        # More than there are slots would only come and go.
        for _ in range(settings.MAIL_SENDERS):
            tasks.send_messages.delay_on_commit()
    if announcing.plan(today=timezone.localdate(now)) or announcing.waiting(now):
        tasks.announce.delay_on_commit()
    if settings.BOUNCES_URL and now.minute % BOUNCES_EVERY == 0:
        tasks.read_bounces.delay_on_commit()
