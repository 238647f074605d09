"""What importing a table would do: reads the database, writes nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access import organisation
from culture.access.models import Grant
from culture.people import former, guards, returning
from culture.people.headings import LABELS
from culture.people.import_models import PeopleImport
from culture.people.models import Employee, Reporting, Unit
from culture.people.plans import (
    BACK_ON,
    COUNTED,
    FORMER_NEW,
    FORMER_SAME,
    LEAVING,
    Change,
    Decisions,
    ImportPlan,
    Known,
    Progress,
    Suspicious,
    quiet,
)
from culture.people.rows import SEPARATOR, Parsed, Person, cycles, parse, reject_person
from culture.people.tables import Table

FIELDS = ("given_name", "family_name", "email", "job_family", "job_title", "site", "language", "hired_on", "left_on",
          "kind", "customer_facing", "time_zone")  # fmt: skip
CHANGES, SNAPSHOT = "changes", "snapshot"


def plan(
    table: Table,
    *,
    number_width: int | None = None,
    today: dt.date | None = None,
    mode: str = CHANGES,
    date_order: str = "",
    decisions: Decisions | None = None,
    progress: Progress = quiet,
) -> ImportPlan:
    """What importing ``table`` would do.

    ``mode`` snapshot: who is here and not in the file has left. ``date_order`` (dmy, mdy) settles ambiguous dates.
    """
    today = today or timezone.localdate()
    progress("reading", 5)
    parsed = parse(table, number_width, date_order)
    progress("comparing", 50)
    return _Planner(table, parsed, today, mode, decisions or Decisions(), number_width, date_order).run(progress)


def newest() -> int:
    """The newest import or undo: a plan made before it is stale."""
    found = PeopleImport.objects.aggregate(newest=Max("pk"))["newest"] or 0
    return found * 1000 + PeopleImport.objects.filter(undo=PeopleImport.Undo.DONE).count() % 1000


def known_people() -> dict[str, Known]:
    """Everybody here, by number."""
    paths = dict(Unit.objects.values_list("pk", "path"))
    numbers = dict(Employee.objects.values_list("pk", "number").order_by())
    shared: dict[Any, Any] = {}
    found = {}
    rows = Employee.objects.order_by().values_list("pk", "number", "unit_id", "manager_id", *FIELDS)
    for pk, number, unit, manager, *values in rows.iterator(chunk_size=5000):
        # One object for all equal values (sites, jobs, dates): a hundred thousand people stay small.
        kept = tuple(shared.setdefault((index, value), value) for index, value in enumerate(values))
        found[number] = Known(pk, number, paths.get(unit, ""), numbers.get(manager, ""), kept)
    return found


class _Planner:
    def __init__(
        self,
        table: Table,
        parsed: Parsed,
        today: dt.date,
        mode: str,
        decisions: Decisions,
        width: int | None,
        order: str,
    ) -> None:
        self.table, self.parsed, self.today, self.mode, self.decisions = table, parsed, today, mode, decisions
        self.width, self.order = width, order
        self.known = known_people()
        self.stops: list[str] = []
        self.notes: list[str] = []
        self.asks: dict[str, Any] = {}

    def run(self, progress: Progress) -> ImportPlan:
        parsed, table = self.parsed, self.table
        self.ask_about_zeros()
        self.open_paths = set(Unit.objects.open().values_list("path", flat=True))
        self.settle_former_units()
        cases = guards.suspicious(parsed, self.known, self.decisions)
        shown = [case for case in cases if not self.only_lost_zeros(case)]
        self.stops += guards.renumbered_stop(shown)
        self.known, retired, conflicts = guards.settle(cases, parsed, self.known, table, self.today)
        self.stops += conflicts
        progress("comparing", 65)
        self.refuse_closed_units()
        self.refuse_taken_addresses()
        self.settle_managers()
        changes = [change for person in parsed.people.values() if (change := self.change(person))]
        changes += [self.leaver(old, self.day_of_leaving(old)) for old in retired]
        unchanged = [parsed.people[number] for number in parsed.people.keys() - {c.person.number for c in changes}]
        changes += self.absent()
        progress("comparing", 85)
        self.guard_leavers(changes)
        self.note_columns()
        self.note_languages()
        counts = dict.fromkeys(COUNTED, 0)
        for change in changes:
            counts[change.kind] += 1
        counts["unchanged"] = len(unchanged)
        counts["rejected"] = len(parsed.rejects)
        counts["suspicious"] = sum(not case.answer for case in shown)
        return ImportPlan(
            counts=counts,
            rejects=sorted(parsed.rejects, key=lambda reject: reject.line),
            changes=changes,
            stops=self.stops,
            notes=self.notes,
            new_units=with_parents({p.unit for p in parsed.people.values()} - self.open_paths, self.open_paths),
            basis=newest(),
            today=self.today,
            suspicious=shown,
            unchanged=sorted(unchanged, key=lambda person: person.line),
            asks=self.asks,
            about={
                "mode": self.mode,
                "number_width": self.width,
                "date_order": self.order,
                "encoding": table.encoding,
                "decided": dict(Counter(case.answer for case in cases if case.answer)),
                "accepted": dict(self.decisions.accepted),
                "former_units": self.decisions.former_units if "former_units" in self.asks else "",
            },
        )

    # -- questions ---------------------------------------------------------------------------------------------------

    def ask_about_zeros(self) -> None:
        stop, width = guards.lost_zeros(self.parsed, self.known)
        if stop:
            self.stops.append(stop)
            self.asks["number_width"] = width
        elif self.table.numeric_numbers and not self.width:
            self.asks["number_width"] = 0
            self.notes.append(
                _(
                    "Employee numbers are stored as numbers in this file, so leading zeros may be lost. "
                    "If yours have a fixed width, say how many digits."
                )
            )
        if self.parsed.ambiguous_dates:
            self.asks["date_order"] = self.parsed.ambiguous_dates

    def only_lost_zeros(self, case: Suspicious) -> bool:
        """Whether one answer about all numbers settles it: nobody is to decide a thousand times."""
        return bool(self.asks.get("number_width")) and case.number == case.match.lstrip("0") and not case.answer

    def settle_former_units(self) -> None:
        """Ask whether a path that a unit had once means that unit, which has another name or place today."""
        people = self.parsed.people.values()
        unknown = {person.unit for person in people} - self.open_paths
        if unknown:
            unknown -= set(Unit.objects.filter(until__isnull=False).values_list("path", flat=True))
        found = former.successors(sorted(unknown))
        if not found:
            return
        self.asks["former_units"] = sorted(found.items())
        if self.decisions.former_units == FORMER_SAME:
            for person in people:
                person.unit = found.get(person.unit, person.unit)
        elif self.decisions.former_units != FORMER_NEW:
            self.stops.append(guards.former_stop(found))

    def note_columns(self) -> None:
        if self.table.ignored:
            self.notes.append(_("Columns not used: %(names)s.") % {"names": ", ".join(self.table.ignored)})

    def note_languages(self) -> None:
        """Who speaks a language the organisation does not use is taken with it, and told in its main one."""
        house = organisation.current()
        spoken = Counter(person.values.get("language") or house.language for person in self.parsed.people.values())
        others = {code: n for code, n in spoken.items() if code not in house.languages}
        if not others:
            return
        sentence = ngettext(
            "%(count)d person has a language your organisation does not use (%(codes)s). It is kept; until you add the "
            "language under Organisation, pages and mail come in %(main)s.",
            "%(count)d people have languages your organisation does not use (%(codes)s). They are kept; until you add "
            "the languages under Organisation, pages and mail come in %(main)s.",
            sum(others.values()),
        )
        main = organisation.language_choices()[0][1]
        words = {"count": sum(others.values()), "codes": ", ".join(sorted(others)[:8]), "main": main}
        self.notes.append(sentence % words)

    def guard_leavers(self, changes: list[Change]) -> None:
        if not any(change.kind == "left" for change in changes):
            return
        grants = Grant.objects.in_force(self.today).hr_admins().select_related("employee")
        admins = {
            grant.employee_id: grant.employee.name
            for grant in grants
            if grant.employee.left_on is None or grant.employee.left_on >= self.today
        }
        here = sum(one.values[guards.LEFT] is None for one in self.known.values())
        many, fatal = guards.leavers_stop(changes, here, admins)
        if fatal:
            self.stops.append(fatal)
        if many:
            self.asks[LEAVING] = many
            if not self.decisions.accepted.get(LEAVING, "").strip():
                self.stops.append(many)

    # -- refusing ----------------------------------------------------------------------------------------------------

    def refuse(self, number: str, name: str, value: str, reason: str, remedy: str) -> None:
        if name not in self.table.headings:
            reason = f"{LABELS[name]}: {reason}"
        reject_person(self.parsed, self.table, number, name, value[:200], reason, remedy)

    def refuse_closed_units(self) -> None:
        """Refuse to put somebody into a unit that was closed; who is in it already may stay."""
        shut = Unit.objects.filter(until__isnull=False).select_related("merged_into")
        closed = {unit.path: unit for unit in shut if unit.path not in self.open_paths}
        if not closed:
            return
        for person in list(self.parsed.people.values()):
            unit = closed.get(person.unit)
            old = self.known.get(person.number)
            if unit is None or (old and old.unit == person.unit):
                continue
            remedy = _("Name the unit that took its place.")
            if unit.merged_into:
                remedy = _("It was merged into “%(unit)s”: name that one.") % {"unit": unit.merged_into.path}
            reason = _("was closed on %(day)s") % {"day": f"{unit.until:%Y-%m-%d}"}
            self.refuse(person.number, "unit", person.unit, reason, remedy)

    def refuse_taken_addresses(self) -> None:
        """Refuse an address that belongs to somebody this file does not change. A refusal may free or hold others."""
        people = self.parsed.people
        while True:
            held = {
                one.values[guards.EMAIL]: number
                for number, one in self.known.items()
                if one.values[guards.EMAIL] and "email" not in (people[number].values if number in people else {})
            }
            clashes = [p for p in people.values() if held.get(p.values.get("email") or "", p.number) != p.number]
            if not clashes:
                return
            for person in clashes:
                email = person.values["email"]
                reason = _("belongs to number %(number)s") % {"number": held[email]}
                remedy = _("Give each their own address, or leave it empty.")
                self.refuse(person.number, "email", email, reason, remedy)

    def settle_managers(self) -> None:
        """Refuse unknown managers and circles; note people whose manager's own row was refused."""
        people, known = self.parsed.people, self.known
        for person in list(people.values()):
            boss = person.manager
            if boss and boss not in people and boss not in known and boss not in self.parsed.refused_numbers:
                remedy = _("Correct it, add the missing manager, or leave it empty.")
                self.refuse(person.number, "manager", boss, _("is nobody's number"), remedy)
        self.refuse_circles()
        waiting = 0
        for person in people.values():
            if person.manager and person.manager not in people and person.manager not in known:
                person.manager = None  # keep what is known; the next import with the repaired row sets it
                waiting += 1
        if waiting:
            sentence = ngettext(
                "%(count)d person is taken without their manager, whose own row was rejected. Repair it, import again.",
                "%(count)d people are taken without their manager, whose own row was rejected. "
                "Repair it, import again.",
                waiting,
            )
            self.notes.append(sentence % {"count": waiting})

    def refuse_circles(self) -> None:
        people = self.parsed.people
        while True:
            chain = {number: one.manager for number, one in self.known.items() if one.manager}
            chain |= {p.number: p.manager for p in people.values() if p.manager is not None}
            looped = [number for number in sorted(cycles(chain)) if number in people]
            if not looped:
                return
            circle = " → ".join(looped[:6])
            for number in looped:
                reason = _("leads round in a circle: %(circle)s") % {"circle": circle}
                remedy = _("Correct one of these managers.")
                self.refuse(number, "manager", people[number].manager or "", reason, remedy)

    # -- changes -----------------------------------------------------------------------------------------------------

    def change(self, person: Person) -> Change | None:
        old = self.known.get(person.number)
        if old is None:
            return Change("joined", person)
        if (back_on := self.returns(person, old)) is not None:
            return self.planned_return(person, old, back_on)
        new = person.values
        fields = {
            name: (was, new[name]) for name, was in zip(FIELDS, old.values, strict=True) if new.get(name, was) != was
        }
        if old.unit != person.unit:
            fields["unit"] = (old.unit, person.unit)
        if person.manager is not None and old.manager != person.manager:
            fields["manager"] = (old.manager, person.manager)
        if old.number_before:
            fields["number"] = (old.number_before, old.number)
        if not fields:
            return None
        if fields.get("left_on", (0, 0))[0] is None:
            return Change("left", person, fields, old.pk)
        return Change("moved" if "unit" in fields else "changed", person, fields, old.pk)

    def returns(self, person: Person, old: Known) -> dt.date | None:
        """The day to come on which somebody who left is hired again, as the file says; None for everybody else."""
        left, hired = old.values[guards.LEFT], person.values.get("hired_on")
        known_again = person.values.get("left_on") is None and hired is not None and hired > self.today
        return hired if left is not None and known_again and hired > left else None

    def planned_return(self, person: Person, old: Known, back_on: dt.date) -> Change | None:
        """Unit, manager and first day wait until then; the rest of the row is taken at once."""
        waits = {"hired_on", "left_on"}
        fields: dict[str, tuple[Any, Any]] = {
            name: (was, person.values[name])
            for name, was in zip(FIELDS, old.values, strict=True)
            if name not in waits and person.values.get(name, was) != was
        }
        if old.number_before:
            fields["number"] = (old.number_before, old.number)
        before = self.planned_returns.get(old.pk)
        same = before is not None and before[:2] == (back_on, person.unit) and person.manager in (None, before[2])
        if not same:
            fields[BACK_ON] = (before[0] if before else None, back_on)
        return Change("changed", person, fields, old.pk, None if same else back_on) if fields else None

    @cached_property
    def planned_returns(self) -> dict[int, tuple[dt.date, str, str]]:
        """Employee → day, unit's path and manager's number of a return planned before."""
        found = list(returning.planned().values_list("employee_id", "since", "unit__path"))
        led = Reporting.objects.filter(employee__in=[pk for pk, _day, _path in found], until=None)
        bosses = dict(led.values_list("employee_id", "manager__number"))
        return {pk: (day, path, bosses.get(pk, "")) for pk, day, path in found}

    def day_of_leaving(self, old: Known) -> dt.date:
        yesterday = self.today - dt.timedelta(days=1)
        hired = old.values[guards.HIRED]
        return max(yesterday, hired) if hired else yesterday

    def leaver(self, old: Known, day: dt.date) -> Change:
        values = {"given_name": old.values[guards.GIVEN], "family_name": old.values[guards.FAMILY]}
        fields: dict[str, tuple[Any, Any]] = {}
        if old.number_before:
            fields["number"] = (old.number_before, old.number)
        if old.values[guards.LEFT] is None or old.values[guards.LEFT] > day:
            values["left_on"] = day
            fields["left_on"] = (old.values[guards.LEFT], day)
        kind = "left" if fields.get("left_on", (0, 0))[0] is None else "changed"
        return Change(kind, Person(0, old.number, values, old.unit), fields, old.pk)

    def absent(self) -> list[Change]:
        """Who is here and not in the file: leavers of a snapshot, a note otherwise."""
        numbers = self.known.keys() - self.parsed.people.keys() - self.parsed.refused_numbers
        missing = [
            one
            for number in sorted(numbers)
            if not self.stays(one := self.known[number]) and "~" not in number  # retired just now, or earlier
        ]
        if self.mode == SNAPSHOT:
            return [self.leaver(one, self.day_of_leaving(one)) for one in missing]
        if missing:
            sentence = ngettext(
                "%(count)d person known here is not in the file, and stays as before.",
                "%(count)d people known here are not in the file; they stay as they are.",
                len(missing),
            )
            self.notes.append(sentence % {"count": len(missing)})
        return []

    def stays(self, one: Known) -> bool:
        """Whether somebody not in the file has left already, or is there in a row that was rejected."""
        left = one.values[guards.LEFT]
        if left is not None and left < self.today:
            return True
        names = {one.values[guards.EMAIL] or "", guards.name_of(one).casefold()} - {""}
        return bool(names & self.parsed.refused_names)


def with_parents(paths: Iterable[str], known: set[str]) -> list[str]:
    """The unknown ones among ``paths`` and all that lies above them, parents first."""
    wanted: set[str] = set()
    for path in paths:
        levels = path.split(SEPARATOR)
        wanted.update(SEPARATOR.join(levels[:depth]) for depth in range(1, len(levels) + 1))
    return sorted(wanted - known, key=lambda path: (path.count(SEPARATOR), path))
