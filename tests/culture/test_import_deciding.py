"""Where the import stops and asks: numbers handed round, many leavers, two HR admins at once."""

from __future__ import annotations

import re

import pytest
from django.db import connections

from culture.access.models import Grant, Role
from culture.people import applying
from culture.people.import_models import DraftRow, PeopleImport
from culture.people.models import Employee, Unit
from tests.culture.import_world import (
    ClientOf,
    confirm,
    numbers,
    part,
    preview,
    text,
)

pytestmark = pytest.mark.django_db


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
