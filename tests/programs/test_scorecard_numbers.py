"""Every number of the scorecard: where it comes from, and that it is the same wherever it stands."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from culture.people.models import Employee
from programs.planning import indicators
from programs.planning.indicators import Indicator, Reading
from programs.planning.models import Program
from programs.reports import reading_tasks, readings
from programs.reports.reading_models import DayReading
from surveys.results import releasing
from surveys.results.models import CellGroup
from tests.programs.test_reports import make_program
from tests.surveys.results_world import LATER, answer, open_wave, people

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def world(hr, executive, manager, stranger, units) -> Any:
    people(units)
    made = open_wave(units)
    answer(made)
    releasing.close_wave(made.wave, now=LATER)
    made.wave.refresh_from_db()
    return made


@pytest.fixture
def program(hr, units) -> Program:
    return make_program(hr, units)


def page(client, name: str, *arguments: Any) -> str:
    response = client.get(reverse(f"reports:{name}", args=arguments))
    assert response.status_code == 200
    return response.content.decode()


def test_each_survey_figure_is_a_released_cell(world, program, executive, client_of):
    """Card, table and number page show what was released, to the point; what was hidden is in none of them."""
    Program.objects.filter(pk=program.pk).update(series=world.wave.series)
    client = client_of(executive)
    shown = page(client, "program", program.pk)
    groups = {group.name: group.cells for group in CellGroup.objects.filter(release__wave=world.wave, family="tree")}
    company = next(g.cells for g in CellGroup.objects.filter(release__wave=world.wave, family="tree", parent=None))
    for key in ("want", "know", "can"):
        cell = company[key]
        card = shown.split(f'number/{key}/"')[1].split("</section>")[0]
        assert re.search(rf'big-number">{cell["index"]}<', card)
        assert f"interval {cell['low']}–{cell['high']}" in card
        behind = page(client, "number", program.pk, key)
        assert f'big-number">{cell["index"]}<' in behind and f"<dd>{cell['n']}</dd>" in behind
        assert f"{cell['low']}–{cell['high']}" in behind
    hidden = [name for name, cells in groups.items() if not cells["want"]["shown"]]
    assert hidden, "the world has a unit that must not be shown"
    rows = re.findall(r"<tr>.*?</tr>", shown, re.S)
    for name in hidden:
        for row in (row for row in rows if name in row):
            assert "hidden" in row and not re.search(r'class="[^"]*heat-\d[^"]*"', row)


def test_a_number_that_is_not_there_is_not_found(program, executive, client_of):
    client = client_of(executive)
    for key in ("nothing", "planning.nothing", "Z9", "participation"):
        assert client.get(reverse("reports:number", args=[program.pk, key])).status_code == 404
    assert "No wave is released yet" in page(client, "number", program.pk, "want")


def test_who_may_not_see_the_scorecard_sees_none_of_its_numbers(program, manager, stranger, client_of):
    for person in (manager, stranger):
        assert client_of(person).get(reverse("reports:number", args=[program.pk, "want"])).status_code == 403


# -- counted ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def measured(monkeypatch) -> dict[str, float]:
    """One indicator of ours, which says what ``measured["now"]`` holds."""
    state = {"now": 40.0}

    def measure(program: Program, on: dt.date) -> Reading:
        if state["now"] < 0:
            raise RuntimeError("broken")
        return Reading(state["now"], f"so says the test: {state['now']:.0f}", on)

    monkeypatch.setitem(
        indicators._known, "planning.begun", Indicator("planning.begun", "Begun", frozenset({"leading"}), measure)
    )
    return state


def test_what_is_counted_is_kept_once_a_day_and_told_as_kept(program, executive, client_of, measured):
    today = timezone.localdate()
    Program.objects.filter(pk=program.pk).update(state=Program.State.RUNNING)
    assert readings.due(today) == [program.pk]
    reading_tasks.keep_readings(program.pk)
    assert readings.due(today) == []
    measured["now"] = 70.0
    reading_tasks.keep_readings(program.pk)
    client = client_of(executive)
    for told in (page(client, "program", program.pk), page(client, "number", program.pk, "planning.begun")):
        assert "so says the test: 40" in told and "so says the test: 70" not in told
    body = client.get(f"/api/v1/scorecards/{program.pk}/").json()
    assert next(one["value"] for one in body["leading"] if one["key"] == "planning.begun") == 40.0
    assert readings.due(today + DAY) == [program.pk]


def test_before_the_first_night_it_is_counted_on_the_spot(program, executive, client_of, measured):
    assert "so says the test: 40" in page(client_of(executive), "program", program.pk)
    assert not DayReading.objects.exists()


def test_one_that_fails_does_not_keep_the_others_away(program, executive, client_of, measured):
    measured["now"] = -1.0
    today = timezone.localdate()
    assert readings.keep(program, today) == len(readings.names())
    assert "It could not be counted that night." in page(client_of(executive), "program", program.pk)
    assert DayReading.objects.filter(program=program, on=today).count() == len(readings.names())


def test_its_course_shows_one_figure_a_month(program, executive, client_of, measured):
    today = timezone.localdate()
    for back, value in ((120, 10.0), (91, 20.0), (0, 60.0)):
        measured["now"] = value
        readings.keep(program, today - back * DAY)
    told = page(client_of(executive), "program", program.pk)
    assert "▲ 40 in three months" in told
    DayReading.objects.filter(value=60.0).update(value=5.0)
    assert "▼ 15 in three months" in page(client_of(executive), "program", program.pk)
    assert [one.value for one in readings.course(program, "planning.begun")][-1] == 5.0
    assert "<svg" in page(client_of(executive), "number", program.pk, "planning.begun")


def test_a_paused_or_finished_program_is_not_counted(program):
    for state in (Program.State.PAUSED, Program.State.FINISHED, Program.State.DRAFT):
        over = timezone.localdate() if state == Program.State.FINISHED else None
        Program.objects.filter(pk=program.pk).update(state=state, finished_on=over)
        assert readings.due(timezone.localdate()) == []


def test_a_kept_scorecard_costs_twenty_one_queries_at_most(world, program, executive, client_of):
    Program.objects.filter(pk=program.pk).update(series=world.wave.series)
    readings.keep(program, timezone.localdate())
    client = client_of(executive)
    page(client, "program", program.pk)
    with CaptureQueriesContext(connection) as asked:
        page(client, "program", program.pk)
    assert len(asked) <= 20, "\n".join(query["sql"][:150] for query in asked)
    assert Employee.objects.filter(is_active=True).count() > 50
