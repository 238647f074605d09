"""The answering pages in a real browser, at the width of a phone; and what axe says about them."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from surveys.answering.models import Draft, InboxEnvelope
from surveys.waves.models import Invitation, Wave
from tests.flows.looking import violations
from tests.surveys.answering_room import fill, invitation, link, questionnaire, wave  # noqa: F401

PICTURES = os.environ.get("PICTURES", "")  # a folder to look at the pages in


@pytest.fixture
def phone(browser: Any, live_server: Any) -> Any:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def _look(page: Any, name: str) -> None:
    """Axe in both schemes at 320 px and 390 px; pictures when asked for."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in (320, 390, 768, 1360) if PICTURES else (320, 390):
            page.set_viewport_size({"width": width, "height": 844})
            found = violations(page, scheme)
            assert not found, (name, scheme, width, [(v["id"], v["nodes"][0]["html"]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 844})


@pytest.mark.browser
def test_a_phone_answers_everything(phone: Any, link: str, invitation: Invitation) -> None:  # noqa: F811
    problems: list[str] = []
    phone.on("pageerror", lambda error: problems.append(str(error)))
    phone.on("console", lambda entry: problems.append(entry.text) if entry.type == "error" else None)
    phone.goto(link)
    _look(phone, "start")
    phone.get_by_role("link", name="Start").click()
    with phone.expect_response(lambda response: response.request.method == "POST") as saved:
        phone.get_by_label("Agree", exact=True).first.check()
    assert saved.value.status == 204
    phone.get_by_text("Saved.", exact=True).wait_for()
    assert "referer" not in saved.value.request.all_headers()
    phone.reload()
    assert phone.get_by_label("Agree", exact=True).first.is_checked()
    phone.get_by_role("button", name="Next").click()
    phone.get_by_text("Still open on this page: 2").wait_for()
    _look(phone, "open")
    phone.get_by_role("button", name="Go on anyway").click()
    for page in questionnaire(invitation)[1:]:
        phone.wait_for_url(f"**{link}{page.number}/")
        if page.screener:
            _look(phone, "services")
            for unit, _name in page.screener.asked:
                phone.locator(f'input[name="s.used"][value="{unit}"]').check()
        if page.kind == "provider" and page.part == 1:
            phone.get_by_label("Agree", exact=True).first.check()
            _look(phone, "provider")
        for field in page.fields:
            if field.is_comment:
                phone.locator("textarea").fill("Shorter ways, please.")
                _look(phone, "end")
            else:
                phone.locator(f'input[name="{field.name}"][value="4"]').check()
        phone.locator("button.button-primary").click()
    phone.wait_for_url(f"**{link}check/")
    _look(phone, "check-open")
    phone.get_by_role("link", name="Answer what is open").click()
    for name in ("own.W2", "own.W3"):
        with phone.expect_response(lambda response: response.request.method == "POST"):
            phone.locator(f'input[name="{name}"][value="none"]').check()
    phone.goto(f"{link}check/")
    _look(phone, "check")
    phone.get_by_role("button", name="Send my answers").click()
    phone.get_by_role("heading", name="Thank you. It is sent.").wait_for()
    _look(phone, "thanks")
    assert Invitation.objects.get().state == "answered"
    assert not Draft.objects.exists()
    assert phone.context.cookies() == []
    assert problems == []
    phone.goto(f"{link[:-3]}/")
    _look(phone, "lost")


@pytest.mark.browser
def test_language_changes_in_the_middle_and_keeps_what_was_typed(browser: Any, live_server: Any, link: str) -> None:  # noqa: F811
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"{link}2/")
    page.locator('input[name="own.W4"][value="2"]').check()
    page.locator("details.lang summary").click()
    page.get_by_role("button", name="简体中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    assert page.locator('input[name="own.W4"][value="2"]').is_checked()
    page.locator('input[name="own.W4"][value="2"]').press("Enter")
    page.wait_for_url("**open**")
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / "chinese.png", full_page=True)
    context.close()


@pytest.mark.django_db(transaction=True)
def test_of_many_submits_at_once_one_wins(link: str, invitation: Invitation, wave: Wave) -> None:  # noqa: F811
    fill(Client(), link, invitation)
    answers: list[int] = []

    def send() -> None:
        answers.append(Client().post(f"{link}check/").status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] * 7 + [303]
    assert InboxEnvelope.objects.filter(wave=wave).count() == 1
