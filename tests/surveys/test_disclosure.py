"""The protection against the attacker: thousands of small organisations, no vector on fewer than k people."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.results import disclosure, scoring
from surveys.results.disclosure import Forest, LeafScores
from surveys.results.scoring import Tally
from tests.surveys.attacker import in_span, smallest_support

RULES = {"k": 5, "band_to": 7, "score_detail_from": 8, "distribution_from": 20, "comment_home": 10}


def tree(shape: list[int]) -> Forest:
    """Group 0 on top; group n+1 below ``shape[n]`` (made a valid one); groups without children are blocks."""
    parents: dict[int, int | None] = {0: None}
    for at, parent in enumerate(shape, start=1):
        parents[at] = parent % at
    inner = set(parents.values())
    return Forest(parents, {node: [(node, 1)] for node in parents if node not in inner})


def rows_of(forest, shown, members, question="q"):
    return [
        {(person, question): Fraction(1) for leaf in forest.all_leaves[node] for person in members[leaf]}
        for node in sorted(shown)
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.lists(st.integers(0, 9), min_size=7, max_size=7))
def test_no_combination_of_shown_groups_is_about_fewer_than_k(shape, sizes):
    forest = tree(shape)
    members = {leaf: [(leaf, n) for n in range(sizes[leaf[0]])] for leaf in forest.all_leaves[0]}
    shown = disclosure.protect_counts(forest, {leaf: len(found) for leaf, found in members.items()}, 5)
    rows = rows_of(forest, shown, members)
    assert smallest_support(rows, [p for found in members.values() for p in found], below=5) is None


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=3),
    st.lists(st.lists(st.sets(st.sampled_from("abc")), min_size=0, max_size=9), min_size=4, max_size=4),
)
def test_an_index_less_its_items_is_about_nobody_or_at_least_k(shape, answered):
    """Each person answered some of three items; scores are released per group for the index and for each item."""
    forest = tree(shape)
    scores, everybody = {}, {}
    for leaf in forest.all_leaves[0]:
        scores[leaf] = LeafScores()
        for n, codes in enumerate(answered[leaf[0]]):
            everybody[(leaf, n)] = codes
            if codes:
                scores[leaf].patterns[frozenset(codes)] += 1
            for code in codes:
                scores[leaf].items.setdefault(code, Tally()).add(50, 2)
            if len(codes) > 1:
                scores[leaf].index.add(50, 2)
    with_index = disclosure.protect_counts(forest, {leaf: at.index.n for leaf, at in scores.items()}, 5)
    with_items = disclosure.protect_items(forest, scores, ["a", "b", "c"], 5, with_index)
    rows = []
    for node in sorted(with_index):
        inside = [(p, codes) for p, codes in everybody.items() if p[0] in forest.all_leaves[node]]
        rows.append({(p, c): Fraction(1, len(codes)) for p, codes in inside if len(codes) > 1 for c in codes})
        if node in with_items:
            rows += [{(p, code): Fraction(1) for p, codes in inside if code in codes} for code in "abc"]
    assert smallest_support(rows, everybody, below=5) is None


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), st.sets(st.integers(0, 3))), min_size=5, max_size=22),
)
def test_people_not_ratings(shape, raters):
    """A person rates several providers: combinations are about at least k people, however many ratings."""
    forest = tree(shape)
    providers = [leaf[0] for leaf in forest.all_leaves[0]]
    parents = dict(forest.parents)
    leaves: dict = {}
    counts: Counter = Counter()
    ratings = [(at, home, p) for at, (home, rated) in enumerate(raters) for p in rated if p in providers]
    for _, home, provider in ratings:
        counts[(home, provider)] += 1
        parents[(provider, home)] = provider
        leaves[(provider, home)] = [(home, provider)]
    forest = Forest(parents, leaves)
    shown = disclosure.protect_counts(forest, counts, 5)
    rows = [
        {(at, p): Fraction(1) for at, home, p in ratings if (home, p) in forest.all_leaves[node]}
        for node in sorted(shown, key=str)
    ]
    assert smallest_support(rows, range(len(raters)), below=5) is None


def test_the_attacker_attacks():
    """Without the protection he wins: ten people, eight of them shown apart."""
    rows = [{(n, "q"): Fraction(1) for n in range(10)}, {(n, "q"): Fraction(1) for n in range(8)}]
    assert smallest_support(rows, range(10), below=5) == {8, 9}
    assert in_span(rows, {(8, "q"): Fraction(1), (9, "q"): Fraction(1)})


def test_a_hole_beside_shown_siblings_is_closed_by_the_smallest():
    forest = Forest({0: None, 1: 0, 2: 0, 3: 0}, {1: [(1, 1)], 2: [(2, 1)], 3: [(3, 1)]})
    assert disclosure.protect_counts(forest, {(1, 1): 3, (2, 1): 6, (3, 1): 20}, 5) == {0, 3}


@pytest.mark.parametrize("n,told", [(5, "5–7"), (7, "5–7"), (8, "8–11"), (19, "16–19"), (20, 20)])
def test_counts_under_20_are_classes(n, told):
    assert disclosure.said_count(n, RULES) == told


def tally(*scores: int) -> Tally:
    result = Tally()
    for score in scores:
        result.add(scoring.to_index(score), score - 1)
    return result


def test_a_cell_shows_more_the_more_people_stand_behind_it():
    assert disclosure.score_cell(tally(*[4] * 4), 4, RULES, 20) == disclosure.HIDDEN
    assert disclosure.score_cell(tally(4, 4, 4, 3, 3), 5, RULES, 20) == {
        "shown": True,
        "n": "5–7",
        "index": 65,
        "band": "60–69",
    }
    eight = disclosure.score_cell(tally(*[4] * 5, 3, 3, 2), 8, RULES, 20)
    assert "fav" in eight and "low" in eight and "dist" not in eight
    assert len(disclosure.score_cell(tally(*[4] * 20), 20, RULES, 20)["dist"]) == 5


@pytest.mark.parametrize("n", [8, 11, 19, 20, 40])
def test_unanimity_is_never_announced(n):
    cell = disclosure.score_cell(tally(*[5] * n), n, RULES, 20)
    assert cell["index"] < 100 and cell["fav"] < 100 and cell["unf"] > 0


def test_within_a_class_unanimous_groups_look_the_same():
    cells = [disclosure.score_cell(tally(*[5] * n), n, RULES, 20) for n in (8, 9, 10, 11)]
    assert all(cell == cells[0] for cell in cells)


def test_participation_is_told_in_steps_with_censored_ends():
    assert disclosure.participation_cell(9, 9) == disclosure.HIDDEN
    assert disclosure.participation_cell(40, 40)["words"] == "over 90 %"
    assert disclosure.participation_cell(40, 0)["words"] == "under 10 %"
    assert disclosure.participation_cell(40, 25)["percent"] in (60, 65)
