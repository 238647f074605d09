"""An .xlsx file as rows of named columns, each cell with its place, so that what is wrong can be pointed at."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from surveys.instruments.xlsform_names import language_code

LARGEST = 40_000_000  # bytes once unpacked: a small file must not fill the memory
MOST_ROWS, MOST_COLUMNS = 3000, 200
TRANSLATED = ("label", "hint")


@dataclass(frozen=True)
class Problem:
    """Where and what, with what to do about it. ``row`` counts from 1, as Excel does."""

    text: str
    sheet: str = ""
    row: int = 0
    column: str = ""


class Unusable(Exception):
    """The file is not an XLSForm workbook at all."""


@dataclass
class Row:
    """``cells``: by column name; translated columns hold ``{language: text}`` in ``texts``."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    texts: Mapping[str, Mapping[str, str]]
    columns: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")

    def yes(self, column: str) -> bool:
        return self.get(column).lower() in {"yes", "true", "true()", "1", "x"}

    def problem(self, text: str, column: str = "") -> Problem:
        return Problem(text, self.sheet, self.number, self.columns.get(column, column))


@dataclass
class Sheet:
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    languages: tuple[str, ...] = ()


def read(data: bytes) -> dict[str, list[list[str]]]:
    """The cells of every sheet as text, by the sheet's name in lower case. Raises :class:`Unusable`."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > LARGEST:
                raise Unusable(_("The file is too large once unpacked. Take pictures and unused sheets out of it."))
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {}
        for name in book.sheet_names:
            cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            sheets[name.strip().lower()] = [[_plain(cell) for cell in row[:MOST_COLUMNS]] for row in cells]
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as broken:
        raise Unusable(
            _("The file cannot be read as an Excel workbook (.xlsx). Save it once more and try.")
        ) from broken
    if any(len(rows) > MOST_ROWS for rows in sheets.values()):
        raise Unusable(_("A sheet has more than %(n)s rows.") % {"n": MOST_ROWS})
    return sheets


def _plain(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("\r\n", "\n").replace("\x00", "").strip()


def rows(sheets: Mapping[str, list[list[str]]], name: str, default: str) -> Sheet:
    """The rows of a sheet; ``default``: the language of columns that name none."""
    found, cells = Sheet(), sheets.get(name) or []
    if not cells:
        return found
    headers: list[tuple[str, str]] = []  # column, language
    columns: dict[str, str] = {}
    for at, header in enumerate(cells[0]):
        column, language = _header(header, default)
        told = f"{_letter(at)} ({header})" if header else _letter(at)
        if column in TRANSLATED and not language:
            text = _("This language is not one of ours, so the column is left out. Ours: en, it, ro, zh-hans, fr.")
            found.notes.append(Problem(text, name, 1, told))
            column = ""
        headers.append((column, language))
        columns.setdefault(column, told)
        columns[f"{column} {language}"] = told
    found.languages = tuple(dict.fromkeys(language for column, language in headers if column == "label"))
    for number, row in enumerate(cells[1:], 2):
        plain: dict[str, str] = {}
        texts: dict[str, dict[str, str]] = {}
        for (column, language), cell in zip(headers, row, strict=False):
            if not cell or not column:
                continue
            if column in TRANSLATED:
                texts.setdefault(column, {})[language] = cell
            else:
                plain.setdefault(column, cell)
        if plain or texts:
            found.rows.append(Row(name, number, plain, texts, columns))
    return found


def _header(written: str, default: str) -> tuple[str, str]:
    column, _sign, language = written.partition("::")
    column = column.strip().lower().replace(" ", "_")
    if column in TRANSLATED:
        return column, language_code(language) if language else default
    return {"list": "list_name"}.get(column, column), ""


def _letter(at: int) -> str:
    text = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        text = chr(65 + rest) + text
    return text
