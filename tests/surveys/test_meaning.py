"""What a release adds to its scores, through the pages, the file and the API that show it."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.results import disclosure, meaning, queries, reading, releasing
from surveys.results.insight import change, sealing
from surveys.results.models import CellGroup
from surveys.waves.models import Wave
from tests.flows.looking import violations
from tests.surveys.results_world import LATER, NOW, answer, body_of, open_wave, people

RULES = {"k": 5, "band_to": 7, "score_detail_from": 8, "distribution_from": 20}
QUARTER = dt.timedelta(days=92)  # nearer, and two waves are protected jointly
ADDED = ("barrier", "below:want", "below:know", "below:can", "reliability:want", "straight", "drivers")


@pytest.fixture
def world(hr, executive, manager, stranger, units):
    people(units)
    world = open_wave(units)
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    world.wave.refresh_from_db()
    return world


@pytest.fixture
def later(world):
    second = world.wave.series.waves.get(number=2)
    later = open_wave(world.units, second, now=NOW + QUARTER)
    answer(later, high=True, seed=2)
    releasing.close_wave(later.wave, now=LATER + QUARTER)
    later.wave.refresh_from_db()
    return later


def rewrite(row: CellGroup, **cells: Any) -> None:
    """Put other cells into a release, which the database refuses otherwise."""
    row.cells = cells
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE surveys_cellgroup DISABLE TRIGGER USER")
        cursor.execute("UPDATE surveys_cellgroup SET cells = %s WHERE id = %s", [json.dumps(cells), row.pk])
        cursor.execute("ALTER TABLE surveys_cellgroup ENABLE TRIGGER USER")


def rows(wave: Wave) -> dict[str, CellGroup]:
    return {row.name.split(" + ")[0]: row for row in queries.tree_rows(wave, None)}


# -- the release -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_release_holds_barriers_reliability_and_straight_lines(world):
    found = rows(world.wave)
    cells = found["Meridian"].cells
    assert set(cells["barrier"]["shares"]) == {"want", "know", "can", "none", "unclassified"}
    assert cells["below:can"]["percent"] > cells["below:want"]["percent"]
    assert cells["reliability:want"]["low"] <= cells["reliability:want"]["alpha"] <= cells["reliability:want"]["high"]
    assert [code for code, _, _ in cells["reliability:know"]["items"]] == [f"K{n}" for n in range(1, 8)]
    assert cells["straight"]["shown"] and cells["reliability:served"]["shown"]
    assert cells["drivers"] == sealing.HIDDEN  # 61 people are too few for 21 questions
    for small in ("Branch A", "Branch C"):
        for key in ADDED:
            assert found[small].cells[key] == sealing.HIDDEN, (small, key)


@pytest.mark.django_db
def test_the_first_release_has_no_words_and_the_second_has_them(world, later):
    assert not any("change" in cell for row in rows(world.wave).values() for cell in row.cells.values())
    cells = rows(later.wave)["Meridian"].cells
    assert cells["can"]["change"]["word"] == change.ROSE and cells["can"]["change"]["since"] == 1
    assert not any("change" in cells[key] for key in ADDED)
    for row in rows(later.wave).values():
        for key, cell in row.cells.items():
            assert "change" not in cell or cell["low"] is not None, (row.name, key)
    crossing = CellGroup.objects.filter(release__wave=later.wave).exclude(family="tree")
    told = {row.family for row in crossing for cell in row.cells.values() if "change" in cell}
    assert told and told <= {"customer", "matrix", "division"}, told  # nobody here has a site


@pytest.mark.django_db
def test_the_same_change_has_the_same_word_everywhere(world, later, client_of, hr):
    row = rows(later.wave)["Meridian"]
    moved = change.read(row.cells["can"])
    told = f"rose {moved.told}"
    client = client_of(hr)
    for page in (
        reverse("results:wave", args=[later.wave.pk]),
        reverse("results:unit", args=[later.wave.pk, row.unit]),
    ):
        assert told in client.get(page).content.decode(), page
    export = json.loads(body_of(client.get(reverse("results:export_json", args=[later.wave.pk]))))
    lines = [dict(zip(export["columns"], line, strict=True)) for line in export["rows"]]
    mine = next(line for line in lines if line["group_id"] == row.unit and line["measure"] == "can")
    assert (mine["change"], mine["change_word"], mine["change_since"]) == (moved.delta, "rose", 1)
    groups = client.get(f"/api/v1/results/{later.wave.pk}/").json()["groups"]
    assert [g["cells"]["can"]["change"] for g in groups if g["family"] == "tree" and g["unit"] == row.unit] == [
        {**moved.as_cell(), "since": 1}
    ]


@pytest.mark.django_db
def test_a_threshold_of_the_series_is_frozen_and_used(hr, executive, manager, stranger, units):
    people(units)
    world = open_wave(units)
    assert "matters" not in world.wave.rules
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    series = world.wave.series
    series.matters, series.barrier_at = 20, 4.0
    series.save()
    second = open_wave(units, series.waves.get(number=2), now=NOW + QUARTER)
    assert second.wave.rules["matters"] == 20 and second.wave.rules["barrier_at"] == 4.0
    answer(second, seed=1)
    releasing.close_wave(second.wave, now=LATER + QUARTER)
    one, two = (rows(Wave.objects.get(series=series, number=n))["Meridian"].cells for n in (1, 2))
    assert two["below:want"]["percent"] > one["below:want"]["percent"]  # 4.0 instead of 3.0, the same answers
    assert {cell["change"]["word"] for cell in two.values() if "change" in cell} == {change.SAME}


@pytest.mark.django_db
def test_ratings_of_like_minded_units_have_wider_intervals(world):
    snapshot, sealed = world.wave.snapshot, None
    items = [item for item in snapshot["items"] if item["about"] == "provider"]
    alike = [(9, block, [level] * len(items)) for block, level in ((1, 1), (2, 5), (3, 2)) for _ in range(10)]
    mixed = [(9, block, [1 + (n + block) % 5] * len(items)) for block in (1, 2, 3) for n in range(10)]
    sealed = releasing.Sealed(own=(), ratings=alike, respondents={}, raters={}, invited={},
                              asked_about=frozenset())  # fmt: skip
    assert meaning._design_effect(snapshot, sealed) == pytest.approx(10)
    sealed = releasing.Sealed(own=(), ratings=mixed, respondents={}, raters={}, invited={},
                              asked_about=frozenset())  # fmt: skip
    assert meaning._design_effect(snapshot, sealed) == 1


# -- no more than the promise allows ---------------------------------------------------------------------------------


def organisation(draw: Any) -> tuple[dict, dict, list]:
    """A random tree of groups: parents, sizes of the blocks, and answers of the people in them."""
    parents: dict[int, int | None] = {1: None}
    for node in range(2, draw(st.integers(3, 9))):
        parents[node] = draw(st.integers(1, node - 1))
    leaves = [node for node in parents if node not in parents.values()]
    sizes = {node: draw(st.sampled_from([1, 2, 4, 5, 7, 8, 9, 19, 21, 45])) for node in leaves}
    return parents, sizes, leaves


ITEMS = [
    {"code": f"{name[0]}{n}", "kind": "agreement", "options": {}, "dimension": name, "about": "own"}
    for name in ("want", "know", "can")
    for n in range(2)
] + [{"code": "talk", "kind": "outcome", "options": {}, "about": "own"}]


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_what_is_added_keeps_its_remainders(data):
    """For every cell: at least its least people, and whatever is left of a shown group beside those shown inside it is
    nobody or at least k: counted anew for the people who answered that measure."""
    parents, sizes, leaves = organisation(data.draw)
    chance = random.Random(data.draw(st.integers(0, 10**6)))
    gone = data.draw(st.sampled_from([0.0, 0.1, 0.5]))
    where, answers = [], []
    for leaf in leaves:
        for _ in range(sizes[leaf]):
            where.append((leaf, 0))
            answers.append([None if chance.random() < gone else chance.randint(1, 5) for _ in ITEMS])
    everywhere = {name: set(parents) for name in ("want", "know", "can")}
    groups = meaning._groups(parents, {leaf: [(leaf, 0)] for leaf in leaves}, RULES, indexed=everywhere)
    found = sealing.own_cells(where, answers, ITEMS, groups, RULES)
    below = {node: {leaf for leaf in leaves if node in _above(leaf, parents)} for node in parents}
    base = {
        "barrier": lambda row: any(value is not None for value in row[:6]),
        "below:want": lambda row: None not in row[:2],
        "reliability:know": lambda row: None not in row[2:4],
        "straight": lambda row: sum(value is not None for value in row[:6]) >= 5,
        "drivers": lambda row: None not in row,
    }
    least = {"barrier": 8, "below:want": 8, "reliability:know": 20, "straight": 20, "drivers": 100}
    for key, counts in base.items():
        n = {
            leaf: sum(counts(row) for (at, _), row in zip(where, answers, strict=True) if at == leaf) for leaf in leaves
        }
        shown = {node for node in parents if found[node].get(key, {}).get("shown")}
        for node in shown:
            assert sum(n[leaf] for leaf in below[node]) >= least[key], key
            rest = set(below[node])
            for inner in shown - {node}:
                if node in _above(inner, parents):
                    rest -= below[inner]
            assert not 0 < sum(n[leaf] for leaf in rest) < 5, key


def _above(node: int, parents: dict[int, int | None]) -> list[int]:
    found = []
    at: int | None = node
    while at is not None:
        found.append(at)
        at = parents[at]
    return found


def test_bad_input_is_hidden_and_not_an_error():
    """Nobody answered; everybody the same; one unit; all "can't judge"; a question missing of a dimension."""
    leaves = {1: [(1, 0)]}
    groups = meaning._groups({1: None}, leaves, RULES, indexed={name: {1} for name in ("want", "know", "can")})
    assert sealing.own_cells([], [], ITEMS, groups, RULES) == {1: {}}
    same = sealing.own_cells([(1, 0)] * 130, [[4] * 7] * 130, ITEMS, groups, RULES)[1]
    assert same["reliability:want"]["shown"] and same["drivers"]["shown"]  # a hidden one would say that nobody differs
    assert same["barrier"]["shares"]["none"] < 100 and same["straight"]["percent"] < 100
    silent = sealing.own_cells([(1, 0)] * 130, [[None] * 7] * 130, ITEMS, groups, RULES)[1]
    assert all(cell == sealing.HIDDEN for cell in silent.values())
    two = [item for item in ITEMS if item.get("dimension") != "know"]
    part = sealing.own_cells([(1, 0)] * 30, [[4, 3, 2, 1, 5]] * 30, two, groups, RULES)[1]
    assert part["barrier"] == sealing.NOT_ASKED and "below:want" not in part


def test_drivers_of_a_group_with_enough_people():
    chance = np.random.default_rng(4)
    want = chance.integers(1, 6, 300)
    answers = [
        [int(w), *(int(x) for x in chance.integers(1, 6, 5)), int(min(5, max(1, w + chance.integers(-1, 2))))]
        for w in want
    ]
    groups = meaning._groups({1: None, 2: 1, 3: 1}, {2: [(2, 0)], 3: [(3, 0)]}, RULES)
    found = sealing.own_cells([(2 + (n > 220), 0) for n in range(300)], answers, ITEMS, groups, RULES)
    assert found[1]["drivers"]["shown"] and found[2]["drivers"]["n"] == 221 and not found[3]["drivers"]["shown"]
    code, weight, lmg, sign, clear, suppressor = found[1]["drivers"]["items"][0]
    assert (code, sign, clear, suppressor) == ("w0", 1, True, False) and weight > 80 and lmg > 80
    assert not any(row[4] for row in found[1]["drivers"]["items"][1:])


# -- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_of_a_unit_says_what_stands_out_and_how_far_to_trust_it(later, client_of, hr):
    row = rows(later.wave)["Meridian"]
    page = client_of(hr).get(reverse("results:unit", args=[later.wave.pk, row.unit])).content.decode()
    for words in ("What stands out", "The biggest clear change", "How far to trust these numbers", "Falls short in",
                  "Noise favours the first in line", "of those asked did not answer"):  # fmt: skip
        assert words in page, words


@pytest.mark.django_db
def test_a_small_unit_shows_none_of_it_and_still_has_its_page(later, client_of, hr):
    row = rows(later.wave)["Branch C"]
    page = client_of(hr).get(reverse("results:unit", args=[later.wave.pk, row.unit])).content.decode()
    for measure in ("barrier", "reliability:want"):
        assert re.search(rf'hidden for privacy</span> <a href="[^"]*of={quote(measure)}"', page), measure
    for words in ('class="card findings"', "gave the same answer to every statement", "Reliability of the scores"):
        assert words not in page, words


@pytest.mark.django_db
@pytest.mark.parametrize("language,words", [("fr", "Le plus grand changement net"), ("zh-hans", "最大的明显变化")])
def test_findings_speak_the_readers_language(later, client_of, hr, language, words):
    row = rows(later.wave)["Meridian"]
    hr.language = language
    hr.save()
    page = client_of(hr).get(
        reverse("results:unit", args=[later.wave.pk, row.unit]), headers={"accept-language": language}
    )
    assert words in page.content.decode()


@pytest.mark.django_db
def test_who_may_see_a_trend(later, client_of, hr, executive, manager, employee, stranger):
    found = rows(later.wave)
    own, other = (reverse("results:trend", args=[later.wave.pk, found[name].unit]) for name in ("Branch A", "Branch B"))
    whole = reverse("results:trend", args=[later.wave.pk, found["Meridian"].unit])
    for user, answers in (
        (hr, (200, 200, 200)), (executive, (200, 200, 200)), (manager, (200, 404, 200)),
        (employee, (403, 403, 403)), (stranger, (403, 403, 403)),
    ):  # fmt: skip
        client = client_of(user)
        assert tuple(client.get(url).status_code for url in (own, other, whole)) == answers, user.email
    assert client_of(None).get(own).status_code in (302, 403)


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["was", "now", "common", "nonsense"])
def test_a_trend_in_three_ways(later, client_of, hr, way):
    row = rows(later.wave)["Meridian"]
    url = reverse("results:trend", args=[later.wave.pk, row.unit])
    page = client_of(hr).get(url, {"score": "can", "way": way}).content.decode()
    assert "<svg" in page and f"{row.cells['can']['low']} – {row.cells['can']['high']}" in page or way == "common"
    assert "95 % interval" in page
    assert client_of(hr).get(url, {"score": "' or 1=1", "way": way}).status_code == 200


@pytest.mark.django_db
def test_a_trend_never_follows_a_hidden_score(later, client_of, hr):
    row = rows(later.wave)["Branch C"]
    page = client_of(hr).get(reverse("results:trend", args=[later.wave.pk, row.unit])).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert main.count('class="hidden-cell"') == 2 and "<svg" not in main
    assert "It takes two waves with a shown score" in main


@pytest.mark.django_db
def test_a_trend_costs_the_same_with_more_units(later, client_of, hr, django_assert_max_num_queries):
    row = rows(later.wave)["Meridian"]
    url = reverse("results:trend", args=[later.wave.pk, row.unit])
    client = client_of(hr)
    client.get(url)
    with django_assert_max_num_queries(16):
        client.get(url)
    CellGroup.objects.bulk_create(
        CellGroup(release=row.release, family="tree", unit=10_000 + n, name=f"Unit {n}", parent=row.unit)
        for n in range(30)
    )
    with django_assert_max_num_queries(16):
        assert client.get(url).status_code == 200


@pytest.mark.django_db
def test_a_small_unit_borrows_drivers_from_above_only_where_the_reader_may_see(later, manager, hr):
    found = rows(later.wave)
    whole, division, small = found["Meridian"], found["Retail"], found["Branch A"]
    shown = {"shown": True, "n": 120, "outcome": "talk", "r2": 30, "items": []}
    for row in (whole, division):
        rewrite(row, **{**row.cells, "drivers": shown})
    wave = Wave.objects.get(pk=later.wave.pk)
    assert reading.Seen.of(hr, wave).above(small.unit, "drivers").unit == division.unit
    seen = reading.Seen.of(manager, wave)
    assert not seen.sees(division.unit) and seen.above(small.unit, "drivers").unit == whole.unit
    assert seen.above(whole.unit, "drivers") is None


@pytest.mark.django_db
def test_a_release_of_before_still_has_its_page(world, client_of, hr):
    """Released cells never change: those without any of this are shown without it."""
    row = rows(world.wave)["Meridian"]
    before = {key: cell for key, cell in row.cells.items() if ":" not in key and key not in ("drivers", "straight")}
    before["barrier"] = {"shown": True, "n": 61, "shares": {"want": 30, "know": 20, "can": 30, "none": 20}}
    rewrite(row, **before)
    response = client_of(hr).get(reverse("results:unit", args=[world.wave.pk, row.unit]))
    assert response.status_code == 200 and b"How far to trust" not in response.content


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_in_a_browser(later, hr, browser, live_server, sign_in):
    """Axe in both schemes at 390 and 1360 px; nothing runs out of the page."""
    row = rows(later.wave)["Meridian"]
    page = browser.new_context(base_url=live_server.url, viewport={"width": 1360, "height": 900}).new_page()
    sign_in(page, hr)
    for name, url in (
        ("unit", reverse("results:unit", args=[later.wave.pk, row.unit])),
        ("trend", reverse("results:trend", args=[later.wave.pk, row.unit])),
        ("services", reverse("results:services", args=[later.wave.pk])),
    ):
        page.goto(url)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for width in (390, 1360):
                page.set_viewport_size({"width": width, "height": 900})
                found = violations(page, scheme)
                assert not found, (name, scheme, width, [(v["id"], v["nodes"][0]["html"]) for v in found])
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
                if folder := os.environ.get("PICTURES"):
                    page.screenshot(path=Path(folder) / f"meaning-{name}-{scheme}-{width}.png", full_page=True)


def test_protection_is_the_promises_own():
    """The groups that may be told come from the one disclosure module, with its k."""
    groups = meaning._groups({1: None, 2: 1, 3: 1}, {2: [(2, 0)], 3: [(3, 0)]}, RULES)
    counts = {(2, 0): 30, (3, 0): 4}
    assert groups.show(counts, 20) == disclosure.protect_counts(
        disclosure.Forest({1: None, 2: 1, 3: 1}, {2: [(2, 0)], 3: [(3, 0)]}), counts, 5, least=20
    )
    assert groups.show(counts, 20) == {1}  # or the four would follow


@pytest.mark.django_db
@pytest.mark.parametrize("field,value", [("matters", 0), ("matters", 21), ("barrier_at", 1.0), ("quadrant_at", 5.0)])
def test_no_threshold_outside_its_scale(units, field, value):
    """In the database, too: whoever writes around the form."""
    people(units)
    series = open_wave(units).wave.series
    with pytest.raises(IntegrityError), transaction.atomic():
        type(series).objects.filter(pk=series.pk).update(**{field: value})
