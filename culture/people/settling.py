"""Brings what is derived in step with what was written: by an import at its end, and by the tick."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from culture.people import keys, returning

# A unit is at least as old as its oldest membership, and as its oldest subunit.
REACH_BACK = """
WITH RECURSIVE first AS (
    SELECT DISTINCT ON (unit_id) id, unit_id, since, parent_id FROM culture_unitstate ORDER BY unit_id, since
), up(unit_id, day) AS (
    SELECT unit_id, min(day) FROM (
        SELECT unit_id, since AS day FROM first
        UNION ALL SELECT unit_id, min(since) FROM culture_membership GROUP BY unit_id
    ) known GROUP BY unit_id
    UNION SELECT f.parent_id, up.day FROM up JOIN first f ON f.unit_id = up.unit_id WHERE f.parent_id IS NOT NULL
)
UPDATE culture_unitstate s SET since = oldest.day
FROM first f JOIN (SELECT unit_id, min(day) AS day FROM up GROUP BY unit_id) oldest ON oldest.unit_id = f.unit_id
WHERE s.id = f.id AND oldest.day < f.since
"""
# Somebody else is the manager now: what began before today ends yesterday, what begins today or with the person goes.
# Who has a change of manager ahead is left alone: the dated rows know better.
ANOTHER = """
e.id = r.employee_id AND e.manager_id IS DISTINCT FROM r.manager_id AND (e.left_on IS NULL OR e.left_on >= %(on)s)
AND (r.until IS NULL OR r.until >= %(on)s)
"""
END_REPORTING = f"""
UPDATE culture_reporting r SET until = %(on)s::date - 1 FROM culture_employee e WHERE {ANOTHER} AND r.since < %(on)s
AND NOT EXISTS (SELECT 1 FROM culture_reporting p WHERE p.employee_id = e.id AND p.since > %(on)s)
"""
DROP_REPORTING = f"""
DELETE FROM culture_reporting r USING culture_employee e WHERE {ANOTHER}
AND (r.since = %(on)s OR (r.since > %(on)s AND r.since = e.hired_on))
"""
# The first manager of somebody holds since he came; a later one since today.
OPEN_REPORTING = """
INSERT INTO culture_reporting (employee_id, manager_id, since, until)
SELECT e.id, e.manager_id, began.day, e.left_on FROM culture_employee e
LEFT JOIN (SELECT employee_id, max(until) AS until, bool_or(until IS NULL OR until >= %(on)s) AS lasts
    FROM culture_reporting GROUP BY employee_id) known ON known.employee_id = e.id
CROSS JOIN LATERAL (SELECT CASE WHEN known.employee_id IS NULL THEN COALESCE(e.hired_on, LEAST(e.left_on, %(on)s))
    ELSE GREATEST(known.until + 1, %(on)s::date) END AS day) began
WHERE e.manager_id IS NOT NULL AND known.lasts IS NOT TRUE AND (e.left_on IS NULL OR e.left_on >= began.day)
"""
# Who left has no manager after the last day.
CLOSE_REPORTING = """
UPDATE culture_reporting r SET until = e.left_on FROM culture_employee e
WHERE e.id = r.employee_id AND e.left_on IS NOT NULL AND r.since <= e.left_on
AND (r.until IS NULL OR r.until > e.left_on)
"""
# Dated rows whose day has come. Only young ones: whoever writes the columns alone is not overruled by old history.
TODAYS_UNIT = """
UPDATE culture_employee e SET unit_id = m.unit_id FROM culture_membership m
WHERE m.employee_id = e.id AND m.since BETWEEN %(on)s::date - 31 AND %(on)s AND (m.until IS NULL OR m.until >= %(on)s)
AND e.unit_id IS DISTINCT FROM m.unit_id
"""
TODAYS_MANAGER = """
UPDATE culture_employee e SET manager_id = r.manager_id FROM culture_reporting r
WHERE r.employee_id = e.id AND r.since BETWEEN %(on)s::date - 31 AND %(on)s AND (r.until IS NULL OR r.until >= %(on)s)
AND e.manager_id IS DISTINCT FROM r.manager_id
"""


def _run(*statements: str, on: dt.date) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"on": on})


@transaction.atomic
def settle(*, on: dt.date) -> None:
    """After people, units or managers were written in bulk on the day ``on``. Idempotent, a handful of statements.

    Fills missing search keys; ends and opens the dated managers from ``Employee.manager``; lets the first state of a
    unit reach back to its oldest membership.
    """
    keys.fill(connection)
    reach_back()
    _run(CLOSE_REPORTING, DROP_REPORTING, END_REPORTING, OPEN_REPORTING, on=on)


def reach_back() -> None:
    """No membership is older than its unit, no subunit older than what it lies in."""
    with connection.cursor() as cursor:
        cursor.execute(REACH_BACK)


@transaction.atomic
def follow_dates(*, today: dt.date) -> None:
    """Returns, moves and managers whose day has come become those of the employee. Idempotent; for the tick."""
    returning.come_back(today=today)
    _run(TODAYS_UNIT, TODAYS_MANAGER, on=today)
