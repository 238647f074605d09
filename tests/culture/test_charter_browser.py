"""The charter and readiness in a real browser, and what axe says about them at two widths in both schemes."""

from __future__ import annotations

from typing import Any

import pytest

from culture.framework import charter, readiness
from culture.framework.charter_models import CharterAcknowledgement
from culture.framework.loading import load_catalogue
from culture.framework.readiness_models import ReadinessSponsor
from tests.culture.test_charter import publish
from tests.culture.test_readiness import all_at, judged, today
from tests.flows.looking import violations

pytestmark = pytest.mark.browser


def look(page: Any, *addresses: str) -> None:
    for address in addresses:
        page.goto(address)
        for width in (1360, 390):
            page.set_viewport_size({"width": width, "height": 844})
            for scheme in ("light", "dark"):
                if (scheme == "dark") == (width > 600):
                    continue  # wide in the light, narrow in the dark: each scheme and each width once
                # Without motion: a colour half-way between two schemes is nobody's.
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                found = violations(page)
                assert not found, (address, scheme, width, [(v["id"], v["nodes"][0]["html"]) for v in found])
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, width)


def signed_in(page: Any, client: Any) -> Any:
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": page.url_of}])
    return page


@pytest.fixture
def as_user(page: Any, live_server: Any, client_of: Any) -> Any:
    page.url_of = live_server.url
    return lambda user: signed_in(page, client_of(user))


def test_an_employee_reads_and_acknowledges(as_user: Any, hr: Any, employee: Any) -> None:
    publish(hr)
    publish(hr, "We serve gladly, with a **word** that is new.")
    page = as_user(employee)
    look(page, "/charter/", "/charter/2/changes/")
    page.goto("/charter/")
    page.get_by_role("button", name="I have read it").click()
    page.get_by_role("heading", name="You have read it").wait_for()
    assert CharterAcknowledgement.objects.get().employee == employee


def test_hr_writes_and_sees_who_has_read(as_user: Any, hr: Any, manager: Any) -> None:
    publish(hr)
    charter.draft(by=hr)
    page = as_user(hr)
    look(page, "/charter/manage/", "/charter/1/readers/", "/charter/1/readers/unread/", "/charter/draft/discard/")
    look(page, "/charter/draft/", "/charter/draft/publish/")
    page.goto("/charter/draft/")
    page.get_by_label("Mission").fill("We serve gladly.")
    page.get_by_role("button", name="Add a standard").click()
    page.wait_for_url("**#standards")
    assert page.get_by_label("Mission").input_value() == "We serve gladly."
    page.get_by_role("button", name="Italiano").click()
    page.wait_for_url("**language=it")
    page.get_by_label("Mission").fill("Serviamo volentieri.")
    page.get_by_label("Mission").press("Tab")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("Saved. Nobody but HR sees the draft.").wait_for()
    assert charter.draft(by=hr).mission == {"en": "We serve gladly.", "it": "Serviamo volentieri."}


def test_a_sponsor_judges(as_user: Any, hr: Any, executive: Any) -> None:
    load_catalogue()
    judged(hr, (executive, all_at(2)), (hr, all_at(3, S9=0)), days_ago=30)
    made = readiness.open(by=hr, on=today(), sponsors=[hr, executive], today=today())
    page = as_user(hr)
    look(page, "/readiness/", f"/readiness/{made.pk}/judge/", f"/readiness/{made.pk}/end/", "/readiness/rule/")
    look(page, f"/readiness/{made.pk}/sponsors/", "/programs/new/")
    page.goto(f"/readiness/{made.pk}/judge/")
    page.locator("#S1").get_by_text("It stands in a plan").click()
    page.locator("#S1").get_by_label("What is this based on?").fill("The plan of May")
    page.get_by_role("button", name="Save and go on later").click()
    page.get_by_role("heading", name="1 of 14 conditions judged").wait_for()
    assert page.locator('input[name="S1_level"][value="2"]').is_checked()
    kept = ReadinessSponsor.objects.get(assessment=made, employee=hr).judgements.get(condition__code="S1")
    assert (kept.level, kept.evidence) == (2, "The plan of May")
