"""The search of people: fast among many, and still the same people in the same order."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from culture.people import employee_search, employee_views
from culture.people.models import Employee

pytestmark = pytest.mark.django_db
NAMES = ("Ștefan Țăranu", "Anna Müller", "小明 王", "Marco Moretti", "Zoë Zhang", "Quirin Ørsted", "Maria Ionescu")


@pytest.fixture
def crowd(units) -> int:
    """Seventy people of seven names, numbered so that no two letters are equally common."""
    people = []
    for n in range(70):
        given, family = NAMES[n % 7].split()
        people.append(
            Employee(number=f"C{n:04}", given_name=given, family_name=f"{family}{'x' * (n // 7)}", unit=units["Retail"])
        )
    Employee.objects.bulk_create(people)
    return Employee.objects.count()


@pytest.mark.parametrize("language", ["en", "ro", "zh-hans"])
@pytest.mark.parametrize(
    "search", ["m", "c", "z", "q", "w", "ma", "mar", "c m", "taranu", "王", "c0001", "?", "", "qqqq"]
)
@pytest.mark.parametrize("most", [1, 3, 12, 1000])
def test_the_first_are_those_of_the_plain_question(search, language, most, crowd) -> None:
    people = Employee.objects.filter(left_on__isnull=True)
    with CaptureQueriesContext(connection) as asked:
        found = employee_search.first(people, search=search, language=language, most=most)
    plain = people.found_by(search).in_order(language).values_list("pk", flat=True)
    assert found == list(plain[:most])
    assert len(asked) <= 1


def test_a_narrowed_search_stays_narrow(units, crowd) -> None:
    nobody = Employee.objects.filter(unit__in=[])
    assert employee_search.first(nobody, search="m", language="en", most=5) == []
    others = Employee.objects.filter(unit=units["Services"])
    assert employee_search.first(others, search="c", language="en", most=5) == []
    left = Employee.objects.filter(left_on__lt=dt.date(2026, 1, 1))
    assert employee_search.first(left, search="", language="en", most=5) == []


def test_a_long_list_says_where_it_ends(hr, crowd, client_of, monkeypatch) -> None:
    monkeypatch.setattr(employee_views, "MOST_LISTED", 60)
    client = client_of(hr)
    first = client.get("/people/?q=c").content.decode()
    assert "More than 60 people: the first 60 are listed." in first
    assert "page=2" in first
    assert "page=3" not in first
    shown = re.findall(r'data-label="Number">(C\d+)<', first)
    shown += re.findall(r'data-label="Number">(C\d+)<', client.get("/people/?q=c&page=2").content.decode())
    wanted = Employee.objects.found_by("c").in_order("en").values_list("number", flat=True)
    assert shown == list(wanted[:60])
    assert "10 people" in re.sub(r"\s+", " ", client.get("/people/?q=zhang").content.decode())


@pytest.mark.parametrize("address", ["/people/?q={}", "/people/suggest/?q={}"])
def test_every_search_asks_the_same_number_of_times(address, hr, crowd, client_of) -> None:
    client = client_of(hr)
    client.get(address.format("c"))
    counts = []
    for words in ("c", "z", "mar", "zhang"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address.format(words)).status_code == 200
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 8
