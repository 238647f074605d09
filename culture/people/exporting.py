"""People as a file with the columns an import takes: streamed, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import xlsxwriter
from django.db.models import QuerySet

from culture.people.models import Employee

COLUMNS = {
    "employee_number": "number", "given_name": "given_name", "family_name": "family_name", "email": "email",
    "unit_path": "unit__path", "manager_number": "manager__number", "job_family": "job_family",
    "job_title": "job_title", "site": "site", "language": "language", "hired_on": "hired_on", "left_on": "left_on",
    "kind": "kind", "customer_facing": "customer_facing",
}  # fmt: skip
DATES = (10, 11)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str) -> str:
    """A cell no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in FORMULA else cell


def rows(people: QuerySet[Employee]) -> Iterator[list[Any]]:
    """One list a person, in the order of numbers; dates stay dates."""
    for row in people.order_by("number").values_list(*COLUMNS.values()).iterator(chunk_size=2000):
        yield [("yes" if cell else "no") if isinstance(cell, bool) else "" if cell is None else cell for cell in row]


def as_csv(people: QuerySet[Employee]) -> Iterator[bytes]:
    """The lines of a CSV file in UTF-8, with the mark spreadsheets want."""
    yield b"\xef\xbb\xbf"
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS).encode()  # type: ignore[attr-defined]
    for row in rows(people):
        cells = [cell.isoformat() if isinstance(cell, dt.date) else harmless(str(cell)) for cell in row]
        yield writer.writerow(cells).encode()  # type: ignore[attr-defined]


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_xlsx(people: QuerySet[Employee]) -> IO[bytes]:
    """A spreadsheet, row by row on disk; texts are texts (leading zeros stay), dates are dates."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("people")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    head = book.add_format({"bold": True})
    _line(sheet, 0, COLUMNS, head)
    for number, row in enumerate(rows(people), 1):
        for column, cell in enumerate(row):
            if isinstance(cell, dt.date):
                sheet.write_datetime(number, column, dt.datetime.combine(cell, dt.time()), day)
            elif cell:
                sheet.write_string(number, column, harmless(cell))
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(COLUMNS) - 1, 18)
    book.close()
    file.seek(0)
    return file


def _line(sheet: Any, number: int, cells: Iterable[str], style: Any) -> None:
    for column, cell in enumerate(cells):
        sheet.write_string(number, column, cell, style)
