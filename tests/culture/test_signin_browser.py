"""Passkeys with a virtual authenticator, and the pages of the sign-in looked at by axe."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from culture.access.models import AuditEntry
from culture.people.models import Employee
from tests.conftest import PASSWORD
from tests.flows.looking import violations

PICTURES = os.environ.get("PICTURES", "")  # a folder to look at the pages in


def look(page: Any, name: str) -> None:
    """Axe in both schemes at 390 px and 1360 px, nothing wider than the screen; pictures when asked for."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in (390, 1360):
            if not PICTURES and (scheme == "dark") == (width > 600):
                continue  # wide in the light, narrow in the dark: each scheme and each width once
            page.set_viewport_size({"width": width, "height": 844})
            found = violations(page)
            assert not found, (name, scheme, width, [(v["id"], v["nodes"][0]["html"]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=True)


def authenticator(page: Any) -> tuple[Any, str]:
    """A device with finger or PIN, that keeps passkeys; returns the session to talk to it and its id."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return cdp, cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


@pytest.mark.browser
def test_a_passkey_is_added_signs_in_alone_and_is_removed(
    page: Any, sign_in: Callable[[Any, Employee], None], employee: Employee
) -> None:
    problems: list[str] = []
    page.on("console", lambda entry: problems.append(entry.text) if entry.type == "error" else None)
    cdp, device = authenticator(page)
    sign_in(page, employee)
    page.goto("/accounts/security/")
    look(page, "security")
    page.get_by_role("link", name="Add a passkey").click()
    look(page, "again")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    look(page, "passkey-add")
    page.get_by_label("Name").fill("my phone")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/recovery-codes/")
    look(page, "recovery-codes")
    assert Authenticator.objects.get(type="webauthn").user == employee
    page.goto("/accounts/security/")
    assert page.get_by_text("my phone").first.is_visible()
    look(page, "security-full")
    # Out, and in by the passkey alone.
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    look(page, "login")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto("/accounts/security/")
    assert page.get_by_text("this one").is_visible()
    assert AuditEntry.objects.filter(verb="sign-in").order_by("-pk")[0].detail["method"] == "webauthn"
    # With a password, the passkey is the second factor.
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", employee.email or "")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/2fa/authenticate/**")
    look(page, "second-factor")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "authenticate" not in url)
    # A device that declines says so in words and leaves the page as it was.
    page.context.clear_cookies()
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("The device did not confirm").wait_for()
    look(page, "passkey-declined")
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto("/accounts/security/")
    page.get_by_role("link", name="Rename my phone").click()
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
    look(page, "passkey-rename")
    page.get_by_label("Name").fill("old phone")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/security/")
    page.get_by_role("link", name="Remove old phone").click()
    look(page, "passkey-remove")
    page.get_by_role("button", name="Remove").click()
    page.wait_for_url("**/security/")
    assert not Authenticator.objects.filter(user=employee).exists()
    assert problems == []


@pytest.mark.browser
def test_the_other_pages_of_the_door(page: Any, sign_in: Callable[[Any, Employee], None], employee: Employee) -> None:
    for path, name in (
        ("/accounts/login/code/", "code"),
        ("/accounts/password/reset/", "reset"),
        ("/accounts/once/no-such-link/", "once-dead"),
        ("/accounts/inactive/", "inactive"),
    ):
        page.goto(path)
        look(page, name)
    for n in range(6):
        page.goto("/accounts/login/")
        page.fill("input[name=login]", "nobody@meridian.test")
        page.fill("input[name=password]", f"wrong-{n}")
        page.press("input[name=password]", "Enter")
        page.locator(".form-errors").wait_for()
    page.get_by_text("Too many failed attempts. Try again in 15 minutes").wait_for()
    look(page, "locked")
    sign_in(page, employee)
    page.goto("/accounts/password/change/")
    look(page, "password")
    page.goto("/accounts/2fa/totp/activate/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    look(page, "app")
