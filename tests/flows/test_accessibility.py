"""What axe finds on the main pages of each persona: nothing; wide and narrow, light and dark. And nothing overflows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Max
from django.test import Client
from django.utils import timezone

from culture.framework.loading import load_catalogue
from culture.people.models import Employee, Unit
from programs.planning import programs, rules
from programs.training import assigning, loading
from surveys.results import releasing
from surveys.results.models import CellGroup
from surveys.waves import keys
from surveys.waves.models import Invitation, Wave
from tests.conftest import make_person, make_unit
from tests.flows.looking import problems, visit
from tests.programs.path_world import make_path, step
from tests.programs.thanks import thank
from tests.surveys.results_world import LATER, answer, open_wave, people

LONG = f"Customer operations and after-sales coordination, {'northern and eastern region, ' * 3}second shift"


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
    assigning.assign(by=hr, course=course, cohort=cohort, due_on=today + dt.timedelta(days=9), today=today)
    thank(stranger, employee)
    walk = make_path(hr, step(course.versions.get(), months=12, window=30), today=today - 20 * dt.timedelta(days=1))
    planned = Wave.objects.filter(series=world.wave.series, state=Wave.State.SCHEDULED).earliest("number")
    unit = CellGroup.objects.filter(release__wave=world.wave, family="tree").aggregate(top=Max("unit"))["top"]
    results = [f"/results/{world.wave.pk}/{rest}" for rest in ("", f"unit/{unit}/", "services/")]
    waves = [f"/waves/{wave.pk}/" for wave in (world.wave, opened, planned)]
    retail = f"/scorecard/{program.pk}/unit/{units['Retail'].pk}/"
    progress = ["/team/progress/", "/team/progress/?by=requirements"]
    return {
        "": ["/accounts/login/", link, f"{link}1/", "/no/such/page/"],
        "hr": [
            *("/", f"/programs/{program.pk}/", "/programs/new/", "/waves/", *waves[1:], "/service-map/"),
            *("/courses/", f"/courses/{course.pk}/", f"/courses/{course.pk}/edit/", "/courses/import/"),
            *(f"/courses/{course.pk}/languages/it/", f"/courses/{course.pk}/files/", "/courses/shown-by/"),
            *("/paths/", f"/paths/{walk.pk}/", f"/paths/{walk.pk}/edit/", f"/paths/{walk.pk}/rules/"),
            *(f"/paths/{walk.pk}/people/", f"/paths/{walk.pk}/people/{employee.pk}/"),
        ],
        "manager": [results[0], results[2], "/team/training/", "/team/due/", "/", *progress],
        "employee": [
            *("/my/training/", f"/my/training/{course.pk}/lessons/1/", "/my/view/W1/"),
            *("/", "/my/progress/", "/my/view/", "/thanks/", f"/thanks/new/?to={stranger.pk}"),
        ],
        "executive": [
            *(f"/scorecard/{program.pk}/", f"/scorecard/{program.pk}/units/", retail, f"{retail}number/want/"),
            results[1],
        ],
    }


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
        with visit(browser, live_server, client_of, whose.get(name)) as page:
            for url in urls:
                found += problems(page, url, status=404 if "no/such" in url else 200)
                assert name == "" or "/accounts/" not in page.url, url
                seen += 1
    assert seen == sum(map(len, pages.values())) > 20
    assert not found, "\n".join(map(str, found))
