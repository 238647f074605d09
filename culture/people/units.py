"""The tree of units as it is today: what lies below what, and who works there. ``asof`` answers for other days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet

from culture.people import asof
from culture.people.models import Employee, Unit

__all__ = ["descendants", "employees_in", "headcounts", "tree", "units_led_by"]

headcounts = asof.headcounts


def descendants(unit_ids: Iterable[int], include_self: bool = True) -> set[int]:
    """The ids of everything below ``unit_ids`` (and of these themselves), in one query. Closed units count, too:
    whoever may see a unit may see what was reported of its closed parts."""
    roots = sorted(set(unit_ids))
    if not roots:
        return set()
    with connection.cursor() as cursor:
        # UNION, not UNION ALL: a loop somebody made by hand in the table must not hang the page.
        cursor.execute(
            "WITH RECURSIVE below(id) AS ("
            " SELECT id FROM culture_unit WHERE parent_id = ANY(%s)"
            " UNION SELECT u.id FROM culture_unit u JOIN below ON u.parent_id = below.id"
            ") SELECT id FROM below",
            [roots],
        )
        below = {row[0] for row in cursor.fetchall()}
    return below | set(roots) if include_self else below


def employees_in(unit_ids: Iterable[int], on: dt.date) -> QuerySet[Employee]:
    """Who belonged to ``unit_ids`` or anything below them on ``on``: by the tree and the memberships of that day."""
    return (
        Employee.objects.here(on)
        .filter(
            Q(memberships__until__isnull=True) | Q(memberships__until__gte=on),
            memberships__unit__in=asof.descendants(unit_ids, on),
            memberships__since__lte=on,
        )
        .distinct()
    )


def units_led_by(employee: Employee, today: dt.date) -> set[int]:
    """The units ``employee`` leads: own unit and everything below, for who has a direct report still here."""
    if employee.unit_id is None or not Employee.objects.here(today).filter(manager=employee).exists():
        return set()
    return descendants([employee.unit_id])


def tree() -> list[Unit]:
    """All open units, parents before children, with ``tree_depth``."""
    return list(Unit.objects.open().with_tree_fields())
