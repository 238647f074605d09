"""Two years pass, tick by tick: openings, reminders and closings on the right days, whatever the calendar does."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest

from config.celery import app  # noqa: F401 - binds the tasks to our application
from culture.people.models import Employee
from surveys.instruments.loading import load_library
from surveys.results.tick import due
from surveys.waves import hours, opening, schedule
from surveys.waves import series as series_service
from surveys.waves.models import Invitation, Message, Series, Wave
from surveys.waves.tick import due_to_open

pytestmark = pytest.mark.django_db
D = dt.date
ROME = zoneinfo.ZoneInfo("Europe/Rome")
YEAR_END = hours.Blackout(D(2027, 12, 23), D(2028, 1, 6), "Year end", yearly=True)
EASTER = hours.Blackout(D(2029, 3, 30), D(2029, 4, 2), "Easter")
# An hour before and after the opening hour, in winter and in summer.
HOURS = (5, 6, 7)


def make(name: str, first: dt.date, **more) -> Series:
    return series_service.create(
        by=None,
        name=name,
        instrument=load_library(),
        first_opens_on=first,
        every_months=3,
        occurrences=8,
        open_days=14,
        opens_hour=8,
        weekends=False,
        blackout=hours.written([YEAR_END, EASTER]),
        **more,
    )


def pass_time(first: dt.date, last: dt.date, *, asleep: range = range(0)) -> tuple[list, list]:
    """(name, number, local moment) of each opening and closing that ticks brought about."""
    opened, closed = [], []
    for n in range((last - first).days):
        if n in asleep:
            continue
        for hour in HOURS:
            now = dt.datetime.combine(first + n * schedule.DAY, dt.time(hour, 30), dt.UTC)
            for pk in due_to_open(now):
                wave = Wave.objects.select_related("series").get(pk=pk)
                if opening.open_wave(wave, now=now):
                    opened.append((wave.series.name, wave.number, now.astimezone(ROME)))
            for wave in due(now):
                Wave.objects.filter(pk=wave.pk).update(state=Wave.State.CLOSED)
                Wave.objects.filter(pk=wave.pk).update(state=Wave.State.RELEASED, public_key=None)
                closed.append((wave.series.name, wave.number, now.astimezone(ROME)))
    return opened, closed


@pytest.mark.slow
def test_two_years_of_two_quarterly_series(manager, hr):
    Employee.objects.filter(number="A1").update(time_zone="America/New_York")
    Employee.objects.filter(number="A2").update(time_zone="Asia/Tokyo")
    leap, holidays = make("Leap", D(2027, 11, 30)), make("Holidays", D(2027, 12, 27))
    planned = {(one.series.name, one.number): one for one in Wave.objects.select_related("series")}
    assert [one.opens_on for one in leap.waves.order_by("number")] == [
        D(2027, 11, 30),
        D(2028, 2, 29),
        D(2028, 5, 30),
        D(2028, 8, 30),
        D(2028, 11, 30),
        D(2029, 2, 28),
        D(2029, 5, 30),
        D(2029, 8, 30),
    ]
    assert [one.opens_on for one in holidays.waves.order_by("number")] == [
        D(2028, 1, 7),  # not on 27 December: the year ends
        D(2028, 3, 27),  # the Monday after the clocks changed
        D(2028, 6, 27),
        D(2028, 9, 27),
        D(2029, 1, 8),  # out of the holidays into a weekend
        D(2029, 3, 27),
        D(2029, 6, 27),
        D(2029, 9, 27),
    ]
    opened, closed = pass_time(D(2027, 11, 20), D(2029, 11, 20))
    assert len(opened) == len(set((name, number) for name, number, _ in opened)) == 16, "each once"
    for name, number, moment in opened:
        wave = planned[name, number]
        assert (moment.date(), moment.hour, moment.minute) == (wave.opens_on, 8, 30), "at the first tick after eight"
    for name, number, moment in closed:
        wave = planned[name, number]
        assert moment.date() == wave.closes_on + schedule.DAY, "the last day is a whole day"
    assert len(closed) == 16
    assert not Wave.objects.exclude(state=Wave.State.RELEASED).exists()
    asked = Invitation.objects.values_list("wave", "employee")
    assert len(asked) == len(set(asked)) == 16 * 13


@pytest.mark.slow
def test_reminders_are_due_in_the_working_hours_of_each_persons_zone(manager, hr):
    zones = {"A1": "America/New_York", "A2": "Asia/Tokyo", "A3": "Australia/Lord_Howe"}
    for number, zone in zones.items():
        Employee.objects.filter(number=number).update(time_zone=zone)
    series = make("Pulse", D(2028, 3, 14))
    wave = series.waves.get(number=1)
    opening.open_wave(wave, now=dt.datetime(2028, 3, 14, 7, 30, tzinfo=dt.UTC))
    assert wave.reminders == [D(2028, 3, 21), D(2028, 3, 27)], "half-way; the 25th is a Saturday"
    rows = Message.objects.filter(kind="reminder").select_related("invitation__employee").order_by("number")
    assert len(rows) == 2 * 13
    for row in rows:
        local = row.due_at.astimezone(zoneinfo.ZoneInfo(row.invitation.employee.time_zone))
        assert (local.date(), local.hour) == (wave.reminders[row.number - 1], 9), row.invitation.employee.time_zone
    mine = rows.filter(invitation__employee__number="A4")
    assert [row.due_at.hour for row in mine] == [8, 7], "Rome changed its clocks between them"


# -- machines that sleep, clocks that jump ---------------------------------------------------------------------------


def test_a_machine_that_slept_opens_late_once_on_a_working_day(manager, hr):
    series = make("Pulse", D(2027, 3, 2))
    opened, _ = pass_time(D(2027, 2, 25), D(2027, 3, 18), asleep=range(3, 9))  # back on Saturday 6 March
    assert [(number, moment.date()) for _, number, moment in opened] == [(1, D(2027, 3, 8))]
    wave = series.waves.get(number=1)
    assert (wave.planned_on, wave.opens_on, wave.closes_on) == (D(2027, 3, 2), D(2027, 3, 8), D(2027, 3, 22))
    assert series.waves.get(number=2).opens_on == D(2027, 6, 2), "the next ones stay where they are"


def test_what_was_slept_through_is_not_asked_twice(manager, hr):
    series = make("Pulse", D(2027, 3, 2))
    opened, _ = pass_time(D(2027, 2, 25), D(2027, 7, 1), asleep=range(3, 100))  # until after the second one's day
    assert [number for _, number, _ in opened] == [2]
    first = series.waves.get(number=1)
    assert first.state == Wave.State.CANCELLED and "wave 2 follows" in first.cancel_reason
    assert Invitation.objects.count() == 13


def test_a_late_wave_ends_before_the_next_one_or_is_given_up(manager, hr):
    def after(days: int) -> list[tuple[int, str, dt.date]]:
        Wave.objects.all().delete()
        Series.objects.all().delete()
        series = series_service.create(
            by=None,
            name="Often",
            instrument=load_library(),
            first_opens_on=D(2027, 3, 1),
            rule="FREQ=WEEKLY;INTERVAL=3;COUNT=3",
            open_days=14,
        )
        now = dt.datetime.combine(D(2027, 3, 1) + days * schedule.DAY, dt.time(9), dt.UTC)
        for pk in due_to_open(now):
            opening.open_wave(Wave.objects.select_related("series").get(pk=pk), now=now)
        return [(one.number, one.state, one.closes_on) for one in series.waves.order_by("number")[:2]]

    assert after(3)[0] == (1, "open", D(2027, 3, 18))
    assert after(11)[0] == (1, "open", D(2027, 3, 21)), "shortened: the next opens on the 22nd"
    assert [state for _, state, _ in after(18)] == ["cancelled", "scheduled"]


def test_a_clock_that_jumps_back_opens_nothing_again(manager, hr):
    series = make("Pulse", D(2027, 3, 2))
    opened, _ = pass_time(D(2027, 3, 2), D(2027, 3, 4))
    again, closed = pass_time(D(2027, 2, 1), D(2027, 3, 4))
    assert len(opened) == 1 and again == closed == []
    assert series.waves.filter(state=Wave.State.OPEN).count() == 1 and Invitation.objects.count() == 13


def test_a_wave_waits_for_the_one_before_it_to_close(manager, hr):
    series = make("Pulse", D(2027, 3, 2))
    first = series.waves.get(number=1)
    opening.open_wave(first, now=dt.datetime(2027, 3, 2, 8, tzinfo=dt.UTC))
    Wave.objects.filter(pk=first.pk).update(closes_on=D(2027, 6, 8))
    opened, closed = pass_time(D(2027, 6, 1), D(2027, 6, 14))
    assert [moment.date() for _, _, moment in closed] == [D(2027, 6, 9)]
    assert [(number, moment.date()) for _, number, moment in opened] == [(2, D(2027, 6, 9))]
