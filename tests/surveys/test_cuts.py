"""Cuts: what is stored beside a block is shared by at least k people, and a wave freezes it when it opens."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from culture.people.models import Employee
from surveys.results import queries, releasing
from surveys.results.models import CellGroup
from surveys.waves import cuts
from surveys.waves.cuts import Traits
from surveys.waves.models import Invitation
from tests.surveys.results_world import LATER, answer, open_wave, people

TODAY = dt.date(2026, 3, 2)
PEOPLE = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["", "x", "y", "z"]), st.sampled_from(["", "1", "2"])), max_size=80
)


@settings(max_examples=200, deadline=None)
@given(PEOPLE, st.sampled_from([5, 7]))
def test_every_stored_combination_is_shared_by_at_least_k_people_of_the_block(rows, k):
    """Or by the whole block, where that is smaller: blocks are at least k people but for a single small one."""
    asked = [Traits(n, block, values) for n, (block, *values) in enumerate(rows)]
    frozen = cuts.freeze(asked, ["site", "job_family"], k)
    blocks = Counter(one.block for one in asked)
    for (block, _combination), n in Counter((one.block, frozen.of[one.id]) for one in asked).items():
        assert n >= min(k, blocks[block])
    categories = {one["id"]: one["invited"] for cut in frozen.cuts for one in cut["categories"]}
    told = Counter(number for mine in frozen.of.values() for number in mine if number)
    assert told == categories
    assert all(n >= 2 * k for n in told.values())
    assert all(len(cut["categories"]) != 1 for cut in frozen.cuts)


@settings(max_examples=100, deadline=None)
@given(PEOPLE)
def test_a_stored_category_is_never_somebody_elses(rows):
    asked = [Traits(n, block, values) for n, (block, *values) in enumerate(rows)]
    frozen = cuts.freeze(asked, ["site", "job_family"], 5)
    for at, cut in enumerate(frozen.cuts):
        names = {one["id"]: one["name"] for one in cut["categories"]}
        for one in asked:
            number = frozen.of[one.id][at]
            assert number == 0 or names[number] == one.values[at]


def test_one_odd_person_does_not_cost_a_unit_its_category():
    """19 in Rome, one in Milan: with him four of Rome are not told, 15 are."""
    told = cuts.generalise({(1, (1,)): 19, (1, (2,)): 1}, 5)
    assert Counter(told.take(1, (1,)) for _one in range(19)) == {(1,): 15, (0,): 4}
    assert told.take(1, (2,)) == (0,)


def test_what_everybody_of_a_block_shares_is_kept():
    asked = [Traits(n, n // 10, ("Rome" if n < 40 else "Milan", "")) for n in range(80)]
    frozen = cuts.freeze(asked, ["site", "job_family"], 5)
    assert [one["name"] for one in frozen.cuts[0]["categories"]] == ["Milan", "Rome"]
    assert all(frozen.of[n][0] for n in range(80)) and frozen.cuts[1]["categories"] == []


@pytest.mark.parametrize(
    "hired_on,band",
    [
        (dt.date(2026, 1, 1), "under 1 year"),
        (dt.date(2025, 3, 2), "1 to 2 years"),
        (dt.date(2025, 3, 3), "under 1 year"),
        (dt.date(2023, 3, 2), "3 to 9 years"),
        (dt.date(2016, 3, 2), "10 years and more"),
        (dt.date(2026, 3, 3), ""),
        (None, ""),
    ],
)
def test_the_band_of_years(hired_on, band):
    assert cuts.tenure(hired_on, TODAY) == band


@pytest.fixture
def world(db, hr, executive, manager, stranger, units):
    people(units)
    for name, site in (("Branch A", "Rome"), ("Branch C", "Rome"), ("Branch B", "Milan"), ("Services", "Milan")):
        Employee.objects.filter(unit=units[name]).update(site=site, hired_on=dt.date(2019, 1, 1))
    Employee.objects.filter(unit=units["Branch B"], number__endswith="1").update(hired_on=dt.date(2026, 1, 1))
    return open_wave(units)


def test_a_wave_freezes_its_cuts_and_stores_them_with_answers(world):
    wave = world.wave
    assert [cut["key"] for cut in wave.snapshot["cuts"]] == ["site", "job_family", "tenure"]
    names = {one["id"]: one["name"] for cut in wave.snapshot["cuts"] for one in cut["categories"]}
    assert set(names.values()) == {"Rome", "Milan"}  # one band of tenure alone is no cut
    stored = Counter(map(tuple, Invitation.objects.filter(wave=wave).values_list("cuts", flat=True)))
    assert all(n >= 5 for n in stored.values())
    answer(world)
    releasing.close_wave(wave, now=LATER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT block, cuts, count(*) FROM surveys_sealedown GROUP BY block, cuts")
        rows = cursor.fetchall()
    assert rows and all(n >= 5 for _block, _cuts, n in rows)


def test_the_categories_are_released(world):
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    found = {g.name: g.cells for g in CellGroup.objects.filter(release__wave=world.wave, family="cut")}
    assert set(found) == {"Site: Milan", "Site: Rome"}
    assert found["Site: Milan"]["want"]["shown"] and found["Site: Milan"]["want"]["n"] >= 30
    assert {g.cut for g in CellGroup.objects.filter(release__wave=world.wave, family="cut")} == {"site"}


def test_who_sees_which_part_of_the_cuts(world):
    """Of everybody: all who may see results. Of a division: who sees it."""
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    everything = queries.crossing_rows(world.wave, None)
    assert {row.family for row in everything} >= {"cut", "division"}
    mine = queries.crossing_rows(world.wave, {world.units["Branch A"].pk})
    assert {row.family for row in mine} <= {"cut", "unit_cut", "division"}
    assert {row.unit for row in mine if row.family != "cut"} <= {world.units["Branch A"].pk}
    assert len(mine) < len(everything)


def test_a_series_names_its_cuts_on_the_form(world, client_of, hr):
    page = client_of(hr).get(reverse("waves:edit", args=[world.wave.series_id])).content.decode()
    assert "Results also by" in page and 'value="tenure"' in page
