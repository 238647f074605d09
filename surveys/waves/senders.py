"""Who sends mail now, and how much: a few hands, each with a lease, so that a dead one is replaced."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from surveys.waves.message_models import MailSender

LEASE = dt.timedelta(seconds=60)
MINUTE = dt.timedelta(minutes=1)


def take(now: dt.datetime) -> int | None:
    """A free slot, leased; None if as many are sending as may."""
    slots = range(settings.MAIL_SENDERS)
    if MailSender.objects.filter(slot__in=slots).count() < settings.MAIL_SENDERS:
        MailSender.objects.bulk_create([MailSender(slot=slot) for slot in slots], ignore_conflicts=True)
    for slot in slots:
        free = MailSender.objects.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now), slot=slot)
        if free.update(lease_until=now + LEASE):
            return slot
    return None


@transaction.atomic
def allowance(slot: int, now: dt.datetime, wanted: int) -> int:
    """How many mails this slot may claim now; they count as taken. Without MAIL_PER_MINUTE: as many as wanted."""
    row = MailSender.objects.select_for_update().get(slot=slot)
    row.lease_until, left = now + LEASE, wanted
    if settings.MAIL_PER_MINUTE:
        share, more = divmod(settings.MAIL_PER_MINUTE, settings.MAIL_SENDERS)
        # A clock that was set back must not stop the mail until it has caught up.
        if row.minute is None or not row.minute <= now < row.minute + MINUTE:
            row.minute, row.taken = now, 0
        left = max(0, min(wanted, share + (slot < more) - row.taken))
        row.taken += left
    row.save()
    return left


def give_back(slot: int) -> None:
    MailSender.objects.filter(slot=slot).update(lease_until=None)
