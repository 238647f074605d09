"""Who is told today about what is due: rows first, one mail a person, never twice about the same day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from culture.people.models import Employee, Leave
from programs.training import path_rules, standing
from programs.training.cycles import State
from programs.training.models import Assignment, Completion
from programs.training.path_models import TrainingMail, TrainingReminder
from programs.training.path_rules import REMINDED
from programs.training.standing import Stand
from surveys.waves import hours

BATCH = 1000
DAY = dt.timedelta(days=1)
WEEK = 7 * DAY
MONDAY = 0
# A lapsed or late thing older than this is the manager's and HR's to look at, in lists: no more mails about it.
OLDEST = 90 * DAY


@dataclass(frozen=True)
class Candidate:
    employee_id: int
    assignment_id: int
    about: dt.date
    days: int


def plan(*, today: dt.date, after: dt.date, now: dt.datetime) -> int:
    """Write down the mails of today; ``after``: the last day that was looked at. Returns how many."""
    made = _plan_own(today, after, now)
    if any((after + n * DAY).weekday() == MONDAY for n in range(1, (today - after).days + 1)):
        made += _plan_teams(today, now)
    return made


# -- people's own ----------------------------------------------------------------------------------------------------


def _plan_own(today: dt.date, after: dt.date, now: dt.datetime) -> int:
    ids = [*_due(today, after), *_ending(today, after)]
    made = 0
    for first in range(0, len(ids), BATCH):
        found = _candidates(ids[first : first + BATCH], today, after)
        made += _write(found, today, now)
    return made


def _due(today: dt.date, after: dt.date) -> list[int]:
    """Assignments whose due day is one of ``REMINDED`` away on a day after ``after`` up to ``today``.

    Without courses completed for good, which are most of them: nothing need be worked out for those.
    """
    near = Q()
    for days in REMINDED:
        near |= Q(due_on__gt=after + days * DAY, due_on__lte=today + days * DAY)
    done = Completion.objects.filter(
        employee=OuterRef("employee"), version__course=OuterRef("course"), done_on__lte=today, revocation__isnull=True
    )
    renewed = Q(version__isnull=False) | Q(months__gt=0)
    rows = Assignment.objects.filter(renewed | ~Exists(done), near, ended_on__isnull=True, assigned_on__lte=today)
    return list(rows.order_by("employee", "pk").values_list("pk", flat=True))


# Those whose validity may end near; which end on a day to be told of is worked out from all their days (cycles).
ENDING = """
    SELECT DISTINCT a.id, a.employee_id FROM programs_step s
        JOIN programs_assignment a ON a.step_id = s.id AND a.ended_on IS NULL AND a.months > 0
        JOIN LATERAL (
            SELECT c.done_on FROM programs_completion c JOIN programs_courseversion v ON v.id = c.version_id
            WHERE s.kind = 'course' AND v.course_id = s.course_id AND c.employee_id = a.employee_id
            UNION ALL
            SELECT t.done_on FROM programs_attained t
            WHERE s.kind <> 'course' AND t.kind = s.kind AND t.employee_id = a.employee_id
                AND (t.course_id = s.course_id OR t.behaviour_id = s.behaviour_id)
        ) f ON true
    WHERE f.done_on BETWEEN (%(after)s::date - 8 - a."window" - make_interval(months => a.months::int))::date
            AND (%(today)s::date + 32 - make_interval(months => a.months::int))::date
    ORDER BY a.employee_id, a.id
"""


def _ending(today: dt.date, after: dt.date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(ENDING, {"today": today, "after": after})
        return [pk for pk, _employee in cursor.fetchall()]


def _candidates(ids: list[int], today: dt.date, after: dt.date) -> list[Candidate]:
    """Of those that are still to be done, by people who are here and not away."""
    rows = list(standing.assignments(today).filter(pk__in=set(ids)))
    people = {row.employee_id for row in rows}  # type: ignore[attr-defined]
    here = Employee.objects.here(today).filter(pk__in=people, is_active=True)
    away = set(Leave.objects.on(today).filter(employee__in=people).values_list("employee", flat=True))
    asked = set(here.values_list("pk", flat=True)) - away
    found = {}
    for one in standing.of_rows([row for row in rows if row.employee_id in asked], today):  # type: ignore[attr-defined]
        if not one.open:
            continue
        row = one.assignment
        since = one.done_on or row.assigned_on
        days = path_rules.to_remind(about=one.by, after=after, today=today, since=since)
        if days is not None:
            found[row.pk] = Candidate(row.employee_id, row.pk, one.by, days)  # type: ignore[attr-defined]
    told = TrainingReminder.objects.filter(assignment__in=found).values_list("assignment", "about", "days")
    known = set(told)
    return [one for one in found.values() if (one.assignment_id, one.about, one.days) not in known]


@transaction.atomic
def _write(found: list[Candidate], today: dt.date, now: dt.datetime) -> int:
    """One mail a person, where one more is bearable; what is not told today stands in the next mail anyway."""
    by_person: dict[int, list[Candidate]] = defaultdict(list)
    for one in found:
        by_person[one.employee_id].append(one)
    sent: dict[int, list[dt.date]] = defaultdict(list)
    lately = TrainingMail.objects.filter(employee__in=by_person, kind=TrainingMail.Kind.OWN, day__gt=today - WEEK)
    for pk, day in lately.exclude(state=TrainingMail.State.SKIPPED).values_list("employee", "day"):
        sent[pk].append(day)
    bearable = {
        pk: some
        for pk, some in by_person.items()
        if path_rules.may_write(sent=sent[pk], today=today, urgent=any(one.days in (1, -1) for one in some))
    }
    mails = _mails(set(bearable), TrainingMail.Kind.OWN, today, now)
    reminders = [
        TrainingReminder(assignment_id=one.assignment_id, about=one.about, days=one.days, mail=mails[pk])
        for pk, some in bearable.items()
        if pk in mails
        for one in some
    ]
    TrainingReminder.objects.bulk_create(reminders, ignore_conflicts=True, batch_size=BATCH)
    return len(mails)


def _mails(people: set[int], kind: str, today: dt.date, now: dt.datetime) -> dict[int, TrainingMail]:
    """One for each person, due when the working hours of his place next are."""
    zones = dict(Employee.objects.filter(pk__in=people).values_list("pk", "time_zone"))
    rows = []
    for pk, zone in sorted(zones.items()):
        due_at = hours.next_working(now, zone)
        if due_at is not None:
            rows.append(TrainingMail(employee_id=pk, kind=kind, day=today, due_at=due_at))
    TrainingMail.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    made = TrainingMail.objects.filter(employee__in=people, kind=kind, day=today)
    return {row.employee_id: row for row in made}  # type: ignore[attr-defined]


# -- managers --------------------------------------------------------------------------------------------------------


def _plan_teams(today: dt.date, now: dt.datetime) -> int:
    """Once a week, to whoever has somebody with something late or due within a week (looked at again when sent)."""
    near = Assignment.objects.filter(
        ended_on__isnull=True, assigned_on__lte=today, due_on__lte=today + WEEK, due_on__gte=today - OLDEST
    )
    reports = Employee.objects.here(today).filter(pk__in=near.values("employee"), manager__isnull=False)
    away = Leave.objects.on(today).values("employee")
    managers = Employee.objects.here(today).filter(pk__in=reports.values("manager"), is_active=True)
    pks = set(managers.exclude(pk__in=away).values_list("pk", flat=True))
    return len(_mails(pks, TrainingMail.Kind.TEAM, today, now))


def needed(stands: list[Stand], today: dt.date) -> list[Stand]:
    """What a mail names: late, to be renewed, due within a month; the most urgent first, each thing once."""
    groups = standing.merged([one for one in stands if one.open and not one.first])
    found = [group[0] for group in groups]
    near = [one for one in found if one.state is not State.OPEN or one.by <= today + 30 * DAY]
    near = [one for one in near if one.state is not State.LAPSED or one.by >= today - OLDEST]
    return sorted(near, key=lambda one: (standing.URGENCY.index(one.state), one.by))


def team_of(manager: Employee, today: dt.date) -> list[tuple[Employee, list[Stand]]]:
    """His direct reports with what is late, lapsed or due within a week; those with most of it first."""
    people = list(Employee.objects.here(today).filter(manager=manager).order_by("sort_name", "pk"))
    stands = standing.of_people([person.pk for person in people], today)
    found = []
    for person in people:
        near = [one for one in needed(stands[person.pk], today) if one.state in standing.RISK or one.by <= today + WEEK]
        if near:
            found.append((person, near))
    return sorted(found, key=lambda row: -sum(one.state in standing.RISK for one in row[1]))
