"""Everybody can answer: by keyboard alone, by screen reader, at 320 px (which is 400 % zoom), from right to left, in
forced colours, without motion, in every language; light, alone, and without a cookie."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from surveys.answering.languages import LANGUAGES
from surveys.waves.models import Invitation, Wave
from tests.flows.looking import violations
from tests.surveys.answering_room import fill, invitation, link, questionnaire, wave  # noqa: F401

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")
WIDTHS = (320, 390, 768, 1360)


@pytest.fixture
def screen(browser: Any, live_server: Any) -> Iterator[Any]:
    Client().get("/healthz")  # the first request of a process imports every page: not in a browser's time
    context = browser.new_context(base_url=live_server.url, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield page
    context.close()


def states(link: str, invitation: Invitation) -> dict[str, str]:  # noqa: F811
    """A page of each kind."""
    pages = {page.kind: f"{link}{page.number}/" for page in reversed(questionnaire(invitation))}
    return {"start": link, **pages, "open": f"{pages['want']}?open", "check": f"{link}check/", "lost": "/s/nothing/"}


def at(url: str, language: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}lang={language}"


def fits(page: Any, where: Any) -> None:
    wide = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => !e.closest('.unseen')"
        " && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120))"
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (where, wide)


def picture(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_in_every_language(screen: Any, link: str, invitation: Invitation, language: str) -> None:  # noqa: F811
    for name, url in states(link, invitation).items():
        screen.goto(at(url, language))
        assert screen.locator("html").get_attribute("lang") == language
        for width in WIDTHS:
            screen.set_viewport_size({"width": width, "height": 640})
            fits(screen, (name, language, width))
            picture(screen, f"{name}-{language}-{width}")
        found = violations(screen)
        assert not found, (name, [(v["id"], v["nodes"][0]["html"]) for v in found])


def test_right_to_left(screen: Any, link: str, invitation: Invitation, settings: Any) -> None:  # noqa: F811
    settings.PSEUDO_LANGUAGES = {"ar-xb": "⟦English⟧"}
    for name, url in states(link, invitation).items():
        screen.goto(at(url, "ar-xb"))
        assert screen.locator("html").get_attribute("dir") == "rtl"
        assert "⟦" in screen.locator("h1").inner_text()
        for width in (320, 1360):
            screen.set_viewport_size({"width": width, "height": 640})
            fits(screen, (name, "rtl", width))
            picture(screen, f"{name}-rtl-{width}")
        assert not violations(screen), name
    screen.goto(at(states(link, invitation)["want"], "ar-xb"))
    choice = screen.locator(".choice").first
    dot, words = choice.locator("input").bounding_box(), choice.locator("span").bounding_box()
    assert dot["x"] > words["x"], "the dot stands where reading begins"
    again, onward = screen.get_by_role("button", name="⟦Back⟧"), screen.get_by_role("button", name="⟦Next⟧")
    assert again.bounding_box()["x"] > onward.bounding_box()["x"]
    screen.set_viewport_size({"width": 320, "height": 640})
    screen.locator("details.lang summary").click()
    fits(screen, "language menu")


def test_a_made_up_language_is_not_offered_to_people(link: str) -> None:  # noqa: F811
    body = Client().get(at(link, "ar-xb")).content.decode()
    assert 'dir="ltr"' in body and "⟦" not in body


@pytest.mark.parametrize("media", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}, {"color_scheme": "dark"}])
def test_as_people_set_their_device(screen: Any, link: str, media: dict[str, str]) -> None:  # noqa: F811
    screen.emulate_media(**media)
    screen.goto(f"{link}1/")
    screen.locator(".choice input").first.check()
    assert not violations(screen)
    chosen, other = screen.locator(".choice input").nth(0), screen.locator(".choice input").nth(1)
    look = "e => getComputedStyle(e).borderTopWidth + getComputedStyle(e).backgroundColor"
    assert chosen.evaluate(look) != other.evaluate(look), "the choice is seen"
    picture(screen, f"page-{next(iter(media.values()))}")
    moving = "document.getAnimations().length"
    assert screen.evaluate(moving) == 0


def test_by_keyboard_alone(screen: Any, link: str, invitation: Invitation) -> None:  # noqa: F811
    """Tab, arrows, space, Enter: from the first page to the thanks, without a pointer; where one is, is seen."""
    screen.goto(link)

    def press_until(wanted: str, key: str = "Tab", most: int = 80) -> None:
        for _ in range(most):
            if screen.evaluate("w => document.activeElement.matches(w)", wanted):
                outline = screen.evaluate(
                    "(() => { const e = document.activeElement, around = e.closest('.choice') ?? e;"
                    " return [e, around].some(one => getComputedStyle(one).outlineStyle !== 'none'); })()"
                )
                assert outline, wanted
                return
            screen.keyboard.press(key)
        raise AssertionError(f"the keyboard does not reach {wanted}")

    press_until("a.button-primary")
    screen.keyboard.press("Enter")
    for page in questionnaire(invitation):
        screen.wait_for_url(f"**{link}{page.number}/")
        if page.screener:
            press_until('input[name="s.used"][type=checkbox]')
            screen.keyboard.press("Space")
            screen.keyboard.press("Tab")
            screen.keyboard.press("Space")
        for field in page.fields:
            if field.is_comment:
                press_until("textarea")
                screen.keyboard.type("By keyboard")
            else:
                press_until(f'input[name="{field.name}"]')
                screen.keyboard.press("ArrowDown")
        press_until(".actions .button-primary")
        screen.keyboard.press("Enter")
    screen.wait_for_url("**/check/")
    press_until("button.button-primary")
    screen.keyboard.press("Enter")
    screen.get_by_role("heading", name="Thank you. It is sent.").wait_for()
    assert Invitation.objects.get(pk=invitation.pk).state == "answered"


def test_what_a_screen_reader_is_told(screen: Any, link: str, invitation: Invitation) -> None:  # noqa: F811
    kinds = states(link, invitation)
    screen.goto(kinds["want"])
    question = questionnaire(invitation)[0].fields[0]
    group = screen.get_by_role("group", name=question.text["en"])
    assert group.get_by_role("radio").count() == 6
    assert screen.title().startswith("What moves you · Page 1 of")
    status = screen.get_by_role("status").last
    group.get_by_role("radio", name="Disagree", exact=True).check()
    screen.get_by_text("Saved.", exact=True).wait_for()
    assert status.get_attribute("aria-live") == "polite"
    screen.get_by_role("button", name="Next").click()
    assert "Still open on this page: 2" in screen.get_by_role("status").first.inner_text()
    screen.goto(kinds["services"])
    assert screen.get_by_role("group", name="I used the service of").get_by_role("checkbox").count() == 3
    screen.goto(kinds["end"])
    box = screen.get_by_role("textbox")
    assert "At most 2000 characters" in screen.locator(f"[id='{box.get_attribute('aria-describedby')}']").inner_text()
    # Without the script the server says what is wrong, and the box says where it is said.
    page = Client().post(kinds["end"], {"c.comment": "x" * 2001}).content.decode()
    assert 'aria-describedby="c.comment-help error" aria-invalid="true"' in page and 'id="error"' in page


def test_a_page_is_light_and_asks_nobody_else(screen: Any, link: str, invitation: Invitation, wave: Wave) -> None:  # noqa: F811
    """Everything a page loads, counted in the browser: one host, under 60 KB, no cookie, nothing kept unsealed."""
    for url in states(link, invitation).values():
        loaded: list[Any] = []

        def note(answer: Any, loaded: list[Any] = loaded) -> None:
            loaded.append(answer)

        screen.on("response", note)
        screen.goto(at(url, "zh-hans"), wait_until="networkidle")
        screen.remove_listener("response", note)
        assert {answer.url.split("/")[2] for answer in loaded} == {screen.url.split("/")[2]}
        total = sum(_on_the_wire(answer) for answer in loaded)
        assert total < 60_000, (url, total)
        kept = screen.evaluate("JSON.stringify([localStorage, sessionStorage])")
        assert screen.context.cookies() == []
        assert link.split("/")[2] not in kept and "own." not in kept and "html" not in kept


def _on_the_wire(answer: Any) -> int:
    """Static files and the coming pages are packed; a page is not."""
    packed = "/static/" in answer.url or "/ahead/" in answer.url
    body = gzip.compress(answer.body()) if packed else answer.body()
    return len(body) + len(str(answer.all_headers()))


def test_the_sheet_of_styles_knows_no_left_and_right() -> None:
    found = finders.find("answering.css")
    sheet = Path(str(found)).read_text()
    for physical in (
        "margin-left",
        "margin-right",
        "padding-left",
        "padding-right",
        " left:",
        " right:",
        "text-align: l",
    ):
        assert physical not in sheet, physical


def test_after_sending_the_thanks_say_what_comes(screen: Any, link: str, invitation: Invitation) -> None:  # noqa: F811
    fill(Client(), link, invitation)
    Client().post(f"{link}check/")
    screen.goto(f"{link}thanks/")
    for width in WIDTHS:
        screen.set_viewport_size({"width": width, "height": 640})
        fits(screen, ("thanks", width))
        picture(screen, f"thanks-{width}")
    assert not violations(screen)
