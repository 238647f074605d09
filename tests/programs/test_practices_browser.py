"""Pages of practices in a crowd, by who comes there: axe, two schemes, nothing sideways; and a note on a phone."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from django.utils import timezone

from culture.people.models import Employee, Unit
from programs.practices import ideas, recoveries
from programs.practices.models import IdeaMark, PracticeNote
from tests.conftest import make_person, make_unit
from tests.flows.looking import problems, visit
from tests.programs.practice_world import complaint, idea, limit, monday, note, running, today

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Direcția de relații cu clienții persoane juridice și administrarea contractelor de mentenanță"
NAME = {"given_name": "Maximiliana-Alexandrina", "family_name": "von und zu Hohenlohe-Waldenburg-Schillingsfürst"}
WORDS = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung " * 4
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def world(units: dict[str, Unit], hr: Employee, manager: Employee, stranger: Employee) -> dict[str, Any]:
    """Ideas, complaints and notes in every state, with long names; ten closed complaints; a limit for a closed unit."""
    crowd = [make_unit(f"{LONG} {n}", units["Retail"]) for n in range(12)]
    for n, unit in enumerate(crowd):
        make_person(f"L{n}", unit, **NAME)
    employee, long = Employee.objects.get(number="A1"), Employee.objects.get(number="L1")
    Employee.objects.filter(pk=long.pk).update(manager=manager)
    long.refresh_from_db()
    program = running(hr, units["Retail"], name=f"{LONG} 2026")
    limit(hr, job_family="Regional coordinator for after-sales relations", unit=crowd[2])
    limit(hr, kind="idea", own="0", manager="10")
    limit(hr)
    now, week_ago = timezone.now(), today() - dt.timedelta(days=today().weekday() + 3)
    for person in Employee.objects.filter(unit__name="Branch A"):
        note(person, on=week_ago, many=3)
    note(employee, note="Called back the next morning, as promised, before the shop had opened")
    known = ideas.approve(idea=idea(long, "2.50", title=WORDS[:110]), by=manager, now=now)
    IdeaMark.objects.create(idea=known, employee=employee, on=today())
    waiting = idea(long, title=WORDS[:100])
    ideas.decline(idea=idea(employee, title="No"), by=manager, now=now, reason=WORDS)
    mine = complaint(employee, "20", what=WORDS)
    refused = complaint(employee, "40", what=WORDS)
    recoveries.refuse(recovery=refused, by=manager, now=now, reason=WORDS)
    complaint(long, "40", what=WORDS)
    complaint(long, what=WORDS, at=now - 60 * HOUR)
    for _n in range(10):
        closed = complaint(employee, "10")
        recoveries.close(recovery=closed, by=employee, outcome="stayed", now=now, learnt=WORDS)
    assert monday()
    return {
        "who": {"employee": employee, "manager": manager, "hr": hr, "stranger": stranger},
        **{"program": program.pk, "known": known.pk, "waiting": waiting.pk, "mine": mine.pk, "refused": refused.pk},
        "closed": closed.pk,
    }


def addresses(world: dict[str, Any], who: str) -> list[str]:
    here, complaints = "/practices/", "/practices/complaints/"
    return {
        "employee": [
            *(here, f"{here}log/", f"{here}letters/?lang=zh-hans", f"{here}ideas/", f"{here}ideas/mine/"),
            *(f"{here}ideas/new/", f"{here}ideas/{world['known']}/", complaints, f"{complaints}new/"),
            *(f"{complaints}{world['mine']}/", f"{complaints}{world['refused']}/", f"{complaints}{world['closed']}/"),
        ],
        "manager": [f"{here}team/", f"{here}ideas/{world['waiting']}/decide/", f"{here}ideas/?q=qqqq", "/"],
        "hr": [f"{here}desk/", f"{here}team/", here, f"/programs/{world['program']}/practices/"],
        "stranger": [f"{here}log/", f"{here}ideas/mine/", f"{complaints}"],
    }[who]


def test_every_page_looks_right_and_a_note_takes_twenty_seconds_on_a_phone(
    world: dict[str, Any], browser: Any, live_server: Any, client_of: Any
) -> None:
    found: list[tuple[str, ...]] = []
    for who, person in world["who"].items():
        with visit(browser, live_server, client_of, person) as page:
            page.on("pageerror", lambda error, page=page: found.append((page.url, str(error))))
            for url in addresses(world, who):
                found.extend(problems(page, url, widths=(1360, 390)))
    with visit(browser, live_server, client_of, world["who"]["stranger"]) as page:
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto("/")
        began = time.monotonic()
        page.locator(".practice-home a").click()
        page.locator("label", has_text="Apology").click()
        button = page.locator("button", has_text="Write it down")
        assert button.bounding_box()["y"] < 844, "without scrolling"
        button.click()
        page.wait_for_selector("text=1 personal note is written down.")
        assert time.monotonic() - began < 20
        page.goto("/practices/letters/?lang=fr")
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.fill("#letter-thanks", "Merci, et à bientôt")
        page.locator("[data-copy=letter-thanks]").click()
        page.wait_for_selector("text=Copied")
        assert page.evaluate("navigator.clipboard.readText()") == "Merci, et à bientôt"
    with visit(browser, live_server, client_of, world["who"]["manager"]) as page:
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto("/practices/team/")
        page.locator("button", has_text="Allow").first.click()
        page.wait_for_selector("text=sees it at once")
    assert not found, "\n".join(map(str, found))
    assert PracticeNote.objects.filter(employee=world["who"]["stranger"], many=1, kind="apology").count() == 1
