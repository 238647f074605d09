"""A phone that loses the network goes on to every page, shows what the server would show, and sends it afterwards."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from nacl.public import SealedBox

from culture.people.models import Employee
from surveys.answering import submitting
from surveys.answering.models import Draft, InboxEnvelope
from surveys.instruments.models import Instrument, InstrumentVersion, Item
from surveys.waves import keys, opening, series
from surveys.waves.models import Invitation, ServiceLink, Wave
from tests.conftest import make_person, make_unit
from tests.flows.looking import violations
from tests.surveys import results_world as world
from tests.surveys.test_answering_offline_browser import choose, emptied, kept, ready, unsent

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")
WORDS = "Meeting rooms are PLANTED double-booked"
CHOICES = {"choices": [{"value": value, "text": {"en": f"Way {value}"}} for value in (1, 2, 3)]}
SECTIONS = [
    {"key": "calls", "title": {"en": "Your calls"}, "intro": {"en": "The last three months."}},
    {"key": "service", "title": {"en": "The service of others"}, "intro": {"en": "Think of {provider}."}},
    {"key": "last", "title": {"en": "At the end"}, "intro": {}},
]
ITEMS: list[dict[str, Any]] = [
    {"code": "called", "section": "calls", "kind": "yes_no"},
    {"code": "ways", "section": "calls", "kind": "multiple", "options": CHOICES},
    {"code": "many", "section": "calls", "kind": "number", "show_if": {"item": "called", "in": [1]}},
    {"code": "by_way", "section": "calls", "kind": "agreement", "show_if": {"item": "ways", "in": [0, 2]}},
    {"code": "gap", "section": "calls", "kind": "pair", "options": {"points": 7}},
    {"code": "wide", "section": "calls", "kind": "effort", "show_if": {"item": "gap", "in": [71, 72]}},
    {"code": "front", "section": "calls", "kind": "agreement", "show_if": {"who": "customer_facing", "is": True}},
    {"code": "p_used", "section": "service", "kind": "yes_no", "about": "provider"},
    {
        "code": "p_well",
        "section": "service",
        "kind": "agreement",
        "about": "provider",
        "show_if": {"all": [{"item": "p_used", "in": [1]}, {"item": "called", "answered": True}]},
    },
    {"code": "words", "section": "service", "kind": "comment", "about": "provider", "required": False},
    {
        "code": "told",
        "section": "last",
        "kind": "outcome",
        "show_if": {"any": [{"item": "called", "in": [0]}, {"who": "customer_facing", "is": True}]},
    },
    {"code": "again", "section": "last", "kind": "recommendation", "required": False},
    {"code": "comment", "section": "last", "kind": "comment", "required": False},
]


@pytest.fixture
def wave(units: dict[str, Any]) -> Wave:
    """Branch A uses Services; Depot & Co, whom others use, may be added."""
    made = Instrument.objects.create(key="ruled", name={"en": "Ruled"})
    version = InstrumentVersion.objects.create(instrument=made, number=1, sections=SECTIONS)
    for at, item in enumerate(ITEMS):
        about = " of {provider}" if item.get("about") else ""
        Item.objects.create(version=version, position=at, text={"en": f"About {item['code']}{about}?"}, **item)
    world.people(units)
    units["Depot"] = make_unit("Depot & Co", units["Meridian"])
    for n in range(6):
        make_person(f"D{n}", units["Depot"])
    ServiceLink.objects.create(customer=units["Services"], provider=units["Depot"])
    asked = series.create(
        by=None,
        name="Ruled",
        instrument=made,
        first_opens_on=world.NOW.date(),
        every_months=3,
        occurrences=1,
        open_days=14,
        reminder_days=(),
    )
    wave = asked.waves.get()
    opening.open_wave(wave, now=world.NOW)
    Wave.objects.filter(pk=wave.pk).update(closes_on="2100-01-01")
    wave.refresh_from_db()
    return wave


@pytest.fixture
def invitation(wave: Wave, units: dict[str, Any]) -> Invitation:
    return Invitation.objects.filter(wave=wave, employee__unit=units["Branch A"]).first()


@pytest.fixture
def link(invitation: Invitation) -> str:
    return f"/s/{keys.link_token(invitation.wave_id, invitation.pk)}/"


@pytest.fixture
def context(browser: Any, live_server: Any) -> Iterator[Any]:
    Client().get("/healthz")
    made = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    yield made
    made.close()


@pytest.fixture
def phone(context: Any) -> Any:
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.problems = []
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    return page


def look(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"away-{name}.png", full_page=True)


def next_page(page: Any) -> None:
    page.locator(".actions button.button-primary").click()


def envelope(wave: Wave) -> dict[str, Any]:
    box = SealedBox(keys.private_key(wave.pk))
    return json.loads(box.decrypt(bytes(InboxEnvelope.objects.get(wave=wave).sealed)))


def test_the_whole_interview_is_answered_in_a_tunnel(
    context: Any, phone: Any, link: str, wave: Wave, units: dict[str, Any]
) -> None:
    phone.goto(link)
    ready(phone)
    context.set_offline(True)
    phone.get_by_role("link", name="Start").click()
    phone.get_by_role("heading", name="Your calls").wait_for()
    look(phone, "first")
    choose(phone, "own.called", "1")
    next_page(phone)
    phone.get_by_text("Still open on this page: 1").wait_for()
    assert phone.evaluate("document.activeElement.id") == "open"
    look(phone, "open")
    assert violations(phone) == []
    for value in ("1", "3"):
        choose(phone, "own.ways", value)
    next_page(phone)
    phone.locator('input[name="own.many"][type=text]').fill("many")
    choose(phone, "own.gap.e", "7")
    choose(phone, "own.gap.p", "1")
    next_page(phone)
    phone.get_by_text("Please write a whole number").wait_for()
    phone.locator('input[name="own.many"][type=text]').fill("12")
    next_page(phone)
    choose(phone, "own.wide", "2")
    phone.go_back()
    assert phone.locator('input[name="own.many"][type=text]').input_value() == "12"
    phone.go_forward()
    assert phone.locator('input[name="own.wide"][value="2"]').is_checked()
    next_page(phone)
    services, depot = str(units["Services"].pk), str(units["Depot"].pk)
    phone.get_by_role("heading", name="Whose service did you use?").wait_for()
    choose(phone, "s.used", services)
    phone.get_by_label("Another one is missing?").select_option(depot)
    phone.get_by_role("button", name="Add").click()
    assert phone.locator(f'input[name="s.used"][value="{depot}"]').is_checked()
    look(phone, "services")
    next_page(phone)
    for unit in (services, depot):
        phone.locator(f'input[name="p.{unit}.p_used"]').first.wait_for()
        choose(phone, f"p.{unit}.p_used", "1")
        if unit == depot:
            assert "Depot & Co" in phone.locator("h1").inner_text()
        next_page(phone)
        choose(phone, f"p.{unit}.p_well", "4")
        if unit == depot:
            phone.locator("textarea").fill(WORDS)
        next_page(phone)
    choose(phone, "own.again", "9")
    phone.locator("textarea").fill("At the end")
    assert phone.locator(".actions button.button-primary").inner_text() == "Review answers"
    next_page(phone)
    phone.get_by_role("heading", name="Ready to send?").wait_for()
    look(phone, "check")
    assert violations(phone) == []
    assert f"{link}check/" in phone.url and "Not yet sent: 13" in phone.locator("#away").inner_text()
    assert not Draft.objects.exists()
    phone.get_by_role("button", name="Send my answers").click()
    phone.get_by_text("not sent yet. Leave this page open").wait_for()
    assert not InboxEnvelope.objects.exists()
    for sealed in kept(phone):
        assert "PLANTED" not in sealed and link.split("/")[2] not in sealed and "p_used" not in sealed
    context.set_offline(False)
    phone.get_by_role("heading", name="Thank you. It is sent.").wait_for()
    found = envelope(wave)
    assert (found["own"]["many"], found["own"]["gap"], found["own"]["ways"], found["own"]["wide"]) == (12, 71, 0b101, 2)
    assert found["providers"] == {unit: {"p_used": 1, "p_well": 4} for unit in (services, depot)}
    assert found["about"] == {depot: {"words": WORDS}} and found["comment"] == {"comment": "At the end"}
    emptied(phone)
    assert not Draft.objects.exists() and phone.problems == []


def test_a_phone_that_threw_the_page_away_opens_it_again_in_the_tunnel(context: Any, phone: Any, link: str) -> None:
    phone.goto(f"{link}1/")
    ready(phone)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    choose(phone, "own.called", "1")
    phone.get_by_text("Saved.", exact=True).wait_for()
    context.set_offline(True)
    choose(phone, "own.ways", "2")
    phone.get_by_text("kept on this device").wait_for()
    phone.reload()
    assert phone.locator('input[name="own.called"][value="1"]').is_checked(), "of the same tab"
    assert phone.locator('input[name="own.ways"][value="2"]').is_checked()
    phone.close()
    again = context.new_page()
    again.goto(f"{link}1/")
    again.get_by_role("heading", name="Your calls").wait_for()
    assert again.locator('input[name="own.ways"][value="2"]').is_checked(), "what is not yet sent"
    assert not again.locator('input[name="own.called"][value="1"]').is_checked(), "what was sent is not left behind"
    assert "cannot be shown here" in again.locator("#away").inner_text()
    look(again, "again")
    stored = again.evaluate(
        """(async () => {
            const found = [];
            for (const name of await caches.keys())
                for (const one of await (await caches.open(name)).keys())
                    found.push(one.url + (await (await caches.match(one)).text()));
            return found;
        })()"""
    )
    assert len(stored) == 4 and not any(link.split("/")[2] in one or "About" in one for one in stored)
    context.set_offline(False)
    emptied(again, unsent)
    again.goto(f"{link}1/")
    assert again.locator('input[name="own.ways"][value="2"]').is_checked()
    context.set_offline(True)
    again.goto("/s/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/")
    again.get_by_role("heading", name="No connection").wait_for()
    look(again, "nothing")


def test_after_sending_a_tab_without_network_shows_nothing(
    context: Any, phone: Any, link: str, invitation: Any
) -> None:
    phone.goto(f"{link}1/")
    ready(phone)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    choose(phone, "own.called", "1")
    phone.get_by_text("Saved.", exact=True).wait_for()
    other = context.new_page()
    other.goto(f"{link}1/")
    ready(other)
    other.goto(link)
    other.get_by_text("I do not want to take part").first.click()
    other.get_by_role("button", name="I do not want to take part").click()
    other.get_by_role("heading", name="you are not taking part").wait_for()
    emptied(other)
    phone.get_by_role("heading", name="you are not taking part").wait_for()
    emptied(phone)
    context.set_offline(True)
    phone.goto(f"{link}1/")
    phone.get_by_role("heading", name="No connection").wait_for()


SAME = """async ([root, path]) => {
    const { answering: page } = globalThis;
    const told = await (await fetch(root + "ahead/")).json();
    page.learn(told.answers);
    const server = new DOMParser().parseFromString(await (await fetch(root + path)).text(), "text/html");
    page.ahead.open(new URL(root + path, location));
    const plain = (sheet) => {
        for (const gone of sheet.querySelectorAll("#away, nav, [type=hidden], #status, noscript, #kept")) gone.remove();
        for (const one of sheet.querySelectorAll("input:not([type=text])")) one.toggleAttribute("data-on", one.checked);
        const values = [...sheet.querySelectorAll("textarea, [type=text]")].map((one) => one.value);
        const chosen = [...sheet.querySelectorAll("[data-on]")].map((one) => one.name + one.value);
        const links = [...sheet.querySelectorAll("main a")].map((one) => one.getAttribute("href"));
        const buttons = [...sheet.querySelectorAll(".actions button")].map((one) => one.value);
        const bar = [...sheet.querySelectorAll(".bar i")].map((one) => one.className.trim());
        for (const one of sheet.querySelectorAll("textarea")) one.textContent = "";
        const text = sheet.textContent.replace(/\\d+ \\/ \\d+0/g, "").replace(/\\s+/g, "");
        return JSON.stringify({ text, values, chosen, links, buttons, bar });
    };
    return [plain(server.querySelector(".sheet")), plain(document.querySelector(".sheet"))];
}"""


def test_shows_offline_what_the_server_would_show(
    phone: Any, link: str, invitation: Invitation, units: dict[str, Any], employee: Employee
) -> None:
    """Every page and the summary, for many drafts: rules, skipped and added departments, marks, counts, minutes."""
    phone.goto(f"{link}1/")
    ready(phone)
    dice, client = random.Random(5), Client()
    asked, depot = [str(one) for one in invitation.providers], str(units["Depot"].pk)
    for turn in range(14):
        given: dict[str, Any] = {
            "own.called": dice.choice(["0", "1", "none"]),
            "own.ways": dice.choice([["", "0"], ["", "1", "2"], ["", "3"], ["", "none"]]),
            "own.gap.e": "7",
            "own.gap.p": dice.choice("123"),
            "own.many": ["", dice.choice(["3", ""])],
            "c.comment": dice.choice(["", "A <b>word</b> & more"]),
            "s.used": dice.choice([["none"], asked, [*asked, depot], [depot]]),
        }
        used = given["s.used"]
        given |= {f"p.{unit}.p_used": dice.choice("01") for unit in used if unit != "none"}
        if turn == 0:
            given = {}
        some = {name: value for name, value in given.items() if dice.random() < 0.8 or name.startswith(("s.", "p."))}
        Draft.objects.all().delete()
        if some:
            answer = client.post(f"{link}answers/", some)
            assert answer.status_code == 204, answer.content
        token = link.split("/")[2]
        numbers = [page.number for page in submitting.pages_of(invitation.wave, invitation.providers)]
        added = [units["Depot"].pk] if depot in used and some else []
        numbers = [page.number for page in submitting.pages_of(invitation.wave, invitation.providers, token, added)]
        shown = [n for n in numbers if client.get(f"{link}{n}/").status_code == 200]
        paths = ["", "check/", *(f"{n}/{mark}" for n in shown for mark in ("", "?open"))]
        for path in paths if turn < 4 else dice.sample(paths, 5):
            server, local = phone.evaluate(SAME, [link, path])
            assert json.loads(local) == json.loads(server), (turn, path, some)
    assert phone.problems == []
