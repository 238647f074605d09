"""Reading a file of people into a table of text cells: any delimiter, any encoding, a header wherever it stands.

Pure: no database, no clock. What cannot be read without guessing is refused with a sentence that says what to do,
or, where one answer of a person settles it, asked (``Unsure``, ``Unmapped``).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from culture.people import charsets, spreadsheets
from culture.people.charsets import ENCODINGS
from culture.people.headings import HEADER_WITHIN, LABELS, REQUIRED, fingerprint, match

__all__ = ["ENCODINGS", "MAX_BYTES", "Refused", "Row", "Table", "Unmapped", "Unsure", "read_file"]

MAX_BYTES = 50 * 1024 * 1024
DELIMITERS = ",;\t|"


class Refused(Exception):
    """The whole file cannot be taken; the message says why and what to do."""


class Unsure(Refused):
    """The encoding must be chosen: ``candidates`` is encoding → samples of what the file would say."""

    def __init__(self, candidates: dict[str, list[str]]) -> None:
        super().__init__(charsets.unsure())
        self.candidates = candidates


class Unmapped(Refused):
    """Some needed column was not recognised: ``header`` is what the file calls its columns, ``found`` field → index."""

    def __init__(self, message: str, header: list[str], found: dict[str, int], examples: list[list[str]]) -> None:
        super().__init__(message)
        self.header, self.found, self.examples = header, found, examples


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file: its line as an editor or a spreadsheet counts it, and its cells by field."""

    line: int
    cells: dict[str, str]
    numeric: bool = False
    """The employee number was stored as a number, so leading zeros may be gone."""
    width: int | None = None
    """How many cells the row really had, when not as many as the header."""


class Rows:
    """The rows below the header, read again from the source each time, so that a big file never stands in memory."""

    def __init__(self, read: Callable[[], Iterator[Row]], count: int) -> None:
        self._read, self._count = read, count

    def __iter__(self) -> Iterator[Row]:
        return self._read()

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> Row:
        return next(islice(self._read(), index, None))


@dataclass(frozen=True)
class Table:
    name: str
    headings: dict[str, str]
    """Field → the heading it was found under."""
    ignored: tuple[str, ...]
    rows: Rows
    encoding: str
    delimiter: str = ""
    columns: int = 0
    header: tuple[str, ...] = ()
    examples: tuple[tuple[str, ...], ...] = ()
    """The first rows as they stand, for the page where the mapping is corrected."""
    numeric_numbers: bool = field(default=False)
    usual_width: int | None = None
    """How many digits nearly every employee number has, when some begin with a zero."""

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.header)


def read_file(
    source: str | Path | BinaryIO,
    name: str = "",
    *,
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Table:
    """The table in ``source``. ``mapping`` is plain heading → field. Raises ``Refused`` rather than guess."""
    raw, name = _load(source, name)
    if not raw.strip(b"\xef\xbb\xbf \r\n\t"):
        raise Refused(_("The file is empty. Export the list of employees again and choose that file."))
    if raw[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return _spreadsheet(raw, name, mapping)
    return _text(raw, name, encoding, mapping)


def _load(source: str | Path | BinaryIO, name: str) -> tuple[bytes, str]:
    """The content, never more of it than may be taken."""
    try:
        if isinstance(source, str | Path):
            name = name or Path(source).name
            with Path(source).open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        else:
            raw = source.read(MAX_BYTES + 1)
    except OSError as error:
        raise Refused(
            _("%(name)s cannot be read: %(why)s.") % {"name": name or source, "why": error.strerror}
        ) from None
    if len(raw) > MAX_BYTES:
        raise Refused(too_large())
    return raw, name


def too_large() -> str:
    """What is said about a file nobody will read."""
    megabytes = MAX_BYTES // 1024 // 1024
    return _("The file is larger than %(size)d MB. Split it into several files.") % {"size": megabytes}


def count_rows(raw: bytes) -> int:
    """About how many rows ``raw`` has, cheaply. Raises ``Refused`` for a spreadsheet that would swell."""
    if raw[:4] == b"PK\x03\x04":
        try:
            return spreadsheets.measure(raw)
        except spreadsheets.Unreadable as error:
            raise Refused(str(error)) from error
    return raw.count(b"\n") or raw.count(b"\r")


def _spreadsheet(raw: bytes, name: str, mapping: Mapping[str, str] | None) -> Table:
    try:
        found = spreadsheets.sheets(raw)
    except spreadsheets.Unreadable as error:
        raise Refused(str(error)) from error
    if not found:
        raise Refused(_("The spreadsheet has no sheet. Save the list of employees again."))
    best = max(found, key=lambda sheet: _headings_in(sheet.iter_rows(), mapping))

    # calamine pads what lies before the first cell, so lines count as the spreadsheet counts them.
    return _table(name, lambda: iter(enumerate(best.iter_rows(), 1)), "spreadsheet", "", mapping)


def _text(raw: bytes, name: str, wanted: str | None, mapping: Mapping[str, str] | None) -> Table:
    encoding = _encoding_of(raw, wanted)
    text_head = raw[:65536].decode("utf-8-sig" if encoding == "utf-8" else encoding, "ignore")
    controls = sum(1 for char in text_head[:4000] if unicodedata.category(char) == "Cc" and char not in "\r\n\t")
    if controls > 3:
        raise Refused(_no_text())
    head = "\n".join(text_head.splitlines()[:HEADER_WITHIN])

    def rows(delimiter: str) -> Iterator[tuple[int, list]]:
        codec = "utf-8-sig" if encoding == "utf-8" else encoding
        reader = csv.reader(io.TextIOWrapper(io.BytesIO(raw), codec, newline=""), delimiter=delimiter)
        start = 1
        try:
            for cells in reader:
                yield start, cells
                start = reader.line_num + 1
        except csv.Error as error:
            raise Refused(
                _("Line %(line)d is not well-formed CSV (%(why)s). Export the file again.")
                % {"line": start, "why": error}
            ) from None

    def known(delimiter: str) -> tuple[int, int]:
        try:
            found = list(csv.reader(io.StringIO(head), delimiter=delimiter))
        except csv.Error:
            return 0, 0
        return _headings_in(found, mapping), max(map(len, found), default=0)

    delimiter = max(DELIMITERS, key=known)
    return _table(name, lambda: rows(delimiter), encoding, delimiter, mapping)


def _no_text() -> str:
    return _("This is not a text file or spreadsheet. Choose a .csv or .xlsx export of the employees.")


def _encoding_of(raw: bytes, wanted: str | None) -> str:
    found = charsets.detect(raw)
    if found is None:
        raise Refused(_no_text())
    if found.encoding and (not wanted or found.encoding != "cp1252"):
        return found.encoding
    if wanted:
        if wanted not in ENCODINGS:
            raise Refused(
                _("The encoding %(name)s is not known here. Choose one of %(names)s.")
                % {"name": wanted, "names": ", ".join(ENCODINGS)}
            )
        if not charsets.fits(raw, wanted):
            raise Refused(_("The file is not in %(name)s. Export it again as UTF-8.") % {"name": ENCODINGS[wanted]})
        return wanted
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused(_("The file begins like UTF-16 but is damaged. Export it again as UTF-8."))
    raise Unsure(found.candidates)


def _headings_in(rows: Iterable[list], mapping: Mapping[str, str] | None) -> int:
    """How many known headings the best of the first rows has."""
    return max((len(match(_texts(row), mapping)) for row in islice(rows, HEADER_WITHIN)), default=0)


def _cell(cell: Any) -> str:
    """A spreadsheet's cell as text; a whole number loses its ``.0``, a date becomes ISO."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, dt.date) else tidy(str(cell))


def _texts(row: list) -> list[str]:
    return [tidy(cell) if type(cell) is str else _cell(cell) for cell in row]


def tidy(value: str) -> str:
    """Without blanks, non-breaking ones and zero-width marks around it; inside, one blank at a time; NFC."""
    if value.isascii() and value.isprintable() and "  " not in value:
        return value.strip()
    value = unicodedata.normalize("NFC", value.replace("\u200b", "").replace("\ufeff", ""))
    return re.sub(r"[\s\u00a0]+", " ", value).strip()


def _header(rows: Callable[[], Iterator[tuple[int, list]]], mapping: Mapping[str, str] | None) -> tuple[int, list[str]]:
    """Which of the first rows is the header (from 0), and its cells."""
    first = [_texts(row) for _, row in islice(rows(), HEADER_WITHIN)]
    place = max(range(len(first)), key=lambda index: len(match(first[index], mapping)), default=0)
    if not match(first[place] if first else [], mapping):
        # Nothing is recognised: the fullest of the first rows is what a person would take for the header.
        place = max(range(len(first)), key=lambda index: (sum(map(bool, first[index])), -index), default=0)
    header = first[place] if first else []
    while header and not header[-1]:
        header.pop()
    return place, header


def _table(
    name: str,
    rows: Callable[[], Iterator[tuple[int, list]]],
    encoding: str,
    delimiter: str,
    mapping: Mapping[str, str] | None,
) -> Table:
    place, header = _header(rows, mapping)
    columns = match(header, mapping)
    examples = [_texts(row)[: len(header)] for _, row in islice(rows(), place + 1, place + 4)]
    missing = [str(LABELS[name_]) for name_ in REQUIRED if name_ not in columns]
    if missing:
        began = ", ".join(text for text in header if text)[:200] or _("nothing")
        message = _(
            "No heading was found for: %(missing)s. The file begins with: %(began)s. "
            "Needed are employee number, given name, family name and unit path."
        ) % {"missing": ", ".join(missing), "began": began}
        raise Unmapped(message, header, columns, examples)

    width, least, number_at = len(header), max(columns.values()) + 1, columns["number"]
    order = tuple(columns.items())

    def taken() -> Iterator[Row]:
        for line, raw in islice(rows(), place + 1, None):
            cells = _texts(raw)
            if not any(cells):
                continue
            while len(cells) > width and not cells[-1]:
                cells.pop()
            size = len(cells)
            numeric = number_at < len(raw) and type(raw[number_at]) is not str
            wrong = size if size > width or size < least else None
            yield Row(line, {key: cells[at] if at < size else "" for key, at in order}, numeric, wrong)

    lengths: Counter[int] = Counter()
    count = zeros = 0
    numeric = False
    for row in taken():
        count += 1
        number = row.cells["number"]
        numeric = numeric or (row.numeric and number.isdigit())
        zeros += number.startswith("0")
        if number.isdigit():
            lengths[len(number)] += 1
        elif number:
            lengths[0] += 1
    if not count:
        raise Refused(_("The file has a header but no employees below it. Nothing was imported."))
    used = set(columns.values())
    return Table(
        name=name,
        headings={key: header[index] for key, index in columns.items()},
        ignored=tuple(text for index, text in enumerate(header) if index not in used and text),
        rows=Rows(taken, count),
        encoding=encoding,
        delimiter=delimiter,
        columns=width,
        header=tuple(header),
        examples=tuple(tuple(row) for row in examples),
        numeric_numbers=numeric,
        usual_width=_usual(lengths, zeros),
    )


def _usual(lengths: Counter[int], zeros: int) -> int | None:
    """The width of nearly all numbers, when some begin with a zero."""
    digits = {length: times for length, times in lengths.items() if length}
    if not zeros or not digits:
        return None
    width, times = max(digits.items(), key=lambda pair: pair[1])
    return width if times >= 0.9 * lengths.total() else None
