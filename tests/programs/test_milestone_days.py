"""On which morning a milestone is told: pure day arithmetic."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.recognition import award_rules, milestone_days
from programs.recognition.award_rules import Near, Place
from surveys.waves import hours
from surveys.waves.hours import Blackout

DAY = dt.timedelta(days=1)
DAYS = st.dates(dt.date(1970, 1, 1), dt.date(2060, 12, 31))
ZONES = st.sampled_from(["Europe/Rome", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Auckland", "Asia/Kathmandu"])
HOLIDAYS = [Blackout(dt.date(2026, 12, 24), dt.date(2026, 12, 26), "Christmas", True)]


def test_an_anniversary_on_sunday_is_told_on_friday_at_8_where_the_person_is() -> None:
    sunday = dt.date(2026, 11, 22)
    told = milestone_days.told_on(sunday, begins=False)
    assert (sunday.weekday(), told) == (6, dt.date(2026, 11, 20))
    for zone, utc in (("Europe/Rome", 7), ("America/New_York", 13), ("UTC", 8)):
        assert milestone_days.morning(told, zone) == dt.datetime(2026, 11, 20, utc, tzinfo=dt.UTC), zone
    # In Tokyo it is Friday 8 o'clock while it is still Thursday night in Rome.
    assert milestone_days.morning(told, "Asia/Tokyo") == dt.datetime(2026, 11, 19, 23, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (dt.date(2026, 11, 21), dt.date(2026, 11, 20)),  # Saturday
        (dt.date(2026, 11, 23), dt.date(2026, 11, 23)),  # Monday
        (dt.date(2026, 12, 26), dt.date(2026, 12, 23)),  # a Saturday after two holidays
        (dt.date(2026, 12, 27), dt.date(2026, 12, 23)),  # the Sunday after them
        (dt.date(2027, 12, 25), dt.date(2027, 12, 23)),  # the holidays come every year
    ],
)
def test_free_days_before(day: dt.date, told: dt.date) -> None:
    assert milestone_days.told_on(day, begins=False, free=HOLIDAYS) == told


def test_a_first_day_is_never_told_before_it() -> None:
    assert milestone_days.told_on(dt.date(2026, 11, 22), begins=True) == dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("year", "day"),
    [(2025, dt.date(2025, 2, 28)), (2028, dt.date(2028, 2, 29)), (2100, dt.date(2100, 2, 28))],
)
def test_29_february(year: int, day: dt.date) -> None:
    assert milestone_days.anniversary(dt.date(2024, 2, 29), year) == day
    assert (2, 29) in milestone_days.days_of_month(day, day)


@settings(max_examples=60)
@given(joined=DAYS, since=DAYS, span=st.integers(0, 800), years=st.sets(st.integers(0, 60), max_size=6))
def test_anniversaries_are_those_of_the_calendar(joined: dt.date, since: dt.date, span: int, years: set[int]) -> None:
    until = since + span * DAY
    found = milestone_days.anniversaries(joined, since, until, years)
    for count, day in found:
        assert since <= day <= until and day >= joined and day.year - joined.year == count
        assert (day.month, day.day) == (joined.month, joined.day) or (joined.month, joined.day) == (2, 29)
        assert count in years if years else count > 0
        assert (joined.month, joined.day) in milestone_days.days_of_month(since, until)
    every = milestone_days.anniversaries(joined, joined, joined + 3000 * DAY)
    assert [count for count, _day in every] == list(range(1, len(every) + 1)) and len(every) == 8


@settings(max_examples=60)
@given(day=DAYS, zone=ZONES, first=DAYS, length=st.integers(0, 12), yearly=st.booleans())
def test_it_is_told_on_a_working_day_at_8_there(
    day: dt.date, zone: str, first: dt.date, length: int, yearly: bool
) -> None:
    free = [Blackout(first, first + length * DAY, "free", yearly)]
    told = milestone_days.told_on(day, begins=False, free=free)
    assert hours.is_working_day(told, free) and told <= day
    # Nothing between the two would have done.
    assert not any(hours.is_working_day(told + n * DAY, free) for n in range(1, (day - told).days + 1))
    local = milestone_days.morning(told, zone).astimezone(zoneinfo.ZoneInfo(zone))
    assert (local.date(), local.hour, local.minute) == (told, 8, 0)


@settings(max_examples=60)
@given(now=st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2035, 1, 1)), zone=ZONES)
def test_the_next_morning_is_the_first_that_can_be(now: dt.datetime, zone: str) -> None:
    at = now.replace(tzinfo=dt.UTC)
    found = milestone_days.next_morning(at, zone)
    assert at <= found < at + 4 * DAY
    assert milestone_days.may_tell(found, zone) and not milestone_days.may_tell(found - dt.timedelta(minutes=1), zone)


@settings(max_examples=100)
@given(joined=DAYS, corrected=st.one_of(st.none(), DAYS), since=DAYS, length=st.integers(0, 800))
def test_an_anniversary_stands_exactly_as_long_as_the_first_day_does(
    joined: dt.date, corrected: dt.date | None, since: dt.date, length: int
) -> None:
    found = milestone_days.anniversaries(joined, since, since + length * DAY, range(80))
    assert all(milestone_days.still_on(joined, years, on) for years, on in found)
    if corrected is not None:
        right = set(milestone_days.anniversaries(corrected, since, since + length * DAY, range(80)))
        assert all(milestone_days.still_on(corrected, *one) == (one in right) for one in found)
    else:
        assert not any(milestone_days.still_on(None, *one) for one in found)


# -- awards ----------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(points=st.integers(0, 10_000), people=st.integers(0, 400))
def test_shares_of_a_team_add_up(points: int, people: int) -> None:
    each, left = award_rules.shares(points, people)
    assert each * people + left == points and each >= 0 and left >= 0
    assert not people or left < people


@settings(max_examples=60)
@given(first=DAYS, months=st.integers(1, 12), open_days=st.integers(1, 27), after=st.integers(0, 900))
def test_at_most_one_round_is_open_and_it_is_the_latest(
    first: dt.date, months: int, open_days: int, after: int
) -> None:
    today = first + after * DAY
    days = award_rules.days(f"FREQ=MONTHLY;INTERVAL={months}", (), first, until=today)
    found = award_rules.opening(days, open_days, today)
    running = [day for day in days if day <= today < day + open_days * DAY]
    assert found == (running[-1] if running else None) and len(running) <= 1


PLACES = st.builds(
    Place,
    st.integers(1, 4),
    st.one_of(st.none(), st.integers(1, 3)),
    st.one_of(st.none(), st.integers(1, 4)),
    st.frozensets(st.integers(1, 3), max_size=3),
)


@settings(max_examples=60)
@given(juror=PLACES, judged=st.one_of(st.none(), PLACES), team=st.integers(1, 3), said=st.sets(st.integers(1, 4)))
def test_who_judges_is_neither_himself_nor_of_the_team_nor_of_the_line(
    juror: Place, judged: Place | None, team: int, said: set[int]
) -> None:
    found = award_rules.all_near(juror, judged=judged, team=None if judged else team, nominators=said)
    assert (Near.NOMINATOR in found) == (juror.person in said)
    if judged:
        assert (Near.HIMSELF in found) == (juror.person == judged.person) and Near.MEMBER not in found
        assert (Near.TEAM in found) == (juror.unit is not None and juror.unit == judged.unit)
        assert (Near.LINE in found) == (juror.person == judged.manager or judged.person == juror.manager)
    else:
        assert (Near.MEMBER in found) == (team in juror.above) and set(found) <= {Near.MEMBER, Near.NOMINATOR}
    assert found == sorted(found, key=list(Near).index)
