"""What training tells the plan: which paths and courses a program gives, and indicators its milestones may use."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from culture.people.models import Employee
from programs.planning import indicators, standing
from programs.planning.indicators import LAGGING, LEADING, Indicator, Reading
from programs.planning.models import Program
from programs.planning.setup_parts import Line, Offer, offer
from programs.training import cycles, queries
from programs.training.models import Assignment, Course
from programs.training.observation_models import Observation
from programs.training.path_models import Path, PathRule

SEEN_WITHIN = dt.timedelta(days=90)


def _done(program: Program, on: dt.date) -> Reading:
    """Of the courses assigned to those active in the program: completed, and not revoked."""
    people = standing.enrolled(program, on, away=False).order_by().values("employee")
    held = Assignment.objects.filter(
        queries.here(on), employee__in=people, course__isnull=False, version__isnull=True, ended_on__isnull=True
    )
    counted = (
        queries.with_done(held)
        .order_by()
        .aggregate(whole=Count("pk"), part=Count("pk", filter=Q(done=True)), people=Count("employee", distinct=True))
    )
    words = _("%(part)s of %(whole)s courses assigned to who is there are completed")
    return indicators.of_people(program, on, (counted["part"], counted["whole"]), words, people=counted["people"])


# What is required of those active on a day, without what they are spared: how many stand with which days of doing it.
REQUIRED = """
    WITH held AS MATERIALIZED (
        SELECT a.id, a.employee_id, COALESCE(s.course_id, a.course_id) AS course_id, s.behaviour_id, a.times,
            COALESCE(s.kind, 'course') AS kind, a.months, a."window" AS opens, v.number
        FROM programs_assignment a
            LEFT JOIN programs_step s ON s.id = a.step_id LEFT JOIN programs_courseversion v ON v.id = a.version_id
        WHERE a.employee_id IN ({people}) AND a.assigned_on <= %s AND (a.ended_on IS NULL OR a.ended_on >= %s)
            AND NOT EXISTS (SELECT 1 FROM programs_exemption x
                WHERE x.assignment_id = a.id AND x.since <= %s AND x.until >= %s)
    ), done AS (
        SELECT h.id, array_agg(DISTINCT c.done_on) AS days
        FROM held h
            JOIN programs_courseversion v ON v.course_id = h.course_id AND (h.number IS NULL OR v.number >= h.number)
            JOIN programs_completion c ON c.version_id = v.id AND c.employee_id = h.employee_id AND c.done_on <= %s
            LEFT JOIN programs_revocation r ON r.completion_id = c.id
        WHERE h.kind = 'course' AND (r.id IS NULL OR r."on" > %s) GROUP BY h.id
        UNION ALL
        SELECT h.id, array_agg(DISTINCT t.done_on)
        FROM held h
            JOIN programs_attained t ON t.kind = h.kind AND t.employee_id = h.employee_id AND t.done_on <= %s
                AND (t.course_id = h.course_id OR t.behaviour_id = h.behaviour_id)
                AND (h.kind <> 'session' OR t.times >= h.times)
            LEFT JOIN programs_revocation r ON r.attained_id = t.id
        WHERE h.kind <> 'course' AND (r.id IS NULL OR r."on" > %s) GROUP BY h.id
    )
    SELECT {unit}, h.months, h.opens, d.id IS NOT NULL, CASE WHEN h.months > 0 THEN d.days END, count(*),
        array_agg(DISTINCT h.employee_id)
    FROM held h LEFT JOIN done d ON d.id = h.id {join} GROUP BY 1, 2, 3, 4, 5
"""
WHOLE = {"{unit}": "0", "{join}": ""}
BY_UNIT = {
    "{unit}": "COALESCE(e.unit_id, 0)",
    "{join}": "JOIN culture_employee e ON e.id = h.employee_id",
}


def _required(program: Program, on: dt.date, form: dict[str, str]) -> dict[int, tuple[int, int, set[int]]]:
    """Unit → how much of what is required is done and still worth something, of how much, of whom. One query."""
    people = standing.enrolled(program, on, away=False).order_by().values("employee")
    inner, values = people.query.sql_with_params()
    sql = REQUIRED.replace("{people}", inner)
    for mark, words in form.items():
        sql = sql.replace(mark, words)
    found: dict[int, tuple[int, int, set[int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *([on] * 8)])
        for unit, months, opens, done, days, count, who in cursor.fetchall():
            valid = cycles.validity(list(days), cycles.Rule(months, opens)) if done and days else None
            holds = count if done and (valid is None or valid.holds(on)) else 0
            part, whole, people_ = found.get(unit, (0, 0, set()))
            found[unit] = (part + holds, whole + count, people_.union(who or ()))
    return found


VALID = gettext_lazy("%(part)s of %(whole)s required courses are valid today")
SEEN = gettext_lazy("%(part)s of %(whole)s people were seen doing it in the last 90 days")


def _valid(program: Program, on: dt.date) -> Reading:
    """Of all that is required of those active in the program on the day: done, and still worth something. One query."""
    part, whole, who = _required(program, on, WHOLE).get(0, (0, 0, set()))
    return indicators.of_people(program, on, (part, whole), str(VALID), people=len(who))


def valid_by_unit(program: Program, on: dt.date) -> dict[int, tuple[int, int, int]]:
    """The same by unit of the people (0: none): (part, whole, of how many something is required). One query."""
    return {unit: (part, whole, len(who)) for unit, (part, whole, who) in _required(program, on, BY_UNIT).items()}


def _sightings(on: dt.date) -> QuerySet[Observation]:
    seen = {"what": Observation.What.SEEN, "withdrawn_at": None, "on__gt": on - SEEN_WITHIN, "on__lte": on}
    return Observation.objects.filter(employee=OuterRef("pk"), **seen)


def _seen(program: Program, on: dt.date) -> Reading:
    """Of those active in the program: somebody saw them show a behaviour in the last 90 days."""
    active = standing.enrolled(program, on, away=False).order_by().values("employee")
    people = Employee.objects.filter(pk__in=active)
    seen, whole = people.filter(Exists(_sightings(on))).count(), people.count()
    return indicators.of_people(program, on, (seen, whole), str(SEEN), people=whole)


def seen_by_unit(program: Program, on: dt.date) -> dict[int, int]:
    """The same by unit (0: none): how many were seen. One query."""
    active = standing.enrolled(program, on, away=False).order_by().values("employee")
    people = Employee.objects.filter(Exists(_sightings(on)), pk__in=active).order_by()
    return {unit or 0: n for unit, n in people.values("unit").annotate(n=Count("pk")).values_list("unit", "n")}


@offer("paths")
def _paths(program: Program, today: dt.date) -> Offer:
    cohorts = list(program.cohorts.values_list("pk", flat=True))
    mine = Q(program=program) | Q(cohort__in=cohorts)
    rules = PathRule.objects.filter(mine, ended_on=None).values("path")
    paths = list(Path.objects.filter(pk__in=rules).exclude(state=Path.State.ENDED))
    courses = list(Course.objects.filter(assignments__cohort__in=cohorts).distinct())
    lines = [Line(path.name, str(path.get_state_display()), _url("training:path", path.pk)) for path in paths]
    lines += [Line(str(course), _("assigned to a cohort"), _url("training:detail", course.pk)) for course in courses]
    told = (
        ngettext("%(n)s path or course is given", "%(n)s paths or courses are given", len(lines)) % {"n": len(lines)}
        if lines
        else _("Nothing to learn is given yet")
    )
    links = [
        (_url("training:paths"), _("Learning paths")),
        (_url("training:courses"), _("Courses")),
    ]
    warnings = [] if lines else [_("No path or course is given to its cohorts: people enrolled find nothing to do.")]
    return Offer(told, lines, [(url, words) for url, words in links if url], warnings)


def _url(name: str, *arguments: int) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def register() -> None:
    """Called when the apps are ready."""
    leading, both = frozenset({LEADING}), frozenset({LEADING, LAGGING})
    indicators.register(Indicator("training.done", gettext_lazy("Courses completed"), leading, _done))
    indicators.register(Indicator("training.valid", gettext_lazy("Required courses valid today"), leading, _valid))
    indicators.register(Indicator("observed.seen", gettext_lazy("People seen doing it"), both, _seen))
