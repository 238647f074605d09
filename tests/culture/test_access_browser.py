"""The pages of access in a real browser: giving a role, reading the table, and what axe says about them."""

from __future__ import annotations

from typing import Any

import pytest

from culture.access.models import Grant, Role
from tests.conftest import make_person
from tests.flows.looking import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = ((1360, 900), (390, 844))


def looks_right(page: Any, name: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width, height in SIZES:
            if (scheme == "dark") == (width > 600):
                continue  # wide in the light, narrow in the dark: each scheme and each width once
            page.set_viewport_size({"width": width, "height": height})
            found = violations(page)
            assert not found, (name, scheme, width, [(v["id"], v["nodes"][0]["html"]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
    page.set_viewport_size({"width": 1360, "height": 900})


def test_a_role_is_given_and_every_page_is_clean(page: Any, sign_in: Any, hr, employee, units) -> None:
    far = units["Branch A"]
    for number in range(12):
        name = "Oberrheinisch-Niederösterreichische Kundendienstleitung" if number == 5 else f"Person {number}"
        person = make_person(f"X{number}", far, given_name=name, family_name="Wolfeschlegelsteinhausenbergerdorff")
        Grant.objects.create(employee=person, role=Role.TRAINER, unit=far, granted_by=hr, reason="Why not")
    sign_in(page, hr)
    page.goto("/access/people/?for=give&q=person")
    looks_right(page, "people")
    page.goto("/access/people/?for=give&q=a1@meridian.test")
    page.get_by_role("link", name="Person A1").click()
    page.get_by_label("Trainer").check()
    page.get_by_label("One unit and everything below it").check()
    page.get_by_label("Unit", exact=False).last.fill("Branch")
    page.get_by_label("Reason").fill("Teaches the branch")
    page.get_by_role("button", name="Give the role").click()
    page.get_by_text("Which of these?").wait_for()
    looks_right(page, "give")
    page.get_by_label("Meridian > Retail > Branch B").check()
    page.get_by_role("button", name="Give the role").click()
    page.get_by_text("is now Trainer").wait_for()
    looks_right(page, "person")
    grant = Grant.objects.get(employee=employee)
    assert (grant.unit, grant.reason) == (units["Branch B"], "Teaches the branch")
    for name, address in (
        ("list", "/access/?state=all"),
        ("empty", "/access/?q=nobody"),
        ("roles", "/access/roles/"),
        ("end", f"/access/{grant.pk}/end/"),
        ("mine", "/my/access/"),
        ("audit", "/audit/"),
        ("nothing", "/audit/?q=zzzz"),
    ):
        page.goto(address)
        looks_right(page, name)
