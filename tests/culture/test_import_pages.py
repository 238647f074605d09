"""Importing through the pages: upload, questions, preview, confirmation; and who may."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from culture.access.models import AuditEntry, Grant, Role
from culture.people.import_models import ImportDraft, ImportSource, PeopleImport
from culture.people.models import Employee, Unit
from tests.culture.import_world import (
    DATA,
    ClientOf,
    confirm,
    numbers,
    preview,
    text,
)

pytestmark = pytest.mark.django_db


# -- the way through ---------------------------------------------------------------------------------------------------


def test_upload_preview_and_confirm(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    address = preview(client, (DATA / "messy.csv").read_bytes(), "messy.csv")
    page = client.get(address).content.decode()
    assert numbers(page) == {
        "joined": 379, "left": 0, "moved": 0, "changed": 0, "unchanged": 0, "rejected": 23, "suspicious": 0
    }  # fmt: skip
    assert "&lt;b&gt;Max&lt;/b&gt;" in page
    assert "<b>Max" not in page
    assert not PeopleImport.objects.exists()
    assert not Employee.objects.filter(number="001001").exists()
    answer = confirm(client, address, follow=True)
    assert "379 people were written" in answer.content.decode()
    done = PeopleImport.objects.get()
    assert (done.by, done.counts["joined"], len(done.sha256)) == (hr, 379, 64)
    entry = AuditEntry.objects.get(verb="people.import")
    assert (entry.actor, entry.detail["joined"]) == (hr, 379)
    assert not ImportDraft.objects.exists()
    assert client.get(address)["Location"] == f"/people/imports/{done.pk}/"


def test_every_list_of_the_preview_is_paginated_with_before_and_after(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    confirm(client, preview(client, (DATA / "clean.csv").read_bytes()))
    address = preview(client, (DATA / "december.csv").read_bytes(), "december.csv")
    page = client.get(address).content.decode()
    assert numbers(page) == {
        "joined": 25, "left": 14, "moved": 27, "changed": 0, "unchanged": 1145, "rejected": 0, "suspicious": 0
    }  # fmt: skip
    moved = client.get(address + "?show=moved").content.decode()
    assert moved.count("<del>Meridian &gt;") == 27
    assert "Branch Seville</del> → <ins>Meridian &gt; Head Office" in moved
    untouched = client.get(address + "?show=unchanged&page=3").content.decode()
    assert len(re.findall(r'<th scope="row">', untouched)) == 50
    assert client.get(address + "?show=nonsense&page=999").status_code == 200


def test_the_cost_of_a_preview_does_not_grow_with_rows(hr, client_of: ClientOf) -> None:
    client = client_of(hr)

    def queries(rows: int) -> int:
        address = preview(client, text("".join(f"X{n},A,B{n},,U,,,\n" for n in range(rows))))
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    assert queries(1) == queries(3)


def test_an_imported_person_has_history_search_keys_and_no_password(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    confirm(client, preview(client, text("1,Ana,Țepeș,a@x.test,U > V,2,2024-01-05,\n2,Bo,Su,,U,,2020-02-02,\n")))
    ana = Employee.objects.get(number="1")
    assert ana.search and ana.sort_name
    assert not ana.has_usable_password()
    assert [str(m.since) for m in ana.memberships.all()] == ["2024-01-05"]
    assert [(str(r.since), r.manager.number) for r in ana.reportings.all()] == [("2024-01-05", "2")]
    assert Unit.objects.get(path="U > V").states.count() == 1


# -- questions ---------------------------------------------------------------------------------------------------------


def test_an_unsure_encoding_is_asked_with_names_and_never_guessed(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    raw = "number;given_name;family_name;unit\n7;Jiří;Dvořák;Śląsk\n".encode("cp1250")
    address = preview(client, raw)
    page = client.get(address).content.decode()
    assert "Dvořák" in page
    assert "Dvoøák" in page  # the wrong one, to compare with
    assert client.post(address + "reading/", {}).status_code == 422
    client.post(address + "reading/", {"encoding": "cp1250"})
    confirm(client, address)
    assert Employee.objects.get(number="7").name == "Jiří Dvořák"


def test_unknown_headings_are_assigned_and_remembered_by_the_name_of_the_source(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    raw = b"Foo,Bar,Baz,Where\n1,Ann,Bee,U\n"
    address = preview(client, raw, source="Payroll")
    page = client.get(address).content.decode()
    assert "No heading was found for" in page
    assert "Ann" in page
    short = client.post(address + "columns/", {"column_0": "number", "column_1": "given_name"})
    assert short.status_code == 422
    assert "Family name, Unit path" in short.content.decode()
    assert re.search(r'<option value="given_name" selected', short.content.decode())
    twice = {"column_0": "number", "column_1": "given_name", "column_2": "family_name", "column_3": "family_name"}
    assert client.post(address + "columns/", twice).status_code == 422
    chosen = {**twice, "column_3": "unit"}
    assert client.post(address + "columns/", chosen).status_code == 302
    confirm(client, address)
    assert Employee.objects.get(number="1").name == "Ann Bee"
    assert {source.key.partition(":")[0] for source in ImportSource.objects.all()} == {"name", "headings"}
    # The same source next month, the same headings without a name, and another order of columns.
    for content, more in ((raw, {}), (b"Where,Foo,Bar,Baz\nU,1,Ann,Bee\n", {"source": " payroll "})):
        page = client.get(preview(client, content, **more)).content.decode()
        assert numbers(page)["unchanged"] == 1


def test_a_mapping_can_be_corrected_though_everything_was_recognised(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    address = preview(client, b"number,vorname,nachname,unit,poste\n1,Ann,Bee,U,X\n")
    page = client.get(address + "columns/").content.decode()
    assert re.search(r'<option value="job_title" selected', page)
    chosen = {"column_0": "number", "column_1": "family_name", "column_2": "given_name", "column_3": "unit"}
    client.post(address + "columns/", {**chosen, "column_4": ""})
    confirm(client, address)
    person = Employee.objects.get(number="1")
    assert (person.given_name, person.family_name, person.job_title) == ("Bee", "Ann", "")


def test_ambiguous_dates_are_asked_once_for_the_file(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    address = preview(client, text("1,A,B,,U,,03/04/2025,\n2,C,D,,U,,13/04/2025,\n"))
    page = client.get(address).content.decode()
    assert "1 row has a date that can be read in two ways" in page
    assert numbers(page)["rejected"] == 1
    client.post(address + "reading/", {"date_order": "mdy"})
    page = client.get(address + "?show=rejected").content.decode()
    assert "a day that does not exist" in page  # 13/04 is no month first
    client.post(address + "reading/", {"date_order": "dmy"})
    confirm(client, address)
    assert str(Employee.objects.get(number="1").hired_on) == "2025-04-03"


def test_lost_zeros_are_put_back_when_the_width_is_told(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    rows = [f"{n:06},Ann{n},Bee,a{n}@x.test,U,,,\n" for n in range(1, 61)]
    confirm(client, preview(client, text("".join(rows))))
    address = preview(client, text("".join(row.lstrip("0") for row in rows)))
    page = client.get(address).content.decode()
    assert numbers(page)["suspicious"] == 0  # one answer for all, not one for each
    assert "60 employee numbers are known here with leading zeros" in page
    assert 'name="fingerprint"' not in page
    assert re.search(r'name="number_width"[^>]*value="6"', page)
    assert client.post(address + "reading/", {"number_width": "x"}).status_code == 422
    client.post(address + "reading/", {"number_width": "6"})
    page = client.get(address).content.decode()
    assert numbers(page)["unchanged"] == 60
    assert "There is nothing to import" in page


# -- who may -----------------------------------------------------------------------------------------------------------


def test_a_preview_belongs_to_who_uploaded_it(hr, executive, manager, client_of: ClientOf) -> None:
    address = preview(client_of(hr), text("1,A,B,,U,,,\n"))
    assert client_of(manager).get(address).status_code == 403
    Grant.objects.create(employee=executive, role=Role.HR_ADMIN)
    for path in ("", "columns/", "rejects.csv"):
        assert client_of(executive).get(address + path).status_code == 404
    for path in ("confirm/", "reading/", "accept/", "decide/1/"):
        assert client_of(executive).post(address + path).status_code == 404
    assert client_of(hr).get("/people/import/" + "a" * 32 + "/").status_code == 404
    assert client_of(hr).get("/people/import/..%2f..%2fsecret_key/").status_code == 404


def test_hr_of_one_unit_may_not_import_nor_undo(hr, units, client_of: ClientOf) -> None:
    Grant.objects.filter(employee=hr).update(unit=units["Retail"])
    client = client_of(hr)
    for address in ("/people/import/", "/people/imports/", "/people/imports/1/"):
        assert client.get(address).status_code == 403
    assert client.post("/people/imports/1/undo/").status_code == 403


def test_a_file_can_be_discarded(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    client.post(preview(client, text("1,A,B,,U,,,\n")) + "discard/")
    assert not ImportDraft.objects.exists()


def test_drafts_go_after_a_day(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    address = preview(client, text("1,A,B,,U,,,\n"))
    ImportDraft.objects.update(at="2020-01-01T00:00Z")
    assert client.get(address).status_code == 404
    preview(client, text("2,A,B,,U,,,\n"))
    assert ImportDraft.objects.count() == 1
