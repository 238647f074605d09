"""A report on a page: what its template needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from programs.reports import report_charts, report_words
from programs.reports.report_model import HEAT, TEXT, Chart, Hidden, Report, Section, Table, text_of
from programs.reports.report_models import Format, PublishedReport
from programs.reports.texts_report import LANGUAGES, say

# Of larger tables a page shows the first rows; the spreadsheet has them all.
MOST_ROWS = 250


def context(report: Report) -> dict[str, Any]:
    sections = [_section(report, section) for section in report.sections]
    return {
        "report": report,
        "label": report_words.label(report),
        "corrects": report_words.corrects(report),
        "sections": sections,
        "definitions_title": say("t:definitions", report.language),
        "cells": len(report.cells),
        "notes_title": say("x:note", report.language),
    }


def _section(report: Report, section: Section) -> dict[str, Any]:
    broken = list(section.broken)
    drawn = []
    for chart in section.charts:
        if chart.key in broken:
            continue
        try:
            # Kept after the first time; a page must not fail for a picture.
            report_charts.svg(chart)
        except report_charts.NotDrawn:
            broken.append(chart.key)
            continue
        spec = {"usermeta": {"narrow": 150 if chart.form != report_charts.LINES else 190}, **report_charts.spec(chart)}
        drawn.append({"spec": spec, "title": chart.title, "description": chart.description, "table": _rows(chart)})
    told = Section(section.key, section.heading, charts=section.charts, broken=broken)
    return {
        "key": section.key,
        "heading": section.heading,
        "lead": section.lead,
        "paragraphs": section.paragraphs,
        "notes": section.notes,
        "charts": drawn,
        "broken": report_words.broken(report, told),
        "tables": [_table(report, table) for table in section.tables],
    }


def _rows(chart: Chart) -> list[dict[str, Any]]:
    return [
        {"": name, **{one.name: text_of(one.values[at]) for one in chart.series}}
        for at, name in enumerate(chart.categories)
    ]


def _table(report: Report, table: Table) -> dict[str, Any]:
    depths = table.depths or (0,) * len(table.rows)
    shown = table.rows[:MOST_ROWS]
    left = table.left_out + len(table.rows) - len(shown)
    rows = [
        {
            "depth": min(depth, 4),
            "cells": [
                {
                    "text": text_of(value, column.kind),
                    "hidden": isinstance(value, Hidden),
                    "heat": value if column.kind == HEAT and isinstance(value, int | float) else None,
                    "number": column.kind != TEXT,
                    "label": column.title,
                    "first": place == 0,
                }
                for place, (value, column) in enumerate(zip(row, table.columns, strict=True))
            ],
        }
        for row, depth in zip(shown, depths, strict=False)
    ]
    columns = [{"title": column.title, "number": column.kind != TEXT} for column in table.columns]
    more = say("left_out", report.language, n=left) if left else ""
    return {"title": table.title, "columns": columns, "rows": rows, "more": more}


def names() -> list[tuple[str, str]]:
    """The five languages, each by its own name."""
    own = dict(settings.LANGUAGES)
    return [(code, own.get(code, code)) for code in LANGUAGES]


def files_of(row: PublishedReport) -> list[dict[str, Any]]:
    """A published report's files by language, the model left out."""
    labels, found = dict(Format.choices), []
    files = [file for file in row.files.all() if file.format in labels]
    for code, name in names():
        mine = [file for file in files if file.language == code]
        if mine:
            mine.sort(key=lambda file: list(labels).index(file.format))
            told = [{"kind": one.format, "label": labels[one.format], "size": one.size, "file": one} for one in mine]
            found.append({"code": code, "name": name, "files": told})
    return found
