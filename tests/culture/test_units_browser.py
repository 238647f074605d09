"""Units and people in a real browser: searching as one types, opening branches, and what axe says about the pages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from culture.people.models import Employee, Unit
from tests.conftest import make_person, make_unit
from tests.flows.looking import violations

PICTURES = os.environ.get("PICTURES", "")  # a folder to look at the pages in
LONG = "Kundenbetreuung und Beschwerdemanagement für Geschäftskunden in Südosteuropa"


def _look(page: Any, name: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in (1360, 768, 390, 320) if PICTURES else (1360, 390):
            if not PICTURES and (scheme == "dark") == (width > 600):
                continue  # wide in the light, narrow in the dark: each scheme and each width once
            page.set_viewport_size({"width": width, "height": 900})
            found = violations(page)
            assert not found, (name, scheme, width, [(v["id"], v["nodes"][0]["html"]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1360, "height": 900})


@pytest.mark.browser
def test_units_and_people_by_hand(page: Any, sign_in: Any, hr: Employee, manager: Employee, units: Any) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda entry: problems.append(entry.text) if entry.type == "error" else None)
    area = make_unit(LONG, units["Services"])
    for n in range(320):
        make_unit(f"Team {n}", area)
    make_person("R1", units["Services"], given_name="Ștefan", family_name="Țăranu")
    sign_in(page, hr)

    # A large tree opens level by level.
    page.goto("/units/")
    _look(page, "tree")
    page.locator("summary", has_text="Services").click()
    branch = page.locator("summary", has_text=LONG)
    branch.wait_for()
    branch.click()
    page.get_by_role("link", name="Team 319", exact=True).wait_for()
    page.get_by_label("Find a unit").fill("branch")
    page.get_by_text("2 units found").wait_for()
    _look(page, "tree-found")

    # A change shows what it does, then does it; the field suggests units.
    page.goto(f"/units/{units['Branch A'].pk}/")
    _look(page, "unit")
    page.get_by_role("link", name="Merge").click()
    page.get_by_label("Becomes part of").type("branch b")
    page.locator("datalist option").first.wait_for(state="attached")
    page.get_by_label("Becomes part of").fill("Branch B")
    _look(page, "merge")
    page.get_by_role("button", name="Show what will happen").click()
    page.get_by_text("12 people are concerned").wait_for()
    _look(page, "preview")
    page.get_by_role("button", name="Merge the unit").click()
    page.get_by_text("Done.").wait_for()
    assert Unit.objects.get(pk=units["Branch A"].pk).merged_into == units["Branch B"]
    page.goto(f"/units/{units['Branch A'].pk}/")
    _look(page, "closed")

    # People are found as one types, without accents, and the address can be shared.
    page.goto("/people/")
    _look(page, "people")
    page.get_by_label("Name, number or e-mail").type("taranu")
    page.get_by_text("1 person", exact=True).wait_for()
    assert "q=taranu" in page.url
    page.get_by_role("link", name="Ștefan Țăranu").click()
    _look(page, "person")
    page.get_by_role("link", name="Correct data").click()
    _look(page, "correct")
    page.get_by_label("Time zone").fill("Mars/Base")
    page.get_by_role("button", name="Save the correction").click()
    page.get_by_text("is no time zone").first.wait_for()
    _look(page, "refused")
    page.get_by_role("link", name="Cancel", exact=True).click()
    page.get_by_role("link", name="Move", exact=True).click()
    page.get_by_label("New unit").fill("Branch B")
    page.get_by_label("From").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="Move the person").click()
    page.get_by_text("The move is recorded.").wait_for()
    assert not [one for one in problems if "422" not in one]
