"""A return that is still to come: somebody left, or will leave, and is back from a day on.

It is kept as what it will be: a membership (and a manager) that begin after the last day. Until then nothing else of
him changes; on the day, the tick clears the last day (``come_back``). Nobody else has a membership after his last day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import F, QuerySet

from culture.access import audit
from culture.people.models import Employee, Membership, Reporting, Unit


def planned(employees: Iterable[int] | None = None) -> QuerySet[Membership]:
    """The memberships returns begin with, of everybody or of ``employees`` (ids)."""
    found = Membership.objects.filter(employee__left_on__lt=F("since"), until=None).select_related("unit")
    return found if employees is None else found.filter(employee__in=list(employees))


def ahead(employee: Employee) -> Membership | None:
    """The membership with which ``employee`` comes back, while that is still to come."""
    return None if employee.left_on is None else planned([employee.pk]).first()


def lay(employee: Employee, *, unit: Unit, manager: Employee | None, on: dt.date) -> Membership:
    """Note the return. Whoever calls has looked that the day is after the last one, and that there is none yet."""
    if manager is not None:
        Reporting.objects.create(employee=employee, manager=manager, since=on)
    return Membership.objects.create(employee=employee, unit=unit, since=on)


def drop(employees: Iterable[int]) -> int:
    """Take planned returns back. Returns how many there were."""
    ids = list(employees)
    Reporting.objects.filter(employee__in=ids, employee__left_on__lt=F("since")).delete()
    return planned(ids).delete()[0]


COME_BACK = """
UPDATE culture_employee e SET left_on = NULL, is_active = true, unit_id = m.unit_id, manager_id = (
    SELECT r.manager_id FROM culture_reporting r JOIN culture_employee boss ON boss.id = r.manager_id
    WHERE r.employee_id = e.id AND r.since <= %(on)s AND (r.until IS NULL OR r.until >= %(on)s)
    AND (boss.left_on IS NULL OR boss.left_on >= %(on)s) LIMIT 1)
FROM culture_membership m
WHERE m.employee_id = e.id AND m.since > e.left_on AND m.since <= %(on)s AND m.until IS NULL
AND NOT EXISTS (SELECT 1 FROM culture_erasure gone WHERE gone.employee_id = e.id)
RETURNING e.id, m.since, m.unit_id
"""


@transaction.atomic
def come_back(*, today: dt.date) -> int:
    """Who returns today (or should have, while nothing ran) is here again. Idempotent; for the tick."""
    with connection.cursor() as cursor:
        cursor.execute(COME_BACK, {"on": today})
        back = cursor.fetchall()
    return audit.record_many(
        None,
        "employee.came_back",
        ((f"employee:{pk}", {"on": since, "unit": f"unit:{unit}"}) for pk, since, unit in back),
    )
