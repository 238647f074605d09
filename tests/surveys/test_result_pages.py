"""Result pages beyond the overview: cuts, why, compare, heatmap, both directions; as each persona, through the door."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from config.templatetags.ui import heat_step
from culture.people.models import Employee
from surveys.results import cell_html, queries, releasing
from surveys.results.models import CellGroup, Release
from surveys.results.sharing_models import Sharing
from surveys.waves.models import ServiceLink
from tests.surveys.results_world import LATER, NOW, answer, body_of, open_wave, people

pytestmark = pytest.mark.django_db
QUARTER = NOW + dt.timedelta(days=92)
PAGES = ("heatmap", "services", "findings", "cuts", "compare", "method", "export_about")


@pytest.fixture
def world(hr, executive, manager, stranger, employee, units):
    """Branch B at one site, everybody else at another; Branch A and Services serve each other."""
    people(units)
    Employee.objects.update(site="Milan")
    Employee.objects.filter(unit=units["Branch B"]).update(site="Rome")
    ServiceLink.objects.create(customer=units["Services"], provider=units["Branch B"])
    world = open_wave(units)
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    world.wave.refresh_from_db()
    return world


@pytest.fixture
def ids(world):
    return {row.name.split(" + ")[0]: row.unit for row in queries.tree_rows(world.wave, None)}


def site(world) -> dict:
    return next(cut for cut in world.wave.snapshot["cuts"] if cut["key"] == "site")


def at(name: str, *args: object, **query: object) -> str:
    told = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(f"results:{name}", args=args) + (f"?{told}" if told else "")


def addresses(world) -> list[str]:
    wave, rome = world.wave.pk, site(world)["categories"][0]["id"]
    return [
        *(at(name, wave) for name in PAGES),
        at("cut", wave, "site"),
        at("category", wave, "site", rome),
        at("heatmap", wave, by="want", flat="yes"),
        *(at("services", wave, look=look) for look in ("matrix", "list", "both")),
        at("why", wave, family="cut", unit=1, other=rome, of="want"),
    ]


# -- who -------------------------------------------------------------------------------------------------------------


def test_each_page_opens_for_whom_it_is_and_for_nobody_else(world, client_of, hr, executive, manager, stranger):
    for url in addresses(world):
        for person in (hr, executive, manager):
            assert client_of(person).get(url).status_code == 200, (person, url)
        assert client_of(stranger).get(url).status_code == 403, url
        assert client_of(None).get(url).status_code == 302, url


def test_a_day_not_reached_shows_no_page_to_managers(world, client_of, manager, executive):
    Sharing.objects.filter(wave=world.wave).update(managers_on=dt.date(2999, 1, 1), chosen=True)
    for url in addresses(world):
        assert client_of(manager).get(url).status_code == 404, url
        assert client_of(executive).get(url).status_code == 200, url


def test_an_employee_sees_his_own_group_and_the_whole_once_shared(world, client_of, ids):
    person = Employee.objects.get(number="Bx1")
    Sharing.objects.filter(wave=world.wave).update(employees_on=dt.date(2026, 3, 20), chosen=True)
    client = client_of(person)
    heat = client.get(at("heatmap", world.wave.pk)).content.decode()
    assert "Branch B" in heat and "Meridian" in heat and "Branch A" not in heat and "Services" not in heat
    assert client.get(at("unit", world.wave.pk, ids["Branch B"])).status_code == 200
    assert client.get(at("unit", world.wave.pk, ids["Services"])).status_code == 404
    assert "Not shared with you" in client.get(at("cuts", world.wave.pk)).content.decode()
    rome = next(one["id"] for one in site(world)["categories"] if one["name"] == "Rome")
    assert client.get(at("category", world.wave.pk, "site", rome)).status_code == 404
    file = body_of(client.get(at("export", world.wave.pk)))
    assert "Branch B" in file and "Branch A" not in file and '"cut"' not in file.split("rows:")[0].split("\r\n", 13)[-1]


# -- cuts ------------------------------------------------------------------------------------------------------------


def test_cuts_show_released_cells_and_lead_from_hidden_ones_to_why(world, client_of, hr):
    row = CellGroup.objects.get(release__wave=world.wave, family="cut", name="Site: Rome")
    page = client_of(hr).get(at("cuts", world.wave.pk)).content.decode()
    line = re.search(r"<tr><th scope=\"row\"><a[^>]*>Rome</a>.*?</tr>", page, re.DOTALL)
    assert line and f">{row.cells['want']['index']}" in line[0]
    one = client_of(hr).get(at("category", world.wave.pk, "site", row.other)).content.decode()
    assert "Site: Rome" in one and f">{row.cells['W1']['index']}<" in one
    # Nobody of Services works in Rome: the release has no such group, and the page says no more than "hidden".
    within = client_of(hr).get(at("cut", world.wave.pk, "site", score="want")).content.decode()
    why = re.search(r'hidden-cell[^>]*data-label="Rome"[^>]*><a href="([^"]+)"', within)
    assert why
    told = client_of(hr).get(why[1].replace("&amp;", "&"))
    assert told.status_code == 200 and "Rome" in told.content.decode()


def test_a_cut_within_divisions_is_for_who_sees_the_division(world, client_of, hr, manager, units):
    release = Release.objects.get(wave=world.wave)
    mine, rome = site(world)["categories"][0], site(world)["categories"][-1]
    cell = {"shown": True, "n": 40, "index": 71, "low": 66, "high": 76}
    there = set(CellGroup.objects.filter(release=release, family="unit_cut").values_list("unit", "other"))
    for unit, name in ((units["Services"].pk, "Services"), (units["Branch A"].pk, "Branch A")):
        if (unit, mine["id"]) in there:
            continue
        CellGroup.objects.create(release=release, family="unit_cut", unit=unit, other=mine["id"], cut="site",
                                 name=f"{name} · {mine['name']}", cells={"want": cell})  # fmt: skip
    page = client_of(hr).get(at("cut", world.wave.pk, "site", score="want")).content.decode()
    assert "Services" in page and "Branch A" in page
    seen = client_of(manager).get(at("cut", world.wave.pk, "site", score="want")).content.decode()
    assert "Branch A" in seen and "Services" not in seen
    address = at("category", world.wave.pk, "site", mine["id"], unit=units["Services"].pk)
    assert client_of(hr).get(address).status_code == 200
    assert client_of(manager).get(address).status_code == 404
    for wrong in ("x", "²", "--1", "9" * 30):
        assert client_of(hr).get(at("category", world.wave.pk, "site", rome["id"], unit=wrong)).status_code == 404
    assert client_of(hr).get(at("cut", world.wave.pk, "nothing")).status_code == 404


# -- why -------------------------------------------------------------------------------------------------------------


def plainly(page: str) -> str:
    """A page without what names the group and without tokens of the session."""
    page = re.sub(r"(nonce|csrfmiddlewaretoken|X-CSRFToken)[^>]*", "", page)
    page = re.sub(r'<div class="subtitle">.*?</div>', "", page, flags=re.DOTALL)
    # The address itself, too, to which choosing a language leads back.
    return re.sub(r"(unit(?:=|%3D))-?\d+", "", page)


def test_every_hidden_number_is_explained_in_the_same_words(world, client_of, executive, ids):
    """Branch C has too few answers, Branch A is hidden for its sake, and a group with no row at all: one page."""
    client = client_of(executive)
    pages = {name: client.get(at("why", world.wave.pk, family="tree", unit=ids[name], of="want")).content.decode()
             for name in ("Branch A", "Branch C")}  # fmt: skip
    assert "Branch A" in pages["Branch A"] and "Too few people answered" in pages["Branch A"]
    assert plainly(pages["Branch A"]) == plainly(pages["Branch C"])
    assert "asked in this group" not in pages["Branch A"]  # for HR alone
    rome = site(world)["categories"][-1]["id"]
    shown = CellGroup.objects.create(release=Release.objects.get(wave=world.wave), family="unit_cut", cut="site",
                                     unit=ids["Services"], other=rome, name="x",
                                     cells={"want": {"shown": False, "why": "hidden for privacy"}})  # fmt: skip
    address = at("why", world.wave.pk, family="unit_cut", unit=ids["Services"], other=rome, of="want")
    there = client.get(address).content.decode()
    shown.delete()
    assert plainly(there) == plainly(client.get(address).content.decode())


def test_hr_is_told_what_comes_from_her_own_list(world, client_of, hr, ids):
    page = client_of(hr).get(at("why", world.wave.pk, family="tree", unit=ids["Branch C"], of="want")).content.decode()
    assert "8 people were asked in this group" in page and "Forecast of" in page


def test_why_leads_to_the_nearest_group_that_shows_it_and_says_when_nothing_is_hidden(world, client_of, hr, ids):
    client = client_of(hr)
    page = client.get(at("why", world.wave.pk, family="tree", unit=ids["Branch C"], of="want")).content.decode()
    assert "The nearest group that shows it: Retail" in page
    shown = client.get(at("why", world.wave.pk, family="tree", unit=ids["Branch B"], of="want")).content.decode()
    assert "This is not hidden" in shown
    other = client.get(at("why", world.wave.pk, family="tree", unit=ids["Branch B"], of="nothing")).content.decode()
    assert "Why is this hidden?" in other


def test_why_says_nothing_about_groups_one_may_not_see(world, client_of, hr, manager, ids):
    client = client_of(manager)
    assert client.get(at("why", world.wave.pk, family="tree", unit=ids["Services"], of="want")).status_code == 404
    assert client.get(at("why", world.wave.pk, family="tree", unit=ids["Branch A"], of="want")).status_code == 200
    pair = {"family": "matrix", "of": "served"}
    mine = at("why", world.wave.pk, unit=ids["Services"], other=ids["Branch A"], **pair)
    theirs = at("why", world.wave.pk, unit=ids["Services"], other=ids["Branch B"], **pair)
    assert (client.get(mine).status_code, client.get(theirs).status_code) == (200, 404)
    for query in ("", "?family=tree", "?family=x&unit=1&of=want", "?family=tree&unit=²&of=want",
                  "?family=tree&unit=1&other=q&of=want"):  # fmt: skip
        assert client_of(hr).get(at("why", world.wave.pk) + query).status_code == 404, query


# -- compare ---------------------------------------------------------------------------------------------------------


def test_two_units_side_by_side_without_a_difference(world, client_of, hr, ids):
    page = (
        client_of(hr)
        .get(at("compare", world.wave.pk, one=f"tree:{ids['Branch B']}", other=f"tree:{ids['Retail']}"))
        .content.decode()
    )
    cells = [row.cells for row in queries.tree_rows(world.wave, None) if row.unit in (ids["Branch B"], ids["Retail"])]
    for mine in cells:
        assert f"<strong>{mine['can']['index']}</strong>" in page
    assert "Since then" not in page and "<svg" in page
    apart = (
        client_of(hr)
        .get(at("compare", world.wave.pk, one=f"tree:{ids['Branch B']}", other=f"tree:{ids['Branch C']}"))
        .content.decode()
    )
    assert "hidden" in apart and f"unit={ids['Branch C']}&amp;of=want" in apart


def test_two_waves_side_by_side_with_the_word_of_the_release(world, client_of, hr, manager, ids):
    second = world.wave.series.waves.get(number=2)
    later = open_wave(world.units, second, now=QUARTER)
    answer(later, high=True, seed=2)
    releasing.close_wave(later.wave, now=QUARTER + dt.timedelta(days=15))
    top = f"tree:{ids['Meridian']}"
    page = client_of(hr).get(at("compare", second.pk, one=top, wave=world.wave.pk)).content.decode()
    moved = queries.company_row(queries.tree_rows(second, None)).cells["can"]["change"]
    assert moved["word"] == "rose" and f"rose: +{moved['delta']}" in page and "Wave 2 beside Wave 1" in page
    back = client_of(hr).get(at("compare", world.wave.pk, one=top, wave=second.pk)).content.decode()
    assert f"rose: +{moved['delta']}" in back  # the word belongs to the later of the two, whichever stands first
    Sharing.objects.filter(wave=world.wave).update(managers_on=dt.date(2999, 1, 1), chosen=True)
    mine = client_of(manager).get(at("compare", second.pk, one=top, wave=world.wave.pk)).content.decode()
    assert "Wave 2 beside Wave 1" not in mine and f"+{moved['delta']}" not in mine


def test_comparing_with_what_is_not_there_says_so(world, client_of, hr, manager, ids):
    top, secret = f"tree:{ids['Meridian']}", f"tree:{ids['Services']}"
    for wrong in ("tree:999999", "matrix:1", "tree:²", "cut:99999"):
        page = client_of(hr).get(at("compare", world.wave.pk, one=top, other=wrong)).content.decode()
        assert "One of the two is not there" in page, wrong
    page = client_of(manager).get(at("compare", world.wave.pk, one=top, other=secret)).content.decode()
    assert "One of the two is not there" in page and "Services" not in page


# -- heatmap and services --------------------------------------------------------------------------------------------


def names(page: str) -> list[str]:
    return [name.split(" + ")[0] for name in re.findall(r'/unit/-?\d+/">([^<]+)</a>', page)]


def test_the_heatmap_sorts_ranks_opens_and_closes(world, client_of, hr, ids):
    client, wave = client_of(hr), world.wave.pk
    scores = {row.name.split(" + ")[0]: row.cells["can"].get("index") for row in queries.tree_rows(world.wave, None)}
    ranked = names(client.get(at("heatmap", wave, flat="yes", sort="can", down="yes")).content.decode())
    known = [scores[name] for name in ranked if scores[name] is not None]
    assert known == sorted(known, reverse=True) and set(ranked) == set(scores)
    assert [scores[name] for name in ranked][len(known) :] == [None] * (len(ranked) - len(known))
    closed = names(client.get(at("heatmap", wave, open="none")).content.decode())
    assert closed == ["Meridian"]
    opened = names(client.get(at("heatmap", wave, open=ids["Meridian"])).content.decode())
    assert opened[0] == "Meridian" and "Retail" in opened and "Branch B" not in opened
    found = names(client.get(at("heatmap", wave, flat="yes", q="branch b")).content.decode())
    assert found == ["Branch B"]
    page = client.get(at("heatmap", wave, by="want", sort="nonsense", open="²,x,--1")).content.decode()
    assert "W1" in page and "hidden-cell" not in page.split("<tbody>")[1].split("</tr>")[0]


def test_a_manager_sees_both_directions_of_his_own_unit(world, client_of, manager, ids):
    release = Release.objects.get(wave=world.wave)
    for index, (provider, customer) in enumerate(
        [("Services", "Branch A"), ("Branch A", "Services"), ("Services", "Branch C"), ("Retail", "Branch C")], 41
    ):
        cell = {"shown": True, "n": 30, "index": index, "low": index - 4, "high": index + 4}
        CellGroup.objects.create(release=release, family="matrix", unit=ids[provider], other=ids[customer],
                                 name=f"{provider} ← {customer}", cells={"served": cell})  # fmt: skip
    client = client_of(manager)
    page = client.get(at("services", world.wave.pk, look="list")).content.decode()
    rows = re.findall(r'<th scope="row">([^<]+)</th><td data-label="Receives it">([^<]+)</td>', page)
    assert rows == [("Services", "Branch A"), ("Branch A", "Services")]
    both = client.get(at("services", world.wave.pk, look="both")).content.decode()
    assert ">41<" in both and ">42<" in both
    unit = client.get(at("unit", world.wave.pk, ids["Branch A"])).content.decode()
    assert re.search(r"We say, they see.*Services.*>42<.*>41<", unit, re.DOTALL)  # they of us, we of them
    groups = client.get(f"/api/v1/results/{world.wave.pk}/groups/?family=matrix").json()
    assert [one["name"] for one in groups["results"]] == ["Services ← Branch A", "Branch A ← Services"]
    whole = client.get(f"/api/v1/results/{world.wave.pk}/").json()["groups"]
    assert [one["name"] for one in whole if one["family"] == "matrix"] == [one["name"] for one in groups["results"]]
    assert client.get(f"/api/v1/results/{world.wave.pk}/groups/?family=x").status_code == 400


def test_totals_stand_beside_the_picture_the_lowest_provider_in_the_heading(world, client_of, hr):
    page = client_of(hr).get(at("services", world.wave.pk)).content.decode()
    given = {row.name: row.cells["served"] for row in queries.tree_rows(world.wave, None)}
    told = sorted((cell["index"], name) for name, cell in given.items() if cell["shown"] and "Meridian" not in name)
    assert len(told) >= 2 and f"{told[0][0]} of 100" in page and "serves its colleagues least well" in page
    totals = page.split("In the eyes of all it serves")[1].split("</table>")[0]
    assert all(name in totals for _index, name in told)
    assert all(name not in totals for name, cell in given.items() if cell.get("why") == "not asked")
    assert "How each is served by all together" in page and "<svg" in page


def test_the_colours_are_those_of_every_other_page():
    for index in range(101):
        step = heat_step(index)
        side = "low" if step < 0 else "high" if step else "middle"
        assert cell_html.tone(index) == f"heat-{side}-{abs(step)}"


# -- queries ---------------------------------------------------------------------------------------------------------


def test_the_number_of_queries_is_the_same_for_one_row_and_three(
    world, client_of, hr, ids, django_assert_num_queries, django_assert_max_num_queries
):
    client, wave = client_of(hr), world.wave.pk
    release = Release.objects.get(wave=world.wave)
    urls = addresses(world) + [at("unit", wave, ids["Retail"]), at("wave", wave), at("list")]
    counts = {}
    for url in urls:
        client.get(url)
        with django_assert_max_num_queries(14) as counted:
            client.get(url)
        counts[url] = len(counted)
    source = CellGroup.objects.get(release=release, family="tree", unit=ids["Branch B"])
    for n in range(3):
        CellGroup.objects.create(release=release, family="tree", unit=10_000 + n, name=f"Unit {n}",
                                 parent=ids["Retail"], depth=2, cells=source.cells)  # fmt: skip
        CellGroup.objects.create(release=release, family="matrix", unit=10_000 + n, other=ids["Branch B"],
                                 name=f"Unit {n} ← Branch B", cells={"served": source.cells["want"]})  # fmt: skip
    for url in urls:
        with django_assert_num_queries(counts[url]):
            assert client.get(url).status_code == 200


def test_a_manager_costs_no_more_queries_than_anybody(world, client_of, manager, ids, django_assert_max_num_queries):
    client, wave, unit = client_of(manager), world.wave.pk, ids["Branch A"]
    urls = [at(name, wave) for name in ("wave", "comments", "services")]
    urls += [at(name, wave, unit) for name in ("unit", "trend")]
    urls.append(at("compare", wave, one=f"tree:{unit}", other=f"tree:{ids['Meridian']}"))
    for url in urls:
        client.get(url)
        with django_assert_max_num_queries(14):
            assert client.get(url).status_code == 200, url
