"""Reads: my way, the team's training, and progress by cohort."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Exists, Func, OuterRef, Q, QuerySet, TextField
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.training import asked, standing
from programs.training.models import Assignment, Completion, Course, CourseVersion, LessonDone, QuizAttempt
from programs.training.standing import Stand

FEW_UNITS = 300


@dataclass(frozen=True)
class Item:
    """One thing on somebody's way: how it stands, why it is asked, and how far he is with the course.

    ``stands``: all that ask for it, the most urgent first. ``version``: the one he reads (None: no course).
    """

    stands: list[Stand]
    version: CourseVersion | None
    read: int
    lessons: int
    quiz: bool = False

    @property
    def stand(self) -> Stand:
        return self.stands[0]

    @property
    def steps(self) -> int:
        return self.lessons + self.quiz

    @property
    def steps_done(self) -> int:
        return self.steps if self.stand.done and self.stand.state != "renew" else min(self.read, self.lessons)

    @property
    def begun(self) -> bool:
        return self.read > 0

    @property
    def why(self) -> list[str]:
        """Because of which path, program or act of HR, in words."""
        found = []
        for one in self.stands:
            row = one.assignment
            if row.step is not None:
                found.append(row.step.path.name)
            elif row.version is not None:
                found.append(_("new in a course you have completed"))
            elif row.cohort is not None:
                found.append(f"{row.cohort.program.name}, {row.cohort.name}")
        return list(dict.fromkeys(found))


def here(today: dt.date, prefix: str = "employee__") -> Q:
    """Assignments of those still employed; who left is not counted."""
    return Q(**{f"{prefix}left_on__isnull": True}) | Q(**{f"{prefix}left_on__gte": today})


def with_done(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Adds ``done``: a completion of any version of the course counts, and keeps counting unless it was revoked."""
    rows = Completion.objects.filter(employee=OuterRef("employee"), version__course=OuterRef("course"))
    return assignments.annotate(done=Exists(rows.filter(revocation__isnull=True)))


def way(employee: Employee, today: dt.date, known: standing.Reading | None = None) -> list[Item]:
    """Everything ``employee`` has to do or has done, the next day first, in a fixed number of queries.

    What two paths ask for is one thing to do. ``known``: what was read of him already.
    """
    known = known or standing.read([employee.pk], today)
    groups = standing.merged(known.stands[employee.pk])
    courses = {one.course_id: one.course for group in groups for one in group if one.course_id}
    versions: dict[int, list[CourseVersion]] = defaultdict(list)
    rows = CourseVersion.objects.filter(course__in=courses, published_at__isnull=False)
    # The questions themselves are many words, and only whether there are any is told.
    rows = rows.defer(*asked.HEAVY).annotate(total=Count("lessons"), has_quiz=~Q(quiz=[]))
    for version in rows.order_by("-number"):
        pk = version.course_id  # type: ignore[attr-defined]
        version.course = courses[pk]  # type: ignore[assignment]
        versions[pk].append(version)
    read: dict[int, list[dt.date]] = defaultdict(list)
    for pk, at in LessonDone.objects.filter(employee=employee, lesson__version__course__in=courses).values_list(
        "lesson__version", "at"
    ):
        read[pk].append(timezone.localdate(at))
    found = []
    for group in groups:
        if any(not one.first for one in group):
            # Another way leads to it: nothing must come first.
            group = [replace(one, first=()) for one in group]
        choice = _choice(group, versions, read, known.facts, employee.pk)
        since = group[0].renews_from if group[0].again else None
        days = [day for day in read.get(choice.pk, []) if since is None or day >= since] if choice else []
        total = choice.total if choice else 0  # type: ignore[attr-defined]
        found.append(Item(group, choice, len(days), total, bool(choice and choice.has_quiz)))  # type: ignore[attr-defined]
    return sorted(found, key=lambda item: item.stand.by)


def _choice(
    group: list[Stand],
    versions: dict[int, list[CourseVersion]],
    read: dict[int, list[dt.date]],
    facts: standing.Facts,
    employee: int,
) -> CourseVersion | None:
    course = next((one.course_id for one in group if one.course_id), None)
    if course is None:
        return None
    numbers = {number for number, _day in facts.versions.get((employee, course), ())}
    done = {version.pk for version in versions[course] if version.number in numbers}
    asked = next((one.assignment.version_id for one in group if one.assignment.version_id), None)  # type: ignore[attr-defined]
    return _in_use(versions[course], read, done, asked, renewing=group[0].again)


def _in_use(
    versions: list[CourseVersion],
    read: Collection[int],
    done: Collection[int],
    asked: int | None = None,
    renewing: bool = False,
) -> CourseVersion | None:
    """The one asked for, else the one completed, else the one begun, else the newest (``versions`` newest first).

    Who renews reads the newest.
    """
    for known in ([asked] if asked else [], *(() if renewing else (done, read))):
        for version in versions:
            if version.pk in known:
                return version
    return versions[0] if versions else None


def version_for(employee: Employee, course: Course, today: dt.date | None = None) -> CourseVersion | None:
    """The version ``employee`` reads: see ``way``."""
    versions = list(course.versions.filter(published_at__isnull=False).order_by("-number"))
    lessons = LessonDone.objects.filter(employee=employee, lesson__version__course=course)
    read = set(lessons.values_list("lesson__version", flat=True))
    completed = employee.completions.filter(version__course=course, revocation__isnull=True)  # type: ignore[attr-defined]
    done = set(completed.values_list("version", flat=True))
    asked = Assignment.objects.filter(employee=employee, version__course=course, ended_on__isnull=True)
    added = asked.exclude(version__in=done).order_by("-version__number").values_list("version", flat=True).first()
    here = standing.renewal(employee.pk, course, today or timezone.localdate())
    return _in_use(versions, read, done, added, renewing=bool(done) and not here.holds)


def lesson_rows(employee: Employee, version: CourseVersion, today: dt.date | None = None) -> list[dict[str, Any]]:
    """The lessons, each with ``done``; of a course that is being renewed: since its renewal is open."""
    here = standing.renewal(employee.pk, version.course_id, today or timezone.localdate())  # type: ignore[attr-defined]
    rows = LessonDone.objects.filter(employee=employee, lesson__version=version)
    done = {
        pk for pk, at in rows.values_list("lesson", "at") if here.since is None or timezone.localdate(at) >= here.since
    }
    return [{"lesson": lesson, "done": lesson.pk in done} for lesson in version.lessons.all()]


def closed_by(employee: Employee, course: int, today: dt.date | None = None) -> list[str]:
    """What must be done before the course is open to ``employee``; empty when it is, by any way that leads to it."""
    stands = standing.of_people([employee.pk], today or timezone.localdate())[employee.pk]
    mine = [one for one in stands if one.course_id == course]
    if not mine or any(not one.first for one in mine):
        return []
    return list(dict.fromkeys(title for one in mine for title in one.first))


def best_attempt(employee: Employee, version: CourseVersion) -> QuizAttempt | None:
    return QuizAttempt.objects.filter(employee=employee, version=version).order_by("-score", "at").first()


# A person with a course.
HELD = Func("employee", "course", template="ROW(%(expressions)s)", output_field=TextField())


def counts(assignments: QuerySet[Assignment], today: dt.date, *keys: str) -> list[dict[str, Any]]:
    """Per ``keys``: ``assigned``, ``finished``, ``late`` (not done and past due), of those still employed.

    Counted is each person with each course once, also where he has it by a cohort and by a path.
    """
    held = assignments.filter(here(today), course__isnull=False, version__isnull=True, ended_on__isnull=True)
    rows = with_done(held).order_by().values(*keys)
    return list(
        rows.annotate(
            assigned=Count(HELD, distinct=True),
            finished=Count(HELD, distinct=True, filter=Q(done=True)),
            late=Count(HELD, distinct=True, filter=Q(done=False, due_on__lt=today)),
        ).order_by(*keys)
    )


def of_people_in(assignments: QuerySet[Assignment], units: QuerySet[Unit] | None) -> QuerySet[Assignment]:
    """``assignments`` of the people of ``units`` (None: of everybody)."""
    return assignments if units is None else assignments.filter(employee__unit__in=units)


def by_cohort(course: Course, today: dt.date, units: QuerySet[Unit] | None = None) -> list[dict[str, Any]]:
    """A course's progress in each cohort it was given to, counting the people of ``units`` (None: everybody)."""
    given = of_people_in(course.assignments.all(), units)
    rows = counts(given, today, "cohort", "cohort__name", "cohort__program__name")
    return sorted(rows, key=lambda row: (row["cohort__program__name"] or "", row["cohort__name"] or ""))


def in_program(program: Program, today: dt.date) -> list[dict[str, Any]]:
    """A program's progress in each cohort, over all courses."""
    return counts(Assignment.objects.filter(cohort__program=program), today, "cohort", "cohort__name")


def listed(today: dt.date, units: QuerySet[Unit] | None = None) -> list[dict[str, Any]]:
    """All courses with their newest published version and progress, of the people of ``units`` (None: everybody)."""
    progress = {row["course"]: row for row in counts(of_people_in(Assignment.objects.all(), units), today, "course")}
    courses = Course.objects.prefetch_related("versions")
    rows = []
    for course in courses:
        versions = list(course.versions.all())
        published = [version for version in versions if version.published_at]
        rows.append(
            {
                **{"assigned": 0, "finished": 0, "late": 0, **progress.get(course.pk, {})},
                "course": course,
                "published": published[-1] if published else None,
                "draft": any(version.published_at is None for version in versions),
            }
        )
    return rows


def team(units: QuerySet[Unit], leader: Employee, today: dt.date) -> QuerySet[Employee]:
    """Who works in ``units``, without the leader."""
    # How many a tree has below a unit the planner guesses at half of all: it would walk through everybody.
    known = list(units.order_by().values_list("pk", flat=True)[: FEW_UNITS + 1])
    among = known if len(known) <= FEW_UNITS else units
    return Employee.objects.here(today).filter(unit__in=among).exclude(pk=leader.pk).select_related("unit")


def matrix(people: Iterable[Employee], today: dt.date) -> tuple[list[Course], list[dict[str, Any]]]:
    """Rows of people, columns of courses; a cell tells how the assignment stands, ``None`` when there is none."""
    people = list(people)
    stands = standing.of_people([person.pk for person in people], today)
    cells: dict[tuple[int, int], Stand] = {}
    courses: dict[int, Course] = {}
    for pk, mine in stands.items():
        for group in standing.merged([one for one in mine if one.assignment.course and not one.assignment.version]):
            course = group[0].assignment.course
            assert course is not None
            courses[course.pk] = course
            cells[pk, course.pk] = group[0]
    columns = sorted(courses.values(), key=lambda course: course.name)
    rows = [{"employee": e, "cells": [cells.get((e.pk, course.pk)) for course in columns]} for e in people]
    return columns, rows
