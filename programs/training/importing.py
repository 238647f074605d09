"""Course folders in and out: what a folder would change, taking it over as a draft, and the plan to write it again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from culture.framework.models import Requirement
from culture.people.models import Employee
from programs.training import editions
from programs.training.editions import newest
from programs.training.interchange.plans import CoursePlan, Problem
from programs.training.models import Course, CourseVersion

__all__ = ["Preview", "find", "newest", "plan_of", "preview", "published", "take", "unknown"]


@dataclass(frozen=True)
class Preview:
    """``course``: the one that gets a draft (None: a new one). ``overwrites``: it has a draft that would be lost."""

    course: Course | None
    overwrites: bool
    lessons_before: int
    questions_before: int
    unknown: list[str]


def find(plan: CoursePlan) -> Course | None:
    """The course a folder is: by its short name, else by its name."""
    return (
        Course.objects.filter(slug=plan.slug).first()
        or Course.objects.filter(Q(slug__isnull=True) | Q(slug=""), name__iexact=plan.name).first()
    )


def unknown(plan: CoursePlan) -> list[str]:
    """Requirements the organisation's framework does not have."""
    there = set(Requirement.objects.filter(code__in=plan.requirements).values_list("code", flat=True))
    return [code for code in plan.requirements if code not in there]


def preview(plan: CoursePlan) -> Preview:
    course = find(plan)
    last = newest(course) if course else None
    return Preview(
        course=course,
        overwrites=bool(last and last.published_at is None),
        lessons_before=last.lessons.count() if last else 0,
        questions_before=len(last.quiz) if last else 0,
        unknown=unknown(plan),
    )


@transaction.atomic
def take(
    *, by: Employee | None, plan: CoursePlan, publish: bool = False, now: dt.datetime | None = None
) -> CourseVersion:
    """The folder as the draft of its course (or of a new one); all of it or nothing.

    Requirements this framework does not have are left out: whoever takes it over is told before.
    """
    missing = unknown(plan)
    plan.requirements = [code for code in plan.requirements if code not in missing]
    course = find(plan)
    last = newest(course) if course else None
    # A lesson is the same one when it stands at the same place: a folder knows its lessons by their number.
    for place, lesson in enumerate(last.lessons.all() if last else []):
        if place < len(plan.lessons):
            plan.lessons[place].key = lesson.key
    draft = editions.write(by=by, plan=plan, course=course)
    return editions.publish_draft(by=by, course=draft.course, now=now) if publish else draft


def plan_of(version: CourseVersion) -> CoursePlan:
    """A version with its files, as a folder holds it."""
    return editions.plan_of(version, with_files=True)


def published(course: Course) -> CourseVersion | None:
    """What people see; else the draft."""
    rows = course.versions.select_related("course")
    return rows.exclude(published_at=None).order_by("-number").first() or rows.order_by("-number").first()


def unknown_problems(plan: CoursePlan, known: set[str]) -> list[Problem]:
    told = _("The framework has no requirement %(codes)s.")
    return [Problem("course.toml", 0, told % {"codes": code}) for code in plan.requirements if code not in known]
