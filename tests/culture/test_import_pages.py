"""Importing through the pages: upload, questions, preview, decisions, confirmation, undo, export."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from culture.access.models import AuditEntry, Grant, Role
from culture.people import applying, drafts, tables
from culture.people.import_models import DraftRow, ImportDraft, ImportSource, PeopleImport
from culture.people.importing import plan, read_file
from culture.people.models import Employee, Membership, Reporting, Unit
from tests.conftest import make_person

DATA = Path(__file__).resolve().parents[1] / "data" / "people"
ClientOf = Callable[[Employee | None], Client]
pytestmark = pytest.mark.django_db
HEAD = "number,given_name,family_name,email,unit,manager,hired_on,left_on\n"


def upload(client: Client, content: bytes, name: str = "people.csv", **more):
    return client.post("/people/import/", {"file": SimpleUploadedFile(name, content), **more})


def preview(client: Client, content: bytes, name: str = "people.csv", **more) -> str:
    answer = upload(client, content, name, **more)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return answer["Location"]


def text(rows: str, head: str = HEAD) -> bytes:
    return (head + rows).encode()


def confirm(client: Client, address: str, **more):
    page = client.get(address).content.decode()
    found = re.search(r'name="fingerprint" value="([^"]+)"', page)
    assert found, "The preview offers no confirmation"
    return client.post(address + "confirm/", {"fingerprint": found[1]}, **more)


def numbers(page: str) -> dict[str, int]:
    found = re.findall(r'show=(\w+)#rows"[^>]*><span class="muted">[^<]*</span><span class="big-number">(\d+)<', page)
    return {kind: int(number) for kind, number in found}


HANDED_ROUND = ("001655", "001669", "001825", "001588", "001535", "001538")


def part(name: str, people: int = 60) -> bytes:
    """The first ``people`` of a file, and those whose numbers were handed round: what the whole shows, in less time."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row for at, row in enumerate(rows) if at < people or row["employee_number"] in HANDED_ROUND]
    here = {row["employee_number"] for row in kept}
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    for row in kept:
        writer.writerow(row | {"manager_number": row["manager_number"] if row["manager_number"] in here else ""})
    return out.getvalue().encode()


def everybody() -> list:
    return [
        list(Employee.objects.order_by("pk").values()),
        list(Membership.objects.order_by("pk").values()),
        list(Reporting.objects.order_by("pk").values()),
    ]


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


# -- refusing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "The file is empty"), (b"\x89PNG\0\0", "not a text file"), (b"PK\x03\x04x", "not a spr")],
)
def test_a_bad_file_is_refused_in_place_and_keeps_what_was_typed(content, says, hr, client_of: ClientOf) -> None:
    answer = upload(client_of(hr), content, number_width="6", source="Payroll <Italy>")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    assert 'value="6"' in page
    assert "Payroll &lt;Italy&gt;" in page
    assert not ImportDraft.objects.exists()


def test_no_file_at_all(hr, client_of: ClientOf) -> None:
    assert client_of(hr).post("/people/import/").status_code == 422


def test_a_huge_file_is_dropped_while_it_comes_in(hr, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("culture.people.uploads.MAX_BYTES", 200_000)
    answer = upload(client_of(hr), b"x" * 400_000, source="Payroll")
    assert answer.status_code == 422
    assert "larger than" in answer.content.decode()
    assert 'value="Payroll"' in answer.content.decode()
    assert not ImportDraft.objects.exists()


def test_a_huge_file_on_disk_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    asked: list[int] = []
    real = Path.open

    def counting(self: Path, *args, **kwargs):
        file = real(self, *args, **kwargs)
        read = file.read
        return _Counting(file, read, asked)

    monkeypatch.setattr(Path, "open", counting)
    with pytest.raises(tables.Refused, match="larger than 50 MB"):
        read_file(big)
    assert asked == [tables.MAX_BYTES + 1]


class _Counting:
    def __init__(self, file, read, asked: list[int]) -> None:
        self.file, self._read, self.asked = file, read, asked

    def __enter__(self) -> _Counting:
        return self

    def __exit__(self, *problem) -> None:
        self.file.close()

    def read(self, size: int = -1) -> bytes:
        self.asked.append(size)
        return self._read(size)


def bomb(rows: bytes, more: dict[str, bytes] | None = None) -> bytes:
    """clean.xlsx with another sheet."""
    made = io.BytesIO()
    with zipfile.ZipFile(DATA / "clean.xlsx") as real, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as fake:
        for name in real.namelist():
            content = real.read(name)
            if name.endswith("sheet1.xml"):
                head, _, tail = content.partition(b"<sheetData>")
                content = head + b"<sheetData>" + rows + b"</sheetData>" + tail.partition(b"</sheetData>")[2]
            fake.writestr(name, content)
        for name, content in (more or {}).items():
            fake.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bomb(b"", {"xl/media/zeros.bin": b"\0" * (401 * 1024 * 1024)}), id="zeros"),
        pytest.param(bomb(b'<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>'), id="far corner"),
        pytest.param(bomb(b'<row r="1"><c r="A1"/></row><row r="900000"><c r="ZZ900000"/></row>'), id="sparse"),
    ],
)
def test_a_spreadsheet_that_would_swell_is_refused_before_it_does(content, hr, client_of: ClientOf) -> None:
    assert len(content) < 1_000_000
    answer = upload(client_of(hr), content, "bomb.xlsx")
    assert answer.status_code == 422
    assert "would unpack to far more" in answer.content.decode()


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


# -- suspicious --------------------------------------------------------------------------------------------------------


def rows_of_cases() -> dict[str, int]:
    return dict(DraftRow.objects.filter(kind="suspicious").values_list("number", "pk"))


def test_numbers_handed_round_stop_and_are_decided_one_by_one(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    confirm(client, preview(client, part("december.csv")))
    before = dict(Employee.objects.values_list("email", "pk"))
    address = preview(client, part("renumbered.csv"), "renumbered.csv")
    page = client.get(address).content.decode()
    assert numbers(page)["suspicious"] == 6
    assert "Numbers seem to have been handed round" in page
    assert 'name="fingerprint"' not in page
    pk = next(iter(rows_of_cases().values()))
    silent = client.post(f"{address}decide/{pk}/", {f"row{pk}-answer": "renumber"})
    assert silent.status_code == 422
    assert "Say why" in silent.content.decode()
    assert re.search(r'<option value="renumber" selected', silent.content.decode())
    for number in list(rows_of_cases()):
        pk = rows_of_cases()[number]
        told = {f"row{pk}-answer": "renumber", f"row{pk}-reason": "New numbers in November"}
        assert client.post(f"{address}decide/{pk}/", told).status_code == 302
    confirm(client, address)
    lines = [line.split(",") for line in part("renumbered.csv").decode().splitlines()[1:]]
    wanted = {line[3]: line[0] for line in lines if line[3]}
    assert dict(Employee.objects.filter(email__in=wanted).values_list("email", "number")) == wanted
    assert dict(Employee.objects.values_list("email", "pk")) == before  # nobody became somebody else
    assert PeopleImport.objects.first().about["decided"] == {"renumber": 6}


@pytest.mark.parametrize("answer", ["same", "different", "skip"])
def test_other_answers_about_a_number(answer: str, hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    confirm(client, preview(client, text("1,Ann,Bee,ann@x.test,U,,2020-01-01,\n2,Cy,Dee,,U,1,2020-01-01,\n")))
    old = Employee.objects.get(number="1")
    address = preview(client, text("1,Eve,Fox,eve@x.test,U,,2026-01-01,\n2,Cy,Dee,,U,1,2020-01-01,\n"))
    pk = rows_of_cases()["1"]
    client.post(f"{address}decide/{pk}/", {f"row{pk}-answer": answer, f"row{pk}-reason": "Asked payroll"})
    page = client.get(address).content.decode()
    if answer == "skip":
        assert numbers(page)["rejected"] == 1
        assert "left out by decision: Asked payroll" in client.get(address + "?show=rejected").content.decode()
        return
    confirm(client, address)
    old.refresh_from_db()
    if answer == "same":
        assert (old.number, old.name, old.email) == ("1", "Eve Fox", "eve@x.test")
        return
    assert old.name == "Ann Bee"
    assert old.left_on is not None
    assert old.number.startswith("1~")
    new = Employee.objects.get(number="1")
    assert (new.name, new.pk == old.pk) == ("Eve Fox", False)
    assert Employee.objects.get(number="2").manager == new


def test_a_known_person_under_a_new_number_keeps_history(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    confirm(client, preview(client, text("1,Ann,Bee,ann@x.test,U,,2020-01-01,\n")))
    old = Employee.objects.get(number="1")
    address = preview(client, text("900,Ann,Bee,ann@x.test,U,,2020-01-01,\n"))
    assert "1 person known here comes with a new number" in client.get(address).content.decode()
    pk = rows_of_cases()["900"]
    client.post(f"{address}decide/{pk}/", {f"row{pk}-answer": "renumber", f"row{pk}-reason": "Moved to Italy"})
    confirm(client, address)
    old.refresh_from_db()
    assert (old.number, old.memberships.count(), old.left_on) == ("900", 1, None)


def test_many_leavers_stop_until_somebody_says_why(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    rows = [f"{n},A,B{n},,U,,2020-01-01,\n" for n in range(40)]
    confirm(client, preview(client, text("".join(rows))))
    kept = f"HR1,Hanna,Rossi,hr1@meridian.test,{hr.unit.path},,2020-01-01,\n"
    address = preview(client, text("".join(rows[:20]) + kept), mode="snapshot")
    page = client.get(address).content.decode()
    assert numbers(page)["left"] == 20
    assert "20 of 41 people would leave" in page
    assert 'name="fingerprint"' not in page
    assert client.post(address + "accept/", {"reason": " "}).status_code == 422
    client.post(address + "accept/", {"reason": "The plant was sold"})
    confirm(client, address)
    assert Employee.objects.filter(left_on__isnull=False).count() == 20
    assert PeopleImport.objects.first().about["accepted"] == {"leaving": "The plant was sold"}


def test_changes_only_never_makes_leavers(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    confirm(client, preview(client, text("1,A,B,,U,,,\n2,C,D,,U,,,\n")))
    page = client.get(preview(client, text("1,A,B,,U,,,\n"))).content.decode()
    assert numbers(page)["left"] == 0
    assert "2 people known here are not in the file" in page


def test_a_rejected_row_makes_nobody_a_leaver(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    known = f"HR1,Hanna,Rossi,hr1@meridian.test,{hr.unit.path},,2020-01-01,\n"
    confirm(client, preview(client, text(known + "1,A,B,a@x.test,U,,,\n2,C,D,,U,,,\n3,E,F,,U,,,\n")))
    # 1 lost its number, 2 has an impossible date; only 3 is really missing.
    page = client.get(
        preview(client, text(known + ",A,B,a@x.test,U,,,\n2,C,D,,U,,2020-02-31,\n"), mode="snapshot")
    ).content.decode()
    assert numbers(page)["left"] == 1


def test_the_last_hr_admin_cannot_be_imported_away(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    address = preview(client, text("1,A,B,,U,,,\n"), mode="snapshot")
    page = client.get(address).content.decode()
    assert "last HR admin leave (Hanna Rossi)" in page
    assert 'name="fingerprint"' not in page


def test_nobody_is_put_into_a_closed_unit(hr, units, client_of: ClientOf) -> None:
    Unit.objects.filter(pk=units["Branch B"].pk).update(until="2026-01-31")
    client = client_of(hr)
    address = preview(client, text("1,A,B,,Meridian > Retail > Branch B,,,\n"))
    page = client.get(address).content.decode()
    assert numbers(page)["rejected"] == 1
    assert "was closed on 2026-01-31" in page


# -- two at once, and twice --------------------------------------------------------------------------------------------


def test_what_changed_since_the_preview_is_shown_again_not_written(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    confirm(client, preview(client, text("1,A,B,,U,,,\n")))
    address = preview(client, text("1,A,B,,V,,,\n"))
    Employee.objects.filter(number="1").update(job_title="Boss", given_name="Al")
    answer = confirm(client, address)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "changed since this preview" in page
    assert "<del>Al</del>" in page
    assert Employee.objects.get(number="1").unit.path == "U"
    assert confirm(client, address).status_code == 302
    assert Employee.objects.get(number="1").unit.path == "V"


def test_a_preview_that_is_not_the_shown_one_is_not_written(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    address = preview(client, text("1,A,B,,U,,,\n"))
    assert client.post(address + "confirm/", {"fingerprint": "x"}).status_code == 409
    assert not Employee.objects.filter(number="1").exists()


def test_the_second_of_two_admins_is_told(hr, executive, client_of: ClientOf) -> None:
    Grant.objects.create(employee=executive, role=Role.HR_ADMIN)
    first, second = client_of(hr), client_of(executive)
    one = preview(first, text("1,A,B,,U,,,\n"), "mine.csv")
    other = preview(second, text("1,A,C,,U,,,\n"), "yours.csv")
    assert "Hanna Rossi has the preview of “mine.csv” open" in second.get(other).content.decode()
    assert confirm(first, one).status_code == 302
    assert confirm(second, other).status_code == 409
    assert Employee.objects.get(number="1").family_name == "B"


@pytest.mark.django_db(transaction=True)
def test_nobody_confirms_while_another_import_is_written(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    address = preview(client, text("1,A,B,,U,,,\n"))
    writer = connections.create_connection("default")
    try:
        with writer.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [applying.LOCK])
            answer = confirm(client, address)
            assert answer.status_code == 409
            assert "Another import is being written at this moment" in answer.content.decode()
            cursor.execute("ROLLBACK")
    finally:
        writer.close()
    assert confirm(client, address).status_code == 302


def test_the_same_file_again_says_so(hr, client_of: ClientOf) -> None:
    client = client_of(hr)
    confirm(client, preview(client, text("1,A,B,,U,,,\n")))
    page = client.get(preview(client, text("1,A,B,,U,,,\n"))).content.decode()
    assert "Exactly this file was imported on" in page
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
