"""A key is made in a real browser; the ledger, changed addresses and keys as they look, and what axe says of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from culture.access import addresses
from culture.access.models import Grant, Role
from culture.framework.loading import load_catalogue
from culture.people import memberships
from tests.conftest import make_person
from tests.culture.test_access_browser import looks_right
from tests.programs.test_recognition import thank

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Oberrheinisch-Niederösterreichische Kundendienstleitung"


def test_a_key_is_made_and_ended(page: Any, sign_in: Any, employee: Any) -> None:
    sign_in(page, employee)
    page.goto("/accounts/security/")
    page.get_by_role("link", name="Keys", exact=True).click()
    looks_right(page, "no key")
    page.get_by_role("link", name="New key").click()
    page.get_by_label("What it is for").fill("Monthly report of the whole organisation, in a spreadsheet")
    looks_right(page, "new key")
    page.get_by_role("button", name="Make the key").click()
    secret = page.locator("#key").inner_text()
    looks_right(page, "key made")
    asked = Client().get("/api/v1/my-assignments/", headers={"authorization": f"Bearer {secret}"})
    assert asked.status_code == 200
    page.get_by_role("link", name="I have copied it").click()
    looks_right(page, "keys")
    page.get_by_role("button", name="End").click()
    page.get_by_text("opens nothing any more").wait_for()


def test_addresses_and_the_ledger_are_clean(page: Any, sign_in: Any, hr: Any, employee: Any, stranger: Any) -> None:
    load_catalogue()
    for number in range(3):
        person = make_person(f"X{number}", stranger.unit, given_name=LONG, family_name="Wolfeschlegelstein")
        Grant.objects.create(employee=person, role=Role.TRAINER)
        memberships.correct(person, by=hr if number else None, email=f"{'very.long.' * 4}{number}@meridian.test")
        thank(employee, person, public=bool(number))
    sign_in(page, hr)
    page.goto("/access/addresses/")
    looks_right(page, "addresses")
    page.get_by_role("button", name="I asked: it is right").click()
    page.get_by_text("The address of").wait_for()
    for name, address in (
        ("access", "/access/"), ("ledger", "/thanks/ledger/"), ("nothing", "/thanks/ledger/?q=zzzz"),
        ("wrong", "/thanks/ledger/?since=2026-02-02&until=2026-02-01"),
    ):  # fmt: skip
        page.goto(address)
        looks_right(page, name)
    memberships.correct(employee, by=hr, email="new@meridian.test")
    employee.refresh_from_db()
    sign_in(page, employee)
    page.goto("/accounts/security/")
    looks_right(page, "is it yours")
    page.get_by_role("button", name="Yes, it is mine").click()
    page.get_by_text("the address is confirmed").wait_for()
    assert addresses.open_change(employee) is None
