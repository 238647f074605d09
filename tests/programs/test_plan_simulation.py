"""Two years in little: people come, move, leave and are away, units are merged, closed and put elsewhere, courses are
edited, the plan is amended. Looked at month by month, every history is consistent and nothing done is lost."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from typing import Any

import pytest
from django.utils import timezone

from culture.people import changes, leaves, memberships, structure
from culture.people.models import Employee, Membership, Unit
from culture.people.units import employees_in
from programs.planning import following, programs, reach, rules, standing, states
from programs.planning.models import Cohort, Enrolment, Program
from programs.training import assigning, courses
from programs.training.models import Assignment, Completion
from tests.conftest import make_person, make_unit

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
START, MONTHS, PEOPLE = dt.date(2024, 11, 1), 24, 70


def months() -> list[dt.date]:
    return [dt.date(START.year + (START.month - 1 + n) // 12, (START.month - 1 + n) % 12 + 1, 1) for n in range(MONTHS)]


class World:
    """A company of seven units; two cohorts by units, one to come in the second year."""

    def __init__(self, hr: Employee, seed: int) -> None:
        self.rng, self.hr, self.number = random.Random(seed), hr, 0
        top = make_unit("Works")
        areas = {name: make_unit(name, top) for name in ("North", "South", "Office")}
        self.units = [*areas.values(), *(make_unit(f"{a} {n}", areas[a]) for a in ("North", "South") for n in (1, 2))]
        self.top = top
        for unit in self.units:
            unit.states.update(since=START - 100 * DAY)
        top.states.update(since=START - 100 * DAY)
        for _n in range(PEOPLE):
            self.hire(START - self.rng.randrange(10, 90) * DAY)
        stages = [(s.kind, s.starts_on, s.ends_on) for s in rules.suggest_stages(START, START + 1000 * DAY)]
        self.program = programs.create(
            by=hr, name="Two years", charter="Why", starts_on=START, ends_on=START + 1000 * DAY, stages=stages,
            cohorts=[("N", START, [areas["North"]]), ("S", START + 90 * DAY, [areas["South"]]),
                     ("O", START + 400 * DAY, [areas["Office"]])],
            today=START - DAY,
        )  # fmt: skip
        self.seen: dict[dt.date, tuple[int, int]] = {}
        self.facts: dict[int, tuple[Any, ...]] = {}

    def open_units(self) -> list[Unit]:
        return list(Unit.objects.open().filter(pk__in=[unit.pk for unit in self.units]))

    def here(self, day: dt.date) -> list[Employee]:
        return list(Employee.objects.here(day).filter(number__startswith="W").order_by("pk"))

    def hire(self, day: dt.date) -> Employee:
        self.number += 1
        unit = self.rng.choice(self.open_units())
        person = make_person(f"W{self.number}", unit, hired_on=day)
        Membership.objects.filter(employee=person).update(since=day)
        return person

    def month(self, day: dt.date) -> None:
        """What happens in a month, all of it on its first day."""
        for _n in range(self.rng.randint(0, 3)):
            self.hire(day - self.rng.choice([0, 0, 3]) * DAY)  # some are told of late
        people = self.here(day)
        for person in self.rng.sample(people, 3):
            to = self.rng.choice([unit for unit in self.open_units() if unit.pk != person.unit_id])
            memberships.move(person, to=to, on=day, by=self.hr, today=day)
        leaver = self.rng.choice(people)
        leaver.refresh_from_db()
        memberships.record_leaving(leaver, last_day=day, by=self.hr, today=day)
        away = self.rng.choice([one for one in people if one.pk != leaver.pk])
        if not away.leaves.from_day(day).exists():
            leaves.start(away, since=day, until=day + 40 * DAY, by=self.hr, today=day)

    def reorganise(self, number: int, day: dt.date) -> None:
        by_name = {unit.name: unit for unit in Unit.objects.filter(pk__in=[unit.pk for unit in self.units])}
        if number == 7:
            self.carry_out("merge", day, unit=by_name["North 1"], target=by_name["North 2"])
        elif number == 12:
            self.carry_out("move", day, unit=by_name["South 1"], target=by_name["North"])
        elif number == 17:
            self.carry_out("close", day, unit=by_name["Office"], people_to=by_name["South 2"])

    def carry_out(self, kind: Any, day: dt.date, **more: Any) -> None:
        structure.carry_out(changes.Change(kind=kind, on=day, **more), by=self.hr, today=day)

    def follow(self, day: dt.date) -> None:
        program = Program.objects.select_for_update().get(pk=self.program.pk)
        following.follow(program, today=day)


def check(world: World, day: dt.date) -> None:
    """What must hold on every day."""
    program = world.program
    rows = list(Enrolment.objects.filter(program=program).values_list("employee", "cohort", "since", "until"))
    begins = dict(Cohort.objects.filter(program=program).values_list("pk", "starts_on"))
    spells: dict[int, list[tuple[dt.date, dt.date | None]]] = defaultdict(list)
    for employee, cohort, since, until in rows:
        assert since >= begins[cohort] and (until is None or until >= since)
        spells[employee].append((since, until))
    for found in spells.values():  # one after the other, and only the last may be open
        found.sort()
        assert all(a[1] is not None and a[1] < b[0] for a, b in zip(found, found[1:], strict=False))
    # Everybody who works in a cohort that has begun is in the program, whoever is not here is not.
    started = {cohort for cohort, begun in begins.items() if begun <= day}
    home = reach.homes(program)
    wanted = set(
        employees_in([unit for unit, cohort in home.items() if cohort in started], day).values_list("pk", flat=True)
    )
    enrolled = set(Enrolment.objects.filter(program=program).on(day).values_list("employee", flat=True))
    assert wanted <= enrolled
    assert enrolled <= set(Employee.objects.here(day).values_list("pk", flat=True))
    # The denominators add up, and yesterday's are what they were: told once, told for good.
    now = standing.of_program(program, day)
    parts = standing.of_cohorts(program, day).values()
    assert (now.enrolled, now.away) == (len(enrolled), sum(one.away for one in parts))
    assert now.enrolled == sum(one.enrolled for one in parts) and 0 <= now.away <= now.enrolled
    world.seen[day] = (now.enrolled, now.away)


@pytest.mark.parametrize("seed", [2])
def test_two_years(hr: Employee, seed: int) -> None:
    world = World(hr, seed)
    version = courses.publish(by=hr, name="Why service", lessons=[("One", "Text")], now=_at(START))
    for number, day in enumerate(months()):
        world.month(day)
        world.reorganise(number, day)
        world.follow(day)
        check(world, day)
        for cohort in world.program.cohorts.filter(starts_on=day):
            assigning.assign(by=hr, course=version.course, cohort=cohort, due_on=day + 30 * DAY, today=day)
        study(world, version, day)
        if number == 9:  # the course is edited: who has finished has finished
            version = courses.publish(
                by=hr, name="Why service", lessons=[("One", "Text"), ("Two", "More")], now=_at(day)
            )
        if number == 14:
            amend(world, day)
        facts = {row.pk: (row.employee_id, row.version_id, row.done_on) for row in Completion.objects.all()}
        assert world.facts.items() <= facts.items()
        world.facts = facts
    assert world.facts and Enrolment.objects.filter(how=Enrolment.How.MOVED).exists()
    assert world.program.amendments.filter(by=None).count() == 1  # Office was closed
    assert world.program.amendments.filter(by=hr).count() == 1
    # What was told of each month is still what is told of it.
    last = months()[-1]
    told = {day: standing.of_program(world.program, day) for day in world.seen}
    late_news = 3  # hired up to three days before HR was told: counted from the first day on
    for day, (enrolled, away) in world.seen.items():
        assert abs(told[day].enrolled - enrolled) <= late_news and told[day].away >= away
    people = Enrolment.objects.filter(program=world.program).values("employee").distinct().count()
    states.finish(by=hr, program=world.program, reason="Two years are over.", today=last)
    over = standing.of_program(world.program, last + DAY)
    assert (over.enrolled, over.waiting) == (0, 0)
    assert Enrolment.objects.filter(program=world.program).values("employee").distinct().count() == people
    assert Completion.objects.count() == len(world.facts)


def study(world: World, version: Any, day: dt.date) -> None:
    """Half of those who have something to do finish it, in the edition of the day."""
    finished = Completion.objects.filter(version__course=version.course).values("employee")
    waiting = Assignment.objects.filter(course=version.course, assigned_on__lt=day).exclude(employee__in=finished)
    people = [pk for pk in waiting.order_by("pk").values_list("employee", flat=True) if world.rng.random() < 0.5]
    courses.record_history(version=version, done=[(pk, 100, _at(day)) for pk in people])


def amend(world: World, day: dt.date) -> None:
    """The last cohort starts a month later."""
    program = Program.objects.get(pk=world.program.pk)
    plans = states.plans_of(program)
    later = [
        rules.CohortPlan(p.name, p.starts_on + 30 * DAY if p.starts_on > day else p.starts_on, p.units, p.pk)
        for p in plans
    ]
    if later == plans:
        later = [rules.CohortPlan(p.name + "!", p.starts_on, p.units, p.pk) for p in plans]
    programs.change(
        by=world.hr, program=program, name=program.name, charter=program.charter, starts_on=program.starts_on,
        ends_on=program.ends_on, stages=states.stages_of(program), cohorts=later, series=None, today=day,
        reason="The hall is not ready.",
    )  # fmt: skip


def _at(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(10)))
