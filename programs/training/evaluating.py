"""Who is on which path today: joiners come, movers carry what they have, leavers end, absence moves due days.

Set-based: what costs grows with what changed, not with the organisation. Doing it twice does nothing twice.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from culture.access import audit
from culture.people.models import Employee, Leave
from programs.training import cycles, matching, path_rules, standing
from programs.training.models import Assignment
from programs.training.path_models import Path, PathEnrolment, PathRule, PathTally
from programs.training.path_rules import Away

BATCH = 5000
DAY = dt.timedelta(days=1)
# The same day as ``cycles.due``: the step's days after beginning, or its fixed day, whichever is later.
DUE = """
        CASE WHEN s.due_days IS NULL THEN GREATEST(s.due_on, {day}) WHEN s.due_on IS NULL THEN {day} + s.due_days
            ELSE GREATEST({day} + s.due_days, s.due_on) END"""
# What the step asks for is written beside the day: editing the step later changes nothing for who has done it.
# The order makes PostgreSQL find all rows before it writes the first: into a table it believes to be empty it would
# otherwise look for each row by reading all it has just written, which at 100,000 people took hours.
ASSIGN = f"""
    INSERT INTO programs_assignment
        (step_id, enrolment_id, employee_id, cohort_id, course_id, assigned_on, due_on, paused_days, times, months,
            "window")
    SELECT s.id, p.id, p.employee_id, p.cohort_id, CASE WHEN s.kind = 'course' THEN s.course_id END, b.day,
        {DUE.format(day="b.day")}, 0, s.times, s.months, s."window"
    FROM programs_pathenrolment p
        JOIN programs_step s ON s.path_id = p.path_id AND s.retired_on IS NULL
        CROSS JOIN LATERAL (SELECT GREATEST(p.begins_on, s.added_on) AS day) b
    WHERE p.path_id = %(path)s AND p.ended_on IS NULL
        AND NOT EXISTS (SELECT 1 FROM programs_assignment a WHERE a.step_id = s.id AND a.enrolment_id = p.id)
    ORDER BY s.id, p.id
    ON CONFLICT DO NOTHING
"""
# Changed steps take hold for those under way where they are not done; no due day moves into the past.
UNDER_WAY = (
    standing.SQL
    + f"""
    UPDATE programs_assignment a SET times = s.times, months = s.months, "window" = s."window",
        due_on = CASE WHEN s.id = ANY(%(moved)s) THEN GREATEST(%(day)s, {DUE.format(day="a.assigned_on")})
            ELSE a.due_on END,
        paused_days = CASE WHEN s.id = ANY(%(moved)s) THEN 0 ELSE a.paused_days END
    FROM stand t JOIN programs_step s ON s.id = t.step_id
    WHERE a.id = t.id AND a.ended_on IS NULL AND t.days IS NULL AND s.id = ANY(%(changed)s)
"""
)


@dataclass
class Done:
    """What an evaluation did."""

    joined: int = 0
    left: int = 0
    moved: int = 0
    given: int = 0
    paused: int = 0

    def __bool__(self) -> bool:
        return any(vars(self).values())


@transaction.atomic
def evaluate(path: Path, *, today: dt.date) -> Done | None:
    """Bring one running path to what its rules say today; None while somebody else does."""
    here = Path.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=path.pk).first()
    if here is None:
        return None
    done = Done()
    if here.state == Path.State.RUNNING and here.starts_on <= today:
        rules = follow_units(here, today)
        done.left = _end_leavers(here, today)
        if not matching.closed(rules, today):
            done.moved = _end_movers(here, rules, today)
        if today <= here.ends_on:
            done.joined = _enrol(here, matching.giving(rules), today)
        done.given = _assign(here)
        done.paused = pause(here, today=today)
        Path.objects.filter(pk=here.pk).update(evaluated_on=today, evaluate=False)
        if done:
            audit.record(None, "path.evaluated", here, name=here.name, **asdict(done))
    elif here.evaluate:
        Path.objects.filter(pk=here.pk).update(evaluate=False)
    return done


def follow_units(path: Path, today: dt.date) -> list[PathRule]:
    """The rules in force; one about a unit that was merged ends, and one about what the unit became takes its place.

    Where nothing became of it the rule stays, and HR is asked for whom the path shall be (``home``).
    """
    rules = matching.in_force(path)
    found = matching.followed(rules, today)
    ended = [rule for rule in rules if rule not in found]
    if not ended:
        return rules
    PathRule.objects.filter(pk__in=[rule.pk for rule in ended]).update(ended_on=today)
    new = [rule for rule in found if rule.pk is None]
    PathRule.objects.bulk_create(new)
    names = sorted({rule.unit.name for rule in ended if rule.unit})
    audit.record(None, "path.rules_followed", path, name=path.name, units=", ".join(names))
    return found


def _end_leavers(path: Path, today: dt.date) -> int:
    """On the path until their last day."""
    gone = Employee.objects.filter(pk=OuterRef("employee"), left_on__lt=today)
    rows = path.enrolments.filter(Exists(gone), ended_on__isnull=True)
    pks = list(rows.values_list("pk", flat=True))
    if pks:
        ended = Subquery(gone.values("left_on")[:1])
        PathEnrolment.objects.filter(pk__in=pks).update(ended_on=ended, why=PathEnrolment.Why.LEFT)
        end_assignments(pks)
    return len(pks)


def _end_movers(path: Path, rules: list, today: dt.date) -> int:
    """Whom no rule names any more. What was done is kept; what was not, is asked no more."""
    here = Employee.objects.here(today).values("pk")
    named = matching.people(rules, today).values("pk")
    rows = path.enrolments.filter(ended_on__isnull=True, employee__in=here).exclude(employee__in=named)
    return end_enrolments(list(rows.values_list("pk", flat=True)), PathEnrolment.Why.MOVED, today)


def end_enrolments(pks: list[int], why: str, today: dt.date) -> int:
    """Yesterday was their last day on the path (or their first, when they began today)."""
    for first in range(0, len(pks), BATCH):
        some = pks[first : first + BATCH]
        rows = PathEnrolment.objects.filter(pk__in=some, ended_on__isnull=True)
        rows.filter(begins_on__gte=today).update(ended_on=F("begins_on"), why=why)
        rows.update(ended_on=today - DAY, why=why)
        end_assignments(some)
    return len(pks)


def end_assignments(enrolments: Iterable[int]) -> None:
    ended = PathEnrolment.objects.filter(pk=OuterRef("enrolment")).values("ended_on")[:1]
    Assignment.objects.filter(enrolment__in=list(enrolments), ended_on__isnull=True).update(ended_on=Subquery(ended))


def _enrol(path: Path, rules: list, today: dt.date) -> int:
    known = PathEnrolment.objects.filter(path=path, ended_on__isnull=True).values("employee")
    new = matching.people(rules, today).exclude(pk__in=known)
    rows = [
        PathEnrolment(path=path, employee_id=one.employee_id, cohort_id=one.cohort_id, begins_on=one.begins_on)
        for one in matching.starts(path, rules, new, today)
    ]
    PathEnrolment.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def _assign(path: Path) -> int:
    with connection.cursor() as cursor:
        cursor.execute(ASSIGN, {"path": path.pk})
        return int(cursor.rowcount)


def change_under_way(path: Path, *, changed: list[int], moved: list[int], today: dt.date) -> int:
    """What these steps ask for now, for those who have not done them; of ``moved`` also the days. Returns how many."""
    values: dict[str, Any] = {
        "path": path.pk,
        "day": today,
        "soon": cycles.SOON.days,
        "changed": changed,
        "moved": moved,
    }
    with connection.cursor() as cursor:
        cursor.execute(UNDER_WAY, values)
        return int(cursor.rowcount)


# -- absence ---------------------------------------------------------------------------------------------------------


def pause(path: Path | None, *, today: dt.date) -> int:
    """Move the due days of those who were or are away, by as many days (worked out anew from the first due day).

    ``path`` None: what HR gave by hand. Returns how many due days moved.
    """
    away: dict[int, list[Away]] = defaultdict(list)
    begun = Leave.objects.filter(since__lte=today)
    held = Assignment.objects.filter(ended_on__isnull=True)
    held = held.filter(step__isnull=True) if path is None else held.filter(enrolment__path=path)
    # Leave that was over before anything was given moves nothing.
    over = Q(until__isnull=True) | Q(until__gte=OuterRef("assigned_on"))
    touched = held.filter(Q(Exists(begun.filter(over, employee=OuterRef("employee")))) | Q(paused_days__gt=0))
    rows = list(touched.only("pk", "employee_id", "assigned_on", "due_on", "paused_days"))
    for one in begun.filter(employee__in={row.employee_id for row in rows}):  # type: ignore[attr-defined]
        away[one.employee_id].append(Away(one.since, one.until))  # type: ignore[attr-defined]
    changed = []
    for row in rows:
        first = row.due_on - row.paused_days * DAY
        days = path_rules.paused_days(
            begins=row.assigned_on,
            due_on=first,
            away=away[row.employee_id],  # type: ignore[attr-defined]
            today=today,
        )
        if days != row.paused_days:
            row.due_on, row.paused_days = first + days * DAY, days
            changed.append(row)
    Assignment.objects.bulk_update(changed, ["due_on", "paused_days"], batch_size=1000)
    return len(changed)


# -- counting --------------------------------------------------------------------------------------------------------


@transaction.atomic
def count(path: Path, *, today: dt.date, now: dt.datetime | None = None) -> int:
    """Write down how the path stands: what pages of large organisations read. Only what changed is written."""
    Path.objects.select_for_update(no_key=True).get(pk=path.pk)
    fields = ("given", "valid", "renew", "soon", "late", "lapsed", "exempt")
    found = standing.counts(path, today)
    known = {
        (row.step_id, row.cohort_id, row.unit_id): row  # type: ignore[attr-defined]
        for row in PathTally.objects.filter(step__path=path)
    }
    new, changed = [], []
    for (step, cohort, unit), counted in found.items():
        values = {name: getattr(counted, name) for name in fields}
        row = known.pop((step, cohort, unit), None)
        if row is None:
            new.append(PathTally(step_id=step, cohort_id=cohort, unit_id=unit, **values))
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    PathTally.objects.filter(pk__in=[row.pk for row in known.values()]).delete()
    PathTally.objects.bulk_create(new, batch_size=BATCH)
    PathTally.objects.bulk_update(changed, fields, batch_size=500)
    Path.objects.filter(pk=path.pk).update(counted_at=now or timezone.now())
    return len(new) + len(changed) + len(known)
