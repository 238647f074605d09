"""My data, erasing and retention in a real browser: axe in both schemes, no sideways scrolling, and the whole way."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from culture.access.audit import record
from culture.people import retention
from culture.people.models import Employee, Unit
from culture.people.rights_models import Erasure
from tests.conftest import make_person
from tests.flows.looking import violations

PICTURES = os.environ.get("PICTURES", "")  # a folder to look at the pages in
LONG = "Maximiliana-Constanze Freiin von Hohenstein-Wittgenstein"


def look(page: Any, address: str, name: str) -> None:
    page.goto(address)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour half-way through its transition
        for width in (390, 768, 1360) if PICTURES else (390, 1360):
            if not PICTURES and (scheme == "dark") == (width > 600):
                continue  # wide in the light, narrow in the dark: each scheme and each width once
            page.set_viewport_size({"width": width, "height": 900})
            found = violations(page)
            assert not found, (name, scheme, width, [(v["id"], v["nodes"][0]["html"]) for v in found])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=True)


@pytest.fixture
def leavers(hr: Employee, units: dict[str, Unit]) -> list[Employee]:
    """A crowd: thirty who left, one with a very long name and on hold."""
    people = []
    for n in range(30):
        person = make_person(f"LEFT-{n:04}", units["Branch B"], given_name=f"Person{n}", family_name="Gone")
        Employee.objects.filter(pk=person.pk).update(left_on=timezone.localdate() - dt.timedelta(days=700 + n * 30))
        people.append(person)
    Employee.objects.filter(pk=people[0].pk).update(given_name=LONG.split()[0], family_name=LONG.split(" ", 1)[1])
    people[0].refresh_from_db()
    retention.place_hold(employee=people[0], reason="Labour court, case 2231/2026: " + "all records stay. " * 8, by=hr)
    retention.tick(now=timezone.now())
    return people


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_my_data(page: Any, sign_in: Callable[..., None], employee: Employee) -> None:
    for n in range(25):
        record(employee, "rights.download", f"entry-{n}", format="json")
    page.set_default_timeout(60000)
    sign_in(page, employee)
    look(page, "/me/data/", "my-data")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all").click()
    assert download.value.suggested_filename == "my-data.zip"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_hr_erases_and_sets_periods(
    page: Any, sign_in: Callable[..., None], hr: Employee, leavers: list[Employee]
) -> None:
    page.set_default_timeout(60000)
    sign_in(page, hr)
    for address, name in (
        ("/people/retention/", "retention"),
        ("/people/retention/period/leavers/?days=100", "period"),
        ("/people/retention/period/leavers/?days=1", "period-error"),
        ("/people/retention/holds/", "holds"),
        ("/people/retention/pause/", "pause"),
        ("/people/erasure/", "leavers"),
        (f"/people/erasure/{leavers[0].pk}/", "erase-refused"),
        (f"/people/erasure/{leavers[5].pk}/", "erase"),
    ):
        look(page, address, name)
    page.get_by_label("Type the employee number to confirm").fill("LEFT-0006")
    page.get_by_role("button", name="Erase for good").click()
    page.get_by_text("This is not the number of this person").first.wait_for()
    assert not Erasure.objects.exists()
    page.get_by_label("Type the employee number to confirm").fill("LEFT-0005")
    page.get_by_role("button", name="Erase for good").click()
    page.get_by_text("Erased. Nothing here names this person any more").wait_for()
    assert Erasure.objects.get().employee_id == leavers[5].pk
