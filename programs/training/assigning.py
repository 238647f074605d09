"""What HR gives by hand: to a cohort, taken back from it, and ended for who is not there any more."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from culture.access import audit
from culture.access.permissions import Permission, sees_everything
from culture.people.models import Employee
from programs.planning.models import Cohort, Enrolment
from programs.planning.queries import cohorts_within
from programs.training.models import Assignment, Completion, Course

BATCH = 2000
DAY = dt.timedelta(days=1)


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
    people = without(course.pk, cohort.pk, today)
    rows = [Assignment(course=course, cohort=cohort, employee_id=pk, assigned_on=today, due_on=due_on) for pk in people]
    Assignment.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    audit.record(by, "assigned course", course, cohort=cohort.name, due_on=due_on, people=len(rows))
    return len(rows)


def without(course: int, cohort: int, today: dt.date) -> list[int]:
    """Employees of the cohort who do not have the course: what they had and what ended is given anew."""
    has_one = Assignment.objects.filter(
        course=course, employee=OuterRef("employee"), step__isnull=True, ended_on__isnull=True
    )
    gone = Q(employee__left_on__lt=today)
    people = Enrolment.objects.filter(~gone, ~Exists(has_one), cohort=cohort, until__isnull=True)
    return list(people.values_list("employee", flat=True))


# -- taken back ------------------------------------------------------------------------------------------------------


def cohorts_of(user: Employee) -> QuerySet[Cohort]:
    """From which somebody may take a course back: also from those of programs that are paused or over."""
    if sees_everything(user, Permission.MANAGE_TRAINING):
        return Cohort.objects.all()
    return cohorts_within(user, Permission.MANAGE_TRAINING)


@dataclass(frozen=True)
class Preview:
    """Of how many it would be asked no more, and how many have done it already."""

    asked: int
    done: int


def given(course: Course, cohort: Cohort) -> QuerySet[Any]:
    """What the cohort has by hand, with ``done``."""
    rows = Assignment.objects.filter(course=course, cohort=cohort, step__isnull=True, version__isnull=True)
    return rows.filter(ended_on__isnull=True).annotate(done=Exists(_completions()))


def preview(course: Course, cohort: Cohort) -> Preview:
    done = list(given(course, cohort).values_list("done", flat=True))
    return Preview(len(done) - sum(done), sum(done))


@transaction.atomic
def take_back(*, by: Employee, course: Course, cohort: Cohort, reason: str, today: dt.date) -> Preview:
    """The course is not the cohort's any more: who has not done it is asked no more, who has done it has done it.

    No row stays with the cohort, so that who joins it later is not given it either.
    """
    problems: dict[str, list[str]] = {}
    if not reason.strip():
        problems["reason"] = [_("Say why: those who come after you read it.")]
    rows = list(given(course, cohort).select_for_update(of=("self",)).values_list("pk", "done"))
    if not rows:
        problems["__all__"] = [_("Nobody in this cohort has the course any more.")]
    if problems:
        raise ValidationError(problems)
    Assignment.objects.filter(pk__in=[pk for pk, done in rows if not done]).update(ended_on=today - DAY)
    Assignment.objects.filter(course=course, cohort=cohort, step__isnull=True, version__isnull=True).update(cohort=None)
    found = Preview(sum(not done for _pk, done in rows), sum(done for _pk, done in rows))
    told = {"cohort": cohort.name, "people": found.asked, "done": found.done, "reason": " ".join(reason.split())}
    audit.record(by, "took back course", course, **told)
    return found


# -- of who is not there any more ------------------------------------------------------------------------------------


def end_gone(*, today: dt.date) -> int:
    """End what is not done of those who left, and of those who are in the cohort's program no more. Two statements."""
    held = Assignment.objects.filter(~Exists(_completions()), step__isnull=True, ended_on__isnull=True)
    left = Employee.objects.filter(pk=OuterRef("employee"), left_on__lt=today)
    gone = Assignment.objects.filter(pk__in=held.filter(Exists(left)).order_by().values("pk"))
    ended = gone.update(ended_on=Subquery(left.values("left_on")[:1]))
    ever = Enrolment.objects.filter(employee=OuterRef("employee"), program=OuterRef("cohort__program"))
    still = ever.filter(Q(until__isnull=True) | Q(until__gte=today))
    out = held.filter(~Exists(still), cohort__isnull=False)
    mine = Enrolment.objects.filter(employee=OuterRef("employee"), program__cohorts=OuterRef("cohort"))
    last = Subquery(mine.order_by("-until").values("until")[:1])
    rows = Assignment.objects.filter(pk__in=out.order_by().values("pk"))
    return ended + rows.update(ended_on=Coalesce(last, today - DAY))


def _completions() -> QuerySet[Completion]:
    """What counts for an assignment by hand; of additions, only what was done of that version or a later one."""
    rows = Completion.objects.filter(employee=OuterRef("employee"), version__course=OuterRef("course"))
    first = Coalesce(OuterRef("version__number"), 0)
    return rows.filter(revocation__isnull=True).annotate(first=first).filter(version__number__gte=F("first"))
