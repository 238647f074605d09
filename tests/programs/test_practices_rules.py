"""The pure parts of practices: blocks of ten, censored shares, limits, and what a customer could be found by."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_share_never_says_all_or_nobody(part: int, whole: int) -> None:
    part = min(part, whole)
    told = counting.share(part, whole)
    if whole < 10:
        assert told is None
        return
    assert told is not None and 10 <= told.value <= 90 and told.value % 5 == 0
    percent = 100 * part / whole
    assert told.words.startswith("under") == (percent < 10) and told.words.startswith("over") == (percent > 90)
    assert abs(told.value - percent) <= 2.5 or percent < 10 or percent > 90


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
