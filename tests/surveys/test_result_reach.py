"""Who finds results, and what leads where: the navigation of plain employees, hidden scores of older waves, envelopes
that were not opened, reliability of cuts. Through the door."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.navigation import pages_of
from culture.access import clock
from culture.access.models import Grant, Role
from culture.people.models import Employee
from surveys.results import queries, releasing, sharing
from surveys.results.insight import trends
from surveys.results.models import CellGroup
from surveys.results.sharing_models import Sharing
from surveys.waves.models import Wave
from tests.surveys.results_world import LATER, NOW, answer, body_of, open_wave, people
from tests.surveys.test_meaning import rewrite

pytestmark = pytest.mark.django_db
QUARTER = dt.timedelta(days=92)
LINE = 'href="/results/"'


@pytest.fixture
def world(hr, executive, manager, stranger, employee, units):
    """At two sites: Branch B's 24 and everybody else."""
    people(units)
    Employee.objects.update(site="Milan")
    Employee.objects.filter(unit=units["Branch B"]).update(site="Rome")
    world = open_wave(units)
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    world.wave.refresh_from_db()
    return world


@pytest.fixture
def later(world):
    later = open_wave(world.units, world.wave.series.waves.get(number=2), now=NOW + QUARTER)
    answer(later, high=True, seed=2)
    releasing.close_wave(later.wave, now=LATER + QUARTER)
    later.wave.refresh_from_db()
    return later


def share(wave: Wave, by: Employee, **on: dt.date | None) -> None:
    days = dict.fromkeys(sharing.AUDIENCES) | on
    sharing.share(wave, on=days, employee_comments=False, tell=False, by=by)


def nodes(wave: Wave) -> dict[str, int]:
    return {row.name.split(" + ")[0]: row.unit for row in queries.tree_rows(wave, None)}


# -- navigation ------------------------------------------------------------------------------------------------------


def test_employees_find_results_in_the_navigation_once_they_are_shared(world, client_of, hr, employee):
    before = client_of(employee)
    assert LINE not in body_of(before.get("/")) and LINE not in body_of(before.get(reverse("answering:mine")))
    assert not any(str(one.label) == "Results" for group in pages_of(employee) for one in group["items"])
    today = clock.today()
    share(world.wave, hr, leaders=today, managers=today, employees=today)
    # Told at home at once, and everywhere from then on; who comes by another way is told, too.
    assert LINE in body_of(before.get("/")) and LINE in body_of(before.get(reverse("answering:mine")))
    after = client_of(employee)
    assert LINE in body_of(after.get(reverse("answering:mine"))) and after.get("/results/").status_code == 200
    person = Employee.objects.get(pk=employee.pk)
    assert any(str(one.label) == "Results" for group in pages_of(person) for one in group["items"])
    share(world.wave, hr)
    before.get("/")
    assert LINE not in body_of(before.get(reverse("answering:mine")))


def test_the_line_costs_nothing_on_the_pages_after(world, client_of, employee):
    client, url = client_of(employee), reverse("people:my_data")
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    assert not [one["sql"] for one in seen if "surveys_sharing" in one["sql"] or "UPDATE" in one["sql"]]


# -- trend -----------------------------------------------------------------------------------------------------------


def test_a_hidden_score_of_an_older_wave_is_explained_by_that_wave(later, world, client_of, hr):
    unit = nodes(later.wave)["Branch C"]
    page = body_of(client_of(hr).get(reverse("results:trend", args=[later.wave.pk, unit])))
    asked = re.findall(r'hidden-cell[^>]*><a href="/results/(\d+)/why/\?family=tree&amp;unit=(-?\d+)', page)
    assert asked == [(str(world.wave.pk), str(unit)), (str(later.wave.pk), str(unit))]
    for wave, _unit in asked:
        answer_ = client_of(hr).get(f"/results/{wave}/why/?family=tree&unit={unit}&of=want")
        assert answer_.status_code == 200 and "Why is this hidden?" in body_of(answer_)


def test_a_wave_shared_for_other_units_only_tells_nothing_of_this_one(later, world, client_of, hr, manager, units):
    """He leads Branch A as its manager and Services as an executive; the older wave is for leaders only."""
    Grant.objects.create(employee=manager, role=Role.EXECUTIVE, unit=units["Services"])
    today = clock.today()
    share(world.wave, hr, leaders=today)
    unit, old = nodes(later.wave)["Branch A"], CellGroup.objects.get(
        release__wave=world.wave, family="tree", name="Branch A"
    )  # fmt: skip
    rewrite(old, **{**old.cells, "want": {"shown": True, "n": 12, "index": 93, "low": 91, "high": 95}})
    for way in trends.WAYS:
        page = body_of(client_of(manager).get(reverse("results:trend", args=[later.wave.pk, unit]), {"way": way}))
        assert "not shared with you" in page and ">93<" not in page, way
    # Of Services he sees both waves; and once managers see the older one, of Branch A, too.
    other = nodes(later.wave)["Services"]
    page = body_of(client_of(manager).get(reverse("results:trend", args=[later.wave.pk, other])))
    assert "not shared with you" not in page
    Sharing.objects.filter(wave=world.wave).update(managers_on=today)
    page = body_of(client_of(manager).get(reverse("results:trend", args=[later.wave.pk, unit])))
    assert ">93<" in page and "not shared with you" not in page


def test_a_trend_tells_people_and_the_word_of_each_release(later, client_of, hr):
    unit = nodes(later.wave)["Meridian"]
    page = body_of(client_of(hr).get(reverse("results:trend", args=[later.wave.pk, unit])))
    row = CellGroup.objects.get(release__wave=later.wave, family="tree", unit=unit)
    moved = row.cells["want"]["change"]
    assert moved["word"] == "rose" and f"rose: +{moved['delta']}" in page and "since wave 1" in page
    assert f'data-label="People">{row.cells["want"]["n"]}<' in page


# -- what a release says beside its scores ---------------------------------------------------------------------------


def test_hr_reads_on_the_results_that_envelopes_were_not_opened(world, client_of, hr, executive):
    url, told = reverse("results:wave", args=[world.wave.pk]), "envelopes could not be opened at closing"
    assert told not in body_of(client_of(hr).get(url))
    sealed = world.wave.snapshot["sealed"] | {"unreadable": 3}
    Wave.objects.filter(pk=world.wave.pk).update(snapshot=world.wave.snapshot | {"sealed": sealed})
    assert f"3 {told}" in body_of(client_of(hr).get(url))
    assert told not in body_of(client_of(executive).get(url))


def test_cuts_say_how_far_to_trust_them_from_twenty_people(world, client_of, hr):
    rome, milan = (CellGroup.objects.get(release__wave=world.wave, family="cut", name=f"Site: {name}")
                   for name in ("Rome", "Milan"))  # fmt: skip
    assert rome.cells["reliability:want"]["n"] == 24 and rome.cells["straight"]["shown"]
    assert milan.cells["reliability:want"]["n"] >= 20 and "low" in milan.cells["reliability:want"]
    page = body_of(client_of(hr).get(reverse("results:category", args=[world.wave.pk, "site", rome.other])))
    assert "Reliability of the scores" in page and "the same answer to every statement" in page
    rewrite(rome, **{key: {"shown": False, "why": "hidden for privacy"} if ":" in key or key == "straight" else cell
                     for key, cell in rome.cells.items()})  # fmt: skip
    page = body_of(client_of(hr).get(reverse("results:category", args=[world.wave.pk, "site", rome.other])))
    why = re.search(r'How far to trust.*?<a href="([^"]+of=(?:reliability|straight)[^"]*)"', page, re.DOTALL)
    assert why and "from 20 people" in body_of(client_of(hr).get(why[1].replace("&amp;", "&")))
