"""XLSForm: what goes out comes back, what is wrong is told with its place, and nothing is half imported."""

from __future__ import annotations

import io
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings

from surveys.instruments import library, xlsform_check, xlsform_import
from surveys.instruments.loading import content_of, draft_of, load_library
from surveys.instruments.models import Instrument
from surveys.instruments.rules import Person, holds
from surveys.instruments.scales import COMMENT, scale_of
from surveys.instruments.xlsform_export import About, workbook
from surveys.instruments.xlsform_sheets import Unusable
from tests.surveys.instrument_contents import contents

ABOUT = About("trial", 3, {"en": "Trial", "it": "Prova"}, {"en": "To try"}, ("A source (1999)",))
QUIET = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def book(**sheets: list[list[str]]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return file.getvalue()


def plain(rule: dict[str, Any]) -> dict[str, Any]:
    """Without joins of one, and with any of several answers to one question as one condition: it means the same."""
    for mode in ("all", "any"):
        if mode in rule:
            parts = [plain(part) for part in rule[mode]]
            same = {(key, part.get(key)) for part in parts for key in ("item", "who") if key in part}
            if mode == "any" and len(same) == 1 and all("in" in part for part in parts):
                return {**parts[0], "in": list(dict.fromkeys(value for part in parts for value in part["in"]))}
            return parts[0] if len(parts) == 1 else {mode: parts}
    return rule


@pytest.mark.parametrize("key", library.ORDER)
def test_the_library_comes_back_word_for_word_and_pyxform_takes_it(key: str) -> None:
    entry = library.entry(key)
    data = workbook(About(key, 1, entry.name, entry.purpose, entry.sources), entry.content)
    back = xlsform_import.bring(data)
    assert (back.problems, back.notes) == ([], [])
    assert back.content == entry.content
    assert (back.key, back.name, back.purpose, back.sources) == (key, entry.name, entry.purpose, list(entry.sources))
    assert xlsform_check.check(data) == []


@QUIET
@given(contents())
def test_whatever_is_asked_comes_back(content: dict[str, Any]) -> None:
    back = xlsform_import.bring(workbook(ABOUT, content))
    assert back.problems == []
    assert back.content["sections"] == content["sections"]
    for item, before in zip(back.content["items"], content["items"], strict=True):
        assert item == {**before, "show_if": item["show_if"]}
        assert plain(item["show_if"]) == plain(before["show_if"])


@QUIET
@given(contents())
def test_rules_mean_the_same_when_they_are_back(content: dict[str, Any]) -> None:
    back = xlsform_import.bring(workbook(ABOUT, content)).content
    scales = {item["code"]: scale_of(item) for item in content["items"] if item["kind"] != COMMENT}
    people = [Person(), Person(frozenset({1, 2}), "Sales", True)]
    for item, before in zip(back["items"], content["items"], strict=True):
        for person in people:
            for value in (None, 0, 1, 2, 11, 55):
                same = (holds(one["show_if"], lambda _c, v=value: v, scales, person) for one in (item, before))
                assert len(set(same)) == 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(contents())
def test_pyxform_accepts_whatever_is_written(content: dict[str, Any]) -> None:
    assert xlsform_check.check(workbook(ABOUT, content)) == []


HEADER = ["type", "name", "label::English (en)", "label::Italiano (it)", "relevant", "constraint"]


@pytest.mark.parametrize(
    "row, column, words",
    [
        (["geopoint", "where", "Where?", "Dove?"], "A (type)", "geopoint"),
        (["text", "1st", "What?", "Che?"], "B (name)", "begins with a letter"),
        (["text", "naïve", "What?", "Che?"], "B (name)", "begins with a letter"),
        (["text", "", "What?", "Che?"], "B (name)", "no name"),
        (["text", "first", "Again?", "Ancora?"], "B (name)", "Row 2"),
        (["text", "more", "", ""], "C (label::English (en))", "no label"),
        (["select_one nowhere", "pick", "Which?", "Quale?"], "A (type)", "nowhere"),
        (["integer", "n", "How many?", "Quanti?", "", ". > 3"], "F (constraint)", ">= 0"),
        (["text", "later", "And?", "E?", "${gone} = '1'"], "E (relevant)", "gone"),
        (["text", "odd", "And?", "E?", "${first} > 3"], "E (relevant)", "cannot be understood"),
        (["text", "self", "And?", "E?", "${self} != ''"], "E (relevant)", "itself"),
        (["begin_repeat", "r", "Again", "Ancora"], "A (type)", "Repeats"),
        (["begin_group", "g", "Group", "Gruppo"], "A (type)", "no end_group"),
    ],
)
def test_what_is_wrong_is_told_with_sheet_row_and_column(row: list[str], column: str, words: str) -> None:
    data = book(survey=[HEADER, ["integer", "first", "One?", "Uno?", "", ". >= 0 and . <= 9"], row])
    found = xlsform_import.bring(data).problems
    assert [(one.sheet, one.row) for one in found[:1]] == [("survey", 3)]
    # A column is named by its letter and header; of one that is translated, the first.
    assert found[0].column in {column, column.split(" ")[0], "label"} and words in found[0].text


def test_a_missing_translation_is_noted_with_its_place_and_keeps_nothing_out() -> None:
    data = book(
        survey=[HEADER, ["select_one ways", "way", "Which way?", ""]],
        choices=[["list_name", "name", "label::English (en)"], ["ways", "left", "Left"], ["ways", "right", "Right"]],
    )
    back = xlsform_import.bring(data)
    assert back.problems == []
    assert [(one.sheet, one.row, one.column) for one in back.notes] == [("survey", 2, "D (label::Italiano (it))")]
    item = back.content["items"][0]
    assert item["kind"] == "single" and [one["value"] for one in item["options"]["choices"]] == [1, 2]


def test_another_tool_s_file_is_understood() -> None:
    data = book(
        survey=[
            ["type", "name", "label", "required", "relevant", "parameters"],
            ["start", "begun", "", "", "", ""],
            ["begin group", "about_you", "About you", "", "", ""],
            ["note", "hello", "Welcome", "", "", ""],
            ["select_multiple tools", "tools", "Which tools?", "yes", "", ""],
            ["end group", "", "", "", "", ""],
            ["range", "mark", "How good?", "", "selected(${tools}, 'phone') and ${tools} != ''", "start=1 end=5"],
        ],
        choices=[["list_name", "name", "label"], ["tools", "phone", "Phone"], ["tools", "mail", "Mail"]],
        settings=[["form_title", "form_id"], ["Tools", "tools-form"]],
    )
    back = xlsform_import.bring(data)
    assert back.problems == []
    assert (back.name, back.key) == ({"en": "Tools"}, "tools-form")
    assert [(one["key"], one["intro"]) for one in back.content["sections"]][0] == ("about_you", {"en": "Welcome"})
    tools, mark = back.content["items"]
    assert tools["required"] and tools["kind"] == "multiple"
    assert mark["options"] == {"min": 1, "max": 5}
    assert mark["show_if"] == {"all": [{"item": "tools", "in": [1]}, {"item": "tools", "answered": True}]}
    assert mark["section"] == "questions"  # in no group, while others are


@pytest.mark.parametrize("data", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_no_workbook_is_told_so(data: bytes) -> None:
    with pytest.raises(Unusable):
        xlsform_import.bring(data)


def upload(client: Any, data: bytes, name: str = "form.xlsx", **more: Any) -> Any:
    return client.post("/questionnaires/import/", {"file": SimpleUploadedFile(name, data), **more})


def test_hr_imports_a_file_and_it_becomes_a_draft(hr: Any, client_of: Any) -> None:
    entry = library.entry("after-training")
    data = workbook(About("trained", 1, entry.name, entry.purpose, entry.sources), entry.content)
    answer = upload(client_of(hr), data)
    assert answer.status_code == 302 and answer["Location"] == "/questionnaires/trained/edit/"
    made = Instrument.objects.get(key="trained")
    assert content_of(draft_of(made)) == entry.content and made.name == entry.name


def test_into_one_that_exists_and_undone(hr: Any, client_of: Any) -> None:
    instrument = load_library()
    before = content_of(instrument.versions.get())
    entry = library.entry("readiness")
    upload(client_of(hr), workbook(ABOUT, entry.content), into=instrument.pk)
    assert content_of(draft_of(instrument)) == entry.content
    assert content_of(instrument.versions.get(number=1)) == before
    client_of(hr).post("/questionnaires/service-culture/do/", {"do": "undo"})
    assert content_of(draft_of(instrument)) == before


def test_a_bad_file_leaves_nothing_behind(hr: Any, client_of: Any) -> None:
    client = client_of(hr)
    page = upload(client, book(survey=[HEADER, ["geopoint", "where", "Where?", "Dove?"]]))
    assert page.status_code == 400
    body = page.content.decode()
    assert "geopoint" in body and "survey" in body and "Nothing was imported" in body
    assert upload(client, b"text", name="form.txt").status_code == 400
    assert upload(client, b"broken").status_code == 400
    assert not Instrument.objects.exists()


def test_a_rule_about_a_unit_that_is_not_here_is_refused(hr: Any, client_of: Any) -> None:
    row = ["text", "why", "Why?", "Perché?", "selected(${trivium_unit}, '987654')"]
    page = upload(client_of(hr), book(survey=[HEADER, row, ["integer", "n", "How many?", "Quanti?"]]))
    assert page.status_code == 400 and "987654" in page.content.decode()


def test_only_hr_imports_and_exports(hr: Any, manager: Any, employee: Any, client_of: Any) -> None:
    load_library()
    address = "/questionnaires/service-culture/export/"
    answer = client_of(hr).get(address)
    assert answer.status_code == 200 and "service-culture-1.xlsx" in answer["Content-Disposition"]
    assert xlsform_import.bring(answer.content).content == library.entry("service-culture").content
    for one in (manager, employee):
        assert client_of(one).get(address).status_code == 403
        assert upload(client_of(one), b"").status_code == 403
    assert client_of(None).get(address).status_code == 302
