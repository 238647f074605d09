"""What is read about thanks: the feed, one's own, who can be thanked, how many were, and the proof of the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Q, QuerySet, Sum

from culture.people.models import Employee
from programs.recognition import ledger
from programs.recognition.models import Account, Kudos, LedgerEntry


def feed(behaviour: str = "") -> QuerySet[Kudos]:
    """Public thanks, newest first; with one ``behaviour`` when its code is given."""
    thanks = _with_people().filter(public=True)
    return thanks.filter(behaviour__code=behaviour) if behaviour else thanks


def received(employee: Employee) -> QuerySet[Kudos]:
    """Everything ``employee`` was thanked for, private ones too."""
    return _with_people().filter(receiver=employee)


def given(employee: Employee) -> QuerySet[Kudos]:
    return _with_people().filter(giver=employee)


def visible_to(employee: Employee) -> QuerySet[Kudos]:
    """Public thanks, and the private ones ``employee`` gave or got. Nobody else ever sees those."""
    return _with_people().filter(Q(public=True) | Q(giver=employee) | Q(receiver=employee))


def _with_people() -> QuerySet[Kudos]:
    return Kudos.objects.select_related("giver__unit", "receiver__unit", "behaviour")


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
    thanks = Kudos.objects.filter(receiver__in=employees, at__gte=since)
    return thanks.order_by().values("receiver").distinct().count()


def ledger_drifts() -> list[ledger.Drift]:
    """Accounts whose kept balance is not the sum of their entries. Empty is right."""
    derived: dict[int, int] = {}
    for side, sign in (("target", 1), ("source", -1)):
        for account, total in LedgerEntry.objects.values_list(side).annotate(total=Sum("amount")):
            derived[account] = derived.get(account, 0) + sign * total
    return ledger.drifts(dict(Account.objects.values_list("pk", "balance")), derived)
