"""Public benchmarks as a CSV file: out with everything that counts, in with all rows or none."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.reports import benchmarks
from programs.reports.benchmark_models import LONGEST_WHY, Benchmark

HEAD = ("entry", *benchmarks.FIELDS, "why")
NEEDED = benchmarks.NEEDED
MOST_BYTES, MOST_ROWS, MOST_ERRORS = 2_000_000, 2_000, 100


@dataclass(frozen=True)
class Wrong:
    """``line`` as an editor counts it; ``column`` "" where the whole line is meant."""

    line: int
    column: str
    text: str


@dataclass
class Taken:
    """What an import did, or (``wrong``) why it did nothing."""

    added: int = 0
    corrected: int = 0
    same: int = 0
    wrong: list[Wrong] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    number: int
    entry: int | None
    fields: dict[str, Any]
    why: str


def rows(found: list[Benchmark]) -> Iterator[list[Any]]:
    """The lines of the export, in the order of ``HEAD``."""
    for row in found:
        yield [row.entry, *(getattr(row, name) for name in benchmarks.FIELDS), ""]


def table(content: bytes) -> list[tuple[int, list[str]]]:
    """(line, cells). Raises ValidationError for a file that cannot be read."""
    if len(content) > MOST_BYTES:
        raise ValidationError(_("The file is larger than %(n)s MB.") % {"n": MOST_BYTES // 1_000_000})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(_("The file is not in UTF-8: save it as “CSV UTF-8”, then choose it again.")) from None
    if "\x00" in text:
        raise ValidationError(_("This is not a CSV file."))
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((start, cells))
            start = reader.line_num + 1
    except csv.Error:
        told = _("Line %(n)s cannot be read: a quotation mark is open or stands in the wrong place.")
        raise ValidationError(told % {"n": reader.line_num}) from None
    return found


def read(content: bytes) -> tuple[list[Line], list[Wrong]]:
    """The lines of a file, and what cannot be understood of them. Raises ValidationError for the file as a whole."""
    found = table(content)
    if not found:
        raise ValidationError(_("The file is empty."))
    head = [cell.strip().lower() for cell in found[0][1]]
    missing = [name for name in NEEDED if name not in head]
    if missing:
        told = _("The first line must name the columns; these are missing: %(list)s. Take the export as a pattern.")
        raise ValidationError(told % {"list": ", ".join(missing)})
    unknown = [name for name in head if name and name not in HEAD]
    if unknown:
        raise ValidationError(_("There is no column “%(name)s”.") % {"name": unknown[0]})
    twice = next((name for name in head if name and head.count(name) > 1), None)
    if twice:
        raise ValidationError(_("The column “%(name)s” is there twice.") % {"name": twice})
    if len(found) - 1 > MOST_ROWS:
        raise ValidationError(_("At most %(n)s lines at once.") % {"n": MOST_ROWS})
    lines, wrong = [], []
    for number, cells in found[1:]:
        line, bad = _line(number, head, cells)
        wrong += bad
        if line is not None:
            lines.append(line)
    return lines, wrong + _twice(lines)


def _twice(lines: list[Line]) -> list[Wrong]:
    first: dict[int, int] = {}
    found = []
    for line in lines:
        if line.entry is None:
            continue
        if line.entry in first:
            words = {"n": line.entry, "line": first[line.entry]}
            found.append(Wrong(line.number, "entry", _("Entry %(n)s is on line %(line)s already.") % words))
        first.setdefault(line.entry, line.number)
    return found


def _line(number: int, head: list[str], cells: list[str]) -> tuple[Line | None, list[Wrong]]:
    if len(cells) > len(head) and any(cell.strip() for cell in cells[len(head) :]):
        words = {"n": len(cells), "whole": len(head)}
        told = _("It has %(n)s cells, but there are %(whole)s columns: is text with a comma in quotation marks?")
        return None, [Wrong(number, "", told % words)]
    given = dict(zip(head, map(_bare, cells), strict=False))
    values: dict[str, Any] = {}
    wrong = []
    for name in (*HEAD,):
        try:
            values[name] = READ.get(name, str)(given.get(name, ""))
        except ValueError as error:
            wrong.append(Wrong(number, name, str(error)))
    for name, most in LENGTHS.items():
        if len(str(values.get(name) or "")) > most:
            wrong.append(Wrong(number, name, _("At most %(n)s characters.") % {"n": most}))
    if wrong:
        return None, wrong
    return Line(number, values.pop("entry"), values, values.pop("why")), []


def _bare(text: str) -> str:
    """Without the mark the export puts before what a spreadsheet would work out."""
    text = text.strip()
    return text[1:].strip() if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t") else text


def _decimal(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text.replace("−", "-").replace(",", "."))
    except InvalidOperation:
        raise ValueError(_("“%(text)s” is not a number.") % {"text": text[:40]}) from None
    if not value.is_finite() or abs(value) > 1000:
        raise ValueError(_("“%(text)s” is not a number.") % {"text": text[:40]})
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -2:
        raise ValueError(_("At most two digits after the point."))
    return value


def _whole(text: str) -> int | None:
    if not text:
        return None
    bare = text.replace(" ", "").replace("\u00a0", "")
    if not bare.isascii() or not bare.isdigit() or len(bare) > 9:
        raise ValueError(_("“%(text)s” is not a whole number.") % {"text": text[:40]})
    return int(bare)


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise ValueError(_("“%(text)s” is not a day: write it as 2027-12-31.") % {"text": text[:40]})
    return found


READ: Mapping[str, Callable[[str], Any]] = {
    "entry": _whole, "value": _decimal, "low": _decimal, "high": _decimal, "people": _whole, "year": _whole,
    "until": _day,
}  # fmt: skip
LENGTHS = {
    **{
        name: Benchmark._meta.get_field(name).max_length or 0
        for name in ("measure", "population", "country", "sector", "source", "link", "licence", "note")
    },
    "why": LONGEST_WHY,
}


class _Undone(Exception):
    """Takes back what the lines before had written."""


def take(*, by: Employee, content: bytes, today: dt.date, now: dt.datetime) -> Taken:
    """Take a whole file, or nothing of it. Raises ValidationError for a file that cannot be read at all."""
    lines, wrong = read(content)
    done = Taken(wrong=wrong)
    known = [key for key, _label in benchmarks.measures()]
    for line in lines:
        for name, texts in benchmarks.problems(line.fields, known, today).items():
            done.wrong += [Wrong(line.number, name, text) for text in texts]
    if not done.wrong:
        try:
            with transaction.atomic():
                _write(lines, done, by, today, now)
                if done.wrong:
                    raise _Undone
        except _Undone:
            done = Taken(wrong=done.wrong)
    done.wrong = sorted(done.wrong, key=lambda one: one.line)[:MOST_ERRORS]
    return done


def _write(lines: list[Line], done: Taken, by: Employee, today: dt.date, now: dt.datetime) -> None:
    last = {row.entry: row for row in benchmarks.newest()}
    for line in lines:
        try:
            if line.entry is None:
                benchmarks.add(by=by, fields=line.fields, today=today, now=now)
                done.added += 1
                continue
            row = last.get(line.entry)
            if row is None:
                raise ValidationError({"entry": _("There is no entry %(n)s; leave it empty.") % {"n": line.entry}})
            if not row.withdrawn and benchmarks.same(row, line.fields):
                done.same += 1
                continue
            benchmarks.correct(
                by=by, entry=row.entry, seen=row.version, fields=line.fields, why=line.why, today=today, now=now
            )
            done.corrected += 1
        except ValidationError as error:
            done.wrong += _of(error, line.number)
    if not done.wrong:
        detail = {"added": done.added, "corrected": done.corrected, "same": done.same}
        audit.record(by, "benchmark.imported", "benchmarks", **detail)


def _of(error: ValidationError, line: int) -> list[Wrong]:
    if hasattr(error, "error_dict"):
        return [
            Wrong(line, "" if name == "__all__" else name, text)
            for name, texts in error.message_dict.items()
            for text in texts
        ]
    return [Wrong(line, "", text) for text in error.messages]
