"""Attacks from inside, on names and ids: what HR of a unit learns of other units, and what an answer gives away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from culture.access.models import Grant, Role
from culture.people import structure
from culture.people.models import Employee, PlannedChange, Unit
from tests.conftest import make_person, make_unit

ClientOf = Callable[[Employee | None], Client]
pytestmark = pytest.mark.django_db
TODAY = dt.date.today()


def days(n: int) -> dt.date:
    return TODAY + dt.timedelta(days=n)


@pytest.fixture
def unit_hr(manager: Employee, units: dict[str, Unit]) -> Employee:
    """HR of Branch A, whose own desk is in Services."""
    person = make_person("UH1", units["Services"], given_name="Ursula", family_name="Hof")
    Grant.objects.create(employee=person, role=Role.HR_ADMIN, unit=units["Branch A"])
    return person


@pytest.fixture
def secret(units: dict[str, Unit]) -> Unit:
    return make_unit("Takeover Team", units["Services"])


# -- names of units beyond one's own ---------------------------------------------------------------------------------


def test_somebodys_roles_name_no_unit_beyond(
    unit_hr: Employee,
    employee: Employee,
    secret: Unit,
    hr: Employee,
    client_of: ClientOf,
) -> None:
    Grant.objects.create(employee=employee, role=Role.EXECUTIVE, unit=secret)
    Grant.objects.create(employee=employee, role=Role.TRAINER, unit=secret, since=days(-9), until=days(-3))
    address = f"/access/people/{employee.pk}/"
    page = client_of(unit_hr).get(address).content.decode()
    assert "Takeover" not in page and "another unit" in page
    assert "Executive" in page, "that there is a role is told, and how far it reaches"
    assert "Takeover Team" in client_of(hr).get(address).content.decode()
    told = client_of(employee).get("/my/access/").content.decode()
    assert "Takeover Team" in told, "his own roles are no secret to himself"


def test_where_somebody_was_names_no_unit_beyond(
    unit_hr: Employee, employee: Employee, secret: Unit, units: dict[str, Unit], hr: Employee, client_of: ClientOf
) -> None:
    # From the secret unit into Branch A, and back there next month; and a role for it.
    employee.memberships.all().delete()
    employee.memberships.create(unit=secret, since=dt.date(2020, 1, 1), until=days(-50))
    employee.memberships.create(unit=units["Branch A"], since=days(-49), until=days(29))
    employee.memberships.create(unit=secret, since=days(30))
    Grant.objects.create(employee=employee, role=Role.EXECUTIVE, unit=secret)
    address = f"/people/{employee.pk}/"
    page = client_of(unit_hr).get(address).content.decode()
    assert "Takeover" not in page and page.count("another unit") >= 3 and "Branch A" in page
    assert "Moves to another unit" in page
    assert client_of(hr).get(address).content.decode().count("Takeover") >= 3


def test_a_units_history_names_no_unit_beyond(
    unit_hr: Employee,
    units: dict[str, Unit],
    secret: Unit,
    hr: Employee,
    client_of: ClientOf,
) -> None:
    # Branch A came out of the secret place, and a secret unit was merged into it.
    branch = units["Branch A"]
    structure.move(branch, parent=secret, on=days(-30), by=None)
    structure.move(branch, parent=units["Retail"], on=days(-20), by=None)
    merged = make_unit("Layoff Office", units["Services"])
    structure.merge(merged, into=branch, on=days(-10), by=None)
    address = f"/units/{branch.pk}/"
    page = client_of(unit_hr).get(address).content.decode()
    assert "Takeover" not in page and "Layoff" not in page and "another unit" in page
    whole = client_of(hr).get(address).content.decode()
    assert "Takeover Team" in whole and "Layoff Office" in whole and "another unit" not in whole


def test_where_a_closed_unit_went_is_not_told(
    unit_hr: Employee,
    units: dict[str, Unit],
    secret: Unit,
    hr: Employee,
    client_of: ClientOf,
) -> None:
    desk = make_unit("Desk", units["Branch A"])
    structure.merge(desk, into=secret, on=days(-5), by=None)
    page = client_of(unit_hr).get(f"/units/{desk.pk}/").content.decode()
    assert "merged into another unit" in page and "Takeover" not in page
    assert f"/units/{secret.pk}/" not in page
    query = f"/api/v1/units/lineage/?from={days(-9)}&to={TODAY}"
    (fate,) = [one for one in client_of(unit_hr).get(query).json() if one["unit"] == desk.pk]
    assert (fate["became"], fate["new_name"], fate["merged"]) == (None, "another unit", True)
    (fate,) = [one for one in client_of(hr).get(query).json() if one["unit"] == desk.pk]
    assert (fate["became"], fate["new_name"]) == (secret.pk, "Takeover Team")


def test_what_the_whole_hr_planned_is_told_without_names_and_stays(
    unit_hr: Employee,
    units: dict[str, Unit],
    secret: Unit,
    hr: Employee,
    client_of: ClientOf,
) -> None:
    branch = units["Branch A"]
    planned = structure.move(branch, parent=secret, on=days(20), by=hr)
    assert isinstance(planned, PlannedChange)
    client = client_of(unit_hr)
    for address in (f"/units/{branch.pk}/", "/units/"):
        page = client.get(address).content.decode()
        assert "moves to another unit" in page and "Takeover" not in page, address
        assert f"/units/planned/{planned.pk}/cancel/" not in page
    answer = client.post(f"/units/planned/{planned.pk}/cancel/", follow=True)
    assert "reaches beyond your units" in answer.content.decode()
    planned.refresh_from_db()
    assert planned.status == "planned"
    assert f"/units/planned/{planned.pk}/cancel/" in client_of(hr).get("/units/").content.decode()
    client_of(hr).post(f"/units/planned/{planned.pk}/cancel/")
    planned.refresh_from_db()
    assert planned.status == "cancelled"


def test_what_he_could_have_planned_he_may_cancel(
    unit_hr: Employee,
    units: dict[str, Unit],
    hr: Employee,
    client_of: ClientOf,
) -> None:
    planned = structure.rename(units["Branch A"], name="Branch One", on=days(20), by=hr)
    top = structure.move(units["Branch A"], parent=None, on=days(30), by=hr)
    client = client_of(unit_hr)
    client.post(f"/units/planned/{planned.pk}/cancel/")
    client.post(f"/units/planned/{top.pk}/cancel/")
    assert PlannedChange.objects.get(pk=planned.pk).status == "cancelled"
    assert PlannedChange.objects.get(pk=top.pk).status == "planned", "to the top is for the whole HR"
    other = structure.rename(units["Branch B"], name="Branch Two", on=days(20), by=hr)
    unknown = client.post("/units/planned/987654/cancel/")
    foreign = client.post(f"/units/planned/{other.pk}/cancel/")
    assert unknown.status_code == foreign.status_code == 404


# -- the unit that is typed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Meridian", "meridian", "Retail", "Meridian > Retail", "Meridian >", "eridia"])
def test_a_role_for_a_unit_above_is_refused_not_moved_down(
    unit_hr: Employee,
    employee: Employee,
    client_of: ClientOf,
    typed: str,
) -> None:
    sent = {"role": "trainer", "scope": "unit", "unit": typed, "since": TODAY.isoformat(), "reason": "Teaches"}
    answer = client_of(unit_hr).post(f"/access/people/{employee.pk}/give/", sent)
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "lies above your units" in told or "No unit of yours is called" in told
    assert not Grant.objects.filter(employee=employee).exists()


@pytest.mark.parametrize("typed", ["Branch A", "branch a", "Meridian > Retail > Branch A", "Retail > Branch", "anch"])
def test_his_own_unit_is_found_by_its_own_name(
    unit_hr: Employee,
    employee: Employee,
    units: dict[str, Unit],
    client_of: ClientOf,
    typed: str,
) -> None:
    sent = {"role": "trainer", "scope": "unit", "unit": typed, "since": TODAY.isoformat(), "reason": "Teaches"}
    sent["role"] = "hr_admin"
    assert client_of(unit_hr).post(f"/access/people/{employee.pk}/give/", sent).status_code == 302
    assert Grant.objects.get(employee=employee).unit == units["Branch A"]


def test_a_namesake_below_is_offered_not_taken(
    unit_hr: Employee,
    employee: Employee,
    units: dict[str, Unit],
    client_of: ClientOf,
) -> None:
    below = make_unit("Retail", units["Branch A"])
    sent = {"role": "hr_admin", "scope": "unit", "unit": "Retail", "since": TODAY.isoformat(), "reason": "Teaches"}
    client, address = client_of(unit_hr), f"/access/people/{employee.pk}/give/"
    answer = client.post(address, sent)
    assert answer.status_code == 422 and "lies above your units" in answer.content.decode()
    assert client.post(address, {**sent, "unit_choice": str(below.pk)}).status_code == 302
    assert Grant.objects.get(employee=employee).unit == below


# -- unknown and foreign ids get the same answer ---------------------------------------------------------------------

UNKNOWN = 987_654_321


def shape(answer: Any, *ids: int) -> tuple[int, str]:
    """What is told, but for the id itself."""
    text = answer.content.decode()
    for pk in ids:
        text = text.replace(str(pk), "ID")
    return answer.status_code, text


@pytest.mark.parametrize(
    "query",
    ["/api/v1/grants/?employee={person}", "/api/v1/grants/?unit={unit}", "/api/v1/employees/?unit={unit}",
     "/api/v1/units/?parent={unit}", "/api/v1/employees/{person}/", "/api/v1/units/{unit}/",
     "/api/v1/units/{unit}/history/", "/people/{person}/", "/access/people/{person}/", "/access/people/{person}/give/",
     "/units/{unit}/", "/units/{unit}/children/", "/people/new/?unit={unit}", "/units/new/?in={unit}",
     "/thanks/new/?to={gone}", "/team/training/?unit={unit}", "/people/?unit={unit}"],
)  # fmt: skip
def test_an_unknown_id_and_a_foreign_one_look_alike(
    unit_hr: Employee,
    stranger: Employee,
    units: dict[str, Unit],
    client_of: ClientOf,
    query: str,
) -> None:
    gone = make_person("GONE", units["Services"], left_on=days(-3))
    foreign = {"person": stranger.pk, "unit": units["Branch B"].pk, "gone": gone.pk}
    client = client_of(unit_hr)
    asked = [client.get(query.format(**ids)) for ids in (foreign, dict.fromkeys(foreign, UNKNOWN))]
    told = [shape(answer, *foreign.values(), UNKNOWN) for answer in asked]
    if "csrfmiddlewaretoken" not in told[0][1]:
        assert told[0] == told[1]
    assert told[0][0] == told[1][0]


@pytest.mark.parametrize(
    "query", ["/api/v1/service-links/?customer={id}", "/api/v1/waves/?series={id}", "/api/v1/programs/?series={id}",
              "/api/v1/instrument-items/?version={id}", "/api/v1/instrument-versions/?instrument={id}"]
)  # fmt: skip
def test_filters_of_the_api_find_nothing_for_what_there_is_not(hr: Employee, client_of: ClientOf, query: str) -> None:
    client = client_of(hr)
    answer = client.get(query.format(id=UNKNOWN))
    assert answer.status_code == 200 and answer.json()["results"] == []
    for nonsense in ("x", "-1", "1.5", "9" * 30):
        answer = client.get(query.format(id=nonsense))
        assert answer.status_code == 400 and answer.json()["error"]["code"] == "invalid", nonsense


# -- days nobody can mean --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [(dt.date(9999, 12, 31), None, "too far ahead"), (TODAY, dt.date(9999, 12, 31), "too far ahead"),
     (TODAY, days(-1), "before the first one"), (days(-1), None, "today or later"),
     (days(9), days(3), "before the first one")],
)  # fmt: skip
def test_a_role_on_days_nobody_can_mean_is_refused(
    hr: Employee, stranger: Employee, client_of: ClientOf, since: dt.date, until: dt.date | None, field: str
) -> None:
    sent = {"role": "trainer", "scope": "whole", "since": since.isoformat(), "reason": "Teaches"}
    sent["until"] = until.isoformat() if until else ""
    answer = client_of(hr).post(f"/access/people/{stranger.pk}/give/", sent)
    assert answer.status_code == 422 and field in answer.content.decode()
    assert not Grant.objects.filter(employee=stranger).exists()
