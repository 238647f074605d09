"""Taking a quiz: the paper of the next attempt, handing it in, what it grants."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from culture.people.models import Employee
from programs.training import courses, quizzes
from programs.training.models import CourseVersion, QuizAttempt
from programs.training.quizzes import Paper


@dataclass(frozen=True)
class Turn:
    """The attempt somebody is at: its ``number`` (from 1), its paper, until when he must wait (None: not), and how
    many tries there are before a pause (None: no limit)."""

    number: int
    paper: Paper
    wait_until: dt.datetime | None
    left: int | None


def turn(employee: Employee, version: CourseVersion, now: dt.datetime) -> Turn:
    """Only failures count towards the limit: who has passed may look again."""
    attempts = list(
        QuizAttempt.objects.filter(employee=employee, version=version).order_by("at").values_list("at", "passed")
    )
    rules = version.rules
    number = len(attempts) + 1
    passed = any(passed for _at, passed in attempts)
    failed = [] if passed else [at for at, _passed in attempts]
    until = quizzes.next_try(failed, rules)
    paper = quizzes.paper(version.quiz, rules, seed=f"{version.pk}:{employee.pk}:{number}")
    waits = until is not None and until > now
    left = None if passed else quizzes.tries_left(failed, rules, now)
    return Turn(number, paper, until if waits else None, left)


@transaction.atomic
def answer_quiz(
    *, employee: Employee, version: CourseVersion, answers: quizzes.Answers, now: dt.datetime | None = None
) -> QuizAttempt:
    """Score and keep one attempt; passing it after all lessons completes the course.

    ``answers``: for each question of ``turn(…).paper.asked``, in that order. Raises ``ValidationError`` by field.
    """
    now = now or timezone.now()
    # Two windows handing in at once must not have one attempt more than there are.
    Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    here = turn(employee, version, now)
    asked, given = here.paper.asked, [list(answer) for answer in answers]
    problems = quizzes.check_answers(version.quiz, asked, given)
    since = courses.since_of(employee, version, timezone.localdate(now))
    alone = courses.quiz_alone(employee, version.course_id)  # type: ignore[attr-defined]
    if not alone and courses.lessons_left(employee, version, since):
        problems["__all__"] = [_("Finish the lessons first.")]
    elif here.wait_until is not None:
        moment = date_format(timezone.localtime(here.wait_until), "SHORT_DATETIME_FORMAT")
        problems["__all__"] = [_("You can try again from %(moment)s.") % {"moment": moment}]
    if problems:
        raise ValidationError(problems)
    score = quizzes.score(version.quiz, asked, given)
    attempt = QuizAttempt.objects.create(
        employee=employee,
        version=version,
        asked=list(asked),
        answers=given,
        score=score,
        passed=score >= version.pass_mark,
        at=now,
    )
    courses.grant(employee, version, now)
    return attempt
