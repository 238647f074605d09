"""Judged promises where people look: the unit's page, lists, hints, homes, between departments."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from culture.access.home_panels import home
from culture.people.models import Employee
from programs.planning import indicators, judging
from programs.planning.action_models import Action
from surveys.results import releasing
from surveys.results.sharing_models import Sharing
from surveys.waves import opening
from surveys.waves.asked_models import AskedPromise
from tests.conftest import make_person
from tests.programs.promise_fixtures import *  # noqa: F403 - one world for all tests here
from tests.programs.promise_fixtures import DUE, FAST, MADE, closed, judge, promise
from tests.surveys.results_world import LATER, open_wave

# -- where people look -----------------------------------------------------------------------------------------------


def test_the_unit_page_and_its_people(crowd: Any, hr: Any, manager: Any, client_of: Any) -> None:
    mine = promise(crowd["sam"], crowd["Services"], crowd["Branch B"])
    promise(crowd["sam"], crowd["Services"], crowd["Branch A"], "Keys by nine", due=dt.date(2027, 1, 1))
    page = reverse("people:unit", args=[crowd["Services"].pk])
    assert "not asked" in client_of(crowd["sam"]).get(page).content.decode()
    wave = open_wave(crowd).wave
    assert "being judged" in client_of(crowd["sam"]).get(page).content.decode()
    judge(wave, [3] * 20 + [1] * 5, mine)
    closed(wave)
    for reader in (hr, crowd["sam"]):
        text = client_of(reader).get(page).content.decode()
        assert "What it promised" in text and "80 % kept" in text and FAST in text
    assert "80 % kept" not in client_of(manager).get(page).content.decode()


def test_lists_ask_the_database_as_often_for_many(crowd: Any, client_of: Any) -> None:
    units = [crowd[name] for name in ("Branch A", "Branch B", "Branch C")]
    made = [promise(crowd["sam"], crowd["Services"], units[0])]
    wave = open_wave(crowd).wave
    client, address = client_of(crowd["sam"]), reverse("planning:actions")
    client.get(address)
    with CaptureQueriesContext(connection) as first:
        client.get(address)
    made += [promise(crowd["sam"], crowd["Services"], unit, f"More {unit.pk}") for unit in units[1:]]
    for row, unit in zip(made[1:], units[1:], strict=True):
        AskedPromise.objects.create(
            wave=wave, promise=row.pk, provider=crowd["Services"].pk, customer=unit.pk, text={"en": "x"}, due_on=DUE,
            units=[unit.pk], whole=True,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as then:
        assert client.get(address).content.decode().count("Being judged until") == 3
    assert len(then) == len(first)


def test_hr_and_the_maker_are_hinted_at_a_name(crowd: Any, hr: Any, client_of: Any) -> None:
    make_person("ROS", crowd["Branch A"], given_name="Rosalba", family_name="Quintavalle")
    client = client_of(crowd["sam"])
    sent = {"unit": crowd["Services"].pk, "what": "Rosalba Quintavalle calls back", "number": "", "requirement": ""}
    sent |= {"promised_to": crowd["Branch B"].pk, "wave": "", "due_on": timezone.localdate().isoformat()}
    told = client.post(reverse("planning:action_new"), sent, follow=True).content.decode()
    assert "It seems to name Rosalba Quintavalle" in told
    made = Action.objects.get()
    assert "have it reworded" in client_of(hr).get(reverse("planning:action", args=[made.pk])).content.decode()
    needs = home(hr, timezone.now()).needs
    assert any("Rosalba Quintavalle" in one.text for one in needs)
    assert not any("Rosalba" in one.text for one in home(crowd["bea"], timezone.now()).needs)
    assert judging.names_in({1: "We answer the same day", 2: "tomorrow"}) == {}
    plain = client.post(reverse("planning:action_new"), {**sent, "what": "We call back"}, follow=True).content.decode()
    assert "It seems to name" not in plain


def test_overdue_promises_stand_on_the_homes_of_both_sides(crowd: Any, manager: Any) -> None:
    today = timezone.localdate()
    promise(crowd["sam"], crowd["Services"], crowd["Branch B"], due=today - dt.timedelta(days=3), made=MADE)
    for reader in (crowd["bea"], crowd["sam"]):
        told = home(Employee.objects.get(pk=reader.pk), timezone.now())
        cards = [row.what for card in told.side for row in card.context.get("rows", ()) if hasattr(row, "what")]
        assert any(FAST in f"{one.title} {one.text}" for one in told.needs) or FAST in cards
    assert not any(FAST in f"{one.title} {one.text}" for one in home(manager, timezone.now()).needs)


def test_between_departments_from_three_on(crowd: Any, hr: Any, monkeypatch: Any) -> None:
    to_a, to_b = (promise(hr, crowd["Services"], crowd[name], f"To {name}") for name in ("Branch A", "Branch B"))
    promise(hr, crowd["Services"], crowd["Branch C"], "Hidden")
    world = open_wave(crowd)
    judge(world.wave, [3] * 12, to_a)
    judge(world.wave, [3] * 10 + [1] * 15, to_b)
    wave = closed(world.wave)
    two = judging.between_departments([wave.pk])
    assert (two.promises, two.hidden, two.share, two.people) == (2, 1, None, 0)
    program = SimpleNamespace(series_id=wave.series_id, starts_on=MADE)
    monkeypatch.setattr(indicators, "_units_of", lambda *_: [crowd["Services"].pk])
    assert "Fewer than three" in indicators.read("planning.promises_kept", program, LATER.date()).words  # type: ignore[arg-type]
    third = promise(hr, crowd["Services"], crowd["Branch B"], "Another")
    second = wave.series.waves.get(number=2)
    opening.open_wave(second, now=dt.datetime.combine(second.opens_on, dt.time(9), dt.UTC))
    second.refresh_from_db()
    judge(second, [3] * 25, third)
    ends = dt.datetime.combine(second.closes_on, dt.time(9), dt.UTC)
    releasing.close_wave(second, now=ends)
    three = judging.between_departments([wave.pk, second.pk])
    # 12 people 85 (as a class, in steps of five), 25 people 40, 25 people 92.
    assert (three.promises, three.people, three.share) == (3, 62, 70)
    assert (three.since, three.until) == (wave.closes_on, second.closes_on)
    told = indicators.read("planning.promises_kept", program, ends.date())  # type: ignore[arg-type]
    assert told.value == 70 and "3 promises" in told.words and "at least 62" in told.words
    assert judging.between_departments([wave.pk, second.pk], [crowd["Branch A"].pk]).promises == 0
    Sharing.objects.update(leaders_on=None, managers_on=None, employees_on=None)
    assert judging.between_departments([wave.pk, second.pk]).promises == 0
