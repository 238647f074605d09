"""When waves open and people are reminded: over summer time, leap days, year ends and holidays. Pure."""

from __future__ import annotations

import datetime as dt
import time
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.waves import hours, panel, schedule
from surveys.waves.schedule import Blackout, ScheduleError

D = dt.date
YEAR_END = Blackout(D(2027, 12, 23), D(2028, 1, 6), "Year end", yearly=True)
days = st.dates(D(2020, 1, 1), D(2040, 12, 31))
zones = st.sampled_from(["Europe/Rome", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"])


def opens(rule: str, first: dt.date, until: dt.date, open_days: int = 14, **more) -> list[dt.date]:
    return [one.opens for one in schedule.occurrences(rule, first, until=until, open_days=open_days, **more)]


# -- rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=MINUTELY", "frequency"),
        ("FREQ=SECONDLY;COUNT=3", "frequency"),
        ("FREQ=MONTHLY;BYHOUR=1,2", "frequency"),
        ("FREQ=FORTNIGHTLY", "value"),
        ("FREQ=MONTHLY;INTERVAL=0", "value"),
        ("FREQ=MONTHLY;COUNT=-2", "value"),
        ("FREQ=MONTHLY;FREQ=DAILY", "twice"),
        ("INTERVAL=3", "part"),
        ("every quarter", "part"),
        ("", "part"),
        ("FREQ=MONTHLY;DTSTART=20260101", "part"),
        ("FREQ=YEARLY;BYMONTH=13", "value"),
        ("FREQ=YEARLY;UNTIL=20270231", "value"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31", "never"),
        ("FREQ=MONTHLY;UNTIL=20200101", "never"),
        ("FREQ=DAILY", "overlap"),
        ("FREQ=WEEKLY;INTERVAL=2", "overlap"),
    ],
)
def test_a_rule_that_cannot_be_followed_says_why(rule, reason):
    begun = time.perf_counter()
    with pytest.raises(ScheduleError) as refused:
        opens(rule, D(2027, 1, 12), D(2032, 1, 1))
    assert refused.value.reason == reason
    assert time.perf_counter() - begun < 2, "what never happens is not looked for until the year 9999"


@given(st.text(alphabet="FREQ=MONTHLYDAIWKUC;0123456789,BYSETPOS-+", max_size=60))
def test_any_text_is_a_rule_or_refused(text):
    try:
        found = opens(text, D(2027, 1, 12), D(2030, 1, 1))
    except ScheduleError:
        return
    assert found and found == sorted(found)


def test_the_31st_is_the_last_day_of_shorter_months_and_comes_back():
    rule = schedule.monthly(D(2027, 8, 31), 1, 8)
    found = opens(rule, D(2027, 8, 31), D(2029, 1, 1), weekends=True)
    assert [day.day for day in found] == [31, 30, 31, 30, 31, 31, 29, 31], "2028 has a leap day"


def test_a_leap_day_every_year():
    found = opens(schedule.monthly(D(2028, 2, 29), 12, 5), D(2028, 2, 29), D(2034, 1, 1), weekends=True)
    assert found == [D(2028, 2, 29), D(2029, 2, 28), D(2030, 2, 28), D(2031, 2, 28), D(2032, 2, 29)]


def test_an_expert_rule():
    found = opens("FREQ=MONTHLY;INTERVAL=3;BYDAY=1TU;COUNT=4", D(2027, 1, 1), D(2030, 1, 1))
    assert found == [D(2027, 1, 5), D(2027, 4, 6), D(2027, 7, 6), D(2027, 10, 5)]


@given(days, st.integers(1, 12), st.integers(1, 12), st.booleans())
def test_waves_come_in_order_never_overlap_and_never_open_on_a_free_day(first, months, count, weekends):
    rule = schedule.monthly(first, months, count)
    found = schedule.occurrences(
        rule, first, until=schedule.horizon(rule, first, first), open_days=7, blackouts=[YEAR_END], weekends=weekends
    )
    assert len(found) == count
    for one in found:
        assert hours.is_working_day(one.opens, [YEAR_END], weekends=weekends)
        assert one.opens >= one.planned and not YEAR_END.covers(one.closes)
        assert (one.closes - one.opens).days >= 7
        assert one.moved == bool(one.because or one.weekend)
    assert all(earlier.closes < later.opens for earlier, later in zip(found, found[1:], strict=False))


# -- free days -------------------------------------------------------------------------------------------------------


def test_an_opening_on_a_holiday_moves_to_the_next_working_day_and_says_why():
    (one,) = schedule.occurrences(
        schedule.once(), D(2027, 12, 31), until=D(2028, 12, 31), open_days=14, blackouts=[YEAR_END]
    )
    assert (one.planned, one.opens) == (D(2027, 12, 31), D(2028, 1, 7)) and one.because == ("Year end",)


def test_a_holiday_after_a_weekend_is_passed_over_with_it():
    easter = Blackout(D(2027, 3, 29), D(2027, 3, 29), "Easter Monday")
    assert hours.next_working_day(D(2027, 3, 27), [easter]) == (D(2027, 3, 30), ("Easter Monday",), True)


@given(days)
def test_a_yearly_range_over_new_year_holds_in_every_year(day):
    assert YEAR_END.covers(day) == ((day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 6))


@pytest.mark.parametrize(
    "all_days",
    [
        [Blackout(D(2027, 1, 1), D(2027, 12, 31), "", yearly=True)],
        [Blackout(D(2027, 1, 1), D(2099, 12, 31))],
        [Blackout(D(2027, 1, 1), D(2027, 6, 30), "", True), Blackout(D(2027, 7, 1), D(2027, 12, 31), "", True)],
    ],
)
def test_free_days_that_leave_no_day(all_days):
    with pytest.raises(ScheduleError) as refused:
        opens(schedule.monthly(D(2027, 3, 1), 3, 8), D(2027, 3, 1), D(2030, 1, 1), blackouts=all_days)
    assert refused.value.reason == "free"
    assert schedule.reminder_days(D(2027, 3, 1), D(2027, 3, 15), blackouts=all_days) == []


@given(st.lists(st.tuples(days, st.integers(0, 40), st.booleans()), max_size=4), days, st.integers(0, 23))
def test_the_next_working_moment_is_the_first_that_is_one(drawn, start, hour):
    blackouts = [Blackout(first, first + dt.timedelta(days=length), "", again) for first, length, again in drawn]
    at = dt.datetime.combine(start, dt.time(hour), dt.UTC)
    found = hours.next_working(at, "Europe/Rome", blackouts)
    if found is None:
        assert not any(hours.is_working_day(start + n * hours.DAY, blackouts) for n in range(2, 390))
        return
    assert found >= at and hours.is_working(found, "Europe/Rome", blackouts)
    passed = [at + dt.timedelta(hours=n) for n in range(int((found - at) / dt.timedelta(hours=1)))]
    assert not any(hours.is_working(one, "Europe/Rome", blackouts) for one in passed)


def test_blackouts_survive_storage():
    assert hours.read_blackouts(hours.written([YEAR_END])) == [YEAR_END]


# -- reminders -------------------------------------------------------------------------------------------------------


def test_the_usual_plan_is_half_way_then_every_four_days_at_most_three():
    found = schedule.reminder_days(D(2027, 3, 2), D(2027, 3, 30))
    assert found == [D(2027, 3, 16), D(2027, 3, 22), D(2027, 3, 24)], "the 20th is a Saturday"


@given(days, st.integers(1, 60), st.integers(1, 10), st.integers(0, 5))
def test_reminders_are_few_on_working_days_and_between_opening_and_close(opens_on, length, every, most):
    closes = opens_on + dt.timedelta(days=length)
    found = schedule.reminder_days(opens_on, closes, every=every, most=most, blackouts=[YEAR_END])
    assert len(found) <= most and found == sorted(set(found))
    assert all(opens_on < day < closes and hours.is_working_day(day, [YEAR_END]) for day in found)
    more = schedule.further_days(found, closes + dt.timedelta(days=20), after=closes, every=every, most=most)
    assert len(found) + len(more) <= most and all(day > closes for day in more)


@given(days, zones)
def test_nine_in_the_morning_is_nine_in_the_morning_everywhere(day, zone):
    moment = hours.moment(day, zone)
    local = moment.astimezone(zoneinfo.ZoneInfo(zone))
    assert moment.tzinfo == dt.UTC and (local.date(), local.hour) == (day, 9)


def test_summer_time_moves_no_day():
    """Rome changes on 28 March 2027: the hour in UTC moves, the day and the hour on the wall do not."""
    before, after = (hours.moment(D(2027, 3, day), "Europe/Rome") for day in (26, 29))
    assert (before.hour, after.hour) == (8, 7)
    assert hours.today_in("Europe/Rome", dt.datetime(2027, 3, 27, 23, 30, tzinfo=dt.UTC)) == D(2027, 3, 28)
    assert hours.today_in("Pacific/Apia", dt.datetime(2027, 12, 31, 12, tzinfo=dt.UTC)) == D(2028, 1, 1)


def test_an_hour_that_summer_time_skips_exists_later():
    assert hours.moment(D(2027, 3, 28), "Europe/Rome", 2) == dt.datetime(2027, 3, 28, 1, tzinfo=dt.UTC)


# -- the rotating panel ----------------------------------------------------------------------------------------------

members = st.dictionaries(st.integers(1, 400), st.integers(1, 6), min_size=1, max_size=120)


@given(members, st.integers(2, 6), st.integers(0, 99))
def test_everybody_is_asked_once_in_n_waves_and_units_are_split_evenly(people, n, salt):
    found = panel.places(people.items(), {}, panel=n, salt=salt)
    assert set(found) == set(people) and set(found.values()) <= set(range(n))
    assert found == panel.places(reversed(people.items()), {}, panel=n, salt=salt), "the order does not matter"
    for unit in set(people.values()):
        sizes = [sum(found[one] == slot for one, at in people.items() if at == unit) for slot in range(n)]
        assert max(sizes) - min(sizes) <= 1
    sizes = [list(found.values()).count(slot) for slot in range(n)]
    assert max(sizes) - min(sizes) <= len(set(people.values()))


@given(members, members, st.integers(2, 5))
def test_who_has_a_place_keeps_it_whoever_joins(before, after, n):
    first = panel.places(before.items(), {}, panel=n, salt=1)
    later = panel.places(after.items(), first, panel=n, salt=1)
    assert set(later) == set(after) - set(before)
