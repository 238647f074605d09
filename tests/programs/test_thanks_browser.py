"""Thanks on a phone in three taps and a few words; and every page of thanks by axe, crowded and in two schemes."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from culture.framework.loading import load_catalogue
from culture.people.models import Employee
from programs.recognition import moderating, pictures, reacting
from programs.recognition.models import Kudos
from tests.conftest import make_person, make_unit
from tests.flows.looking import problems, visit
from tests.programs.thanks import thank

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Customer operations and after-sales coordination, northern and eastern region, second shift"
LONG_NAME = {"given_name": "Maximiliana-Alexandrina", "family_name": "von und zu Hohenlohe-Waldenburg-Schillingsfürst"}


def photograph() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (900, 600), "#c4510a").save(out, "JPEG")
    return out.getvalue()


def test_three_taps_and_a_few_words(
    employee: Employee, manager: Employee, browser: Any, live_server: Any, client_of: Any
) -> None:
    load_catalogue()
    with visit(browser, live_server, client_of, employee) as page:
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto("/")
        page.get_by_role("link", name="Marco Neri").click()
        page.get_by_text("Availability", exact=False).click()
        page.get_by_label("What happened?").fill("You took the late shift for me.")
        page.get_by_role("button", name="Send thanks").click()
        page.get_by_text("Thank you sent to Marco Neri.").wait_for()
        first = Kudos.objects.get()
        assert (first.customer_unit, first.points, first.requirement.code) == (employee.unit, 10, "C1")  # type: ignore[union-attr]
        # The long way: found by name, for another unit, with a picture, private, and taken back.
        page.goto("/thanks/new/")
        page.get_by_label("Name or unit").fill("person a3")
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name="Person A3").click()
        page.get_by_text("Customer first").click()
        page.get_by_label("What happened?").fill("You found the keys.")
        assert not page.get_by_label("Which unit?").is_visible()
        page.get_by_text("Colleagues of another unit").click()
        page.get_by_label("Which unit?").fill("Services")
        page.get_by_text("Picture, who may read it, and more").click()
        page.get_by_label("Picture", exact=False).first.set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
        )
        page.get_by_text("Only who gives and who gets it").click()
        page.get_by_role("button", name="Send thanks").click()
        image = page.locator(".kudos-picture img")
        image.wait_for()
        image.scroll_into_view_if_needed()
        page.wait_for_function("document.querySelector('.kudos-picture img').naturalWidth === 900")
        page.get_by_role("button", name="Withdraw").first.click()
        page.get_by_text("Withdrawn. Nobody sees it any more").wait_for()
    assert Kudos.objects.get(public=False).state == "withdrawn"


@pytest.fixture
def crowded(employee: Employee, manager: Employee, stranger: Employee, hr: Employee, units: Any) -> dict[str, Any]:
    load_catalogue()
    wide = make_unit(LONG, units["Retail"])
    long = make_person("LONG1", wide, **LONG_NAME, job_title=LONG)
    drawn = pictures.draw(photograph(), LONG)
    team = Employee.objects.filter(unit=employee.unit).exclude(pk=employee.pk)
    first = thank(long, employee, stranger, manager, story=f"{LONG}. " * 10, picture=drawn, customer="external")
    thank(employee, long, customer="internal", customer_unit=wide)
    thank(employee, *team, team=employee.unit, points=0, story="Superlangeswortohneleerzeichen" * 12)
    reported = thank(employee, stranger, story=LONG * 3)
    hidden = thank(stranger, employee, story="Hidden words.")
    for n in range(18):
        thank(manager, make_person(f"MANY{n}", units["Services"]), points=1)
    now = timezone.now()
    for kind, person in zip(("clap", "heart", "follow"), (employee, manager, stranger), strict=True):
        reacting.react(kudos=first, by=person, kind=kind, now=now)
    reacting.reply(kudos=first, by=employee, text=f"{LONG} {LONG_NAME['family_name']}", now=now)
    for kudos in (reported, hidden):
        moderating.report(kudos=kudos, by=long, why="private", note=LONG * 4, now=now)
    decision = moderating.Decision(moderating.Act.HIDE, LONG * 2)
    moderating.decide(kudos=hidden, by=hr, decision=decision, now=now)
    return {"long": long.pk, "first": first.pk, "team": employee.unit_id}


def test_every_page_looks_right(
    crowded: dict[str, Any], employee: Employee, hr: Employee, browser: Any, live_server: Any, client_of: Any
) -> None:
    pages = {
        employee: [
            *("/", "/thanks/", "/thanks/?before=2", "/thanks/?show=team", "/thanks/received/"),
            *("/thanks/received/?show=given", "/thanks/choices/", "/thanks/new/", "/thanks/new/?q=customer"),
            *(f"/thanks/new/?to={crowded['long']}", f"/thanks/new/?team={crowded['team']}"),
            f"/thanks/{crowded['first']}/report/",
        ],
        hr: ["/thanks/reports/", "/thanks/reports/?show=decided"],
    }
    found: list[tuple[str, ...]] = []
    for who, addresses in pages.items():
        with visit(browser, live_server, client_of, who) as page:
            page.on("pageerror", lambda error: found.append((str(error),)))  # noqa: B023 - one list for all
            for url in addresses:
                found += problems(page, url, widths=(1360, 390))
    assert not found, "\n".join(map(str, found))
