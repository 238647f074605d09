"""A report as PDF: typeset by Typst, tagged (PDF/UA-1), archivable (PDF/A-2a), its charts vectors.

Latin letters come with the typst wheel (Libertinus Serif, ă â î ș ț included), so they are pinned with it; Chinese ones
from a font of the machine (check training.I001). Where a letter has no glyph anywhere, both standards refuse: the PDF
goes out tagged all the same, but claims neither, with a notice on its cover that names the letters.
Sources: ISO 14289-1 (PDF/UA-1), ISO 19005-2 (PDF/A-2); typst.app/docs/reference/pdf.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import functools
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst
from django.utils import translation

from programs.reports import report_charts, report_words
from programs.reports.report_model import (
    HEAT,
    TEXT,
    Chart,
    Column,
    Hidden,
    Report,
    Section,
    Table,
    Value,
    every_text,
    text_of,
)
from programs.reports.texts_report import say
from programs.training.certificates import CHINESE, LATIN, day_in, families, lacking

TEMPLATE = Path(__file__).parent / "report.typ"
A4, LETTER = "a4", "us-letter"
PAPERS = (A4, LETTER)
STANDARDS = ["ua-1", "a-2a"]
# CSS width of a drawing that takes the whole line.
FULL = 640
MOST_MISSING = 40
REMEMBERED = 12
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


def fonts() -> list[str]:
    return [LATIN, *(family for family in CHINESE if family in families())]


def made(report: Report, *, paper: str = A4) -> bytes:
    """The PDF. Charts that cannot be drawn are noted in ``section.broken``, missing letters in ``report.problems``."""
    data = _clean(_data(report, paper))
    try:
        return _compiled(data, STANDARDS)
    except typst.TypstError:
        # Both standards refuse letters without a glyph.
        letters = missing("".join(every_text(report)))
        told = say("missing_glyphs", report.language, letters=" ".join(letters[:40]))
        if letters and told not in report.problems:
            report.problems.append(told)
        return _compiled({**data, "problems": [told.replace(" ".join(letters[:40]), _codes(letters))]}, [])


def missing(text: str) -> str:
    """The letters of ``text`` no font here has, each once: Typst names one after the other."""
    left = [letter for letter in dict.fromkeys(report_words.clean(text)) if not letter.isspace()]
    found: list[str] = []
    while len(found) <= MOST_MISSING:
        words = json.dumps(" ".join(left), ensure_ascii=False)
        source = f'#set document(title: "x")\n#set text(font: {_list(fonts())})\n#text({words})'
        try:
            _compiler(source.encode(), {}).compile(pdf_standards="a-2u")
        except typst.TypstError as error:
            named = {chr(int(code, 16)) for code in ESCAPED.findall(str(error))} | set(str(error))
            lost = [letter for letter in left if letter in named and ord(letter) > 0x7F]
            if not lost:
                return "".join(found) + lacking("".join(left))
            found += lost
            left = [letter for letter in left if letter not in lost]
        else:
            break
    return "".join(found)


def _list(names: Sequence[str]) -> str:
    return "(" + "".join(f"{json.dumps(name)}, " for name in names) + ")"


def _codes(letters: str) -> str:
    """Letters that cannot be printed, by their numbers."""
    return " ".join(f"U+{ord(letter):04X}" for letter in letters[:40])


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return report_words.clean(value) if isinstance(value, str) else value


def _compiled(data: dict[str, Any], standards: list[str]) -> bytes:
    compiler = _compiler(_template(), {"data": json.dumps(data, ensure_ascii=False)})
    year, month, day = (data["date"][key] for key in ("year", "month", "day"))
    stamp = int(dt.datetime(year, month, day, tzinfo=dt.UTC).timestamp())
    # Typesetting takes 100 MB: what drawing the charts took is given back before.
    _trim()
    try:
        return bytes(compiler.compile(pdf_standards=standards, timestamp=stamp))  # type: ignore[arg-type]
    finally:
        _forget()


@functools.cache
def _fonts() -> typst.Fonts:
    """Looked for once: that takes a quarter of a second."""
    return typst.Fonts()


def _compiler(source: bytes, inputs: dict[str, str]) -> typst.Compiler:
    return typst.Compiler(source, font_paths=_fonts(), sys_inputs=inputs)


def _forget() -> None:
    """Typst remembers what it typeset for the ten next documents, some 65 MB of a large report each.

    What it gives up the C library keeps, split among its threads, unless it is told to hand it back.
    """
    for _ in range(REMEMBERED):
        _compiler(b"x", {}).compile()
    _trim()


def _trim() -> None:
    """Where the C library can (glibc)."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


@functools.cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def _data(report: Report, paper: str) -> dict[str, Any]:
    language = report.language
    day = report.as_of
    lang, _, _region = language.partition("-")
    return {
        "title": report_words.breakable(report.title),
        "subtitle": report_words.breakable(report.subtitle),
        "organisation": report.organisation,
        "label": report_words.label(report),
        "as_of": say("as_of", language, day=_day(report)),
        "facts_line": report.facts_line,
        "said": report.said,
        "corrects": report_words.corrects(report),
        "lead": report_words.breakable(report_words.lead(report)),
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "paper": paper,
        "lang": lang,
        "region": "cn" if lang == "zh" else None,
        "fonts": fonts(),
        "problems": [],
        "words": {"contents": say("contents", language)},
        "sections": [_section(report, section) for section in report.sections],
        "definitions": _definitions(report),
    }


def _day(report: Report) -> str:
    with translation.override(report.language):
        return day_in(report.as_of)


def _section(report: Report, section: Section) -> dict[str, Any]:
    charts = [drawn for chart in section.charts if (drawn := _chart(section, chart))]
    return {
        "heading": section.heading,
        "lead": report_words.breakable(section.lead),
        "paragraphs": [report_words.breakable(one) for one in section.paragraphs],
        "charts": charts,
        "broken": report_words.broken(report, section),
        "tables": [_table(report, table, section) for table in section.tables],
        "notes": section.notes,
    }


def _chart(section: Section, chart: Chart) -> dict[str, Any] | None:
    if chart.key in section.broken:
        return None
    try:
        drawn = report_charts.svg(chart)
        # In a drawing only the first family counts, and what it lacks comes from any font.
        families_ = sorted(fonts(), key=lambda name: name == LATIN) if HAN.search(drawn) else fonts()
        drawn = report_charts.FAMILY.sub(f'font-family="{families_[0]}"', drawn)
    except report_charts.NotDrawn:
        section.broken.append(chart.key)
        return None
    wide = int(float(drawn.split('width="', 1)[1].split('"', 1)[0])) if 'width="' in drawn else FULL
    alt = f"{chart.title}. {chart.description}"
    return {"svg": drawn, "title": chart.title, "alt": alt, "width": min(1.0, max(0.55, wide / FULL))}


def _table(report: Report, table: Table, section: Section | None = None) -> dict[str, Any]:
    depths = table.depths or (0,) * len(table.rows)
    rows = [
        [_cell(value, column, depth if place == 0 else 0) for place, (value, column) in _numbered(row, table.columns)]
        for row, depth in zip(table.rows, depths, strict=True)
    ]
    return {
        # Said once: often a section holds nothing but the table it is called after.
        "title": "" if section and table.title == section.heading else table.title,
        "columns": [{"title": column.title, "number": column.kind != TEXT} for column in table.columns],
        "widths": report_words.widths(table),
        "rows": rows,
        "more": report_words.left_out(report, table),
    }


def _numbered(row: tuple[Value, ...], columns: tuple[Column, ...]) -> Any:
    return enumerate(zip(row, columns, strict=True))


def _cell(value: Value, column: Column, depth: int) -> dict[str, Any]:
    number = isinstance(value, int | float) and column.kind == HEAT
    return {
        "text": report_words.breakable(text_of(value, column.kind)),
        "hidden": isinstance(value, Hidden),
        "heat": value if number else None,
        "depth": min(depth, 6),
    }


def _definitions(report: Report) -> dict[str, Any]:
    language = report.language
    columns = (Column("term", say("term", language)), Column("meaning", say("meaning", language)))
    table = Table("definitions", say("t:definitions", language), columns, tuple(report.definitions))
    return {**_table(report, table), "widths": [10, 40]}
