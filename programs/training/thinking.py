"""What somebody writes for himself to a lesson's question. Only he reads it: nothing shows it to anybody else."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.people.models import Employee
from programs.training.content_models import LONGEST_THOUGHT, Thought
from programs.training.models import CourseVersion, Lesson


def of_lesson(employee: Employee, lesson: Lesson) -> Thought | None:
    return Thought.objects.filter(employee=employee, lesson=lesson).first()


def of_version(employee: Employee, version: CourseVersion) -> dict[int, str]:
    """{lesson's id: what he wrote}."""
    rows = Thought.objects.filter(employee=employee, lesson__version=version)
    return dict(rows.values_list("lesson", "text"))


@transaction.atomic
def keep(*, by: Employee, lesson: Lesson, text: str, now: dt.datetime) -> None:
    """Keep, change or (empty) remove one's own thought. Not audited: the trail would tell who wrote what when."""
    text = text.replace("\x00", "").strip()
    if len(text) > LONGEST_THOUGHT:
        told = _("This is longer than %(most)d letters: shorten it.") % {"most": LONGEST_THOUGHT}
        raise ValidationError({"thought": [told]})
    if text:
        Thought.objects.update_or_create(employee=by, lesson=lesson, defaults={"text": text, "at": now})
    else:
        Thought.objects.filter(employee=by, lesson=lesson).delete()
