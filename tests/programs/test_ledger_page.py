"""The page on which auditors check the points: who may, what is found, what stays private, the file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from culture.access.models import AuditEntry, Grant, Role
from culture.framework.loading import load_catalogue
from culture.people.models import Employee, Unit
from programs.recognition.models import Account, Kudos, LedgerEntry
from tests.conftest import make_person
from tests.programs.thanks import thank

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Employee | None], Client]
PAGE, FILE = "/thanks/ledger/", "/thanks/ledger/export.csv"


@pytest.fixture
def auditor(units: dict[str, Unit]) -> Employee:
    load_catalogue()
    person = make_person("AU1", units["Services"], given_name="Aurel", family_name="Dit")
    Grant.objects.create(employee=person, role=Role.AUDITOR)
    return person


def told(client: Client, query: str = "") -> str:
    answer = client.get(PAGE + query)
    assert answer.status_code == 200
    return answer.content.decode()


def lines(client: Client, query: str = "") -> list[list[str]]:
    answer = client.get(FILE + query)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(text)))


def test_who_may(auditor: Employee, hr: Employee, employee: Employee, executive: Employee, client_of: ClientOf) -> None:
    local = make_person("AU2", employee.unit)  # type: ignore[arg-type]
    Grant.objects.create(employee=local, role=Role.AUDITOR, unit=employee.unit)
    for who in (auditor, hr):
        assert client_of(who).get(PAGE).status_code == client_of(who).get(FILE).status_code == 200
        assert f'href="{PAGE}"' in client_of(who).get("/my/access/").content.decode(), "in the navigation"
    for nobody in (employee, executive, local):
        assert client_of(nobody).get(PAGE).status_code == client_of(nobody).get(FILE).status_code == 403
        assert f'href="{PAGE}"' not in client_of(nobody).get("/my/access/").content.decode()
    assert Client().get(PAGE)["Location"].startswith("/accounts/login/")
    assert client_of(auditor).post(PAGE).status_code == 405


def test_entries_with_their_reason_and_people(
    auditor: Employee, employee: Employee, stranger: Employee, client_of: ClientOf
) -> None:
    client = client_of(auditor)
    assert "No point has moved yet" in told(client)
    thank(employee, stranger, story="A secret story.", points=7, arrived=True)
    page = told(client)
    accounts = ("Allowance", "Gifts on their way", "Personal points")
    for words in ("Person A1", "Sven Other", *accounts, "Thanks arrived", ">7<"):
        assert words in page, words
    assert "A secret story" not in page
    assert "every account holds exactly what its entries make" in page


def test_private_thanks_tell_points_and_nobody(
    auditor: Employee, employee: Employee, stranger: Employee, client_of: ClientOf
) -> None:
    thank(employee, stranger, story="Between us.", points=9, public=False, arrived=True)
    client = client_of(auditor)
    page = told(client)
    assert ">9<" in page and "private" in page and "Sven Other" not in page and "Between us" not in page
    assert "Nothing found" in told(client, "?q=Sven") and "Nothing found" in told(client, "?q=S1")
    assert "Person A1" not in page, "the allowance issued in that moment would say who gave"
    assert "Nothing found" in told(client, "?q=A1")
    given = [row for row in lines(client) if row[6] == "9"]
    assert given[0][3] == given[0][5] == "" and "private" in given[0][7]


def test_it_is_narrowed_by_day_kind_and_person(
    auditor: Employee, employee: Employee, stranger: Employee, hr: Employee, client_of: ClientOf
) -> None:
    thank(employee, stranger, points=7, arrived=True)
    thank(hr, stranger, points=8, arrived=True)
    client, today = client_of(auditor), timezone.localdate()
    tomorrow = today + dt.timedelta(days=1)
    assert len(lines(client)) == 1 + 6
    assert len(lines(client, f"?since={today}&until={today}")) == 1 + 6
    assert len(lines(client, f"?since={tomorrow}")) == 1
    assert [row[6] for row in lines(client, "?kind=given&q=Hanna")][1:] == ["8"]
    assert [row[6] for row in lines(client, "?kind=issued")][1:] == ["100", "100"]
    assert [row[6] for row in lines(client, "?kind=other")][1:] == ["8", "7"]
    assert "200" in told(client) and "15" in told(client)
    assert AuditEntry.objects.filter(verb="ledger.exported", actor=auditor).count() == 6


def test_bad_input_is_told(auditor: Employee, client_of: ClientOf) -> None:
    client = client_of(auditor)
    for address in (PAGE, FILE):
        answer = client.get(f"{address}?since=2026-05-02&until=2026-05-01")
        assert answer.status_code == 422 and "before the first one" in answer.content.decode()
        assert client.get(f"{address}?since=yesterday").status_code == 422
        assert client.get(f"{address}?q=%00&kind=").status_code == 422
    assert client.get(PAGE + "?page=99").status_code == 200


def test_a_balance_that_drifts_is_shouted(
    auditor: Employee, employee: Employee, stranger: Employee, client_of: ClientOf
) -> None:
    thank(employee, stranger, points=7, arrived=True)
    Account.objects.filter(kind=Account.Kind.PERSONAL).update(balance=70)
    page = told(client_of(auditor))
    assert "1 account does not hold what its entries say" in page and "holds 70, its entries make 7" in page


def test_the_page_costs_the_same_for_one_and_many_and_turns(
    auditor: Employee, employee: Employee, stranger: Employee, client_of: ClientOf, django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    thank(employee, stranger, points=1)
    client = client_of(auditor)
    client.get(PAGE)
    with django_assert_max_num_queries(16) as asked:
        client.get(PAGE)
    one = len(asked)
    gift = Kudos.objects.get()
    entry = LedgerEntry.objects.get(kudos=gift, reason="kudos")
    LedgerEntry.objects.bulk_create(
        LedgerEntry(source=entry.source, target=entry.target, amount=1, at=entry.at, kudos=gift, reason="kudos")
        for _n in range(60)
    )
    with django_assert_num_queries(one):
        client.get(PAGE)
    assert "?page=2" in told(client) and told(client, "?page=2")


def test_names_in_the_file_are_no_formulas(
    auditor: Employee, employee: Employee, units: dict[str, Unit], client_of: ClientOf
) -> None:
    evil = make_person("EV", units["Services"], given_name="=HYPERLINK(1)", family_name="X")
    thank(employee, evil, points=3, arrived=True)
    (row,) = [row for row in lines(client_of(auditor), "?kind=other")][1:]
    assert row[5].startswith("'=")
