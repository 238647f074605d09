"""The organisation as it was on a day, and what became of its units since."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from culture.people.history import History, State
from culture.people.models import Employee, Unit
from culture.people.models import UnitState as UnitStateRow

HOLDS = "since <= %(on)s AND (until IS NULL OR until >= %(on)s)"


@dataclass(slots=True)
class Node:
    """A unit on a day: as it was called and where it lay then."""

    pk: int
    name: str
    parent_id: int | None
    depth: int
    path: str


def tree(on: dt.date) -> list[Node]:
    """All units of the day, parents before children, siblings in their order. A day to come shows today's tree.

    One query. A unit whose parent did not exist stands at the top (the services leave none such behind).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.unit_id, s.name, s.parent_id FROM culture_unitstate s JOIN culture_unit u ON u.id = s.unit_id"
            " WHERE s.since <= %(on)s AND (s.until IS NULL OR s.until >= %(on)s) ORDER BY u.position, s.name",
            {"on": on},
        )
        rows = cursor.fetchall()
    return arranged(rows)


def arranged(rows: list[tuple[int, str, int | None]]) -> list[Node]:
    """``rows`` (id, name, parent) in the order of a walk through the tree."""
    known = {row[0] for row in rows}
    below: dict[int | None, list[tuple[int, str, int | None]]] = defaultdict(list)
    for row in rows:
        below[row[2] if row[2] in known else None].append(row)
    found: list[Node] = []
    waiting = [(row, 0, "") for row in reversed(below[None])]
    while waiting:
        (pk, name, parent), depth, above = waiting.pop()
        path = f"{above} > {name}" if above else name
        found.append(Node(pk, name, parent if parent in known else None, depth, path))
        waiting.extend((row, depth + 1, path) for row in reversed(below.get(pk, ())))
    return found


def descendants(unit_ids: Iterable[int], on: dt.date, include_self: bool = True) -> set[int]:
    """The ids of everything that lay below ``unit_ids`` on the day, in one query."""
    roots = sorted(set(unit_ids))
    if not roots:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE here AS MATERIALIZED (SELECT unit_id, parent_id FROM culture_unitstate WHERE {HOLDS}),"
            " below(id) AS (SELECT unit_id FROM here WHERE parent_id = ANY(%(roots)s)"
            " UNION SELECT h.unit_id FROM here h JOIN below ON h.parent_id = below.id)"
            " SELECT id FROM below",
            {"on": on, "roots": roots},
        )
        below = {row[0] for row in cursor.fetchall()}
    return below | set(roots) if include_self else below


def units_of(employee: Employee, on: dt.date) -> list[Node]:
    """The unit ``employee`` belonged to on the day and all above it, the top first; empty for nowhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE up(id, name, parent_id, height) AS ("
            " SELECT s.unit_id, s.name, s.parent_id, 0 FROM culture_membership m"
            " JOIN culture_unitstate s ON s.unit_id = m.unit_id AND s.since <= %(on)s"
            " AND (s.until IS NULL OR s.until >= %(on)s)"
            " WHERE m.employee_id = %(employee)s AND m.since <= %(on)s AND (m.until IS NULL OR m.until >= %(on)s)"
            " UNION ALL SELECT s.unit_id, s.name, s.parent_id, up.height + 1 FROM up"
            " JOIN culture_unitstate s ON s.unit_id = up.parent_id AND s.since <= %(on)s"
            " AND (s.until IS NULL OR s.until >= %(on)s) WHERE up.height < 100"
            ") SELECT id, name, parent_id FROM up ORDER BY height DESC",
            {"on": on, "employee": employee.pk},
        )
        return arranged(cursor.fetchall())


def headcounts(on: dt.date) -> dict[int, int]:
    """Unit id → how many people worked exactly there on the day."""
    with connection.cursor() as cursor:
        # Memberships of one person never overlap, so that counting rows counts people.
        cursor.execute(
            "SELECT m.unit_id, count(*) FROM culture_membership m JOIN culture_employee e ON e.id = m.employee_id"
            " WHERE m.since <= %(on)s AND (m.until IS NULL OR m.until >= %(on)s)"
            " AND (e.hired_on IS NULL OR e.hired_on <= %(on)s) AND (e.left_on IS NULL OR e.left_on >= %(on)s)"
            " GROUP BY m.unit_id",
            {"on": on},
        )
        return dict(cursor.fetchall())


def headcounts_below(unit: int, on: dt.date) -> dict[int, int]:
    """How many people worked on the day exactly in ``unit`` (its own id), and in each child with all below it.

    Two queries: with the units as plain ids the planner knows that few of many memberships are asked for.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE below(id, branch) AS ("
            f" SELECT unit_id, unit_id FROM culture_unitstate WHERE parent_id = %(unit)s AND {HOLDS}"
            " UNION SELECT s.unit_id, below.branch FROM below JOIN culture_unitstate s ON s.parent_id = below.id"
            " AND s.since <= %(on)s AND (s.until IS NULL OR s.until >= %(on)s)"
            ") SELECT id, branch FROM below",
            {"on": on, "unit": unit},
        )
        branch_of = {unit: unit, **dict(cursor.fetchall())}
        cursor.execute(
            "SELECT m.unit_id, count(*) FROM culture_membership m JOIN culture_employee e ON e.id = m.employee_id"
            " WHERE m.unit_id = ANY(%(units)s) AND m.since <= %(on)s AND (m.until IS NULL OR m.until >= %(on)s)"
            " AND (e.hired_on IS NULL OR e.hired_on <= %(on)s) AND (e.left_on IS NULL OR e.left_on >= %(on)s)"
            " GROUP BY m.unit_id",
            {"on": on, "units": list(branch_of)},
        )
        counts: dict[int, int] = defaultdict(int)
        for one, people in cursor.fetchall():
            counts[branch_of[one]] += people
    return dict(counts)


def chain(unit: int) -> list[tuple[int, str]]:
    """``unit`` and all that lies above it today, as (id, name), the top first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE up(id, name, parent_id, height) AS ("
            " SELECT id, name, parent_id, 0 FROM culture_unit WHERE id = %s"
            " UNION ALL SELECT u.id, u.name, u.parent_id, up.height + 1 FROM up"
            " JOIN culture_unit u ON u.id = up.parent_id WHERE up.height < 100)"
            " SELECT id, name FROM up ORDER BY height DESC",
            [unit],
        )
        return list(cursor.fetchall())


def history(unit_ids: Iterable[int] | None = None) -> History:
    """All states of the tree (or of ``unit_ids``) in memory, in one query."""
    rows = UnitStateRow.objects.order_by("since", "pk")
    if unit_ids is not None:
        rows = rows.filter(unit__in=list(unit_ids))
    return History(State(*row) for row in rows.values_list("unit_id", "name", "parent_id", "since", "until"))


def successors() -> dict[int, int]:
    """Merged unit → the unit it became, followed to the end."""
    into = dict(Unit.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into_id"))
    found: dict[int, int] = {}
    for start in into:
        at, seen = start, {start}
        while at in into and into[at] not in seen:
            at = into[at]
            seen.add(at)
        found[start] = at
    return found


@dataclass(frozen=True, slots=True)
class Fate:
    """What a unit of one day was on another: ``became`` is None when it was closed without a successor."""

    unit: int
    name: str
    became: int | None
    new_name: str
    renamed: bool
    moved: bool
    merged: bool


def lineage(from_date: dt.date, to_date: dt.date) -> list[Fate]:
    """For each unit of ``from_date`` what it is on ``to_date``: the same, renamed, moved, merged into another, closed.

    Two trees and the mergers: three queries. A unit merged after ``to_date`` is still itself on that day.
    """
    before, after = tree(from_date), {node.pk: node for node in tree(to_date)}
    merged_by = {
        pk: (into, until)
        for pk, into, until in Unit.objects.filter(merged_into__isnull=False).values_list(
            "pk", "merged_into_id", "until"
        )
    }
    fates = []
    for node in before:
        at, seen = node.pk, {node.pk}
        while at not in after and at in merged_by and merged_by[at][1] < to_date and merged_by[at][0] not in seen:
            at = merged_by[at][0]
            seen.add(at)
        new = after.get(at)
        same = new is not None and at == node.pk
        fates.append(
            Fate(
                unit=node.pk,
                name=node.name,
                became=new.pk if new else None,
                new_name=new.name if new else "",
                renamed=same and new is not None and new.name != node.name,
                moved=same and new is not None and new.parent_id != node.parent_id,
                merged=new is not None and at != node.pk,
            )
        )
    return fates


def mapping(from_date: dt.date, to_date: dt.date) -> dict[int, int]:
    """Unit of ``from_date`` → the unit it is on ``to_date``; those closed without a successor are left out."""
    return {fate.unit: fate.became for fate in lineage(from_date, to_date) if fate.became is not None}
