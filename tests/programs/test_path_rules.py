"""The pure part of paths: circles, rules, days, mails that are bearable."""

from __future__ import annotations

import datetime as dt
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.training import path_rules
from programs.training.path_rules import Away, Conditions, Person, StepPlan

DAY = dt.timedelta(days=1)
START = dt.date(2026, 1, 1)


def step(**fields: Any) -> StepPlan:
    return StepPlan(**{"kind": "course", "subject": 1, "title": "A", "due_days": 10, **fields})


def check(*steps: StepPlan, ends_on: dt.date | None = dt.date(2027, 1, 1)) -> dict[str, list[str]]:
    return path_rules.check(starts_on=START, ends_on=ends_on, steps=steps)


def test_a_circle_is_named() -> None:
    steps = [
        step(title="A", after=(3,)),
        step(subject=2, title="B", after=(1,)),
        step(subject=3, title="C", after=(2,)),
    ]
    (problems,) = check(*steps).values()
    assert "1. A → 3. C → 2. B → 1. A" in problems[0]
    assert check(step(after=(1,)))["step_0_after"][0].count("1. A") == 2
    assert not check(step(title="A"), step(subject=2, title="B", after=(1,)))


@pytest.mark.parametrize(
    ("bad", "field", "told"),
    [
        ({"due_days": None}, "due_days", "by when"),
        ({"due_days": -1}, "due_days", "From 0"),
        ({"due_on": START - DAY, "due_days": None}, "due_on", "before the path starts"),
        ({"subject": None}, "subject", "Choose"),
        ({"months": -1}, "months", "From 0"),
        ({"window": 30}, "window", "valid for good"),
        ({"months": 1, "window": 30}, "window", "Renewing would begin before"),
        ({"after": (7,)}, "after", "There is no step 7"),
        ({"times": 0}, "times", "From 1"),
    ],
)
def test_an_unsound_step_is_told_where_and_why(bad: dict[str, Any], field: str, told: str) -> None:
    assert told in check(step(**bad))[f"step_0_{field}"][0]


def test_a_path_without_steps_or_end_or_with_the_same_twice() -> None:
    assert "steps" in check()
    assert "without an end" in check(step(), ends_on=None)["ends_on"][0]
    assert "before it starts" in check(step(), ends_on=START - DAY)["ends_on"][0]
    assert "step 1 already" in check(step(), step())["step_1_subject"][0]


@given(st.dictionaries(st.integers(1, 8), st.sets(st.integers(1, 8), max_size=4), max_size=8))
def test_a_circle_is_found_exactly_where_there_is_one(after: dict[int, set[int]]) -> None:
    found = path_rules.circle(after)
    if not found:
        assert set(TopologicalSorter(after).static_order()) >= set(after)
    else:
        with pytest.raises(CycleError):
            TopologicalSorter(after).prepare()
    if found:
        assert found[0] == found[-1] and len(set(found[:-1])) == len(found) - 1
        assert all(before in after[one] for one, before in pairwise(found))


people = st.builds(
    Person,
    units=st.frozensets(st.integers(1, 4)),
    programs=st.frozensets(st.integers(1, 3)),
    cohorts=st.frozensets(st.integers(1, 3)),
    job_family=st.sampled_from(["", "Sales", "IT"]),
    language=st.sampled_from(["en", "it"]),
    hired_on=st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 9)),
)
conditions = st.builds(
    Conditions,
    program=st.none() | st.integers(1, 3),
    cohort=st.none() | st.integers(1, 3),
    unit=st.none() | st.integers(1, 4),
    job_family=st.sampled_from(["", "Sales"]),
    language=st.sampled_from(["", "it"]),
    joined_after=st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 9)),
)


@given(people, conditions, conditions)
def test_one_condition_more_never_names_more_people(person: Person, one: Conditions, other: Conditions) -> None:
    empty = Conditions()
    both = Conditions(**{k: v if v != getattr(empty, k) else getattr(other, k) for k, v in vars(one).items()})
    if both.names(person) and not one.empty:
        assert one.names(person)
    assert not empty.names(person)
    assert Conditions(everybody=True).names(person)


dates = st.dates(dt.date(2025, 1, 1), dt.date(2027, 1, 1))


@given(dates, dates, dates, st.none() | dates, st.none() | dates)
def test_nobody_begins_before_the_path_or_himself(
    starts: dt.date, since: dt.date, today: dt.date, looked: dt.date | None, hired: dt.date | None
) -> None:
    found = path_rules.begins(starts_on=starts, rule_since=since, today=today, evaluated_on=looked, hired_on=hired)
    assert starts <= found <= max(starts, today)
    if hired is not None and hired <= today:
        assert found >= hired


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 20)), max_size=4), st.integers(0, 60), st.integers(0, 140)
)
def test_each_day_away_before_the_due_day_gives_one_more(spells: list[tuple[int, int]], length: int, at: int) -> None:
    """Against counting day by day; spells of one person never overlap."""
    away, last = [], -1
    for begin, days in sorted(spells):
        if begin > last:
            last = begin + days
            away.append(Away(START + begin * DAY, START + last * DAY))
    due = START + length * DAY
    moved = path_rules.paused_days(begins=START, due_on=due, away=away, today=START + at * DAY)
    expected = 0
    for one in away:
        if one.since <= due + expected * DAY:
            assert one.until is not None
            expected += (one.until - one.since).days + 1
    assert moved == expected


def test_who_is_still_away_gets_a_day_each_day() -> None:
    moved = [
        path_rules.paused_days(
            begins=START, due_on=START + 9 * DAY, away=[Away(START + 5 * DAY)], today=START + n * DAY
        )
        for n in (4, 5, 6, 50)
    ]
    assert moved == [0, 1, 2, 46]


def remind(about: int, today: int, after: int | None = None, since: int = -100) -> int | None:
    return path_rules.to_remind(
        about=START + about * DAY,
        after=START + (today - 1 if after is None else after) * DAY,
        today=START + today * DAY,
        since=START + since * DAY,
    )


def test_reminded_on_five_days_and_once_after_a_pause() -> None:
    assert {n: remind(40, n) for n in range(60) if remind(40, n) is not None} == {
        10: 30, 33: 7, 39: 1, 41: -1, 47: -7
    }  # fmt: skip
    # Slept from day 32 to day 41: one mail, the latest.
    assert remind(40, 41, after=31) == -1
    # Given on day 20: nothing of the thirty days before.
    assert remind(40, 20, after=9, since=20) is None and remind(40, 33, since=20) == 7


@given(st.lists(st.booleans(), min_size=30, max_size=60))
def test_never_more_than_three_mails_in_seven_days(urgent: list[bool]) -> None:
    sent: list[dt.date] = []
    for n, hurry in enumerate(urgent):
        today = START + n * DAY
        if path_rules.may_write(sent=sent, today=today, urgent=hurry):
            sent.append(today)
        assert not path_rules.may_write(sent=sent, today=today, urgent=True) or today not in sent
        assert sum(0 <= (today - one).days < 7 for one in sent) <= path_rules.MOST_A_WEEK
