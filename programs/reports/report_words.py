"""What every format says in the same words: the label of a report, what it corrects, pictures that failed. Pure."""

from __future__ import annotations

import re

from programs.reports.report_model import HEAT, NUMBER, PERCENT, Report, Section, Table, text_of
from programs.reports.texts_report import say

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# A word longer than this without a place to break would run out of its cell.
LONGEST_WORD = 22


def clean(text: object) -> str:
    """Text without signs that no XML takes and no font has."""
    return CONTROL.sub("", str(text))


def cell_words(text: object) -> str:
    """For the sheet behind a chart: nothing that a spreadsheet takes for a formula or a link."""
    told = clean(text)
    return (
        f"'{told}"
        if told.startswith(("=", "{=", "http:", "https:", "ftp:", "mailto:", "internal:", "external:"))
        else told
    )


def label(report: Report) -> str:
    if report.number:
        return say("numbered", report.language, n=report.number)
    return say("report", report.language)


def corrects(report: Report) -> str:
    if not report.corrects:
        return ""
    return say("corrects", report.language, n=report.corrects, why=report.why)


def broken(report: Report, section: Section) -> list[str]:
    titles = {chart.key: chart.title for chart in section.charts}
    return [say("broken", report.language, title=titles.get(key, key)) for key in section.broken]


def left_out(report: Report, table: Table) -> str:
    return say("left_out", report.language, n=table.left_out) if table.left_out else ""


def lead(report: Report) -> str:
    """The finding of the first section: what the cover says."""
    return report.sections[0].lead if report.sections else ""


def breakable(text: str) -> str:
    """Text in which also a very long word can break."""
    if all(len(word) <= LONGEST_WORD for word in text.split()):
        return text
    return " ".join(
        word if len(word) <= LONGEST_WORD else "\u200b".join(word[at : at + 12] for at in range(0, len(word), 12))
        for word in text.split()
    )


def file_name(report: Report, ending: str) -> str:
    """ASCII, so that every mail program and disk takes it."""
    number = f"-{report.number}" if report.number else "-preview"
    return f"report{number}-{report.as_of.isoformat()}-{report.language}.{ending}"


def widths(table: Table) -> list[float]:
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
