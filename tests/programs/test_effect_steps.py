"""Steps between a program and its results: thanks, observations and training counted before a wave."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from culture.framework.models import Behaviour
from culture.people.models import Unit
from programs.planning.models import Enrolment, Program
from programs.recognition.models import Kudos, KudosReceiver
from programs.reports import effect_panels
from programs.training.models import Assignment, Completion, Course, CourseVersion
from programs.training.observation_models import Observation
from programs.training.path_models import Revocation
from tests.conftest import make_person
from tests.programs.effect_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.effect_fixtures import NOW
from tests.programs.effect_world import day

# -- steps between ----------------------------------------------------------------------------------------------------


@pytest.fixture
def seen(program, units):
    """Twelve people in a unit of the first cohort, nine in another: too few to be counted."""
    first, second = list(program.cohorts.get(name="Cohort 0").units.order_by("pk")[:2])
    people = [make_person(f"T{n}", first) for n in range(12)]
    for n in range(9):
        make_person(f"F{n}", second)
    return (
        first,
        people,
        make_person("GIVER", units["Services"]),
        Behaviour.objects.create(code="A1", kind="attitude", position=1),
    )


def shares(program: Program, key: str, unit: Unit) -> list[float]:
    """The step of ``unit`` in each wave; no other unit has one."""
    waves = effect_panels.Source(program).stepped(key)
    assert all(set(wave.scores) == {frozenset({unit.pk})} for wave in waves)
    return [wave.scores[frozenset({unit.pk})].points for wave in waves]


def test_thanks_and_observations_of_the_days_before_a_wave_are_counted(program, seen):
    unit, people, giver, behaviour = seen
    before = timezone.make_aware(dt.datetime.combine(day(2) - dt.timedelta(days=5), dt.time(12)))
    for receiver in people[:3]:
        kudos = Kudos.objects.create(
            giver=giver, behaviour=behaviour, story="x", points=0, at=before, state=Kudos.State.SETTLED, period=day(2),
            idempotency_key=uuid.UUID(int=receiver.pk),
        )  # fmt: skip
        KudosReceiver.objects.create(kudos=kudos, giver=giver, receiver=receiver)
    for n, what in enumerate(("seen", "seen", "seen", "not_yet")):
        Observation.objects.create(
            employee=people[n % 3], observer=giver, behaviour=behaviour, on=before.date() - dt.timedelta(days=n),
            what=what, at=before, withdrawn_at=before if n == 2 else None,
        )  # fmt: skip
    assert shares(program, "recognised", unit) == [0, 0, 25, 0, 0, 0]
    assert shares(program, "observed", unit) == pytest.approx([0, 0, 100 / 6, 0, 0, 0])


def test_training_counts_as_long_as_it_is_valid(program, seen):
    unit, people, _giver, _behaviour = seen
    cohort = program.cohorts.get(name="Cohort 0")
    courses = [Course.objects.create(name=name) for name in ("One", "Two")]
    versions = [CourseVersion.objects.create(course=course, number=1) for course in courses]
    for person in people:
        Enrolment.objects.create(cohort=cohort, program=program, employee=person, since=day(1))
        for course in courses:
            Assignment.objects.create(course=course, cohort=cohort, employee=person, assigned_on=day(1), due_on=day(2))
    for person in people[:6]:
        Completion.objects.create(employee=person, version=versions[0], done_on=day(2) - dt.timedelta(days=1))
    taken = Completion.objects.create(employee=people[6], version=versions[1], done_on=day(3))
    Revocation.objects.create(completion=taken, on=day(4), reason="A slip", by=people[0], at=NOW)
    whole = 12 * 2
    assert shares(program, "training", unit) == pytest.approx(
        [0, 0, 600 / whole, 700 / whole, 600 / whole, 600 / whole]
    )


def test_nothing_below_the_least_is_ever_a_step(program):
    for wave in effect_panels.Source(program).calendar:
        assert wave.scores == {} and len(wave.blocks) == 8
    assert effect_panels.Source(program).stepped("observed") == []
    assert effect_panels.Source(program).stepped("training") == []
