"""Attacks from inside: reaching people, units and rights beyond one's own. Each test is an attempt that must fail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from culture.access.models import Grant, Role
from culture.access.permissions import Permission, can, forget
from culture.people.models import Employee, Unit
from tests.conftest import make_person

ClientOf = Callable[[Employee | None], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def unit_hr(manager: Employee, units: dict[str, Unit]) -> Employee:
    """HR of Branch A, whose own desk is in Services."""
    person = make_person("UH1", units["Services"], given_name="Ursula", family_name="Hof")
    Grant.objects.create(employee=person, role=Role.HR_ADMIN, unit=units["Branch A"])
    return person


@pytest.fixture
def outsider(units: dict[str, Unit]) -> Employee:
    return make_person("Z77", units["Services"], given_name="Zenobia", family_name="Hidden")


@pytest.mark.parametrize("address", ["/api/v1/grants/", "/api/v1/units/", "/api/v1/employees/"])
def test_the_api_lists_nobody_in_a_form_for_filters(
    unit_hr: Employee, outsider: Employee, client_of: ClientOf, address: str
) -> None:
    answer = client_of(unit_hr).get(address, headers={"accept": "text/html,*/*;q=0.8"})
    told = answer.content.decode()
    assert "Hidden" not in told and "Branch B" not in told
    assert answer["Content-Type"].startswith("application/json")


def test_hr_of_a_unit_makes_no_manager_of_himself_or_a_friend_elsewhere(
    unit_hr: Employee, outsider: Employee, employee: Employee, units: dict[str, Unit], client_of: ClientOf
) -> None:
    """A manager sees his own unit: naming somebody of Services would open the results of Services to him."""
    # As a trainer of Services he sees everybody there, himself too.
    Grant.objects.create(employee=unit_hr, role=Role.TRAINER, unit=units["Services"])
    client, today = client_of(unit_hr), dt.date.today().isoformat()
    for chosen in (unit_hr, outsider):
        address = f"/people/{employee.pk}/do/manager/"
        answer = client.post(address, {"to": f"{chosen.name} ({chosen.number})", "on": today})
        assert answer.status_code == 422, chosen
        forget(chosen)
        assert not can(chosen, Permission.SEE_RESULTS, units["Services"])
    person = {
        "number": "N1", "given_name": "New", "family_name": "One", "hired_on": today, "language": "en",
        "time_zone": "Europe/Rome", "kind": "employee", "unit": "Meridian > Retail > Branch A",
        "manager": outsider.number,
    }  # fmt: skip
    assert client.post("/people/new/", person).status_code == 422
    assert not Employee.objects.filter(number="N1").exists()


def test_hr_of_a_unit_still_names_whoever_leads_there_already(
    unit_hr: Employee, outsider: Employee, employee: Employee, manager: Employee, client_of: ClientOf
) -> None:
    Employee.objects.filter(pk=manager.pk).update(manager=outsider)
    answer = client_of(unit_hr).post(
        f"/people/{employee.pk}/do/manager/", {"to": outsider.number, "on": dt.date.today().isoformat()}
    )
    assert answer.status_code == 302
    employee.refresh_from_db()
    assert employee.manager == outsider


# -- a unit's HR, a trainer, a lead, an auditor of one unit ------------------------------------------------------------


def with_role(role: str, unit: Unit, number: str) -> Employee:
    person = make_person(number, unit)
    Grant.objects.create(employee=person, role=role, unit=unit)
    return person


def test_hr_of_a_unit_gives_himself_nothing(
    unit_hr: Employee, units: dict[str, Unit], employee: Employee, client_of: ClientOf
) -> None:
    client, today = client_of(unit_hr), dt.date.today().isoformat()
    wanted = (
        ("hr_admin", "whole", ""), ("hr_admin", "unit", "Meridian"), ("executive", "unit", "Meridian > Services"),
        ("program_lead", "unit", "Meridian > Retail > Branch A"), ("auditor", "whole", ""),
    )  # fmt: skip
    for role, scope, unit in wanted:
        sent = {"role": role, "scope": scope, "unit": unit, "since": today, "reason": "please"}
        # Himself he does not even find: his desk is elsewhere.
        assert client.post(f"/access/people/{unit_hr.pk}/give/", sent).status_code in {403, 404, 422}
        client.post(f"/access/people/{employee.pk}/give/", sent)
    own = Grant.objects.get(employee=unit_hr)
    for data in ({"unit": ""}, {"role": "hr_admin"}):
        assert client.patch(f"/api/v1/grants/{own.pk}/", data, content_type="application/json").status_code == 405
        assert client.post("/api/v1/grants/", data, content_type="application/json").status_code == 405
    given = set(Grant.objects.values_list("role", "unit__name"))
    assert given == {("hr_admin", "Branch A")}, "his own role for his own unit, and no other"


def test_hr_of_a_unit_reaches_nobody_outside(
    unit_hr: Employee, hr: Employee, stranger: Employee, units: dict[str, Unit], client_of: ClientOf
) -> None:
    client = client_of(unit_hr)
    people = [f"/people/{stranger.pk}/", f"/api/v1/employees/{stranger.pk}/", f"/access/people/{stranger.pk}/"]
    people += [f"/people/{stranger.pk}/do/{what}/" for what in ("move", "manager", "leave", "correct", "leaving")]
    people += [f"/api/v1/employees/{stranger.pk}/memberships/", f"/people/erasure/{stranger.pk}/"]
    branch_b = units["Branch B"].pk
    places = [f"/units/{branch_b}/", f"/units/{branch_b}/do/rename/", f"/api/v1/units/{branch_b}/history/"]
    for address in people + places:
        for answer in (client.get(address), client.post(address, {"name": "Mine", "number": "S1"})):
            assert answer.status_code in {403, 404, 405}, (address, answer.status_code)
    whole = ("/people/import/", "/people/imports/", "/people/erasure/", "/people/retention/", "/audit/",
             "/scorecard/1/",
             "/people/retention/pause/", "/people/retention/holds/", "/organisation/",
             "/people/retention/period/sessions/")  # fmt: skip
    for address in whole:
        assert client.get(address).status_code == 403, address
        assert client.post(address, {"reason": "mine", "number": "S1", "days": "1"}).status_code in {403, 405}, address
    file = b"".join(client.get("/people/export/").streaming_content).decode()
    assert "A1" in file and stranger.number not in file and hr.number not in file


def test_search_counts_and_suggestions_stop_at_the_edge(
    unit_hr: Employee, stranger: Employee, client_of: ClientOf
) -> None:
    client = client_of(unit_hr)
    for address in (
        "/people/?q=Sven", "/people/?unit=Branch+B", "/people/suggest/?q=Sven", "/units/suggest/?q=Branch",
        "/access/people/?q=Sven", "/access/?q=Sven&state=all", "/api/v1/employees/?q=Sven", "/units/?q=Branch",
        "/api/v1/employees/?number=S1", "/api/v1/units/tree/", "/access/people/?q=Sven&for=give",
    ):  # fmt: skip
        told = client.get(address).content.decode()
        assert "Other" not in told and "Meridian &gt; Retail &gt; Branch B" not in told, address
        assert "> Branch B" not in told and ">Branch B<" not in told, address


def test_roles_of_one_unit_carry_nothing_of_the_whole(
    units: dict[str, Unit], hr: Employee, client_of: ClientOf
) -> None:
    branch = units["Branch A"]
    lead = with_role(Role.PROGRAM_LEAD, branch, "L1")
    trainer = with_role(Role.TRAINER, branch, "T1")
    auditor = with_role(Role.AUDITOR, branch, "U1")
    chief = with_role(Role.EXECUTIVE, branch, "E9")
    shut = {
        lead: ("/scorecard/1/", "/waves/", "/framework/compare/", "/api/v1/waves/", "/people/", "/audit/"),
        trainer: ("/courses/new/", "/scorecard/", "/programs/", "/people/import/", "/results/", "/access/"),
        auditor: ("/audit/", "/audit/export.csv", "/api/v1/audit/", "/people/", "/results/", "/people/export/"),
        chief: ("/scorecard/1/", "/api/v1/readiness/", "/people/", "/api/v1/employees/", "/programs/", "/waves/"),
    }
    for who, addresses in shut.items():
        for address in addresses:
            assert client_of(who).get(address).status_code in {403, 404}, (who.number, address)
    assert client_of(auditor).get(f"/access/people/{hr.pk}/").status_code == 404
    listed = client_of(auditor).get("/api/v1/grants/").json()
    assert {grant["unit"] for grant in listed["results"]} == {branch.pk}


def test_the_api_takes_no_field_it_does_not_name(hr: Employee, employee: Employee, client_of: ClientOf) -> None:
    client = client_of(hr)
    for address in (f"/api/v1/employees/{employee.pk}/", f"/api/v1/units/{employee.unit_id}/", "/api/v1/audit/"):
        for method in (client.post, client.put, client.patch, client.delete):
            answer = method(address, {"is_superuser": True}, content_type="application/json")
            assert answer.status_code == 405, address


def test_one_person_s_forms_do_not_carry_rights(unit_hr: Employee, employee: Employee, client_of: ClientOf) -> None:
    sent = {
        "number": employee.number, "given_name": "A", "family_name": "B", "email": employee.email or "",
        "hired_on": "2020-01-01", "language": "en", "time_zone": "Europe/Rome", "kind": "employee",
        "is_superuser": "on", "is_staff": "on", "password": "x", "unit": "1", "left_on": "2020-01-02",
    }  # fmt: skip
    client_of(unit_hr).post(f"/people/{employee.pk}/do/correct/", sent)
    after = Employee.objects.get(pk=employee.pk)
    assert after.given_name == "A"
    assert not after.is_superuser and not after.is_staff and after.unit == employee.unit and after.left_on is None
    assert after.password == employee.password


def test_hr_of_a_unit_takes_no_account_over_that_holds_a_role(
    unit_hr: Employee, employee: Employee, client_of: ClientOf
) -> None:
    Grant.objects.create(employee=employee, role=Role.HR_ADMIN)
    client = client_of(unit_hr)
    sent = {
        "number": employee.number, "given_name": "A", "family_name": "B", "email": "mine@evil.test",
        "hired_on": "2020-01-01", "language": "en", "time_zone": "Europe/Rome", "kind": "employee",
    }  # fmt: skip
    assert client.post(f"/people/{employee.pk}/do/correct/", sent).status_code == 422
    for do in ("link", "factor"):
        answer = client.post(f"/people/{employee.pk}/sign-in/", {"do": do})
        assert answer.status_code in {302, 404} and b"/once/" not in answer.content
    employee.refresh_from_db()
    assert employee.email != "mine@evil.test"
