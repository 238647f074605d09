"""The first start in a browser, from the link to the second factor; and the page "Organisation"."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone

from culture.access import organisation, setup
from culture.access.organisation_models import Organisation
from culture.people.models import Employee
from tests.culture.test_signin_browser import look


@pytest.mark.browser
def test_from_the_link_to_the_first_page(page: Any, settings: Any, smtp_sink: Any) -> None:
    settings.DEMO = False
    organisation.forget()
    page.set_default_timeout(60000)
    page.goto("/")
    page.get_by_role("heading", name="This Trivium is not set up yet").wait_for()
    look(page, "setup-closed")
    link = "/" + setup.new_link(now=timezone.now()).split("/", 3)[3]
    page.goto(link)
    look(page, "setup-link")
    page.get_by_role("button", name="Begin").click()
    look(page, "setup-organisation")
    page.get_by_label("Name of the organisation").fill("Aurora Hotels and Restaurants of the Northern Coast")
    page.get_by_label("Time zone").select_option("Europe/Paris")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Sender's name").fill("Aurora")
    page.get_by_label("Sender's address").fill("people@aurora.example")
    page.get_by_label("Send the test mail to").fill("me@aurora.example")
    smtp_sink.refuse = lambda address: "550 5.1.1 No such user here"
    page.get_by_role("button", name="Send a test mail").click()
    page.get_by_text("It answered: 550 5.1.1 No such user here").wait_for()
    look(page, "setup-mail-refused")
    smtp_sink.refuse = lambda address: None
    page.get_by_role("button", name="Send another test mail").click()
    page.get_by_text("The mail server took the test mail to me@aurora.example").wait_for()
    look(page, "setup-mail")
    assert [m["from"] for m in smtp_sink.messages] == ["Aurora <people@aurora.example>"]
    page.get_by_role("button", name="It arrived: continue").click()
    # Left, and come back to.
    page.goto("about:blank")
    page.goto("/setup/")
    page.get_by_label("7 people").check()
    look(page, "setup-privacy")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Given name").fill("Ada")
    page.get_by_label("Family name").fill("Rossi")
    page.get_by_label("E-mail address").fill("ada@aurora.example")
    page.get_by_label("Password", exact=True).fill("a-long-first-password")
    page.get_by_label("Password once more").fill("another-long-password")
    page.get_by_role("button", name="Finish and sign in").click()
    page.locator(".form-errors").get_by_text("The two passwords are not the same").wait_for()
    look(page, "setup-admin")
    page.get_by_label("Password", exact=True).fill("a-long-first-password")
    page.get_by_label("Password once more").fill("a-long-first-password")
    page.get_by_role("button", name="Finish and sign in").click()
    page.get_by_text("One thing first: a second factor").wait_for()
    assert page.locator(".brand").first.inner_text().startswith("Aurora Hotels")
    look(page, "setup-second-factor")
    page.goto("/people/")
    assert page.url.endswith("/accounts/security/")
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("#authenticator_secret").text_content()
    look(page, "setup-app")
    page.get_by_label("Code").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Switch on").click()
    page.wait_for_url("**/recovery-codes/")
    page.get_by_role("link", name="I have kept them: continue").click()
    assert "/accounts/" not in page.url
    assert "Aurora Hotels" in page.title()
    assert Organisation.objects.get().k == 7 and Organisation.objects.get().set_up_at
    assert Employee.objects.get().email == "ada@aurora.example"


@pytest.mark.browser
def test_the_page_organisation(page: Any, sign_in: Callable[[Any, Employee], None], hr: Employee) -> None:
    sign_in(page, hr)
    page.goto("/organisation/")
    look(page, "organisation")
    page.get_by_label("Name of the organisation").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".form-errors").wait_for()
    look(page, "organisation-wrong")
    page.get_by_label("Name of the organisation").fill("Aurora")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("The settings are saved.").wait_for()
    assert page.title() == "Organisation · Aurora"
