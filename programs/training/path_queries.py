"""Reads for the pages of paths: who stands where, by step, cohort and unit, on a day; and what rules say in words."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from culture.access.days import date_text
from culture.access.organisation import language_choices
from culture.people.models import Employee, Unit
from programs.planning.models import Cohort
from programs.training import standing
from programs.training.path_models import Path, PathEnrolment, PathRule, PathTally, Step
from programs.training.path_rules import Counts

# A path of more people is read as it was last counted, of fewer as it stands this moment.
LIVE = 1500
FIELDS = ("given", "valid", "renew", "soon", "late", "lapsed", "exempt")
Key = tuple[int, int | None, int | None]


@dataclass(frozen=True)
class Row:
    """A line of a path's table: a step, a cohort or a unit, and how it stands."""

    name: str
    about: str
    counts: Counts


@dataclass(frozen=True)
class Overview:
    """``counted_at``: when; None: this moment (or the day asked for)."""

    rows: list[Row]
    whole: Counts
    counted_at: dt.datetime | None


def held(path: Path, day: dt.date, units: QuerySet[Unit] | None = None) -> QuerySet[PathEnrolment]:
    """Who is on the path on a day, of the people who are now in ``units`` (None: everybody)."""
    rows = path.enrolments.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day), begins_on__lte=day)
    return rows if units is None else rows.filter(employee__unit__in=units)


def overview(path: Path, by: str, *, today: dt.date, day: dt.date, units: QuerySet[Unit] | None = None) -> Overview:
    """The table of a path by ``step``, ``cohort`` or ``unit``."""
    within = None if units is None else set(units.values_list("pk", flat=True))
    large = path.enrolments.filter(ended_on__isnull=True)[LIVE:].exists()
    if day == today and large and path.counted_at is not None:
        return Overview(*_stored(path, by, within), path.counted_at)
    return Overview(*_live(path, by, day, within), None)


def _live(path: Path, by: str, day: dt.date, within: set[int] | None) -> tuple[list[Row], Counts]:
    place = {"step": 0, "cohort": 1, "unit": 2}[by]
    groups: dict[int | None, list[Counts]] = defaultdict(list)
    for key, counted in standing.counts(path, day).items():
        if within is None or key[2] in within:
            groups[key[place]].append(counted)
    return _rows(path, by, {key: standing.total(some) for key, some in groups.items()})


def _stored(path: Path, by: str, within: set[int] | None) -> tuple[list[Row], Counts]:
    rows = PathTally.objects.filter(step__path=path)
    if within is not None:
        rows = rows.filter(unit__in=within)
    sums = {name: Sum(name) for name in FIELDS}
    found = {row.pop(by): Counts(**row) for row in rows.order_by().values(by).annotate(**sums)}
    return _rows(path, by, found)


def _rows(path: Path, by: str, found: dict[int | None, Counts]) -> tuple[list[Row], Counts]:
    whole = standing.total(found.values())
    if by == "step":
        steps = list(path.steps.filter(pk__in=[pk for pk in found if pk]).select_related("course", "behaviour"))
        steps.sort(key=lambda step: (step.retired_on is not None, step.position))
        return [Row(step.title, kind_of(step), found[step.pk]) for step in steps], whole
    if by == "cohort":
        cohorts = Cohort.objects.filter(pk__in=[pk for pk in found if pk]).select_related("program")
        rows = [Row(one.name, one.program.name, found[one.pk]) for one in cohorts.order_by("program", "starts_on")]
        return [*rows, *([Row(_("No cohort"), "", found[None])] if None in found else [])], whole
    names = dict(Unit.objects.filter(pk__in=[pk for pk in found if pk]).values_list("pk", "path"))
    rows = []
    for pk, counted in found.items():
        above, _mark, name = names.get(pk or 0, "").rpartition(" > ")
        rows.append(Row(name or _("No unit"), above, counted))
    return sorted(rows, key=lambda row: (-row.counts.risk, row.name)), whole


def kind_of(step: Step) -> str:
    """What kind of step it is, in words."""
    if step.kind == Step.Kind.SESSION:
        return _("in class, %(n)s times") % {"n": step.times} if step.times > 1 else _("in class")
    return {"course": _("course"), "quiz": _("quiz"), "observation": _("seen by others")}[step.kind]


# -- people ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonRow:
    enrolment: PathEnrolment
    stands: list[standing.Stand]

    @property
    def done(self) -> int:
        return sum(one.done for one in self.stands)

    @property
    def asked(self) -> int:
        return sum(one.state != "exempt" for one in self.stands)

    @property
    def worst(self) -> standing.Stand | None:
        """What is most urgent of what is still to be done."""
        still = [one for one in self.stands if one.open]
        return min(still, key=lambda one: (standing.URGENCY.index(one.state), one.by), default=None)


def people_rows(path: Path, enrolments: list[PathEnrolment], day: dt.date) -> list[PersonRow]:
    """Those of one page."""
    stands = standing.of_people([one.employee_id for one in enrolments], day, path)  # type: ignore[attr-defined]
    return [PersonRow(one, stands[one.employee_id]) for one in enrolments]  # type: ignore[attr-defined]


def at_risk(path: Path, day: dt.date, units: QuerySet[Unit] | None = None) -> set[int]:
    """Employees with something late or lapsed."""
    within: Collection[int] | None = None if units is None else set(units.values_list("pk", flat=True))
    return {line.employee_id for line in standing.lines(path, day, units=within, only={"late", "lapsed"})}


# -- lists and words -------------------------------------------------------------------------------------------------


def listed(units: QuerySet[Unit] | None) -> list[dict[str, Any]]:
    """All paths with how many are on them and how they stood when last counted, of the people of ``units``."""
    on = Q(enrolments__ended_on__isnull=True)
    within = Q() if units is None else Q(enrolments__employee__unit__in=units)
    paths = Path.objects.annotate(people=Count("enrolments", filter=on & within)).order_by("name")
    tallies = PathTally.objects.all() if units is None else PathTally.objects.filter(unit__in=units)
    sums = {name: Sum(name) for name in FIELDS}
    grouped: Any = tallies.order_by().values("step__path").annotate(**sums)
    found = {row.pop("step__path"): Counts(**row) for row in grouped}
    steps = dict(Step.objects.filter(retired_on__isnull=True).order_by().values_list("path").annotate(Count("pk")))
    return [
        {"path": path, "counts": found.get(path.pk, Counts()), "steps": steps.get(path.pk, 0)}
        for path in sorted(paths, key=lambda path: (path.state == Path.State.ENDED, path.name))
    ]


def say(rule: PathRule) -> str:
    """For whom, in words: all of it must hold."""
    if rule.everybody:
        return _("Everybody")
    parts = []
    if rule.cohort:
        parts.append(_("in the cohort “%(name)s” of %(program)s") % {
            "name": rule.cohort.name, "program": rule.cohort.program.name
        })  # fmt: skip
    elif rule.program:
        parts.append(_("enrolled in %(name)s") % {"name": rule.program.name})
    if rule.unit:
        words = _("in %(unit)s or below") if rule.unit.until is None else _("in %(unit)s (closed) or below")
        parts.append(words % {"unit": rule.unit.name})
    if rule.job_family:
        parts.append(_("of the job family %(name)s") % {"name": rule.job_family})
    if rule.language:
        names = dict(language_choices(rule.language))
        parts.append(_("whose language is %(name)s") % {"name": names.get(rule.language, rule.language)})
    if rule.joined_after:
        day = date_text(rule.joined_after, "DATE_FORMAT")
        parts.append(_("who joined after %(day)s") % {"day": day})
    said = _(" and ").join(parts)
    return said[:1].upper() + said[1:]


HEAD = (
    "path", "employee_number", "name", "unit", "step", "kind", "assigned_on", "due_on", "state", "done_on",
    "valid_until",
)  # fmt: skip


def export_rows(path: Path, day: dt.date, units: QuerySet[Unit] | None) -> Any:
    """One list for each person and step, in the order of ``HEAD``; days are ``date`` or None."""
    within = None if units is None else set(units.values_list("pk", flat=True))
    steps = {step.pk: step for step in path.steps.select_related("course", "behaviour")}
    known = Employee.objects.filter(path_enrolments__path=path)
    people = {person.pk: person for person in known.only("pk", "number", "given_name", "family_name").distinct()}
    names = dict(Unit.objects.values_list("pk", "path"))
    for line in standing.lines(path, day, units=within):
        person, step = people[line.employee_id], steps[line.step_id]
        yield [
            path.name, person.number, person.name, names.get(line.unit_id or 0, ""), step.title, step.kind,
            line.assigned_on, line.due_on, line.state, line.done_on, line.until,
        ]  # fmt: skip
