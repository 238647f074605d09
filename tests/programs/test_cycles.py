"""Days that count: due, late, valid, renewed; and slots that show what stands in somebody's way."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.training import cycles, slots
from programs.training.cycles import Rule, State
from programs.training.slots import Needed, Seen, Sighting, Slot

YEAR = Rule(months=12, window=30)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_two_weeks_from_the_first_of_february() -> None:
    due_on = cycles.due(begins=day("2026-02-01"), days=14)
    assert due_on == day("2026-02-15")
    assert cycles.state(today=due_on, due_on=due_on, done=[]) == State.SOON
    assert cycles.state(today=day("2026-02-16"), due_on=due_on, done=[]) == State.LATE
    assert cycles.days_late(due_on=due_on, done_on=due_on) == 0


@pytest.mark.parametrize(("done", "late", "until"), [("2026-02-12", 0, "2027-02-11"), ("2026-02-20", 5, "2027-02-19")])
def test_done_on_time_or_late_it_is_valid_for_twelve_months(done: str, late: int, until: str) -> None:
    assert cycles.days_late(due_on=day("2026-02-15"), done_on=day(done)) == late
    valid = cycles.validity([day(done)], YEAR)
    assert valid is not None and valid.until == day(until)
    assert valid.holds(day(until)) and not valid.holds(day(until) + dt.timedelta(days=1))


def test_who_joins_later_has_his_own_last_day() -> None:
    assert cycles.due(begins=day("2026-01-01"), days=10) == day("2026-01-11")
    assert cycles.due(begins=day("2026-02-01"), days=10) == day("2026-02-11")
    # A fixed day for everybody; who joins after it gets his days, who joins before gets at least the fixed day.
    assert cycles.due(begins=day("2026-02-01"), days=10, fixed=day("2026-01-31")) == day("2026-02-11")
    assert cycles.due(begins=day("2026-01-01"), days=10, fixed=day("2026-01-31")) == day("2026-01-31")
    assert cycles.due(begins=day("2026-02-05"), fixed=day("2026-01-31")) == day("2026-02-05")


def test_renewing_in_the_window_keeps_the_cycle_and_before_it_does_not() -> None:
    first = day("2026-02-12")  # valid until 2027-02-11; the window opens on 2027-01-13
    valid = cycles.validity([first], YEAR)
    assert valid is not None
    assert cycles.renewal_opens(valid, YEAR) == day("2027-01-13")
    for renewed, until in [
        ("2027-01-13", "2028-02-11"),
        ("2027-02-11", "2028-02-11"),
        ("2027-01-12", "2028-01-11"),
        ("2027-02-12", "2028-02-11"),
        ("2027-06-01", "2028-05-31"),
    ]:
        again = cycles.validity([first, day(renewed)], YEAR)
        assert again is not None and again.until == day(until), renewed


def test_a_state_follows_its_days() -> None:
    due_on, done = day("2026-02-15"), [day("2026-02-12")]
    states = [
        cycles.state(today=day(today), due_on=due_on, done=done, rule=YEAR)
        for today in ("2026-01-01", "2026-02-11", "2026-02-12", "2027-01-12", "2027-01-13", "2027-02-11", "2027-02-12")
    ]
    assert states == ["open", "soon", "valid", "valid", "renew", "renew", "lapsed"]
    assert cycles.state(today=day("2026-03-01"), due_on=due_on, done=[], exempt=True) == State.EXEMPT
    until = day("2026-02-28")
    assert cycles.state(today=day("2026-03-01"), due_on=due_on, done=[], exempt=True, exempt_until=until) == State.LATE


days = st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1))


@given(st.lists(days, min_size=1, max_size=6), days, st.integers(1, 36), st.integers(0, 90))
def test_doing_it_once_more_never_shortens_what_one_has(
    done: list[dt.date], more: dt.date, months: int, window: int
) -> None:
    rule = Rule(months, window)
    before, after = cycles.validity(done, rule), cycles.validity([*done, more], rule)
    assert before is not None and after is not None and before.until is not None and after.until is not None
    if more >= max(done):
        assert after.until >= before.until
        assert after.until >= cycles.last_valid_day(more, months)


@given(days, st.integers(1, 36))
def test_a_year_and_a_month_end_the_day_before(done: dt.date, months: int) -> None:
    last = cycles.last_valid_day(done, months)
    first_invalid = last + dt.timedelta(days=1)
    assert (first_invalid.year * 12 + first_invalid.month) - (done.year * 12 + done.month) == months
    assert first_invalid.day == done.day or first_invalid.day in {28, 29, 30}


@pytest.mark.parametrize(
    ("scores", "place"), [((4, 4, 4, 2, 3), 3), ((3, 1, 5, 5, 5), 0), ((4, 4, 4, 4, 4), None), ((5, 3, 1, 1, 1), 1)]
)
def test_the_barrier_is_the_first_that_falls_short(scores: tuple[int, ...], place: int | None) -> None:
    assert slots.barrier(scores) == place


def test_what_others_see_is_computed_without_the_private_slots() -> None:
    met = {Slot.WHY: True, Slot.WANT: False, Slot.KNOW: True, Slot.CAN: False, Slot.KEEP: None}
    assert slots.first_unmet(met, private=True) == Slot.WANT
    assert slots.first_unmet(met, private=False) == Slot.CAN
    for want in (True, False, None):
        assert slots.first_unmet(met | {Slot.WANT: want}, private=False) == Slot.CAN


def test_who_was_seen_doing_it_is_not_sent_back_to_the_reasons() -> None:
    met = {Slot.WHY: None, Slot.WANT: None, Slot.KNOW: None, Slot.CAN: True, Slot.KEEP: None}
    assert slots.first_unmet(met, private=True) == Slot.KEEP
    assert slots.first_unmet({}, private=True) == Slot.WHY
    assert slots.first_unmet(dict.fromkeys(Slot, True), private=True) is None


def seen(on: str, observer: int, what: Seen = Seen.SEEN) -> Sighting:
    return Sighting(day(on), observer, what)


def test_can_needs_enough_sightings_by_enough_eyes_in_time() -> None:
    needed, today = Needed(sightings=3, observers=2, days=30), day("2026-06-30")
    same = [seen("2026-06-01", 1), seen("2026-06-10", 1), seen("2026-06-20", 1)]
    assert slots.shown(same, needed, today).granted_on is None
    two = [*same, seen("2026-06-25", 2)]
    assert slots.shown(two, needed, today).granted_on == day("2026-06-25")
    old = [seen("2026-01-01", 1), seen("2026-06-10", 1), seen("2026-06-20", 2)]
    assert slots.shown(old, needed, today).granted_on is None
    # What has been granted stays, though the sightings have grown old since.
    assert slots.shown(two, needed, day("2027-06-30")).granted_on == day("2026-06-25")


def test_disagreement_is_shown_and_takes_nothing_away() -> None:
    needed, today = Needed(sightings=2, observers=2, days=30), day("2026-06-30")
    both = [seen("2026-06-10", 1), seen("2026-06-12", 2), seen("2026-06-14", 3, Seen.NOT_YET)]
    told = slots.shown(both, needed, today)
    assert (told.granted_on, told.disputed, told.seen) == (day("2026-06-12"), True, 2)
    assert not slots.shown([*both[:2], seen("2026-06-14", 3, Seen.NOT_APPLICABLE)], needed, today).disputed


def test_both_rates_of_attendance() -> None:
    assert slots.attendance_rates(past=5, total=10, attended=5) == (1.0, 0.5)
    assert slots.attendance_rates(past=0, total=10, attended=0) == (None, 0.0)
    assert slots.attendance_rates(past=5, total=10, attended=4, excused=1) == (1.0, 4 / 9)
