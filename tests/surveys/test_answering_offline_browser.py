"""A network that dies, two tabs, the back button, a restart: nothing typed is lost, nothing counts twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from culture.people.models import Employee
from surveys.answering import submitting
from surveys.answering.models import Draft, InboxEnvelope
from surveys.waves import codes, keys, kiosks
from surveys.waves.models import Invitation, Wave
from tests.surveys.answering_room import envelopes, fill, invitation, link, questionnaire, wave  # noqa: F401
from tests.surveys.channels_world import open_wave

pytestmark = pytest.mark.browser
WORDS = "Meeting rooms are PLANTED double-booked"


@pytest.fixture
def context(browser: Any, live_server: Any) -> Iterator[Any]:
    Client().get("/healthz")  # the first request of a process imports every page: not in a browser's time
    # Routes of a test see nothing of what a worker asks for; the worker has tests of its own.
    made = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, service_workers="block"
    )
    yield made
    made.close()


@pytest.fixture
def phone(context: Any) -> Any:
    page = context.new_page()
    page.set_default_timeout(30_000)
    return page


def kept(page: Any) -> list[str]:
    """What this browser keeps, as somebody who looks into it would see it."""
    return page.evaluate("[...Object.values(localStorage), ...Object.values(sessionStorage)]")


def unsent(page: Any) -> list[str]:
    """Of that, what waits to be sent."""
    return page.evaluate(
        "[localStorage, sessionStorage].flatMap((store) => Object.entries(store))"
        ".filter(([name]) => name.startsWith('answers.')).map(([, value]) => value)"
    )


def emptied(page: Any, look: Any = kept) -> None:
    """The page's policy forbids what Playwright's own waiting is made of."""
    for _ in range(100):
        if look(page) == []:
            return
        page.wait_for_timeout(50)
    raise AssertionError("something stays in the browser")


def ready(page: Any) -> None:
    """The coming pages are here."""
    for _ in range(200):
        if page.evaluate("Boolean(globalThis.answering?.ahead)"):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the coming pages were not fetched")


def choose(page: Any, name: str, value: str) -> None:
    page.locator(f'input[name="{name}"][value="{value}"]').check()


def saved(page: Any) -> None:
    page.get_by_text("Saved.", exact=True).wait_for()


def test_what_is_answered_in_a_tunnel_is_marked_and_sent_afterwards(
    context: Any,
    phone: Any,
    link: str,  # noqa: F811
) -> None:
    phone.goto(f"{link}1/")
    choose(phone, "own.W1", "4")
    saved(phone)
    assert unsent(phone) == []
    ready(phone)
    context.set_offline(True)
    choose(phone, "own.W2", "2")
    phone.get_by_text("kept on this device, encrypted").wait_for()
    assert "not yet sent" in phone.locator("#q-own\\.W2 legend").inner_text()
    assert "not yet sent" not in phone.locator("#q-own\\.W1 legend").inner_text()
    phone.get_by_role("button", name="Next").click()
    phone.get_by_text("Still open on this page: 1").wait_for()
    for sealed in (*unsent(phone), *kept(phone)):
        assert "own.W2" not in sealed and link.strip("/").split("/")[1] not in sealed
    context.set_offline(False)
    saved(phone)
    phone.reload()
    assert phone.locator('input[name="own.W2"][value="2"]').is_checked()
    assert "not yet sent" not in phone.content().replace('data-unsent="not yet sent"', "")
    emptied(phone, unsent)


def test_what_waits_survives_closing_the_page_and_a_restart_of_the_server(
    context: Any,
    phone: Any,
    link: str,  # noqa: F811
    invitation: Invitation,  # noqa: F811
) -> None:
    last = f"{link}{questionnaire(invitation)[-1].number}/"
    phone.goto(last)
    # The server is being restarted: what answers is the proxy before it.
    context.route("**/s/**", lambda route: route.fulfill(status=502, body="Bad gateway"))
    phone.locator("textarea").fill(WORDS)
    phone.get_by_text("kept on this device, encrypted").wait_for()
    phone.close()
    context.unroute("**/s/**")
    again = context.new_page()
    with again.expect_response(lambda answer: answer.request.method == "POST") as sent:
        again.goto(link)
    assert sent.value.status == 204
    again.get_by_role("link", name="Continue where you stopped").wait_for()
    again.goto(last)
    assert again.locator("textarea").input_value() == WORDS
    emptied(again, unsent)


def test_sending_waits_for_the_network_and_counts_once(
    context: Any,
    phone: Any,
    link: str,  # noqa: F811
    invitation: Invitation,  # noqa: F811
    wave: Wave,  # noqa: F811
) -> None:
    fill(Client(), link, invitation)
    phone.goto(f"{link}check/")
    context.set_offline(True)
    phone.get_by_role("button", name="Send my answers").click()
    phone.get_by_text("not sent yet. Leave this page open").wait_for()
    context.set_offline(False)
    phone.get_by_role("heading", name="Thank you. It is sent.").wait_for()
    assert len(envelopes(wave)) == 1 and not Draft.objects.exists()
    phone.go_back()
    phone.get_by_role("heading", name="Your answers were already sent").wait_for()
    assert len(envelopes(wave)) == 1


def test_an_answer_that_got_lost_on_its_way_back_is_sent_again_and_counts_once(
    context: Any,
    phone: Any,
    link: str,  # noqa: F811
    invitation: Invitation,  # noqa: F811
    wave: Wave,  # noqa: F811
) -> None:
    fill(Client(), link, invitation)
    phone.goto(f"{link}check/")
    lost = []

    def lose(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    context.route("**/check/**", lose)
    phone.get_by_role("button", name="Send my answers").click()
    phone.get_by_role("heading", name="Thank you. It is sent.").wait_for()
    assert lost == [200] and len(envelopes(wave)) == 1


def test_two_tabs_and_the_back_button_keep_everything(context: Any, phone: Any, link: str) -> None:  # noqa: F811
    other = context.new_page()
    phone.goto(f"{link}1/")
    other.goto(f"{link}1/")
    choose(phone, "own.W1", "5")
    saved(phone)
    choose(other, "own.W2", "1")
    saved(other)
    choose(phone, "own.W3", "none")
    saved(phone)
    phone.get_by_role("button", name="Next").click()
    phone.wait_for_url("**/2/")
    phone.go_back()
    for name, value in (("own.W1", "5"), ("own.W2", "1"), ("own.W3", "none")):
        assert phone.locator(f'input[name="{name}"][value="{value}"]').is_checked(), name


def test_answered_in_one_tab_the_other_forgets_what_waits(
    context: Any,
    phone: Any,
    link: str,  # noqa: F811
    invitation: Invitation,  # noqa: F811
    wave: Wave,  # noqa: F811
) -> None:
    fill(Client(), link, invitation)
    phone.goto(f"{link}1/")
    context.set_offline(True)
    choose(phone, "own.W1", "1")
    phone.get_by_text("kept on this device").wait_for()
    flat = {f.name: 3 for p in questionnaire(invitation) for f in p.fields if not f.is_comment}
    answers = submitting.pages.nest(questionnaire(invitation), flat)
    token = keys.link_token(wave.pk, invitation.pk)
    submitting.submit(token=token, invitation=invitation, answers=answers, now=submitting.timezone.now())
    context.set_offline(False)
    phone.get_by_role("heading", name="Your answers were already sent").wait_for()
    emptied(phone)
    assert InboxEnvelope.objects.count() == 1


def test_a_link_that_somebody_else_may_hold_leaves_nothing_in_the_browser(
    context: Any,
    phone: Any,
    invitation: Invitation,  # noqa: F811
) -> None:
    phone.goto(f"/s/{keys.visit_token(invitation.wave_id, invitation.pk)}/1/")
    ready(phone)
    context.set_offline(True)
    choose(phone, "own.W1", "4")
    phone.get_by_text("Do not close this tab").wait_for()
    assert phone.evaluate("localStorage.length") == 0
    assert len(unsent(phone)) == 1, "gone with the tab"


def test_mail_to_a_new_address_may_wait_on_the_device_as_any_mailed_link(
    context: Any,
    phone: Any,
    invitation: Invitation,  # noqa: F811
) -> None:
    secrets = keys.load(invitation.wave_id)
    visit = keys.address_visit(secrets, invitation.employee.email or "")
    phone.goto(f"/s/{keys.token_of(secrets, invitation.wave_id, invitation.pk, visit)}/1/")
    ready(phone)
    context.set_offline(True)
    choose(phone, "own.W1", "4")
    phone.get_by_text("kept on this device, encrypted").wait_for()
    assert phone.evaluate("Object.keys(localStorage).some((name) => name.startsWith('answers.'))")


def test_a_comment_too_long_says_so_and_stays_in_its_box(phone: Any, link: str, invitation: Invitation) -> None:  # noqa: F811
    phone.goto(f"{link}{questionnaire(invitation)[-1].number}/")
    phone.locator("textarea").fill("x" * 2001)
    phone.get_by_text("shorten it to 2000 characters").wait_for()
    phone.reload()
    assert phone.locator("textarea").input_value() == "x" * 2001
    phone.locator("textarea").fill("short enough")
    saved(phone)
    phone.reload()
    assert phone.locator("textarea").input_value() == "short enough"


def test_a_shared_tablet_saves_and_keeps_nothing_of_anybody(
    context: Any,
    phone: Any,
    hr: Employee,
    manager: Employee,
    employee: Employee,
    units: dict[str, Any],
) -> None:
    open_ = open_wave(hr)
    tablet = kiosks.add(by=hr, wave=open_, name="Staff room", unit=units["Retail"])
    mine = Invitation.objects.get(wave=open_, employee=employee)
    code = codes.print_for(open_, [mine.pk], by=hr, unit=employee.unit)[mine.pk]
    phone.goto(f"/k/{keys.kiosk_token(open_.pk, tablet.pk)}/")
    phone.get_by_label("Code").fill(code)
    phone.get_by_role("button", name="Begin").click()
    phone.get_by_role("link", name="Start").click()
    phone.wait_for_url("**/survey/1/**")
    names = phone.evaluate("[...new Set([...document.querySelectorAll('input[type=radio]')].map(e => e.name))]")
    choose(phone, names[0], "4")
    saved(phone)
    context.set_offline(True)
    choose(phone, names[1], "4")
    phone.get_by_text("Leave this page open").wait_for()
    assert kept(phone) == [], "the next person finds nothing"
    context.set_offline(False)
    saved(phone)
    phone.reload()
    assert phone.locator(f'input[name="{names[1]}"][value="4"]').is_checked()
