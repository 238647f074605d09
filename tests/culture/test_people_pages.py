"""The pages of people: the list, a person, and what HR records."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.access.models import AuditEntry, Grant, Role
from culture.people import leaves, memberships, settling
from culture.people.models import Employee, Leave, Membership, Reporting
from tests.conftest import make_person

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def today() -> dt.date:
    return timezone.localdate()


@pytest.fixture
def unit_hr(units) -> Employee:
    person = make_person("UH1", units["Retail"], given_name="Ugo", family_name="Retail")
    Grant.objects.create(employee=person, role=Role.HR_ADMIN, unit=units["Retail"])
    return person


def test_who_may_see_and_change_a_person(hr, unit_hr, manager, executive, employee, stranger, client_of) -> None:
    page, form = f"/people/{employee.pk}/", f"/people/{employee.pk}/do/move/"
    for person, sees, changes in (
        (hr, 200, 200), (unit_hr, 200, 200), (manager, 200, 403), (executive, 403, 403), (employee, 403, 403),
        (stranger, 403, 403),
    ):  # fmt: skip
        client = client_of(person)
        assert (client.get(page).status_code, client.get(form).status_code) == (sees, changes), person
    assert client_of(manager).get(f"/people/{stranger.pk}/").status_code == 404
    assert client_of(unit_hr).get(f"/people/{hr.pk}/do/move/").status_code == 404
    assert client_of(None).get(page).status_code == 302


def test_leaves_and_roles_are_for_hr_only(hr, manager, employee, client_of, today) -> None:
    leaves.start(employee, since=today, kind="study", by=hr)
    Grant.objects.create(employee=employee, role=Role.EXECUTIVE)
    for_hr, for_boss = (text(client_of(one).get(f"/people/{employee.pk}/")) for one in (hr, manager))
    assert "Study" in for_hr
    assert "Executive" in for_hr
    for secret in ("Study", "On leave", "Executive", "Leaves of absence", "Roles granted"):
        assert secret not in for_boss
    assert "On leave" in text(client_of(hr).get("/people/"))
    assert "On leave" not in text(client_of(manager).get("/people/"))


def test_the_list_is_narrowed(hr, manager, stranger, units, client_of, today) -> None:
    client = client_of(hr)
    without = Employee.objects.get(number="A1")
    without.email = None
    without.save()
    Employee.objects.filter(number="A2").update(kind="external")
    Employee.objects.filter(number="A3").update(hired_on=today - 10 * DAY)
    memberships.record_leaving(Employee.objects.get(number="A4"), last_day=today - DAY, by=hr)
    leaves.start(Employee.objects.get(number="A5"), since=today, by=hr)

    def found(query: str) -> set[str]:
        page = client.get(f"/people/?{query}").content.decode()
        return set(re.findall(r'data-label="Number">([^<]+)<', page))

    assert found("only=noemail") == {"A1"}
    assert found("only=external") == {"A2"}
    assert found("only=joined") == {"A3"}
    assert found("only=left") == {"A4"}
    assert found("left=1") == {"A4"}
    assert found("only=away") == {"A5"}
    assert found("unit=Branch+B") == {"S1"}
    assert found("unit=Retail&q=sven") == {"S1"}
    assert found("q=A1") == {"A1", "A10", "A11"}
    assert "A4" not in found("")
    assert "There is no open unit called “Nowhere” here." in text(client.get("/people/?unit=Nowhere"))


def test_a_name_in_another_script_is_found_and_well_written(hr, units, client_of) -> None:
    make_person("W1", units["Services"], given_name="小明", family_name="王")
    make_person("R1", units["Services"], given_name="Ștefan", family_name="Țăranu")
    assert "王小明" in text(client_of(hr).get("/people/?q=小明"))
    assert "Ștefan Țăranu" in text(client_of(hr).get("/people/?q=taranu"))
    assert client_of(hr).get("/people/suggest/?q=taranu").json() == {"values": ["Ștefan Țăranu (R1)"]}


def test_hr_adds_moves_and_corrects_by_page(hr, manager, units, client_of, today) -> None:
    client = client_of(hr)
    fields = {
        "given_name": "Ada", "family_name": "Neu", "number": "N1", "email": "", "unit": "Branch A", "manager": "M1",
        "hired_on": "2026-01-10", "language": "ro", "time_zone": "Europe/Bucharest", "kind": "external",
    }  # fmt: skip
    client.post("/people/new/", fields)
    person = Employee.objects.get(number="N1")
    assert (person.email, person.manager, person.language, person.kind) == (None, manager, "ro", "external")
    assert Membership.objects.get(employee=person).since == dt.date(2026, 1, 10)
    client.post(f"/people/{person.pk}/do/move/", {"to": "Services", "on": today.isoformat()})
    person.refresh_from_db()
    assert person.unit == units["Services"]
    assert [str(row.until) for row in person.memberships.order_by("since")] == [str(today - DAY), "None"]
    corrected = client.post(
        f"/people/{person.pk}/do/correct/", {**fields, "family_name": "Nová", "hired_on": "2025-12-01"}, follow=True
    )
    assert "The data is corrected." in text(corrected)
    assert person.memberships.order_by("since").first().since == dt.date(2025, 12, 1)
    assert person.reportings.get().since == dt.date(2025, 12, 1)
    assert Employee.objects.found_by("nova").get() == person
    entry = AuditEntry.objects.get(verb="employee.correct")
    assert sorted(entry.detail["fields"]) == ["family_name", "hired_on"]
    assert "Nová" not in str(entry.detail)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("time_zone", "Mars/Base", "is no time zone"),
        ("language", "xx-yy", "not one of the available choices"),
        ("number", "A1", "This number belongs to"),
        ("email", "A1@MERIDIAN.test", "Two people cannot share one"),
        ("email", "nonsense", "valid email"),
        ("unit", "Nowhere", "no open unit"),
        ("manager", "Person", "Several people fit"),
        ("manager", "zzz", "Nobody here is called"),
        ("hired_on", "31/31/2026", "valid date"),
        ("given_name", "", "required"),
    ],
)
def test_bad_input_is_refused_beside_its_field(field, value, problem, hr, manager, client_of) -> None:
    fields = {
        "given_name": "Ada", "family_name": "Neu", "number": "N1", "email": "ada@meridian.test", "unit": "Branch A",
        "manager": "", "hired_on": "2026-01-10", "language": "en", "time_zone": "Europe/Rome", "kind": "employee",
    }  # fmt: skip
    answer = client_of(hr).post("/people/new/", {**fields, field: value})
    assert answer.status_code == 422
    assert problem in text(answer).replace("&#x27;", "'")
    assert 'value="Neu"' in answer.content.decode()
    assert not Employee.objects.filter(number="N1").exists()


def test_leaving_and_coming_back(hr, manager, employee, units, client_of, today) -> None:
    client, last = client_of(hr), today - 5 * DAY
    successor = Employee.objects.get(number="A2")
    client.post(f"/people/{manager.pk}/do/leaving/", {"last_day": last.isoformat(), "successor": "A2"})
    manager.refresh_from_db()
    employee.refresh_from_db()
    successor.refresh_from_db()
    assert manager.left_on == last
    assert (employee.manager, successor.manager) == (successor, None)
    assert not Membership.objects.on(last + DAY).filter(employee=manager).exists()
    assert "Erase identity" in text(client.get(f"/people/{manager.pk}/"))
    client.post(f"/people/{manager.pk}/do/rehire/", {"unit": "Services", "on": today.isoformat()})
    manager.refresh_from_db()
    assert (manager.left_on, manager.unit) == (None, units["Services"])
    assert Membership.objects.filter(employee=manager).count() == 2


def test_the_last_hr_admin_cannot_leave(hr, client_of, today) -> None:
    answer = client_of(hr).post(f"/people/{hr.pk}/do/leaving/", {"last_day": today.isoformat()})
    assert answer.status_code == 422
    assert "only HR admin" in text(answer)
    hr.refresh_from_db()
    assert hr.left_on is None


def test_hr_of_a_unit_cannot_take_over_somebody_with_a_role(unit_hr, units, client_of) -> None:
    admin = make_person("AD", units["Branch A"])
    Grant.objects.create(employee=admin, role=Role.HR_ADMIN)
    fields = {
        "given_name": "Person", "family_name": "AD", "number": "AD", "email": "mine@meridian.test",
        "hired_on": "2020-01-01", "language": "en", "time_zone": "Europe/Rome", "kind": "employee",
    }  # fmt: skip
    answer = client_of(unit_hr).post(f"/people/{admin.pk}/do/correct/", fields)
    assert answer.status_code == 422
    assert "holds a role" in text(answer)
    admin.refresh_from_db()
    assert admin.email == "ad@meridian.test"


def test_a_leave_and_the_return(hr, employee, client_of, today) -> None:
    client = client_of(hr)
    client.post(f"/people/{employee.pk}/do/leave/", {"since": today.isoformat(), "until": "", "kind": ""})
    leave = Leave.objects.get()
    assert list(Employee.objects.on_leave(today)) == [employee]
    again = client.post(f"/people/{employee.pk}/do/leave/", {"since": (today + DAY).isoformat()})
    assert again.status_code == 422
    assert "recorded already" in text(again)
    client.post(f"/people/{employee.pk}/do/return/", {"back_on": (today + 3 * DAY).isoformat()})
    leave.refresh_from_db()
    assert leave.until == today + 2 * DAY
    wrong = client.post(f"/people/{employee.pk}/do/leave/", {"since": "2026-05-02", "until": "2026-05-01"})
    assert wrong.status_code == 422


def test_a_planned_move_is_shown_cancelled_or_done(hr, employee, units, client_of, today) -> None:
    client, ahead = client_of(hr), today + 7 * DAY
    client.post(f"/people/{employee.pk}/do/move/", {"to": "Services", "on": ahead.isoformat()})
    assert "Moves to Services on" in text(client.get(f"/people/{employee.pk}/"))
    employee.refresh_from_db()
    assert employee.unit == units["Branch A"]
    client.post(f"/people/{employee.pk}/cancel-move/")
    assert Membership.objects.get(employee=employee).until is None
    client.post(f"/people/{employee.pk}/do/move/", {"to": "Services", "on": ahead.isoformat()})
    settling.follow_dates(today=ahead - DAY)
    employee.refresh_from_db()
    assert employee.unit == units["Branch A"]
    settling.follow_dates(today=ahead)
    employee.refresh_from_db()
    assert employee.unit == units["Services"]


def test_managers_never_run_in_a_circle(hr, manager, employee, client_of, today) -> None:
    answer = client_of(hr).post(f"/people/{manager.pk}/do/manager/", {"to": "A1", "on": today.isoformat()})
    assert answer.status_code == 422
    assert "run in a circle" in text(answer)
    answer = client_of(hr).post(f"/people/{manager.pk}/do/manager/", {"to": "M1", "on": today.isoformat()})
    assert "himself" in text(answer)
    manager.refresh_from_db()
    assert manager.manager is None


def test_a_leaver_leads_nobody_new(hr, manager, employee, today) -> None:
    gone = Employee.objects.get(number="A3")
    memberships.record_leaving(gone, last_day=today - DAY, by=hr)
    with pytest.raises(ValidationError, match="Choose somebody who stays"):
        memberships.change_manager(employee, to=gone, on=today, by=hr)
    with pytest.raises(ValidationError, match="leaves on"):
        memberships.move(gone, to=manager.unit, on=today, by=hr)


def test_settling_dates_the_managers_of_an_import(hr, manager, employee, today) -> None:
    settling.settle(on=today - 10 * DAY)
    first = Reporting.objects.get(employee=employee)
    assert (first.manager, first.since, first.until) == (manager, dt.date(2020, 1, 1), None)
    Employee.objects.filter(pk=employee.pk).update(manager=hr)
    settling.settle(on=today)
    settling.settle(on=today)
    rows = list(Reporting.objects.filter(employee=employee).order_by("since").values_list("manager", "since", "until"))
    assert rows == [(manager.pk, dt.date(2020, 1, 1), today - DAY), (hr.pk, today, None)]


@pytest.mark.parametrize("address", ["/people/", "/people/?q=person", "/people/{person}/", "/people/suggest/?q=p"])
def test_queries_do_not_grow_with_people(address, hr, manager, employee, units, client_of) -> None:
    client, address = client_of(hr), address.format(person=manager.pk)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        assert client.get(address).status_code == 200
    for n in range(3):
        make_person(f"Q{n}", units["Branch B"], manager=manager)
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)


def test_help_with_signing_in(hr, manager, employee, client_of) -> None:
    Employee.objects.filter(pk=employee.pk).update(email=None)
    page = client_of(hr).post(f"/people/{employee.pk}/sign-in/", {"do": "link"})
    assert page.status_code == 200
    assert re.search(r"http://[^<]+/accounts/once/", page.content.decode())
    assert client_of(manager).post(f"/people/{employee.pk}/sign-in/", {"do": "link"}).status_code == 403
    with_mail = client_of(hr).post(f"/people/{manager.pk}/sign-in/", {"do": "link"}, follow=True)
    assert "/accounts/once/" not in with_mail.content.decode()


def test_an_erased_person_has_no_name(units) -> None:
    person = make_person("X1", units["Services"])
    Employee.objects.filter(pk=person.pk).update(number=f"erased-{person.pk}")
    assert Employee.objects.get(pk=person.pk).name == "Former colleague"
