"""What axe finds on the main pages of each persona: nothing; wide and narrow, light and dark. And nothing overflows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from django.conf import settings
from django.db.models import Max
from django.test import Client
from django.utils import timezone

from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour
from culture.people.models import Employee, Unit
from programs.planning import programs, rules
from programs.recognition import giving
from programs.training import courses as training
from programs.training import loading
from surveys.results import releasing
from surveys.results.models import CellGroup
from surveys.waves import keys
from surveys.waves.models import Invitation, Wave
from tests.conftest import make_person, make_unit
from tests.surveys.results_world import LATER, answer, open_wave, people

LONG = f"Customer operations and after-sales coordination, {'northern and eastern region, ' * 3}second shift"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def pages(
    hr: Employee, executive: Employee, manager: Employee, employee: Employee, stranger: Employee, units: dict[str, Unit]
) -> dict[str, list[str]]:
    """A small organisation with a released wave, an open one, a program, courses and thanks: who looks at what."""
    load_catalogue()
    crowded = make_unit(LONG, units["Retail"])
    for n in range(12):
        make_person(f"L{n}", crowded)
    people(units)
    world = open_wave(units)
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    opened = open_wave(units, world.wave.series.waves.get(number=2)).wave
    # Opened on the day of the made-up world; its links must be good today.
    today = timezone.localdate()
    Wave.objects.filter(pk=opened.pk).update(opens_on=today, closes_on=today + dt.timedelta(days=9))
    invitation = Invitation.objects.get(wave=opened, employee=employee)
    link = f"/s/{keys.link_token(opened.pk, invitation.pk)}/"
    first, last = today - dt.timedelta(days=90), today + dt.timedelta(days=900)
    stages = [(stage.kind, stage.starts_on, stage.ends_on) for stage in rules.suggest_stages(first, last)]
    program = programs.create(
        by=hr,
        name="Service first",
        charter="**Why** we do it",
        starts_on=first,
        ends_on=last,
        stages=stages,
        cohorts=[("Retail", first, [units["Retail"]])],
        series=world.wave.series,
    )
    course = loading.load_courses(by=hr)[0].course
    cohort = program.cohorts.get()
    training.assign(by=hr, course=course, cohort=cohort, due_on=today + dt.timedelta(days=9), today=today)
    giving.give(
        giver=stranger,
        receiver=employee,
        behaviour=Behaviour.objects.get(code="A5"),
        story="Stayed late for us.",
        points=5,
        public=True,
        key=uuid.uuid4(),
        now=timezone.now(),
    )
    planned = Wave.objects.filter(series=world.wave.series, state=Wave.State.SCHEDULED).earliest("number")
    unit = CellGroup.objects.filter(release__wave=world.wave, family="tree").aggregate(top=Max("unit"))["top"]
    results = [f"/results/{world.wave.pk}/{rest}" for rest in ("", f"unit/{unit}/", "services/")]
    waves = [f"/waves/{wave.pk}/" for wave in (world.wave, opened, planned)]
    return {
        "": ["/accounts/login/", link, f"{link}1/", "/no/such/page/"],
        "hr": [
            *(f"/programs/{program.pk}/", "/programs/new/", "/waves/", *waves[1:], "/service-map/"),
            *("/courses/", f"/courses/{course.pk}/edit/"),
        ],
        "manager": [results[0], results[2], "/team/training/"],
        "employee": [
            *("/my/training/", f"/my/training/{course.pk}/lessons/1/", "/thanks/", f"/thanks/new/?to={stranger.pk}"),
        ],
        "executive": [f"/scorecard/{program.pk}/", results[1]],
    }


def _problems(page: Any, url: str) -> list[tuple[str, ...]]:
    """Every rule at both widths in the light; in the dark only what colours can break."""
    axe, found = Axe(), []
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1360, "height": 900})
    answer = page.goto(url)
    assert answer.status == (404 if "no/such" in url else 200), url
    for width in (1360, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme, options in (("light", {"runOnly": TAGS}), ("dark", {"runOnly": ["color-contrast"]})):
            page.emulate_media(color_scheme=scheme)
            for rule in axe.run(page, options=options)["violations"]:
                found.append((url, str(width), scheme, rule["id"], rule["nodes"][0]["html"][:160]))
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            found.append((url, str(width), "the page scrolls sideways"))
    return found


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_nothing_keeps_anybody_out(
    browser: Any,
    live_server: Any,
    pages: dict[str, list[str]],
    client_of: Callable[[Employee | None], Client],
    hr: Employee,
    manager: Employee,
    employee: Employee,
    executive: Employee,
) -> None:
    whose = {"hr": hr, "manager": manager, "employee": employee, "executive": executive}
    found, seen = [], 0
    for name, urls in pages.items():
        # Colours that are just changing have no contrast to speak of.
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce")
        if name:
            cookie = client_of(whose[name]).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(15000)
        for url in urls:
            found += _problems(page, url)
            assert name == "" or "/accounts/" not in page.url, url
            seen += 1
        context.close()
    assert seen == sum(map(len, pages.values())) > 20
    assert not found, "\n".join(map(str, found))
