"""How evenly people are thanked: the gate against who knows the feed, the release, the pages, leading indicators."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.framework.loading import load_catalogue
from culture.framework.models import Requirement
from culture.people.models import Employee, Leave
from programs.recognition import equity, evenness, leading, team
from programs.recognition.equity import KEYS, Person, Thanks, Unit
from programs.recognition.equity_models import EquityRelease
from programs.recognition.models import Kudos, KudosReceiver
from surveys.results.trees import reporting_tree
from surveys.waves.blocks import UnitNode, make_blocks
from tests.conftest import make_person
from tests.programs.thanks import thank
from tests.surveys.attacker import smallest_support

DAYS = 92
CUTS = {"site": "Site", "tenure": "Tenure", "language": "Language", "contract": "Contract"}
PRIVATE = [key for key in KEYS if key.endswith("private")]
LONG = "The customer stood at the door at eight and she went down to open it herself, then stayed with him till ten."


# -- the gate --------------------------------------------------------------------------------------------------------


def company(chance: random.Random, units: int) -> tuple[list[Unit], list[Person]]:
    """A small tree with uneven teams; some are thanked in public, few in private."""
    tree = [Unit(1, "All")] + [Unit(n, f"U{n}", chance.choice([1, max(1, n - 1)])) for n in range(2, units + 2)]
    people = []
    for unit in tree:
        for _ in range(chance.choice([0, 2, 3, 4, 7, 12])):
            traits = (chance.choice(["Rome", "Lyon"]), chance.choice(["new", "old"]), chance.choice("ef"), "employee")
            people.append(Person(unit.id, chance.choice([30, 92, 92]), traits, thanks(chance)))
    return tree, people


def thanks(chance: random.Random) -> tuple[Thanks, ...]:
    kinds = [True] * chance.choice([0, 0, 1, 2, 5]) + [False] * chance.choice([0, 0, 0, 1, 3])
    return tuple(Thanks(public, chance.choice([0, 5, 20, 50]), chance.choice(["ok", LONG])) for public in kinds)


def behind(tree: list[Unit], people: list[Person], groups: list[equity.Group]) -> list[dict]:
    """Every shown cell of private thanks as coefficients over (person, question)."""
    sizes: dict[int, int] = {}
    for one in people:
        sizes[one.unit] = sizes.get(one.unit, 0) + 1
    blocks = make_blocks([UnitNode(u.id, u.name, u.parent) for u in tree], sizes, equity.K)
    nodes = reporting_tree(
        {
            "units": [{"id": u.id, "name": u.name, "parent": u.parent} for u in tree],
            "blocks": [{"id": b.id, "name": b.name, "units": list(b.units)} for b in blocks],
        }
    )
    parents = {node.id: node.parent for node in nodes}
    home = {unit: node.id for node in nodes for block in blocks if block.id == node.block for unit in block.units}

    def inside(person: Person, group: equity.Group) -> bool:
        at = home.get(person.unit)
        above = set()
        while at is not None:
            above.add(at)
            at = parents[at]
        if group.family == "tree":
            return group.node in above
        named = group.name.rpartition(" · ")[2]
        trait = person.traits[list(CUTS).index(group.cut)] == named
        return trait and (group.family == "cut" or group.node in above)

    rows = []
    for group in groups:
        for at, key in enumerate(KEYS):
            if key in PRIVATE and group.cells.get(key, {}).get("shown"):
                rows.append(
                    {
                        (n, key): Fraction(1)
                        for n, one in enumerate(people)
                        if inside(one, group) and (equity.answers(one, DAYS) or [None] * 6)[at] is not None
                    }
                )
    return rows


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(1, 7))
def test_no_combination_is_about_fewer_than_five_people(seed: int, units: int) -> None:
    """Two hidden groups, two families, a group less its parts: nothing is left of fewer than five."""
    tree, people = company(random.Random(seed), units)
    assert smallest_support(behind(tree, people, equity.release(people, tree, DAYS, CUTS)), equity.K) is None


@settings(max_examples=20)
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_whatever_the_feed_shows_tells_nothing_of_private_thanks(seed: int, units: int) -> None:
    """The subtraction: who knows every public thank-you gets the same of the private ones as who knows none."""
    chance = random.Random(seed)
    tree, people = company(chance, units)
    other = [
        replace(one, thanks=tuple(t for t in thanks(chance) if t.public) + tuple(t for t in one.thanks if not t.public))
        for one in people
    ]
    before, after = (equity.release(crowd, tree, DAYS, CUTS) for crowd in (people, other))

    def private(groups: list[equity.Group]) -> list[tuple]:
        cells = [(g.family, g.node, g.category, {key: g.cells.get(key) for key in PRIVATE}) for g in groups]
        # A group that crosses others has a row only where it shows anything, be it of public thanks.
        return [one for one in cells if any(cell and cell["shown"] for cell in one[3].values())]

    assert private(before) == private(after)


def test_the_attacker_takes_a_sum_of_both_kinds_apart() -> None:
    """The attack itself: of 30 people 20 are thanked in public, known from the feed, and 3 in private."""
    public, private = set(range(20)), {25, 26, 27}
    total = {(n, "value"): Fraction(1) for n in public | private}
    assert smallest_support([total], 5, known=public) == private
    people = [
        Person(1, DAYS, ("Rome", "old", "e", "employee"), (Thanks(n in public, 5, LONG),) if n < 20 or n > 26 else ())
        for n in range(30)
    ]
    (whole,) = [one for one in equity.release(people, [Unit(1, "All")], DAYS, CUTS) if one.family == "tree"]
    assert whole.cells["value_public"]["shown"] and not whole.cells["value_private"]["shown"]
    assert set(whole.cells) == set(KEYS), "no key holds both"


def test_nobody_thanked_in_private_looks_like_two_who_were() -> None:
    """An edge announces nothing: a group without any private thanks shows what one with two of once shows."""
    nobody = [Person(1, DAYS, ("", "", "", "")) for _ in range(12)]
    two = [replace(one, thanks=(Thanks(False, 5, "ok"),)) if n < 2 else one for n, one in enumerate(nobody)]
    shown = [equity.release(crowd, [Unit(1, "All")], DAYS, CUTS)[0].cells["often_private"] for crowd in (nobody, two)]
    assert shown[0] == shown[1] and shown[0]["index"] > 0


# -- the steps -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "days", "expected"), [(0, 92, 1), (1, 92, 2), (2, 92, 3), (4, 92, 4), (5, 92, 5), (1, 46, 3), (2, 30, 5)]
)
def test_how_often_is_worked_out_as_if_he_had_been_there(count: int, days: int, expected: int) -> None:
    assert equity.often(count, days, 92) == expected


def test_value_quality_and_presence() -> None:
    assert [equity.value([Thanks(True, points, "")]) for points in (0, 5, 10, 25, 26)] == [1, 2, 3, 4, 5]
    assert equity.value([]) is None and equity.told([]) is None
    assert equity.told([Thanks(True, 0, "ok", requirement=False)]) == 1
    assert equity.told([Thanks(True, 0, LONG, for_customer=True)]) == 5
    assert equity.weight("客户早上八点") == 18, "a Chinese sign says more"
    assert equity.answers(Person(1, 22, ("", "", "", "")), 92) is None
    assert equity.answers(Person(1, 23, ("", "", "", "")), 92) is not None


def test_only_what_is_sure_is_told() -> None:
    def group(name: str, low: int, high: int) -> dict:
        return {"name": name, "cells": {"often_public": {"low": low, "high": high}}}

    whole = group("All", 30, 40)
    assert equity.apart([group("A", 25, 35), group("B", 41, 60)], whole, "often_public") == ("B", 1)
    assert equity.apart([group("A", 5, 20), group("B", 41, 60)], whole, "often_public") == ("A", -1)
    assert equity.apart([group("A", 25, 35)], whole, "often_public") is None
    assert equity.apart([group("A", 5, 9)], None, "often_public") is None


# -- the release -----------------------------------------------------------------------------------------------------

QUARTER = dt.date(2026, 7, 1)


@pytest.fixture
def catalogue(db: None) -> None:
    load_catalogue()


def past(giver: Employee, receiver: Employee, day: int = 10, **more: Any) -> Kudos:
    at = dt.datetime(2026, 8, day, 9, tzinfo=dt.UTC)
    kudos = thank(giver, receiver, key=uuid.uuid4(), points=0, **more)
    Kudos.objects.filter(pk=kudos.pk).update(at=at, period=at.date().replace(day=1), state=Kudos.State.SETTLED)
    return kudos


def test_a_quarter_is_released_once_and_never_again(
    catalogue: None, hr: Any, employee: Any, units: Any, client_of: Any
) -> None:
    others = list(Employee.objects.filter(unit=units["Branch A"]).exclude(pk=employee.pk))
    Leave.objects.create(employee=others[0], since=dt.date(2026, 6, 1), until=dt.date(2026, 12, 31))
    for one in others[1:]:
        past(employee, one)
    past(employee, others[2], public=False)
    assert evenness.due(today=dt.date(2026, 10, 14)) == [], "not ripe"
    assert evenness.due(today=dt.date(2026, 10, 15)) == [QUARTER]
    now = timezone.now()
    made = evenness.release(QUARTER, now=now)
    assert made is not None and evenness.release(QUARTER, now=now) is None
    assert evenness.due(today=dt.date(2026, 10, 15)) == []
    before = EquityRelease.objects.get().groups
    KudosReceiver.objects.all().delete()
    assert EquityRelease.objects.get().groups == before
    here = Employee.objects.here(dt.date(2026, 9, 30)).exclude(unit=None).count()
    whole = before[0]["cells"]["often_public"]
    assert whole["shown"] and whole["n"] in {here - 1, equity_class(here - 1)}, "who was away is not counted"
    page = client_of(hr).get("/thanks/evenness/")
    assert page.status_code == 200 and "The quarter from July 2026" in page.content.decode()
    for by in ("site", "tenure", "language", "contract", "requirements", "nonsense"):
        for what in ("often", "told", "value", "x"):
            assert client_of(hr).get(f"/thanks/evenness/?by={by}&quarter=x&what={what}").status_code == 200


def equity_class(n: int) -> Any:
    from surveys.results.disclosure import said_count

    return said_count(n, equity.RULES)


def test_who_may_see_how_even_it_is(
    catalogue: None, hr: Any, employee: Any, manager: Any, executive: Any, client_of: Any
) -> None:
    assert "Nothing released yet" in client_of(hr).get("/thanks/evenness/").content.decode()
    for who in (employee, manager, executive):
        assert client_of(who).get("/thanks/evenness/").status_code == 403
    assert client_of(None).get("/thanks/evenness/").status_code == 302


def test_shares_of_fewer_than_twenty_are_hidden_and_edges_censored() -> None:
    assert not equity.share(5, 19)["shown"]
    assert equity.share(0, 40)["shares"] == {"yes": 5, "no": 95} == equity.share(2, 40)["shares"]


# -- a manager's own people ------------------------------------------------------------------------------------------


def test_not_thanked_in_ninety_days_is_for_the_manager_alone(
    catalogue: None, manager: Any, employee: Any, hr: Any, stranger: Any, units: Any, client_of: Any
) -> None:
    now = timezone.now()
    mine = list(Employee.objects.filter(manager=manager).order_by("pk"))
    Employee.objects.filter(manager=manager).update(hired_on=now.date() - dt.timedelta(days=400))
    thank(hr, mine[0], points=0)
    thank(hr, mine[1], points=0, public=False)
    Leave.objects.create(employee=mine[2], since=now.date() - dt.timedelta(days=10))
    Employee.objects.filter(pk=mine[3].pk).update(hired_on=now.date() - dt.timedelta(days=20))
    found = {one.pk for one in team.not_thanked(manager, now)}
    assert found == {one.pk for one in mine} - {mine[0].pk, mine[2].pk, mine[3].pk}
    assert mine[1].pk in found, "private thanks are not given away by a name that is missing"
    page = client_of(manager).get("/thanks/team/").content.decode()
    assert f'?to={mine[1].pk}"' in page and f'?to={mine[0].pk}"' not in page
    for who in (employee, hr, stranger):
        assert client_of(who).get("/thanks/team/").status_code == 403
    assert "Not thanked in 90 days" in client_of(manager).get("/", follow=True).content.decode()


# -- leading indicators ----------------------------------------------------------------------------------------------


def test_recognised_in_a_quarter_and_what_the_program_aims_at(
    catalogue: None, employee: Any, hr: Any, units: Any
) -> None:
    from programs.planning.models import Program

    people = [make_person(f"L{n}", units["Branch A"]) for n in range(12)]
    ids = [one.pk for one in people]
    aimed, other = Requirement.objects.get(code="C1"), Requirement.objects.get(code="W2")
    program = Program.objects.create(name="P", starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2027, 1, 1))
    program.focus.add(aimed)
    for n, one in enumerate(people[:3]):
        past(employee, one, requirement=aimed if n else other)
    past(employee, people[4], public=False)
    found = leading.quarter(ids, dt.date(2026, 9, 30))
    assert (found.recognised, found.people, found.share) == (3, 12, 25.0), "private thanks are not counted"
    assert leading.quarter(ids[:9], dt.date(2026, 9, 30)).share is None, "too few people to tell of"
    assert [one.recognised for one in leading.quarters(ids, dt.date(2026, 11, 22), 2)] == [0, 3]
    rows = leading.aims(program, ids, dt.date(2026, 7, 1), dt.date(2026, 9, 30))
    assert [(one.code, one.thanks, one.aimed) for one in rows] == [("C1", 2, True), ("W2", 1, False)]
    reading = leading.aimed_share(program, ids, dt.date(2026, 7, 1), dt.date(2026, 9, 30))
    assert reading.value is None, "three thanks are an accident"
    for n in range(9):
        past(hr, people[n % 6], day=n + 1, requirement=aimed)
    reading = leading.aimed_share(program, ids, dt.date(2026, 7, 1), dt.date(2026, 9, 30))
    assert reading.value is not None and round(reading.value) == 92
