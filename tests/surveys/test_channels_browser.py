"""Doors and channels in a real browser: tablet and code by keyboard alone, what a tablet forgets, and what axe says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command

from culture.people.models import Employee
from surveys.answering import kiosk as kiosk_views
from surveys.answering.models import Draft
from surveys.waves import codes, keys, kiosks, signatures
from surveys.waves.message_models import Endpoint, Kiosk
from surveys.waves.models import Invitation, Wave
from tests.conftest import make_person, make_unit
from tests.flows.looking import TAGS, problems, violations, visit
from tests.surveys.channels_world import invitation_of, open_wave

PICTURES = os.environ.get("PICTURES", "")
WIDTHS = (390, 768, 1360)
LONG = "Direzione generale per la qualità dei servizi alla clientela internazionale e ai rapporti con le filiali"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def wave(hr, manager, units) -> Wave:
    call_command("collectstatic", interactive=False, verbosity=0)
    cache.clear()
    return open_wave(hr)


@pytest.fixture
def tablet(browser: Any, live_server: Any) -> Any:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1024, "height": 768})
    page = context.new_page()
    page.set_default_timeout(15000)
    yield page
    context.close()


def look(page: Any, name: str) -> None:
    before = page.viewport_size
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found = violations(page, scheme, runOnly=TAGS)
            assert not found, (name, scheme, width, [(v["id"], v["nodes"][0]["html"][:200]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=True)
    page.set_viewport_size(before)


def code_of(wave: Wave, person: Employee, hr: Employee) -> str:
    mine = invitation_of(wave, person)
    return codes.print_for(wave, [mine.pk], by=hr, unit=person.unit)[mine.pk]


def at(kiosk: Kiosk) -> str:
    return f"/k/{keys.kiosk_token(kiosk.wave_id, kiosk.pk)}/"


def tab_to(page: Any, selector: str) -> None:
    """By the Tab key alone, as somebody without a mouse."""
    for _ in range(60):
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def answer_by_keyboard(page: Any) -> None:
    """One choice for each question in reach of the keyboard, to the end."""
    for _ in range(40):
        if "/check/" in page.url:
            return
        for name in page.evaluate("[...new Set([...document.querySelectorAll('input[type=radio]')].map(i => i.name))]"):
            tab_to(page, f'input[type="radio"][name="{name}"]')
            page.keyboard.press("Space")
            assert page.locator(f'input[name="{name}"]:checked').count() == 1, name
        tab_to(page, "button.button-primary")
        here = page.url
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, here=here: url != here)
    raise AssertionError("the questionnaire has no end")


def test_a_tablet_by_code_and_keyboard_alone(tablet, wave, hr, employee):
    kiosk = kiosks.add(by=hr, wave=wave, name="Staff room", unit=None)
    tablet.goto(at(kiosk))
    look(tablet, "kiosk-code")
    tab_to(tablet, "#code")
    tablet.keyboard.type("2345 6789")
    tablet.keyboard.press("Enter")
    tablet.get_by_role("alert").wait_for()
    look(tablet, "kiosk-wrong-code")
    tab_to(tablet, "#code")
    tablet.keyboard.press("Control+A")
    tablet.keyboard.type(code_of(wave, employee, hr).lower())
    tablet.keyboard.press("Enter")
    tablet.wait_for_url("**/survey/**")
    look(tablet, "kiosk-start")
    tab_to(tablet, "main a.button-primary")
    tablet.keyboard.press("Enter")
    tablet.wait_for_url("**/survey/1/**")
    look(tablet, "kiosk-page")
    answer_by_keyboard(tablet)
    look(tablet, "kiosk-check")
    tab_to(tablet, "button.button-primary")
    tablet.keyboard.press("Enter")
    tablet.wait_for_url("**/thanks/**")
    look(tablet, "kiosk-thanks")
    assert Invitation.objects.get(wave=wave, employee=employee).state == "answered"
    assert not Draft.objects.exists() and not tablet.context.cookies()
    tablet.go_back()
    tablet.wait_for_url(lambda url: "/survey/" not in url)
    assert tablet.locator("#code").input_value() == ""


def test_a_tablet_left_alone_forgets_who_stood_there(tablet, wave, hr, employee, monkeypatch):
    monkeypatch.setattr(kiosk_views, "IDLE", 4)
    kiosk = kiosks.add(by=hr, wave=wave, name="Desk", unit=None, asks=["number", "family_name"])
    tablet.goto(at(kiosk))
    look(tablet, "kiosk-two")
    tab_to(tablet, "#f-number")
    tablet.keyboard.type(employee.number)
    tab_to(tablet, "#f-family_name")
    tablet.keyboard.type("somebody else")
    tablet.keyboard.press("Enter")
    tablet.get_by_role("alert").wait_for()
    look(tablet, "kiosk-nobody")
    tablet.locator("#f-family_name").fill(employee.family_name)
    tablet.keyboard.press("Enter")
    tablet.wait_for_url("**/survey/**")
    tablet.locator("main a.button-primary").click()
    tablet.locator("input[type=radio]").first.check()
    tablet.get_by_role("status").filter(has_text="4").wait_for()
    tablet.wait_for_url("**idle**")
    look(tablet, "kiosk-idle")
    assert not tablet.context.cookies(), "nobody stands here any more"
    assert employee.family_name not in tablet.content() and tablet.locator("#f-number").input_value() == ""
    tablet.go_back()
    tablet.wait_for_timeout(500)
    assert tablet.locator("input[type=radio]").count() == 0, "the browser's memory shows nothing either"


def test_the_code_door_by_keyboard(tablet, wave, hr, employee):
    tablet.goto("/c/")
    look(tablet, "code")
    tab_to(tablet, "#code")
    tablet.keyboard.type("abc-1")
    tablet.keyboard.press("Enter")
    tablet.get_by_role("alert").wait_for()
    assert tablet.locator("#code").input_value() == "abc-1", "what was typed is kept"
    look(tablet, "code-short")
    code = code_of(wave, employee, hr)
    tablet.goto(f"/c/{code}/")
    assert tablet.locator("#code").input_value().replace("-", "").replace(" ", "") == code.replace("-", "")
    tab_to(tablet, "#code")
    tablet.keyboard.press("Enter")
    tablet.wait_for_url("**/s/**")
    assert tablet.get_by_role("link", name="Start").count() == 1


def test_the_pages_of_the_channels_keep_nobody_out(browser, live_server, client_of, wave, hr, units):
    crowd = [make_unit(f"{LONG} {n}", units["Retail"]) for n in range(30)]
    for n in range(60):
        make_person(f"L{n}", crowd[n % 30], email=None, family_name="von Württemberg-Hohenzollern " * 2)
    later = wave.series
    kiosks.add(by=hr, wave=wave, name=LONG, unit=units["Retail"], asks=["number", "family_name"], language="it")
    Endpoint.objects.create(
        name=LONG, url="https://chat.example/" + "x" * 300, salt="a", problem="The server answered 404."
    )
    signatures.write({"en": f"{LONG}\nExtension 12"}, by=hr)
    unit = units["Branch A"].pk
    found = []
    with visit(browser, live_server, client_of, hr) as page:
        for url in (
            *(f"/waves/{wave.pk}/{rest}" for rest in ("hand-out/?show=all", f"hand-out/{unit}/", "tablets/", "close/")),
            *("/chat-tools/", "/survey-mails/?language=zh-hans&kind=reminder", f"/waves/series/{later.pk}/"),
            *("/service-map/matrix/?page=2", f"/service-map/matrix/?unit={units['Retail'].pk}"),
        ):
            found += problems(page, url, widths=WIDTHS)
    assert not found, "\n".join(map(str, found))
