"""The pages, the file and the API of released results, as each persona."""

from __future__ import annotations

import csv
import datetime as dt
import json

import pytest
from django.urls import reverse

from surveys.results import exports, queries, releasing
from surveys.results.models import CellGroup, Release
from surveys.waves.models import Wave
from tests.surveys.results_world import LATER, NOW, PLANTED, TOLD, answer, body_of, open_wave, people

pytestmark = pytest.mark.django_db
QUARTER = NOW + dt.timedelta(days=92)


@pytest.fixture
def world(hr, executive, manager, stranger, units):
    people(units)
    world = open_wave(units)
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    world.wave.refresh_from_db()
    return world


def urls(wave) -> list[str]:
    rows = CellGroup.objects.filter(release__wave=wave, family="tree")
    pages = ("wave", "heatmap", "services", "findings", "cuts", "compare", "method", "export_about", "export",
             "export_json", "export_xlsx")  # fmt: skip
    return [
        reverse("results:list"),
        *(reverse(f"results:{name}", args=[wave.pk]) for name in pages),
        *(reverse("results:unit", args=[wave.pk, row.unit]) for row in rows),
        *(reverse("results:trend", args=[wave.pk, row.unit]) for row in rows),
        *(f"{reverse('results:why', args=[wave.pk])}?family=tree&unit={row.unit}&of=want" for row in rows),
        "/api/v1/results/",
        f"/api/v1/results/{wave.pk}/",
    ]


def test_hr_reads_the_wave(world, client_of, hr):
    response = client_of(hr).get(reverse("results:wave", args=[world.wave.pk]))
    page = response.content.decode()
    assert response.status_code == 200
    for name in ("Branch A", "Branch B", "Branch C", "Services", "hidden for privacy", "What holds them back"):
        assert name in page


def test_what_is_hidden_and_what_is_shown(world):
    rows = {row.name.split(" + ")[0]: row.cells for row in queries.tree_rows(world.wave, None)}
    assert {name: cells["want"]["shown"] for name, cells in rows.items() if name.startswith("Branch")} == {
        "Branch A": False,  # or Branch C's three would follow from Retail's sum
        "Branch B": True,
        "Branch C": False,
    }
    assert rows["Meridian"]["can"]["index"] < rows["Meridian"]["want"]["index"]
    assert rows["Services"]["served"]["shown"] and rows["Branch B"]["served"] == {"shown": False, "why": "not asked"}
    assert rows["Branch B"]["W1"]["shown"]


def test_a_manager_sees_his_own_unit_and_the_company(world, client_of, manager):
    client = client_of(manager)
    page = client.get(reverse("results:wave", args=[world.wave.pk])).content.decode()
    assert "Branch A" in page and "Meridian" in page
    assert "Branch B" not in page and "Services" not in page
    ids = {row.name.split(" + ")[0]: row.unit for row in queries.tree_rows(world.wave, None)}
    codes = {
        name: client.get(reverse("results:unit", args=[world.wave.pk, ids[name]])).status_code
        for name in ("Branch A", "Meridian", "Branch B", "Services")
    }
    assert codes == {"Branch A": 200, "Meridian": 200, "Branch B": 404, "Services": 404}
    export = body_of(client.get(reverse("results:export", args=[world.wave.pk])))
    assert "Branch B" not in export and "Branch A" in export


def test_an_employee_sees_none(world, client_of, stranger, employee):
    for url in urls(world.wave):
        assert client_of(stranger).get(url).status_code == 403, url
        assert client_of(employee).get(url).status_code == 403, url


def test_nobody_signed_out_sees_any(world, client_of):
    for url in urls(world.wave):
        assert client_of(None).get(url).status_code in (302, 401, 403), url


def test_the_planted_comment_appears_nowhere(world, client_of, hr, manager, executive):
    told = 0
    for user in (hr, manager, executive):
        for url in urls(world.wave):
            body = body_of(client_of(user).get(url))
            assert PLANTED not in body, url
            told += TOLD in body
    assert told == 2  # HR and the executive, on the page of Branch B


def test_an_open_wave_shows_nothing(hr, executive, manager, stranger, units, client_of):
    people(units)
    world = open_wave(units)
    answer(world)
    for url in urls(world.wave)[1:4]:
        assert client_of(hr).get(url).status_code == 404, url
    assert client_of(hr).get("/api/v1/results/").json()["results"] == []


def test_the_file_names_wave_rules_and_fingerprint_and_ends_with_its_rows(world, client_of, hr):
    lines = body_of(client_of(hr).get(reverse("results:export", args=[world.wave.pk]))).splitlines()
    about = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    release = Release.objects.get(wave=world.wave)
    assert about["wave"] == str(world.wave) and "k 5" in about["rules"] and about["fingerprint"] == release.rules_hash
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert lines[-1] == f"# rows: {len(rows)}"
    want = next(row for row in rows if row["group"] == "Branch B" and row["measure"] == "want")
    cell = CellGroup.objects.get(release=release, family="tree", name="Branch B").cells["want"]
    assert (want["shown"], want["score"], want["people"]) == ("yes", str(cell["index"]), str(cell["n"]))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
def test_a_spreadsheet_runs_no_formula(text):
    assert str(exports.plain(text)).startswith("'")


def test_the_api_gives_released_cells(world, client_of, hr):
    body = client_of(hr).get(f"/api/v1/results/{world.wave.pk}/").json()
    assert {group["family"] for group in body["groups"]} == {"tree", "matrix", "customer", "division"}
    assert "comments" not in json.dumps(body)
    assert client_of(hr).get("/api/v1/results/999999/").status_code == 404


def test_changes_compare_with_the_wave_before(world, client_of, hr):
    second = world.wave.series.waves.get(number=2)
    later = open_wave(world.units, second, now=QUARTER)
    answer(later, high=True, seed=2)
    releasing.close_wave(later.wave, now=QUARTER + dt.timedelta(days=15))
    later.wave.refresh_from_db()
    cards = {card["key"]: card for card in queries.overview(later.wave, None)["cards"]}
    assert cards["can"]["change"].clear and cards["can"]["change"].delta > 0
    trend = queries.trend(world.wave.series, [world.wave.pk, second.pk])
    assert [point["wave"].number for point in trend] == [1, 2]
    assert trend[1]["can"] > trend[0]["can"]
    page = client_of(hr).get(reverse("results:wave", args=[second.pk])).content.decode()
    assert "<svg" in page and "Since the last wave" in page


def test_the_number_of_queries_does_not_grow_with_units(world, client_of, hr, django_assert_max_num_queries):
    client = client_of(hr)
    client.get(reverse("results:wave", args=[world.wave.pk]))
    with django_assert_max_num_queries(14):
        client.get(reverse("results:wave", args=[world.wave.pk]))
    release = Release.objects.get(wave=world.wave)
    CellGroup.objects.bulk_create(
        CellGroup(release=release, family="tree", unit=10_000 + n, name=f"Unit {n}", parent=world.units["Retail"].pk)
        for n in range(30)
    )
    with django_assert_max_num_queries(14):
        assert b"Unit 29" in client.get(reverse("results:wave", args=[world.wave.pk])).content


def test_an_unknown_wave_or_unit_is_not_found(world, client_of, hr):
    assert client_of(hr).get("/results/999999/").status_code == 404
    assert client_of(hr).get(reverse("results:unit", args=[world.wave.pk, 999999])).status_code == 404
    assert Wave.objects.filter(state=Wave.State.RELEASED).count() == 1
