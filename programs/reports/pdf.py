"""A report as PDF: typeset by Typst, tagged (PDF/UA-1), archivable (PDF/A-2a), its charts vectors.

Latin letters come with the typst wheel (Libertinus Serif, ă â î ș ț included), so they are pinned with it; Chinese ones
from a font of the machine (check training.I001). Where a letter has no glyph anywhere, the PDF is no longer archivable:
it goes out tagged, with a notice on its cover that names the letters.
Sources: ISO 14289-1 (PDF/UA-1), ISO 19005-2 (PDF/A-2); typst.app/docs/reference/pdf.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from pathlib import Path
from typing import Any

import typst
from django.utils import translation

from programs.reports import report_charts, report_words
from programs.reports.report_model import (
    HEAT,
    NUMBER,
    PERCENT,
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


def fonts() -> list[str]:
    return [LATIN, *(family for family in CHINESE if family in families())]


def made(report: Report, *, paper: str = A4) -> bytes:
    """The PDF. Charts that cannot be drawn are noted in ``section.broken``, missing letters in ``report.problems``."""
    data = _data(report, paper)
    try:
        return _compiled(data, STANDARDS)
    except typst.TypstError:
        # An archivable PDF refuses letters without a glyph.
        letters = lacking("".join(dict.fromkeys("".join(every_text(report)))))
        told = say("missing_glyphs", report.language, letters=" ".join(letters[:40]))
        if letters and told not in report.problems:
            report.problems.append(told)
        return _compiled({**data, "problems": [told] if letters else []}, ["ua-1"])


def _compiled(data: dict[str, Any], standards: list[str]) -> bytes:
    compiler = typst.Compiler(_template(), sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    year, month, day = (data["date"][key] for key in ("year", "month", "day"))
    stamp = int(dt.datetime(year, month, day, tzinfo=dt.UTC).timestamp())
    return bytes(compiler.compile(pdf_standards=standards, timestamp=stamp))  # type: ignore[arg-type]


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
        "tables": [_table(report, table) for table in section.tables],
        "notes": section.notes,
    }


def _chart(section: Section, chart: Chart) -> dict[str, Any] | None:
    if chart.key in section.broken:
        return None
    try:
        drawn = report_charts.svg(chart, ", ".join(fonts()))
    except report_charts.NotDrawn:
        section.broken.append(chart.key)
        return None
    wide = int(float(drawn.split('width="', 1)[1].split('"', 1)[0])) if 'width="' in drawn else FULL
    alt = f"{chart.title}. {chart.description}"
    return {"svg": drawn, "title": chart.title, "alt": alt, "width": min(1.0, max(0.55, wide / FULL))}


def _table(report: Report, table: Table) -> dict[str, Any]:
    depths = table.depths or (0,) * len(table.rows)
    rows = [
        [_cell(value, column, depth if place == 0 else 0) for place, (value, column) in _numbered(row, table.columns)]
        for row, depth in zip(table.rows, depths, strict=True)
    ]
    return {
        "title": table.title,
        "columns": [{"title": column.title, "number": column.kind != TEXT} for column in table.columns],
        "widths": _widths(table),
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


def _widths(table: Table) -> list[float]:
    """Shares of the line: a column of words by its usual length, numbers narrow."""
    found = []
    for place, column in enumerate(table.columns):
        lengths = sorted(len(text_of(row[place], column.kind)) for row in table.rows) or [8]
        usual = max(lengths[int(len(lengths) * 0.9)] if len(lengths) > 1 else lengths[0], len(column.title))
        if column.kind in (HEAT, NUMBER, PERCENT):
            found.append(max(6.0, min(11.0, len(column.title) * 0.9)))
        else:
            found.append(float(max(9, min(34, usual))))
    return found


def _definitions(report: Report) -> dict[str, Any]:
    language = report.language
    columns = (Column("term", say("term", language)), Column("meaning", say("meaning", language)))
    table = Table("definitions", say("t:definitions", language), columns, tuple(report.definitions))
    return {**_table(report, table), "widths": [10, 40]}
