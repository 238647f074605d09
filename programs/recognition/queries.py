"""What is read about thanks: the feed, one's own, who can be thanked, and how many were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from culture.people.models import Employee
from programs.recognition.models import Kudos, KudosReceiver


def feed(behaviour: str = "") -> QuerySet[Kudos]:
    """Public thanks, newest first; with one ``behaviour`` when its code is given."""
    thanks = _with_people().filter(public=True, hidden_at=None).exclude(state=Kudos.State.WITHDRAWN)
    return thanks.filter(behaviour__code=behaviour) if behaviour else thanks


def received(employee: Employee) -> QuerySet[Kudos]:
    """Everything ``employee`` was thanked for, private ones too."""
    return _with_people().filter(_to(employee)).exclude(state=Kudos.State.WITHDRAWN)


def given(employee: Employee) -> QuerySet[Kudos]:
    return _with_people().filter(giver=employee)


def visible_to(employee: Employee) -> QuerySet[Kudos]:
    """Public thanks, and the private ones ``employee`` gave or got. Nobody else ever sees those."""
    public = Q(public=True, hidden_at=None)
    return _with_people().filter(public | Q(giver=employee) | _to(employee)).exclude(state=Kudos.State.WITHDRAWN)


def _to(employee: Employee) -> Q:
    return Q(Exists(KudosReceiver.objects.filter(kudos=OuterRef("pk"), receiver=employee)))


def _with_people() -> QuerySet[Kudos]:
    receipts = KudosReceiver.objects.select_related("receiver__unit").order_by("pk")
    people = Prefetch("receipts", receipts)
    return Kudos.objects.select_related("giver__unit", "behaviour", "requirement").prefetch_related(people)


def colleagues(employee: Employee, words: str, day: dt.date) -> QuerySet[Employee]:
    """Whom ``employee`` can thank: every word occurs in the name or the unit's name. Without words: the own unit."""
    people = Employee.objects.here(day).filter(is_active=True).exclude(pk=employee.pk).select_related("unit")
    if not words.strip():
        return people.filter(unit=employee.unit_id) if employee.unit_id else people.none()
    for word in words.split()[:5]:
        people = people.filter(
            Q(given_name__icontains=word) | Q(family_name__icontains=word) | Q(unit__name__icontains=word)
        )
    return people


def recognised(employees: Collection[int] | QuerySet, *, since: dt.datetime) -> int:
    """How many of ``employees`` were thanked at least once since then."""
    thanks = KudosReceiver.objects.filter(receiver__in=employees, kudos__at__gte=since)
    return thanks.exclude(kudos__state=Kudos.State.WITHDRAWN).order_by().values("receiver").distinct().count()
