"""Who is told of what is due: thirty, seven, one day before; one and seven after; never twice, in their language."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from culture.people.models import Employee, Leave
from programs.training import evaluating, granting, night, reminding, telling
from programs.training.models import Assignment, Course
from programs.training.path_models import TrainingMail, TrainingNight, TrainingReminder
from programs.training.reminder_texts import MAIL
from programs.training.tick import tick
from surveys.waves import reach
from tests.programs.path_world import DAY, complete, make_course, make_path, step

pytestmark = pytest.mark.django_db
# A Tuesday, ten in the morning in Rome.
NOW = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
TODAY = NOW.date()


def plan(on: dt.date, after: dt.date | None = None) -> int:
    moment = NOW + (on - TODAY)
    return reminding.plan(today=on, after=after or on - DAY, now=moment)


def send(on: dt.date = TODAY) -> int:
    return telling.send_due(now=NOW + (on - TODAY))


@pytest.fixture
def due(hr: Any, employee: Employee) -> Assignment:
    """Everybody has a course due on 10 March + 30 days; only one employee can be mailed."""
    Employee.objects.exclude(pk=employee.pk).update(email=None)
    make_path(hr, step(make_course(hr), due_days=50), today=TODAY - 20 * DAY)
    return Assignment.objects.get(employee=employee)


def test_five_times_and_never_twice(due: Assignment) -> None:
    told = {}
    for n in range(-1, 45):
        on = TODAY + n * DAY
        for _again in range(2):
            plan(on)
        found = TrainingReminder.objects.filter(assignment=due, mail__day=on).values_list("days", flat=True)
        if found:
            told[n] = list(found)
    assert told == {0: [30], 23: [7], 29: [1], 31: [-1], 37: [-7]}


def test_a_machine_that_slept_writes_one_mail(due: Assignment) -> None:
    plan(TODAY + 37 * DAY, after=TODAY + 20 * DAY)
    assert list(TrainingReminder.objects.filter(assignment=due).values_list("days", flat=True)) == [-7]
    assert TrainingMail.objects.filter(employee=due.employee, kind="own").count() == 1


@pytest.mark.parametrize("language", list(MAIL))
def test_the_mail_is_in_the_language_of_the_person(due: Assignment, smtp_sink: Any, language: str) -> None:
    Employee.objects.filter(pk=due.employee_id).update(language=language)  # type: ignore[attr-defined]
    Course.objects.update(names={code: f"Seven sins ({code})" for code in MAIL})
    plan(TODAY)
    assert send() == 1 and send() == 0
    (mail,) = smtp_sink.messages
    text = mail.get_body(("plain",)).get_content()
    assert f"Seven sins ({language})" in str(mail["Subject"]) and f"Seven sins ({language})" in text
    assert MAIL[language]["why"][:20] in text and "/my/training/" in text
    assert mail["Content-Language"] == language and "{" not in text
    assert "Seven sins" in mail.get_body(("html",)).get_content()


def test_quiet_hours_dead_addresses_leave_and_done(due: Assignment, smtp_sink: Any) -> None:
    person = due.employee
    # At night it waits for the morning of the person's place.
    late = NOW.replace(hour=22)
    reminding.plan(today=TODAY, after=TODAY - DAY, now=late)
    mail = TrainingMail.objects.get(employee=person)
    assert mail.due_at == dt.datetime(2026, 3, 11, 8, 0, tzinfo=dt.UTC)
    assert telling.send_due(now=late) == 0
    # Done meanwhile: nothing to say.
    reach.mark_dead(person, code="550", since=TODAY)
    assert telling.send_due(now=mail.due_at) == 0
    mail.refresh_from_db()
    assert (mail.state, mail.error) == ("skipped", "address dead")
    person.dead_address.delete()  # type: ignore[attr-defined]
    for change in ("leave", "exempt", "done"):
        TrainingReminder.objects.all().delete()
        TrainingMail.objects.all().delete()
        if change == "leave":
            away = Leave.objects.create(employee=person, since=TODAY)
        elif change == "exempt":
            away.delete()
            boss = Employee.objects.get(number="HR1")
            one = granting.exempt(by=boss, assignment=due, since=TODAY, until=TODAY + DAY, reason="x", today=TODAY)
        else:
            one.delete()
            version = due.course.versions.get()  # type: ignore[union-attr]
            plan(TODAY)
            complete(person, version, TODAY)
            assert send() == 0 and TrainingMail.objects.get(employee=person).state == "skipped"
            continue
        plan(TODAY)
        assert not TrainingMail.objects.filter(employee=person).exists(), change
    assert not smtp_sink.messages


def test_managers_get_one_digest_a_week(hr: Any, manager: Employee, smtp_sink: Any) -> None:
    Employee.objects.exclude(pk=manager.pk).update(email=None)
    make_path(hr, step(make_course(hr), due_days=5), today=TODAY - 20 * DAY)
    monday = TODAY - DAY
    plan(monday)
    assert send() >= 1
    for n in range(8):
        plan(monday + n * DAY)
    mails = TrainingMail.objects.filter(employee=manager, kind="team")
    assert [mail.day for mail in mails.order_by("day")] == [monday, monday + 7 * DAY]
    team = [m for m in smtp_sink.messages if "team" in str(m["Subject"]).lower()]
    assert len(team) == 1 and "late, was due on" in team[0].get_body(("plain",)).get_content()


def test_a_server_that_is_down_loses_nothing_and_sends_nothing_twice(due: Assignment, smtp_sink: Any) -> None:
    plan(TODAY)
    smtp_sink.refuse = lambda address: "450 later"
    assert send() == 0
    mail = TrainingMail.objects.get(employee=due.employee)
    assert mail.state == "due" and mail.due_at > NOW
    smtp_sink.refuse = lambda address: None
    assert telling.send_due(now=mail.due_at) == 1 and telling.send_due(now=mail.due_at + DAY) == 0
    # A worker that died with it in hand: another one sends it, with the same Message-ID.
    TrainingMail.objects.update(state="claimed", claimed_at=NOW)
    assert telling.send_due(now=NOW + dt.timedelta(hours=1)) == 1
    assert len({m["Message-ID"] for m in smtp_sink.messages}) == 1


def test_the_night_is_done_once_a_day(hr: Any, employee: Employee) -> None:
    path = make_path(hr, step(make_course(hr)), today=timezone.localdate() - 3 * DAY)
    now = timezone.now()
    assert night.is_due(now)
    told = night.run(now=now)
    assert told is not None and told["paths"] == 1 and told["joined"] == 0
    assert night.run(now=now) is None and not night.is_due(now)
    assert TrainingNight.objects.get().told["paths"] == 1
    # Whoever died at it is followed by another.
    TrainingNight.objects.update(done_at=None)
    assert night.run(now=now) is None
    assert night.run(now=now + 2 * night.STALE) is not None
    tick(now=now)
    assert evaluating.evaluate(path, today=timezone.localdate()) is not None
