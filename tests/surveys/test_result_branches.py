"""Which lines of a tree a page shows. Pure."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.results import branches
from surveys.results.reading import Place

PARENTS = st.lists(st.integers(-1, 30), min_size=1, max_size=40)


def tree(parents: list[int]) -> list[Place]:
    """Places whose parent came before, or is not seen at all (−1, or an id beyond)."""
    return [Place(n, f"Unit {n}", parent if parent < n else parent + 1000, 0) for n, parent in enumerate(parents)]


@settings(max_examples=60)
@given(PARENTS, st.sets(st.integers(0, 40)))
def test_a_line_is_shown_once_below_its_open_parent(parents, opened):
    places = tree(parents)
    shown, more = branches.lines(places, opened)
    units = [one.place.unit for one in shown]
    assert more == 0 and len(set(units)) == len(units)
    known = {place.unit: place for place in places}
    for one in shown:
        parent = one.place.parent
        assert parent not in known or (parent in units and parent in opened)
        if parent in units:
            upper = next(two for two in shown if two.place.unit == parent)
            assert one.depth == upper.depth + 1 and units.index(parent) < units.index(one.place.unit)
    for place in places:  # whose line of parents is open is shown
        above = place.parent
        while above in known and above in opened:
            above = known[above].parent
        assert (place.unit in units) == (above not in known)


@settings(max_examples=40)
@given(PARENTS)
def test_all_open_shows_all_and_counts_what_lies_below(parents):
    places = tree(parents)
    shown, _more = branches.lines(places, branches.ALL)
    assert len(shown) == len(places)
    assert sum(one.below for one in shown) == sum(one.depth for one in shown)  # each is below each of its parents once


@settings(max_examples=40)
@given(PARENTS, st.lists(st.integers(0, 40), max_size=6))
def test_toggling_twice_changes_nothing(parents, units):
    places = tree(parents)
    opened: set[int] = set()
    for unit in units * 2:
        found = branches.chosen(branches.toggled(opened, unit, places))
        assert isinstance(found, set)
        opened = found
    assert opened == set()


def test_a_large_tree_begins_with_two_levels():
    places = [Place(0, "All", None, 0), *(Place(n, str(n), 0, 1) for n in range(1, 41))]
    places += [Place(100 + n, str(n), 1 + n % 40, 2) for n in range(400)]
    shown, _more = branches.lines(places, branches.first_open(places))
    assert len(shown) == 41 and shown[0].opened and shown[0].below == 440
    small = places[:20]
    assert len(branches.lines(small, branches.first_open(small))[0]) == 20
    assert branches.lines(places, branches.ALL)[1] == 441 - branches.MOST


def test_addresses_hold_ids_only():
    assert branches.chosen("") is None and branches.chosen("none") == set()
    assert branches.chosen("1,-4,x,²,--3,99999999999999999999") == {1, -4}
    assert branches.chosen("all") == branches.ALL
