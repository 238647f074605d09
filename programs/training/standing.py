"""How people stand on what they have to do: on any day, from the facts alone. Nothing is stored here.

``of_people`` is for pages of a few people (a fixed number of queries); ``SQL`` for whole paths.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from programs.training import asked, cycles
from programs.training.cycles import State
from programs.training.facts import Facts, facts
from programs.training.models import Assignment, Completion, Course
from programs.training.path_models import Exemption, Path, subject_of
from programs.training.path_rules import Counts

DONE = frozenset({State.VALID, State.RENEW})
RISK = frozenset({State.LATE, State.LAPSED})
# The worst first: of two reasons to do the same thing the more urgent one is shown.
URGENCY = [State.LAPSED, State.LATE, State.RENEW, State.SOON, State.OPEN, State.EXEMPT, State.VALID]


@dataclass(frozen=True)
class Stand:
    """One assignment on a day. ``until``: last valid day; ``by``: the day that matters next (due, or to be renewed).

    ``days``: when it was done, without what had run out before it was given. ``once``: whether it was ever done.
    ``renews_from``: from when on doing it (again) counts for what comes next.
    """

    assignment: Assignment
    kind: str
    rule: cycles.Rule
    days: tuple[dt.date, ...]
    state: State
    until: dt.date | None
    exempt_until: dt.date | None = None
    first: tuple[str, ...] = ()
    once: bool = False
    renews_from: dt.date | None = None
    today: dt.date = field(default=dt.date.min, repr=False)

    @property
    def title(self) -> str:
        """In the language of whoever is told now, which for a mail is not that of the machine."""
        step, course = self.assignment.step, self.assignment.course
        return step.title if step else course.label if course else ""

    @property
    def done(self) -> bool:
        return self.state in DONE

    @property
    def done_on(self) -> dt.date | None:
        return self.days[-1] if self.days else None

    @property
    def by(self) -> dt.date:
        return self.until if self.days and self.until else self.assignment.due_on

    @property
    def days_late(self) -> int:
        """So far, or in the end; against the first due day."""
        if self.state is State.LATE:
            return (self.today - self.assignment.due_on).days
        return cycles.days_late(due_on=self.assignment.due_on, done_on=self.days[0]) if self.days else 0

    @property
    def open(self) -> bool:
        """Something is to be done about it, sooner or later."""
        return self.state not in {State.VALID, State.EXEMPT}

    @property
    def again(self) -> bool:
        """It was done, and is to be done anew."""
        return self.open and self.once

    @property
    def course_id(self) -> int | None:
        step = self.assignment.step
        return step.course_id if step else self.assignment.course_id  # type: ignore[attr-defined]

    @property
    def course(self) -> Course | None:
        step = self.assignment.step
        return step.course if step else self.assignment.course

    @property
    def subject(self) -> tuple[str, int]:
        step = self.assignment.step
        return subject_of(step) if step else (self.kind, self.assignment.course_id or 0)  # type: ignore[attr-defined]


def assignments(day: dt.date) -> QuerySet[Assignment]:
    """Those that held on the day."""
    return Assignment.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day), assigned_on__lte=day)


@dataclass(frozen=True)
class Reading:
    """All that is asked of some people on a day and all they have done: read once for whatever is told of it."""

    stands: dict[int, list[Stand]]
    facts: Facts


def read(employees: Collection[int], day: dt.date, path: Path | None = None) -> Reading:
    """Five queries, whatever the number of people; up to three more where HR has assigned courses by hand."""
    rows = assignments(day).filter(employee__in=employees)
    if path is not None:
        rows = rows.filter(step__path=path)
    held = asked.dressed(list(rows.order_by("due_on", "pk")))
    known = facts(employees, day)
    found: dict[int, list[Stand]] = {pk: [] for pk in employees}
    for one in _stood(held, known, day):
        found[one.assignment.employee_id].append(one)  # type: ignore[attr-defined]
    return Reading({pk: sorted(_waiting(stands), key=lambda one: one.by) for pk, stands in found.items()}, known)


def of_people(employees: Collection[int], day: dt.date, path: Path | None = None) -> dict[int, list[Stand]]:
    """Everything the people have to do and have done on the day, by employee, in the order of the day that matters."""
    return read(employees, day, path).stands


def of_rows(rows: Sequence[Assignment], day: dt.date) -> list[Stand]:
    """How these assignments (of ``assignments``) stand; without what must come first. Four queries and more."""
    known = facts({row.employee_id for row in rows}, day)  # type: ignore[attr-defined]
    return _stood(asked.dressed(rows), known, day)


def _stood(rows: Sequence[Assignment], known: Facts, day: dt.date) -> list[Stand]:
    exempt: dict[int, dt.date] = {}
    for pk, until in Exemption.objects.filter(
        assignment__in=[row.pk for row in rows], since__lte=day, until__gte=day
    ).values_list("assignment", "until"):
        exempt[pk] = max(until, exempt.get(pk, until))
    return [_stand(row, known, exempt.get(row.pk), day) for row in rows]


def _stand(row: Assignment, known: Facts, exempt_until: dt.date | None, day: dt.date) -> Stand:
    step, rule = row.step, row.rule
    done = list(known.of(row))
    if not rule.months:
        done = done[:1]
    valid = cycles.validity(done, rule)
    days = tuple(cycles.counting(done, rule, row.assigned_on))
    state = cycles.state(
        today=day,
        due_on=row.due_on,
        done=done,
        rule=rule,
        given=row.assigned_on,
        exempt=exempt_until is not None,
        exempt_until=exempt_until,
    )
    kind = step.kind if step else ("update" if row.version else "course")
    return Stand(
        row,
        kind,
        rule,
        days,
        state,
        until=valid.until if valid and days else None,
        exempt_until=exempt_until,
        once=bool(done),
        renews_from=cycles.renewal_opens(valid, rule) if valid else None,
        today=day,
    )


def _waiting(stands: list[Stand]) -> list[Stand]:
    """Each with the titles of what must be done first. What was done once opens the next for good."""
    by_step = {one.assignment.step_id: one for one in stands if one.assignment.step_id}  # type: ignore[attr-defined]
    done = {step for step, one in by_step.items() if one.once or one.state is State.EXEMPT}
    found = []
    for one in stands:
        step: Any = one.assignment.step
        missing = [] if step is None or one.once else [pk for pk in step.first if pk not in done]
        titles = tuple(by_step[pk].title for pk in missing if pk in by_step)
        found.append(replace(one, first=titles) if titles else one)
    return found


def sooner(stand: Stand) -> tuple[int, dt.date]:
    """What to do first: what is late or lapsed, then by day, be it to begin or to renew."""
    return (URGENCY.index(stand.state) if stand.state in RISK else len(URGENCY), stand.by)


def merged(stands: Sequence[Stand]) -> list[list[Stand]]:
    """Together what asks for the same thing (two paths, a path and HR); the most urgent of each first."""
    groups: dict[tuple[str, int], list[Stand]] = defaultdict(list)
    for one in stands:
        groups[one.subject].append(one)
    return [sorted(group, key=lambda one: (URGENCY.index(one.state), one.by)) for group in groups.values()]


# -- whole paths -----------------------------------------------------------------------------------------------------

# One row for each assignment of a path on a day. ``state`` is NULL where days of validity must be worked out (cycles):
# then ``days`` has all days on which it was done. ``times``: of how many meetings (of everything else one is enough).
SQL = """
    WITH wanted AS MATERIALIZED (
        SELECT DISTINCT a.step_id, a.times FROM programs_assignment a JOIN programs_step s ON s.id = a.step_id
        WHERE s.path_id = %(path)s AND s.kind <> 'course'
    ), fact AS MATERIALIZED (
        SELECT s.id AS step_id, 1 AS times, c.employee_id, array_agg(DISTINCT c.done_on) AS days
        FROM programs_step s
            JOIN programs_courseversion v ON v.course_id = s.course_id
            JOIN programs_completion c ON c.version_id = v.id
            LEFT JOIN programs_revocation r ON r.completion_id = c.id
        WHERE s.path_id = %(path)s AND s.kind = 'course' AND c.done_on <= %(day)s AND (r.id IS NULL OR r."on" > %(day)s)
        GROUP BY s.id, c.employee_id
        UNION ALL
        SELECT s.id, w.times, t.employee_id, array_agg(DISTINCT t.done_on)
        FROM programs_step s
            JOIN wanted w ON w.step_id = s.id
            JOIN programs_attained t ON t.kind = s.kind AND (s.kind <> 'session' OR t.times >= w.times)
                AND (t.course_id = s.course_id OR t.behaviour_id = s.behaviour_id)
            LEFT JOIN programs_revocation r ON r.attained_id = t.id
        WHERE s.path_id = %(path)s AND s.kind <> 'course' AND t.done_on <= %(day)s
            AND (r.id IS NULL OR r."on" > %(day)s)
        GROUP BY s.id, w.times, t.employee_id
    ), spared AS (
        SELECT assignment_id, max(until) AS until FROM programs_exemption
        WHERE since <= %(day)s AND until >= %(day)s GROUP BY assignment_id
    ), stand AS (
        SELECT a.id, a.employee_id, a.step_id, p.cohort_id, m.unit_id, a.assigned_on, a.due_on, a.months,
            a."window" AS opens, x.until AS exempt_until,
            CASE WHEN a.months > 0 THEN f.days ELSE f.days[1:1] END AS days,
            CASE WHEN f.days IS NOT NULL AND a.months = 0 THEN 'valid' WHEN f.days IS NOT NULL THEN NULL
                WHEN x.until IS NOT NULL THEN 'exempt' WHEN a.due_on < %(day)s THEN 'late'
                WHEN a.due_on <= %(day)s + %(soon)s THEN 'soon' ELSE 'open' END AS state
        FROM programs_pathenrolment p
            JOIN programs_assignment a ON a.enrolment_id = p.id AND a.assigned_on <= %(day)s
                AND (a.ended_on IS NULL OR a.ended_on >= %(day)s)
            LEFT JOIN culture_membership m ON m.employee_id = a.employee_id AND m.since <= %(day)s
                AND (m.until IS NULL OR m.until >= %(day)s)
            LEFT JOIN fact f ON f.step_id = a.step_id AND f.employee_id = a.employee_id AND f.times = a.times
            LEFT JOIN spared x ON x.assignment_id = a.id
        WHERE p.path_id = %(path)s
    )
"""
# The days of what is done for good say nothing more, and would make a group of each. When something was given matters
# only to who did it before then.
GROUPED = """
    SELECT step_id, cohort_id, unit_id, state, CASE WHEN state IS NULL THEN days END,
        CASE WHEN state IS NULL THEN exempt_until END,
        CASE WHEN state IS NULL THEN months END, CASE WHEN state IS NULL THEN opens END,
        CASE WHEN state IS NULL AND days[cardinality(days)] < assigned_on THEN assigned_on END,
        CASE WHEN state IS NULL AND days[cardinality(days)] < assigned_on THEN due_on END, count(*)
    FROM stand GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""


def _values(path: Path, day: dt.date, **more: Any) -> dict[str, Any]:
    return {"path": path.pk, "day": day, "soon": cycles.SOON.days, **more}


def _settled(
    state: str | None,
    days: Sequence[dt.date],
    rule: cycles.Rule,
    exempt_until: dt.date | None,
    day: dt.date,
    given: dt.date | None,
    due_on: dt.date | None,
) -> str:
    if state is not None:
        return state
    return cycles.state(
        today=day,
        due_on=due_on or day,
        done=list(days),
        rule=rule,
        given=given,
        exempt=exempt_until is not None,
        exempt_until=exempt_until,
    ).value


def counts(path: Path, day: dt.date) -> dict[tuple[int, int | None, int | None], Counts]:
    """How all of a path stood on the day, by (step, cohort, unit). One query."""
    found: dict[tuple[int, int | None, int | None], Counts] = defaultdict(Counts)
    with connection.cursor() as cursor:
        cursor.execute(SQL + GROUPED, _values(path, day))
        for step, cohort, unit, state, days, exempt_until, months, opens, given, due, count in cursor.fetchall():
            rule = cycles.Rule(months or 0, opens or 0)
            settled = _settled(state, days or (), rule, exempt_until, day, given, due)
            found[step, cohort, unit].add(settled, count)
    return found


@dataclass(frozen=True)
class Line:
    """One person and one step, as exports and lists of people at risk show it."""

    employee_id: int
    step_id: int
    unit_id: int | None
    assigned_on: dt.date
    due_on: dt.date
    done_on: dt.date | None
    until: dt.date | None
    state: str


def lines(
    path: Path, day: dt.date, *, units: Collection[int] | None = None, only: Collection[str] | None = None
) -> Iterator[Line]:
    """Each assignment of a path on the day, by employee; ``only`` those in these states."""
    query = SQL + (
        "SELECT employee_id, step_id, unit_id, assigned_on, due_on, months, opens, days, exempt_until, state FROM stand"
        " WHERE (%(all_units)s OR unit_id = ANY(%(units)s)) AND (%(any)s OR state IS NULL OR state = ANY(%(only)s))"
        " ORDER BY employee_id, step_id"
    )
    values = _values(
        path,
        day,
        all_units=units is None,
        units=sorted(units or ()),
        any=only is None,
        only=sorted(only or ()),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        while rows := cursor.fetchmany(2000):
            for employee, step, unit, given, due, months, opens, days, exempt_until, state in rows:
                rule = cycles.Rule(months, opens)
                settled = _settled(state, days or (), rule, exempt_until, day, given, due)
                if only is not None and settled not in only:
                    continue
                done = [found for found in days or () if found]
                counted, valid = cycles.counting(done, rule, given), cycles.validity(done, rule)
                until = valid.until if valid and counted else None
                yield Line(employee, step, unit, given, due, counted[-1] if counted else None, until, settled)


def total(found: Iterable[Counts]) -> Counts:
    """All of them together."""
    whole = Counts()
    for one in found:
        for name in vars(whole):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
    return whole


# -- what renewing asks for ------------------------------------------------------------------------------------------


def course_rule(employee_id: int, course: Course | int, day: dt.date) -> cycles.Rule:
    """How long a completion of the course is worth something for somebody: the strictest of what his paths gave him."""
    pk = course if isinstance(course, int) else course.pk
    rows = Assignment.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=day), employee=employee_id, step__course=pk, step__kind="course"
    ).exclude(months=0)
    found = rows.order_by("months", "-window").values_list("months", "window").first()
    return cycles.Rule(*found) if found else cycles.Rule()


@dataclass(frozen=True)
class Renewal:
    """Where somebody stands with a course: ``since``: only what was done from this day on counts (None: all);
    ``holds``: it is done and nothing is to be renewed yet."""

    holds: bool
    since: dt.date | None = None


def renewal(employee_id: int, course: Course | int, day: dt.date) -> Renewal:
    """What the next completion of a course rests on: everything, or only what was done since renewing opened.

    After a revocation only what is done from that day on counts: the same quiz does not grant it again.
    """
    pk = course if isinstance(course, int) else course.pk
    every = Completion.objects.filter(employee=employee_id, version__course=pk, done_on__lte=day)
    rows = list(every.order_by("done_on").values_list("done_on", "revocation__on"))
    revoked = max((on for _done, on in rows if on is not None and on <= day), default=None)
    done = [on for on, taken in rows if taken is None or taken > day]
    if not done:
        return Renewal(False, revoked)
    rule = course_rule(employee_id, pk, day)
    valid = cycles.validity(done, rule)
    assert valid is not None
    opens = cycles.renewal_opens(valid, rule)
    if opens is None or day < opens:
        return Renewal(True)
    return Renewal(False, max(opens, revoked or opens))
