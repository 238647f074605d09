"""Guessing is slow: failed attempts are counted per account and per network, in the database.

A row of ``SignInLock`` per account or network, locked while it is counted, so that any number of web processes share
one count. An attempt takes its slot *before* the password is looked at: attempts sent at once do not slip through. The
limits: ``LIMITS`` failures within ``WINDOW`` lock for ``LOCK``, twice as long each further time within a day, at most
``LONGEST``. An address nobody has is counted like any other: the answer never tells whether an account exists.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import math
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access.organisation_models import SignInLock

WINDOW = dt.timedelta(minutes=15)
LOCK = dt.timedelta(minutes=15)
LONGEST = dt.timedelta(hours=4)
CALM = dt.timedelta(days=1)
# A whole office shares one network address.
LIMITS = {"account": 5, "factor": 5, "network": 60}


class Locked(ValidationError):
    """Locked until ``until``; its text says how long, in whole minutes rounded up."""

    def __init__(self, kind: str, until: dt.datetime, now: dt.datetime) -> None:
        self.kind, self.until = kind, until
        minutes = max(1, math.ceil((until - now).total_seconds() / 60))
        wait = ngettext("Try again in %(minutes)s minute", "Try again in %(minutes)s minutes", minutes)
        wait %= {"minutes": minutes}
        if kind == "network":
            text = _("Too many failed attempts from your network. %(wait)s.")
        elif kind == "factor":
            text = _("Too many wrong codes. %(wait)s, or use a passkey.")
        else:
            text = _("Too many failed attempts. %(wait)s, or let us e-mail you a code.")
        super().__init__(text % {"wait": wait}, code="locked")


@dataclass(frozen=True)
class Attempt:
    """A slot that was taken; ``locking``: with this one, should it fail, the lock begins."""

    kind: str
    key: str
    locking: bool


def key_of(kind: str, name: str) -> str:
    return salted_hmac("culture.access.signin_locks", f"{kind}:{name.strip().lower()}", algorithm="sha256").hexdigest()


def network_of(address: str) -> str:
    """The part of an address that names a network: IPv4 whole, IPv6 its first 64 bits."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else str(found)


@transaction.atomic
def take(kind: str, name: str, *, now: dt.datetime) -> Attempt:
    """One attempt. Raises Locked while the account or network is locked."""
    key = key_of(kind, name)
    SignInLock.objects.get_or_create(key=key, defaults={"since": now, "updated_at": now})
    row = SignInLock.objects.select_for_update().get(key=key)
    if row.locked_until and row.locked_until > now:
        raise Locked(kind, row.locked_until, now)
    if row.locked_until or row.since + WINDOW < now:
        row.failures, row.since, row.locked_until = 0, now, None
    if row.updated_at + CALM < now:
        row.times = 0
    row.failures += 1
    locking = row.failures >= LIMITS[kind]
    if locking:
        row.locked_until = now + min(LOCK * 2**row.times, LONGEST)
        row.times += 1
    row.updated_at = now
    row.save()
    return Attempt(kind, key, locking)


@transaction.atomic
def give_back(attempt: Attempt, *, now: dt.datetime) -> None:
    """The attempt succeeded. An account starts afresh; a network only gets its slot back, or one's own good
    sign-ins would wash away the guesses at others."""
    if attempt.kind != "network":
        SignInLock.objects.filter(key=attempt.key).delete()
        return
    row = SignInLock.objects.select_for_update().filter(key=attempt.key).first()
    if row is None:
        return
    row.failures = max(0, row.failures - 1)
    if attempt.locking:
        row.locked_until, row.times = None, max(0, row.times - 1)
    row.save()


def release(kind: str, name: str) -> None:
    """Forget the failures: after a new password was set, or by command."""
    SignInLock.objects.filter(key=key_of(kind, name)).delete()


def tidy(*, now: dt.datetime) -> None:
    """What is long over goes."""
    SignInLock.objects.filter(updated_at__lt=now - 2 * CALM).delete()
