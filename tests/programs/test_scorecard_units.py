"""The scorecard of a unit: for whom, of whom, and the same word and number wherever they stand."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.bench_effect_world import HIDDEN, Place, plant_wave, score, series
from config.bench_effect_world import program as plant_program
from culture.access.models import Grant, Role
from culture.people.models import Employee, Unit
from programs.planning.action_models import Action
from programs.planning.models import Program
from programs.reports import readings, report_building, scorecard
from surveys.results.models import CellGroup
from surveys.results.sharing_models import Sharing
from surveys.waves.models import Wave
from tests.conftest import make_person, make_unit
from tests.programs.report_fixtures import *  # noqa: F403
from tests.programs.report_world import share
from tests.programs.scorecard_pages import page, row_of, tile, words

DAY = dt.timedelta(days=1)


# -- for whom --------------------------------------------------------------------------------------------------------


def test_who_reads_which_unit(client_of, program, hr, executive, manager, employee, stranger, units):
    share(program, hr, leaders=0, managers=0)
    retail, branch = units["Retail"].pk, units["Branch A"].pk
    led = make_person("UX1", units["Services"])
    Grant.objects.create(employee=led, role=Role.EXECUTIVE, unit=units["Retail"])
    may = {hr: {retail, branch}, executive: {retail, branch}, manager: {branch}, led: {retail, branch}}
    for person in (hr, executive, manager, led, employee, stranger):
        client = client_of(person)
        for unit in (retail, branch):
            expected = 200 if unit in may.get(person, ()) else 403
            for name, more in (("unit", []), ("unit_number", ["want"]), ("unit_number", ["planning.begun"])):
                page(client, name, program.pk, unit, *more, status=expected)
            api = client.get(f"/api/v1/scorecards/{program.pk}/", {"unit": unit})
            assert api.status_code == expected
        chooses = 200 if person in may else 403
        assert words(page(client, "units", program.pk, status=chooses))
    assert client_of(None).get(reverse("reports:unit", args=[program.pk, branch])).status_code == 302
    # The whole program stays for who sees the whole.
    for person in (manager, led):
        page(client_of(person), "program", program.pk, status=403)
        assert client_of(person).get(f"/api/v1/scorecards/{program.pk}/").status_code == 403


def test_the_entry_leads_each_to_his_own(client_of, program, executive, manager, units, stranger):
    assert client_of(executive).get("/scorecard/")["Location"] == reverse("reports:program", args=[program.pk])
    led = reverse("reports:unit", args=[program.pk, units["Branch A"].pk])
    assert client_of(manager).get("/scorecard/")["Location"] == led
    Grant.objects.create(employee=manager, role=Role.EXECUTIVE, unit=units["Services"])
    both = client_of(manager).get("/scorecard/").content.decode()
    assert led in both and reverse("reports:unit", args=[program.pk, units["Services"].pk]) in both
    assert client_of(stranger).get("/scorecard/").status_code == 403


def test_what_is_not_there_is_not_found(client_of, program, executive, manager, units):
    client = client_of(executive)
    page(client, "unit", program.pk, 999999, status=404)
    page(client, "unit", program.pk, 2**63, status=404)
    page(client, "unit", 999999, units["Retail"].pk, status=404)
    page(client, "unit_number", program.pk, units["Retail"].pk, "Z9", status=404)
    page(client_of(manager), "unit", program.pk, 2**62, status=403)
    for bad in ("x", "-1", "", "9" * 30, "²"):
        assert client.get(f"/api/v1/scorecards/{program.pk}/", {"unit": bad}).status_code == 404


def test_a_manager_reads_what_is_shared_with_managers(client_of, program, hr, manager, executive, units):
    branch = units["Branch A"].pk
    share(program, hr, leaders=0, managers=5)
    assert "No results yet" in page(client_of(manager), "unit", program.pk, branch)
    assert "No wave is released yet" in page(client_of(manager), "unit_number", program.pk, branch, "want")
    assert "Wave 1 of" in page(client_of(executive), "unit", program.pk, branch)
    share(program, hr, leaders=0, managers=0)
    assert "Wave 1 of" in page(client_of(manager), "unit", program.pk, branch)


# -- the same word and number ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Retail", "Branch B"])
def test_one_number_on_the_whole_way(client_of, program, hr, executive, units, name):
    """Tile, number page, result page, service and trend pages, report and API say the same of the unit; and back."""
    wave = share(program, hr, leaders=0, managers=0)
    client, unit = client_of(executive), units[name]
    shown = page(client, "unit", program.pk, unit.pk)
    cells = CellGroup.objects.get(release__wave=wave, family="tree", unit=unit.pk).cells
    result = client.get(reverse("results:unit", args=[wave.pk, unit.pk])).content.decode()
    report = report_building.build(program, unit, "en", now=timezone.now())
    facts = {fact.measure: fact for fact in report.facts if fact.section == "stand" and fact.unit == unit.pk}
    body = client.get(f"/api/v1/scorecards/{program.pk}/", {"unit": unit.pk}).json()
    api = {card["dimension"]: card["score"] for card in body["cards"]}
    assert (body["unit"], body["place"]) == (unit.pk, name)
    for key, word in (("want", "Want"), ("know", "Know"), ("can", "Can")):
        number, interval = str(cells[key]["index"]), f"{cells[key]['low']}–{cells[key]['high']}"
        behind = page(client, "unit_number", program.pk, unit.pk, key)
        assert tile(shown, key) == number and interval in words(shown)
        assert f'big-number">{number}<' in behind and f"<h1>{word}</h1>" in behind and interval in words(behind)
        assert f"<dd>{cells[key]['n']}</dd>" in behind and f"tree:{unit.pk} {key}" in behind
        assert re.search(rf"{word}.{{0,400}}big-number[^>]*>\s*{number}\b", result, re.S)
        assert round(facts[word].value) == cells[key]["index"] and round(api[key]["index"]) == cells[key]["index"]
        assert str(facts[word].low) == str(cells[key]["low"])
        # On to the results of the wave, and back to the unit and the program.
        assert reverse("results:unit", args=[wave.pk, unit.pk]) in behind
        trend = client.get(reverse("results:trend", args=[wave.pk, unit.pk]), {"score": key})
        assert number in words(trend.content.decode())
        assert reverse("reports:unit", args=[program.pk, unit.pk]) in behind
    assert report.sections[0].lead == str(scorecard.build(program, now=timezone.now(), unit=unit).headline)
    for onward in ("results:services", "results:compare"):
        assert client.get(reverse(onward, args=[wave.pk])).status_code == 200
        assert reverse(onward, args=[wave.pk]) in shown
    assert reverse("reports:program", args=[program.pk]) in shown
    assert f"{reverse('reports:preview')}?program={program.pk}&amp;unit={unit.pk}" in shown


def test_the_parts_lead_down_and_say_what_their_own_page_says(client_of, program, hr, executive, units):
    share(program, hr, leaders=0, managers=0)
    client = client_of(executive)
    above = page(client, "unit", program.pk, units["Retail"].pk)
    below = page(client, "unit", program.pk, units["Branch B"].pk)
    assert reverse("reports:unit", args=[program.pk, units["Branch B"].pk]) in above
    own = row_of(above, "Branch B")
    assert own and tile(below, "want") in own and tile(below, "can") in own
    assert row_of(above, "Services") == "", "nothing of units beside it"
    assert words(row_of(below, "Branch B")) == own
    whole = page(client, "program", program.pk)
    assert row_of(whole, "Retail").split("Retail")[1] == row_of(above, "Retail").split("Retail")[1]


def test_a_requirement_has_a_page_of_its_own(client_of, program, hr, executive, units):
    share(program, hr, leaders=0, managers=0)
    client, unit = client_of(executive), units["Branch B"]
    cells = CellGroup.objects.get(family="tree", unit=unit.pk).cells
    code = next(key for key in ("W1", "W2", "K1", "C1", "C5") if cells.get(key, {}).get("shown"))
    behind = page(client, "unit_number", program.pk, unit.pk, code)
    assert f'big-number">{cells[code]["index"]}<' in behind
    assert reverse("framework:entry", args=["requirements", code]) in behind


def test_a_unit_too_small_is_told_of_with_others_and_says_so(client_of, program, hr, executive, units):
    wave = share(program, hr, leaders=0, managers=0)
    node = CellGroup.objects.filter(release__wave=wave, family="tree", name__contains="Branch C").get()
    shown = page(client_of(executive), "unit", program.pk, units["Branch C"].pk)
    cells = node.cells
    if node.name == "Branch C":
        assert "hidden for privacy" in shown and "big-number" not in shown.split("Where to look")[0]
        assert not re.search(r"heat-(low|high|middle)", shown)
    else:
        assert f"The survey figures are of “{node.name}”" in words(shown)
        assert tile(shown, "want") == (cells["want"].get("band") or str(cells["want"]["index"]))
    behind = page(client_of(executive), "unit_number", program.pk, units["Branch C"].pk, "want")
    assert "hidden for privacy" in behind or node.name in unescape(behind)


# -- waves that are planted ------------------------------------------------------------------------------------------


@pytest.fixture
def planted(db) -> Any:
    """Meridian > Area 0–1 > Team 0–3 each; ``add(n)`` releases further waves shared with everybody who leads."""
    top = make_unit("Meridian")
    areas = [make_unit(f"Area {n}", top) for n in range(2)]
    teams = [make_unit(f"Team {n}", areas[n % 2]) for n in range(8)]
    of = series("Planted")
    first = timezone.localdate() - 1500 * DAY
    state: dict[str, Any] = {"waves": 0, "teams": teams, "areas": areas, "top": top, "special": {}}

    def add(count: int, places: list[Place] | None = None) -> None:
        for _n in range(count):
            state["waves"] += 1
            number = state["waves"]

            def tell(node: int, key: str, at: int = number) -> Any:
                special = state["special"].get((node, key))
                return dict(special) if special else score(40 + at + len(key))

            plant_wave(
                of,
                number=number,
                opens_on=first + number * 60 * DAY,
                tree=[top, *areas, *state["teams"]],
                places=places or [Place((team,), 20) for team in state["teams"]],
                tell=tell,
            )
        Sharing.objects.filter(wave__series=of).update(managers_on=F("leaders_on"))

    state["add"] = add
    state["program"] = plant_program(of, {"One": (first, areas)}, name="Planted")
    return state


@pytest.fixture
def boss(planted) -> Employee:
    person = make_person("EX9", planted["top"], given_name="Elena", family_name="Xu")
    Grant.objects.create(employee=person, role=Role.EXECUTIVE)
    return person


def test_before_the_first_wave(client_of, planted, boss):
    shown = page(client_of(boss), "unit", planted["program"].pk, planted["areas"][0].pk)
    assert "No results yet" in shown and "hidden for privacy" in shown
    assert "None is set" in shown and "it promised no other unit anything" in shown


def test_one_wave_all_hidden_and_a_unit_that_came_later(client_of, planted, boss):
    area, team, client = planted["areas"][0], planted["teams"][0], client_of(boss)
    planted["special"] = {(team.pk, key): HIDDEN for key in ("want", "know", "can", "served")}
    planted["add"](1)
    assert "The trend appears here after the second wave." in page(client, "unit", planted["program"].pk, area.pk)
    shown = page(client, "unit", planted["program"].pk, team.pk)
    assert "Too few people answered to say more" in shown and "big-number" not in shown.split("Milestones")[0]
    assert "hidden for privacy" in page(client, "unit_number", planted["program"].pk, team.pk, "want")
    late = make_unit("New region", planted["top"])
    Unit.objects.filter(pk=planted["teams"][2].pk).update(parent=late)
    shown = page(client, "unit", planted["program"].pk, late.pk)
    assert "No survey figures of New region yet" in shown
    # A part that was moved here is no stand-in for the unit itself.
    assert "Team 2" not in row_of(shown, "Team 2")
    report = report_building.build(planted["program"], late, "en", now=timezone.now())
    assert "was no unit of its own" in report.sections[0].lead
    assert not [fact for fact in report.facts if fact.value is not None and fact.wave]


def test_merged_units_are_told_of_by_the_name_of_their_block(client_of, planted, boss):
    one, other = planted["teams"][0], planted["teams"][2]
    rest = [Place((team,), 20) for team in planted["teams"] if team not in (one, other)]
    planted["add"](1)
    planted["add"](1, [Place((one, other), 6), *rest])
    client = client_of(boss)
    for team in (one, other):
        shown = words(page(client, "unit", planted["program"].pk, team.pk))
        assert "The survey figures are of “Team 0 + Team 2”, so that nobody can be recognised." in shown
        behind = words(page(client, "unit_number", planted["program"].pk, team.pk, "want"))
        assert "Team 0 + Team 2" in behind
    # Of the second one the first wave has a cell of its own, the second one the block's.
    assert len(scorecard.build(planted["program"], now=timezone.now(), unit=other).trend) == 2


def test_of_few_people_a_range_is_told_everywhere(client_of, planted, boss):
    team, client = planted["teams"][1], client_of(boss)
    band = {"shown": True, "n": "5–7", "index": 65, "band": "60–69"}
    planted["special"] = {(team.pk, key): band for key in ("want", "know", "can")}
    planted["add"](2)
    shown = page(client, "unit", planted["program"].pk, team.pk)
    assert tile(shown, "want") == "60–69" and "Want 60–69" in shown
    assert 'big-number">60–69<' in page(client, "unit_number", planted["program"].pk, team.pk, "want")
    assert "60–69" in row_of(page(client, "unit", planted["program"].pk, planted["areas"][1].pk), "Team 1")
    report = report_building.build(planted["program"], team, "en", now=timezone.now())
    assert next(table for table in report.sections[0].tables if table.key == "three").rows[0][1] == "60–69"
    body = client.get(f"/api/v1/scorecards/{planted['program'].pk}/", {"unit": planted["areas"][1].pk}).json()
    row = next(one for one in body["units"] if one["name"] == "Team 1")
    assert row["bands"][0] == "60–69"


def test_a_report_draws_every_wave_that_fits(planted):
    planted["add"](23)
    report = report_building.build(planted["program"], planted["areas"][0], "en", now=timezone.now())
    sections = {section.key: section for section in report.sections}
    assert len(sections["stand"].charts[0].categories) == 20
    assert len(sections["moved"].tables[0].rows) == 23


def test_the_cost_of_a_page_does_not_grow(client_of, planted, boss, django_assert_max_num_queries):
    """Twenty queries at 1 and 16 waves, 1 and 3 parts, of a unit and of the whole."""
    program, area, client = planted["program"], planted["areas"][0], client_of(boss)
    every, planted["teams"] = planted["teams"], planted["teams"][:2]
    planted["add"](1)
    readings.keep(program, timezone.localdate())
    seen: dict[str, list[int]] = {"unit": [], "program": [], "number": []}
    for waves, teams in ((0, 2), (2, 8), (13, 8)):
        planted["teams"] = every[:teams]
        if waves:
            planted["add"](waves)
        for name, arguments in (
            ("unit", [area.pk]),
            ("program", []),
            ("number", ["want"]),
        ):
            address = reverse(f"reports:{name}", args=[program.pk, *arguments])
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            seen[name].append(len(asked))
            assert len(asked) <= 20, "\n".join(query["sql"][:150] for query in asked)
    # Two teams are told of together: then no part is read at all.
    assert all(one <= two == three for one, two, three in seen.values()), seen


def test_two_hundred_units_with_long_names(client_of, planted, boss):
    area = planted["areas"][0]
    long = "Customer operations and after-sales coordination, northern and eastern region, second shift"
    crowd = [make_unit(f"{long} {n:03}", area) for n in range(200)]
    planted["teams"] = [*planted["teams"], *crowd]
    planted["add"](2)
    client, program = client_of(boss), planted["program"]
    shown = page(client, "unit", program.pk, area.pk)
    assert shown.count("Customer operations") <= 61 * 2 and "more in the heatmap" in shown
    chosen = page(client, "units", program.pk, **{"in": str(area.pk)})
    assert chosen.count("Customer operations") == 200 and "more: type a name above" in chosen
    found = page(client, "units", program.pk, q="SHIFT 19")
    assert "10 units found" in found and "second shift 190" in found
    assert "No unit found" in page(client, "units", program.pk, q="nowhere")
    assert page(client, "units", program.pk, status=404, **{"in": "999999"})
    assert page(client, "units", program.pk, status=404, **{"in": "x"})


def test_what_it_promised_and_what_is_overdue(client_of, program, hr, executive, manager, units):
    share(program, hr, leaders=0, managers=0)
    today, legal = timezone.localdate(), make_unit("Legal", units["Meridian"])
    made = {"owner": hr, "created_by": hr, "created_on": today - 60 * DAY}
    Action.objects.create(unit=units["Branch A"], what="Own late plan", due_on=today - 3 * DAY, **made)
    Action.objects.create(
        unit=units["Branch A"], promised_to=legal, what="Papers in by noon", due_on=today - DAY, **made
    )
    Action.objects.create(unit=legal, promised_to=units["Branch A"], what="Tills mended", due_on=today + DAY, **made)
    Action.objects.create(unit=units["Branch B"], what="Another unit's plan", due_on=today - DAY, **made)
    mine = page(client_of(manager), "unit", program.pk, units["Branch A"].pk)
    assert "Own late plan" in mine and "Papers in by noon" in mine and "Tills mended" in mine
    assert "Another unit" not in mine
    assert reverse("planning:actions") in mine
    top = words(page(client_of(executive), "unit", program.pk, units["Retail"].pk))
    assert "Another unit's plan" in top
    assert "It promised Papers in by noon" in top
    assert "It was promised Tills mended" in top


def test_other_units_are_offered_to_who_has_some(client_of, program, hr, executive, manager, units):
    share(program, hr, leaders=0, managers=0)
    door = "Other units"
    assert door not in page(client_of(manager), "unit", program.pk, units["Branch A"].pk)
    Grant.objects.create(employee=manager, role=Role.EXECUTIVE, unit=units["Services"])
    assert door in page(client_of(manager), "unit", program.pk, units["Branch A"].pk)
    assert door in page(client_of(executive), "unit", program.pk, units["Branch A"].pk)


def test_no_link_ends_before_a_closed_door(client_of, program, hr, executive, manager, units):
    """Every link in the pages of a unit opens for who reads them."""
    share(program, hr, leaders=0, managers=0)
    branch = units["Branch A"].pk
    for person in (manager, executive):
        client, links = client_of(person), set()
        for name, more in (("unit", []), ("unit_number", ["want"]), ("unit_number", ["training.valid"]), ("units", [])):
            told = page(client, name, program.pk, *([] if name == "units" else [branch]), *more)
            links |= set(re.findall(r'href="(/[^"#]*)"', told.split("<main")[1].split("</main>")[0]))
        assert len(links) > 8
        shut = {link for link in links if client.get(unescape(link), follow=True).status_code != 200}
        assert not shut


def test_a_program_without_a_reason_says_so(client_of, program, hr, executive):
    share(program, hr, leaders=0)
    Program.objects.filter(pk=program.pk).update(charter=" ")
    assert "This program says nowhere what it is for" in page(client_of(executive), "program", program.pk)
    shown = page(client_of(hr), "program", program.pk)
    assert reverse("planning:edit", args=[program.pk]) in shown
    # On to the cohorts, for who runs the program.
    detail = reverse("planning:detail", args=[program.pk])
    cohort = reverse("planning:cohort", args=[program.pk, program.cohorts.get().pk])
    assert detail in shown and cohort in client_of(hr).get(detail).content.decode()
    assert detail not in page(client_of(executive), "program", program.pk)


def test_nobody_is_shown_what_belongs_to_the_whole(client_of, program, hr, manager, units):
    """A manager's page names neither effect nor cost, and no milestone's figure of the whole organisation."""
    share(program, hr, leaders=0, managers=0)
    mine = page(client_of(manager), "unit", program.pk, units["Branch A"].pk)
    for unseen in (
        "Does the program work?",
        "What poor service costs",
        "reports/effect",
        reverse("reports:program", args=[program.pk]) + '"',
    ):
        assert unseen not in mine
    assert Wave.objects.filter(series=program.series).count()
