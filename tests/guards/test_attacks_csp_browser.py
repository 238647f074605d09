"""The policy a browser enforces lets every page of ours work: nothing is blocked, nothing foreign is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from culture.people.models import Employee

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "home", "people:employees", "people:units", "people:employee_new", "people:unit_new", "people:import",
    "people:imports", "people:leavers", "people:retention", "people:my_data", "access:list", "access:roles",
    "access:people", "access:audit", "organisation", "framework:catalogue", "framework:charter",
    "framework:charter_manage", "framework:readiness", "framework:profiles", "instruments:list", "instruments:new",
    "waves:list", "waves:new", "waves:links", "results:list", "planning:list", "planning:new", "training:courses",
    "training:new", "recognition:feed", "recognition:give", "reports:scorecard", "account_security", "mailbox",
)  # fmt: skip


def test_no_page_breaks_the_policy(
    page: Any, sign_in: Callable[[Any, Employee], None], hr: Employee, manager: Employee
) -> None:
    blocked: list[str] = []
    foreign: list[str] = []
    here = {"url": "/accounts/login/"}

    def heard(message: Any) -> None:
        if "Content Security Policy" in message.text or "Permissions-Policy" in message.text:
            blocked.append(f"{here['url']}: {message.text[:200]}")

    page.on("console", heard)
    page.on("pageerror", lambda error: blocked.append(f"{here['url']}: {error}"))
    own = ("http://localhost", "http://127.0.0.1", "data:")
    page.on("request", lambda asked: None if asked.url.startswith(own) else foreign.append(asked.url))
    sign_in(page, hr)
    for name in PAGES:
        here["url"] = address = reverse(name)
        answer = page.goto(address)
        assert answer.status == 200, (address, answer.status)
        page.wait_for_timeout(150)
    page.goto("/api/v1/docs/")
    page.wait_for_selector(".swagger-ui .opblock", timeout=20000)
    assert not blocked and not foreign
    # The ear is not deaf: a script written into a page is stopped, and heard of.
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.evil = 1'; "
        "document.body.append(s) }"
    )
    page.wait_for_timeout(150)
    assert blocked and page.evaluate("() => window.evil") is None
