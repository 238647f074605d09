"""The pure parts of practices: blocks of ten, censored shares, limits, and what a customer could be found by."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.planning import apart
from programs.practices import counting, limit_rules, personal_data, texts_letters
from programs.practices.limit_rules import Rule
from programs.practices.models import PracticeNote


@st.composite
def trees(draw: st.DrawFn) -> tuple[dict[int, int | None], dict[int, int]]:
    """A tree of up to 25 units, numbered from the top, with 0 to 14 people each."""
    size = draw(st.integers(1, 25))
    parents: dict[int, int | None] = {1: None}
    for unit in range(2, size + 1):
        parents[unit] = draw(st.one_of(st.none(), st.integers(1, unit - 1)))
    people = {unit: draw(st.integers(0, 14)) for unit in parents}
    return parents, people


@settings(max_examples=150)
@given(trees())
def test_blocks_are_a_partition_and_none_is_too_small(tree: tuple[dict[int, int | None], dict[int, int]]) -> None:
    parents, people = tree
    found = counting.blocks(parents, people)
    units = [unit for block in found for unit in block.units]
    assert len(units) == len(set(units)), "nobody is told twice"
    assert all(block.people >= counting.LEAST for block in found)
    assert all(block.people == sum(people[unit] for unit in block.units) for block in found)
    whole = sum(people.values())
    assert sum(block.people for block in found) == (whole if whole >= counting.LEAST else 0), "and nobody is left over"


def test_small_units_go_up_and_a_remainder_joins_the_smallest() -> None:
    parents = {1: None, 2: 1, 3: 1, 4: 3, 5: 3}
    found = counting.blocks(parents, {1: 1, 2: 12, 4: 6, 5: 5})
    assert [(block.anchor, block.units, block.people) for block in found] == [
        (2, frozenset({2}), 12),
        (3, frozenset({4, 5, 1}), 12),
    ]
    assert counting.blocks(parents, {4: 9}) == []


def alike(part: int, whole: int) -> list[int]:
    """The counts that would have been told with the same words."""
    words = counting.share(part, whole)
    return [count for count in range(whole + 1) if counting.share(count, whole) == words]


def several(possible: set[int], people: int) -> None:
    """Several counts are possible, also for one of these people, who knows whether he wrote."""
    assert len(possible) > 1
    assert len({count for count in possible if count < people}) > 1, "of the others, by who did not write"
    assert len({count - 1 for count in possible if count}) > 1, "of the others, by who wrote"


@settings(max_examples=300)
@given(st.one_of(st.integers(10, 100), st.integers(10, 1200)), st.data())
def test_a_share_stands_for_several_counts_whoever_takes_himself_off(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    told, same = counting.share(part, whole), alike(part, whole)
    assert told is not None and 10 <= told.value <= 90 and told.low <= 100 * part / whole <= told.high
    several(set(same), whole)
    if 0 in same or whole in same:
        assert len(same) >= 3, "neither all nor nobody, and nobody knows it of all the others"
        assert told.end == (-1 if 0 in same else 1)
    assert counting.span(part, whole) == counting.Span(whole, same[0], same[-1])
    least, most = counting.aims(whole)
    values = [found.value for n in range(whole + 1) if (found := counting.share(n, whole)) and found.end >= 0]
    assert 15 <= least <= most <= 90 and least in values and most == max(values)


@pytest.mark.parametrize("whole", range(10, 200))
def test_every_word_of_every_size_stands_for_several_counts(whole: int) -> None:
    for part in range(whole + 1):
        several(set(alike(part, whole)), whole)


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 10, "under 30 %"), (2, 10, "under 30 %"), (3, 10, "about 40 %"), (7, 10, "about 60 %"),
        (8, 10, "over 70 %"), (10, 10, "over 70 %"), (6, 13, "about 40 %"), (2, 20, "under 15 %"),
        (3, 20, "about 20 %"), (18, 20, "over 85 %"), (27, 79, "about 30 %"), (9, 100, "under 10 %"),
        (34, 100, "about 35 %"), (91, 100, "over 90 %"),
    ],
)  # fmt: skip
def test_how_closely_a_share_is_told(part: int, whole: int, words: str) -> None:
    told = counting.share(part, whole)
    assert told is not None and told.words == words
    assert counting.share(5, 9) is None


def possible(sizes: list[int], spans: list[counting.Span], fits: Callable[[tuple[int, ...]], bool]) -> list[set[int]]:
    """What an attacker who tries out everything still holds possible of each block."""
    found: list[set[int]] = [set() for _size in sizes]
    for counts in itertools.product(*(range(span.low, span.high + 1) for span in spans)):
        if fits(counts):
            for at, count in enumerate(counts):
                found[at].add(count)
    return found


@settings(max_examples=200)
@given(st.lists(st.integers(10, 34), min_size=1, max_size=4), st.data())
def test_the_figure_of_all_leaves_every_block_open(sizes: list[int], data: st.DataObject) -> None:
    """All words together, tried out: none of the blocks is found out, nor the rest of one by one of its people."""
    counts = tuple(data.draw(st.integers(0, size)) for size in sizes)
    spans = [counting.span(count, size) for count, size in zip(counts, sizes, strict=True)]
    whole = counting.together(sum(counts), spans)
    assert whole is not None and whole.low <= 100 * sum(counts) / sum(sizes) <= whole.high
    open_ = possible(sizes, spans, lambda tried: counting.together(sum(tried), spans) == whole)
    for size, found in zip(sizes, open_, strict=True):
        several(found, size)
        assert len(found) >= 3 or not found & {0, size}


def test_two_small_groups_and_their_sum_do_not_tell_on_each_other() -> None:
    """8 of 10 and none of 10: "about 40 %" of the twenty would say that the second group is nobody."""
    spans = [counting.span(8, 10), counting.span(0, 10)]
    told = counting.together(8, spans)
    assert told is not None and told.words != "about 40 %"
    assert len({found for part in range(8, 13) if (found := counting.together(part, spans))}) == 1


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(10, 40)), min_size=1, max_size=4))
def test_what_is_put_together_says_nothing_new_and_nothing_wrong(blocks: list[tuple[int, int]]) -> None:
    counts = [(min(part, whole), whole) for part, whole in blocks]
    spans = [counting.span(part, whole) for part, whole in counts]
    told = counting.composed(spans)
    share = 100 * sum(part for part, _whole in counts) / sum(whole for _part, whole in counts)
    assert told is not None and told.low <= share <= told.high and 10 <= told.value <= 90
    assert counting.composed([]) is None


SIGNATURES = st.dictionaries(st.frozensets(st.integers(1, 4), min_size=1), st.integers(0, 25), max_size=8)


@settings(max_examples=300)
@given(SIGNATURES)
def test_programs_that_are_told_of_differ_by_nobody_or_by_ten(people: dict[frozenset[int], int]) -> None:
    told = apart.told(people, 10)
    for size in range(1, len(told) + 1):
        for inside in itertools.combinations(sorted(told), size):
            n = sum(n for programs, n in people.items() if programs & told == set(inside))
            assert n == 0 or n >= 10, (told, inside)


def test_the_older_program_is_told_of() -> None:
    assert apart.told({frozenset({1}): 30, frozenset({1, 2}): 11}, 10) == {1, 2}
    assert apart.told({frozenset({1}): 3, frozenset({1, 2}): 30}, 10) == {1}
    assert apart.told({frozenset({1, 2}): 30}, 10) == {1, 2}, "the same people are told of twice"
    assert apart.told({frozenset({2}): 9}, 10) == apart.told({}, 10) == frozenset()


@settings(max_examples=150)
@given(trees())
def test_a_unit_that_is_named_is_that_of_ten(tree: tuple[dict[int, int | None], dict[int, int]]) -> None:
    """Of at least ten people the same unit is said; and they are all in it or below it."""
    parents, people = tree
    homes = counting.homes(parents, people)
    for named in set(homes.values()) - {None}:
        assert sum(people[unit] for unit, home in homes.items() if home == named) >= 10
    for unit, home in homes.items():
        at: int | None = unit
        while at is not None and at != home:
            at = parents[at]
        assert home is None or at == home


def test_figures_are_of_full_weeks() -> None:
    monday = dt.date(2026, 11, 23)
    for n in range(7):
        first, last = counting.window(monday + dt.timedelta(days=n))
        assert (first, last) == (dt.date(2026, 10, 26), dt.date(2026, 11, 22))
    days = [monday, monday - dt.timedelta(days=20)]
    assert counting.weeks_with(days, monday) == 2
    assert counting.weeks_with([], monday) == 0
    assert [counting.tens(n) for n in (0, 9, 10, 57)] == ["under 10", "under 10", "10 or more", "50 or more"]


ANYWHERE = Rule(None, "", Decimal(10), Decimal(100))
DESK = Rule(None, "Service desk", Decimal(20), None)
RETAIL = Rule(2, "", Decimal(30), Decimal(30))
BRANCH = Rule(3, "Service Desk", Decimal(40), Decimal(400))


@pytest.mark.parametrize(
    ("above", "role", "found"),
    [
        ([3, 2, 1], "service desk ", BRANCH),
        ([3, 2, 1], "Driver", RETAIL),
        ([9, 1], "Service desk", DESK),
        ([9, 1], "", ANYWHERE),
        ([], "Driver", ANYWHERE),
    ],
)
def test_the_nearest_unit_counts_then_the_role(above: list[int], role: str, found: Rule) -> None:
    assert limit_rules.fitting([ANYWHERE, DESK, RETAIL, BRANCH], above, role) == found
    assert limit_rules.fitting([RETAIL], [9, 1], role) is None


@pytest.mark.parametrize(
    ("rule", "value", "led", "level"),
    [
        (ANYWHERE, "10", True, "own"),
        (ANYWHERE, "10.01", True, "manager"),
        (ANYWHERE, "100.01", True, "hr"),
        (ANYWHERE, "11", False, "hr"),
        (DESK, "9999", True, "manager"),
        (None, "0", True, "own"),
        (None, "0.01", True, "manager"),
        (None, "0.01", False, "hr"),
    ],
)
def test_who_decides(rule: Rule | None, value: str, led: bool, level: str) -> None:
    assert limit_rules.level(rule, Decimal(value), led=led) == level


@pytest.mark.parametrize(
    "text", ["ask ann.lee@example.com", "call +39 081 555 12 34", "order 4711-2233-9", "IBAN-like 1234567890"]
)
def test_what_a_customer_could_be_found_by_is_seen(text: str) -> None:
    assert personal_data.found(text)


@pytest.mark.parametrize(
    "text", ["", "on 2026-11-22, 3 hours", "5.12.2026 at 14:30", "EUR 1,250.00", "3 of 5 @ the desk", "2nd floor, 2025"]
)
def test_what_nobody_can_be_found_by_may_stay(text: str) -> None:
    assert personal_data.found(text) == ""


def test_three_letters_in_five_languages() -> None:
    assert set(texts_letters.LETTERS) == set(PracticeNote.Kind.values) == set(texts_letters.WHEN)
    for letter in texts_letters.LETTERS.values():
        assert tuple(letter) == texts_letters.LANGUAGES
        gaps = {len(re.findall(r"\[[^\]]+\]", text)) for text in letter.values()}
        assert len(gaps) == 1 and gaps.pop() >= 3, "each language leaves the same to be filled in"
        assert len(set(letter.values())) == 5
