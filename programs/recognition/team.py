"""What a manager sees of recognition in his own team: who has not been thanked for long. Nobody else sees it.

Only public thanks count. Private ones stay between two people: if they counted, somebody missing from the list without
a public thank-you would give them away.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from culture.people.models import Employee, Leave
from programs.recognition.models import Kudos, KudosReceiver

LONG = dt.timedelta(days=90)


def _thanks() -> QuerySet[KudosReceiver]:
    return KudosReceiver.objects.filter(kudos__public=True, kudos__hidden_at=None).exclude(
        kudos__state=Kudos.State.WITHDRAWN
    )


def not_thanked(manager: Employee, now: dt.datetime) -> QuerySet[Employee]:
    """Direct reports of ``manager`` whom nobody has thanked for 90 days, longest first (never: before all).

    Who joined within that time, or was away all of it or is away now, is not on it. ``last_thanked``: when, or None.
    """
    today = now.date()
    since = today - LONG
    lately = _thanks().filter(receiver=OuterRef("pk"), kudos__at__gte=now - LONG)
    away = Leave.objects.filter(employee=OuterRef("pk")).on(today)  # type: ignore[attr-defined]
    last = _thanks().filter(receiver=OuterRef("pk")).order_by().values("receiver").annotate(at=Max("kudos__at"))
    people = Employee.objects.here(today).filter(manager=manager, is_active=True)
    people = people.filter(Q(hired_on__isnull=True) | Q(hired_on__lt=since))
    people = people.exclude(Exists(away)).exclude(Exists(lately))
    return people.annotate(last_thanked=last.values("at")[:1]).order_by("last_thanked", "sort_name", "pk")


def led(manager: Employee, today: dt.date) -> int:
    """How many people report to him."""
    return Employee.objects.here(today).filter(manager=manager, is_active=True).count()
