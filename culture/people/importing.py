"""Taking an HR export: ``read_file`` → ``plan`` (what would change, what is refused) → ``apply`` (all, or nothing)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from culture.access.audit import record
from culture.people.models import Employee, Membership, PeopleImport, Unit
from culture.people.rows import SEPARATOR, Parsed, Person, Reject, cycles, parse, reject_person
from culture.people.tables import Refused, Table, read_file

__all__ = ["Change", "ImportPlan", "Refused", "Reject", "Stale", "Stopped", "apply", "plan", "read_file"]

FIELDS = ("given_name", "family_name", "email", "job_family", "job_title", "site", "language", "hired_on", "left_on",
          "kind", "customer_facing")  # fmt: skip
COUNTED = ("joined", "left", "moved", "changed", "unchanged", "rejected")
BATCH = 500
# One import at a time: two at once would both create the same units and people.
LOCK = 7_417_001


class Stopped(Exception):
    """The plan holds a reason not to write anything at all."""


class Stale(Exception):
    """Somebody else imported between the plan and its confirmation."""


@dataclass
class Change:
    """What becomes of one person."""

    kind: str
    person: Person
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    """Field → (before, after)."""

    @property
    def name(self) -> str:
        return f"{self.person.values['given_name']} {self.person.values['family_name']}"


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

    @property
    def writes(self) -> bool:
        return bool(self.changes or self.new_units)


def plan(table: Table, *, number_width: int | None = None, today: dt.date | None = None) -> ImportPlan:
    """What importing ``table`` would do. Reads the database, writes nothing."""
    parsed = parse(table, number_width)
    known = {
        row["number"]: row for row in Employee.objects.values("id", "number", "unit__path", "manager__number", *FIELDS)
    }
    stops = [text for text in (_lost_zeros(parsed, known), _renumbered(parsed, known)) if text]
    _refuse_taken_addresses(parsed, table, known)
    notes = _settle_managers(parsed, table, known)
    if table.numeric_numbers and not number_width and not stops:
        notes.append(
            "Employee numbers are stored as numbers in this file, so leading zeros may be lost. "
            "If yours have a fixed width, say how many digits."
        )
    if table.ignored:
        notes.append("Columns not used: " + ", ".join(table.ignored) + ".")
    changes = [change for person in parsed.people.values() if (change := _change(person, known.get(person.number)))]
    counts = dict.fromkeys(COUNTED, 0)
    for change in changes:
        counts[change.kind] += 1
    counts["unchanged"] = len(parsed.people) - len(changes)
    counts["rejected"] = len(parsed.rejects)
    absent = len(known.keys() - parsed.people.keys() - parsed.refused_numbers)
    if absent:
        notes.append(f"{absent} people known here are not in the file; they stay as they are.")
    paths = {person.unit for person in parsed.people.values()}
    return ImportPlan(
        counts=counts,
        rejects=sorted(parsed.rejects, key=lambda reject: reject.line),
        changes=changes,
        stops=stops,
        notes=notes,
        new_units=_with_parents(paths, set(Unit.objects.values_list("path", flat=True))),
        basis=_newest(),
        today=today or timezone.localdate(),
    )


def _newest() -> int:
    return PeopleImport.objects.aggregate(newest=Max("pk"))["newest"] or 0


def _lost_zeros(parsed: Parsed, known: dict[str, dict]) -> str:
    """A stop when numbers are known here with zeros in front of them."""
    stripped = {number.lstrip("0"): number for number in known if number.startswith("0") and number.isdigit()}
    lost = [number for number in parsed.people if number not in known and number in stripped]
    if not lost:
        return ""
    return (
        f"{len(lost)} employee numbers are known here with leading zeros ({lost[0]} as {stripped[lost[0]]}). "
        f"Say that a number has {len(stripped[lost[0]])} digits, and nobody is imported twice."
    )


def _renumbered(parsed: Parsed, known: dict[str, dict]) -> str:
    """A stop when known numbers carry another name and another address: numbers were handed round."""
    found = []
    for number, person in parsed.people.items():
        old = known.get(number)
        if old is None:
            continue
        new = person.values
        before = f"{old['given_name']} {old['family_name']}"
        after = f"{new['given_name']} {new['family_name']}"
        if before.casefold() != after.casefold() and "email" in new and old["email"] != new["email"]:
            found.append(f"{number}: {before} → {after}")
    if not found:
        return ""
    shown = "; ".join(found[:8]) + (" …" if len(found) > 8 else "")
    return (
        f"{len(found)} known employee numbers now carry another name and another address ({shown}). "
        "Numbers seem to have been handed round. Ask whoever made the file; nothing was imported."
    )


def _refuse_taken_addresses(parsed: Parsed, table: Table, known: dict[str, dict]) -> None:
    """Refuse an address that belongs to somebody this file does not change. A refusal may free or hold others."""
    while True:
        held = {
            row["email"]: number
            for number, row in known.items()
            if row["email"] and "email" not in (parsed.people[number].values if number in parsed.people else {})
        }
        clashes = [p for p in parsed.people.values() if held.get(p.values.get("email") or "", p.number) != p.number]
        if not clashes:
            return
        for person in clashes:
            email = person.values["email"]
            reject_person(parsed, table, person.number, "email", email, f"belongs to number {held[email]}",
                          "Give each their own address, or leave it empty.")  # fmt: skip


def _settle_managers(parsed: Parsed, table: Table, known: dict[str, dict]) -> list[str]:
    """Refuse unknown managers and circles; returns notes on people whose manager was refused."""
    waiting = 0
    for person in list(parsed.people.values()):
        number = person.manager
        if not number or number in parsed.people or number in known:
            continue
        if number not in parsed.refused_numbers:
            reject_person(parsed, table, person.number, "manager", number, "is nobody's number",
                          "Correct it, add the missing manager, or leave it empty.")  # fmt: skip
    while True:
        chain = {number: row["manager__number"] for number, row in known.items() if row["manager__number"]}
        for person in parsed.people.values():
            if person.manager is not None:
                chain[person.number] = person.manager
        looped = [number for number in sorted(cycles(chain)) if number in parsed.people]
        if not looped:
            break
        for number in looped:
            reject_person(parsed, table, number, "manager", parsed.people[number].manager or "",
                          "leads round in a circle: " + " → ".join(looped[:6]),
                          "Correct one of these managers.")  # fmt: skip
    for person in parsed.people.values():
        if person.manager and person.manager not in parsed.people and person.manager not in known:
            person.manager = None  # keep what is known; the next import with the repaired row sets it
            waiting += 1
    if not waiting:
        return []
    return [f"{waiting} people are taken without their manager, whose own row was rejected. Repair it, import again."]


def _change(person: Person, old: dict | None) -> Change | None:
    if old is None:
        return Change("joined", person)
    fields = {name: (old[name], value) for name, value in person.values.items() if old[name] != value}
    if old["unit__path"] != person.unit:
        fields["unit"] = (old["unit__path"], person.unit)
    if person.manager is not None and (old["manager__number"] or "") != person.manager:
        fields["manager"] = (old["manager__number"], person.manager)
    if not fields:
        return None
    if "left_on" in fields and old["left_on"] is None:
        return Change("left", person, fields)
    return Change("moved" if "unit" in fields else "changed", person, fields)


def _with_parents(paths: Iterable[str], known: set[str]) -> list[str]:
    """The unknown ones among ``paths`` and all that lies above them, parents first."""
    wanted: set[str] = set()
    for path in paths:
        levels = path.split(SEPARATOR)
        wanted.update(SEPARATOR.join(levels[:depth]) for depth in range(1, len(levels) + 1))
    return sorted(wanted - known, key=lambda path: (path.count(SEPARATOR), path))


@transaction.atomic
def apply(plan: ImportPlan, *, by: Employee | None, file_name: str, sha256: str) -> PeopleImport:
    """Write ``plan``: units, people, then managers and dated memberships. All or nothing."""
    if plan.stops:
        raise Stopped(" ".join(plan.stops))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if _newest() != plan.basis:
        raise Stale("Another import finished in the meantime. Look at the preview again.")
    units = _write_units(plan)
    _write_people(plan, units)
    _write_memberships(plan, units)
    done = PeopleImport.objects.create(by=by, file_name=file_name[:255], sha256=sha256, counts=plan.counts)
    record(by, "people.import", done, file=file_name, sha256=sha256, **plan.counts)
    return done


def _write_units(plan: ImportPlan) -> dict[str, int]:
    """Path → id of every unit, the new ones created level by level."""
    ids = dict(Unit.objects.values_list("path", "pk"))
    for depth in sorted({path.count(SEPARATOR) for path in plan.new_units}):
        level = [
            Unit(
                name=path.rpartition(SEPARATOR)[2],
                path=path,
                parent_id=ids.get(path.rpartition(SEPARATOR)[0]),
                since=plan.today,
            )
            for path in plan.new_units
            if path.count(SEPARATOR) == depth
        ]
        ids.update((unit.path, unit.pk) for unit in Unit.objects.bulk_create(level, batch_size=BATCH))
    return ids


def _write_people(plan: ImportPlan, units: dict[str, int]) -> None:
    joined = [change for change in plan.changes if change.kind == "joined"]
    others = {change.person.number: change for change in plan.changes if change.kind != "joined"}
    known = Employee.objects.in_bulk(list(others), field_name="number")
    # Two people may exchange addresses; the unique index is checked row by row, so free them all first.
    moving = [known[number].pk for number, change in others.items() if "email" in change.fields]
    Employee.objects.filter(pk__in=moving).update(email=None)
    Employee.objects.bulk_create(
        [
            Employee(
                number=change.person.number,
                unit_id=units[change.person.unit],
                password=make_password(None),
                **change.person.values,
            )
            for change in joined
        ],
        batch_size=BATCH,
    )
    touched = set()
    for number, change in others.items():
        for name, (_, value) in change.fields.items():
            if name == "unit":
                known[number].unit_id = units[value]
            elif name != "manager":
                setattr(known[number], name, value)
        touched |= change.fields.keys() - {"manager"}
    if touched:
        Employee.objects.bulk_update(list(known.values()), sorted(touched), batch_size=BATCH)
    _write_managers(plan)


def _write_managers(plan: ImportPlan) -> None:
    """The second pass: by now everybody a row names exists."""
    manager_of = {
        change.person.number: change.person.manager
        for change in plan.changes
        if change.person.manager is not None and (change.kind == "joined" or "manager" in change.fields)
    }
    numbers = manager_of.keys() | {number for number in manager_of.values() if number}
    ids = dict(Employee.objects.filter(number__in=numbers).values_list("number", "pk"))
    Employee.objects.bulk_update(
        [Employee(pk=ids[number], manager_id=ids.get(manager or "")) for number, manager in manager_of.items()],
        ["manager"],
        batch_size=BATCH,
    )


def _write_memberships(plan: ImportPlan, units: dict[str, int]) -> None:
    """Open, close and move the dated memberships; what lies in the past is never rewritten."""
    ids = dict(Employee.objects.filter(number__in=[c.person.number for c in plan.changes]).values_list("number", "pk"))
    latest: dict[int, Membership] = {}
    for membership in Membership.objects.filter(employee__in=ids.values()).order_by("since", "pk"):
        latest[membership.employee_id] = membership
    opened, amended = [], []
    for change in plan.changes:
        pk, unit, values = ids[change.person.number], units[change.person.unit], change.person.values
        last = latest.get(pk)
        if last is None:
            since = values.get("hired_on") or min(plan.today, values.get("left_on") or plan.today)
            opened.append(Membership(employee_id=pk, unit_id=unit, since=since, until=values.get("left_on")))
            continue
        if "unit" not in change.fields and "left_on" not in change.fields:
            continue
        left = values.get("left_on", last.until)
        returns = "left_on" in change.fields and left is None and last.until is not None and last.until < plan.today
        if returns or ("unit" in change.fields and last.since < plan.today and not (left and left < plan.today)):
            if last.until is None or last.until >= plan.today:
                last.until = plan.today - dt.timedelta(days=1)
                amended.append(last)
            opened.append(Membership(employee_id=pk, unit_id=unit, since=plan.today, until=left))
        else:
            # Begun today or later, or gone already: the same membership with another unit or end.
            last.unit_id = unit
            last.until = max(left, last.since) if left else None
            amended.append(last)
    Membership.objects.bulk_update(amended, ["unit", "until"], batch_size=BATCH)
    Membership.objects.bulk_create(opened, batch_size=BATCH)
