"""Whom a program reaches: which cohort a unit belongs to, and who would be in it on a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from culture.people.models import Employee, EmployeeQuerySet, Unit
from programs.planning.models import Cohort, Program

# Whoever is named comes first; everybody else goes with the unit of the day. Memberships of one person never overlap.
TARGET = """
WITH home(unit_id, cohort_id) AS (SELECT * FROM unnest(%(units)s::bigint[], %(cohorts)s::bigint[])),
target AS (
    SELECT e.id AS employee_id, COALESCE(n.cohort_id, h.cohort_id) AS cohort_id, e.hired_on
    FROM culture_employee e
    LEFT JOIN programs_cohortperson n ON n.employee_id = e.id AND n.program_id = %(program)s
    LEFT JOIN culture_membership m ON m.employee_id = e.id
        AND m.since <= %(on)s AND (m.until IS NULL OR m.until >= %(on)s)
    LEFT JOIN home h ON h.unit_id = m.unit_id
    WHERE (e.hired_on IS NULL OR e.hired_on <= %(on)s) AND (e.left_on IS NULL OR e.left_on >= %(on)s)
        AND COALESCE(n.cohort_id, h.cohort_id) IS NOT NULL
)
"""


def nearest(parents: Mapping[int, int | None], named: Mapping[int, int]) -> dict[int, int]:
    """Unit → the cohort of the nearest named unit: itself, else the one above it …; units of no cohort are left out.

    ``parents``: unit → the unit above it. ``named``: unit → cohort. A circle in the table ends at itself.
    """
    found: dict[int, int | None] = {}
    for start in parents:
        line: list[int] = []
        here: int | None = start
        while here is not None and here not in found and here not in named and here not in line:
            line.append(here)
            here = parents.get(here)
        cohort = None if here is None else named.get(here, found.get(here))
        for unit in line:
            found[unit] = cohort
        if start in named:
            found[start] = named[start]
    return {unit: cohort for unit, cohort in found.items() if cohort is not None}


def homes(program: Program) -> dict[int, int]:
    """Unit → cohort, by the tree of today. Two queries."""
    through = Cohort.units.through.objects.filter(cohort__program=program)
    named = dict(through.values_list("unit_id", "cohort_id"))
    return nearest(dict(Unit.objects.order_by().values_list("pk", "parent_id")), named)


def parameters(program: Program, on: dt.date, home: Mapping[int, int] | None = None) -> dict[str, Any]:
    """What ``TARGET`` wants to know."""
    home = homes(program) if home is None else home
    return {"units": list(home), "cohorts": list(home.values()), "program": program.pk, "on": on}


def expected(program: Program, on: dt.date) -> dict[int, int]:
    """Cohort id → how many people would be in it on the day, whether or not anybody is enrolled yet."""
    with connection.cursor() as cursor:
        cursor.execute(TARGET + "SELECT cohort_id, count(*) FROM target GROUP BY cohort_id", parameters(program, on))
        return dict(cursor.fetchall())


def people(program: Program, on: dt.date) -> EmployeeQuerySet:
    """Who would be in the program on the day, as a queryset: a subquery, whatever their number."""
    named = parameters(program, on)
    sql = TARGET + "SELECT employee_id FROM target"
    order = re.findall(r"%\((\w+)\)s", sql)
    return Employee.objects.filter(pk__in=RawSQL(re.sub(r"%\(\w+\)s", "%s", sql), [named[name] for name in order]))
