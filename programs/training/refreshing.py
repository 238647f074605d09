"""Refreshers: a few questions some time after a course, to keep what was learned. An offer: nothing depends on it.

Spaced repetition works best with growing gaps (Cepeda et al. 2008, Psychological Science 19, 1095–1102); the days are
the course's own, 7, 30 and 90 unless HR says otherwise. How somebody did is his own; that he did it well enough is
what ``kept`` tells, and it can only speak for him.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.people.models import Employee
from programs.training import questions, quizzes
from programs.training.answering import Turn
from programs.training.content_models import Refresher, RefresherStop
from programs.training.models import Completion, Course, CourseVersion
from programs.training.quizzes import Rules

# Who completed something long before refreshers began is not asked about it now.
LATEST = 14
BATCH = 2000


def offer(*, today: dt.date) -> int:
    """The refreshers that fall due today (or fell due while nothing ran); idempotent by a unique constraint."""
    asking: dict[tuple[int, int], list[int]] = defaultdict(list)
    for pk, spaced in Course.objects.exclude(refresh_days=[]).order_by().values_list("pk", "refresh_days"):
        for number, days in enumerate(spaced, start=1):
            asking[number, days].append(pk)
    return sum(_offered(courses, number, days, today) for (number, days), courses in sorted(asking.items()))


@transaction.atomic
def _offered(courses: list[int], number: int, days: int, today: dt.date) -> int:
    """Of all courses that ask for the ``number``-th one after as many days: one search, whatever their number."""
    last = today - dt.timedelta(days=days)
    done = Completion.objects.filter(
        ~Exists(Refresher.objects.filter(completion=OuterRef("pk"), number=number)),
        ~Exists(RefresherStop.objects.filter(employee=OuterRef("employee"), course=OuterRef("version__course"))),
        # Done again since: the newer one is refreshed.
        ~Exists(
            Completion.objects.filter(
                employee=OuterRef("employee"),
                version__course=OuterRef("version__course"),
                done_on__gt=OuterRef("done_on"),
            )
        ),
        Q(employee__left_on__isnull=True) | Q(employee__left_on__gte=today),
        version__in=CourseVersion.objects.filter(course__in=courses).exclude(quiz=[]).values("pk"),
        done_on__range=(last - dt.timedelta(days=LATEST), last),
        revocation__isnull=True,
    ).only("pk", "employee", "version", "done_on")
    found = list(done)
    versions = CourseVersion.objects.select_related("course").in_bulk({one.version_id for one in found})  # type: ignore[attr-defined]
    rows = []
    for one in found:
        version = versions[one.version_id]  # type: ignore[attr-defined]
        rows.append(
            Refresher(
                employee_id=one.employee_id,  # type: ignore[attr-defined]
                completion=one,
                number=number,
                due_on=one.done_on + dt.timedelta(days=days),
                asked=draw(version.quiz, version.course.refresh_questions, number, seed=f"{one.pk}"),
            )
        )
    return len(Refresher.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True))


def draw(quiz: quizzes.Quiz, count: int, number: int, *, seed: str) -> list[str]:
    """Names of ``count`` questions, other ones each time until all were asked."""
    names = [question.get("name", "") for question in quiz if question.get("name")]
    random.Random(seed).shuffle(names)  # noqa: S311 - who sees which question is no secret
    begin = (number - 1) * count
    return [names[(begin + place) % len(names)] for place in range(min(count, len(names)))]


def waiting(employee: Employee, today: dt.date) -> list[Refresher]:
    """The newest open one of each course."""
    rows = Refresher.objects.filter(
        employee=employee, done_at__isnull=True, skipped_at__isnull=True, due_on__lte=today
    ).select_related("completion__version__course")
    found: dict[int, Refresher] = {}
    for row in rows.order_by("due_on", "number"):
        found[row.completion.version.course_id] = row  # type: ignore[attr-defined]
    return list(found.values())


def asked(refresher: Refresher, language: str) -> list[dict[str, Any]]:
    """Its questions in ``language``; one that is gone from the version is left out."""
    quiz = {question.get("name", ""): question for question in refresher.completion.version.quiz_in(language)}
    return [quiz[name] for name in refresher.asked if name in quiz]


def turn(refresher: Refresher, quiz: Sequence[questions.Question]) -> Turn:
    """Shuffled, always the same way: going back shows the same page."""
    paper = quizzes.paper(quiz, Rules(shuffled=True), seed=f"refresher:{refresher.pk}")
    return Turn(1, paper, None, None)


@transaction.atomic
def answer(*, by: Employee, refresher: Refresher, answers: quizzes.Answers, now: dt.datetime) -> Refresher:
    """Keep the answers, once. Not audited: how somebody did is his own."""
    row = Refresher.objects.select_for_update(of=("self",)).select_related("completion__version").get(pk=refresher.pk)
    if row.employee_id != by.pk:  # type: ignore[attr-defined]
        raise ValidationError({"__all__": [_("This is somebody else's.")]})
    if row.done_at is not None:
        return row
    quiz = asked(row, row.completion.version.language)
    given = [list(one) for one in answers]
    if problems := quizzes.check_answers(quiz, range(len(quiz)), given):
        raise ValidationError(problems)
    row.answers, row.done_at, row.skipped_at = given, now, None
    row.right = sum(questions.is_right(question, one) for question, one in zip(quiz, given, strict=True))
    row.save(update_fields=["answers", "right", "done_at", "skipped_at"])
    return row


@transaction.atomic
def skip(*, by: Employee, refresher: Refresher, now: dt.datetime, for_good: bool = False) -> None:
    """Not this one; ``for_good``: none of this course any more."""
    open_ones = Refresher.objects.filter(employee=by, done_at__isnull=True, skipped_at__isnull=True)
    course = refresher.completion.version.course
    if for_good:
        RefresherStop.objects.get_or_create(employee=by, course=course, defaults={"at": now})
        open_ones.filter(completion__version__course=course).update(skipped_at=now)
    else:
        open_ones.filter(pk=refresher.pk).update(skipped_at=now)


def resume(*, by: Employee, course: Course) -> None:
    RefresherStop.objects.filter(employee=by, course=course).delete()


def stopped(employee: Employee, course: Course) -> bool:
    return RefresherStop.objects.filter(employee=employee, course=course).exists()


def told(employee: Employee, course: Course) -> dict[str, Any]:
    """For the course's page: after how many days, and whether one wants none."""
    return {"days": list(course.refresh_days), "stopped": stopped(employee, course)}


def history(employee: Employee, course: Course) -> list[Refresher]:
    """One's own, newest first."""
    rows = Refresher.objects.filter(employee=employee, completion__version__course=course)
    return list(rows.filter(done_at__isnull=False).order_by("-done_at"))


def kept(
    employees: Collection[int], courses: Iterable[int], day: dt.date | None = None
) -> dict[tuple[int, int], dt.date]:
    """{(employee, course): the last day, up to ``day``, on which at least half of a refresher was right}: *keep*.

    Whoever skips, or answers wrong, is simply not in it: it speaks for people, never against them. One query.
    """
    held = Q(completion__revocation=None)
    if day is not None:
        held |= Q(completion__revocation__on__gt=day)
    done = Refresher.objects.filter(
        held,
        employee__in=employees,
        completion__version__course__in=list(courses),
        done_at__isnull=False,
        right__gt=0,
    ).order_by("done_at")
    found: dict[tuple[int, int], dt.date] = {}
    for employee, course, names, right, at in done.values_list(
        "employee", "completion__version__course", "asked", "right", "done_at"
    ):
        on = timezone.localdate(at)
        if right * 2 >= len(names) and (day is None or on <= day):
            found[employee, course] = on
    return found
