"""Who has read the charter, its API, and the pure parts: comparison, Markdown, files without formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from culture.access.models import AuditEntry, Grant, Role
from culture.framework import charter, charter_diff, charter_readers
from culture.framework.charter_models import CharterAcknowledgement
from culture.framework.markdown import render
from culture.people.models import Employee
from tests.conftest import make_person
from tests.culture.test_charter import publish, text_of, today

ClientOf = Callable[[Employee | None], Client]


# -- who has read it -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestReaders:
    def test_shares_by_unit(self, hr: Employee, manager: Employee, stranger: Employee, client_of: ClientOf) -> None:
        version = publish(hr)
        for number in ("A1", "A2", "A3"):
            charter.acknowledge(by=Employee.objects.get(number=number), number=1, today=today())
        Employee.objects.filter(number="A4").update(email=None)
        people = charter_readers.asked(hr, today())
        whole, shares, _way = charter_readers.by_unit(people, version, None)
        assert (whole.people, whole.read, whole.silent) == (14, 3, 1)
        assert [(s.unit.name, s.read, s.people) for s in shares if s.unit] == [("Services", 0, 1), ("Retail", 3, 13)]
        retail = shares[1].unit
        page = text_of(client_of(hr).get(f"/charter/1/readers/?unit={retail.pk if retail else 0}"))
        assert "3 of 13 people have read it" in page
        assert page.index("Branch B") < page.index("Branch A")
        assert "3 of 12" in page

    def test_who_has_not_with_those_without_mail_marked(self, hr, manager, client_of: ClientOf) -> None:
        publish(hr)
        charter.acknowledge(by=Employee.objects.get(number="A1"), number=1, today=today())
        Employee.objects.filter(number="A4").update(email=None)
        client = client_of(hr)
        page = text_of(client.get("/charter/1/readers/unread/"))
        assert "12 people have not read it" in page
        assert "Person A1<" not in page
        assert page.count("no e-mail</span>") == 1
        silent = text_of(client.get("/charter/1/readers/unread/?silent=1"))
        assert "Person A4" in silent
        assert "Person A5" not in silent
        assert "Nobody found" in text_of(client.get("/charter/1/readers/unread/?q=zzz%00"))

    def test_a_signature_on_paper_is_noted(self, hr, manager, client_of: ClientOf) -> None:
        publish(hr)
        Employee.objects.filter(number="A4").update(email=None)
        silent = Employee.objects.get(number="A4")
        reads_mail = Employee.objects.get(number="A5")
        address = "/charter/1/readers/unread/"
        client = client_of(hr)
        assert "can sign in" in text_of(client.post(address, {"person": [silent.pk, reads_mail.pk]}, follow=True))
        assert not CharterAcknowledgement.objects.exists()
        assert "1 person is noted" in text_of(client.post(address, {"person": silent.pk}, follow=True))
        kept = CharterAcknowledgement.objects.get()
        assert (kept.employee, kept.recorded_by) == (silent, hr)
        assert "Nobody was chosen" in text_of(client.post(address, {"person": "x"}, follow=True))

    def test_hr_of_a_unit_sees_its_people_only(self, hr, manager, stranger, units, client_of: ClientOf) -> None:
        publish(hr)
        Grant.objects.create(employee=stranger, role=Role.HR_ADMIN, unit=units["Branch B"])
        client = client_of(stranger)
        assert "0 of 1 people have read it" in text_of(client.get("/charter/1/readers/"))
        assert "Person A1" not in text_of(client.get("/charter/1/readers/unread/"))
        assert "Person" not in b"".join(client.get("/charter/1/readers.csv").streaming_content).decode()
        for unit in (str(units["Branch A"].pk), "0", "x", "9" * 30):
            assert client.get(f"/charter/1/readers/?unit={unit}").status_code == 404
        Employee.objects.filter(number="A4").update(email=None)
        other = Employee.objects.get(number="A4")
        client.post("/charter/1/readers/unread/", {"person": other.pk})
        assert not CharterAcknowledgement.objects.exists()

    def test_the_file_holds_everybody_and_no_formula(self, hr, manager, client_of: ClientOf) -> None:
        publish(hr)
        charter.acknowledge(by=Employee.objects.get(number="A1"), number=1, today=today())
        Employee.objects.filter(number="A2").update(family_name='=HYPERLINK("http://x")', given_name=" +1")
        content = b"".join(client_of(hr).get("/charter/1/readers.csv").streaming_content).decode("utf-8")
        rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
        assert len(rows) == 13
        by_number = {row["Number"]: row for row in rows}
        assert by_number["A1"]["Read on"] == today().isoformat()
        assert by_number["A3"]["Read on"] == ""
        assert by_number["A2"]["Family name"].startswith("'=")
        assert by_number["A2"]["Given name"].startswith("'")
        assert AuditEntry.objects.filter(verb="charter.export").count() == 1

    @pytest.mark.parametrize(
        "address", ["/charter/", "/charter/manage/", "/charter/1/readers/", "/charter/1/readers/unread/"]
    )
    def test_queries_do_not_grow(self, address: str, hr, units, client_of: ClientOf) -> None:
        publish(hr)
        client = client_of(hr)
        client.get(address)

        def count() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            return len(captured)

        make_person("N0", units["Branch A"])
        one = count()
        for n in range(1, 4):
            make_person(f"N{n}", units["Branch B"], email=None)
            publish(hr, f"Version {n}", days=n)
        assert count() == one


# -- the API ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_api(hr, employee, client_of: ClientOf) -> None:
    client = client_of(employee)
    assert client_of(None).get("/api/v1/charter/").status_code in (401, 403)
    assert client_of(None).post("/api/v1/charter-acknowledgements/", {"number": 1}).status_code in (401, 403)
    assert client.get("/api/v1/charter/in-force/").status_code == 404
    publish(hr)
    publish(hr, "We serve better.", days=4)
    now = client.get("/api/v1/charter/in-force/").json()
    assert (now["number"], now["in_force"], now["mission"]) == (1, True, {"en": "We serve."})
    assert now["standards"][0]["target"] == "10.00"
    assert [row["number"] for row in client.get("/api/v1/charter/").json()["results"]] == [2, 1]
    assert client.get("/api/v1/charter/2/").json()["in_force"] is False
    address = "/api/v1/charter-acknowledgements/"
    assert [client.post(address, {"number": 1}).status_code for _ in range(2)] == [201, 200]
    assert [row["number"] for row in client.get(address).json()["results"]] == [1]
    for wrong in ({"number": 2}, {"number": "x"}, {}, {"number": 10**30}):
        answer = client.post(address, wrong, content_type="application/json")
        assert answer.status_code == 400
        assert "number" in answer.json()["error"]["fields"]
    assert CharterAcknowledgement.objects.count() == 1
    assert client_of(hr).get(address).json()["results"] == []


# -- pure ------------------------------------------------------------------------------------------------------------


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_comparison_holds_both_texts(old: str, new: str) -> None:
    pieces = charter_diff.words(old, new)
    assert "".join(p.text for p in pieces if p.kind != "added") == old
    assert "".join(p.text for p in pieces if p.kind != "removed") == new
    assert charter_diff.differs(pieces) == (old != new)


@given(st.lists(st.integers(0, 5), unique=True), st.lists(st.integers(0, 5), unique=True))
def test_standards_are_told_apart_by_key(old: list[int], new: list[int]) -> None:
    def rows(keys: list[int], word: str) -> list[charter_diff.Promise]:
        return [charter_diff.Promise(str(k), word, "m", "t") for k in keys]

    found = charter_diff.standards(rows(old, "a"), rows(new, "b"))
    counts = {state: sum(1 for one in found if one.state == state) for state in ("same", "changed", "added", "removed")}
    both = len(set(old) & set(new))
    assert counts == {"same": 0, "changed": both, "added": len(new) - both, "removed": len(old) - both}


def test_chinese_is_compared_by_character() -> None:
    pieces = charter_diff.words("我们服务客户", "我们热爱客户")
    assert [(p.kind, p.text) for p in pieces] == [
        ("same", "我们"), ("removed", "服务"), ("added", "热爱"), ("same", "客户")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>",
        "![x](http://evil.test/a.png)", "<a href='#' onclick='x()'>y</a>", "[x](data:text/html,<script>)",
    ],
)  # fmt: skip
def test_markdown_is_harmless(text: str) -> None:
    html = render(text, below=2, images=False)
    assert not re.search(r"<script|<img|javascript:\S*\"|<[^>]+\son\w+=", html)
    assert 'href="javascript' not in html


@given(st.text(max_size=40))
def test_no_cell_is_a_formula(cell: str) -> None:
    kept = charter_readers.harmless(cell)
    assert not kept.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert kept in (cell, f"'{cell}")
