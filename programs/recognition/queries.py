"""What is read about thanks beside their pages (``feed``): one's own, what one may see, and how many were thanked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Prefetch, Q, QuerySet

from culture.people.models import Employee
from programs.recognition.models import Kudos, KudosReceiver


def received(employee: Employee) -> QuerySet[Kudos]:
    """Everything ``employee`` was thanked for, private ones too."""
    return _with_people().filter(_to(employee)).exclude(state=Kudos.State.WITHDRAWN)


def given(employee: Employee) -> QuerySet[Kudos]:
    return _with_people().filter(giver=employee)


def visible_to(employee: Employee) -> QuerySet[Kudos]:
    """Public thanks, and those ``employee`` gave or got, private and hidden ones, too. Nobody else ever sees these."""
    public = Q(public=True, hidden_at=None)
    return _with_people().filter(public | Q(giver=employee) | _to(employee)).exclude(state=Kudos.State.WITHDRAWN)


def without_points(kudos: Kudos) -> QuerySet[KudosReceiver]:
    """Whom of a whole team the points of ``kudos`` passed over."""
    return KudosReceiver.objects.filter(kudos=kudos, without_points=True).select_related("receiver").order_by("pk")


def _to(employee: Employee) -> Q:
    # By number: the rows of one receiver are few and found by their index.
    return Q(pk__in=KudosReceiver.objects.filter(receiver=employee).order_by().values("kudos"))


def _with_people() -> QuerySet[Kudos]:
    receipts = KudosReceiver.objects.select_related("receiver__unit").order_by("pk")
    people = Prefetch("receipts", receipts)
    rows = Kudos.objects.select_related("giver__unit", "behaviour", "requirement", "team", "picture")
    return rows.defer("picture__content").prefetch_related(people)


def recognised(employees: Collection[int] | QuerySet, *, since: dt.datetime) -> int:
    """How many of ``employees`` were thanked at least once since then."""
    thanks = KudosReceiver.objects.filter(receiver__in=employees, kudos__at__gte=since)
    return thanks.exclude(kudos__state=Kudos.State.WITHDRAWN).order_by().values("receiver").distinct().count()
