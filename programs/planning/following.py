"""Enrolment follows the organisation. Set-based: the database finds the differences, nothing else is touched.

- Whoever works in a cohort's units (or is named) and is not enrolled, is: from his first day, not before the cohort's.
- Whoever moved to another cohort's unit goes with it once that cohort has begun; what he has stays his, and the old
  enrolment stays as history. Into a cohort that has not begun, or none, he does not fall back: he stays enrolled.
- Whoever left is enrolled until his last day. Whoever is on leave stays enrolled and is counted as away.
- What had not begun for somebody who no longer belongs there, never was.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Subquery
from django.utils.translation import gettext_noop

from culture.access import audit
from culture.people import asof
from culture.people.models import Employee, Unit
from programs.planning import amendments, arrivals, reach
from programs.planning.models import Cohort, Enrolment, Program

BATCH = 2000
DAY = dt.timedelta(days=1)
# HR often hears of a joiner some days late; he is enrolled from his first day all the same.
LATE_NEWS = dt.timedelta(days=31)

REORGANISED = gettext_noop("The organisation changed: the unit was closed.")


@dataclass
class Followed:
    """How many ``joined`` a cohort, ``moved`` to another, ``left``, and ``withdrew`` before it began for them."""

    joined: int = 0
    moved: int = 0
    left: int = 0
    withdrew: int = 0
    arrivals: list[arrivals.Arrival] = field(default_factory=list, repr=False)

    @property
    def any(self) -> bool:
        return bool(self.joined or self.moved or self.left or self.withdrew)


@dataclass(frozen=True)
class Difference:
    """Somebody whose cohort (``target``) is not what he is enrolled in (``open``, since ``since``; None: nothing)."""

    employee: int
    target: int
    hired_on: dt.date | None
    open: int | None
    cohort: int | None
    since: dt.date | None
    last: dt.date | None


def follow(program: Program, *, today: dt.date, launching: bool = False) -> Followed:
    """Bring the enrolment of ``program`` (its row locked by the caller) in line with the organisation of ``today``."""
    done = Followed(left=_release_leavers(program, today))
    if program.state == Program.State.RUNNING:
        _tidy(program, today)
        ask = reach.parameters(program, today)
        done.withdrew = _withdraw(ask)
        _apply(program, _differences(ask), done, today, launching)
    if done.any:
        arrivals.announce(program, done.arrivals, today)
        told = {"joined": done.joined, "left": done.left, "moved": done.moved, "withdrew": done.withdrew}
        audit.record(None, "updated enrolment", program, **told)
    return done


def _release_leavers(program: Program, today: dt.date) -> int:
    """End the enrolment of those who left; it lasts until their last day."""
    gone = Employee.objects.filter(pk=OuterRef("employee"), left_on__lt=today)
    rows = program.enrolments.filter(Exists(gone), until__isnull=True).annotate(last=Subquery(gone.values("left_on")))
    never = rows.filter(since__gt=F("last"))
    count = Enrolment.objects.filter(pk__in=never.values("pk")).delete()[0]
    ended = program.enrolments.filter(Exists(gone), until__isnull=True)
    return count + ended.update(until=Subquery(gone.values("left_on")[:1]))


def _withdraw(ask: dict[str, Any]) -> int:
    """Forget enrolments to come of those who no longer belong to any cohort."""
    with connection.cursor() as cursor:
        cursor.execute(
            reach.TARGET + "DELETE FROM programs_enrolment o WHERE o.program_id = %(program)s AND o.until IS NULL"
            " AND o.since > %(on)s AND NOT EXISTS (SELECT 1 FROM target t WHERE t.employee_id = o.employee_id)",
            ask,
        )
        return cursor.rowcount


def _differences(ask: dict[str, Any]) -> list[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(
            reach.TARGET + "SELECT t.employee_id, t.cohort_id, t.hired_on, o.id, o.cohort_id, o.since,"
            " (SELECT max(x.until) FROM programs_enrolment x"
            "  WHERE x.program_id = %(program)s AND x.employee_id = t.employee_id)"
            " FROM target t LEFT JOIN programs_enrolment o"
            "  ON o.program_id = %(program)s AND o.employee_id = t.employee_id AND o.until IS NULL"
            " WHERE o.id IS NULL OR o.cohort_id <> t.cohort_id ORDER BY t.employee_id",
            ask,
        )
        return [Difference(*row) for row in cursor.fetchall()]


def _apply(program: Program, found: list[Difference], done: Followed, today: dt.date, launching: bool) -> None:
    starts = dict(Cohort.objects.filter(program=program).order_by().values_list("pk", "starts_on"))
    ended, dropped, new = [], [], []
    for one in found:
        begun = one.since is not None and one.since <= today
        if begun and starts[one.target] > today:
            continue  # what he has begun he keeps; his new unit's cohort will take him when it starts
        if one.open is not None and begun and one.since != today:
            ended.append(one.open)
            row = Enrolment(cohort_id=one.target, since=today, how=Enrolment.How.MOVED)
            done.moved += 1
        else:
            if one.open is not None:
                dropped.append(one.open)
            row = _arriving(one, starts[one.target], today, launching)
            done.joined += one.open is None
        row.program_id, row.employee_id = program.pk, one.employee  # type: ignore[attr-defined]
        new.append(row)
        left = one.cohort if row.how == Enrolment.How.MOVED else None
        done.arrivals.append(arrivals.Arrival(one.employee, one.target, row.since, row.how, left))
    for at in range(0, len(ended), BATCH):
        Enrolment.objects.filter(pk__in=ended[at : at + BATCH]).update(until=today - DAY)
    for at in range(0, len(dropped), BATCH):
        Enrolment.objects.filter(pk__in=dropped[at : at + BATCH]).delete()
    Enrolment.objects.bulk_create(new, batch_size=BATCH)


def _arriving(one: Difference, starts_on: dt.date, today: dt.date, launching: bool) -> Enrolment:
    """The enrolment of somebody who has none that began."""
    hired = one.hired_on or starts_on
    how = Enrolment.How.START if hired <= starts_on else Enrolment.How.JOINED
    since = max(starts_on, hired)
    if not launching and starts_on <= today and not (one.last is None and hired > max(starts_on, today - LATE_NEWS)):
        # Those who were here before and were not in the program, are in it from now on, not from then.
        since, how = today, Enrolment.How.JOINED
    if one.last is not None:
        since, how = max(since, one.last + DAY), Enrolment.How.RETURNED
    return Enrolment(cohort_id=one.target, since=since, how=how)


def _tidy(program: Program, today: dt.date) -> None:
    """Take closed units out of the cohorts, and say in an amendment what became of them."""
    through = Cohort.units.through.objects.filter(cohort__program=program, unit__until__lt=today)
    closed = list(through.select_related("cohort", "unit"))
    if not closed:
        return
    into = asof.successors()
    names = dict(Unit.objects.filter(pk__in=into.values()).values_list("pk", "name"))
    changes = [
        amendments.Change("unit.closed", row.cohort.name, row.unit.name, names.get(into.get(row.unit_id, 0), ""))
        for row in closed
    ]
    through.filter(pk__in=[row.pk for row in closed]).delete()
    amendments.record(program, by=None, reason=REORGANISED, changes=changes, today=today)
