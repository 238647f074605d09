"""What a new version of a course added, asked of those who completed an earlier one: only if HR says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.access import audit
from culture.people.models import Employee
from programs.training.models import Assignment, Completion, Course, CourseVersion, Lesson, LessonDone

BATCH = 2000


class AdditionsForm(forms.Form):
    due_on = forms.DateField(
        label=gettext_lazy("Due on (the last day on time)"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Say by when."), "invalid": gettext_lazy("This is no day.")},
    )


def newest(course: Course) -> CourseVersion | None:
    return course.versions.filter(published_at__isnull=False).order_by("-number").first()


def finishers(version: CourseVersion, today: dt.date) -> list[tuple[int, int]]:
    """(employee, version completed last) of those here who completed an earlier version, not this one, unasked yet."""
    done = Completion.objects.filter(version__course=version.course_id, revocation__isnull=True)  # type: ignore[attr-defined]
    newer = done.filter(employee=OuterRef("employee"), version__number__gte=version.number)
    asked = Assignment.objects.filter(employee=OuterRef("employee"), version=version)
    here = Employee.objects.here(today).values("pk")
    rows = done.filter(~Exists(newer), ~Exists(asked), employee__in=here).order_by("version__number", "done_on")
    return sorted(dict(rows.values_list("employee", "version")).items())


def _mark(lesson: Lesson) -> tuple[str, ...]:
    """A lesson is the same when all it says is."""
    return lesson.title, lesson.body, lesson.video, lesson.reflect


def unchanged(old: Iterable[Lesson], new: Iterable[Lesson]) -> dict[int, int]:
    """{lesson of the old version: the same one of the new}."""
    known = {_mark(lesson): lesson.pk for lesson in old}
    return {known[_mark(lesson)]: lesson.pk for lesson in new if _mark(lesson) in known}


@transaction.atomic
def ask(*, by: Employee, course: Course, due_on: dt.date, today: dt.date | None = None) -> int:
    """Each gets the lessons that are new or changed (and the quiz, if it changed); what is the same counts as read.

    Their completion stays what it is. Returns how many are asked.
    """
    today = today or timezone.localdate()
    course = Course.objects.select_for_update().get(pk=course.pk)
    version = newest(course)
    if version is None or version.number == 1:
        raise ValidationError(_("There is no new version whose additions could be asked for."))
    if due_on < today:
        raise ValidationError(_("This day is past: choose today or a later one."))
    people = finishers(version, today)
    if not people:
        raise ValidationError(_("Nobody is left to ask: all have completed this version or were asked."))
    _carry_over(version, people)
    rows = [
        Assignment(course=course, version=version, employee_id=pk, assigned_on=today, due_on=due_on)
        for pk, _old in people
    ]
    Assignment.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    audit.record(by, "asked for additions", course, name=course.name, version=version.number, people=len(rows))
    return len(rows)


def _carry_over(version: CourseVersion, people: list[tuple[int, int]]) -> None:
    """What is the same and was read is read."""
    new = list(version.lessons.all())
    by_old: dict[int, list[int]] = {}
    for employee, old in people:
        by_old.setdefault(old, []).append(employee)
    for old, employees in by_old.items():
        same = unchanged(Lesson.objects.filter(version=old), new)
        for first in range(0, len(employees), BATCH):
            some = employees[first : first + BATCH]
            read = LessonDone.objects.filter(lesson__in=same, employee__in=some)
            LessonDone.objects.bulk_create(
                (
                    LessonDone(employee_id=e, lesson_id=same[lesson], at=at)
                    for e, lesson, at in read.values_list("employee", "lesson", "at")
                ),
                batch_size=BATCH,
                ignore_conflicts=True,
            )
