"""The rules of points alone: caps, shares, periods, lots; no database."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.recognition import ledger
from programs.recognition.ledger import Before, Caps, Every, Held, Refusal

TIGHT = Caps(per_gift=10, pair_points=15, pair_gifts=3, team_share=20)


@pytest.mark.parametrize(
    ("points", "before", "expected"),
    [
        (10, Before(), None),
        (11, Before(), (Refusal.TOO_MUCH, 10)),
        (-1, Before(), (Refusal.NEGATIVE, 0)),
        (6, Before(10, 1, 10), (Refusal.PAIR_POINTS, 5)),
        (5, Before(10, 1, 10), None),
        (1, Before(15, 2, 15), (Refusal.PAIR_POINTS, 0)),
        (0, Before(15, 2, 15), None),
        (0, Before(15, 3, 15), (Refusal.PAIR_GIFTS, 3)),
        (9, Before(0, 0, 12), (Refusal.TEAM_SHARE, 8)),
        (8, Before(0, 0, 12), None),
    ],
)
def test_caps_of_one_pair_and_one_team(points, before, expected):
    found = ledger.denied(giver=1, receiver=2, points=points, caps=TIGHT, before=before, allowance=100)
    assert (found and (found.why, found.limit)) == expected
    assert ledger.denied(giver=2, receiver=2, points=0, caps=TIGHT, before=before).why is Refusal.ONESELF


def test_fifty_to_three_people_take_a_hundred_and_fifty():
    assert ledger.beyond(points=50, receivers=3, left=150) is None
    assert ledger.beyond(points=50, receivers=3, left=149).limit == 49


def test_a_movement_moves_something_between_two():
    for source, target, amount in [(1, 1, 5), (1, 2, 0), (1, 2, -1)]:
        with pytest.raises(ValueError):
            ledger.Movement(source, target, amount)


@pytest.mark.parametrize(
    ("joined", "expected"),
    [(None, 130), (dt.date(2026, 1, 1), 130), (dt.date(2026, 11, 1), 130), (dt.date(2026, 11, 16), 65),
     (dt.date(2026, 11, 30), 5), (dt.date(2026, 12, 1), 0)],
)  # fmt: skip
def test_who_joins_within_the_month_gets_his_share(joined, expected):
    begins = dt.date(2026, 11, 1)
    month = {"base": 100, "per_report": 10, "reports": 3, "begins": begins, "ends": ledger.period_end(begins)}
    assert ledger.allowance(**month, joined=joined) == expected


def test_quarters():
    assert ledger.period_of(dt.date(2026, 11, 20), Every.QUARTER) == dt.date(2026, 10, 1)
    assert ledger.period_end(dt.date(2026, 10, 1), Every.QUARTER) == dt.date(2026, 12, 31)


@given(st.lists(st.integers(0, 30), max_size=6), st.integers(1, 120))
def test_lots_are_spent_first_in_first_out_and_never_beyond(held, amount):
    rows = [Held(number, points) for number, points in enumerate(held)]
    if amount > sum(held):
        with pytest.raises(ValueError):
            ledger.take(rows, amount)
        return
    taken = dict(ledger.take(rows, amount))
    assert sum(taken.values()) == amount
    assert all(0 < part <= held[lot] for lot, part in taken.items())
    if taken:
        assert all(taken.get(lot, 0) == held[lot] for lot in range(max(taken))), "none is skipped"
