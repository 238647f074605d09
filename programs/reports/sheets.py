"""A report as a spreadsheet: every number on a line of its own, ready for a pivot table; definitions; what it is of.

No text becomes a formula or a link, whatever somebody called a unit.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from programs.reports import report_words
from programs.reports.report_model import Fact, Report
from programs.reports.texts_report import say
from surveys.results.exports import plain

HEAD = (
    "x:section", "x:group", "x:unit", "x:depth", "wave", "measure", "x:value", "x:low", "x:high", "people", "x:note",
    "x:cell",
)  # fmt: skip
WIDTHS = (24, 40, 9, 8, 8, 30, 9, 8, 8, 10, 24, 44)
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
LONGEST = 32_000


def made(report: Report) -> bytes:
    """The spreadsheet: data, definitions, about."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    book.set_properties(
        {
            "title": report.title,
            "subject": report.subtitle,
            "author": report.organisation,
            "created": dt.datetime.combine(report.as_of, dt.time()),
        }
    )
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    _data(book, report, bold)
    _definitions(book, report, bold, wrapped)
    _about(book, report, bold, wrapped)
    book.close()
    return out.getvalue()


def _data(book: Any, report: Report, bold: Any) -> None:
    language = report.language
    sheet = book.add_worksheet(say("s:data", language))
    names = {section.key: section.heading for section in report.sections}
    rows = [_row(fact, names) for fact in report.facts]
    columns = [{"header": say(key, language), "header_format": bold} for key in HEAD]
    if rows:
        # A table object: named ranges, filters, and a pivot that grows with it.
        sheet.add_table(0, 0, len(rows), len(HEAD) - 1, {"name": "data", "columns": columns, "style": None})
        for line, row in enumerate(rows, 1):
            _write(sheet, line, row)
    else:
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column["header"], bold)
    for place, width in enumerate(WIDTHS):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _row(fact: Fact, names: dict[str, str]) -> list[Any]:
    return [
        names.get(fact.section, fact.section),
        fact.group,
        fact.unit,
        fact.depth,
        fact.wave,
        fact.measure,
        fact.value,
        fact.low,
        fact.high,
        int(fact.n) if fact.n.isdigit() else fact.n,
        fact.note,
        fact.cell,
    ]


def _write(sheet: Any, line: int, row: Sequence[Any]) -> None:
    for place, value in enumerate(row):
        if isinstance(value, int | float):
            sheet.write_number(line, place, value)
        elif value:
            sheet.write_string(line, place, _told(value))


def _told(value: object) -> str:
    return str(plain(report_words.clean(value)))[:LONGEST]


def _definitions(book: Any, report: Report, bold: Any, wrapped: Any) -> None:
    sheet = book.add_worksheet(say("s:definitions", report.language))
    for place, key in enumerate(("term", "meaning")):
        sheet.write_string(0, place, say(key, report.language), bold)
    for line, (name, meaning) in enumerate(report.definitions, 1):
        sheet.write_string(line, 0, _told(name), wrapped)
        sheet.write_string(line, 1, _told(meaning), wrapped)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)


def _about(book: Any, report: Report, bold: Any, wrapped: Any) -> None:
    """Title, label, day, findings and notes, so that the file can stand alone."""
    language = report.language
    sheet = book.add_worksheet(say("s:about", language))
    lines = [("", report.title), ("", report.subtitle), ("", report.organisation), ("", report_words.label(report))]
    lines += [("", report.as_of.isoformat()), ("", report.facts_line), ("", report.said)]
    lines += [("", report_words.corrects(report))]
    lines += [("", problem) for problem in report.problems]
    for section in report.sections:
        lines.append((section.heading, section.lead))
        lines += [("", text) for text in (*section.paragraphs, *section.notes, *report_words.broken(report, section))]
    line = 0
    for name, text in lines:
        if name or text:
            sheet.write_string(line, 0, _told(name), bold)
            sheet.write_string(line, 1, _told(text), wrapped)
            line += 1
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 110)
