"""What a report says, before it becomes a file: one model for PDF, slides, spreadsheet and page. Pure.

A section is a heading, the finding in words, tables, charts, notes (n, interval, where it comes from) and *facts*:
every number once more, on a line of its own, with the released cell it rests on. Files are made from this alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

# How a column is set and coloured: words, a plain number, an index 0–100, a share, an interval.
TEXT, NUMBER, HEAT, PERCENT = "text", "number", "heat", "percent"
LINES, BARS, SHARES, DRAWN = "lines", "bars", "shares", "drawn"


@dataclass(frozen=True)
class Hidden:
    """A number that may not be shown, or was not asked; ``words`` say so in the report's language."""

    words: str


Value = str | int | float | Hidden | None


@dataclass(frozen=True)
class Column:
    key: str
    title: str
    kind: str = TEXT


@dataclass(frozen=True)
class Table:
    """``depths``: how far each row is moved in, as its unit lies in the tree; empty: none is.

    ``left_out``: how many further rows only the spreadsheet has.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    depths: tuple[int, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class Series:
    key: str
    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """A picture: ``series`` over ``categories``, drawn as lines, bars, or bars of shares that make 100.

    ``form`` DRAWN: by its own Vega-Lite ``spec``, which slides show as a picture.
    """

    key: str
    title: str
    description: str
    form: str
    categories: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()
    lowest: float = 0
    highest: float = 100
    spec: dict[str, Any] | None = None


@dataclass(frozen=True)
class Fact:
    """One number: of which group and wave, what it measures, its interval, of how many people, and its cell.

    ``cell``: ``wave:3 release:1 tree:12 want``, as the results know it; or what was counted, and when.
    """

    section: str
    group: str
    unit: int | None
    wave: int | None
    measure: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: str = ""
    note: str = ""
    cell: str = ""
    depth: int = 0


@dataclass
class Section:
    """``lead``: the finding in words. ``broken``: charts that could not be drawn, by key; a note says so."""

    key: str
    heading: str
    lead: str = ""
    paragraphs: list[str] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


@dataclass
class Report:
    """``number`` 0: not published, a preview. ``waves``: of which numbers it tells; ``corrects``: number of the old."""

    title: str
    subtitle: str
    organisation: str
    language: str
    as_of: dt.date
    program: int
    unit: int | None
    audience: str
    sections: list[Section]
    definitions: list[tuple[str, str]] = field(default_factory=list)
    facts_line: str = ""
    waves: list[int] = field(default_factory=list)
    frozen_on: dt.date | None = None
    number: int = 0
    corrects: int = 0
    why: str = ""
    said: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def facts(self) -> list[Fact]:
        return [fact for section in self.sections for fact in section.facts]

    @property
    def cells(self) -> list[str]:
        """The released cells and counts it rests on, each once, in order."""
        return list(dict.fromkeys(fact.cell for fact in self.facts if fact.cell))


# -- kept ------------------------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    if isinstance(value, Hidden):
        return {"hidden": value.words}
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def as_json(report: Report) -> bytes:
    """The model in bytes that are the same for the same report."""
    plain = _plain({**{key: getattr(report, key) for key in report.__dataclass_fields__}, "sections": []})
    plain["sections"] = [_section(section) for section in report.sections]
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _section(section: Section) -> dict[str, Any]:
    tables = [
        {**_plain(asdict_flat(table)), "rows": [[_plain(value) for value in row] for row in table.rows]}
        for table in section.tables
    ]
    return {
        **{key: _plain(getattr(section, key)) for key in ("key", "heading", "lead", "paragraphs", "notes", "broken")},
        "charts": [_plain(asdict(chart)) for chart in section.charts],
        "tables": tables,
        "facts": [_plain(asdict(fact)) for fact in section.facts],
    }


def asdict_flat(table: Table) -> dict[str, Any]:
    """A table without its rows, whose values ``asdict`` would take apart."""
    columns = [asdict(column) for column in table.columns]
    depths = list(table.depths)
    return {
        "key": table.key,
        "title": table.title,
        "columns": columns,
        "depths": depths,
        "left_out": table.left_out,
    }


def from_json(kept: bytes) -> Report:
    """The report as it was kept by :func:`as_json`."""
    found = json.loads(kept)
    frozen = found.pop("frozen_on")
    return Report(
        **{
            **found,
            "as_of": dt.date.fromisoformat(found["as_of"]),
            "frozen_on": dt.date.fromisoformat(frozen) if frozen else None,
            "sections": [_read_section(one) for one in found["sections"]],
            "definitions": [tuple(one) for one in found["definitions"]],
        }
    )


def _read_section(one: Mapping[str, Any]) -> Section:
    charts = [
        Chart(
            **{
                **chart,
                "categories": tuple(chart["categories"]),
                "series": tuple(Series(s["key"], s["name"], tuple(s["values"])) for s in chart["series"]),
            }
        )
        for chart in one["charts"]
    ]
    tables = [
        Table(
            **{
                **table,
                "columns": tuple(Column(**column) for column in table["columns"]),
                "rows": tuple(tuple(map(_read, row)) for row in table["rows"]),
                "depths": tuple(table["depths"]),
            }
        )
        for table in one["tables"]
    ]
    return Section(**{**one, "charts": charts, "tables": tables, "facts": [Fact(**fact) for fact in one["facts"]]})


def _read(value: Any) -> Value:
    return Hidden(value["hidden"]) if isinstance(value, dict) else value


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def seal(said: Mapping[str, Any], files: Iterable[tuple[str, str, str]]) -> str:
    """The fingerprint of a published report: of what it says of itself and of its files (name, format, sha256)."""
    plain = {"about": _plain(dict(said)), "files": sorted([list(one) for one in files])}
    return digest(json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())


def text_of(value: Value, kind: str = TEXT) -> str:
    """A value of a table in words."""
    if isinstance(value, Hidden):
        return value.words
    if value is None:
        return "–"
    if isinstance(value, float):
        value = round(value) if kind in (HEAT, PERCENT) else value
    if kind == PERCENT and not isinstance(value, str):
        return f"{value}\u00a0%"
    return f"{value:g}" if isinstance(value, float) else str(value)


def every_text(report: Report) -> Iterable[str]:
    """Every text of the report that is printed: to look for letters without a glyph."""
    yield from (report.title, report.subtitle, report.organisation, report.said, report.why)
    for name, words in report.definitions:
        yield from (name, words)
    for section in report.sections:
        yield from (section.heading, section.lead, *section.paragraphs, *section.notes)
        for table in section.tables:
            yield from (table.title, *(column.title for column in table.columns))
            yield from (text_of(value) for row in table.rows for value in row)
        for chart in section.charts:
            yield from (chart.title, *chart.categories, *(one.name for one in chart.series))


def cut(rows: Sequence[Any], most: int) -> tuple[Sequence[Any], int]:
    """The first ``most`` rows and how many are left out."""
    return rows[:most], max(0, len(rows) - most)
