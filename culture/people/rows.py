"""From text cells to people, and the reasons why a row cannot be one. Pure: no database, no clock."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from culture.people.tables import LABELS, Row, Table

SEPARATOR = " > "
LANGUAGES = {
    "en": "en", "english": "en", "englisch": "en", "inglese": "en", "anglais": "en", "it": "it", "italian": "it",
    "italiano": "it", "italienisch": "it", "ro": "ro", "romanian": "ro", "română": "ro", "rumänisch": "ro",
    "fr": "fr", "french": "fr", "français": "fr", "französisch": "fr", "zh-hans": "zh-hans", "zh": "zh-hans",
    "zh-cn": "zh-hans", "chinese": "zh-hans", "chinesisch": "zh-hans", "中文": "zh-hans",
}  # fmt: skip
FLAGS = dict.fromkeys(("yes", "y", "true", "1", "x", "ja", "j", "sì", "si", "oui", "da", "是"), True) | dict.fromkeys(
    ("no", "n", "false", "0", "", "nein", "non", "nu", "否"), False
)
KINDS = {
    "": "employee", "employee": "employee", "internal": "employee", "mitarbeiter": "employee",
    "dipendente": "employee", "external": "external", "extern": "external", "contractor": "external",
    "esterno": "external", "externe": "external",
}  # fmt: skip
LIMITS = {"number": 40, "given_name": 120, "family_name": 120, "email": 254, "job_family": 120, "job_title": 160,
          "site": 120, "unit": 1000}  # fmt: skip
ADDRESS = re.compile(r"[^@\s,;<>\"()\[\]]+@[^@\s,;<>\"()\[\]]+\.[^@\s.,;<>\"()\[\]]{2,}")
# UTF-8 read as Windows-1252: a lead byte seen as Ã, Ä, Å or Â followed by a sign no name contains.
MOJIBAKE = re.compile("[ÃÄÅÂÈ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|\ufffd")


@dataclass(frozen=True)
class Reject:
    """Why one row is not taken, and what to do about it."""

    line: int
    column: str
    value: str
    reason: str
    remedy: str


@dataclass
class Person:
    """One good row."""

    line: int
    number: str
    values: dict[str, Any]
    """Employee field → value, only for the columns the file has."""
    unit: str
    manager: str | None = None
    """The manager's number; ``None`` when the file has no such column, '' for nobody."""

    def same_as(self, other: Person) -> bool:
        """Whether another row says the same."""
        return (self.values, self.unit, self.manager) == (other.values, other.unit, other.manager)


@dataclass
class Parsed:
    people: dict[str, Person] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    refused_numbers: set[str] = field(default_factory=set)
    """Numbers whose row was rejected: a report of theirs is not at fault."""


class Bad(Exception):
    """A cell that cannot be taken: field, reason, remedy."""

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.name, self.reason, self.remedy = name, reason, remedy


def date_of(name: str, text: str) -> dt.date | None:
    """A day written yyyy-mm-dd, dd.mm.yyyy, or with slashes where only one reading is possible."""
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    if found:
        year, month, day = map(int, found.groups())
    elif found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
        day, month, year = map(int, found.groups())
    elif found := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", text):
        day, month, year = map(int, found.groups())
        if day <= 12 and month <= 12 and day != month:
            raise Bad(name, "could be two different days", "Write the date as yyyy-mm-dd.")
        if month > 12:
            day, month = month, day
    else:
        reason = "could be several days" if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2}", text) else "is not a date"
        raise Bad(name, reason, "Write the date as yyyy-mm-dd.")
    try:
        value = dt.date(year, month, day)
    except ValueError:
        raise Bad(name, "is a day that does not exist", "Correct the date.") from None
    if not 1900 <= value.year <= 2200:
        raise Bad(name, "is too far away to be true", "Correct the year.")
    return value


def _check_text(name: str, value: str) -> None:
    if len(value) > LIMITS.get(name, 200):
        raise Bad(name, f"is longer than {LIMITS.get(name, 200)} characters", "Shorten it.")
    if value[:1] in "=@" and value:
        raise Bad(name, "is a spreadsheet formula", "Replace the formula by the text itself.")
    if re.search(r"<[^>]*>", value) and name != "unit":
        raise Bad(name, "contains markup", "Write the plain text without tags.")
    if any(ord(char) < 32 or 127 <= ord(char) < 160 for char in value):
        raise Bad(name, "contains control characters", "Remove them, or export the file again as UTF-8.")
    if MOJIBAKE.search(value):
        raise Bad(name, "has garbled letters", "Export the file again as UTF-8.")


def _unit_of(path: str) -> str:
    if not path:
        raise Bad("unit", "is missing", "Give the unit from the top, its levels joined by “ > ”.")
    levels = [level.strip() for level in path.split(">")]
    if not all(levels):
        raise Bad("unit", "has an empty level", "Name the level, or take it out.")
    if any(len(level) > 200 for level in levels):
        raise Bad("unit", "has a level longer than 200 characters", "Shorten it.")
    return SEPARATOR.join(levels)


def _choice(name: str, text: str, table: Mapping[str, Any], remedy: str) -> Any:
    if text.casefold() not in table:
        raise Bad(name, "is not known", remedy)
    return table[text.casefold()]


def person_of(row: Row, columns: int, number_width: int | None = None) -> Person:
    """The person in ``row``; raises ``Bad`` at the first cell that cannot be taken."""
    cells = dict(row.cells)
    if row.width is not None:
        reason = f"has {row.width} cells where the header has {columns}"
        raise Bad("", reason, "Put cells with the delimiter in quotes.")
    if number_width:
        for name in ("number", "manager"):
            if cells.get(name, "").isdigit():
                cells[name] = cells[name].zfill(number_width)
    for name in ("number", "given_name", "family_name"):
        if not cells[name]:
            raise Bad(name, "is missing", "Fill it in.")
    for name, value in cells.items():
        _check_text(name, value)
    for name in ("given_name", "family_name"):
        if "?" in cells[name]:
            raise Bad(name, "has letters the export could not write", "Export the file again as UTF-8.")
    values: dict[str, Any] = {}
    for name in ("given_name", "family_name", "job_family", "job_title", "site"):
        if name in cells:
            values[name] = cells[name]
    if "email" in cells:
        email = cells["email"].lower()
        if email and not ADDRESS.fullmatch(email):
            raise Bad("email", "is not an e-mail address", "Correct it, or leave it empty for somebody without one.")
        values["email"] = email or None
    unit = _unit_of(cells["unit"])
    if "language" in cells:
        known = LANGUAGES | {"": "en"}
        values["language"] = _choice("language", cells["language"], known, "Use en, it, ro, zh-hans or fr.")
    for name in ("hired_on", "left_on"):
        if name in cells:
            values[name] = date_of(name, cells[name])
    hired, left = values.get("hired_on"), values.get("left_on")
    if hired and left and left < hired:
        raise Bad("left_on", "is before the day of hiring", "Correct one of the two dates.")
    if "kind" in cells:
        values["kind"] = _choice("kind", cells["kind"], KINDS, "Use employee or external.")
    if "customer_facing" in cells:
        values["customer_facing"] = _choice("customer_facing", cells["customer_facing"], FLAGS, "Use yes or no.")
    if cells.get("manager") and cells["manager"] == cells["number"]:
        raise Bad("manager", "is the person's own number", "Give the number of the real manager, or leave it empty.")
    return Person(row.line, cells["number"], values, unit, cells.get("manager"))


def usual_width(table: Table) -> int | None:
    """How many digits an employee number has here, when nearly all agree and some begin with a zero."""
    numbers = [row.cells["number"] for row in table.rows if row.cells["number"]]
    if not numbers or not any(number.startswith("0") for number in numbers):
        return None
    width, times = Counter(len(number) for number in numbers if number.isdigit()).most_common(1)[0]
    return width if times >= 0.9 * len(numbers) else None


def parse(table: Table, number_width: int | None = None) -> Parsed:
    """The people of ``table``, and for every other row the reason."""
    parsed = Parsed()
    usual = None if number_width else usual_width(table)
    rows: dict[str, list[tuple[Row, Person]]] = defaultdict(list)

    def reject(row: Row, name: str, reason: str, remedy: str) -> None:
        column = table.headings.get(name, LABELS.get(name, ""))
        value = row.cells.get(name, "")
        parsed.rejects.append(Reject(row.line, column, value[:200], reason, remedy))
        number = row.cells["number"]
        parsed.refused_numbers.add(number.zfill(number_width) if number_width and number.isdigit() else number)

    for row in table.rows:
        number = row.cells["number"]
        try:
            if usual and number.isdigit() and len(number) < usual:
                raise Bad("number", f"has {len(number)} digits, the others have {usual}", "Put the lost zeros back.")
            person = person_of(row, table.columns, number_width)
        except Bad as bad:
            reject(row, bad.name, bad.reason, bad.remedy)
        else:
            rows[person.number].append((row, person))

    kept: dict[str, tuple[Row, Person]] = {}
    for same in rows.values():
        first = same[0]
        if any(not first[1].same_as(other) for _, other in same[1:]):
            lines = ", ".join(str(row.line) for row, _ in same)
            for row, _ in same:
                reject(row, "number", f"stands for different people in rows {lines}", "Give each their own number.")
            continue
        kept[first[1].number] = first
        for row, _ in same[1:]:
            parsed.rejects.append(
                Reject(
                    row.line,
                    table.headings["number"],
                    row.cells["number"],
                    f"repeats row {first[0].line}",
                    "Nothing: the first one is taken.",
                )  # fmt: skip
            )
    by_email: dict[str, list[tuple[Row, Person]]] = defaultdict(list)
    for row, person in kept.values():
        if person.values.get("email"):
            by_email[person.values["email"]].append((row, person))
    for same in by_email.values():
        if len(same) > 1:
            lines = ", ".join(str(row.line) for row, _ in same)
            for row, person in same:
                reject(row, "email", f"is shared by rows {lines}", "Give each their own address, or leave it empty.")
                del kept[person.number]
    parsed.people = {number: person for number, (_, person) in kept.items()}
    return parsed


def reject_person(parsed: Parsed, table: Table, number: str, name: str, value: str, reason: str, remedy: str) -> None:
    """Move a person who looked good to the rejects."""
    person = parsed.people.pop(number)
    parsed.refused_numbers.add(number)
    parsed.rejects.append(Reject(person.line, table.headings.get(name, ""), value, reason, remedy))


def cycles(manager_of: Mapping[str, str]) -> set[str]:
    """Everybody who is, over some steps, their own manager."""
    done: set[str] = set()
    looped: set[str] = set()
    for start in manager_of:
        path: list[str] = []
        place: dict[str, int] = {}
        here: str | None = start
        while here and here not in done and here not in place:
            place[here] = len(path)
            path.append(here)
            here = manager_of.get(here)
        if here and here in place:
            looped.update(path[place[here] :])
        done.update(path)
    return looped
