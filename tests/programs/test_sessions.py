"""Training in class: planned, booked, waited for, moved up, marked; who came completes."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import icalendar
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from culture.access.models import AuditEntry, Grant, Role
from culture.people.models import Employee
from programs.training import assigning, courses, evaluating, sessions, upkeep
from programs.training.models import Assignment, Completion, CourseVersion
from programs.training.path_rules import Conditions
from programs.training.session_models import Seat, Session
from tests.conftest import make_person
from tests.programs.path_world import make_path, step
from tests.programs.test_planning import make_program

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def plan(now: dt.datetime | None = None, **changed: Any) -> sessions.Plan:
    starts = (now or timezone.now()) + 7 * DAY
    given = {"starts_at": starts, "ends_at": starts + 2 * HOUR, "time_zone": "Europe/Rome", "place": "Room 1"}
    return sessions.Plan(**{**given, "capacity": 2, **changed})


@pytest.fixture
def version(hr: Any, manager: Any, units: Any) -> CourseVersion:
    """A course that asks for one meeting, assigned to everybody in Retail."""
    made = courses.publish(by=hr, name="Recovery", lessons=[("One", "Text")], sessions=1)
    today = timezone.localdate()
    cohort = make_program(hr, units).cohorts.first()
    assigning.assign(by=hr, course=made.course, cohort=cohort, due_on=today + 30 * DAY, today=today)
    return made


@pytest.fixture
def session(hr: Any, version: CourseVersion) -> Session:
    return sessions.plan(by=hr, course=version.course, plan=plan())


def people(count: int, like: Any) -> list[Employee]:
    return [make_person(f"S{number}", like.unit) for number in range(count)]


def states(session: Session) -> list[str]:
    return list(session.seats.order_by("asked_at", "pk").values_list("state", flat=True))


def typed(**changed: Any) -> dict[str, Any]:
    day = timezone.localdate() + 9 * DAY
    given = {"day": day.isoformat(), "begins": "09:00", "ends": "11:00", "time_zone": "Europe/Bucharest"}
    return {**given, "place": "Room 7", "capacity": "12", "trainer": "", **changed}


def test_hr_plans_a_session_in_its_own_zone(hr: Any, version: Any, client_of: Any) -> None:
    client, url = client_of(hr), reverse("training:session_new", args=[version.course.pk])
    assert 'value="Europe/Rome"' in client.get(url).content.decode()
    page = client.post(url, typed(), follow=True).content.decode()
    made = Session.objects.get()
    assert made.starts_at.astimezone(made.zone).hour == 9 and "09:00–11:00" in page and "0 of 12 seats" in page
    detail = client.get(reverse("training:detail", args=[version.course.pk])).content.decode()
    assert "Room 7" in detail and "0 of 12 seats" in detail
    edited = client.post(reverse("training:session_edit", args=[made.pk]), typed(place="Room 8"), follow=True)
    assert "Room 8" in edited.content.decode()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"day": "2020-01-01"}, "This is past"),
        ({"ends": "08:00"}, "ends before it begins"),
        ({"begins": "01:00", "ends": "23:00"}, "12 hours at most"),
        ({"capacity": "0"}, "greater than or equal to 1"),
        ({"time_zone": "Mars/Base"}, "time zone such as"),
        ({"place": " "}, "This field is required"),
    ],
)
def test_an_impossible_session_is_refused_beside_its_field(
    hr: Any, version: Any, client_of: Any, changed: dict[str, str], told: str
) -> None:
    answer = client_of(hr).post(reverse("training:session_new", args=[version.course.pk]), typed(**changed))
    assert answer.status_code == 422 and told in answer.content.decode()
    assert not Session.objects.exists()


def test_an_employee_takes_a_seat_waits_and_moves_up(
    hr: Any, version: Any, session: Any, employee: Any, client_of: Any
) -> None:
    first, second = people(2, employee)
    for person in (first, second):
        sessions.take_seat(employee=person, session=session, by=person)
    client, mine = client_of(employee), reverse("training:my_course", args=[version.course.pk])
    page = client.get(mine).content.decode()
    assert "Join the waiting list" in page and "1 meeting is still to be attended" in page
    page = client.post(reverse("training:my_seat", args=[session.pk]), {"do": "take"}, follow=True).content.decode()
    assert "on the waiting list" in page
    assert states(session) == ["booked", "booked", "waiting"]
    sessions.give_up(seat=Seat.objects.get(employee=first), by=first)
    assert "you have a seat" in client.get(mine).content.decode()
    client.post(reverse("training:my_seat", args=[session.pk]), {"do": "give_up"})
    assert Seat.objects.get(employee=employee).state == "given_up"
    assert "Take a seat" in client.get(mine).content.decode()


def test_more_seats_go_to_those_who_wait_in_their_order(hr: Any, session: Any, employee: Any) -> None:
    for person in people(5, employee):
        sessions.take_seat(employee=person, session=session, by=person)
    assert states(session) == ["booked"] * 2 + ["waiting"] * 3
    sessions.change(by=hr, session=session, plan=plan(capacity=4))
    assert states(session) == ["booked"] * 4 + ["waiting"]
    with pytest.raises(ValidationError, match="4 people have a seat already"):
        sessions.change(by=hr, session=session, plan=plan(capacity=3))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_share_the_last_seat(hr: Any, employee: Any, units: Any) -> None:
    made = courses.publish(by=hr, name="Full", lessons=[("One", "Text")])
    session = sessions.plan(by=hr, course=made.course, plan=plan(capacity=1))
    gate = threading.Barrier(4)

    def ask(person: Employee) -> None:
        gate.wait()
        try:
            sessions.take_seat(employee=person, session=session, by=person)
        finally:
            connection.close()

    crowd = [threading.Thread(target=ask, args=[person]) for person in people(4, employee)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert sorted(states(session)) == ["booked", "waiting", "waiting", "waiting"]


def test_who_leaves_before_it_frees_the_seat(hr: Any, session: Session, employee: Any, client_of: Any) -> None:
    first, second, third, fourth = people(4, employee)
    for person in (first, second, third, fourth, employee):
        sessions.take_seat(employee=person, session=session, by=person)
    day, now = timezone.localdate(session.starts_at, session.zone), timezone.now()
    Employee.objects.filter(pk=first.pk).update(left_on=day - DAY)
    Employee.objects.filter(pk=second.pk).update(left_on=day)  # his last day is the day of the session
    Employee.objects.filter(pk=third.pk).update(left_on=day - 2 * DAY)  # waits, and would be the next
    assert upkeep.nightly(today=timezone.localdate(), now=now)["seats"] == 2
    assert upkeep.nightly(today=timezone.localdate(), now=now)["seats"] == 0
    assert states(session) == ["given_up", "booked", "given_up", "booked", "waiting"]
    page = client_of(hr).get(reverse("training:session", args=[session.pk])).content.decode()
    assert first.name not in page and fourth.name in page
    told = AuditEntry.objects.filter(verb="took back a seat").order_by("pk")
    assert [entry.actor for entry in told] == [None, None]
    # Before the night came, the one who leaves is passed over.
    Employee.objects.filter(pk=employee.pk).update(left_on=day - DAY)
    sessions.give_up(seat=session.seats.get(employee=fourth), by=fourth)
    assert session.seats.get(employee=employee).state == "waiting"
    # Nothing is changed once it has begun.
    Employee.objects.filter(pk=second.pk).update(left_on=day - DAY)
    assert sessions.free_leavers(now=session.starts_at) == 0


def held(session: Session, by: Any, *marks: tuple[Employee, str]) -> None:
    """It took place: seats, then attendance the same evening."""
    for person, _word in marks:
        sessions.take_seat(employee=person, session=session, by=person)
    by_seat = {session.seats.get(employee=person).pk: word for person, word in marks}
    sessions.mark(by=by, session=session, marks=by_seat, now=session.ends_at)


def test_who_came_completes_and_who_did_not_does_not(hr: Any, version: Any, session: Any, employee: Any) -> None:
    other = people(1, employee)[0]
    for person in (employee, other):
        courses.finish_lesson(employee=person, lesson=version.lessons.get())
    assert not Completion.objects.exists()
    held(session, hr, (employee, "late"), (other, "absent"))
    done = Completion.objects.get()
    assert (done.employee, done.done_on) == (employee, timezone.localdate(session.ends_at))
    assert done.evidence["sessions"] == 1
    seat = session.seats.get(employee=employee)
    sessions.mark(by=hr, session=session, marks={seat.pk: "absent"}, now=session.ends_at)
    assert Completion.objects.filter(pk=done.pk).exists()


def test_nobody_is_marked_before_the_session_begins(hr: Any, version: Any, employee: Any, client_of: Any) -> None:
    """Until then seats are given up and sessions cancelled; a mark would grant for good what never took place."""
    courses.finish_lesson(employee=employee, lesson=version.lessons.get())
    early, now = timezone.now() - DAY, timezone.now()
    session = sessions.plan(by=hr, course=version.course, plan=plan(early - 6 * DAY + 3 * HOUR), now=early)
    assert now < session.starts_at < now + 4 * HOUR
    seat = sessions.take_seat(employee=employee, session=session, by=employee)
    client, url = client_of(hr), reverse("training:session", args=[session.pk])
    page = client.get(url).content.decode()
    assert "Save attendance" not in page and "Take the seat back" in page
    assert "can be marked here once the session has begun" in page
    answer = client.post(reverse("training:session_act", args=[session.pk]), {"do": "all"})
    starts = session.local(session.starts_at)
    told = f"once the session has begun: {date_format(starts, 'DATE_FORMAT')}, {starts:%H:%M}."
    assert answer.status_code == 422 and told in answer.content.decode()
    api = f"/api/v1/sessions/{session.pk}/attendance/"
    marks = [{"number": employee.number, "attendance": "present"}]
    assert client.post(api, marks, "application/json").status_code == 400
    with pytest.raises(ValidationError, match="once the session has begun"):
        sessions.mark(
            by=hr, session=session, marks={seat.pk: "present"}, now=session.starts_at - dt.timedelta(seconds=1)
        )
    assert not Completion.objects.exists()
    sessions.mark(by=hr, session=session, marks={seat.pk: "present"}, now=session.starts_at)
    assert Completion.objects.count() == 1


def test_a_seat_marked_too_early_is_given_up_all_the_same(session: Session, employee: Any, client_of: Any) -> None:
    """Such marks were possible once; the database lets nobody without a seat have attended."""
    seat = sessions.take_seat(employee=employee, session=session, by=employee)
    Seat.objects.filter(pk=seat.pk).update(attendance="present")
    url = reverse("training:my_seat", args=[session.pk])
    assert client_of(employee).post(url, {"do": "give_up"}).status_code == 302
    seat.refresh_from_db()
    assert (seat.state, seat.attendance) == ("given_up", "")


def test_rates_to_date_and_of_all(hr: Any, version: Any, employee: Any) -> None:
    """Ten sessions, five past and all attended: 5 of 5 to date, 5 of 10 in all."""
    now = timezone.now()
    for number in range(10):
        early = now - 60 * DAY + number * 11 * DAY
        made = sessions.plan(by=hr, course=version.course, plan=plan(early), now=early)
        seat = sessions.take_seat(employee=employee, session=made, by=employee, now=early)
        if made.starts_at < now:
            sessions.mark(by=hr, session=made, marks={seat.pk: "present"}, now=made.ends_at)
    told = sessions.meetings(employee, version.course, now)
    assert (told.came, told.held, told.planned) == (5, 5, 10)
    assert (told.to_date, told.of_all) == (1.0, 0.5)


def past(hr: Any, version: CourseVersion) -> Session:
    early = timezone.localtime() - 8 * DAY
    return sessions.plan(by=hr, course=version.course, plan=plan(early), now=early)


def test_attendance_is_marked_on_the_page_and_by_file(hr: Any, version: Any, employee: Any, client_of: Any) -> None:
    session = past(hr, version)
    other = people(1, employee)[0]
    early = session.starts_at - DAY
    seats = [sessions.take_seat(employee=one, session=session, by=one, now=early) for one in (employee, other)]
    client, act = client_of(hr), reverse("training:session_act", args=[session.pk])
    client.post(act, {"do": "mark", f"seat_{seats[0].pk}": "present"})
    seats[0].refresh_from_db()
    assert (seats[0].attendance, seats[0].marked_by) == ("present", hr)
    third = sessions.take_seat(employee=make_person("S9", employee.unit), session=session, by=hr, now=early)
    Seat.objects.filter(pk=third.pk).update(state="booked")
    client.post(act, {"do": "all", f"seat_{third.pk}": "absent"})
    assert [seat.attendance for seat in session.seats.order_by("pk")] == ["present", "present", "absent"]
    listed = client.get(reverse("training:session_seats", args=[session.pk])).content.decode("utf-8-sig")
    assert f"{employee.number}," in listed and "present" in listed
    good = SimpleUploadedFile("a.csv", f"number;attendance\n{other.number};Excused\n".encode())
    client.post(act, {"do": "file", "file": good})
    seats[1].refresh_from_db()
    assert seats[1].attendance == "excused"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("name\nx\n", "are needed"),
        ("number,attendance\nNOBODY,present\n", "Line 2: nobody with the number"),
        ("number,attendance\n{number},maybe\n", "is no attendance"),
    ],
)
def test_a_bad_file_marks_nobody(hr: Any, version: Any, employee: Any, client_of: Any, content: str, told: str) -> None:
    session = past(hr, version)
    seat = sessions.take_seat(employee=employee, session=session, by=employee, now=session.starts_at - DAY)
    text = content.format(number=employee.number)
    file = SimpleUploadedFile("a.csv", f"{text}{employee.number},present\n".encode())
    answer = client_of(hr).post(reverse("training:session_act", args=[session.pk]), {"do": "file", "file": file})
    page = answer.content.decode()
    assert answer.status_code == 422 and told in page and "Nothing was changed" in page
    seat.refresh_from_db()
    assert seat.attendance == ""


def test_a_cancelled_session_says_why(hr: Any, version: Any, session: Any, employee: Any, client_of: Any) -> None:
    sessions.take_seat(employee=employee, session=session, by=employee)
    client, act = client_of(hr), reverse("training:session_act", args=[session.pk])
    assert client.post(act, {"do": "cancel", "reason": ""}).status_code == 422
    client.post(act, {"do": "cancel", "reason": "The trainer is ill."})
    page = client_of(employee).get(reverse("training:my_course", args=[version.course.pk])).content.decode()
    assert "The trainer is ill." in page
    with pytest.raises(ValidationError, match="was cancelled"):
        sessions.take_seat(employee=employee, session=session, by=employee)


def test_a_seat_goes_into_the_calendar(hr: Any, session: Any, employee: Any, stranger: Any, client_of: Any) -> None:
    url = reverse("training:my_calendar", args=[session.pk])
    assert client_of(employee).get(url).status_code == 404
    sessions.take_seat(employee=employee, session=session, by=employee)
    answer = client_of(employee).get(url)
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart") == session.starts_at.replace(microsecond=0)
    assert (str(event["summary"]), str(event["location"]), str(event["status"])) == (
        "Recovery", "Room 1", "CONFIRMED",
    )  # fmt: skip
    first = event["uid"]
    sessions.change(by=hr, session=session, plan=plan(place="Room 2"))
    (again,) = icalendar.Calendar.from_ical(client_of(employee).get(url).content).walk("VEVENT")
    assert (again["uid"], again["sequence"], str(again["location"])) == (first, 1, "Room 2")
    assert client_of(stranger).get(url).status_code == 404


def test_a_trainer_of_one_unit_sees_his_people_only(
    hr: Any, session: Any, employee: Any, stranger: Any, units: Any, client_of: Any
) -> None:
    trainer = make_person("T1", stranger.unit)
    Grant.objects.create(employee=trainer, role=Role.TRAINER, unit=employee.unit)
    for person in (employee, stranger):
        sessions.take_seat(employee=person, session=session, by=person)
    client, act = client_of(trainer), reverse("training:session_act", args=[session.pk])
    page = client.get(reverse("training:session", args=[session.pk])).content.decode()
    assert employee.name in page and stranger.name not in page and "not in your units" in page
    assert stranger.number not in client.get(reverse("training:session_seats", args=[session.pk])).content.decode()
    foreign = session.seats.get(employee=stranger)
    assert client.post(act, {"do": f"back:{foreign.pk}"}).status_code == 404
    refused = client.post(act, {"do": "seat", "number": make_person("X1", stranger.unit).number})
    assert refused.status_code == 422 and "There is nobody with the number" in refused.content.decode()


def test_who_may(session: Any, employee: Any, manager: Any, stranger: Any, client_of: Any) -> None:
    pages = ["session", "session_edit", "session_seats"]
    for page in (reverse(f"training:{name}", args=[session.pk]) for name in pages):
        assert client_of(employee).get(page).status_code == 403
        assert client_of(manager).get(page).status_code == 403
        assert client_of(None).get(page).status_code == 302
    seat = reverse("training:my_seat", args=[session.pk])
    assert client_of(stranger).post(seat, {"do": "take"}).status_code == 404
    assert client_of(employee).get(seat).status_code == 405
    assert not Seat.objects.exists()


def test_a_class_that_only_a_path_asks_for_is_booked_on_its_page(
    hr: Any, employee: Any, stranger: Any, client_of: Any
) -> None:
    asked = courses.publish(by=hr, name="In class", lessons=[("One", "Text")])
    today = timezone.localdate()
    only = Conditions(unit=employee.unit_id)
    path = make_path(hr, step(asked, kind="session"), today=today, rules=[only])
    session = sessions.plan(by=hr, course=asked.course, plan=plan())
    client, mine = client_of(employee), reverse("training:my_course", args=[asked.course.pk])
    url = reverse("training:my_seat", args=[session.pk])
    assert "Take a seat" in client.get(mine).content.decode()
    page = client.post(url, {"do": "take"}, follow=True).content.decode()
    assert "You have a seat." in page and states(session) == ["booked"]
    assert client_of(stranger).post(url, {"do": "take"}).status_code == 404
    # The course is asked of him no more: he gives the seat back, and takes no other.
    evaluating.end_enrolments([path.enrolments.get(employee=employee).pk], "moved", today)
    Assignment.objects.filter(employee=employee).update(ended_on=today - DAY, assigned_on=today - DAY)
    answer = client.post(url, {"do": "give_up"}, follow=True)
    assert answer.status_code == 200 and "Your seat is free" in answer.content.decode()
    assert states(session) == ["given_up"]
    assert client.post(url, {"do": "take"}).status_code == 404


def test_queries_do_not_grow(hr: Any, version: Any, session: Any, employee: Any, client_of: Any) -> None:
    pages = [reverse("training:session", args=[session.pk]), reverse("training:detail", args=[version.course.pk])]
    sessions.take_seat(employee=employee, session=session, by=employee)
    mine = reverse("training:my_course", args=[version.course.pk])
    before = [_count(client_of(hr), page) for page in pages] + [_count(client_of(employee), mine)]
    for person in people(3, employee):
        sessions.take_seat(employee=person, session=session, by=person)
    for _number in range(2):
        more = sessions.plan(by=hr, course=version.course, plan=plan())
        sessions.take_seat(employee=employee, session=more, by=employee)
    after = [_count(client_of(hr), page) for page in pages] + [_count(client_of(employee), mine)]
    assert after == before


def _count(client: Any, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(page).status_code == 200
    return len(caught)
