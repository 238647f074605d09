"""After the import: rejects, export, the record, undo; and files so big that a worker takes them."""

from __future__ import annotations

import io

import pytest
from django.test import Client

from culture.access.models import AuditEntry, Grant, Role
from culture.people import applying, drafts
from culture.people.import_models import ImportDraft, PeopleImport
from culture.people.importing import plan, read_file
from culture.people.models import Employee, Unit
from tests.conftest import make_person
from tests.culture.import_world import (
    DATA,
    ClientOf,
    confirm,
    everybody,
    numbers,
    part,
    preview,
    text,
)

pytestmark = pytest.mark.django_db


# -- rejects and export ------------------------------------------------------------------------------------------------


def test_rejected_rows_come_back_with_reasons_and_without_formulas(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    address = preview(client, (DATA / "messy.csv").read_bytes(), "messy.csv")
    told = client.get(address + "rejects.csv").content.decode("utf-8-sig")
    lines = told.splitlines()
    assert len(lines) == 24
    assert lines[0].startswith("Personal-Nr.;Vorname;")
    assert lines[0].endswith(";Row;Column;Reason;What to do")
    assert "'=HYPERLINK" in told
    assert ";=HYPERLINK" not in told
    assert ';"=HYPERLINK' not in told


def test_a_repaired_rejects_file_is_an_import(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    address = preview(client, text("1,A,B,not-an-address,U,,,\n"))
    told = client.get(address + "rejects.csv").content.decode("utf-8-sig").replace("not-an-address", "a@x.test", 1)
    page = client.get(preview(client, told.encode())).content.decode()
    assert numbers(page)["joined"] == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_importing_the_export_changes_nothing(kind: str, hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    confirm(client, preview(client, part("december.csv")))
    Employee.objects.filter(number="001002").update(job_title="-5 to +5 @ home", site="=SUM(1)")
    Employee.objects.filter(number="001003").update(job_title="+39 desk")
    answer = client.get(f"/people/export/?format={kind}")
    content = b"".join(answer.streaming_content)
    assert 'filename="people-' in answer["Content-Disposition"]
    if kind == "csv":
        head = (DATA / "clean.csv").read_text(encoding="utf-8").splitlines()[0]
        assert content.decode("utf-8-sig").splitlines()[0] == head
        assert b",'=SUM(1)," in content
        assert b",'-5 to" in content
    Employee.objects.filter(number="001002").update(site="Milan")  # "=SUM(1)" itself is no value an import takes
    made = plan(read_file(io.BytesIO(content.replace(b"'=SUM(1)", b"Milan")), f"x.{kind}"))
    if kind == "csv":
        assert (len(made.changes), made.rejects, made.stops) == (0, [], [])
    else:
        assert (len(made.changes), len(made.rejects), made.stops) == (0, 1, [])
    entry = AuditEntry.objects.get(verb="people.export")
    assert (entry.actor, entry.detail["format"]) == (hr, kind)


def test_the_export_holds_the_own_units_only(hr, units, stranger, employee, manager, client_of: ClientOf) -> None:
    Grant.objects.filter(employee=hr).update(unit=units["Branch A"])
    content = b"".join(client_of(hr).get("/people/export/").streaming_content).decode()
    assert "A1," in content
    assert "S1," not in content
    assert client_of(manager).get("/people/export/").status_code == 403


# -- the record and undo -----------------------------------------------------------------------------------------------


def undo(client: Client, **more):
    return client.post(f"/people/imports/{PeopleImport.objects.first().pk}/undo/", {"sure": "on"}, **more)


def test_undo_restores_everybody(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    confirm(client, preview(client, part("clean.csv", 300)))
    before = everybody()
    confirm(client, preview(client, part("december.csv", 300)))
    assert everybody() != before
    done = PeopleImport.objects.first()
    written = sum(done.counts[kind] for kind in ("joined", "left", "moved"))
    assert written > 5
    assert client.post(f"/people/imports/{done.pk}/undo/").status_code == 422
    page = undo(client, follow=True).content.decode()
    assert "Everybody is as before" in page
    assert everybody() == before
    entry = AuditEntry.objects.get(verb="people.import.undo")
    assert (entry.actor, entry.subject, entry.detail["people"]) == (hr, f"peopleimport:{done.pk}", written)
    assert undo(client).status_code == 409
    # And it can be imported again: the file is not "the same again".
    again = preview(client, part("december.csv", 300))
    assert "Exactly this file" not in client.get(again).content.decode()


def test_undo_removes_the_units_it_made_and_all_who_joined(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    people, places = Employee.objects.count(), Unit.objects.count()
    confirm(client, preview(client, part("clean.csv")))
    undo(client)
    assert (Employee.objects.count(), Unit.objects.count()) == (people, places)


def test_undo_puts_numbers_and_addresses_back(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    confirm(client, preview(client, text("1,A,One,a@x.test,U,,,\n2,B,Two,b@x.test,U,,,\n")))
    before = everybody()
    confirm(client, preview(client, text("1,A,One,b@x.test,U,,,\n2,B,Two,a@x.test,U,,,\n")))
    undo(client)
    assert everybody() == before


def test_undo_refuses_with_names_where_something_happened_since(hr, units, client_of: ClientOf) -> None:
    client = client_of(hr)
    confirm(client, preview(client, text("1,Ann,One,,U,,,\n2,Bob,Two,,U,,,\n3,Cy,Three,,U,,,\n")))
    Employee.objects.filter(number="1").update(job_title="", site="Rome")
    Employee.objects.filter(number="2").update(given_name="Robert")
    Grant.objects.create(employee=Employee.objects.get(number="3"), role=Role.EXECUTIVE)
    make_person("Z1", units["Retail"], manager=Employee.objects.get(number="1"))
    answer = undo(client)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Bob Two (2) was changed since: Given name" in page
    assert "Cy Three has something since: grant" in page
    assert "Ann One is the manager of" in page
    assert Employee.objects.filter(number="2").exists()
    assert not AuditEntry.objects.filter(verb="people.import.undo").exists()


def test_the_list_and_the_detail_of_imports(hr, manager, client_of: ClientOf) -> None:
    client = client_of(hr)
    assert "No import yet" in client.get("/people/imports/").content.decode()
    confirm(client, preview(client, text("1,Ann,One,,U,,,\n"), "first.csv", source="Payroll"))
    done = PeopleImport.objects.get()
    assert "first.csv" in client.get("/people/imports/").content.decode()
    page = client.get(f"/people/imports/{done.pk}/").content.decode()
    assert done.sha256 in page
    assert "Ann One" in page
    assert "Payroll" in page
    assert client_of(manager).get(f"/people/imports/{done.pk}/").status_code == 403
    assert client_of(None).get("/people/imports/").status_code == 302


def test_an_import_without_memory_of_its_effects_is_not_undone(hr, client_of: ClientOf) -> None:
    PeopleImport.objects.create(file_name="old.csv", sha256="0" * 64, counts={"joined": 3})
    client = client_of(hr)
    page = client.get(f"/people/imports/{PeopleImport.objects.get().pk}/").content.decode()
    assert "is not kept any more" in page
    assert undo(client).status_code == 409


# -- big ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_is_big(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every file is for the worker; returns the drafts handed to it."""
    handed: list[int] = []
    monkeypatch.setattr(drafts, "BIG", 0)
    monkeypatch.setattr("culture.people.tasks.work_on_import.delay_on_commit", handed.append)
    return handed


def test_a_big_file_is_worked_on_with_progress(hr, client_of: ClientOf, small_is_big) -> None:
    client = client_of(hr)
    address = preview(client, text("1,A,B,,U,,,\n"))
    page = client.get(address).content.decode()
    assert 'hx-get="' + address in page
    assert 'http-equiv="refresh"' in page  # without scripts
    assert "Waits for the worker" in page
    part = client.get(address, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part
    drafts.work(small_is_big.pop())
    assert client.get(address, HTTP_HX_REQUEST="true")["HX-Redirect"] == address
    assert confirm(client, address)["Location"] == address
    assert not Employee.objects.filter(number="1").exists()
    assert "all or nothing" in client.get(address).content.decode()
    assert client.post(address + "discard/").status_code == 302
    drafts.work(small_is_big.pop())
    done = PeopleImport.objects.get()
    assert client.get(address, HTTP_HX_REQUEST="true")["HX-Redirect"] == f"/people/imports/{done.pk}/"
    assert Employee.objects.filter(number="1").exists()


def test_a_worker_that_died_leaves_nothing_half_and_another_goes_on(
    hr, client_of: ClientOf, small_is_big, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(hr)
    address = preview(client, text("1,A,B,,U,,,\n"))
    drafts.work(small_is_big.pop())
    confirm(client, address)
    pk = small_is_big.pop()
    real = applying._write_memberships
    monkeypatch.setattr(applying, "_write_memberships", lambda plan, units: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        drafts.work(pk)
    assert not Employee.objects.filter(number="1").exists()
    monkeypatch.setattr(applying, "_write_memberships", real)
    draft = ImportDraft.objects.get()
    assert drafts.due(draft.beaten_at + drafts.SILENT / 2) == []  # still claimed
    drafts.work(pk)
    assert not PeopleImport.objects.exists()
    assert drafts.due(draft.beaten_at + drafts.SILENT * 2) == [pk]
    ImportDraft.objects.update(beaten_at=draft.beaten_at - drafts.SILENT * 2)
    drafts.work(pk)
    assert Employee.objects.get(number="1").unit.path == "U"
    drafts.work(pk)  # a repeated message does nothing
    assert PeopleImport.objects.count() == 1


def test_a_big_file_that_kills_workers_is_given_up(hr, client_of: ClientOf, small_is_big) -> None:
    client = client_of(hr)
    address = preview(client, text("1,A,B,,U,,,\n"))
    ImportDraft.objects.update(attempts=drafts.ATTEMPTS)
    drafts.work(small_is_big.pop())
    assert "was stopped 3 times" in client.get(address).content.decode()
