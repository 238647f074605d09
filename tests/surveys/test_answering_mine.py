"""What waits for somebody who is signed in."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from culture.people.models import Employee
from surveys.answering import frozen, mine
from surveys.waves import keys
from surveys.waves.models import Invitation, Wave
from tests.flows.looking import violations
from tests.surveys.answering_room import fill, invitation, link, wave  # noqa: F401


def test_one_survey_waits_with_its_minutes_and_opens_by_a_click(
    client_of: Any,
    employee: Employee,
    link: str,  # noqa: F811
    invitation: Invitation,  # noqa: F811
) -> None:
    client = client_of(employee)
    for path in ("/my/surveys/", "/my/training/"):
        body = client.get(path).content.decode()
        assert "1 survey waits for you" in body and "about 5 minutes" in body, path
        assert link.split("/")[2] not in body, "no link that opens his answers stands in the page"
    response = client.post("/my/surveys/", {"survey": invitation.pk})
    assert (response.status_code, response["Location"]) == (303, link)


def test_what_was_begun_by_mail_goes_on_and_what_is_done_waits_no_more(
    client_of: Any,
    employee: Employee,
    link: str,  # noqa: F811
    invitation: Invitation,  # noqa: F811
) -> None:
    Client().post(f"{link}1/", {"own.W1": "2", "go": "skip"})
    client = client_of(employee)
    opened = client.post("/my/surveys/", {"survey": invitation.pk})["Location"]
    assert "1 of 34 questions answered" in client.get(opened).content.decode()
    fill(Client(), link, invitation)
    Client().post(f"{link}check/")
    body = client.get("/my/surveys/").content.decode()
    assert "Nothing waits for you" in body and "Answered. Thank you." in body
    assert "survey waits" not in client.get("/my/training/").content.decode()


def test_who_declined_may_change_his_mind(client_of: Any, employee: Employee, link: str) -> None:  # noqa: F811
    Client().post(link, {"go": "decline"})
    body = client_of(employee).get("/my/surveys/").content.decode()
    assert "You chose not to take part" in body and "survey waits" not in body


def test_a_new_address_opens_no_draft_of_the_old_one(employee: Employee, link: str, invitation: Invitation) -> None:  # noqa: F811
    secrets = keys.load(invitation.wave_id)
    invitation.address_mark = keys.address_mark(secrets, "old@meridian.test")
    assert mine.link(invitation, "old@meridian.test") == link
    other = mine.link(invitation, "new@meridian.test")
    assert other != link and keys.is_visit(other.split("/")[2])


def test_nobody_opens_another_persons_survey(client_of: Any, stranger: Employee, invitation: Invitation) -> None:  # noqa: F811
    client = client_of(stranger)
    assert "No survey is open for you now" in client.get("/my/surveys/").content.decode()
    for wanted in (invitation.pk, "x", "", "9" * 40, "٣"):
        assert client.post("/my/surveys/", {"survey": wanted}).status_code == 404
    assert Client().get("/my/surveys/").status_code == 302
    assert Client().post("/my/surveys/", {"survey": invitation.pk}).status_code == 302


def test_a_closed_survey_waits_for_nobody(client_of: Any, employee: Employee, invitation: Invitation) -> None:  # noqa: F811
    Wave.objects.filter(pk=invitation.wave_id).update(closes_on="2020-01-02", opens_on="2020-01-01")
    assert "No survey is open for you now" in client_of(employee).get("/my/surveys/").content.decode()


def test_queries(client_of: Any, employee: Employee, wave: Wave, invitation: Invitation) -> None:  # noqa: F811
    mine.of(employee)  # the wave is kept from now on
    with CaptureQueriesContext(connection) as queries:
        assert len(mine.of(employee)) == 1
    assert len(queries) == 2
    frozen.forget()


@pytest.mark.browser
def test_look(page: Any, sign_in: Any, employee: Employee, invitation: Invitation) -> None:  # noqa: F811
    sign_in(page, employee)
    page.goto("/my/surveys/")
    for width in (1360, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert not violations(page, scheme), (width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("main form button").click()
    page.get_by_role("heading", name="How do we serve each other?").wait_for()


def test_whoever_signs_in_finds_the_waiting_survey_where_he_lands(
    client_of: Any,
    hr: Employee,
    manager: Employee,
    executive: Employee,
    wave: Wave,  # noqa: F811
) -> None:
    for person in (hr, manager, executive):
        client = client_of(person)
        assert "survey waits for you" not in client.get("/", follow=True).content.decode()
        Invitation.objects.create(wave=wave, employee=person, block=1, providers=[])
        body = client.get("/", follow=True).content.decode()
        assert body.count("1 survey waits for you") == 1, person
        assert "survey waits for you" not in client.get("/my/data/").content.decode()
