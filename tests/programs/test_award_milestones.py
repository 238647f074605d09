"""Milestones by the tick: found once, told on their morning, never to whom does not want it, paid from a budget."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour
from culture.people.models import Employee, Leave
from programs.recognition import (
    award_tick,
    awards,
    giving,
    milestone_posting,
    milestone_setting,
    milestone_watch,
    proving,
)
from programs.recognition.award_models import FeedPost
from programs.recognition.feed_models import ThanksChoice
from programs.recognition.milestone_models import MilestoneKind, Occasion
from programs.training import courses, granting
from programs.training.models import Completion
from programs.training.observation_models import Observation
from surveys.instruments.loading import load_library
from surveys.waves import series
from tests.conftest import make_person
from tests.programs.thanks import thank

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
SUNDAY = dt.date(2026, 11, 22)
State = Occasion.State


@pytest.fixture(autouse=True)
def _catalogue(db: None) -> None:
    load_catalogue()


def rules(hr: Employee, *kinds: str, since: dt.date, points: int = 0, **more: Any) -> None:
    told = {"kinds": kinds, "points": dict.fromkeys(kinds, points), "years": [], "beyond": ["A5"], **more}
    milestone_setting.save(by=hr, today=since, **told)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), dt.UTC)


def ticks(*moments: dt.datetime) -> None:
    for now in moments:
        milestone_watch.look(now=now)
        milestone_posting.post_due(now=now)


def test_sundays_anniversary_is_told_on_friday_at_8_of_the_persons_zone_and_once(hr: Any, units: Any) -> None:
    rules(hr, "joined", since=SUNDAY - 9 * DAY)
    made = {
        zone: make_person(f"Z{n}", units["Retail"], hired_on=dt.date(2021, 11, 22), time_zone=zone)
        for n, zone in enumerate(("Europe/Rome", "Asia/Tokyo", "America/New_York"))
    }
    thursday = SUNDAY - 3 * DAY
    ticks(at(thursday, 12), at(thursday, 22, 59))
    assert not FeedPost.objects.exists() and Occasion.objects.filter(state=State.WAITING).count() == 3
    ticks(at(thursday, 23))  # Friday 8:00 in Tokyo
    assert FeedPost.objects.get().employee == made["Asia/Tokyo"]
    friday = thursday + DAY
    ticks(at(friday, 6, 59))
    assert FeedPost.objects.count() == 1
    ticks(at(friday, 7), at(friday, 7, 1))
    assert FeedPost.objects.count() == 2
    ticks(at(friday, 13), at(SUNDAY, 9), at(SUNDAY + DAY, 9), at(SUNDAY + 5 * DAY, 9))
    posts = FeedPost.objects.all()
    assert len(posts) == 3 and {post.data["years"] for post in posts} == {5}


def test_free_days_of_the_surveys_are_free_here_too(hr: Any, units: Any) -> None:
    christmas = dt.date(2026, 12, 25)
    made = series.create(
        by=hr,
        name="Pulse",
        instrument=load_library(),
        first_opens_on=dt.date(2027, 2, 1),
        every_months=3,
        occurrences=2,
        open_days=14,
        reminder_days=(),
    )
    made.blackout = [{"first": "2026-12-23", "last": "2027-01-06", "name": "Year end", "yearly": True}]
    made.save()
    rules(hr, "joined", since=dt.date(2026, 12, 14))
    make_person("X1", units["Retail"], hired_on=dt.date(2016, 12, 25))
    ticks(at(dt.date(2026, 12, 15), 9))
    assert Occasion.objects.get().on == christmas
    assert Occasion.objects.get().due_at == at(dt.date(2026, 12, 22), 7)


def test_29_february_leavers_and_who_is_off_the_list_of_years(hr: Any, units: Any) -> None:
    day = dt.date(2027, 2, 28)  # a Sunday
    rules(hr, "joined", since=day - 11 * DAY, years=[0, 3, 4])
    leap = make_person("L1", units["Retail"], hired_on=dt.date(2024, 2, 29))
    make_person("L2", units["Retail"], hired_on=dt.date(2024, 2, 28), left_on=day - DAY)  # not there on the day
    make_person("L3", units["Retail"], hired_on=dt.date(2025, 2, 28))  # two years are not told
    begins = make_person("L4", units["Retail"], hired_on=day)
    ticks(at(day - 2 * DAY, 9))
    assert [post.employee for post in FeedPost.objects.all()] == [leap]
    ticks(at(day + DAY, 7))
    # A first day is told when somebody is there, not on the Friday before.
    assert FeedPost.objects.get(employee=begins).data == {"kind": "joined", "years": 0}
    assert FeedPost.objects.count() == 2


def told_after(hired_on: dt.date | None, moments: list[dt.datetime], person: Employee) -> list[tuple[int, dt.date]]:
    """(years, day) of what is announced when the first day is corrected to ``hired_on`` and time goes on."""
    Employee.objects.filter(pk=person.pk).update(hired_on=hired_on)
    ticks(*moments)
    return [(one.data["years"], one.on) for one in Occasion.objects.filter(employee=person, state=State.POSTED)]


@pytest.mark.parametrize("days", [-4, -1, 1, 4, 30])
def test_a_corrected_first_day_tells_the_right_anniversary_and_only_that(hr: Any, units: Any, days: int) -> None:
    wednesday = SUNDAY + 3 * DAY
    rules(hr, "joined", since=SUNDAY - 9 * DAY)
    one = make_person("K1", units["Retail"], hired_on=wednesday.replace(year=2021))
    ticks(at(SUNDAY, 9))
    assert Occasion.objects.get().on == wednesday
    right = wednesday.replace(year=2021) + days * DAY
    moments = [at(SUNDAY + n * DAY, 9) for n in range(1, 45)]
    assert told_after(right, moments, one) == [(5, right.replace(year=2026))]


@pytest.mark.parametrize("years", [-1, 2])
def test_a_corrected_year_is_told_as_it_is(hr: Any, units: Any, years: int) -> None:
    wednesday = SUNDAY + 3 * DAY
    rules(hr, "joined", since=SUNDAY - 9 * DAY)
    one = make_person("K1", units["Retail"], hired_on=wednesday.replace(year=2021))
    ticks(at(SUNDAY, 9))
    # On the morning itself, after the day's look: what is wrong is not told, what is right is the day after.
    ticks(at(wednesday, 6))
    moments = [at(wednesday + n * DAY, 9) for n in range(3)]
    found = told_after(wednesday.replace(year=2021 + years), moments, one)
    assert found == [(5 - years, wednesday)] and FeedPost.objects.count() == 1


def test_a_first_day_that_is_put_off_or_called_off_is_told_when_it_comes(hr: Any, units: Any) -> None:
    wednesday = SUNDAY + 3 * DAY
    rules(hr, "joined", since=SUNDAY - 9 * DAY, years=[0, 1])
    one = make_person("K1", units["Retail"], hired_on=wednesday)
    off = make_person("K2", units["Retail"], hired_on=wednesday)
    ticks(at(SUNDAY, 9))
    Employee.objects.filter(pk=off.pk).update(hired_on=None)
    later = wednesday + 14 * DAY
    assert told_after(later, [at(SUNDAY + n * DAY, 9) for n in range(1, 22)], one) == [(0, later)]
    assert not Occasion.objects.filter(employee=off).exists()


def test_who_is_away_is_told_on_return_and_who_left_meanwhile_is_not(hr: Any, units: Any) -> None:
    rules(hr, "joined", since=SUNDAY - 9 * DAY)
    away, open_end, gone = (make_person(f"Y{n}", units["Retail"], hired_on=dt.date(2016, 11, 23)) for n in range(3))
    Leave.objects.create(employee=away, since=SUNDAY - 30 * DAY, until=SUNDAY + 6 * DAY)  # back on a Sunday
    Leave.objects.create(employee=open_end, since=SUNDAY - 30 * DAY)
    monday = SUNDAY + DAY
    ticks(at(SUNDAY - DAY, 9))
    Employee.objects.filter(pk=gone.pk).update(left_on=SUNDAY)
    ticks(at(monday, 7), at(monday + DAY, 7), at(monday + 6 * DAY, 12))
    assert not FeedPost.objects.exists() and Occasion.objects.get(employee=gone).state == State.DROPPED
    back = SUNDAY + 8 * DAY
    ticks(at(back, 6, 59))
    assert not FeedPost.objects.exists()
    ticks(at(back, 7))
    assert FeedPost.objects.get().employee == away
    Leave.objects.filter(employee=open_end).update(until=back + 9 * DAY)
    ticks(*(at(back + n * DAY, 9) for n in range(1, 15)))
    assert FeedPost.objects.count() == 2


def test_opted_out_is_told_to_nobody_and_still_paid(client_of: Any, hr: Any, employee: Any) -> None:
    rules(hr, "joined", since=SUNDAY - 9 * DAY, points=20)
    now = at(SUNDAY, 9)
    awards.fund(place=milestone_setting.PURSE, points=30, note="x", by=hr, now=now, subject="milestones")
    Employee.objects.exclude(pk=employee.pk).update(hired_on=dt.date(2016, 6, 1))
    Employee.objects.filter(pk=employee.pk).update(hired_on=dt.date(2016, 11, 24))
    ThanksChoice.objects.create(employee=employee, no_events=True)
    ticks(at(SUNDAY, 9))
    assert "not announced: does not want it" in client_of(hr).get("/awards/manage/milestones/").content.decode()
    ticks(at(SUNDAY + 2 * DAY, 8))
    assert not FeedPost.objects.exists() and Occasion.objects.get().state == State.QUIET
    assert giving.balance(employee) == 20 and proving.findings() == []


def test_an_empty_budget_tells_without_points_and_never_goes_below_zero(hr: Any, units: Any) -> None:
    rules(hr, "joined", since=SUNDAY - 9 * DAY, points=20)
    now = at(SUNDAY, 9)
    awards.fund(place=milestone_setting.PURSE, points=30, note="x", by=hr, now=now, subject="milestones")
    Employee.objects.update(hired_on=dt.date(2016, 6, 1))
    people = [make_person(f"B{n}", units["Retail"], hired_on=dt.date(2016, 11, 24)) for n in range(2)]
    ticks(at(SUNDAY, 9), at(SUNDAY + 2 * DAY, 8), at(SUNDAY + 2 * DAY, 9))
    assert sorted(giving.balance(one) for one in people) == [0, 20] and FeedPost.objects.count() == 2
    assert awards.balance(milestone_setting.PURSE) == 10 and proving.findings() == []


def test_what_lies_before_it_was_switched_on_is_not_dug_out(hr: Any, employee: Any, stranger: Any) -> None:
    today = timezone.localdate()
    thank(stranger, employee, points=0, now=timezone.localtime() - 40 * DAY, arrived=True)
    assert milestone_watch.find(today=today, now=timezone.now()) == 0  # nothing is on
    rules(hr, "memorable", "joined", since=today)
    thank(stranger, employee, points=0, arrived=True)
    milestone_watch.find(today=today, now=timezone.now())
    # A second thank-you is no first one.
    assert not Occasion.objects.filter(employee=employee, kind="memorable").exists()


def test_the_first_memorable_action_is_a_public_thanks_or_a_sighting(
    hr: Any, employee: Any, stranger: Any, manager: Any
) -> None:
    today, now = timezone.localdate(), timezone.now()
    rules(hr, "memorable", since=today)
    others = list(Employee.objects.filter(manager=manager).exclude(pk=employee.pk).order_by("pk")[:3])
    later = now + dt.timedelta(minutes=20)
    thank(stranger, employee, points=0, arrived=True)
    thank(stranger, others[0], points=0, public=False, arrived=True)  # private: never told
    thank(stranger, others[1], points=0, behaviour=Behaviour.objects.get(code="A7"), arrived=True)
    Observation.objects.create(
        employee=others[2],
        observer=manager,
        behaviour=Behaviour.objects.get(code="A5"),
        on=today,
        what=Observation.What.SEEN,
        at=now,
    )
    for _twice in range(2):
        milestone_watch.find(today=today, now=later)
    found = Occasion.objects.filter(kind="memorable")
    assert {one.employee for one in found} == {employee, others[2]}
    assert all(one.due_at > later - DAY and one.data["name"]["en"].startswith("Availability") for one in found)


def test_a_completed_course_is_told_once_and_a_revoked_one_never(hr: Any, employee: Any, stranger: Any) -> None:
    today = timezone.localdate()
    rules(hr, "certified", "completed", since=today)
    version = courses.publish(by=hr, name="Complaints", lessons=[("One", "Text")])
    for person in (employee, stranger):
        Completion.objects.create(employee=person, version=version, done_on=today, granted_by=hr)
    revoked = Completion.objects.get(employee=stranger)
    granting.revoke(by=hr, granted=revoked, reason="By mistake")
    for _twice in range(2):
        milestone_watch.find(today=today, now=timezone.now())
    assert Occasion.objects.get().employee == employee and Occasion.objects.get().kind == MilestoneKind.CERTIFIED


def test_hr_chooses_through_the_page(client_of: Any, hr: Any, manager: Any) -> None:
    client, url = client_of(hr), "/awards/manage/milestones/"
    a5 = Behaviour.objects.get(code="A5").pk
    filled = {"on_joined": "on", "points_joined": "5", "years": "1, 5, 0", "beyond": [a5]}
    assert client.post(url, filled).status_code == 302
    kept = milestone_setting.current()
    assert (
        kept.since == {"joined": str(timezone.localdate())} and kept.years == [0, 1, 5] and kept.points == {"joined": 5}
    )
    for change, words in (
        ({"years": "one"}, "whole numbers"),
        ({"years": "99"}, "between 0 and 60"),
        ({"points_joined": "1001"}, "less than or equal to 1000"),
        ({"on_memorable": "on", "beyond": []}, "Choose at least one attitude"),
    ):
        answer = client.post(url, {**filled, **change})
        assert answer.status_code == 400 and words in answer.content.decode(), change
    client.post(f"{url}budget/", {"points": "40", "note": "this year"})
    assert awards.balance(milestone_setting.PURSE) == 40
    assert client.post(f"{url}budget/", {"points": "-41", "note": "x"}).status_code == 400
    assert client_of(manager).post(url, filled).status_code == 403
    # Switched off: what waits is not told any more.
    client.post(url, {"years": "1", "beyond": [a5]})
    assert milestone_setting.current().since == {}


def test_the_tick_does_it_all_and_again_does_nothing(hr: Any, units: Any) -> None:
    today = timezone.localdate()
    rules(hr, "joined", since=today - 3 * DAY)
    Employee.objects.update(hired_on=None)
    make_person("T1", units["Retail"], hired_on=today.replace(year=today.year - 2, day=min(today.day, 28)))
    now = timezone.now()
    for hours_on in (0, 1, 30, 60, 100):
        award_tick.tick(now=now + dt.timedelta(hours=hours_on))
    assert FeedPost.objects.count() == Occasion.objects.exclude(state=State.WAITING).count() <= 1
