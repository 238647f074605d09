"""The framework's pages in a real browser: find as you type, edit, the matrix; and what axe says about them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from culture.framework import profiles, tailoring
from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour, Requirement, RequirementProfile
from culture.framework.tailoring import Wording
from culture.people.models import Employee
from tests.flows.looking import violations

PICTURES = os.environ.get("PICTURES", "")  # a folder to look at the pages in
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Any, Employee], None]


@pytest.fixture
def adapted(hr: Employee) -> RequirementProfile:
    """A framework somebody worked on, with more job families than fit a screen."""
    load_catalogue()
    entry = Requirement.objects.get(code="W3")
    tailoring.reword(entry=entry, wording=Wording({"en": "Believes in the Meridian way", "zh-hans": "相信"}), by=hr)
    tailoring.switch_off(entry=Requirement.objects.get(code="K7"), by=hr, reason="no computers yet")
    tailoring.add(kind="behaviours", group="attitude", wording=Wording({"en": "Walks the guest to the door"}), by=hr)
    default = RequirementProfile.objects.get(is_default=True)
    for n in range(29):
        profiles.create(job_family=f"Regional administration and settlement {n}", copy_of=default, by=hr)
    return profiles.create(job_family="Retail", copy_of=default, by=hr)


def look(page: Any, name: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # colours do not fade while axe looks
        for width in (320, 390, 768, 1360) if PICTURES else (390, 1360):
            if not PICTURES and (scheme == "dark") == (width > 600):
                continue  # wide in the light, narrow in the dark: each scheme and each width once
            page.set_viewport_size({"width": width, "height": 900})
            found = violations(page)
            assert not found, (name, scheme, width, [(v["id"], v["nodes"][0]["html"]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=width < 1000)
    page.set_viewport_size({"width": 1360, "height": 900})


def test_a_crowded_framework_is_accessible(
    page: Any, sign_in: SignIn, hr: Employee, adapted: RequirementProfile
) -> None:
    """Thirty job families, words of our own and in Chinese; the plain pages are walked in test_looks_browser."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(page, hr)
    for name, address in {
        "chinese": "/framework/?language=zh-hans",
        "matrix": "/framework/profiles/?group=attitude",
        "profile": f"/framework/profiles/{adapted.pk}/",
    }.items():
        page.goto(address)
        look(page, name)
    assert problems == []


def test_find_as_you_type(page: Any, sign_in: SignIn, hr: Employee, adapted: RequirementProfile) -> None:
    sign_in(page, hr)
    page.goto("/framework/?language=it")
    page.get_by_label("Find in the framework").fill("realta")
    page.get_by_text("Found: 1", exact=True).wait_for()
    assert page.locator("[data-find]:visible .tag").all_inner_texts() == ["C3"]
    assert page.get_by_role("heading", name="Behaviours").is_hidden()
    page.get_by_label("Find in the framework").fill("zzz")
    page.get_by_role("heading", name="Nothing found").wait_for()
    page.get_by_label("Find in the framework").fill("")
    assert page.locator("[data-find]:visible").count() == 139  # one is switched off, one is our own


def test_hr_rewords_adds_and_sets_levels(page: Any, sign_in: SignIn, hr: Employee, adapted: RequirementProfile) -> None:
    sign_in(page, hr)
    page.goto("/framework/requirements/W1/")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Text").first.fill("Sees what is in it for oneself")
    page.get_by_label("Why").fill("plainer")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Sees what is in it for oneself", level=1).wait_for()
    page.goto("/framework/")
    page.get_by_role("link", name="Add a behaviour").click()
    page.get_by_label("Attitude to show").check()
    page.get_by_label("Text").first.fill("Says goodbye by name")
    page.get_by_role("button", name="Add", exact=True).click()
    made = Behaviour.objects.get(code="AX2")
    assert made.label == "Says goodbye by name"
    page.get_by_label("Job family").fill("retail")
    page.get_by_role("button", name="Find").click()
    page.get_by_label("Retail, AX2").select_option("4")
    page.get_by_role("button", name="Save the levels").click()
    page.get_by_text("1 level changed.").wait_for()
    assert profiles.levels_of([adapted])[adapted.pk]["AX2"] == 4
    hr.job_family = "Retail"
    hr.save(update_fields=["job_family"])
    page.goto("/framework/?mine=1")
    page.get_by_text("asked of you: Culture (4 of 4)").wait_for()


def test_an_employee_reads_on_a_phone_without_scripts(
    browser: Any, live_server: Any, sign_in: SignIn, employee: Employee, adapted: RequirementProfile
) -> None:
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    page = context.new_page()
    page.set_default_timeout(15000)
    sign_in(page, employee)
    page.goto("/framework/")
    page.get_by_label("Find in the framework").fill("meridian way")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_text("1 entry matches “meridian way”.").wait_for()
    assert page.locator("[data-find] .tag").all_inner_texts() == ["W3"]
    assert page.get_by_role("link", name="Compare with the catalogue").count() == 0
    page.get_by_role("link", name="W3").click()
    page.get_by_role("heading", name="Believes in the Meridian way", level=1).wait_for()
    assert page.get_by_role("button", name="Switch off").count() == 0
    context.close()
