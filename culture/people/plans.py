"""What an import would do, as plain data. Pure: no database, no clock."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from culture.people.rows import Person, Reject

COUNTED = ("joined", "left", "moved", "changed", "unchanged", "rejected", "suspicious")
# Answers to a suspicious row.
SAME, RENUMBER, DIFFERENT, SKIP = "same", "renumber", "different", "skip"
# Answers to paths that name a unit as it was called once.
FORMER_SAME, FORMER_NEW = "same", "new"
# Told beside the columns that change: the day of a return that is planned.
BACK_ON = "back_on"
# Stops a person may override with a reason.
LEAVING = "leaving"

Progress = Callable[[str, int], None]
"""``progress(phase, percent)``."""


def quiet(phase: str, percent: int) -> None:
    """No progress told."""


class Stopped(Exception):
    """The plan holds a reason not to write anything at all."""


class Stale(Exception):
    """People changed between the plan and its confirmation."""


class Busy(Exception):
    """Another import is being written at this moment."""


@dataclass(slots=True)
class Known:
    """Somebody the database knows."""

    pk: int
    number: str
    unit: str
    manager: str
    """The manager's number, '' for nobody."""
    values: tuple[Any, ...]
    """In the order of ``planning.FIELDS``."""
    number_before: str = ""
    """When a decision changes the number: the one in the database."""


@dataclass(slots=True)
class Change:
    """What becomes of one person."""

    kind: str
    person: Person
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """Field → (before, after)."""
    pk: int | None = None
    """The employee, ``None`` for who joins."""
    back_on: dt.date | None = None
    """Somebody who left comes back on this day, still to come, to the person's unit and manager. ``fields`` tells it
    under ``BACK_ON``, which is no column."""

    @property
    def name(self) -> str:
        return self.person.name


@dataclass(slots=True)
class Suspicious:
    """A row that may be about somebody else than its number says."""

    line: int
    number: str
    kind: str
    """``renumbered``: a known number with another name and address. ``new_number``: a known person, unknown number."""
    before: str
    """Who it is here: name and address."""
    after: str
    """Who the file says."""
    choices: tuple[str, ...]
    match: str = ""
    """The number under which the person of the file is known here, when there is one."""
    answer: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Decisions:
    """What a person decided: row's number → (answer, reason), stop → reason, and former paths of units."""

    rows: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    accepted: Mapping[str, str] = field(default_factory=dict)
    former_units: str = ""
    """Whether former paths of units mean those units (``FORMER_SAME``) or new ones (``FORMER_NEW``)."""


@dataclass
class ImportPlan:
    counts: dict[str, int]
    rejects: list[Reject]
    changes: list[Change]
    stops: list[str]
    notes: list[str]
    new_units: list[str]
    basis: int
    """The newest import when the plan was made."""
    today: dt.date
    suspicious: list[Suspicious] = field(default_factory=list)
    unchanged: list[Person] = field(default_factory=list)
    asks: dict[str, Any] = field(default_factory=dict)
    """What a person could settle: ``number_width`` (a proposal), ``date_order`` (how many rows), ``leaving``."""
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        return bool(self.changes or self.new_units)

    def fingerprint(self) -> str:
        """What is shown, as one word: two plans with the same one write the same."""
        made = hashlib.sha256(repr((self.counts, self.new_units, self.stops)).encode())
        for change in self.changes:
            who = change.person
            facts = change.fields or (who.values, who.unit, who.manager)
            made.update(repr((change.kind, who.number, change.pk, facts)).encode())
        for case in self.suspicious:
            made.update(repr((case.number, case.answer, case.match)).encode())
        return made.hexdigest()[:32]
