"""The pages of people, framework and audit: who may see them, what they show, how many queries they cost."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from culture.access.audit import record
from culture.framework.loading import load_catalogue
from culture.framework.models import Practice
from culture.people.models import Employee, Unit

DATA = Path(__file__).resolve().parents[1] / "data" / "people"
ClientOf = Callable[[Employee | None], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_data_dir(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/people/", {"hr", "manager"}),
        ("/units/", {"hr", "manager", "executive"}),
        ("/people/import/", {"hr"}),
        ("/audit/", {"hr"}),
        ("/framework/", {"hr", "manager", "executive", "employee"}),
    ],
)
def test_who_may_see_a_page(address, allowed, hr, manager, executive, employee, client_of: ClientOf) -> None:
    people = {"hr": hr, "manager": manager, "executive": executive, "employee": employee}
    for name, person in people.items():
        assert client_of(person).get(address).status_code == (200 if name in allowed else 403), name
    anonymous = client_of(None).get(address)
    assert anonymous.status_code == 302
    assert "/accounts/login/" in anonymous["Location"]


@pytest.mark.parametrize("name", ["employees", "units", "requirements", "behaviours"])
def test_the_api_denies_strangers(name, hr, client_of: ClientOf) -> None:
    address = f"/api/v1/{name}/"
    assert client_of(hr).get(address).status_code == 200
    assert client_of(None).get(address).status_code in (401, 403)


def test_api_shows_a_manager_the_own_branch(hr, manager, stranger, employee, client_of: ClientOf) -> None:
    def numbers(user: Employee) -> set[str]:
        return {row["number"] for row in client_of(user).get("/api/v1/employees/").json()["results"]}

    assert numbers(hr) == set(Employee.objects.values_list("number", flat=True))
    assert numbers(manager) == {"M1", *(f"A{n}" for n in range(1, 12))}
    assert client_of(manager).get(f"/api/v1/employees/{stranger.pk}/").status_code == 404
    assert client_of(employee).get("/api/v1/employees/").status_code == 403
    units = client_of(manager).get("/api/v1/units/").json()["results"]
    assert [unit["name"] for unit in units] == ["Branch A"]


def test_people_are_searched_within_what_one_may_see(hr, manager, stranger, client_of: ClientOf) -> None:
    assert stranger.name in client_of(hr).get("/people/?q=sven").content.decode()
    page = client_of(manager).get("/people/?q=sven").content.decode()
    assert stranger.name not in page
    assert "Nobody found" in page
    assert stranger.name not in client_of(manager).get("/people/").content.decode()


def test_those_who_left_are_shown_on_request(hr, stranger, client_of: ClientOf) -> None:
    Employee.objects.filter(pk=stranger.pk).update(left_on="2024-01-31")
    assert stranger.name not in client_of(hr).get("/people/").content.decode()
    assert stranger.name in client_of(hr).get("/people/?left=1").content.decode()


def test_units_show_headcounts(hr, manager, client_of: ClientOf) -> None:
    page = re.sub(r"\s+|<[^>]+>", " ", client_of(hr).get("/units/").content.decode())
    assert re.search(r"Branch A +12 ", page)
    assert re.search(r"Retail +12 ", page)
    own = client_of(manager).get("/units/").content.decode()
    assert "Branch A" in own
    assert "Services" not in own


@pytest.mark.parametrize("address", ["/people/", "/api/v1/employees/", "/units/", "/audit/"])
def test_queries_do_not_grow_with_rows(address, hr, units, client_of: ClientOf) -> None:
    client = client_of(hr)
    record(hr, "test.one", units["Meridian"])
    client.get(address)
    one = queries(client, address)
    boss = Employee.objects.create_user(number="N", given_name="N", family_name="N")
    for number in range(3):
        unit = Unit.objects.create(name=f"N{number}", path=f"Meridian > N{number}", parent=units["Meridian"])
        Employee.objects.create_user(number=f"N{number}", given_name="N", family_name="N", unit=unit, manager=boss)
        record(hr, "test.more", unit)
    assert queries(client, address) == one


def test_a_correction_in_the_files_reaches_the_database() -> None:
    load_catalogue()
    Practice.objects.filter(code="P1").update(source="?")
    assert load_catalogue()["changed"] == 1
    assert Practice.objects.get(code="P1").source == "IT1, ZH"


def test_the_framework_page(employee, client_of: ClientOf) -> None:
    assert "catalogue is not loaded" in client_of(employee).get("/framework/").content.decode()
    load_catalogue()
    client = client_of(employee)
    page = client.get("/framework/").content.decode()
    for code in ("W1", "K7", "C5", "A8", "N7", "B15", "S10", "H4", "P8"):
        assert f">{code}<" in page
    type(employee).objects.filter(pk=employee.pk).update(language="it")
    assert "Crede nella nuova cultura" in client.get("/framework/").content.decode()
