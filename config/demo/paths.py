"""A training path that has been running for a while, and a draft: what HR, a manager and an employee find there."""

from __future__ import annotations

import datetime as dt
import random

from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.planning.models import Program
from programs.training import courses as doing
from programs.training import evaluating, granting, paths
from programs.training.models import Completion, Course, CourseVersion
from programs.training.path_models import Path, TrainingNight
from programs.training.path_rules import Conditions, StepPlan
from programs.training.standing import of_people

DAY = dt.timedelta(days=1)
NAME, SUMMARY = "Serving well", "What everybody in the program learns first, and keeps fresh."
JOINERS, FOR_JOINERS = "First weeks", "For who joins: the basics, seen at work soon after."


def walk(*, program: Program, by: Employee, learner: Employee, today: dt.date, rng: random.Random) -> int:
    """Returns how many are on the path. Begun 70 days ago, so that some are done, some late, some to renew."""
    courses = list(Course.objects.filter(versions__published_at__isnull=False).distinct().order_by("pk")[:4])
    seen = Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE).order_by("position").first()
    if len(courses) < 2 or seen is None:
        return 0
    began = today - 70 * DAY
    path = paths.save(
        by=by,
        name=NAME,
        summary=SUMMARY,
        starts_on=began,
        ends_on=program.ends_on,
        steps=_steps(courses, seen),
        today=began,
    )
    paths.change_rules(by=by, path=path, add=Conditions(program=program.pk), today=began)
    path = paths.start(by=by, path=path, today=began)
    evaluating.evaluate(path, today=today)
    version = CourseVersion.objects.filter(course=courses[0], published_at__isnull=False).latest("number")
    if not learner.completions.filter(version__course=courses[0]).exists():  # type: ignore[attr-defined]
        doing.record_history(version=version, done=[(learner.pk, 90, _noon(began + 12 * DAY))])
    _renewals(courses[0], learner, today, rng)
    granting.attain(today=today)
    _exceptions(path, by, learner, today)
    evaluating.count(path, today=today)
    draft = paths.save(
        by=by,
        name=JOINERS,
        summary=FOR_JOINERS,
        starts_on=today,
        ends_on=today + 365 * DAY,
        steps=_steps(courses[:2], seen)[1:],
        today=today,
    )
    paths.change_rules(by=by, path=draft, add=Conditions(joined_after=today - DAY), today=today)
    # Yesterday was done: the first night is today's, and nobody is told of old days.
    TrainingNight.objects.get_or_create(day=today - DAY, defaults={"done_at": _noon(today - DAY)})
    return path.enrolments.filter(ended_on=None).count()


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def _steps(courses: list[Course], seen: Behaviour) -> list[StepPlan]:
    first, *others = courses
    steps = [StepPlan(kind="course", subject=first.pk, due_days=30, months=18, window=60)]
    steps += [
        StepPlan(kind="course", subject=one.pk, due_days=60 + 20 * n, after=(1,) if n > 1 else ())
        for n, one in enumerate(others)
    ]
    return [*steps, StepPlan(kind="observation", subject=seen.pk, due_days=90, months=12, window=60)]


def _renewals(course: Course, learner: Employee, today: dt.date, rng: random.Random) -> None:
    """Some completed the first course almost a year ago: theirs is to be renewed, or has lapsed."""
    version = CourseVersion.objects.filter(course=course, published_at__isnull=False).latest("number")
    some = (
        Employee.objects.here(today).filter(path_enrolments__path__name=NAME, completions=None).exclude(pk=learner.pk)
    )
    for person in some.distinct().order_by("pk")[:25]:
        on = today - rng.randint(500, 556) * DAY
        evidence = {"course": course.name, "version": version.number, "score": 90}
        Completion.objects.create(employee=person, version=version, done_on=on, score=90, evidence=evidence)


def _exceptions(path: Path, by: Employee, learner: Employee, today: dt.date) -> None:
    """One colleague of the learner's is spared for a time; for another a certificate from elsewhere counts."""
    near = Employee.objects.here(today).filter(unit=learner.unit, path_enrolments__path=path).exclude(pk=learner.pk)
    people = list(near.exclude(pk=by.pk).distinct().order_by("pk")[:2])
    stands = of_people([one.pk for one in people], today, path)
    for place, person in enumerate(people):
        still = [one for one in stands[person.pk] if one.open and one.kind == "course"]
        if not still:
            continue
        row = still[0].assignment
        if place == 0:
            until = today + 45 * DAY
            granting.exempt(by=by, assignment=row, since=today, until=until, reason="On a project in Lyon", today=today)
        else:
            granting.by_hand(
                by=by, assignment=row, done_on=today - 20 * DAY, evidence="Certificate of the trade school", today=today
            )
