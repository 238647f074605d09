"""The power of three: written down on a phone, read by its writer alone, told of groups of ten."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.access.models import AuditEntry, Grant, Role
from culture.people import erasure, retention, rights
from culture.people.models import Employee, Unit
from programs.planning import indicators
from programs.planning.models import Enrolment, Program
from programs.practices import counting, figures, notes, switching
from programs.practices import tick as practice_tick
from programs.practices.models import PracticeNote, PracticeSwitch, PracticeWeek
from programs.reports import readings
from tests.conftest import make_person, make_unit
from tests.programs.practice_world import DAY, gone, monday, note, running, today

PLANTED = "Planted reminder about the blue van"


@pytest.fixture
def program(hr: Employee, manager: Employee, stranger: Employee, units: dict[str, Unit]) -> Program:
    return running(hr, units["Retail"])


def entry(**changes: Any) -> dict[str, Any]:
    form = {"key": str(uuid.uuid4()), "kind": "apology", "many": "2", "customer": "outside", "day": "today", "note": ""}
    return {**form, **changes}


def page(client: Any, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def test_written_down_seen_and_taken_out(client_of: Any, employee: Employee, program: Program) -> None:
    client = client_of(employee)
    assert "A personal note to a customer?" in page(client, "/")
    assert "No customer’s name is asked for" in page(client, "/practices/")
    form = entry(note=PLANTED)
    for _twice in range(2):
        assert client.post("/practices/", form).status_code == 302
    assert PracticeNote.objects.count() == 1, "sent twice is kept once"
    assert "2 of 3 personal notes today" in page(client, "/")
    client.post("/practices/", entry(kind="goodbye", many="1", day="yesterday"))
    told = page(client, "/practices/")
    assert "2 of 3 personal notes today" in told and PLANTED in told
    assert PLANTED in page(client, "/practices/log/") and "Goodbye" in page(client, "/practices/log/")
    client.post("/practices/", entry())
    assert "4 personal notes today: the three are there" in page(client, "/practices/")
    pk = PracticeNote.objects.filter(note=PLANTED).get().pk
    assert client.post(f"/practices/log/{pk}/remove/").status_code == 302
    assert PLANTED not in page(client, "/practices/log/")


def test_wrong_entries_are_kept_on_the_page(client_of: Any, employee: Employee, program: Program) -> None:
    client = client_of(employee)
    for wrong, told in (
        ({"kind": ""}, "This field is required"),
        ({"many": "77"}, "77 is not one of"),
        ({"note": "Mail to ann@example.com"}, "Take out “ann@example.com”"),
        ({"note": "081 555 12 34"}, "Take out “081 555 12 34”"),
    ):
        answer = client.post("/practices/", entry(**wrong))
        assert answer.status_code == 400 and told in answer.content.decode()
        assert str(wrong.get("note", "")) in answer.content.decode()
    for _n in range(6):
        client.post("/practices/", entry(many="5"))
    answer = client.post("/practices/", entry())
    assert answer.status_code == 400 and "30 notes are written down for this day already" in answer.content.decode()
    assert PracticeNote.objects.count() == 6


def test_nobody_reads_anothers_log(
    client_of: Any, employee: Employee, manager: Employee, hr: Employee, program: Program
) -> None:
    """Planted first: then neither manager, HR, auditor nor a colleague finds a trace of it anywhere."""
    lead = make_person("AUD", hr.unit)
    Grant.objects.create(employee=lead, role=Role.AUDITOR)
    mine = note(employee, note=PLANTED)
    before = AuditEntry.objects.count()
    note(employee, note=PLANTED)
    assert AuditEntry.objects.count() == before, "the audit trail is no diary"
    for person in (manager, hr, lead, Employee.objects.get(number="A2")):
        client = client_of(person)
        for url in ("/practices/", "/practices/log/", "/", "/practices/team/", "/practices/desk/", "/audit/",
                    f"/people/{employee.pk}/"):  # fmt: skip
            assert PLANTED not in client.get(url).content.decode(), (person, url)
        assert client.post(f"/practices/log/{mine.pk}/remove/").status_code == 404
        listed = client.get("/api/v1/practice-notes/").json()
        assert listed["results"] == []
    assert PracticeNote.objects.count() == 2


def test_off_means_nothing_is_asked(
    client_of: Any, employee: Employee, hr: Employee, manager: Employee, units: dict[str, Unit]
) -> None:
    program = running(hr, units["Retail"], on=False)
    client = client_of(employee)
    assert "Not switched on for you" in page(client, "/practices/")
    assert "personal note" not in page(client, "/")
    assert client.post("/practices/", entry()).status_code == 400
    assert not PracticeNote.objects.exists()
    url = f"/programs/{program.pk}/practices/"
    assert client.get(url).status_code == client_of(manager).get(url).status_code == 403
    desk = client_of(hr)
    assert "Switch practices on" in page(desk, url)
    assert "Switch them on" in page(desk, f"/programs/{program.pk}/")
    desk.post(url, {"on": "yes"})
    desk.post(url, {"on": "yes"})
    assert PracticeSwitch.objects.get().on and switching.keeps(employee, today())
    assert AuditEntry.objects.filter(verb="practices.on").count() == 1
    assert client.post("/practices/", entry(note=PLANTED)).status_code == 302
    desk.post(url, {"on": "no"})
    assert client.post("/practices/", entry()).status_code == 400
    assert PLANTED in page(client, "/practices/log/"), "what was written stays"


def test_letters_in_five_languages(client_of: Any, employee: Employee, db: None) -> None:
    client = client_of(employee)
    for code, words in (("it", "mi dispiace"), ("ro", "Îmi pare rău"), ("zh-hans", "非常抱歉"), ("fr", "mes excuses")):
        told = page(client, f"/practices/letters/?lang={code}")
        assert words in told and f'lang="{code}"' in told
    assert "I am sorry." in page(client, "/practices/letters/?lang=xx")


# -- what others see ------------------------------------------------------------------------------------------------


def weeks_ago(days: int = 0) -> dt.date:
    return counting.window(today())[1] - days * DAY


def tick() -> bool:
    """What the minute's tick does; whether there is a further week now."""
    before = PracticeWeek.objects.count()
    practice_tick.tick(now=timezone.now())
    return PracticeWeek.objects.count() > before


def write(people: list[Employee], day: dt.date) -> None:
    for person in people:
        note(person, on=day)


def test_a_manager_sees_shares_of_ten_and_more_and_no_person(
    client_of: Any, manager: Employee, program: Program, units: dict[str, Unit]
) -> None:
    """Branch A has twelve; Branch B, of two, is told together with it."""
    team = list(Employee.objects.filter(manager=manager).order_by("pk"))
    write(team[:6], weeks_ago(3))
    assert "Nothing to tell yet" in page(client_of(manager), "/practices/team/")
    assert tick() and not tick(), "once a week"
    told = page(client_of(manager), "/practices/team/")
    assert "about 40 %" in told and "Branch B" in told, "6 of 13"
    assert not any(person.name in told for person in team)
    write(team[6:], weeks_ago(40))
    monday(again=True)
    assert "about 40 %" in page(client_of(manager), "/practices/team/"), "older than the four weeks"


def test_all_and_nobody_look_like_most_and_few(hr: Employee, manager: Employee, program: Program) -> None:
    everybody = list(Employee.objects.filter(unit__name__startswith="Branch"))
    assert figures.of(today()).rows[0].wrote.words == "under 30 %"
    write(everybody, weeks_ago(1))
    row = figures.of(today()).rows[0]
    assert row.wrote.words == "over 70 %" and row.notes == "10 or more"


def test_fewer_than_ten_are_not_told(client_of: Any, hr: Employee, units: dict[str, Unit]) -> None:
    small = make_unit("Small", units["Services"])
    people = [make_person(f"T{n}", small, manager=hr) for n in range(9)]
    program = running(hr, small)
    write(people, weeks_ago(1))
    monday()
    found = figures.told(today())
    assert found == figures.of(today())
    assert found.rows == [] and found.wrote is None and found.kinds == {} and found.people == 0
    assert "Nothing to tell yet" in page(client_of(hr), "/practices/desk/")
    assert "Fewer than 10 people" in page(client_of(hr), f"/programs/{program.pk}/practices/")
    read = indicators.read("practices.people", program, today())
    assert read.value is None and "fewer than 10" in read.words


def test_notes_of_who_is_away_or_gone_and_late_entries_do_not_count(
    manager: Employee, program: Program, employee: Employee
) -> None:
    write([employee], weeks_ago(1))
    assert figures.of(today()).programs[program.pk].people == 13
    Enrolment.objects.filter(employee=employee).update(until=weeks_ago(2))
    found = figures.of(today())
    assert found.people == 12 and found.programs[program.pk].people == 12
    late = note(manager, on=weeks_ago(0))
    PracticeNote.objects.filter(pk=late.pk).update(at=figures.begins(weeks_ago(0) + DAY))
    assert not figures.written(*counting.window(today())).filter(pk=late.pk).exists()


def test_figures_cost_the_same_for_one_unit_and_for_many(
    hr: Employee, program: Program, units: dict[str, Unit]
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            figures.of(today())
        return len(asked)

    one = cost()
    for n in range(3):
        make_unit(f"Extra {n}", units["Retail"])
    assert cost() == one <= 13


def test_leaders_pages_do_not_count_for_each_reader(program: Program) -> None:
    monday()
    found = figures.told(today())
    assert found.people == 13
    with CaptureQueriesContext(connection) as asked:
        assert figures.told(today()) == found
    assert len(asked) == 1


def test_the_scorecard_tells_practices_and_what_stands_behind(
    client_of: Any, executive: Employee, employee: Employee, hr: Employee, program: Program
) -> None:
    write(list(Employee.objects.filter(unit__name="Branch A"))[:6], weeks_ago(2))
    monday()
    client = client_of(executive)
    told = page(client, f"/scorecard/{program.pk}/")
    assert "People who write personal notes" in told and "about 40 % of 13 people" in told
    behind = page(client, f"/scorecard/{program.pk}/number/practices.people/")
    assert "about 40 %" in behind and "10 people or cases" in behind and "none is a sample" in behind
    assert "Nobody but the writer sees who wrote" in behind
    for key in ("practices.recoveries", "practices.ideas"):
        assert "fewer than 10" in page(client, f"/scorecard/{program.pk}/number/{key}/")
    assert readings.keep(program, today()) == len(readings.names())
    api = client.get(f"/api/v1/scorecards/{program.pk}/").json()
    assert {"practices.people", "practices.ideas"} <= {one["key"] for one in api["leading"]}
    switching.turn(program=program, on=False, by=hr, today=today())
    assert "People who write personal notes" not in page(client, f"/scorecard/{program.pk}/")
    assert client_of(employee).get(f"/scorecard/{program.pk}/number/practices.people/").status_code == 403
    assert indicators.read("practices.people", program, today()).value is None


# -- one's own ------------------------------------------------------------------------------------------------------


def test_the_own_week_counts_days_and_weeks(employee: Employee, program: Program) -> None:
    note(employee, many=2)
    note(employee, on=counting.week(today())[0] - 15 * DAY)
    own = notes.own(employee, today())
    assert (own.today, own.in_week, own.weeks) == (2, 2, 2)
    assert [day.is_today for day in own.week].count(True) == 1
    with CaptureQueriesContext(connection) as asked:
        notes.own(employee, today())
    assert len(asked) == 1


def test_a_long_log_has_pages_at_the_same_cost(client_of: Any, employee: Employee, program: Program) -> None:
    client = client_of(employee)

    def cost() -> int:
        page(client, "/practices/log/")
        with CaptureQueriesContext(connection) as asked:
            page(client, "/practices/log/")
        return len(asked)

    note(employee)
    one = cost()
    for _n in range(2):
        note(employee)
    assert cost() == one


def test_erasing_somebody_takes_his_log_along(employee: Employee, hr: Employee, program: Program) -> None:
    note(employee, note=PLANTED)
    (holding,) = [one for one in rights.holdings() if one.model == "programs.PracticeNote"]
    assert PLANTED in str(holding.shown(employee))
    gone(employee)
    erasure.erase(employee=employee, by=hr, today=today())
    assert not PracticeNote.objects.exists()


def test_notes_expire(employee: Employee, program: Program) -> None:
    old, new = note(employee), note(employee)
    PracticeNote.objects.filter(pk=old.pk).update(at=timezone.now() - dt.timedelta(days=500))
    kind = retention.find("practice-notes")
    assert kind is not None
    assert kind.sweep(timezone.now() - dt.timedelta(days=kind.default), 10) == 1
    assert list(PracticeNote.objects.all()) == [new]
