"""Words for what changed, decided once with the release, for every family of groups."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from surveys.results import changes
from surveys.results.insight import change
from tests.surveys.protection_world import RULES, Shape, build

FAMILIES = {"tree", "cut", "unit_cut", "division", "customer", "matrix"}


@pytest.fixture(scope="module")
def world():
    """Large enough that every family shows scores with intervals."""
    found = build(random.Random(3), Shape(units=9, size=60, depth=2, answering=1.0, traits=2, mixed=0.3, ratings=4))
    assert {group.family for group in found.groups} == FAMILIES
    return found


def raised(groups, points=0, only=lambda group: True):
    """The groups with every score moved up by so many points."""

    def cell(one):
        scored = {"index", "low"} <= one.keys()
        moved = {key: min(100, one[key] + points) for key in ("index", "low", "high")} if scored else {}
        return {**one, **moved}

    return [
        replace(group, cells={key: cell(one) for key, one in group.cells.items()}) if only(group) else group
        for group in groups
    ]


def earlier(world, groups=None, number=1, **snapshot):
    return changes.wave_of({**world.snapshot, **snapshot}, groups or world.groups, number=number)


def words(groups, family):
    found = [cell for one in groups if one.family == family for cell in one.cells.values()]
    return [cell["change"]["word"] for cell in found if "change" in cell]


def test_every_family_has_words_for_each_score_with_an_interval(world):
    found = changes.with_words(raised(world.groups, 40), world.snapshot, RULES, earlier(world))
    for family in FAMILIES:
        told = words(found, family)
        assert told and change.ROSE in told and change.FELL not in told, family
    for group in found:
        for key, cell in group.cells.items():
            has = change.half_width(cell) is not None and not key.startswith(changes.ADDED)
            assert ("change" in cell) == has, (group.family, group.name, key)
            assert "change" not in cell or cell["change"]["since"] == 1


def test_a_category_is_known_by_its_name_and_not_by_its_number(world):
    """Numbers are given anew in each wave: yesterday's 1 may be another site."""
    cuts = world.snapshot["cuts"]
    names = changes.category_names(world.snapshot)
    turned = {number: max(names) + 1 - number for number in names}
    before_cuts = [
        {**cut, "categories": [{**one, "id": turned[one["id"]]} for one in cut["categories"]]} for cut in cuts
    ]
    before_groups = [
        replace(group, other=turned[group.other]) if group.family in changes.CUTS else group for group in world.groups
    ]
    found = changes.with_words(world.groups, world.snapshot, RULES, earlier(world, before_groups, cuts=before_cuts))
    moved = [cell["change"]["delta"] for one in found for cell in one.cells.values() if "change" in cell]
    assert moved and set(moved) == {0} and words(found, "cut") and words(found, "unit_cut")
    renamed = [
        {**cut, "categories": [{**one, "name": f"old {one['name']}"} for one in cut["categories"]]} for cut in cuts
    ]
    assert not words(changes.with_words(world.groups, world.snapshot, RULES, earlier(world, cuts=renamed)), "cut")


def test_groups_of_other_units_are_not_compared_in_any_family(world):
    """One block held other units in the wave before: neither it, nor what holds it, nor who served it, is compared."""
    first = world.snapshot["blocks"][0]
    others = [{**first, "units": [*first["units"], 999]}, *world.snapshot["blocks"][1:]]
    found = changes.with_words(world.groups, world.snapshot, RULES, earlier(world, blocks=others))
    touched = {first["id"], -abs(first["id"])}
    for group in found:
        told = any("change" in cell for cell in group.cells.values())
        customer = group.other if group.family not in changes.CUTS else None
        if group.unit in touched or customer in touched or group.family == "cut":
            assert not told, (group.family, group.name)


def test_each_kind_of_group_is_judged_by_itself(world):
    """Many scores of the matrix that did not move must not take a word from the cuts, nor the other way round."""
    moved = raised(world.groups, 30, only=lambda group: group.family == "cut")
    found = changes.with_words(moved, world.snapshot, RULES, earlier(world))
    assert set(words(found, "cut")) >= {change.ROSE}
    for family in FAMILIES - {"cut"}:
        assert not {change.ROSE, change.FELL} & set(words(found, family)), family


def test_the_course_since_the_first_wave_stands_beside_the_last_change(world):
    """Six points in each of three waves: never a clear step, and clearly up on the whole."""
    first, before = earlier(world), earlier(world, raised(world.groups, 20), number=3)
    found = changes.with_words(raised(world.groups, 24), world.snapshot, RULES, before, first)
    top = next(one for one in found if one.family == "tree" and one.parent is None)
    told = top.cells["want"]["change"]
    assert (told["since"], told["delta"], told["first"]["since"]) == (3, 4, 1)
    assert told["first"]["delta"] == 24 and told["first"]["word"] == change.ROSE
    assert change.read_first(top.cells["want"])[1].clear and "first" not in top.cells["W1"]["change"]


def test_the_talk_index_has_twice_the_points(world):
    """Half an interval of 8 of 200 points is as good as 4 of 100."""
    cell = {"shown": True, "n": 400, "index": 10, "low": 4, "high": 16}
    groups = [replace(world.groups[0], cells={"talk": cell, "want": cell})]
    found = changes.with_words(groups, world.snapshot, RULES, earlier(world, groups))[0].cells
    assert found["want"]["change"]["word"] == change.FEW and found["talk"]["change"]["word"] == change.SAME
