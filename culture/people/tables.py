"""Reading a file of people into a table of text cells: any delimiter, the usual encodings, a header wherever it stands.

Pure: no database, no clock. What cannot be read without guessing is refused with a sentence that says what to do.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes
from python_calamine import CalamineWorkbook

MAX_BYTES = 50 * 1024 * 1024
HEADER_WITHIN = 15
DELIMITERS = ",;\t|"
ENCODINGS = {"utf-8": "UTF-8", "cp1252": "Windows-1252 (Western Europe)", "cp1250": "Windows-1250 (Central Europe)"}

HEADINGS: dict[str, tuple[str, ...]] = {
    "number": ("employee number", "number", "personnel number", "employee id", "staff number", "personal nr",
               "personalnummer", "mitarbeiternummer", "matricola", "matricule", "marca", "工号", "员工编号"),
    "given_name": ("given name", "first name", "forename", "vorname", "nome", "prénom", "prenume", "名"),
    "family_name": ("family name", "last name", "surname", "nachname", "familienname", "name", "cognome", "nom",
                    "nume", "姓"),
    "email": ("email", "e mail", "mail", "email address", "e mail adresse", "mailadresse", "courriel", "邮箱"),
    "unit": ("unit path", "unit", "organisational unit", "department", "organisationseinheit", "abteilung",
             "unità organizzativa", "unité", "unitate", "部门"),
    "manager": ("manager number", "manager", "supervisor", "reports to", "vorgesetzte r", "vorgesetzter",
                "vorgesetzte", "responsabile", "responsable", "șef", "上级"),
    "job_family": ("job family", "jobfamilie", "berufsgruppe", "famiglia professionale"),
    "job_title": ("job title", "title", "position", "stelle", "stellenbezeichnung", "mansione", "poste", "职位"),
    "site": ("site", "location", "office", "standort", "sede", "lieu", "locație", "地点"),
    "language": ("language", "sprache", "lingua", "langue", "limba", "语言"),
    "hired_on": ("hired on", "hire date", "start date", "eintritt", "eintrittsdatum", "data assunzione",
                 "date d entrée", "入职日期"),
    "left_on": ("left on", "leaving date", "end date", "austritt", "austrittsdatum", "data cessazione",
                "date de sortie", "离职日期"),
    "kind": ("kind", "type", "employment type", "art", "mitarbeiterart", "tipo"),
    "customer_facing": ("customer facing", "customer contact", "kundenkontakt", "contatto clienti"),
}  # fmt: skip
UNSURE = (
    "The encoding of the file cannot be told for sure, and a wrong guess would spoil names. "
    "Choose the encoding below, or export the file again as UTF-8."
)
# What other encodings look like when read as Windows-1252: signs no name holds, or a quote that opens inside a word.
NOT_WESTERN = re.compile(r"[ƒ†‡ˆ‰‹•™›¡¢¤¥¦¨¬®¯±²³µ¶¸¹¼½¾¿×÷]|\w[“‘„]")
REQUIRED = ("number", "given_name", "family_name", "unit")
LABELS = {name: names[0].capitalize() for name, names in HEADINGS.items()}


class Refused(Exception):
    """The whole file cannot be taken; the message says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One row of the file: its line as an editor or a spreadsheet counts it, and its cells by field."""

    line: int
    cells: dict[str, str]
    numeric: bool = False
    """The employee number was stored as a number, so leading zeros may be gone."""
    width: int | None = None
    """How many cells the row really had, when not as many as the header."""


@dataclass(frozen=True)
class Table:
    name: str
    headings: dict[str, str]
    """Field → the heading it was found under."""
    ignored: tuple[str, ...]
    rows: tuple[Row, ...]
    encoding: str
    delimiter: str = ""
    columns: int = 0
    numeric_numbers: bool = field(default=False)


def plain(heading: str) -> str:
    """A heading without case, punctuation and doubled blanks."""
    text = unicodedata.normalize("NFC", heading).casefold()
    return re.sub(r"[^\w]+", " ", text.replace("_", " ")).strip()


FIELD_OF = {plain(heading): name for name, headings in HEADINGS.items() for heading in headings}


def read_file(source: str | Path | BinaryIO, name: str = "", *, encoding: str | None = None) -> Table:
    """The table in ``source``. Raises ``Refused`` when that cannot be done without guessing."""
    if isinstance(source, str | Path):
        name = name or Path(source).name
        try:
            raw = Path(source).read_bytes()
        except OSError as error:
            raise Refused(f"{name} cannot be read: {error.strerror}.") from None
    else:
        raw = source.read()
    if not raw.strip(b"\xef\xbb\xbf \r\n\t"):
        raise Refused("The file is empty. Export the list of employees again and choose that file.")
    if len(raw) > MAX_BYTES:
        raise Refused(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Split it into several files.")
    if raw[:4] == b"PK\x03\x04" or raw[:4] == b"\xd0\xcf\x11\xe0":
        return _spreadsheet(raw, name)
    return _text(raw, name, encoding)


def _spreadsheet(raw: bytes, name: str) -> Table:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        sheets = [book.get_sheet_by_name(sheet).to_python(skip_empty_area=False) for sheet in book.sheet_names]
    except Exception as error:  # calamine raises several unrelated classes, and panics, on a damaged file
        raise Refused("This is not a spreadsheet that can be read. Save it again as .xlsx or .csv.") from error
    best = max(sheets, key=_headings_in, default=[])
    return _table(name, [(line, row) for line, row in enumerate(best, 1)], "spreadsheet", "")


def _decode(raw: bytes, wanted: str | None) -> tuple[str, str]:
    """The text and the name of its encoding."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return raw.decode("utf-16"), "utf-16"
        except UnicodeDecodeError:
            raise Refused("The file begins like UTF-16 but is damaged. Export it again as UTF-8.") from None
    if b"\0" in raw:
        raise Refused("This is not a text file or spreadsheet. Choose a .csv or .xlsx export of the employees.")
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    if wanted and wanted != "utf-8":
        if wanted not in ENCODINGS:
            raise Refused(f"The encoding {wanted} is not known here. Choose one of {', '.join(ENCODINGS)}.")
        try:
            return raw.decode(wanted), wanted
        except UnicodeDecodeError:
            raise Refused(f"The file is not in {ENCODINGS[wanted]}. Export it again as UTF-8.") from None
    guess = from_bytes(raw, cp_isolation=["cp1252"]).best()
    if guess is None:
        raise Refused(UNSURE)
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        raise Refused(UNSURE) from None
    if NOT_WESTERN.search(text):
        raise Refused(UNSURE)
    return text, "cp1252"


def _text(raw: bytes, name: str, wanted: str | None) -> Table:
    text, encoding = _decode(raw, wanted)
    if sum(1 for char in text[:4000] if unicodedata.category(char) == "Cc" and char not in "\r\n\t") > 3:
        raise Refused("This is not a text file or spreadsheet. Choose a .csv or .xlsx export of the employees.")
    head = "\n".join(text.splitlines()[:HEADER_WITHIN])
    rows: list[tuple[int, list]] = []
    start = 1
    try:
        delimiter = max(DELIMITERS, key=lambda mark: _headings_in(csv.reader(io.StringIO(head), delimiter=mark)))
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for cells in reader:
            rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise Refused(f"Line {start} is not well-formed CSV ({error}). Export the file again.") from None
    return _table(name, rows, encoding, delimiter)


def _headings_in(rows: Iterable[list]) -> int:
    """How many known headings the best of the first rows has."""
    return max((len(_match(_texts(row))) for row in islice(rows, HEADER_WITHIN)), default=0)


def _texts(row: list) -> list[str]:
    """Spreadsheet or CSV cells as text; a whole number loses its ``.0``, a date becomes ISO."""
    result = []
    for cell in row:
        if isinstance(cell, bool):
            result.append("yes" if cell else "no")
        elif isinstance(cell, float) and cell.is_integer():
            result.append(str(int(cell)))
        elif isinstance(cell, dt.datetime):
            result.append(cell.date().isoformat())
        elif isinstance(cell, dt.date):
            result.append(cell.isoformat())
        else:
            result.append(tidy(str(cell)))
    return result


def tidy(value: str) -> str:
    """Without blanks, non-breaking ones and zero-width marks around it; inside, one blank at a time; NFC."""
    value = unicodedata.normalize("NFC", value.replace("\u200b", "").replace("\ufeff", ""))
    return re.sub(r"[\s\u00a0]+", " ", value).strip()


def _match(cells: list[str]) -> dict[str, int]:
    """Field → index of the first cell that is a heading of it."""
    found: dict[str, int] = {}
    for index, cell in enumerate(cells):
        name = FIELD_OF.get(plain(str(cell)))
        if name and name not in found:
            found[name] = index
    return found


def _table(name: str, rows: list[tuple[int, list]], encoding: str, delimiter: str) -> Table:
    place, columns = max(
        ((index, _match(_texts(row))) for index, (_, row) in enumerate(rows[:HEADER_WITHIN])),
        key=lambda pair: len(pair[1]),
        default=(0, {}),
    )
    missing = [LABELS[field_] for field_ in REQUIRED if field_ not in columns]
    if missing:
        first = next((", ".join(t for t in _texts(row) if t)[:200] for _, row in rows if any(_texts(row))), "nothing")
        raise Refused(
            f"No heading was found for: {', '.join(missing)}. The file begins with: {first}. "
            "Needed are employee number, given name, family name and unit path."
        )
    header = _texts(rows[place][1])
    while header and not header[-1]:
        header.pop()
    taken: list[Row] = []
    for line, raw in rows[place + 1 :]:
        cells = _texts(raw)
        if not any(cells):
            continue
        while len(cells) > len(header) and not cells[-1]:
            cells.pop()
        number = raw[columns["number"]] if columns["number"] < len(raw) else ""
        taken.append(
            Row(
                line,
                {key: cells[index] if index < len(cells) else "" for key, index in columns.items()},
                numeric=isinstance(number, int | float),
                width=len(cells) if len(cells) > len(header) or len(cells) < max(columns.values()) + 1 else None,
            )
        )
    if not taken:
        raise Refused("The file has a header but no employees below it. Nothing was imported.")
    used = set(columns.values())
    return Table(
        name=name,
        headings={key: header[index] for key, index in columns.items()},
        ignored=tuple(text for index, text in enumerate(header) if index not in used and text),
        rows=tuple(taken),
        encoding=encoding,
        delimiter=delimiter,
        columns=len(header),
        numeric_numbers=any(row.numeric for row in taken),
    )
