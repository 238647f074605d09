"""Blocks and the choice of providers: pure rules, met for thousands of generated organisations."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations
from math import comb
from types import SimpleNamespace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from config.bench_assignment import greedy, organisation, reaching
from surveys.waves import assignment_flow
from surveys.waves.assignment import (
    NEVER,
    Person,
    after_screener,
    assign,
    cells_forecast,
    expected_of,
    line_of,
    may_add,
    needed,
    used_by,
    users_of,
)
from surveys.waves.blocks import UnitNode, make_blocks


@st.composite
def organisations(draw):
    count = draw(st.integers(1, 30))
    ids = draw(st.permutations(range(1, count + 1)))
    units = []
    for index, pk in enumerate(ids):
        parent = draw(st.one_of(st.none(), st.sampled_from(ids[:index]))) if index else None
        units.append(UnitNode(pk, draw(st.sampled_from("ABCDE")) + str(pk), parent))
    sizes = {pk: draw(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 12, 40])) for pk in ids}
    return units, sizes


def below(units):
    parents = {unit.id: unit.parent for unit in units}
    subtree = defaultdict(set)
    for unit in units:
        for above in line_of(unit.id, parents):
            subtree[above].add(unit.id)
    return subtree


@settings(max_examples=500, deadline=None)
@given(organisations(), st.sampled_from([5, 7, 10]))
def test_blocks_hold_everybody_once_and_at_least_k(organisation, k):
    units, sizes = organisation
    blocks = make_blocks(units, sizes, k)
    members = [unit for block in blocks for unit in block.units]
    assert len(members) == len(set(members))
    assert {unit for unit, size in sizes.items() if size} <= set(members)
    assert all(block.size == sum(sizes[unit] for unit in block.units) for block in blocks)
    total = sum(sizes.values())
    if total >= k:
        assert all(block.size >= k for block in blocks)
    else:
        assert len(blocks) == (1 if total else 0)
    assert len({block.id for block in blocks}) == len(blocks)


@settings(max_examples=500, deadline=None)
@given(organisations(), st.sampled_from([5, 7, 10]))
def test_reported_groups_never_differ_by_less_than_k(organisation, k):
    """Every reported group is a union of blocks, any two are nested or apart: no subtraction isolates fewer than k."""
    units, sizes = organisation
    blocks = make_blocks(units, sizes, k)
    home = {unit: block.id for block in blocks for unit in block.units}
    uppers = {}
    for unit, subtree in below(units).items():
        reached = {home[u] for u in subtree if u in home}
        if len(reached) > 1:
            uppers[unit] = reached
    for one in uppers.values():
        for other in uppers.values():
            assert one <= other or other <= one or not one & other
    assert not {block.id for block in blocks} & set(uppers)
    parents = {unit.id: unit.parent for unit in units}
    for unit, reached in uppers.items():
        by_parent = {
            block.id for block in blocks if block.parent is not None and unit in line_of(block.parent, parents)
        }
        assert by_parent == reached


@settings(max_examples=100, deadline=None)
@given(organisations(), st.randoms())
def test_blocks_do_not_depend_on_the_order_of_the_input(organisation, random):
    units, sizes = organisation
    shuffled = units[:]
    random.shuffle(shuffled)
    assert make_blocks(shuffled, sizes, 5) == make_blocks(units, sizes, 5)


def test_small_siblings_merge_by_name():
    units = [UnitNode(1, "Head office"), UnitNode(2, "Legal", 1), UnitNode(3, "Compliance", 1), UnitNode(4, "IT", 1)]
    blocks = {block.name: block for block in make_blocks(units, {2: 3, 3: 4, 4: 30}, 5)}
    assert set(blocks) == {"Compliance + Legal", "IT"}
    assert blocks["Compliance + Legal"].parent == 1


def test_a_lone_small_unit_joins_its_parents_people_then_a_sibling():
    units = [UnitNode(1, "Retail"), UnitNode(2, "Kiosk", 1), UnitNode(3, "Branch", 1)]
    names = {b.name: b.size for b in make_blocks(units, {1: 6, 2: 2, 3: 9}, 5)}
    assert names["Branch"] == 9 and 8 in names.values()
    assert [b.size for b in make_blocks(units, {2: 2, 3: 9}, 5)] == [11]


def test_a_small_chief_office_does_not_swallow_a_division():
    divisions = [UnitNode(2, "North", 1), UnitNode(3, "South", 1)]
    branches = [UnitNode(10 + n, f"Branch {n}", 2 + n % 2) for n in range(10)]
    blocks = make_blocks([UnitNode(1, "Company"), *divisions, *branches], {1: 2, **{10 + n: 8 for n in range(10)}}, 5)
    assert sorted(block.size for block in blocks) == [8] * 9 + [10]


@st.composite
def services(draw):
    units, sizes = draw(organisations())
    ids = [unit.id for unit in units]
    links = draw(st.dictionaries(st.sampled_from(ids), st.lists(st.sampled_from(ids), unique=True, max_size=6)))
    people, number = [], 0
    home = {unit: block.id for block in make_blocks(units, sizes, 5) for unit in block.units}
    for unit, size in sizes.items():
        for _ in range(size):
            number += 1
            people.append(Person(number, unit, home[unit]))
    return people, {unit.id: unit.parent for unit in units}, links


@settings(max_examples=300, deadline=None)
@given(services(), st.integers(0, 4), st.integers(0, 5))
def test_assignment_asks_only_what_may_be_asked(service, most, turn):
    people, parents, links = service
    asked = assign(people, parents, links, max_providers=most, k=5, turn=turn)
    assert set(asked) == {person.id for person in people}
    for person in people:
        given_ = asked[person.id]
        assert len(given_) == len(set(given_)) == min(most, len(used_by(person.unit, parents, links)))
        for provider in given_:
            assert provider in used_by(person.unit, parents, links)
            assert provider not in line_of(person.unit, parents)
            assert person.unit not in line_of(provider, parents)
    assert assign(people[::-1], parents, links, max_providers=most, k=5, turn=turn) == asked


# -- how many must be asked --------------------------------------------------------------------------------------------


def test_eleven_are_asked_for_five_at_sixty_percent():
    assert needed(5, 0.6) == 11
    assert needed(5, 1.0) == 5 and needed(0, 0.1) == 0 and needed(5, 0.0) == NEVER


@given(st.integers(1, 20), st.floats(0.02, 1.0), st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99]))
def test_so_many_are_needed_and_not_one_fewer(k, p, confidence):
    n = needed(k, p, confidence)
    assert binom.sf(k - 1, n, p) >= confidence - 1e-9
    assert n == k or binom.sf(k - 1, n - 1, p) < confidence + 1e-9


@given(st.integers(1, 12), st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_who_answer_more_seldom_are_asked_more_often(k, one, other):
    assert needed(k, min(one, other)) >= needed(k, max(one, other))


# -- the cells that are reached ----------------------------------------------------------------------------------------


def cells_reached(people, asked, k, participation=0.6):
    """Cells asked about as often as their users' mean participation demands."""
    counts = Counter((person.block, p) for person in people for p in asked[person.id])
    return counts, lambda needs: sum(counts[cell] >= need for cell, need in needs.items())


def needs_of(people, parents, links, k, participation=0.6):
    units = defaultdict(list)
    for person in people:
        for provider in used_by(person.unit, parents, links):
            units[person.block, provider].append(person.unit)
    return {cell: needed(k, expected_of(rows, participation)) for cell, rows in units.items()}


@settings(max_examples=300, deadline=None)
@given(services(), st.integers(1, 4), st.integers(0, 3), st.sampled_from([0.4, 0.6, 0.9]))
def test_never_fewer_cells_than_the_greedy(service, most, turn, p):
    people, parents, links = service
    needs = needs_of(people, parents, links, 5, p)
    _, ours = cells_reached(
        people, assign(people, parents, links, max_providers=most, k=5, turn=turn, participation=p), 5
    )
    _, theirs = cells_reached(people, greedy(people, parents, links, max_providers=most, k=5, turn=turn), 5)
    assert ours(needs) >= theirs(needs)


@st.composite
def mixed_blocks(draw):
    """One block of two to four units of which each uses providers of its own choice."""
    providers = [100 + n for n in range(draw(st.integers(1, 6)))]
    units = list(range(1, draw(st.integers(2, 4)) + 1))
    links = {unit: draw(st.lists(st.sampled_from(providers), unique=True, max_size=6)) for unit in units}
    sizes = {unit: draw(st.integers(1, 9)) for unit in units}
    spread = [unit for unit in units for _ in range(sizes[unit])]
    people = [Person(n, unit, 1) for n, unit in enumerate(spread)]
    return people, {**dict.fromkeys(units), **dict.fromkeys(providers)}, links


def feasible(chosen, people, links, most, needs):
    """Hall's condition for b-matchings: every subset of the chosen finds enough ratings among who can give them."""
    for size in range(1, len(chosen) + 1):
        for subset in combinations(chosen, size):
            room = sum(min(min(most, len(links[p.unit])), len(set(subset) & set(links[p.unit]))) for p in people)
            if room < sum(needs[1, provider] for provider in subset):
                return False
    return True


@settings(max_examples=300, deadline=None)
@given(mixed_blocks(), st.integers(1, 3), st.integers(0, 3), st.sampled_from([3, 5]))
def test_no_choice_of_cells_would_reach_more(service, most, turn, k):
    """Against all subsets, one by one: the flow and the integer program find a largest set."""
    people, parents, links = service
    needs = needs_of(people, parents, links, k, 0.8)
    _, reached = cells_reached(
        people, assign(people, parents, links, max_providers=most, k=k, turn=turn, participation=0.8), k
    )
    providers = sorted({provider for _, provider in needs})
    best = max(
        size
        for size in range(len(providers) + 1)
        if size == 0 or any(feasible(chosen, people, links, most, needs) for chosen in combinations(providers, size))
    )
    assert reached(needs) == best


def test_a_set_that_cannot_grow_may_be_too_small_and_is_not_taken():
    """99 takes one user of each of the two others: with it alone nothing more is reached, without it both are."""
    links = {1: [100], 2: [99, 100], 3: [99, 101], 4: [101]}
    people = [Person(unit, unit, 1) for unit in links]
    parents = dict.fromkeys([1, 2, 3, 4, 99, 100, 101])
    asked = assign(people, parents, links, max_providers=1, k=2, participation=1.0)
    assert Counter(p for given_ in asked.values() for p in given_) == {100: 2, 101: 2}


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 80), st.integers(1, 8), st.integers(1, 4), st.integers(0, 6))
def test_cells_are_even_and_as_many_as_can_be_shown(people_count, providers, most, turn):
    parents = {1: None, **{10 + n: None for n in range(providers)}}
    people = [Person(n, 1, 1) for n in range(people_count)]
    links = {1: [10 + n for n in range(providers)]}
    counts = Counter(
        p for given_ in assign(people, parents, links, max_providers=most, k=5, turn=turn).values() for p in given_
    )
    each = min(most, providers)
    assert max(counts.values()) - min(counts.values()) <= 1
    assert min(counts.values()) >= min(11, people_count)
    if people_count >= 11:
        assert len(counts) == min(providers, people_count * each // 11)
    else:
        assert len(counts) == each, "a cell that cannot be shown is asked for nothing"


# -- fair loads, fair totals, from wave to wave ------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(services(), st.integers(1, 4), st.integers(0, 3))
def test_people_of_one_unit_rate_equally_many(service, most, turn):
    people, parents, links = service
    asked = assign(people, parents, links, max_providers=most, k=5, turn=turn)
    loads = defaultdict(set)
    for person in people:
        loads[person.unit].add(len(asked[person.id]))
    assert all(len(load) == 1 for load in loads.values())


@pytest.mark.parametrize("turn", [0, 1, 7])
def test_totals_follow_how_many_use_a_provider(turn):
    """Forty providers with very different numbers of users: each is rated by nearly the same share of its users."""
    people, parents, links = organisation(5000)
    asked = assign(people, parents, links, max_providers=3, k=5, turn=turn)
    totals = Counter(p for given_ in asked.values() for p in given_)
    users = Counter()
    for (_, provider), heads in users_of(people, parents, links).items():
        users[provider] += heads
    fair = sum(totals.values()) / sum(users.values())
    assert max(users.values()) > 3 * min(users.values())
    for provider, heads in users.items():
        assert 0.65 * fair <= totals[provider] / heads <= 1.4 * fair


def test_a_solver_that_fails_does_not_keep_a_wave_from_opening(monkeypatch):
    people, parents, links = organisation(600)
    usual = assign(people, parents, links, max_providers=3, k=5)
    monkeypatch.setattr(assignment_flow.scipy.optimize, "linprog", lambda *args, **kwargs: SimpleNamespace(x=None))
    asked = assign(people, parents, links, max_providers=3, k=5)
    assert {pk: len(given_) for pk, given_ in asked.items()} == {pk: len(given_) for pk, given_ in usual.items()}
    assert reaching(people, asked) == reaching(people, usual)


def test_the_next_wave_asks_about_others():
    parents = {1: None, 10: None, 11: None, 12: None, 13: None}
    people = [Person(n, 1, 1) for n in range(5)]
    rounds = [assign(people, parents, {1: [10, 11, 12, 13]}, max_providers=2, k=5, turn=turn) for turn in (1, 2)]
    assert {p for asked in rounds for given_ in asked.values() for p in given_} == {10, 11, 12, 13}


@given(st.integers(5, 40), st.integers(2, 9), st.integers(1, 3))
def test_after_some_waves_every_provider_had_its_turn(size, providers, most):
    every = [10 + n for n in range(providers)]
    people = [Person(n, 1, 1) for n in range(size)]
    parents = {1: None, **dict.fromkeys(every)}
    seen = set()
    for turn in range(-(-providers // min(most, providers))):
        asked = assign(people, parents, {1: every}, max_providers=most, k=5, turn=turn)
        seen |= {p for given_ in asked.values() for p in given_}
    assert seen == set(every)


def test_a_unit_that_answers_seldom_is_asked_about_fewer_so_that_these_are_shown():
    parents = {1: None, 2: None, **{10 + n: None for n in range(6)}}
    people = [Person(100 * unit + n, unit, unit) for unit in (1, 2) for n in range(20)]
    links = {unit: [10 + n for n in range(6)] for unit in (1, 2)}
    asked = assign(people, parents, links, max_providers=3, k=5, participation={1: 0.9, 2: 0.3})
    cells = defaultdict(set)
    for person in people:
        cells[person.block] |= set(asked[person.id])
    assert len(cells[1]) == 6 and len(cells[2]) == 3


# -- what the screener changes -----------------------------------------------------------------------------------------

ids = st.integers(1, 12)


@given(st.lists(ids, unique=True, max_size=4), st.sets(ids), st.lists(ids, max_size=4), st.sets(ids), st.integers(0, 4))
def test_the_screener_is_respected(asked, skipped, added, allowed, most):
    rated = after_screener(asked, skipped=skipped, added=added, allowed=allowed, max_providers=most)
    assert len(rated) == len(set(rated)) <= most
    assert not set(rated) & skipped
    assert set(rated) <= set(asked) | (set(added) & allowed)
    kept = [provider for provider in asked if provider not in skipped][:most]
    assert list(rated[: len(kept)]) == kept, "nobody is pushed out by one that was added"


@settings(max_examples=200, deadline=None)
@given(services())
def test_nobody_may_add_his_own_unit_nor_above_nor_below(service):
    people, parents, links = service
    for unit in {person.unit for person in people}:
        for provider in may_add(unit, parents, links):
            assert provider not in line_of(unit, parents) and unit not in line_of(provider, parents)
            assert provider not in used_by(unit, parents, links)


# -- the forecast of cells ---------------------------------------------------------------------------------------------


@given(
    st.dictionaries(st.integers(1, 4), st.tuples(st.integers(0, 15), st.floats(0, 1)), min_size=1), st.integers(1, 7)
)
def test_the_forecast_is_the_sum_of_binomials(units, k):
    people = [Person(1000 * unit + n, unit, 7) for unit, (size, _) in units.items() for n in range(size)]
    assume(people)
    participation = {unit: share for unit, (_, share) in units.items()}
    (cell,) = cells_forecast(people, {person.id: (99,) for person in people}, k=k, participation=participation)
    below = [1.0]
    for size, share in units.values():
        mass = [comb(size, n) * share**n * (1 - share) ** (size - n) for n in range(size + 1)]
        below = [
            sum(below[a] * mass[n - a] for a in range(n + 1) if a < len(below) and n - a <= size)
            for n in range(len(below) + size)
        ]
    assert (cell.block, cell.provider, cell.asked) == (7, 99, len(people))
    assert cell.probability == pytest.approx(sum(below[k:]), abs=1e-9)


def test_the_forecast_tells_users_and_asked():
    parents, links = {1: None, 10: None, 11: None}, {1: [10, 11]}
    people = [Person(n, 1, 1) for n in range(12)]
    asked = assign(people, parents, links, max_providers=1, k=5)
    (cell,) = cells_forecast(people, asked, k=5, users=users_of(people, parents, links))
    assert (cell.users, cell.asked) == (12, 12) and 0.9 < cell.probability < 1
