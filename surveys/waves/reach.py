"""Whom mail reaches, and what became of it, as far as that tells nothing about who answered."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from culture.access.audit import record
from culture.people.models import Employee
from surveys.waves.message_models import DeadAddress, Message
from surveys.waves.models import Invitation, Wave

# The same in SQL and in Python, see digest().
SQL_DIGEST = "encode(sha256(convert_to(%s || lower(culture_employee.email), 'UTF8')), 'hex')"


def _salt() -> str:
    return hashlib.sha256(f"dead-address/{settings.SECRET_KEY}".encode()).hexdigest()


def digest(address: str) -> str:
    """What is kept of an address that bounced."""
    return hashlib.sha256((_salt() + address.lower()).encode()).hexdigest()


def is_dead(employee: Employee, row: DeadAddress | None) -> bool:
    """Whether ``row`` still speaks of the address he has now."""
    return row is not None and bool(employee.email) and row.digest == digest(employee.email or "")


def unreachable(people: QuerySet[Employee]) -> QuerySet[Employee]:
    """Those of ``people`` whom no mail reaches: no address, or one from which mail came back."""
    own = RawSQL(SQL_DIGEST, [_salt()])  # nosec: no user's text in it
    dead = DeadAddress.objects.filter(employee=OuterRef("pk"), digest=OuterRef("address_digest"))
    return people.annotate(address_digest=own).filter(Q(email__isnull=True) | Q(email="") | Exists(dead))


def invited(wave: Wave) -> QuerySet[Employee]:
    """Everybody asked, whether he has answered or not: a list without those would name them."""
    return Employee.objects.filter(pk__in=Invitation.objects.filter(wave=wave).values("employee"))


def mail_counts(wave: Wave) -> dict[str, int]:
    """Invitations only, and never how many were skipped: skipped reminders would count the answers exactly."""
    state = Message.State
    reachable = ~Q(invitation__employee__email=None)
    counts: dict[str, int] = Message.objects.filter(invitation__wave=wave, kind="invitation").aggregate(
        sent=Count("pk", filter=Q(state=state.SENT) & reachable),
        waiting=Count("pk", filter=Q(state__in=[state.DUE, state.CLAIMED]) & reachable),
        failed=Count("pk", filter=Q(state=state.FAILED)),
        bounced=Count("pk", filter=Q(state=state.BOUNCED)),
        without=Count("pk", filter=~reachable),
    )
    return counts


@transaction.atomic
def mark_dead(employee: Employee, *, code: str, since: dt.date) -> None:
    """No more mail to the address he has now. ``since`` is the wave's day: that of a reminder would tell more."""
    if employee.email:
        values: dict[str, Any] = {"digest": digest(employee.email), "code": code[:20], "since": since}
        DeadAddress.objects.update_or_create(employee=employee, defaults=values)


@transaction.atomic
def try_again(employee: Employee, *, by: Employee) -> bool:
    """HR says that the address works again."""
    deleted, _rows = DeadAddress.objects.filter(employee=employee).delete()
    if deleted:
        record(by, "mail.try_again", employee)
    return bool(deleted)
