"""A questionnaire as an XLSForm workbook, with everything Trivium knows of it, so that importing gives it back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from surveys.instruments.content import Content, Item
from surveys.instruments.scale_labels import EXPECTED, NONE_OF_THESE, PERCEIVED, as_texts
from surveys.instruments.scales import COMMENT, SCALES, scale_of
from surveys.instruments.xlsform_names import (
    CUSTOMER_FACING,
    JOB_FAMILY,
    LANGUAGE_NAMES,
    NONE,
    OWN_COLUMNS,
    PROVIDER,
    SECTION,
    UNIT,
    language_header,
    list_of,
)
from surveys.instruments.xlsform_rules import expression

LANGUAGES = tuple(LANGUAGE_NAMES)
CANNOT_JUDGE = dict(
    zip(
        LANGUAGES,
        ("I can't judge this", "Non posso giudicare", "Nu pot aprecia", "我无法判断", "Je ne peux pas en juger"),
        strict=True,
    )
)
WHICH_PROVIDER = dict(
    zip(
        LANGUAGES,
        (
            "Which department is this about?",
            "Di quale reparto si tratta?",
            "Despre ce departament este vorba?",
            "这是关于哪个部门的？",
            "De quel service s'agit-il ?",
        ),
        strict=True,
    )
)
COLUMNS = (
    "type",
    "name",
    *(language_header("label", code) for code in LANGUAGES),
    *(language_header("hint", code) for code in LANGUAGES),
    "required",
    "relevant",
    "constraint",
    "calculation",
    "appearance",
    *OWN_COLUMNS,
)
Row = dict[str, Any]


@dataclass(frozen=True)
class About:
    """What is told of a questionnaire beside its questions."""

    key: str
    number: int
    name: Mapping[str, str]
    purpose: Mapping[str, str]
    sources: tuple[str, ...] = ()


def workbook(about: About, content: Content) -> bytes:
    """The .xlsx file: sheets *survey*, *choices*, *settings* and, for what XLSForm has no place for, *trivium*."""
    survey, lists = _survey(content)
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _sheet(book, "survey", COLUMNS, survey)
    columns = ("list_name", "name", *(language_header("label", code) for code in LANGUAGES))
    _sheet(book, "choices", columns, [row for rows in lists.values() for row in rows])
    title = about.name.get("en") or next(iter(about.name.values()), about.key)
    settings = {
        "form_title": title,
        "form_id": about.key,
        "version": str(about.number),
        "default_language": f"{LANGUAGE_NAMES['en']} (en)",
    }
    _sheet(book, "settings", tuple(settings), [settings])
    _sheet(book, "trivium", ("what", "name", "text", *LANGUAGES), _own_sheet(about, content))
    book.close()
    return file.getvalue()


def _sheet(book: Any, name: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, columns, book.add_format({"bold": True}))
    sheet.set_column(0, len(columns) - 1, 18)
    for at, row in enumerate(rows, 1):
        for column, header in enumerate(columns):
            if row.get(header) not in (None, ""):
                sheet.write_string(at, column, str(row[header]))


def _own_sheet(about: About, content: Content) -> list[Row]:
    rows: list[Row] = [{"what": "name", **about.name}, {"what": "purpose", **about.purpose}]
    rows += [{"what": "source", "text": source} for source in about.sources]
    for item in content["items"]:
        if unit := item["options"].get("unit"):
            rows.append({"what": "unit", "name": item["code"], **unit})
    return rows


def texts(column: str, found: Mapping[str, str]) -> Row:
    return {
        language_header(column, code): found.get(code, "").replace("{provider}", f"${{{PROVIDER}}}")
        for code in LANGUAGES
    }


def halves_in(content: Content) -> Any:
    """How the two questions of a pair are called: never like another question."""
    taken = {item["code"] for item in content["items"]}

    def halves(code: str) -> tuple[str, str]:
        stem = code
        while {f"{stem}_e", f"{stem}_p"} & taken:
            stem += "_"
        return f"{stem}_e", f"{stem}_p"

    return halves


def _survey(content: Content) -> tuple[list[Row], dict[str, list[Row]]]:
    lists: dict[str, list[Row]] = {}
    halves, by_code = halves_in(content), {item["code"]: item for item in content["items"]}
    rows = _who_rows(content)

    def add(items: list[Item]) -> None:
        for item in items:
            relevant = expression(item["show_if"], by_code, halves)
            rows.extend(_item(item, relevant, halves, lists, bool(content["sections"])))

    for one in content["sections"]:
        mine = [item for item in content["items"] if item["section"] == one["key"]]
        name = SECTION + one["key"]
        shuffled = {"shuffled": "yes" if one.get("shuffled") else ""}
        rows.append({"type": "begin_group", "name": name, **texts("label", one["title"]), **shuffled})
        intro = one.get("intro") or {}
        if any(intro.values()):
            rows.append({"type": "note", "name": f"{name}_intro", **texts("label", intro)})
        elif not mine:
            rows.append({"type": "note", "name": f"{name}_empty", "kind": "empty", **texts("label", {"en": "–"})})
        add(mine)
        rows.append({"type": "end_group", "name": name})
    keys = {one["key"] for one in content["sections"]}
    add([item for item in content["items"] if item["section"] not in keys])
    return rows, lists


def _who_rows(content: Content) -> list[Row]:
    """Stand-ins for what Trivium knows of the person and the department, so that the form runs elsewhere too."""
    said = str([item["show_if"] for item in content["items"]])
    rows: list[Row] = []
    if any(item["about"] == "provider" for item in content["items"]):
        rows.append({"type": "text", "name": PROVIDER, **texts("label", WHICH_PROVIDER)})
    for word, name in (("'unit'", UNIT), ("'job_family'", JOB_FAMILY), ("'customer_facing'", CUSTOMER_FACING)):
        if f"'who': {word}" in said:
            rows.append({"type": "calculate", "name": name, "calculation": "''"})
    return rows


def _item(item: Item, relevant: str, halves: Any, lists: dict[str, list[Row]], sections: bool) -> list[Row]:
    kind, options = item["kind"], item["options"]
    row: Row = {
        "name": item["code"],
        **texts("label", item["text"]),
        **texts("hint", item["help"]),
        "required": "yes" if item["required"] else "",
        "relevant": relevant,
        "kind": kind,
        "points": options.get("points", ""),
        "reversed": "yes" if options.get("reversed") else "",
        "about": item["about"],
        "cannot_judge": "yes" if item["cannot_judge"] else "",
        "section": "" if sections else item["section"],
        "requirements": ", ".join(item["requirements"]),
        "dimension": item["dimension"],
        "facet": item["facet"],
    }
    if not any(item["text"].values()):
        row |= texts("label", {"en": "–"})
    if kind == COMMENT:
        return [{**row, "type": "text", "appearance": "multiline"}]
    if kind == "number":
        scale = scale_of(item)
        return [{**row, "type": "integer", "constraint": f". >= {scale.low} and . <= {scale.high}"}]
    if kind == "pair":
        return _pair(item, row, halves, lists)
    name = _choices(item, lists)
    return [{**row, "type": f"{'select_multiple' if kind == 'multiple' else 'select_one'} {name}"}]


def _pair(item: Item, row: Row, halves: Any, lists: dict[str, list[Row]]) -> list[Row]:
    name, hints = _choices(item, lists), texts("hint", item["help"])
    group = {key: value for key, value in row.items() if key not in {*hints, "required"}}
    inner = [
        {"type": f"select_one {name}", "name": half, "required": row["required"], **texts("label", as_texts(words))}
        for half, words in zip(halves(item["code"]), (EXPECTED, PERCEIVED), strict=True)
    ]
    inner[0] |= hints
    ends = {"type": "end_group", "name": item["code"]}
    return [{**group, "type": "begin_group"}, *inner, ends]


def _choices(item: Item, lists: dict[str, list[Row]]) -> str:
    """The list of this item's choices, made if it is not there yet."""
    kind = item["kind"]
    scale = SCALES[kind](item["options"])
    own = kind in {"single", "multiple"}
    name = f"{item['code']}_options" if own else list_of(kind, len(scale.values))
    if item["cannot_judge"] and not own:
        name += "_or_none"
    if name not in lists:
        rows = [(str(value), words) for value, words in zip(scale.values, scale.texts, strict=True)]
        if kind == "multiple":
            rows.append(("0", as_texts(NONE_OF_THESE)))
        if item["cannot_judge"]:
            rows.append((NONE, CANNOT_JUDGE))
        lists[name] = [{"list_name": name, "name": value, **texts("label", words)} for value, words in rows]
    return name
