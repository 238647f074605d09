"""Writing courses, assigning them, doing them. A completion, once granted, is never touched again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.planning.models import Cohort
from programs.training import queries, questions, quizzes
from programs.training.models import Assignment, Completion, Course, CourseVersion, Lesson, LessonDone, QuizAttempt
from programs.training.session_models import CAME, Seat

BATCH = 2000
DEFAULT_PASS_MARK = 70


@transaction.atomic
def save_draft(
    *,
    by: Employee | None,
    name: str,
    summary: str = "",
    requirements: Iterable[str] = (),
    lessons: Sequence[tuple[str, str]],
    quiz: quizzes.Quiz = (),
    pass_mark: int = 70,
    rules: quizzes.Rules | None = None,
    sessions: int = 0,
    course: Course | None = None,
) -> CourseVersion:
    """Write the course's one draft (the next version); published versions stay as they are."""
    rules = rules or quizzes.Rules()
    _refuse(course, name, lessons, quiz, pass_mark, rules)
    if course is None:
        course = Course.objects.create(name=name.strip())
    # The lock makes two editors' saves follow each other, so that a course never has two drafts.
    course = Course.objects.select_for_update().get(pk=course.pk)
    course.name, course.summary, course.requirements = name.strip(), summary, list(requirements)
    course.save()
    draft = course.versions.filter(published_at=None).first()
    if draft is None:
        last = course.versions.aggregate(last=Max("number"))["last"] or 0
        draft = CourseVersion(course=course, number=last + 1)
    draft.quiz, draft.pass_mark = [questions.clean(question) for question in quiz], pass_mark if quiz else 0
    draft.rules = rules if quiz else quizzes.Rules()
    draft.sessions = sessions
    draft.save()
    draft.lessons.all().delete()
    Lesson.objects.bulk_create(
        Lesson(version=draft, position=position, title=title.strip(), body=body)
        for position, (title, body) in enumerate(lessons, start=1)
    )
    audit.record(by, "saved course draft", course, name=course.name, version=draft.number)
    return draft


@transaction.atomic
def take_questions(
    *, by: Employee | None, course: Course, questions: Sequence[quizzes.Question], replace: bool
) -> CourseVersion:
    """Put imported questions into the course's draft, after those there or instead of them."""
    Course.objects.select_for_update().get(pk=course.pk)
    last = course.versions.order_by("-number").first()
    there = list(last.quiz) if last else []
    return save_draft(
        by=by,
        course=course,
        name=course.name,
        summary=course.summary,
        requirements=course.requirements,
        lessons=[(lesson.title, lesson.body) for lesson in last.lessons.all()] if last else [],
        quiz=[*([] if replace else there), *questions],
        pass_mark=last.pass_mark if last and there else DEFAULT_PASS_MARK,
        rules=last.rules if last and there else None,
        sessions=last.sessions if last else 0,
    )


@transaction.atomic
def publish_draft(*, by: Employee | None, course: Course, now: dt.datetime | None = None) -> CourseVersion:
    """Freeze the draft. Whoever begins from now on gets it; who has begun or completed an earlier one keeps that."""
    Course.objects.select_for_update().get(pk=course.pk)
    draft = course.versions.filter(published_at=None).first()
    if draft is None:
        raise ValidationError({"__all__": [_("There is no draft to publish.")]})
    if not draft.lessons.exists():
        raise ValidationError({"lessons": [_("A course needs at least one lesson before it is published.")]})
    draft.published_at = now or timezone.now()
    draft.save(update_fields=["published_at"])
    audit.record(by, "published course", course, name=course.name, version=draft.number)
    return draft


@transaction.atomic
def publish(
    *,
    by: Employee | None,
    name: str,
    summary: str = "",
    requirements: Iterable[str] = (),
    lessons: Sequence[tuple[str, str]],
    quiz: quizzes.Quiz = (),
    pass_mark: int = 70,
    rules: quizzes.Rules | None = None,
    sessions: int = 0,
    now: dt.datetime | None = None,
) -> CourseVersion:
    """Write and publish in one go: a new course, or the next version of the one called ``name``."""
    course = Course.objects.filter(name=name.strip()).first()
    draft = save_draft(
        by=by,
        course=course,
        name=name,
        summary=summary,
        requirements=requirements,
        lessons=lessons,
        quiz=quiz,
        pass_mark=pass_mark,
        rules=rules,
        sessions=sessions,
    )
    return publish_draft(by=by, course=draft.course, now=now)


@transaction.atomic
def assign(*, by: Employee | None, course: Course, cohort: Cohort, due_on: dt.date, today: dt.date) -> int:
    """Everyone enrolled in ``cohort`` must do ``course`` by ``due_on``; return for how many this is new."""
    problems: dict[str, list[str]] = {}
    if due_on < today:
        problems["due_on"] = [_("This day is past: choose today or a later one.")]
    if not course.versions.filter(published_at__isnull=False).exists():
        problems["__all__"] = [_("Publish the course before you assign it.")]
    if problems:
        raise ValidationError(problems)
    rows = _missing(course, cohort, assigned_on=today, due_on=due_on)
    audit.record(by, "assigned course", course, cohort=cohort.name, due_on=due_on, people=len(rows))
    return len(rows)


def _missing(course: Course, cohort: Cohort, *, assigned_on: dt.date, due_on: dt.date) -> list[Assignment]:
    has_one = Assignment.objects.filter(course=course, employee=OuterRef("employee"))
    people = cohort.enrolments.filter(~Exists(has_one), until__isnull=True).values_list("employee", flat=True)
    rows = [
        Assignment(course=course, cohort=cohort, employee_id=pk, assigned_on=assigned_on, due_on=due_on)
        for pk in people
    ]
    return Assignment.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


@transaction.atomic
def finish_lesson(*, employee: Employee, lesson: Lesson, now: dt.datetime | None = None) -> Completion | None:
    """Note the lesson as done; the completion, when that was the last thing missing."""
    now = now or timezone.now()
    LessonDone.objects.get_or_create(employee=employee, lesson=lesson, defaults={"at": now})
    return grant(employee, lesson.version, now)


def lessons_left(employee: Employee, version: CourseVersion) -> bool:
    """Whether a lesson is still to be read."""
    done = LessonDone.objects.filter(employee=employee, lesson=OuterRef("pk"))
    return version.lessons.filter(~Exists(done)).exists()


def sessions_left(employee: Employee, version: CourseVersion) -> int:
    """How many meetings in class are still to be attended."""
    if not version.sessions:
        return 0
    came = Q(employee=employee, session__course=version.course, attendance__in=CAME)
    return max(0, version.sessions - Seat.objects.filter(came, session__cancelled_at__isnull=True).count())


def grant_newest(*, employee: Employee, course: Course, now: dt.datetime) -> Completion | None:
    """After a meeting: the completion of the version the person is at, if nothing else is missing."""
    done = Completion.objects.filter(employee=employee, version__course=course).exists()
    version = None if done else queries.version_for(employee, course)
    return grant(employee, version, now) if version else None


def grant(employee: Employee, version: CourseVersion, now: dt.datetime) -> Completion | None:
    """The completion, if nothing is missing any more; granted once, whatever follows."""
    if lessons_left(employee, version) or sessions_left(employee, version):
        return None
    attempt = None
    if version.quiz:
        attempt = QuizAttempt.objects.filter(employee=employee, version=version, passed=True).order_by("at").first()
        if attempt is None:
            return None
    completion, _new = Completion.objects.get_or_create(
        employee=employee,
        version=version,
        defaults={
            "done_on": timezone.localdate(now),
            "score": attempt.score if attempt else None,
            "evidence": evidence(version, attempt),
        },
    )
    return completion


def evidence(version: CourseVersion, attempt: QuizAttempt | None) -> dict[str, Any]:
    """What a completion rests on, kept with it."""
    return {
        "course": version.course.name,
        "version": version.number,
        "pass_mark": version.pass_mark,
        "score": attempt.score if attempt else None,
        "attempt": attempt.pk if attempt else None,
        **({"sessions": version.sessions} if version.sessions else {}),
    }


@transaction.atomic
def record_history(*, version: CourseVersion, done: Iterable[tuple[int, int | None, dt.datetime]]) -> list[Completion]:
    """Completions of the past, many at once, as (employee id, score, moment), with lessons and attempts behind them."""
    rows = list(done)
    lessons = list(version.lessons.all())
    LessonDone.objects.bulk_create(
        (LessonDone(employee_id=pk, lesson=lesson, at=at) for pk, _score, at in rows for lesson in lessons),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    attempts: list[QuizAttempt | None] = [None] * len(rows)
    if version.quiz:
        right = [questions.right_answer(question) for question in version.quiz]
        every = list(range(len(version.quiz)))
        attempts = list(
            QuizAttempt.objects.bulk_create(
                (
                    QuizAttempt(
                        employee_id=pk,
                        version=version,
                        asked=every,
                        answers=right,
                        score=score or 100,
                        passed=True,
                        at=at,
                    )
                    for pk, score, at in rows
                ),
                batch_size=BATCH,
            )
        )
    return Completion.objects.bulk_create(
        (
            Completion(
                employee_id=pk,
                version=version,
                done_on=timezone.localdate(at),
                score=attempt.score if attempt else None,
                evidence=evidence(version, attempt),
            )
            for (pk, _score, at), attempt in zip(rows, attempts, strict=True)
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def _refuse(
    course: Course | None,
    name: str,
    lessons: Sequence[tuple[str, str]],
    quiz: quizzes.Quiz,
    pass_mark: int,
    rules: quizzes.Rules,
) -> None:
    problems = quizzes.check(quiz, pass_mark, rules)
    if not name.strip():
        problems["name"] = [_("Give the course a name.")]
    elif Course.objects.filter(name__iexact=name.strip()).exclude(pk=course.pk if course else 0).exists():
        problems["name"] = [_("Another course has this name already.")]
    for number, (title, body) in enumerate(lessons):
        if not title.strip():
            problems[f"lesson_{number}_title"] = [_("Give this lesson a title.")]
        if not body.strip():
            problems[f"lesson_{number}_body"] = [_("This lesson is empty.")]
    if problems:
        raise ValidationError(problems)
