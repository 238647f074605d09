"""Two years on a path: the company of test_plan_simulation learns while it changes. Looked at month by month, everybody
is on the path whom its rule names, nobody is asked for anything twice, and nothing that was done is lost."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from culture.people.models import Employee
from programs.training import courses, evaluating, matching, paths, standing
from programs.training.models import Assignment, Completion
from programs.training.path_models import Path, PathEnrolment
from programs.training.path_rules import Conditions
from tests.programs.path_world import make_course, step
from tests.programs.test_plan_simulation import DAY, START, World, _at, months

pytestmark = pytest.mark.django_db


def test_two_years_on_a_path(hr: Employee) -> None:
    world = World(hr, seed=5)
    basics, renewed, later = (make_course(hr, name, now=_at(START - DAY)) for name in ("Basics", "Yearly", "Later"))
    steps = [step(basics, due_days=20), step(renewed, due_days=60, months=12, window=45, after=(1,))]
    values = {"name": "Serving", "starts_on": START, "ends_on": START + 900 * DAY}
    path = paths.save(by=hr, steps=steps, today=START, **values)  # type: ignore[arg-type]
    paths.change_rules(by=hr, path=path, add=Conditions(program=world.program.pk), today=START)
    paths.start(by=hr, path=path, today=START)
    done: dict[int, tuple[int, int, dt.date]] = {}
    for number, day in enumerate(months()):
        world.month(day)
        world.reorganise(number, day)
        world.follow(day)
        if number == 9:  # an edited course resets nobody, and a step more is asked of everybody
            courses.publish(by=hr, name="Basics", lessons=[("One", "Other"), ("Two", "New")], now=_at(day))
            kept = [*paths.plans(path), step(later, due_days=30)]
            paths.save(by=hr, path=path, steps=kept, today=day, **values)  # type: ignore[arg-type]
        if number == 16:  # a step less: who did it has done it
            paths.save(by=hr, path=path, steps=paths.plans(path)[:2], today=day, **values)  # type: ignore[arg-type]
        evaluating.evaluate(Path.objects.get(pk=path.pk), today=day)
        consistent(Path.objects.get(pk=path.pk), day)
        learn(world, day)
        facts = {row.pk: (row.employee_id, row.version_id, row.done_on) for row in Completion.objects.all()}  # type: ignore[attr-defined]
        assert done.items() <= facts.items()
        done = facts
    assert Counter(len(set(days)) for days in renewals(renewed.course.pk).values()).keys() >= {1, 2}
    whys = set(PathEnrolment.objects.exclude(ended_on=None).values_list("why", flat=True))
    assert PathEnrolment.Why.LEFT in whys and Assignment.objects.filter(step__course=later.course).exists()
    # As of any day of the past, the same as was told on that day.
    assert {day: told(path, day) for day in WAS} == WAS


WAS: dict[dt.date, Counter[str]] = {}


def consistent(path: Path, day: dt.date) -> None:
    held = path.enrolments.filter(ended_on__isnull=True)
    on_it = sorted(held.values_list("employee", flat=True))
    assert (
        on_it
        == sorted(set(on_it))
        == sorted(matching.people(matching.in_force(path), day).values_list("pk", flat=True))
    )
    rows = Assignment.objects.filter(enrolment__path=path, ended_on__isnull=True)
    asked = Counter(rows.values_list("employee", "step"))
    steps = path.steps.filter(retired_on__isnull=True).values_list("pk", flat=True)
    assert set(asked.values()) <= {1} and set(asked) == {(who, pk) for who in on_it for pk in steps}
    assert all(row.assigned_on <= row.due_on for row in rows)
    # What large pages read set by set is what stands person by person.
    WAS[day] = told(path, day)
    one_by_one = Counter(
        str(one.state) for stands in standing.of_people(sorted(set(on_it)), day, path).values() for one in stands
    )
    whole = standing.total(standing.counts(path, day).values())
    assert whole.given >= sum(one_by_one.values()) and whole.lapsed >= one_by_one["lapsed"]


def told(path: Path, day: dt.date) -> Counter[str]:
    """Who had done what by the evening before: what comes later must not change it."""
    before = day - DAY
    people = sorted(set(path.enrolments.filter(begins_on__lt=day).values_list("employee", flat=True)))
    return Counter(
        f"{one.title}:{bool(one.days)}:{one.until}"
        for stands in standing.of_people(people, before, path).values()
        for one in stands
        if one.days
    )


def renewals(course: int) -> dict[int, list[dt.date]]:
    found: dict[int, list[dt.date]] = {}
    for who, on in Completion.objects.filter(version__course=course).values_list("employee", "done_on"):
        found.setdefault(who, []).append(on)
    return found


def learn(world: World, day: dt.date) -> None:
    """Half of what is open to somebody today is done today."""
    people = [one.pk for one in world.here(day)]
    versions = {}
    for pk, stands in standing.of_people(people, day).items():
        for one in stands:
            if one.open and not one.first and one.course_id and world.rng.random() < 0.5:
                course = one.course
                assert course is not None
                newest = versions.setdefault(course.pk, course.versions.order_by("-number")[0])
                Completion.objects.get_or_create(employee_id=pk, version=newest, done_on=day)
