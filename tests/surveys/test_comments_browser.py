"""Pages of comments, sharing and corrections, looked at as HR, a moderator and an employee: axe, both schemes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from culture.access import clock
from culture.access.models import Grant, Role
from culture.people.models import Employee
from surveys.results import moderating, releasing, sharing, themes
from surveys.results.comment_models import ReleasedComment
from surveys.results.correcting import Correction, correct
from surveys.results.models import CellGroup, Release, SealedComment
from surveys.results.sharing_models import SharingPlan
from surveys.waves.models import Wave
from tests.conftest import make_person
from tests.flows.looking import problems, visit
from tests.surveys.results_world import LATER, answer, open_wave, people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "Maximiliana-Alexandrina von und zu Hohenlohe-Waldenburg-Schillingsfürst hat uns nie geantwortet. " * 8
QUARTER = dt.timedelta(days=92)


@pytest.fixture
def world(hr: Employee, executive: Employee, manager: Employee, stranger: Employee, units: Any) -> Any:
    """A wave with many comments, corrected and shared with everybody; and one whose comments wait."""
    people(units)
    made = open_wave(units)
    answer(made)
    releasing.close_wave(made.wave, now=LATER)
    wave = Wave.objects.get(pk=made.wave.pk)
    today = clock.today()
    on = {"leaders": today - dt.timedelta(days=9), "managers": today - dt.timedelta(days=2), "employees": today}
    sharing.share(wave, on=on, employee_comments=True, tell=True, by=hr)
    unit = CellGroup.objects.get(release__wave=wave, family="tree", name="Branch B").unit
    texts = [LONG, "等待太久了，[name]不回复。" * 20, "Waiting\n\nfor [name] <script>", "x" * 900]
    ReleasedComment.objects.bulk_create(
        ReleasedComment(
            release=Release.objects.get(),
            family=("tree", "said")[n % 2],
            unit=unit,
            item=f"q{n % 3}",
            text=texts[n % 4],
            folded=themes.fold(texts[n % 4]),
            themes=themes.of(themes.fold(texts[n % 4])),
        )
        for n in range(60)
    )
    correct(wave, Correction(words=["Hohenlohe"]), why="Somebody was named. " * 20, now=timezone.now(), by=hr)
    SharingPlan.objects.create(series=wave.series, moderation_days=5)
    second = open_wave(units, wave.series.waves.get(number=2), now=LATER + QUARTER)
    answer(second)
    releasing.close_wave(second.wave, now=timezone.now())
    for n, row in enumerate(moderating.of(Wave.objects.get(pk=second.wave.pk))[:3]):
        SealedComment.objects.filter(wave_id=second.wave.pk, id=row.id).update(text=texts[n])
    moderator = make_person("MOD", units["Services"], given_name="Mo", family_name="Derator")
    Grant.objects.create(employee=moderator, role=Role.MODERATOR, until=today + dt.timedelta(days=9))
    return {"wave": wave, "waiting": second.wave, "moderator": moderator, "hr": hr, "employee": stranger, "unit": unit}


def test_every_page_looks_right(world: Any, browser: Any, live_server: Any, client_of: Any) -> None:
    wave, waiting = world["wave"], world["waiting"]

    def at(name: str, *arguments: Any) -> str:
        return reverse(f"results:{name}", args=arguments)

    pages = {
        "hr": [
            at("comments", wave.pk),
            at("comments", wave.pk) + "?q=nothing+at+all",
            at("sharing", wave.pk),
            at("sharing", waiting.pk),
            at("series_sharing", wave.series_id),
            at("corrections", wave.pk),
            at("correct", wave.pk),
            at("release_as_it_was", wave.pk, 1),
            f"/waves/{waiting.pk}/",
        ],
        "moderator": [at("moderation"), at("moderate", waiting.pk), at("moderate", waiting.pk) + "?view=looked"],
        "employee": [at("comments", wave.pk) + f"?unit={world['unit']}", reverse("answering:mine")],
    }
    found: list[tuple[str, ...]] = []
    for who, addresses in pages.items():
        with visit(browser, live_server, client_of, world[who]) as page:
            page.on("pageerror", lambda error: found.append((page.url, str(error))))  # noqa: B023 - told at once
            for address in addresses:
                found += problems(page, address, widths=(1360, 390))
    assert not found, "\n".join(map(str, found))


def test_names_are_masked_with_the_keyboard_and_without_script(
    world: Any, browser: Any, live_server: Any, client_of: Any
) -> None:
    """Words are ticked with Tab and Space; what was typed is masked, too; nothing needs JavaScript."""
    waiting, moderator = world["waiting"], world["moderator"]
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    try:
        cookie = client_of(moderator).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.goto(live_server.url + reverse("results:moderate", args=[waiting.pk]))
        first = page.locator("fieldset").first
        box = first.locator("input[type=checkbox]").first
        was = box.is_checked()
        box.focus()
        page.keyboard.press("Space")
        assert box.is_checked() is not was
        page.locator("button", has_text="Save these and go on").click()
        page.wait_for_load_state()
        assert "10 comments are looked at" in page.content()
        looked = SealedComment.objects.filter(wave_id=waiting.pk, looked=True)
        assert looked.count() == 10 and looked.exclude(masks=[]).exists()
    finally:
        context.close()
