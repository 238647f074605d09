"""What makes a program's plan sound, and the dates suggested for its stages. Pure: no database, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from culture.access.days import date_text

STAGES = ("information", "attitude", "behaviour", "culture")
# The later a stage, the longer it takes: telling is quicker than changing.
SHARES = (0.16, 0.23, 0.28, 0.33)
PARTS = ("dates", "stages", "cohorts")
LONGEST = dt.timedelta(days=3653)


@dataclass(frozen=True)
class StagePlan:
    kind: str
    starts_on: dt.date
    ends_on: dt.date
    goal: str = ""
    exit_criteria: str = ""


@dataclass(frozen=True)
class CohortPlan:
    """``units`` and ``people`` by id; ``pk``: the cohort it is already, None: a new one."""

    name: str
    starts_on: dt.date
    units: frozenset[int]
    pk: int | None = None
    people: frozenset[int] = frozenset()


@dataclass
class Problems:
    """Messages by form field: ``stage_attitude_starts_on``, ``cohort_0_units`` …"""

    found: dict[str, list[str]] = field(default_factory=dict)

    def add(self, key: str, message: str) -> None:
        self.found.setdefault(key, []).append(message)


def suggest_stages(starts_on: dt.date, ends_on: dt.date) -> list[StagePlan]:
    """The four stages, one after the other without a gap, from the first to the last day."""
    days = (ends_on - starts_on).days + 1
    stages, first, share = [], starts_on, 0.0
    for kind, part in zip(STAGES, SHARES, strict=True):
        share += part
        last = ends_on if kind == STAGES[-1] else starts_on + dt.timedelta(days=round(days * share) - 1)
        stages.append(StagePlan(kind, first, last))
        first = last + dt.timedelta(days=1)
    return stages


def suggest_end(starts_on: dt.date) -> dt.date:
    """Three years, the last day included."""
    day = min(starts_on.day, 28) if starts_on.month == 2 else starts_on.day
    return starts_on.replace(year=starts_on.year + 3, day=day) - dt.timedelta(days=1)


def day(value: dt.date) -> str:
    return date_text(value, "j F Y")


def stage_name(kind: str) -> str:
    return capfirst(kind)


def check(
    *,
    starts_on: dt.date,
    ends_on: dt.date,
    stages: Sequence[StagePlan],
    cohorts: Sequence[CohortPlan],
    parents: Mapping[int, int | None],
    names: Mapping[int, str],
    parts: Collection[str] = PARTS,
    people: Mapping[int, str] | None = None,
) -> dict[str, list[str]]:
    """Everything wrong with these ``parts`` of the plan, by field; empty when it is sound. ``people``: names by id."""
    problems = Problems()
    if ends_on <= starts_on:
        problems.add(
            "ends_on",
            _("The program ends before it starts: it starts on %(day)s, so choose a later last day.")
            % {"day": day(starts_on)},
        )
    elif ends_on > starts_on + LONGEST:
        problems.add("ends_on", _("A program lasts ten years at most: after that it is another one."))
    elif "stages" in parts:
        _check_stages(problems, starts_on, ends_on, stages)
    if "cohorts" in parts:
        _check_cohorts(problems, starts_on, ends_on, cohorts)
        _check_units(problems, cohorts, parents, names)
        _check_people(problems, cohorts, people or {})
    return problems.found


def _check_stages(problems: Problems, starts_on: dt.date, ends_on: dt.date, stages: Sequence[StagePlan]) -> None:
    by_kind = {stage.kind: stage for stage in stages}
    if len(by_kind) != len(stages) or any(kind not in STAGES for kind in by_kind):
        problems.add("stages", _("Each of the four stages can be there once."))
        return
    before: StagePlan | None = None
    for kind in STAGES:
        stage = by_kind.get(kind)
        if stage is None:
            problems.add(f"stage_{kind}_starts_on", _("This stage has no dates."))
            continue
        key = f"stage_{kind}"
        if stage.ends_on <= stage.starts_on:
            problems.add(f"{key}_ends_on", _("This stage ends before it starts."))
        if stage.starts_on < starts_on:
            problems.add(
                f"{key}_starts_on",
                _("This stage starts before the program does, on %(day)s.") % {"day": day(starts_on)},
            )
        if stage.ends_on > ends_on:
            problems.add(
                f"{key}_ends_on", _("This stage ends after the program does, on %(day)s.") % {"day": day(ends_on)}
            )
        if before is not None and stage.starts_on <= before.ends_on:
            problems.add(
                f"{key}_starts_on",
                _("This stage overlaps “%(stage)s”, which lasts until %(day)s.")
                % {"stage": stage_name(before.kind), "day": day(before.ends_on)},
            )
        before = stage


def _check_cohorts(problems: Problems, starts_on: dt.date, ends_on: dt.date, cohorts: Sequence[CohortPlan]) -> None:
    if not cohorts:
        problems.add("cohorts", _("Add at least one cohort: the units that start first."))
    seen: set[str] = set()
    for number, cohort in enumerate(cohorts):
        key = f"cohort_{number}"
        if not cohort.name.strip():
            problems.add(f"{key}_name", _("Give this cohort a name."))
        elif cohort.name.strip().casefold() in seen:
            problems.add(f"{key}_name", _("Another cohort of this program has this name."))
        seen.add(cohort.name.strip().casefold())
        if not starts_on <= cohort.starts_on <= ends_on:
            problems.add(
                f"{key}_starts_on",
                _("A cohort starts within the program, from %(first)s to %(last)s.")
                % {"first": day(starts_on), "last": day(ends_on)},
            )
        if not cohort.units and not cohort.people:
            problems.add(f"{key}_units", _("Choose at least one unit, or name people: an empty cohort starts nothing."))


def _check_people(problems: Problems, cohorts: Sequence[CohortPlan], names: Mapping[int, str]) -> None:
    """Somebody named is in one cohort at most: he starts once."""
    held: dict[int, int] = {}
    for number, cohort in enumerate(cohorts):
        for person in sorted(cohort.people, key=lambda pk: names.get(pk, "")):
            if person in held:
                values = {"name": names.get(person, ""), "cohort": cohorts[held[person]].name}
                message = _("%(name)s is already named in the cohort “%(cohort)s”.") % values
                problems.add(f"cohort_{number}_people", message)
            held.setdefault(person, number)


def circle(start: int, after: Mapping[int, int | None]) -> list[int]:
    """The circle one runs into from ``start`` by going to what comes before, as ids in order; empty: there is none."""
    line_of: list[int] = []
    here: int | None = start
    while here is not None:
        if here in line_of:
            return line_of[line_of.index(here) :]
        line_of.append(here)
        here = after.get(here)
    return []


def line(unit: int, parents: Mapping[int, int | None]) -> list[int]:
    """The unit and everything above it, nearest first."""
    above: list[int] = []
    here: int | None = unit
    while here is not None and here not in above:
        above.append(here)
        here = parents.get(here)
    return above


def _check_units(
    problems: Problems, cohorts: Sequence[CohortPlan], parents: Mapping[int, int | None], names: Mapping[int, str]
) -> None:
    """A unit, with everything below it, is in one cohort at most: it starts once."""
    for number, cohort in enumerate(cohorts):
        for unit in sorted(cohort.units, key=lambda pk: names.get(pk, "")):
            if unit not in parents:
                problems.add(f"cohort_{number}_units", _("One of the units chosen no longer exists."))
                continue
            clash = _clash(unit, number, cohorts, parents)
            if clash is None:
                continue
            other, through = clash
            values = {"unit": names[unit], "cohort": cohorts[other].name, "above": names.get(through, "")}
            if through == unit:
                message = _("%(unit)s is already in the cohort “%(cohort)s”.")
            else:
                message = _("%(unit)s is already in the cohort “%(cohort)s”, as part of %(above)s.")
            problems.add(f"cohort_{number}_units", message % values)


def _clash(
    unit: int,
    number: int,
    cohorts: Sequence[CohortPlan],
    parents: Mapping[int, int | None],
) -> tuple[int, int] | None:
    for above in line(unit, parents):
        holders = [n for n, c in enumerate(cohorts) if n != number and above in c.units]
        for other in holders:
            # The same unit twice is told once, in the later of the two; below another's unit it is told here.
            if above != unit or other < number:
                return other, above
    return None
