"""Reading files: encodings are detected or asked, never guessed; dates, headings and cells as people write them."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture.people.charsets import detect
from culture.people.exporting import harmless
from culture.people.headings import HEADINGS, match, plain
from culture.people.rows import Bad, date_of, parse
from culture.people.spreadsheets import Unreadable, measure
from culture.people.tables import Unmapped, Unsure, read_file, tidy

WESTERN = (
    "Hélène Lefèvre Müller Núñez João Jørgen Sørensen Åse Noël Niccolò Cafà Françoise Anaïs Molière Desprès Grüße "
    "GARCÍA MÜLLER LEFÈVRE O’Brien"
)


@pytest.mark.parametrize("word", WESTERN.split())
def test_western_names_are_read_without_a_question(word: str) -> None:
    found = detect(f"1;{word};x\n".encode("cp1252"))
    assert found is not None
    assert found.encoding == "cp1252", word


@pytest.mark.parametrize(
    ("word", "encoding"),
    [
        ("Dvořák", "cp1250"), ("Kučera", "cp1250"), ("Ionuţ", "cp1250"), ("Şerban", "cp1250"), ("Cătălin", "cp1250"),
        ("Szűcs", "cp1250"), ("Erdős", "cp1250"), ("Jiří", "cp1250"), ("Petrović", "cp1250"), ("Růžička", "cp1250"),
        ("Horáček", "cp1250"), ("Wałęsa", "cp1250"), ("Němec", "cp1250"), ("Kamiński", "cp1250"),
        ("Ștefănescu", "iso8859-16"), ("Müller", "mac-roman"), ("Hélène", "mac-roman"), ("Müller", "cp850"),
        ("张伟", "gb18030"), ("張偉", "big5"),
    ],
)  # fmt: skip
def test_other_encodings_are_asked_and_the_right_one_is_among_the_answers(word: str, encoding: str) -> None:
    found = detect(f"1;{word};x\n".encode(encoding))
    assert found is not None
    assert found.encoding == ""
    assert found.candidates[encoding] == [word]


@given(st.text(alphabet=st.characters(min_codepoint=0x21, exclude_characters="\ufeff", exclude_categories=["Cs"])))
def test_utf8_is_always_known(text: str) -> None:
    found = detect(("A" + text).encode())
    assert found is not None
    assert found.encoding == "utf-8"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_with_and_without_its_mark(encoding: str) -> None:
    raw = "number;vorname;nachname;abteilung\n1;Zoë;Dvořák;U\n".encode(encoding)
    assert read_file(io.BytesIO(raw), "x.csv").rows[0].cells["family_name"] == "Dvořák"


def test_the_question_about_an_encoding_shows_samples() -> None:
    with pytest.raises(Unsure) as caught:
        read_file(io.BytesIO("number;given_name;family_name;unit\n1;Jan;Dvořák;U\n".encode("cp1250")), "x.csv")
    assert caught.value.candidates["cp1250"] == ["Dvořák"]


@pytest.mark.parametrize(
    ("written", "order", "meant"),
    [
        ("2025-04-03", "", (2025, 4, 3)), ("2025-04-03T00:00:00", "", (2025, 4, 3)), ("2025/04/03", "", (2025, 4, 3)),
        ("20250403", "", (2025, 4, 3)), ("2025年4月3日", "", (2025, 4, 3)), ("03.04.2025", "", (2025, 4, 3)),
        ("25/04/2025", "", (2025, 4, 25)), ("04/25/2025", "", (2025, 4, 25)), ("04/04/2025", "", (2025, 4, 4)),
        ("03/04/2025", "dmy", (2025, 4, 3)), ("03/04/2025", "mdy", (2025, 3, 4)), ("03/04/25", "dmy", (2025, 4, 3)),
        ("03.04.99", "dmy", (1999, 4, 3)),
    ],
)  # fmt: skip
def test_dates_as_they_are_written(written: str, order: str, meant: tuple[int, int, int]) -> None:
    assert date_of("hired_on", written, order) == dt.date(*meant)


@pytest.mark.parametrize("written", ["03/04/2025", "03-04-2025", "03/04/25", "3.4.25"])
def test_ambiguous_dates_are_never_guessed(written: str) -> None:
    with pytest.raises(Bad) as caught:
        date_of("hired_on", written)
    assert caught.value.ambiguous


@pytest.mark.parametrize("written", ["31.02.2025", "2025-13-01", "soon", "1/2", "01.01.0025", "2025-04-03T09:30:00"])
def test_no_dates(written: str) -> None:
    with pytest.raises(Bad):
        date_of("hired_on", written, "dmy")


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2199, 12, 31)), st.sampled_from(["dmy", "mdy"]))
def test_a_told_order_reads_every_day_back(day: dt.date, order: str) -> None:
    written = f"{day:%d/%m/%Y}" if order == "dmy" else f"{day:%m/%d/%Y}"
    assert date_of("hired_on", written, order) == day


@pytest.mark.parametrize(
    "header",
    [
        ["Matricola", "Nome", "Cognome", "Unità organizzativa", "Responsabile", "Data assunzione"],
        ["Matricule", "Prénom", "Nom", "Unité", "Responsable", "Date d’entrée"],
        ["Marcă", "Prenume", "Nume", "Unitate organizațională", "Șef", "Data angajării"],
        ["工号", "名", "姓", "部门", "上级", "入职日期"],
        ["Employee No.", "FIRST NAME", "Last_name", "Department", "Reports to", "Start date"],
    ],
)
def test_headings_in_five_languages(header: list[str]) -> None:
    found = match(header)
    assert found == {"number": 0, "given_name": 1, "family_name": 2, "unit": 3, "manager": 4, "hired_on": 5}


def test_no_heading_means_two_things() -> None:
    every = [plain(heading) for headings in HEADINGS.values() for heading in headings]
    assert {heading for heading in every if every.count(heading) > 1} == set()


def test_a_mapping_wins_over_what_would_be_recognised() -> None:
    raw = b"number,name,unit,x\n1,Ann,U,Bee\n"
    with pytest.raises(Unmapped) as caught:
        read_file(io.BytesIO(raw), "x.csv")
    assert caught.value.header == ["number", "name", "unit", "x"]
    table = read_file(io.BytesIO(raw), "x.csv", mapping={"name": "given_name", "x": "family_name"})
    assert table.rows[0].cells == {"number": "1", "given_name": "Ann", "unit": "U", "family_name": "Bee"}


@given(st.text(alphabet="=+-@'\t abc1", max_size=6))
def test_no_exported_cell_is_a_formula_and_an_import_reads_it_back(cell: str) -> None:
    shown = harmless(cell)
    assert shown[:1] not in ("=", "+", "-", "@", "\t", "\r")
    if tidy(cell) == cell and cell[:1] in ("+", "-"):
        raw = f'number,given_name,family_name,unit,site\n1,A,B,U,"{shown}"\n'.encode()
        person = parse(read_file(io.BytesIO(raw), "x.csv")).people["1"]
        assert person.values["site"] == cell


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_measured(raw: bytes) -> None:
    try:
        measure(b"PK\x03\x04" + raw)
    except Unreadable as error:
        assert str(error)
