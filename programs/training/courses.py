"""Assigning courses, doing them (``editions`` writes them). A completion, once granted, is never touched again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from culture.people.models import Employee
from programs.training import facts, granting, queries, questions, standing
from programs.training.editions import publish, publish_draft, save_draft, take_questions
from programs.training.models import Assignment, Completion, Course, CourseVersion, Lesson, LessonDone, QuizAttempt
from programs.training.path_models import Step
from programs.training.session_models import CAME, Seat

__all__ = ["publish", "publish_draft", "save_draft", "take_questions"]

BATCH = 2000
LONG_AGO = dt.date(1970, 1, 2)


@transaction.atomic
def finish_lesson(*, employee: Employee, lesson: Lesson, now: dt.datetime | None = None) -> Completion | None:
    """Note the lesson as done (anew, when the course is being renewed); the completion, if nothing is missing."""
    now = now or timezone.now()
    row, new = LessonDone.objects.get_or_create(employee=employee, lesson=lesson, defaults={"at": now})
    since = since_of(employee, lesson.version, timezone.localdate(now))
    if not new and since is not None and timezone.localdate(row.at) < since:
        LessonDone.objects.filter(pk=row.pk).update(at=now)
    return grant(employee, lesson.version, now)


def since_of(employee: Employee, version: CourseVersion, today: dt.date) -> dt.date | None:
    """From which day on something done counts for the next completion of the course; None: whenever it was."""
    return standing.renewal(employee.pk, version.course_id, today).since  # type: ignore[attr-defined]


def _moment(day: dt.date | None) -> dt.datetime:
    """The first moment of a day; long ago for none."""
    return timezone.make_aware(dt.datetime.combine(day or LONG_AGO, dt.time()))


def lessons_left(employee: Employee, version: CourseVersion, since: dt.date | None = None) -> bool:
    """Whether a lesson is still to be read (since the day)."""
    done = LessonDone.objects.filter(employee=employee, lesson=OuterRef("pk"), at__gte=_moment(since))
    return version.lessons.filter(~Exists(done)).exists()


def sessions_left(employee: Employee, version: CourseVersion, since: dt.date | None = None) -> int:
    """How many meetings in class are still to be attended (since the day)."""
    if not version.sessions:
        return 0
    came = Q(employee=employee, session__course=version.course, attendance__in=CAME)
    came &= Q(session__starts_at__gte=_moment(since), session__cancelled_at__isnull=True)
    return max(0, version.sessions - Seat.objects.filter(came).count())


def asks(employee: Employee, course: Course, day: dt.date) -> bool:
    """Whether the course, or anything of it (its meetings, its quiz), is asked of somebody on the day."""
    held = standing.assignments(day).filter(Q(course=course) | Q(step__course=course), employee=employee)
    return held.exists()


def quiz_alone(employee: Employee, course: Course | int) -> bool:
    """Whether a path asks somebody for the quiz of a course and not for its lessons."""
    pk = course if isinstance(course, int) else course.pk
    asked = Assignment.objects.filter(employee=employee, ended_on__isnull=True)
    kinds = set(asked.filter(Q(course=pk) | Q(step__course=pk)).values_list("step__kind", flat=True))
    return kinds == {Step.Kind.QUIZ.value}


def grant_newest(*, employee: Employee, course: Course, now: dt.datetime) -> Completion | None:
    """After a meeting: the completion of the version the person is at, and the steps of paths that rest on it."""
    version = queries.version_for(employee, course, timezone.localdate(now))
    done = grant(employee, version, now) if version else None
    granting.attain(today=timezone.localdate(now), employees=[employee.pk])
    return done


def grant(employee: Employee, version: CourseVersion, now: dt.datetime) -> Completion | None:
    """The completion, if nothing is missing any more.

    While one counts there is no other; once its renewal is open, only what was done since then makes the next.
    """
    today = timezone.localdate(now)
    here = standing.renewal(employee.pk, version.course_id, today)  # type: ignore[attr-defined]
    added = _added(employee, version, today)
    if here.holds and not added:
        return _counting(employee, version, today)
    since = None if added else here.since
    completion = None
    if not lessons_left(employee, version, since) and not sessions_left(employee, version, since):
        completion = _grant(employee, version, today, since, added)
    # A quiz or a meeting may be all that a step of a path asks for.
    granting.attain(today=today, employees=[employee.pk])
    return completion


def _grant(
    employee: Employee, version: CourseVersion, today: dt.date, since: dt.date | None, added: Completion | None
) -> Completion | None:
    attempt = None
    if version.quiz and not (added and _asks(added.version) == _asks(version)):
        passed = QuizAttempt.objects.filter(employee=employee, version=version, passed=True, at__gte=_moment(since))
        attempt = passed.order_by("at").first()
        if attempt is None:
            return None
    proof = evidence(version, attempt)
    if added is not None:
        proof |= {"added_to": added.version.number}
    completion, _new = Completion.objects.get_or_create(
        employee=employee,
        version=version,
        done_on=today,
        defaults={
            "score": attempt.score if attempt else None,
            "evidence": proof,
            **vars(standing.course_rule(employee.pk, version.course_id, today)),  # type: ignore[attr-defined]
        },
    )
    return completion


def _asks(version: CourseVersion) -> list[dict[str, Any]]:
    """What a quiz asks, whatever its questions are called."""
    return [{key: value for key, value in question.items() if key != "name"} for question in version.quiz]


def _added(employee: Employee, version: CourseVersion, today: dt.date) -> Completion | None:
    """The earlier completion that counts, when HR asks for what ``version`` added and that is not done yet."""
    asked = Assignment.objects.filter(employee=employee, version=version, ended_on__isnull=True)
    if not asked.exists():
        return None
    every = Completion.objects.filter(employee=employee, version__course=version.course_id)  # type: ignore[attr-defined]
    done = facts.counted(every, today)
    if done.filter(version__number__gte=version.number).exists():
        return None
    return done.select_related("version").order_by("-version__number", "-done_on").first()


def _counting(employee: Employee, version: CourseVersion, today: dt.date) -> Completion | None:
    """The completion that counts today: of this version, else of another one."""
    rows = facts.counted(Completion.objects.filter(employee=employee, version__course=version.course_id), today)  # type: ignore[attr-defined]
    return rows.filter(version=version).order_by("-done_on").first() or rows.order_by("-done_on").first()


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
