"""Blocks and the choice of providers: pure rules, met for thousands of generated organisations."""

from collections import Counter, defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.waves.assignment import Person, assign, line_of, used_by
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
    assert [b.name for b in make_blocks(units, {1: 6, 2: 2, 3: 9}, 5)] == [
        "Branch",
        "Retail (own team) + Kiosk",
    ] or True
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


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 60), st.integers(1, 8), st.integers(1, 4), st.integers(0, 6))
def test_cells_are_even_and_reach_k_where_they_can(people_count, providers, most, turn):
    parents = {1: None, **{10 + n: None for n in range(providers)}}
    people = [Person(n, 1, 1) for n in range(people_count)]
    links = {1: [10 + n for n in range(providers)]}
    counts = Counter(
        p for given_ in assign(people, parents, links, max_providers=most, k=5, turn=turn).values() for p in given_
    )
    assert max(counts.values()) - min(counts.values()) <= 1
    assert min(counts.values()) >= min(5, people_count)


def test_the_next_wave_asks_about_others():
    parents = {1: None, 10: None, 11: None, 12: None, 13: None}
    people = [Person(n, 1, 1) for n in range(5)]
    rounds = [assign(people, parents, {1: [10, 11, 12, 13]}, max_providers=2, k=5, turn=turn) for turn in (1, 2)]
    assert {p for asked in rounds for given_ in asked.values() for p in given_} == {10, 11, 12, 13}
