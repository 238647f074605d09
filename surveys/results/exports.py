"""Released cells as files: one line per cell, CSV, JSON and spreadsheet, streamed in bounded memory.

Every file begins with what it is (wave, rules, fingerprint) and ends with its number of rows, so that a file that was
cut off on the way is noticed. Lines of a CSV that are no data begin with "#": notebooks skip them.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import IO, Any

import xlsxwriter

from surveys.results.disclosure.bounds import count_of
from surveys.results.insight import change
from surveys.results.models import CellGroup, Release
from surveys.results.reading import ARROW, DIVISION, MATRIX

# (name, what it holds); the same in every format.
COLUMNS: Sequence[tuple[str, str]] = (
    ("family", "tree (a unit), matrix (customer on provider), division (the same between divisions), customer (all its "
               "providers together), cut (a category of everybody), unit_cut (a category of a division)"),
    ("group_id", "the wave's id of the unit; of a provider in matrix and division"),
    ("group", "its name"),
    ("parent_id", "the unit above"),
    ("depth", "how deep in the tree; 0 is the top"),
    ("customer_id", "who says it, in matrix and division"),
    ("customer", "its name"),
    ("cut", "key of the cut"),
    ("category_id", "category of the cut"),
    ("measure", "index (want, know, can, served, talk), a question's code, barrier, below:…, reliability:…, drivers, "
                "straight, participation"),
    ("question", "the question in words, in the reader's language"),
    ("shown", "yes or no"),
    ("people", "who answered; under 20 a range"),
    ("people_from", "its lower end"),
    ("people_to", "its upper end"),
    ("score", "index 0–100 (talk −100–100), per cent, alpha; of few people the middle of a range of ten"),
    ("band", "that range, where only a range is told"),
    ("low", "95 % interval"),
    ("high", ""),
    ("favourable", "per cent"),
    ("favourable_low", "95 % interval"),
    ("favourable_high", ""),
    ("neutral", "per cent"),
    ("unfavourable", "per cent"),
    ("distribution", "per cent from worst to best, as a list"),
    ("details", "what else the cell holds, as JSON: shares of options, questions of a reliability or drivers cell"),
    ("change", "since the last wave, where the release decided one"),
    ("change_low", "95 % interval"),
    ("change_high", ""),
    ("change_word", "rose, fell, no clear change, too few to tell"),
    ("change_since", "number of the wave before"),
    ("note", "hidden for privacy, or not asked"),
)  # fmt: skip
HEADER = tuple(name for name, _words in COLUMNS)
# A spreadsheet takes a text that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
SCORES = ("index", "percent", "alpha", "r2")
CHUNK = 500
# A spreadsheet is made whole before it is sent, some 20,000 lines a second; and Excel takes a million.
MOST_IN_SHEET = 200_000


class TooLarge(Exception):
    """More cells than a spreadsheet is made for; the other formats have no limit."""


def plain(value: object) -> object:
    """A text no spreadsheet runs as a formula; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA) else value


def about(release: Release, instrument: str = "") -> dict[str, Any]:
    """What a file is of."""
    wave = release.wave
    return {
        "wave": str(wave),
        "wave_id": wave.pk,
        "opened": wave.opens_on.isoformat(),
        "closed": wave.closes_on.isoformat(),
        "release": release.number,
        "released": release.at.date().isoformat(),
        "corrected_because": release.why,
        "instrument": instrument or release.instrument,
        "rules": dict(release.rules),
        "fingerprint": release.rules_hash,
        "formulas": release.formula_version,
    }


# -- one line per cell -----------------------------------------------------------------------------------------------


def lines(groups: Iterable[CellGroup], questions: Mapping[str, str]) -> Iterator[list[Any]]:
    """Every cell of the groups; None where there is nothing. ``questions``: their words by code."""
    for group in groups:
        start = _start(group)
        for measure, cell in group.cells.items():
            yield [*start, measure, questions.get(measure), *_told(cell)]


def _start(group: CellGroup) -> list[Any]:
    pair = group.family in (MATRIX, DIVISION)
    name, _arrow, customer = group.name.partition(ARROW) if pair else (group.name, "", "")
    return [
        group.family,
        group.unit,
        name,
        group.parent,
        group.depth,
        group.other if pair else None,
        customer or None,
        group.cut or None,
        group.other if group.cut else None,
    ]


def _told(cell: Mapping[str, Any]) -> list[Any]:
    if not cell.get("shown", "shares" in cell):
        return ["no", *[None] * 19, cell.get("why", "hidden for privacy")]
    n = cell.get("n")
    least, most = (int(count_of(cell).low), int(count_of(cell).high)) if n is not None else (None, None)
    moved = change.read(dict(cell))
    details = {
        key: cell[key] for key in ("shares", "items", "outcome", "rounded", "mean", "words", "effect") if key in cell
    }
    return [
        "yes",
        n,
        least,
        most,
        next((cell[key] for key in SCORES if key in cell), None),
        cell.get("band"),
        cell.get("low"),
        cell.get("high"),
        cell.get("fav"),
        cell.get("fav_low"),
        cell.get("fav_high"),
        cell.get("neu"),
        cell.get("unf"),
        json.dumps(cell["dist"]) if "dist" in cell else None,
        json.dumps(details, ensure_ascii=False) if details else None,
        *((moved.delta, moved.low, moved.high, moved.word, cell["change"]["since"]) if moved else [None] * 5),
        None,
    ]


# -- formats ---------------------------------------------------------------------------------------------------------


def csv_stream(said: Mapping[str, Any], groups: Iterable[CellGroup], questions: Mapping[str, str]) -> Iterator[bytes]:
    """The cells of groups as CSV, in pieces."""
    return csv_of(said, HEADER, lines(groups, questions))


def json_stream(said: Mapping[str, Any], groups: Iterable[CellGroup], questions: Mapping[str, str]) -> Iterator[bytes]:
    """The same as JSON."""
    return json_of(said, HEADER, lines(groups, questions))


def as_xlsx(
    said: Mapping[str, Any], groups: Iterable[CellGroup], questions: Mapping[str, str], most: int = MOST_IN_SHEET
) -> IO[bytes]:
    """The same as a spreadsheet. Raises :class:`TooLarge` beyond ``most`` cells."""
    return xlsx_of(said, COLUMNS, lines(groups, questions), "cells", most)


def csv_of(said: Mapping[str, Any], header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """A file in pieces: what it is of behind "#" (``said``: see :func:`about`), head, rows, their number."""
    out = io.StringIO()
    # Every text is quoted: a "#" within one is no beginning of a note.
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)

    def piece() -> bytes:
        text = out.getvalue()
        out.seek(0)
        out.truncate()
        return text.encode()

    # Excel reads UTF-8 only behind a byte order mark.
    out.write("\ufeff")
    for name, value in said.items():
        told = "; ".join(f"{key} {one}" for key, one in sorted(value.items())) if isinstance(value, dict) else value
        # On one line, whatever somebody called a wave or wrote as a reason.
        out.write(f"# {name}: {' '.join(str(told).split())}\r\n")
    writer.writerow(header)
    count, waiting = 0, iter(rows)
    while some := list(islice(waiting, CHUNK)):
        writer.writerows([plain(value) for value in row] for row in some)
        count += len(some)
        yield piece()
    out.write(f"# rows: {count}\r\n")
    yield piece()


def json_of(said: Mapping[str, Any], header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """``{"about": …, "columns": […], "rows": [[…], …], "count": n}``, a row a line."""
    head = {"about": dict(said), "columns": list(header)}
    yield (json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": [\n').encode()
    count, waiting = 0, iter(rows)
    while some := list(islice(waiting, CHUNK)):
        told = ",\n".join(json.dumps(row, ensure_ascii=False) for row in some)
        yield (f",\n{told}" if count else told).encode()
        count += len(some)
    yield f'\n], "count": {count}}}\n'.encode()


def xlsx_of(
    said: Mapping[str, Any], columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], name: str, most: int
) -> IO[bytes]:
    """A spreadsheet of two sheets (``name``, about), written row by row on disk. ``columns``: with their words."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(name)
    for column, (head, _words) in enumerate(columns):
        sheet.write_string(0, column, head, bold)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007
        if count > most:
            raise TooLarge
        for column, value in enumerate(row):
            if isinstance(value, int | float):
                sheet.write_number(count, column, value)
            elif value is not None:
                sheet.write_string(count, column, str(plain(value))[:32_000])
    sheet.freeze_panes(1, min(3, len(columns) - 1))
    sheet.autofilter(0, 0, max(1, count), len(columns) - 1)
    _about_sheet(book, said, columns, count, bold)
    book.close()
    file.seek(0)
    return file


def _about_sheet(book: Any, said: Mapping[str, Any], columns: Sequence[tuple[str, str]], count: int, bold: Any) -> None:
    sheet = book.add_worksheet("about")
    told: list[tuple[str, Any]] = []
    for name, value in said.items():
        told += [(f"rule {key}", one) for key, one in sorted(value.items())] if name == "rules" else [(name, value)]
    told += [("rows", count), ("", ""), *((f"column {name}", words) for name, words in columns)]
    for row, (name, value) in enumerate(told):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, str(plain(str(value))))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 90)
