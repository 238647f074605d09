"""Patterns in thanks: planted rings are found, ordinary teams are not; HR judges, nobody else sees."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.framework.loading import load_catalogue
from culture.people.models import Employee
from programs.recognition import fairness, watching
from programs.recognition.fairness import Flow, Kind
from programs.recognition.fairness_models import Pattern
from programs.recognition.models import Kudos
from tests.programs.thanks import thank

MONTHS = [dt.date(2026, month, 1) for month in range(1, 11)]


def teams(rng: random.Random, *, people: int = 60, size: int = 6) -> list[Flow]:
    """Ordinary teams: everybody thanks anybody of his team, now and then somebody else."""
    flows = []
    for giver in range(people):
        mates = [one for one in range(giver // size * size, giver // size * size + size) if one != giver]
        for month in MONTHS:
            for receiver in rng.sample(mates, 2) + ([rng.randrange(people)] if rng.random() < 0.3 else []):
                if receiver != giver:
                    flows.append(Flow(giver, receiver, month, rng.choice([5, 10, 20, 30]), 1))
    return flows


def ring(people: list[int], points: int = 40) -> list[Flow]:
    pairs = zip(people, [*people[1:], people[0]], strict=True)
    return [Flow(a, b, month, points, 1) for a, b in pairs for month in MONTHS[:5]]


def test_ordinary_teams_are_not_accused() -> None:
    for seed in range(12):
        found = fairness.patterns(teams(random.Random(seed)))
        assert not [one for one in found if one.kind in {Kind.RING, Kind.RECIPROCITY}], seed


@settings(max_examples=40)
@given(st.integers(3, 6), st.integers(0, 10_000))
def test_a_planted_ring_is_found_among_ordinary_teams(size: int, seed: int) -> None:
    rng = random.Random(seed)
    members = rng.sample(range(60), size)
    flows = teams(rng) + ring([100 + one for one in members], points=rng.randint(25, 50))
    rng.shuffle(flows)
    (found,) = [one for one in fairness.patterns(flows) if one.kind == Kind.RING and max(one.people) >= 100]
    assert set(found.people) == {100 + one for one in members}
    assert found.evidence["months"] == 5


def test_three_who_all_thank_each_other_are_no_ring() -> None:
    trio = [Flow(a, b, month, 30, 1) for a in (1, 2, 3) for b in (1, 2, 3) if a != b for month in MONTHS]
    assert Kind.RING not in {one.kind for one in fairness.patterns(trio)}


def test_the_other_patterns() -> None:
    pair = [Flow(a, b, month, 60, 1) for a, b in ((1, 2), (2, 1)) for month in MONTHS[:4]]
    alone = [Flow(5, 6, month, 60, 1) for month in MONTHS[:4]] + [Flow(5, 7, MONTHS[0], 30, 1)]
    late = [Flow(8, who, month, 25, 1, late=25) for month in MONTHS[:3] for who in (20, 21, 22, 23)]
    thin = [Flow(9, who, month, 25, 1, thin=1) for month in MONTHS[:3] for who in (30, 31, 32, 33)]
    found = {(one.kind, one.people): one.evidence for one in fairness.patterns(pair + alone + late + thin)}
    assert found[Kind.RECIPROCITY, (1, 2)]["points"] == 480
    assert found[Kind.CONCENTRATION, (5, 6)]["share"] == 89
    assert found[Kind.LAST_DAYS, (8,)]["share"] == 100
    assert found[Kind.NO_STORY, (9,)]["gifts"] == 12
    assert not fairness.patterns([Flow(1, 2, MONTHS[0], 100, 3)]), "once is no pattern"


@pytest.fixture
def circle(db: None, manager: Any, stranger: Any) -> list[Employee]:
    load_catalogue()
    people = list(Employee.objects.filter(number__in=["A1", "A2", "A3"]).order_by("number"))
    now = timezone.now()
    for back in range(1, 5):
        at = (now.replace(day=10) - dt.timedelta(days=30 * back)).replace(day=10)
        for giver, receiver in zip(people, [*people[1:], people[0]], strict=True):
            thank(giver, receiver, points=45, now=at, story="Planted words of a story.", public=False)
    return people


def test_hr_sees_the_sums_and_decides_with_a_note(circle: Any, hr: Any, manager: Any, client_of: Any) -> None:
    today = timezone.localdate()
    assert watching.sweep(today=today) > 0
    assert watching.sweep(today=today) == 0
    client = client_of(hr)
    page = client.get("/thanks/patterns/").content.decode()
    assert "Points in a ring" in page and "Person A2" in page and "540 points in 12 thanks" in page
    assert "Planted words" not in page
    one = Pattern.objects.get(kind="ring")
    answer = client.post(f"/thanks/patterns/{one.pk}/", {"state": "fine", "note": " "}, follow=True)
    assert "nothing is decided unsaid" in answer.content.decode()
    client.post(f"/thanks/patterns/{one.pk}/", {"state": "talked", "note": "They share a shift."})
    assert "They share a shift." in client.get("/thanks/patterns/?show=decided").content.decode()
    watching.sweep(today=today + dt.timedelta(days=7))
    one.refresh_from_db()
    assert one.state == "talked", "what was decided stays decided"
    Kudos.objects.update(state="withdrawn")
    watching.sweep(today=today + dt.timedelta(days=14))
    assert list(Pattern.objects.all()) == [one]
    for who in (manager, circle[0]):
        assert client_of(who).get("/thanks/patterns/").status_code == 403
    assert client_of(None).get("/thanks/patterns/").status_code == 302


def test_who_is_in_it_does_not_decide(circle: Any, hr: Any) -> None:
    watching.sweep(today=timezone.localdate())
    one = Pattern.objects.get(kind="ring")
    with pytest.raises(ValidationError):
        watching.decide(pattern=one, state="fine", note="all fine", by=circle[0], now=timezone.now())
