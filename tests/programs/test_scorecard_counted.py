"""What is counted of units: the same on every page, kept for the day, and never so that few people are left over."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from culture.framework.models import Behaviour
from culture.people.models import Employee, Unit
from programs.planning.models import Enrolment, Program
from programs.recognition.models import Kudos, KudosReceiver
from programs.reports import readings, report_building, scorecard_counted
from tests.conftest import make_person
from tests.programs.report_fixtures import *  # noqa: F403
from tests.programs.report_world import share
from tests.programs.scorecard_pages import page, words

DAY = dt.timedelta(days=1)


@pytest.fixture
def counted(program, hr, units) -> dict[str, Any]:
    """Retail: Branch A 13 people, B 25, C 8, and its own two; five of A and one of C were thanked last quarter."""
    today = timezone.localdate()
    share(program, hr, leaders=0, managers=0)
    cohort = program.cohorts.get()
    Enrolment.objects.filter(program=program).delete()
    inside = [units[name] for name in ("Retail", "Branch A", "Branch B", "Branch C")]
    for n in range(2):
        make_person(f"OWN{n}", units["Retail"])
    people = list(Employee.objects.filter(unit__in=inside).order_by("pk"))
    since = program.starts_on
    Enrolment.objects.bulk_create(
        Enrolment(program=program, cohort=cohort, employee=one, since=since, how=Enrolment.How.START) for one in people
    )
    ended = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1) - DAY
    behaviour = Behaviour.objects.get(code="A1")
    thanked = [one for one in people if one.unit == units["Branch A"]][:5]
    thanked += [one for one in people if one.unit == units["Branch C"]][:1]
    for one in thanked:
        at = timezone.make_aware(dt.datetime.combine(ended, dt.time(12)))
        note = Kudos.objects.create(
            giver=hr,
            behaviour=behaviour,
            story="Thank you",
            at=at,
            period=ended.replace(day=1),
            idempotency_key=uuid4(),
        )
        KudosReceiver.objects.create(kudos=note, giver=hr, receiver=one)
    scorecard_counted.forget()
    sizes = {unit.name: sum(one.unit == unit for one in people) for unit in inside}
    return {"sizes": sizes, "people": len(people), "today": today}


def told(client: Any, program: Program, unit: Unit | None) -> tuple[int, int] | None:
    """(thanked, of how many) as the API says."""
    body = client.get(f"/api/v1/scorecards/{program.pk}/", {"unit": unit.pk} if unit else {}).json()
    one = next(one for one in body["leading"] if one["key"] == "recognition.people")
    if one["value"] is None:
        assert unit is None or one["of"] == "hidden for privacy"
        return None
    return tuple(map(int, re.match(r"(\d+) of (\d+)", one["of"]).groups()))  # type: ignore[return-value,union-attr]


def test_taking_units_off_each_other_leaves_nobody_few(client_of, program, counted, executive, units):
    """The subtraction attack through the door an executive uses: everybody less siblings, parent less its parts."""
    client = client_of(executive)
    assert counted["sizes"]["Branch C"] < 10 <= counted["sizes"]["Branch A"]
    every = told(client, program, None)
    parent = told(client, program, units["Retail"])
    parts = {name: told(client, program, units[name]) for name in ("Branch A", "Branch B", "Branch C")}
    assert every == (6, counted["people"]) and parent == every
    assert parts["Branch C"] is None
    shown = {name: pair for name, pair in parts.items() if pair}
    assert shown, "not everything is hidden"
    left = parent[1] - sum(whole for _part, whole in shown.values())
    assert left >= 10, f"{left} people could be worked out"
    for name, (_part, whole) in shown.items():
        assert whole == counted["sizes"][name]
    # The report of a unit counts the same, and no further.
    for name in ("Retail", "Branch A", "Branch B", "Branch C"):
        report = report_building.build(program, units[name], "en", now=timezone.now())
        facts = {fact.measure: fact for fact in report.facts if fact.section == "done"}
        pair = parts.get(name, parent)
        fact = facts.get("People thanked in a quarter")
        assert (fact is None) == (pair is None)
        if fact and pair:
            assert (fact.n, round(fact.value)) == (str(pair[1]), round(100 * pair[0] / pair[1]))


def test_hidden_counts_look_alike(client_of, program, counted, executive, units):
    """Too small, joined to the small ones, nobody in the program: one way of saying it."""
    client = client_of(executive)
    pages = [
        words(page(client, "unit_number", program.pk, units[name].pk, "recognition.people"))
        for name in ("Branch C", "Branch A", "Services")
        if told(client, program, units[name]) is None
    ]
    assert len(pages) >= 2
    assert len({re.sub(r"Branch .|Services|Retail", "…", one.split("What stands")[0]) for one in pages}) <= 2
    assert all("hidden for privacy" in one for one in pages)


def test_the_same_count_on_tile_number_page_and_whole(client_of, program, counted, executive, units):
    client = client_of(executive)
    readings.keep(program, counted["today"])
    for name in ("Retail", "Branch B"):
        pair = told(client, program, units[name])
        sentence = f"{pair[0]} of {pair[1]} people were thanked in the last full quarter"
        assert sentence in words(page(client, "unit", program.pk, units[name].pk))
        assert sentence in words(page(client, "unit_number", program.pk, units[name].pk, "recognition.people"))
    # What all units make together is what the program says.
    assert f"6 of {counted['people']} people were thanked" in words(page(client, "program", program.pk))


def test_the_day_is_told_once(client_of, program, counted, executive, units):
    """Once the night has counted, a further thank-you changes nothing before the next one."""
    client = client_of(executive)
    readings.keep(program, counted["today"])
    before = told(client, program, units["Branch B"])
    KudosReceiver.objects.all().delete()
    scorecard_counted.forget()
    assert told(client, program, units["Branch B"]) == before
