"""The pages of people, framework and audit: who may see them, what they show, how many queries they cost."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from culture.access.audit import record
from culture.access.models import AuditEntry, Grant, Role
from culture.access.permissions import TABLE, Permission, Persona, can, visible_units
from culture.framework.loading import FILES, load_catalogue, read
from culture.framework.models import Behaviour, Practice, Requirement
from culture.people.models import Employee, PeopleImport, Unit

DATA = Path(__file__).resolve().parents[1] / "data" / "people"
ClientOf = Callable[[Employee | None], Client]
pytestmark = pytest.mark.django_db
HEAD = "number,given_name,family_name,email,unit\n"


@pytest.fixture(autouse=True)
def _own_data_dir(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def upload(client: Client, content: bytes, name: str = "people.csv", **more):
    return client.post("/people/import/", {"file": SimpleUploadedFile(name, content), **more})


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
    page = re.sub(r"\s+", " ", client_of(hr).get("/units/").content.decode())
    assert re.search(r"Branch A</th> <td class=\"num\">12</td><td class=\"num\">12</td>", page)
    assert re.search(r"Retail</th> <td class=\"num\">0</td><td class=\"num\">12</td>", page)
    own = client_of(manager).get("/units/").content.decode()
    assert "Branch A" in own
    assert "Services" not in own


@pytest.mark.parametrize("address", ["/people/", "/api/v1/employees/", "/units/", "/audit/"])
def test_queries_do_not_grow_with_rows(address, hr, units, client_of: ClientOf) -> None:
    client = client_of(hr)
    record(hr, "test.one", "x")
    client.get(address)
    one = queries(client, address)
    boss = Employee.objects.create_user(number="N", given_name="N", family_name="N")
    for number in range(3):
        unit = Unit.objects.create(name=f"N{number}", path=f"Meridian > N{number}", parent=units["Meridian"])
        Employee.objects.create_user(number=f"N{number}", given_name="N", family_name="N", unit=unit, manager=boss)
        record(hr, "test.more", unit)
    assert queries(client, address) == one


def test_import_by_upload_preview_and_confirm(hr, client_of: ClientOf, settings) -> None:
    client = client_of(hr)
    answer = upload(client, (DATA / "messy.csv").read_bytes(), "messy.csv")
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert ">379<" in page
    assert ">23<" in page
    assert "&lt;b&gt;Max&lt;/b&gt;" in page
    assert "<b>Max" not in page
    assert not PeopleImport.objects.exists()
    kept = list((settings.DATA_DIR / "imports").glob("*.data"))
    assert len(kept) == 1
    assert kept[0].stat().st_mode & 0o777 == 0o600
    fingerprint = re.search(r'name="fingerprint" value="([^"]+)"', page)[1]
    done = client.post(answer["Location"] + "confirm/", {"fingerprint": fingerprint}, follow=True)
    assert "379 people were written" in done.content.decode()
    assert PeopleImport.objects.get().by == hr
    assert AuditEntry.objects.get(verb="people.import").actor == hr
    assert not list((settings.DATA_DIR / "imports").iterdir())
    assert client.get(answer["Location"]).status_code == 404


def test_rejected_rows_come_back_with_reasons_and_without_formulas(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    preview = upload(client, (DATA / "messy.csv").read_bytes(), "messy.csv")["Location"]
    text = client.get(preview + "rejects.csv").content.decode("utf-8-sig")
    lines = text.splitlines()
    assert len(lines) == 24
    assert lines[0].startswith("Personal-Nr.;Vorname;")
    assert "'=HYPERLINK" in text
    assert ";=HYPERLINK" not in text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty"),
        (b"\x89PNG\0\0", "not a text file"),
        (b"colour\nred\n", "No heading was found"),
        ((HEAD + "1,山田,太郎,,東京\n").encode("shift_jis"), "encoding of the file cannot be told"),
    ],
)
def test_a_bad_file_is_refused_in_place_and_keeps_what_was_typed(content, says, hr, client_of: ClientOf) -> None:
    answer = upload(client_of(hr), content, number_width="6")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    assert 'value="6"' in page
    assert not PeopleImport.objects.exists()


def test_no_file_at_all(hr, client_of: ClientOf) -> None:
    assert client_of(hr).post("/people/import/").status_code == 422


def test_renumbered_people_stop_the_upload(hr, client_of: ClientOf) -> None:
    content = f"{HEAD}HR1,Some,Body,else@x.test,Meridian > Services\n".encode()
    answer = upload(client_of(hr), content)
    assert answer.status_code == 422
    assert "carry another name and another address" in answer.content.decode()


def test_a_preview_belongs_to_who_uploaded_it(hr, executive, manager, client_of: ClientOf) -> None:
    preview = upload(client_of(hr), f"{HEAD}1,A,B,,U\n".encode())["Location"]
    assert client_of(manager).get(preview).status_code == 403
    Grant.objects.create(employee=executive, role=Role.HR_ADMIN)
    assert client_of(executive).get(preview).status_code == 404
    assert client_of(hr).get("/people/import/" + "a" * 32 + "/").status_code == 404
    assert client_of(hr).get("/people/import/..%2f..%2fsecret_key/").status_code == 404


def test_confirming_something_that_changed_since_shows_the_preview_again(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    preview = upload(client, f"{HEAD}1,A,B,,U\n".encode())["Location"]
    page = client.get(preview).content.decode()
    fingerprint = re.search(r'name="fingerprint" value="([^"]+)"', page)[1]
    other = upload(client, f"{HEAD}2,C,D,,U\n".encode())["Location"]
    client.post(other + "confirm/", {"fingerprint": fingerprint})
    answer = client.post(preview + "confirm/", {"fingerprint": fingerprint})
    assert answer.status_code == 409
    assert "changed since this preview" in answer.content.decode()
    assert not Employee.objects.filter(number="1").exists()


def test_a_file_can_be_discarded(hr, client_of: ClientOf, settings) -> None:
    client = client_of(hr)
    preview = upload(client, f"{HEAD}1,A,B,,U\n".encode())["Location"]
    client.post(preview + "discard/")
    assert not list((settings.DATA_DIR / "imports").iterdir())


def test_hr_of_one_unit_may_not_import(hr, units, client_of: ClientOf) -> None:
    Grant.objects.filter(employee=hr).update(unit=units["Retail"])
    assert client_of(hr).get("/people/import/").status_code == 403


def test_the_catalogue_is_complete_in_five_languages() -> None:
    assert load_catalogue() == {
        "requirements": 21, "behaviours": 30, "conditions": 14, "practices": 8, "changed": 73
    }  # fmt: skip
    assert load_catalogue()["changed"] == 0
    assert list(Requirement.objects.values_list("code", flat=True)) == [
        *(f"W{n}" for n in range(1, 10)), *(f"K{n}" for n in range(1, 8)), *(f"C{n}" for n in range(1, 6))
    ]  # fmt: skip
    assert set(Behaviour.objects.values_list("code", flat=True)) == {
        *(f"A{n}" for n in range(1, 9)), *(f"N{n}" for n in range(1, 8)), *(f"B{n}" for n in range(1, 16))
    }  # fmt: skip
    for name in FILES:
        for entry in read(name):
            assert set(entry["text"]) == {"en", "it", "ro", "zh-hans", "fr"}, entry["code"]
            assert all(entry["text"].values()), entry["code"]


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
    client.cookies["django_language"] = "it"
    assert "Crede nella nuova cultura" in client.get("/framework/").content.decode()


@pytest.mark.parametrize("statement", ["UPDATE culture_auditentry SET verb = 'x'", "DELETE FROM culture_auditentry"])
def test_the_audit_trail_is_append_only(statement, hr) -> None:
    entry = record(hr, "wave.open", hr, wave=3)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    entry.refresh_from_db()
    assert (entry.verb, entry.subject, entry.detail) == ("wave.open", f"employee:{hr.pk}", {"wave": 3})


def test_the_audit_page_is_searched(hr, client_of: ClientOf) -> None:
    record(hr, "wave.open", "wave:1")
    record(None, "framework.load", "catalogue")
    page = client_of(hr).get("/audit/?q=wave").content.decode()
    assert "wave:1" in page
    assert "framework.load" not in page
    assert "Nothing found" in client_of(hr).get("/audit/?q=zzz").content.decode()


def test_the_table_of_permissions(hr, manager, executive, employee, units) -> None:
    assert {p for p in Permission if can(hr, p)} == set(Permission)
    assert {p for p in Permission if can(manager, p)} == TABLE[Persona.MANAGER] | TABLE[Persona.EMPLOYEE]
    assert {p for p in Permission if can(executive, p)} == TABLE[Persona.EXECUTIVE] | TABLE[Persona.EMPLOYEE]
    assert {p for p in Permission if can(employee, p)} == TABLE[Persona.EMPLOYEE]
    assert [unit.name for unit in visible_units(manager, Permission.SEE_RESULTS)] == ["Branch A"]
    assert can(manager, Permission.SEE_RESULTS, units["Branch A"])
    assert not can(manager, Permission.SEE_RESULTS, units["Branch B"])
    assert not visible_units(employee, Permission.SEE_RESULTS).exists()


def test_who_left_has_no_rights(hr) -> None:
    Employee.objects.filter(pk=hr.pk).update(left_on="2024-01-31")
    assert not any(can(Employee.objects.get(pk=hr.pk), permission) for permission in Permission)


def test_superusers_are_not_hr() -> None:
    root = Employee.objects.create_superuser(number="root", given_name="R", family_name="T", email="r@x.test")
    assert not can(root, Permission.SEE_RESULTS)


def test_the_admin_is_for_staff_and_audited(hr, employee, client_of: ClientOf) -> None:
    try:
        address = reverse("admin:culture_grant_add")
    except Exception:
        pytest.skip("the admin is not mounted")
    assert client_of(employee).get(address).status_code == 302
    Employee.objects.filter(pk=hr.pk).update(is_staff=True, is_superuser=True)
    client = client_of(Employee.objects.get(pk=hr.pk))
    assert client.get(address).status_code == 200
    client.post(address, {"employee": employee.pk, "role": "executive", "unit": ""})
    assert Grant.objects.get(employee=employee).granted_by == hr
    assert AuditEntry.objects.filter(verb="admin.add").count() == 1
