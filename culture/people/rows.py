"""From text cells to people, and the reasons why a row cannot be one. Pure: no database, no clock."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from culture.people import names
from culture.people.headings import LABELS
from culture.people.tables import Row, Table

SEPARATOR = " > "
LANGUAGES = {
    "en": "en", "english": "en", "englisch": "en", "inglese": "en", "anglais": "en", "engleză": "en",
    "英语": "en", "it": "it", "italian": "it", "italiano": "it", "italienisch": "it", "italien": "it",
    "italiană": "it", "意大利语": "it", "ro": "ro", "romanian": "ro", "română": "ro", "rumänisch": "ro",
    "rumeno": "ro", "romeno": "ro", "roumain": "ro", "罗马尼亚语": "ro", "fr": "fr", "french": "fr",
    "français": "fr", "französisch": "fr", "francese": "fr", "franceză": "fr", "法语": "fr", "zh-hans": "zh-hans",
    "zh": "zh-hans", "zh-cn": "zh-hans", "chinese": "zh-hans", "chinesisch": "zh-hans", "cinese": "zh-hans",
    "chinois": "zh-hans", "chineză": "zh-hans", "中文": "zh-hans", "汉语": "zh-hans",
}  # fmt: skip
FLAGS = dict.fromkeys(
    ("yes", "y", "true", "1", "x", "ja", "j", "wahr", "sì", "si", "vero", "oui", "vrai", "da", "是"), True
) | dict.fromkeys(("no", "n", "false", "0", "", "nein", "falsch", "falso", "non", "faux", "nu", "否"), False)
KINDS = {
    "": "employee", "employee": "employee", "internal": "employee", "mitarbeiter": "employee", "intern": "employee",
    "dipendente": "employee", "interno": "employee", "employé": "employee", "salarié": "employee",
    "interne": "employee", "angajat": "employee", "员工": "employee", "内部": "employee", "external": "external",
    "extern": "external", "contractor": "external", "esterno": "external", "externe": "external", "外部": "external",
}  # fmt: skip
LIMITS = {"number": 40, "given_name": 120, "family_name": 120, "email": 254, "job_family": 120,
          "job_title": 160, "site": 120, "unit": 1000}  # fmt: skip
PLAIN_TEXTS = ("given_name", "family_name", "job_family", "job_title", "site")
ADDRESS = re.compile(r"[^@\s,;<>\"()\[\]]+@[^@\s,;<>\"()\[\]]+\.[^@\s.,;<>\"()\[\]]{2,}")
# UTF-8 read as Windows-1252: a lead byte seen as Ã, Ä, Å or Â followed by a sign no name contains.
MOJIBAKE = re.compile("[ÃÄÅÂÈ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|\ufffd")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
# A row without any of these, and of ordinary length, needs no look at its single cells.
DOUBTFUL = re.compile("(?:^|\n)[=@]|[\x00-\x09\x0b-\x1f\x7f-\x9f<\ufffdÃÄÅÂÈ]")
QUOTED = "=+-@"


@dataclass(frozen=True)
class Reject:
    """Why one row is not taken, and what to do about it."""

    line: int
    column: str
    value: str
    reason: str
    remedy: str


@dataclass(slots=True)
class Person:
    """One good row."""

    line: int
    number: str
    values: dict[str, Any]
    """Employee field → value, only for the columns the file has."""
    unit: str
    manager: str | None = None
    """The manager's number; ``None`` when the file has no such column, '' for nobody."""

    @property
    def name(self) -> str:
        return names.display(self.values["given_name"], self.values["family_name"])

    def same_as(self, other: Person) -> bool:
        """Whether another row says the same."""
        return (self.values, self.unit, self.manager) == (other.values, other.unit, other.manager)


@dataclass
class Parsed:
    people: dict[str, Person] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    refused_numbers: set[str] = field(default_factory=set)
    """Numbers whose row was rejected: a report of theirs is not at fault."""
    refused_names: set[str] = field(default_factory=set)
    """Who a rejected row is about, by address and by name: nobody has left because a row was rejected."""
    ambiguous_dates: int = 0
    """Rows refused only because a date can be read in two ways."""


class Bad(Exception):
    """A cell that cannot be taken: field, reason, remedy."""

    def __init__(self, name: str, reason: str, remedy: str, ambiguous: bool = False) -> None:
        super().__init__(reason)
        self.name, self.reason, self.remedy, self.ambiguous = name, reason, remedy, ambiguous


def date_of(name: str, text: str, order: str = "") -> dt.date | None:
    """A day written yyyy-mm-dd, dd.mm.yyyy, or otherwise where only one reading is possible.

    ``order`` (dmy or mdy) says how 03/04/2025 is meant in this file; without it such a day is refused.
    """
    return _date(name, text, order) if text else None


@lru_cache(maxsize=50_000)
def _date(name: str, text: str, order: str) -> dt.date:
    year, month, day = _parts(name, text, order)
    try:
        value = dt.date(year, month, day)
    except ValueError:
        raise Bad(name, _("is a day that does not exist"), _("Correct the date.")) from None
    if not 1900 <= value.year <= 2200:
        raise Bad(name, _("is too far away to be true"), _("Correct the year."))
    return value


def _parts(name: str, text: str, order: str) -> tuple[int, int, int]:
    """Year, month and day as written."""
    found = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?", text)
    found = (
        found or re.fullmatch(r"(\d{4})年(\d{1,2})月(\d{1,2})日", text) or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text)
    )
    if found:
        year, month, day = map(int, found.groups())
        return year, month, day
    found = re.fullmatch(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})", text)
    if not found:
        raise Bad(name, _("is not a date"), _("Write the date as yyyy-mm-dd."))
    first, mark, second, year_text = found.groups()
    one, two, year = int(first), int(second), int(year_text)
    if len(year_text) == 2:
        if not order:
            raise Bad(name, _("could be several days"), _("Write the date as yyyy-mm-dd."), ambiguous=True)
        year += 2000 if year < 50 else 1900
    if mark == "." and order != "mdy":
        return year, two, one
    if order:
        return (year, one, two) if order == "mdy" else (year, two, one)
    if one <= 12 and two <= 12 and one != two:
        raise Bad(name, _("could be two different days"), _("Write the date as yyyy-mm-dd."), ambiguous=True)
    return (year, one, two) if two > 12 else (year, two, one)


def _check_text(name: str, value: str) -> None:
    limit = LIMITS.get(name, 200)
    if len(value) > limit:
        raise Bad(name, _("is longer than %(limit)d characters") % {"limit": limit}, _("Shorten it."))
    if value[:1] in ("=", "@"):
        raise Bad(name, _("is a spreadsheet formula"), _("Replace the formula by the text itself."))
    if name != "unit" and re.search(r"<[^>]*>", value):
        raise Bad(name, _("contains markup"), _("Write the plain text without tags."))
    if CONTROL.search(value):
        raise Bad(name, _("contains control characters"), _("Remove them, or export the file again as UTF-8."))
    if MOJIBAKE.search(value):
        raise Bad(name, _("has garbled letters"), _("Export the file again as UTF-8."))


@lru_cache(maxsize=20_000)
def _unit_of(path: str) -> str:
    if not path:
        raise Bad("unit", _("is missing"), _("Give the unit from the top, its levels joined by “ > ”."))
    levels = [level.strip() for level in path.split(">")]
    if not all(levels):
        raise Bad("unit", _("has an empty level"), _("Name the level, or take it out."))
    if any(len(level) > 200 for level in levels):
        raise Bad("unit", _("has a level longer than 200 characters"), _("Shorten it."))
    return SEPARATOR.join(levels)


def _choice(name: str, text: str, table: Mapping[str, Any], remedy: str) -> Any:
    try:
        return table[text.casefold()]
    except KeyError:
        raise Bad(name, _("is not known"), _(remedy)) from None


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def person_of(row: Row, columns: int, number_width: int | None = None, date_order: str = "") -> Person:
    """The person in ``row``; raises ``Bad`` at the first cell that cannot be taken."""
    cells = row.cells
    if row.width is not None:
        reason = _("has %(found)d cells where the header has %(wanted)d") % {"found": row.width, "wanted": columns}
        raise Bad("", reason, _("Put cells with the delimiter in quotes."))
    if number_width:
        for name in ("number", "manager"):
            if cells.get(name, "").isdigit():
                cells[name] = cells[name].zfill(number_width)
    for name in ("number", "given_name", "family_name"):
        if not cells[name]:
            raise Bad(name, _("is missing"), _("Fill it in."))
    joined = "\n".join(cells.values())
    if DOUBTFUL.search(joined) or max(map(len, cells.values())) > 120 or len(cells["number"]) > 40:
        for name, value in cells.items():
            _check_text(name, value)
    if "?" in joined:
        for name in ("given_name", "family_name"):
            if "?" in cells[name]:
                raise Bad(name, _("has letters the export could not write"), _("Export the file again as UTF-8."))
    values = _values(cells, date_order)
    if cells.get("manager") and cells["manager"] == cells["number"]:
        remedy = _("Give the number of the real manager, or leave it empty.")
        raise Bad("manager", _("is the person's own number"), remedy)
    return Person(row.line, cells["number"], values, _unit_of(cells["unit"]), cells.get("manager"))


def _values(cells: Mapping[str, str], date_order: str) -> dict[str, Any]:
    """Employee field → value. Raises ``Bad``."""
    values: dict[str, Any] = {name: cells[name] for name in PLAIN_TEXTS if name in cells}
    if "email" in cells:
        email = cells["email"].lower()
        if email and not ADDRESS.fullmatch(email):
            remedy = _("Correct it, or leave it empty for somebody without one.")
            raise Bad("email", _("is not an e-mail address"), remedy)
        values["email"] = email or None
    _unit_of(cells["unit"])
    if cells.get("language"):
        code = cells["language"].lower()
        values["language"] = (
            code
            if code in LANG_INFO and code not in LANGUAGES
            else _choice("language", cells["language"], LANGUAGES, gettext_noop("Use en, it, ro, zh-hans or fr."))
        )
    for name in ("hired_on", "left_on"):
        if name in cells:
            values[name] = date_of(name, cells[name], date_order)
    hired, left = values.get("hired_on"), values.get("left_on")
    if hired and left and left < hired:
        raise Bad("left_on", _("is before the day of hiring"), _("Correct one of the two dates."))
    if "kind" in cells:
        values["kind"] = _choice("kind", cells["kind"], KINDS, gettext_noop("Use employee or external."))
    if "customer_facing" in cells:
        values["customer_facing"] = _choice(
            "customer_facing", cells["customer_facing"], FLAGS, gettext_noop("Use yes or no.")
        )
    if cells.get("time_zone"):
        if cells["time_zone"] not in _zones():
            raise Bad("time_zone", _("is not known"), _("Use a name such as Europe/Rome."))
        values["time_zone"] = cells["time_zone"]
    return values


class _Parser:
    """One pass over the rows, then what can only be seen of all of them: repeated numbers and shared addresses."""

    def __init__(self, table: Table, number_width: int | None, date_order: str) -> None:
        self.table, self.width, self.order = table, number_width, date_order
        self.usual = None if number_width else table.usual_width
        self.parsed = Parsed()
        self.people: dict[str, Person] = {}
        self.repeated: dict[str, list[Person]] = defaultdict(list)
        self.words: dict[str, str] = {}

    def run(self) -> Parsed:
        for row in self.table.rows:
            self.take(row)
        for number, others in self.repeated.items():
            self.settle_repeated(number, [self.people[number], *others])
        self.settle_addresses()
        self.parsed.people = self.people
        return self.parsed

    def take(self, row: Row) -> None:
        cells, words = row.cells, self.words
        # Most cells repeat: one string for all of them keeps a big file small.
        for name in ("unit", "manager", "job_family", "job_title", "site"):
            if name in cells:
                cells[name] = words.setdefault(cells[name], cells[name])
        for name, value in cells.items():
            # A quote before a sign that begins a formula was put there by an export, this one's or another's.
            if value[:1] == "'" and value[1:2] in QUOTED and value[1:]:
                cells[name] = value[1:]
        number = cells["number"]
        try:
            if self.usual and number.isdigit() and len(number) < self.usual:
                reason = _("has %(found)d digits, the others have %(usual)d")
                words_ = {"found": len(number), "usual": self.usual}
                raise Bad("number", reason % words_, _("Put the lost zeros back."))
            person = person_of(row, self.table.columns, self.width, self.order)
        except Bad as bad:
            self.parsed.ambiguous_dates += bad.ambiguous
            self.reject(row.line, bad.name, cells.get(bad.name, ""), bad.reason, bad.remedy)
            self.remember(cells["number"], cells)
            return
        if person.number in self.people:
            self.repeated[person.number].append(person)
        else:
            self.people[person.number] = person

    def remember(self, number: str, cells: Mapping[str, Any]) -> None:
        padded = number.zfill(self.width or self.usual or 0) if number.isdigit() else number
        self.parsed.refused_numbers |= {number, padded}
        if cells.get("email"):
            self.parsed.refused_names.add(cells["email"].lower())
        name = names.display(cells.get("given_name", ""), cells.get("family_name", ""))
        self.parsed.refused_names.add(name.casefold())

    def reject(self, line: int, name: str, value: str, reason: str, remedy: str) -> None:
        column = self.table.headings.get(name) or str(LABELS.get(name, ""))
        self.parsed.rejects.append(Reject(line, column, value[:200], reason, remedy))

    def settle_repeated(self, number: str, same: list[Person]) -> None:
        if all(same[0].same_as(other) for other in same[1:]):
            for person in same[1:]:
                reason = _("repeats row %(row)d") % {"row": same[0].line}
                self.reject(person.line, "number", number, reason, _("Nothing: the first one is taken."))
            return
        lines = ", ".join(str(person.line) for person in same)
        reason = _("stands for different people in rows %(rows)s") % {"rows": lines}
        for person in same:
            self.reject(person.line, "number", number, reason, _("Give each their own number."))
            self.remember(number, person.values)
        del self.people[number]

    def settle_addresses(self) -> None:
        by_email: dict[str, list[Person]] = {}
        for person in self.people.values():
            if email := person.values.get("email"):
                by_email.setdefault(email, []).append(person)
        for same in by_email.values():
            if len(same) < 2:
                continue
            lines = ", ".join(str(person.line) for person in same)
            reason = _("is shared by rows %(rows)s") % {"rows": lines}
            for person in same:
                remedy = _("Give each their own address, or leave it empty.")
                self.reject(person.line, "email", person.values["email"], reason, remedy)
                self.remember(person.number, person.values)
                del self.people[person.number]


def parse(table: Table, number_width: int | None = None, date_order: str = "") -> Parsed:
    """The people of ``table``, and for every other row the reason."""
    return _Parser(table, number_width, date_order).run()


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
