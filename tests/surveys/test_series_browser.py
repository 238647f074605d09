"""HR plans two years of a quarterly internal-service survey in a browser, reading nothing; and what axe says."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from culture.access import clock
from surveys.instruments.loading import load_library
from surveys.waves import opening, participation
from surveys.waves import series as series_service
from surveys.waves.models import Series, UnitMerge, Wave
from tests.conftest import make_person
from tests.flows.looking import violations

PICTURES = os.environ.get("PICTURES", "")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DAY = dt.timedelta(days=1)


def seen(page: Any, words: str) -> None:
    """The live preview says it."""
    page.locator("#preview").get_by_text(words, exact=False).first.wait_for()


def look(page: Any, name: str) -> None:
    for width in (1360, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = violations(page, scheme, runOnly=TAGS)
            assert not found, (name, width, scheme, [(one["id"], one["nodes"][0]["html"][:200]) for one in found])
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), (name, width)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1360, "height": 900})


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_years_of_a_quarterly_survey_in_a_few_clicks(page, sign_in, hr, manager, units):
    call_command("collectstatic", interactive=False, verbosity=0)
    for n in range(6):
        make_person(f"B{n}", units["Branch B"])
    sign_in(page, hr)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    begun = time.perf_counter()
    page.goto("/waves/")
    page.get_by_role("link", name="Plan the first series").click()
    page.get_by_label("Name").fill("Internal service")
    preview = page.locator("#preview")
    assert "8 waves, 19 people each time" in preview.inner_text(), "the proposal is two years, quarterly, everybody"
    # A first day within the holidays: the calendar says what becomes of it, before anything is saved.
    first = dt.date(clock.today().year + 1, 12, 27)
    page.get_by_label("First time on").fill(first.isoformat())
    page.get_by_label("Open for").fill("10")
    page.get_by_label("Open for").press("Tab")
    seen(page, "Year end")
    assert "moved from" in preview.inner_text()
    look(page, "new")
    page.get_by_text("Some units, with everything below them").click()
    page.get_by_role("listbox", name="Units").select_option(label="Meridian > Retail")
    seen(page, "18 people")
    page.get_by_text("Everybody", exact=True).click()
    seen(page, "19 people")
    page.get_by_role("button", name="Plan the series").click()
    page.wait_for_url(re.compile(r"/waves/\d+/$"))
    assert time.perf_counter() - begun < 600
    series = Series.objects.get()
    waves = list(series.waves.order_by("number"))
    assert len(waves) == 8 and waves[0].opens_on == series_service.plan(series, today=first)[0].opens
    assert waves[0].opens_on.month == 1 and waves[0].planned_on == first
    assert "of 2 groups is likely to stay hidden" in page.locator("main").inner_text()
    look(page, "forecast")
    page.get_by_role("button", name=re.compile("Report together: ")).click()
    page.get_by_text("reported together from now on").wait_for()
    assert UnitMerge.objects.count() == 1
    page.get_by_role("link", name="Internal service", exact=True).click()
    look(page, "series")
    page.get_by_role("link", name="Change", exact=True).click()
    page.get_by_label("Asked", exact=True).select_option("m6")
    seen(page, "is dropped")
    look(page, "edit")
    page.get_by_role("button", name="Save the changes").click()
    page.wait_for_url(f"**/waves/series/{series.pk}/")
    assert series.waves.count() == 4
    assert not problems, problems


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_open_wave_is_followed_and_kept_open_longer(page, sign_in, hr, manager, units):
    call_command("collectstatic", interactive=False, verbosity=0)
    series = series_service.create(
        by=hr, name="Pulse", instrument=load_library(), first_opens_on=clock.today(), occurrences=3
    )
    wave = series.waves.get(number=1)
    opening.open_wave(wave, now=timezone.now())
    wave.invitations.filter(pk__in=list(wave.invitations.values_list("pk", flat=True)[:5])).update(state="answered")
    participation.refresh_due(wave.opens_on + DAY)
    sign_in(page, hr)
    page.goto(f"/waves/{wave.pk}/")
    look(page, "monitor")
    page.get_by_role("link", name="Keep open longer").click()
    look(page, "extend")
    page.get_by_label("Last day").fill((clock.today() + 30 * DAY).isoformat())
    page.get_by_role("button", name="Keep it open").click()
    page.get_by_text("The wave stays open until").wait_for()
    page.get_by_role("link", name="Cancel this wave").click()
    look(page, "cancel")
    page.get_by_label("Why").fill("The wrong questionnaire")
    page.get_by_role("button", name="Cancel the wave").click()
    page.get_by_text("was cancelled", exact=False).first.wait_for()
    assert Wave.objects.get(pk=wave.pk).state == Wave.State.CANCELLED
    look(page, "cancelled")
