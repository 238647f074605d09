"""Reads: my training, the team's, and progress by cohort."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.training.models import Assignment, Completion, Course, CourseVersion, LessonDone, QuizAttempt
from programs.training.progress import Standing, standing


@dataclass(frozen=True)
class Task:
    """One assignment as its owner sees it."""

    assignment: Assignment
    version: CourseVersion
    lessons: int
    read: int
    completion: Completion | None
    standing: Standing

    @property
    def steps(self) -> int:
        return self.lessons + bool(self.version.quiz)

    @property
    def steps_done(self) -> int:
        return self.steps if self.completion else min(self.read, self.lessons)

    @property
    def begun(self) -> bool:
        return self.read > 0


def here(today: dt.date, prefix: str = "employee__") -> Q:
    """Assignments of those still employed; who left is not counted."""
    return Q(**{f"{prefix}left_on__isnull": True}) | Q(**{f"{prefix}left_on__gte": today})


def with_done(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Adds ``done``: a completion of any version of the course counts, and keeps counting."""
    done = Completion.objects.filter(employee=OuterRef("employee"), version__course=OuterRef("course"))
    return assignments.annotate(done=Exists(done))


def tasks(employee: Employee, today: dt.date) -> list[Task]:
    """Everything assigned to ``employee``, the earliest due first, in a fixed number of queries."""
    assignments = list(employee.assignments.select_related("course"))
    courses = [row.course_id for row in assignments]  # type: ignore[attr-defined]
    versions: dict[int, list[CourseVersion]] = defaultdict(list)
    for version in (
        CourseVersion.objects.filter(course__in=courses, published_at__isnull=False)
        .annotate(total=Count("lessons"))
        .order_by("-number")
    ):
        versions[version.course_id].append(version)  # type: ignore[attr-defined]
    read = dict(
        LessonDone.objects.filter(employee=employee, lesson__version__course__in=courses)
        .order_by()
        .values_list("lesson__version")
        .annotate(Count("pk"))
    )
    done = {c.version_id: c for c in employee.completions.filter(version__course__in=courses).order_by("done_on")}  # type: ignore[attr-defined]
    found = []
    for row in assignments:
        choice = _in_use(versions[row.course_id], read, done)  # type: ignore[attr-defined]
        if choice is None:
            continue
        completion = done.get(choice.pk)
        day = completion.done_on if completion else None
        how = standing(due_on=row.due_on, done_on=day, today=today)
        found.append(Task(row, choice, choice.total, read.get(choice.pk, 0), completion, how))  # type: ignore[attr-defined]
    return found


def _in_use(versions: list[CourseVersion], read: dict[int, int], done: dict[int, Completion]) -> CourseVersion | None:
    """The one completed, else the one begun, else the newest (``versions`` come newest first)."""
    for known in (done, read):
        for version in versions:
            if version.pk in known:
                return version
    return versions[0] if versions else None


def version_for(employee: Employee, course: Course) -> CourseVersion | None:
    """The version ``employee`` reads: see ``tasks``."""
    versions = list(course.versions.filter(published_at__isnull=False).order_by("-number"))
    read = {
        pk: 1
        for pk in LessonDone.objects.filter(employee=employee, lesson__version__course=course).values_list(
            "lesson__version", flat=True
        )
    }
    done = {c.version_id: c for c in employee.completions.filter(version__course=course)}  # type: ignore[attr-defined]
    return _in_use(versions, read, done)


def lesson_rows(employee: Employee, version: CourseVersion) -> list[dict[str, Any]]:
    done = set(LessonDone.objects.filter(employee=employee, lesson__version=version).values_list("lesson", flat=True))
    return [{"lesson": lesson, "done": lesson.pk in done} for lesson in version.lessons.all()]


def best_attempt(employee: Employee, version: CourseVersion) -> QuizAttempt | None:
    return QuizAttempt.objects.filter(employee=employee, version=version).order_by("-score", "at").first()


def counts(assignments: QuerySet[Assignment], today: dt.date, *keys: str) -> list[dict[str, Any]]:
    """Per ``keys``: ``assigned``, ``done``, ``late`` (not done and past due), of those still employed."""
    rows = with_done(assignments.filter(here(today))).order_by().values(*keys)
    return list(
        rows.annotate(
            assigned=Count("pk"),
            finished=Count("pk", filter=Q(done=True)),
            late=Count("pk", filter=Q(done=False, due_on__lt=today)),
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
    return Employee.objects.here(today).filter(unit__in=units).exclude(pk=leader.pk).select_related("unit")


def matrix(people: Iterable[Employee], today: dt.date) -> tuple[list[Course], list[dict[str, Any]]]:
    """Rows of people, columns of courses; a cell tells how the assignment stands, ``None`` when there is none."""
    people = list(people)
    assignments = list(Assignment.objects.filter(employee__in=people).select_related("course"))
    done: dict[tuple[int, int], dt.date] = {}
    completions = Completion.objects.filter(employee__in=people).order_by("-done_on")
    for employee, course, day in completions.values_list("employee", "version__course", "done_on"):
        done[employee, course] = day
    cells: dict[tuple[int, int], dict[str, Any]] = {}
    courses: dict[int, Course] = {}
    for row in assignments:
        courses[row.course.pk] = row.course
        key = (row.employee_id, row.course.pk)  # type: ignore[attr-defined]
        done_on = done.get(key)
        cells[key] = {
            "standing": standing(due_on=row.due_on, done_on=done_on, today=today),
            "due_on": row.due_on,
            "done_on": done_on,
        }
    columns = sorted(courses.values(), key=lambda course: course.name)
    rows = [{"employee": e, "cells": [cells.get((e.pk, course.pk)) for course in columns]} for e in people]
    return columns, rows
