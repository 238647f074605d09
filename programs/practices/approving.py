"""Whose turn it is: ideas and amends that wait for somebody's permission. Nobody decides on his own."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils import timezone

from culture.access.permissions import Permission, can
from culture.people.models import Employee
from programs.practices.models import Idea, Level, Recovery

# An idea nobody has looked at for so long goes to HR, too.
LYING = dt.timedelta(days=14)


def is_hr(user: Employee) -> bool:
    return can(user, Permission.MANAGE_RECOGNITION)


def _mine(user: Employee, person: str, overdue: Q) -> Q:
    """A manager's: of his own reports, up to his limit. HR's: above it, of who has no manager any more, and what a
    manager has left lying (``overdue``)."""
    found = Q(level=Level.MANAGER, **{f"{person}__manager": user})
    if is_hr(user):
        gone = Q(**{f"{person}__manager": None}) | Q(**{f"{person}__manager__left_on__isnull": False})
        found |= Q(level=Level.HR) | (Q(level=Level.MANAGER) & (gone | overdue))
    return found & ~Q(**{person: user})


def ideas(user: Employee) -> QuerySet[Idea]:
    """Ideas that wait for ``user``, the oldest first."""
    overdue = Q(at__lt=timezone.now() - LYING)
    found = Idea.objects.proposed().filter(_mine(user, "proposer", overdue))
    return found.select_related("proposer__unit", "behaviour").order_by("at", "pk")


def recoveries(user: Employee) -> QuerySet[Recovery]:
    """Amends that wait for ``user``: what is due first comes first."""
    overdue = Q(due_at__lt=timezone.now())
    found = Recovery.objects.filter(state=Recovery.State.WAITING).filter(_mine(user, "employee", overdue))
    return found.select_related("employee__unit").order_by("due_at", "pk")


def may_decide(user: Employee, *, level: str, person: Employee) -> bool:
    """HR may step in anywhere but for himself; a manager decides for his own people up to his limit."""
    if person.pk == user.pk:
        return False
    return is_hr(user) or (level == Level.MANAGER and person.manager_id == user.pk)  # type: ignore[attr-defined]


def late(user: Employee, now: dt.datetime) -> QuerySet[Recovery]:
    """Complaints of one's direct reports that are past due: he is there to help. Closed ones are nobody's list."""
    found = Recovery.objects.late(now).filter(employee__manager=user).exclude(state=Recovery.State.WAITING)
    return found.select_related("employee__unit")
