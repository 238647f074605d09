"""What a correction, or a day not yet reached, means for numbers told beside it: two waves a quarter apart."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse

from culture.access import clock
from culture.people.models import Employee
from surveys.results import queries, reading, releasing, sharing
from surveys.results.correcting import Correction, Withdrawal, correct
from surveys.results.disclosure import HIDDEN
from surveys.results.models import CellGroup, Release
from surveys.results.sharing_models import Sharing
from surveys.waves.models import Wave
from tests.surveys.results_world import LATER, NOW, answer, body_of, open_wave, people

pytestmark = pytest.mark.django_db
WHY = "The question was translated wrongly."
QUARTER = NOW + dt.timedelta(days=92)


@pytest.fixture
def first(hr, executive, manager, stranger, employee, units) -> Any:
    people(units)
    Employee.objects.update(site="Milan")
    Employee.objects.filter(unit=units["Branch B"]).update(site="Rome")
    world = open_wave(units)
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    return world


@pytest.fixture
def waves(first) -> tuple[Wave, Wave]:
    """The second wave: half of the largest branch works at a third site, whose name comes first."""
    branch = Employee.objects.filter(unit=first.units["Branch B"]).order_by("pk")
    Employee.objects.filter(pk__in=list(branch.values_list("pk", flat=True))[:12]).update(site="Bari")
    second = open_wave(first.units, first.wave.series.waves.get(number=2), now=QUARTER)
    answer(second, seed=5, high=True)
    releasing.close_wave(second.wave, now=QUARTER + dt.timedelta(days=15))
    found = list(Wave.objects.filter(series=first.wave.series, state=Wave.State.RELEASED).order_by("number"))
    assert len(found) == 2
    return found[0], found[1]


def rows(wave: Wave, **having: Any) -> list[CellGroup]:
    return list(CellGroup.objects.shown().filter(release__wave=wave, **having).order_by("pk"))


def changes_of(wave: Wave, key: str) -> dict[str, Any]:
    return {row.name: row.cells[key].get("change") for row in rows(wave, family="tree") if key in row.cells}


def test_a_change_since_a_withdrawn_number_goes_with_it(waves, hr, executive, client_of):
    one, two = waves
    before = changes_of(two, "want")
    assert before["Branch B"] and before["Meridian"], "else nothing is shown here"
    branch = next(row for row in rows(one, family="tree") if row.name == "Branch B")
    made = correct(one, Correction([Withdrawal("tree", branch.unit, measure="want")]), why=WHY, now=LATER, by=hr)
    after = changes_of(two, "want")
    assert after["Branch B"] is None and after["Meridian"] == before["Meridian"]
    # The later wave says so by a correction of its own; its number stays, and so does what was released before.
    later = Release.objects.get(wave=two, replaced_at=None)
    assert (later.number, later.why) == (2, WHY)
    shown = next(row for row in rows(two, family="tree") if row.name == "Branch B").cells["want"]
    assert shown["shown"] and {"what": "changes withdrawn", "group": "", "measure": "2", "n": 1} in made.changes
    assert CellGroup.objects.get(release__wave=two, release__number=1, unit=branch.unit, family="tree").cells["want"][
        "change"
    ]
    for wave, told in ((one, "withdrawn from wave 2"), (two, "the number before it was withdrawn")):
        page = body_of(client_of(executive).get(reverse("results:corrections", args=[wave.pk])))
        assert WHY in page and told in page


def test_what_no_change_rests_on_leaves_later_waves_alone(waves, hr):
    one, two = waves
    correct(one, Correction(names={("tree", rows(one, family="tree")[0].unit, None): "New"}), why=WHY, now=LATER, by=hr)
    assert Release.objects.filter(wave=two).count() == 1


def test_all_numbers_of_a_unit_are_gone_from_every_family(first, hr):
    wave = Wave.objects.get(pk=first.wave.pk)
    branch = next(row for row in rows(wave, family="tree") if row.name == "Branch B")
    # A category's id is another kind of number than a unit's.
    about = [
        row
        for row in rows(wave)
        if row.family != "cut"
        and (row.unit == branch.unit or (row.family in ("matrix", "division") and row.other == branch.unit))
    ]
    assert {row.family for row in about} > {"tree"} and any(
        cell.get("shown") for row in about if row.family != "tree" for cell in row.cells.values()
    )
    correct(wave, Correction([Withdrawal("tree", branch.unit)]), why=WHY, now=LATER, by=hr)
    for row in about:
        now = CellGroup.objects.shown().get(
            release__wave=wave, family=row.family, unit=row.unit, other=row.other, cut=row.cut
        )
        assert all(cell == HIDDEN or not cell.get("shown") for cell in now.cells.values()), (row.family, row.name)
    others = [row for row in rows(wave, family="tree") if row.unit != branch.unit]
    assert any(cell.get("shown") for row in others for cell in row.cells.values())


def test_a_category_is_compared_with_itself_in_another_wave(waves, hr, client_of):
    one, two = waves
    ids = [
        {c["name"]: c["id"] for cut in w.snapshot["cuts"] if cut["key"] == "site" for c in cut["categories"]}
        for w in waves
    ]
    assert set(ids[0]) < set(ids[1]) and ids[0]["Milan"] != ids[1]["Milan"], "numbered anew"
    url = reverse("results:compare", args=[two.pk])
    chosen = f"cut:{ids[1]['Milan']}"
    page = client_of(hr).get(url, {"one": chosen, "other": chosen, "wave": one.pk})
    mine, theirs = page.context["mine"], page.context["theirs"]
    assert mine.name == theirs.name and "Milan" in mine.name
    there = rows(one, family="cut", other=ids[0]["Milan"])[0]
    assert theirs.cells == there.cells
    new = f"cut:{ids[1]['Bari']}"
    assert client_of(hr).get(url, {"one": new, "other": new, "wave": one.pk}).context["missing"]


def test_a_change_is_told_to_who_may_see_the_wave_it_is_since(waves, manager):
    """The wave in between was released later: the change is since the one before it."""
    one, two = waves
    today = clock.today()
    Sharing.objects.filter(wave=one).update(managers_on=None)
    Sharing.objects.filter(wave=two).update(leaders_on=today, managers_on=today)
    third = open_wave_released(two, Wave.objects.get(series=two.series_id, number=3))
    Sharing.objects.filter(wave=third).update(leaders_on=today, managers_on=today)
    seen = reading.Seen.of(manager, queries.released_waves(manager).get(pk=third.pk))
    moved = {"delta": 4, "low": 1, "high": 7, "word": "rose"}
    cell = {"shown": True, "index": 60}
    told = seen.told(
        {
            "want": {**cell, "change": {**moved, "since": 1}},
            "know": {**cell, "change": {**moved, "since": 2, "first": {**moved, "since": 1}}},
            "can": {**cell, "change": {**moved, "since": 2}},
        }
    )
    assert told["want"] == cell
    assert told["know"]["change"] == {**moved, "since": 2} and told["can"]["change"]["since"] == 2


def open_wave_released(before: Wave, wave: Wave) -> Wave:
    """``wave`` as if it had been released like ``before``, without answers of its own."""
    Wave.objects.filter(pk=wave.pk).update(
        state=Wave.State.RELEASED, opened_at=before.opened_at, released_at=before.released_at, rules=before.rules,
        snapshot=before.snapshot,
    )  # fmt: skip
    Release.objects.create(wave=wave, formula_version="x", rules={}, rules_hash="x")
    Sharing.objects.create(wave=wave)
    return Wave.objects.get(pk=wave.pk)


def test_a_held_wave_keeps_its_day_for_everybody(first, hr, client_of):
    wave = first.wave.series.waves.get(number=2)
    url = reverse("results:sharing", args=[wave.pk])
    day = wave.closes_on + dt.timedelta(days=40)
    Sharing.objects.update_or_create(
        wave=wave, defaults={"leaders_on": day, "managers_on": day, "employees_on": day, "chosen": True}
    )
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.DRAFT)
    held = Wave.objects.get(pk=wave.pk)
    assert sharing.dates(held)[sharing.EMPLOYEES] == day
    page = client_of(hr).get(url).content.decode()
    assert re.search(
        rf'name="employees"[^>]*value="{day.isoformat()}"|value="{day.isoformat()}"[^>]*name="employees"', page
    )


def test_an_old_release_announces_no_question_all_answered_alike(first, hr):
    """Formulas before the fourth left its place empty, in files and the API, too."""
    wave = Wave.objects.get(pk=first.wave.pk)
    seen = reading.Seen.of(hr, wave)
    cell = {"shown": True, "alpha": 0.8, "items": [["W1", None, None], ["W2", 0.7, 0.5]]}
    assert seen.told({"reliability:want": cell})["reliability:want"] == cell
    seen.release.formula_version = "3"
    assert seen.told({"reliability:want": cell, "want": cell})["reliability:want"]["items"] == []
    whole = {**cell, "items": [["W1", 0.7, 0.5]]}
    assert seen.told({"reliability:want": whole})["reliability:want"] == whole
