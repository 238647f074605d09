"""Opening a spreadsheet without trusting it: its true size is measured in a stream before anything is unpacked."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from django.utils.translation import gettext as _
from python_calamine import CalamineSheet, CalamineWorkbook

MAX_UNPACKED = 400 * 1024 * 1024
MAX_CELLS = 6_000_000
# What all cells together may hold once the texts they share are written out.
MAX_TEXT = 1024 * 1024 * 1024
CHUNK = 1024 * 1024
ROW = re.compile(rb"<(?:\w+:)?row[\s>]")
ROW_NUMBER = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d+)"')
WIDE_COLUMN = re.compile(rb'\br="([A-Z]{2,})(\d+)"')


class Unreadable(Exception):
    """No spreadsheet, a damaged one, or one that would swell beyond all measure; the message says which."""


def measure(raw: bytes) -> int:
    """The number of rows of the workbook. Raises ``Unreadable`` before a bomb has gone off."""
    if raw[:4] != b"PK\x03\x04":
        return 0
    unpacked = rows = cells = longest = 0
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise Unreadable(_swollen())
            for entry in archive.infolist():
                seen = _Entry(entry.filename)
                with archive.open(entry) as stream:
                    while chunk := stream.read(CHUNK):
                        unpacked += len(chunk)
                        if unpacked > MAX_UNPACKED:
                            raise Unreadable(_swollen())
                        seen.look(chunk)
                        if max(seen.rows, seen.last_row) * seen.columns > MAX_CELLS:
                            raise Unreadable(_swollen())
                rows, cells = max(rows, seen.rows), max(cells, seen.rows * seen.columns)
                longest = max(longest, seen.longest)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Unreadable(_damaged()) from error
    if longest > 2000 and longest * cells > MAX_TEXT:
        raise Unreadable(_swollen())
    return rows


class _Entry:
    """What a stream of XML reveals about a sheet: its rows, its last row, its widest column, its longest text."""

    def __init__(self, name: str) -> None:
        self.sheet = "worksheets/" in name.lower()
        self.shared = name.lower().endswith("sharedstrings.xml")
        self.rows = self.last_row = self.longest = self.run = 0
        self.columns = 26
        self.tail = b""

    def look(self, chunk: bytes) -> None:
        if self.shared:
            pieces = chunk.split(b"</")
            self.longest = max(self.longest, self.run + len(pieces[0]), *(len(piece) for piece in pieces))
            self.run = self.run + len(chunk) if len(pieces) == 1 else len(pieces[-1])
        if not self.sheet:
            return
        text = self.tail + chunk
        end = text.rfind(b">") + 1 or len(text)
        # An unfinished element waits for the next piece; one of a megabyte is no spreadsheet's.
        text, self.tail = text[:end], text[end:][-CHUNK:]
        self.rows += len(ROW.findall(text))
        numbers = ROW_NUMBER.findall(text)
        if numbers:
            self.last_row = max(self.last_row, max(int(number[:9]) for number in numbers))
        for letters, number in set(WIDE_COLUMN.findall(text)):
            self.columns = max(self.columns, _column(letters))
            self.last_row = max(self.last_row, int(number[:9]))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - 64
    return number


def _swollen() -> str:
    return _("This spreadsheet would unpack to far more than a list of employees. Save the list alone, as .csv.")


def _damaged() -> str:
    return _("This is not a spreadsheet that can be read. Save it again as .xlsx or .csv.")


def sheets(raw: bytes) -> list[CalamineSheet]:
    """The sheets of the workbook, measured first."""
    measure(raw)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        return [book.get_sheet_by_name(name) for name in book.sheet_names]
    except Exception as error:  # calamine raises several unrelated classes, and panics, on a damaged file
        raise Unreadable(_damaged()) from error
