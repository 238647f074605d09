"""What is counted of units beside everybody's: an attacker who takes units off each other never finds a few people."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from programs.reports import scorecard_residue

LEAST = 10


@st.composite
def organisations(draw: st.DrawFn) -> tuple[dict[int, int | None], dict[int, int]]:
    """Unit → parent, unit → its own people; 0 holds those without a unit."""
    size = draw(st.integers(1, 11))
    parents: dict[int, int | None] = {}
    for unit in range(1, size + 1):
        parents[unit] = draw(st.sampled_from([None, *parents])) if parents else None
    own = {unit: draw(st.integers(0, 22)) for unit in [0, *parents]}
    return parents, own


def members(parents: dict[int, int | None], unit: int | None) -> set[int]:
    """The unit and all below it; None: everybody."""
    if unit is None:
        return {0, *parents}
    inside = {unit}
    for one in parents:
        at: int | None = one
        while at is not None:
            if at in inside:
                inside.add(one)
                break
            at = parents[at]
    return inside


def attack(parents: dict[int, int | None], own: dict[int, int], told: set[int]) -> list[tuple[object, ...]]:
    """Every told unit less any told units inside it that have nobody in common: where that leaves a few people."""
    sets = {unit: members(parents, unit) for unit in (None, *told)}
    people = {unit: sum(own.get(one, 0) for one in inside) for unit, inside in sets.items()}
    found = []
    for whole, inside in sets.items():
        parts = [unit for unit in told if unit != whole and sets[unit] <= inside]
        for count in range(len(parts) + 1):
            for taken in combinations(parts, count):
                if all(sets[a].isdisjoint(sets[b]) for a, b in combinations(taken, 2)):
                    left = people[whole] - sum(people[unit] for unit in taken)
                    # Everybody is told of by another rule, whatever their number.
                    if 0 < left < LEAST and (whole is not None or taken):
                        found.append((whole, taken, left))
    return found


@settings(max_examples=150)
@given(organisations())
def test_no_subtraction_leaves_a_few_people(made):
    parents, own = made
    told = scorecard_residue.shown(parents, own, LEAST, sorted(parents)) - {0}
    assert attack(parents, own, told) == []


def test_the_attacker_finds_what_naive_hiding_gives_away():
    """Retail 25 = A 12 + B 10 + C 3: with each unit of ten told, C is the rest."""
    parents = {1: None, 2: 1, 3: 1, 4: 1}
    own = {2: 12, 3: 10, 4: 3}
    assert (1, (2, 3), 3) in attack(parents, own, {1, 2, 3})
    assert scorecard_residue.shown(parents, own, LEAST, [1, 2, 3, 4]) == {1, 3}
    assert attack(parents, own, {1, 3}) == []


def test_who_joins_the_small_ones_does_not_depend_on_what_is_counted():
    parents = {1: None, 2: 1, 3: 1, 4: 1}
    for own in ({2: 12, 3: 10, 4: 3}, {2: 10, 3: 30, 4: 9}, {2: 11, 3: 11, 4: 1}):
        assert scorecard_residue.shown(parents, own, LEAST, [1, 2, 3, 4]) == {1, 3}


def test_nothing_is_lost_where_nothing_could_be_worked_out():
    parents = {1: None, 2: 1, 3: 1, 4: 2}
    assert scorecard_residue.shown(parents, {4: 12, 3: 11}, LEAST, [1, 2, 3, 4]) == {1, 2, 3, 4}
    assert scorecard_residue.shown(parents, {4: 12, 2: 4, 3: 11}, LEAST, [1, 2, 3, 4]) == {1, 2, 3}
    assert scorecard_residue.totals(parents, {4: 12, 3: 11, 0: 2})[None] == 25


def test_a_loop_made_by_hand_ends():
    assert scorecard_residue.totals({1: 2, 2: 1}, {1: 5})[None] == 5
    assert scorecard_residue.shown({1: 2, 2: 1}, {1: 50}, LEAST, [1, 2]) == set()
