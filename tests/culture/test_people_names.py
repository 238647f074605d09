"""Names in any script: found however they are typed, ordered as a reader expects them."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from culture.people import keys, names
from culture.people.models import Employee, Unit


@pytest.mark.parametrize(
    ("given", "family", "typed"),
    [
        ("Ștefan", "Țăranu", "stefan taranu"),
        ("Stefan", "Taranu", "ȘTEFAN"),
        ("Søren", "Ørsted", "orsted soren"),
        ("Łukasz", "Wałęsa", "walesa"),
        ("Jürgen", "Groß", "gross jurgen"),
        ("Jürgen", "Groß", "GROSS"),
        ("小明", "王", "王小明"),
        ("小明", "王", "小明"),
        ("小明", "王", "明"),
        ("Мария", "Йорданова", "иорд"),
        ("Γιώργος", "Παπαδόπουλος", "παπαδοπουλοσ"),
        ("Anne-Marie", "O’Neill", "marie neill"),
        ("Đorđe", "Đoković", "dok dor"),
        ("Zoë", "Smith", "zoe p12@"),
        ("Zoë", "Smith", "0012"),
    ],
)  # fmt: skip
def test_found_however_it_is_typed(given, family, typed, db) -> None:
    person = Employee.objects.create_user(
        number="0012", given_name=given, family_name=family, email="p12@meridian.example"
    )
    Employee.objects.create_user(number="9", given_name="Other", family_name="Person")
    assert list(Employee.objects.found_by(typed)) == [person]


def test_signs_alone_find_nobody_and_blanks_everybody(db) -> None:
    Employee.objects.create_user(number="1", given_name="A", family_name="B")
    assert not Employee.objects.found_by("'").exists()
    assert not Employee.objects.found_by("&|!():*\\").exists()
    assert Employee.objects.found_by("  ").count() == 1


@given(st.text(max_size=60))
def test_a_query_is_always_a_query(text: str) -> None:
    """Whatever is typed, the query holds words and nothing of the syntax round them."""
    for part in filter(None, names.query(text).split(" & ")):
        assert part.startswith("'")
        assert part.endswith("':*")
        assert not set(part[1:-3]) & set("'\\ &|!:*()<>")


@given(st.text(max_size=120), st.text(max_size=120), st.text(min_size=1, max_size=40))
def test_everybody_is_found_by_each_own_word(given: str, family: str, number: str) -> None:
    text = names.searchable(given_name=given, family_name=family, number=number, email=None)
    stored = text.split(" ") if text else []
    assert "" not in stored
    for word in names.words(given) + names.words(family):
        assert any(one.startswith(word) for one in stored)


@given(st.text(max_size=120), st.text(max_size=120))
def test_keys_fit_into_an_index(given: str, family: str) -> None:
    for key in names.keys(given_name=given, family_name=family, number="1", email=None).values():
        assert "\0" not in key or "\0" in given + family
    assert all(len(key) <= names.LONGEST_KEY for key in names.sort_keys(given_name=given, family_name=family).values())


def in_order(language: str, families: list[str]) -> list[str]:
    column = names.sort_column(language)
    return sorted(families, key=lambda family: names.sort_keys(given_name="X", family_name=family)[column])


def test_each_language_has_its_order() -> None:
    families = ["Zorn", "Țăranu", "Tudor", "Émile", "Eva", "Șerban", "Stan", "Suciu", "Österreich", "Pavel"]
    assert in_order("it", families) == [
        "Émile", "Eva", "Österreich", "Pavel", "Șerban", "Stan", "Suciu", "Țăranu", "Tudor", "Zorn",
    ]  # fmt: skip
    assert in_order("ro", families) == [
        "Émile", "Eva", "Österreich", "Pavel", "Stan", "Suciu", "Șerban", "Tudor", "Țăranu", "Zorn",
    ]  # fmt: skip
    # An, Li, Wang, Zhang: by sound, not by code point.
    assert in_order("zh-hans", ["张", "王", "李", "安", "Eva"]) == ["Eva", "安", "李", "王", "张"]


def test_the_database_orders_by_the_key(db) -> None:
    for number, family in enumerate(["Tudor", "Țăranu", "Șerban", "Stan"]):
        Employee.objects.create_user(number=str(number), given_name="Ana", family_name=family)

    def families(language: str) -> list[str]:
        return [one.family_name for one in Employee.objects.in_order(language)]

    assert families("ro") == ["Stan", "Șerban", "Tudor", "Țăranu"]
    assert families("en") == ["Șerban", "Stan", "Țăranu", "Tudor"]


def test_names_are_written_as_their_script_does() -> None:
    assert names.display("小明", "王") == "王小明"
    assert names.display("Ana", "Țăranu") == "Ana Țăranu"
    assert names.display("Ming", "王") == "Ming 王"


def test_whoever_forgets_the_keys_is_healed(db) -> None:
    person = Employee.objects.create_user(number="1", given_name="Ana", family_name="Pop")
    Employee.objects.filter(pk=person.pk).update(family_name="Țăranu")
    assert Employee.objects.get(pk=person.pk).search == ""
    assert keys.fill(connection) == 1
    assert keys.fill(connection) == 0
    assert list(Employee.objects.found_by("taranu")) == [person]
    assert not Employee.objects.found_by("pop").exists()


def test_saving_keeps_the_keys(db) -> None:
    unit = Unit.objects.create(name="U", path="U")
    person = Employee.objects.create_user(number="1", given_name="Ana", family_name="Pop", unit=unit)
    person.family_name = "ANTON"
    person.save(update_fields=["family_name"])
    assert list(Employee.objects.found_by("anton ana")) == [person]
    person.family_name = "Anton"  # the same words, another name: fresh keys all the same
    person.save()
    assert Employee.objects.get(pk=person.pk).search != ""
    Employee.objects.bulk_create([Employee(number="2", given_name="Élodie", family_name="Roux")])
    assert Employee.objects.found_by("elodie").count() == 1
