"""Which questions are shown, and in which order: rules and sections, by the personal link and as pure functions."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import SealedBox

from culture.people.models import Employee
from surveys.answering import pages, submitting
from surveys.answering.models import InboxEnvelope
from surveys.instruments.models import Instrument, InstrumentVersion, Item
from surveys.instruments.rules import Person, problems
from surveys.waves import keys, opening, series
from surveys.waves.models import Invitation, Wave
from tests.surveys import results_world as world

YES = {"item": "called", "in": [1]}
USED = {"item": "p_used", "in": [1]}
FRONT = {"who": "customer_facing", "is": True}
SECTIONS = [
    {"key": "calls", "title": {"en": "Your calls", "it": "Le tue chiamate"}, "intro": {"en": "The last three months."}},
    {"key": "service", "title": {"en": "The service of others"}, "intro": {"en": "Think of {provider}."}},
    {"key": "last", "title": {"en": "At the end"}, "intro": {}},
]
ITEMS: list[dict[str, Any]] = [
    {"code": "called", "section": "calls", "kind": "yes_no"},
    {"code": "how_many", "section": "calls", "kind": "number", "show_if": YES},
    {"code": "why_many", "section": "calls", "kind": "agreement", "show_if": {"item": "how_many", "in": [50]}},
    {"code": "front", "section": "calls", "kind": "agreement", "show_if": FRONT},
    {"code": "p_used", "section": "service", "kind": "yes_no", "about": "provider"},
    {
        "code": "p_well",
        "section": "service",
        "kind": "agreement",
        "about": "provider",
        "show_if": {"item": "p_used", "in": [1]},
    },
    {
        "code": "told",
        "section": "last",
        "kind": "outcome",
        "show_if": {"any": [YES, {"who": "customer_facing", "is": True}]},
    },
    {"code": "comment", "section": "last", "kind": "comment", "required": False},
]


def instrument(items: list[dict[str, Any]] = ITEMS, sections: list[dict[str, Any]] = SECTIONS) -> Instrument:
    made = Instrument.objects.create(key="ruled", name={"en": "Ruled"})
    version = InstrumentVersion.objects.create(instrument=made, number=1, sections=sections)
    for at, item in enumerate(items):
        Item.objects.create(version=version, position=at, text={"en": f"About {item['code']}?"}, **item)
    return made


@pytest.fixture
def wave(units: dict[str, Any]) -> Wave:
    world.people(units)
    made = series.create(
        by=None,
        name="Ruled",
        instrument=instrument(),
        first_opens_on=world.NOW.date(),
        every_months=3,
        occurrences=1,
        open_days=14,
        reminder_days=(),
    )
    wave = made.waves.get()
    opening.open_wave(wave, now=world.NOW)
    Wave.objects.filter(pk=wave.pk).update(closes_on="2100-01-01")
    wave.refresh_from_db()
    return wave


@pytest.fixture
def invitation(wave: Wave) -> Invitation:
    return next(one for one in Invitation.objects.filter(wave=wave).order_by("pk") if one.providers)


@pytest.fixture
def link(invitation: Invitation) -> str:
    return f"/s/{keys.link_token(invitation.wave_id, invitation.pk)}/"


def follow(client: Client, link: str, answers: dict[str, str]) -> list[str]:
    """Walk from the start to the summary, answering what is shown; the codes seen."""
    seen, url = [], client.get(link).content.decode().split(f'href="{link}')[1].split('"')[0]
    for _ in range(30):
        if url.startswith("check"):
            return seen
        body = client.get(link + url).content.decode()
        found = [item["code"] for item in ITEMS if f"About {item['code']}?" in body]
        seen += found
        posted: dict[str, Any] = {}
        for name, value in answers.items():
            if f'name="{name}"' in body:
                posted[name] = value
        if used := re.findall(r'name="s.used" value="(\d+)"', body):
            posted["s.used"] = used
        answer = client.post(link + url, posted | {"go": "next"})
        url = answer["Location"].removeprefix(link)
        assert "open" not in url, (found, url)
    raise AssertionError("the questionnaire does not end")


def answers_of(invitation: Invitation, **own: str) -> dict[str, str]:
    found = {f"own.{code}": value for code, value in own.items()}
    for unit in invitation.providers:
        found |= {f"p.{unit}.p_used": "0", f"p.{unit}.p_well": "4"}
    return found


def test_only_what_applies_is_asked(link: str, invitation: Invitation) -> None:
    seen = follow(Client(), link, answers_of(invitation, called="0"))
    assert seen == ["called", *["p_used"] * len(invitation.providers), "comment"]


def test_an_answer_brings_the_questions_that_follow_from_it(link: str, invitation: Invitation) -> None:
    answers = answers_of(invitation, called="1", how_many="50", why_many="2", told="4")
    answers[f"p.{invitation.providers[0]}.p_used"] = "1"
    seen = follow(Client(), link, answers)
    assert seen[:3] == ["called", "how_many", "why_many"]
    assert seen.count("p_well") == 1
    assert seen[-2:] == ["told", "comment"]


def test_who_is_asked_decides_too(link: str, invitation: Invitation) -> None:
    Employee.objects.filter(pk=invitation.employee_id).update(customer_facing=True)
    seen = follow(Client(), link, answers_of(invitation, called="0", front="5", told="3"))
    assert "front" in seen and "told" in seen


def test_an_answer_taken_back_takes_what_followed_from_it(link: str, invitation: Invitation, wave: Wave) -> None:
    client = Client()
    follow(client, link, answers_of(invitation, called="1", how_many="50", why_many="2", told="4"))
    client.post(f"{link}1/", {"own.called": "0", "go": "next"})
    assert client.post(f"{link}check/").status_code == 303
    row = InboxEnvelope.objects.get(wave=wave)
    own = json.loads(SealedBox(keys.private_key(wave.pk)).decrypt(bytes(row.sealed)))["own"]
    assert own == {"called": 0, "how_many": None, "why_many": None, "front": None, "told": None}


def test_sections_have_their_own_words(link: str, invitation: Invitation) -> None:
    client = Client()
    body = client.get(f"{link}1/?lang=it").content.decode()
    assert "Le tue chiamate" in body and "The last three months." in body
    pages_ = submitting.pages_of(invitation.wave, invitation.providers)
    about = next(page for page in pages_ if page.provider)
    assert f"Think of {about.provider_name}." in client.get(f"{link}{about.number}/").content.decode()


def test_a_page_without_questions_leads_on(link: str) -> None:
    client = Client()
    client.post(f"{link}1/", {"own.called": "0"})
    hidden = client.get(f"{link}2/")
    assert hidden.status_code == 303 and not hidden["Location"].endswith("/2/")


@pytest.mark.parametrize(
    "rule, reason",
    [
        ({"item": "nobody", "in": [1]}, "unknown"),
        ({"item": "b", "in": [1]}, "later"),
        ({"item": "c", "in": [1]}, "later"),
        ({"item": "comment", "answered": True}, "comment"),
        ({"item": "of_provider", "in": [1]}, "of_provider"),
        ({"item": "a", "in": [2]}, "off_scale"),
        ({"item": "a", "in": []}, "malformed"),
        ({"item": "a", "in": ["1"]}, "malformed"),
        ({"all": []}, "malformed"),
        ({"all": [{"any": [{"all": [{"any": [{"all": [{"item": "a", "in": [1]}]}]}]}]}]}, "malformed"),
        ({"python": "1/0"}, "malformed"),
        ({"who": "salary", "in": ["high"]}, "malformed"),
    ],
)
def test_broken_rules_are_named(rule: dict[str, Any], reason: str) -> None:
    items = [
        {"code": "a", "kind": "yes_no"},
        {"code": "comment", "kind": "comment"},
        {"code": "of_provider", "kind": "yes_no", "about": "provider"},
        {"code": "b", "kind": "yes_no", "show_if": rule},
        {"code": "c", "kind": "yes_no"},
    ]
    assert [(found.code, found.reason) for found in problems(items)] == [("b", reason)]


codes = st.sampled_from([f"q{n}" for n in range(6)])
conditions = st.one_of(
    st.builds(lambda code, value: {"item": code, "in": [value]}, codes, st.integers(0, 1)),
    st.builds(lambda code: {"item": code, "answered": True}, codes),
    st.builds(lambda yes: {"who": "customer_facing", "is": yes}, st.booleans()),
)
rules = st.one_of(
    st.just({}),
    conditions,
    st.builds(
        lambda key, parts: {key: parts}, st.sampled_from(["all", "any"]), st.lists(conditions, min_size=1, max_size=3)
    ),
)


@given(
    st.lists(rules, min_size=6, max_size=6),
    st.dictionaries(codes, st.sampled_from([0, 1, None])),
    st.booleans(),
    st.text(max_size=3),
)
def test_what_is_shown_follows_from_what_is_shown(
    found: list[Any], given_: dict[str, Any], front: bool, seed: str
) -> None:
    items = [{"code": f"q{n}", "kind": "yes_no", "section": "s", "show_if": rule} for n, rule in enumerate(found)]
    wrong = {problem.code for problem in problems(items)}
    items = [{**item, "show_if": {}} if item["code"] in wrong else item for item in items]
    built = pages.build(items, [], [{"key": "s"}], seed)
    assert pages.build(items, [], [{"key": "s"}], seed) == built
    assert [one.code for one in pages.fields_of(built)] == [item["code"] for item in items]
    flat = {f"own.{code}": value for code, value in given_.items()}
    person = Person(customer_facing=front)
    shown = {one.code for one in pages.fields_of(pages.shown(built, flat, person))}

    def holds(rule: dict[str, Any]) -> bool:
        if not rule:
            return True
        if "all" in rule or "any" in rule:
            return (all if "all" in rule else any)(holds(part) for part in next(iter(rule.values())))
        if "who" in rule:
            return rule["is"] is front
        value = given_.get(rule["item"]) if rule["item"] in shown else None
        return value is not None and (rule.get("answered") or value in rule["in"])

    assert shown == {item["code"] for item in items if holds(item["show_if"])}


def test_a_shuffled_section_keeps_one_order_for_one_person_and_differs_between_people() -> None:
    items = [{"code": f"q{n}", "kind": "yes_no", "section": "s"} for n in range(8)]
    sections = [{"key": "s", "shuffled": True}]
    orders = {tuple(one.code for one in pages.fields_of(pages.build(items, [], sections, str(n)))) for n in range(20)}
    assert len(orders) > 10
    assert all(sorted(order) == [item["code"] for item in items] for order in orders)
