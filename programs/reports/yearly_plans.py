"""A program's plan as it once stood: kept at its launch and at the turn of each year, or told by undoing amendments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.dateparse import parse_date

from culture.access.models import AuditEntry
from programs.planning import amendments
from programs.planning.models import Program, Stage
from programs.planning.plan_models import Milestone
from programs.reports.yearly_models import KeptPlan

# Kept by the first tick after the launch: still the plan of the launch.
AT_ONCE = dt.timedelta(days=1)


# -- keeping ---------------------------------------------------------------------------------------------------------


def taken(program: Program) -> dict[str, Any]:
    """The plan as it stands: what it promises, no person."""
    return {
        "name": program.name,
        "charter": program.charter,
        "starts_on": program.starts_on.isoformat(),
        "ends_on": program.ends_on.isoformat(),
        "focus": sorted(program.focus.values_list("code", flat=True)),
        "stages": [
            {
                "kind": one.kind,
                "starts_on": one.starts_on.isoformat(),
                "ends_on": one.ends_on.isoformat(),
                "goal": one.goal,
                "exit_criteria": one.exit_criteria,
            }
            for one in program.stages.all()
        ],
        "milestones": [
            {
                "id": one.pk,
                "title": one.title,
                "due_on": one.due_on.isoformat(),
                "leading": one.leading,
                "leading_target": str(one.leading_target),
                "lagging": one.lagging,
                "lagging_target": str(one.lagging_target),
            }
            for one in program.milestones.all()
        ],
    }


def due(today: dt.date) -> list[tuple[Program, int | None]]:
    """(program, year or None for the launch) that nothing is kept of yet. Two queries."""
    alive = list(Program.objects.launched().exclude(state=Program.State.FINISHED))
    kept = set(KeptPlan.objects.filter(program__in=alive).values_list("program", "year"))
    return [(one, year) for one in alive for year in (None, today.year) if (one.pk, year) not in kept]


def keep(*, today: dt.date) -> int:
    """Keep what is due; returns how many. Again on the same day, or by two at once: nothing twice."""
    rows = [KeptPlan(program=one, year=year, on=today, plan=taken(one)) for one, year in due(today)]
    KeptPlan.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


# -- as it was -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlannedStage:
    kind: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    goal: str = ""
    exit_criteria: str = ""


@dataclass(frozen=True)
class Launched:
    """What was promised at launch. ``kept``: it was kept that day; else it is told from the amendments.

    ``milestones``: id → as kept; empty where nothing was kept.
    """

    name: str
    charter: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    focus: tuple[str, ...]
    stages: tuple[PlannedStage, ...]
    kept: bool
    milestones: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


def launched(program: Program) -> Launched:
    """The plan of the launch. Some eight queries."""
    row = KeptPlan.objects.filter(program=program, year=None).first()
    if row is not None and program.launched_on is not None and row.on <= program.launched_on + AT_ONCE:
        return _read(row.plan)
    return _undone(program)


def _read(plan: Mapping[str, Any]) -> Launched:
    stages = [{**one, "starts_on": _day(one["starts_on"]), "ends_on": _day(one["ends_on"])} for one in plan["stages"]]
    return Launched(
        name=plan["name"],
        charter=plan["charter"],
        starts_on=_day(plan["starts_on"]),
        ends_on=_day(plan["ends_on"]),
        focus=tuple(plan["focus"]),
        stages=tuple(PlannedStage(**one) for one in stages),
        kept=True,
        milestones={one["id"]: one for one in plan["milestones"]},
    )


def _undone(program: Program) -> Launched:
    """Today's plan with every amendment taken back, the newest first."""
    now = amendments.snapshot(program)
    values: dict[tuple[str, str], Any] = {key: value for key, (_about, value) in now.items()}
    for row in program.amendments.order_by("-at", "-pk"):
        for change in reversed(row.changes):
            key, about = change["key"], change["about"]
            if not key.startswith(("cohort.", "unit.")):
                values[key, about if key.startswith("stage.") else ""] = change["before"]
    kinds = [kind for kind in Stage.Kind.values if values.get(("stage.starts_on", kind))]
    return Launched(
        name=values["name", ""],
        charter=values["charter", ""],
        starts_on=_day(values["starts_on", ""]),
        ends_on=_day(values["ends_on", ""]),
        focus=tuple(values["focus", ""] or ()),
        stages=tuple(
            PlannedStage(
                kind,
                _day(values["stage.starts_on", kind]),
                _day(values.get(("stage.ends_on", kind))),
                values.get(("stage.goal", kind)) or "",
                values.get(("stage.exit_criteria", kind)) or "",
            )
            for kind in kinds
        ),
        kept=False,
    )


def _day(text: Any) -> dt.date | None:
    return parse_date(str(text)) if text else None


# -- milestones ------------------------------------------------------------------------------------------------------

ON_TIME, MOVED, LATE, MISSED, PUT_OFF, OPEN = "on_time", "moved", "late", "missed", "put_off", "open"


def outcome(*, first: dt.date, due_on: dt.date, reached_on: dt.date | None, by: dt.date, over: bool) -> str:
    """How a milestone stood on the day ``by``, or, while that day is not ``over``, stands on it. Pure.

    ``first``: the day first promised; ``due_on``: planned for last.

    A later day does not make a milestone punctual: it is told beside the first.
    """
    if reached_on is not None and reached_on <= by:
        if reached_on <= first:
            return ON_TIME
        return MOVED if reached_on <= due_on else LATE
    # On its own day a milestone can still be reached.
    last = by if over else by - dt.timedelta(days=1)
    if due_on <= last:
        return MISSED
    return PUT_OFF if first <= last else OPEN


@dataclass(frozen=True)
class Aim:
    """A milestone as promised and as it came. ``only_today``: no record tells when it was first planned for."""

    milestone: Milestone
    first: dt.date
    only_today: bool
    outcome: str
    promised: Mapping[str, Any] | None


def aims(program: Program, plan: Launched, *, first: dt.date, by: dt.date, over: bool) -> list[Aim]:
    """The milestones that were due or reached from ``first`` to ``by``, or first promised for then. Three queries."""
    noted = _noted(program)
    kept = _years(program)
    found = []
    for row in program.milestones.order_by("due_on", "pk"):
        promised = plan.milestones.get(row.pk) or kept.get(row.pk)
        days = [day for day in (_day((promised or {}).get("due_on")), noted.get(row.pk)) if day]
        start = days[0] if plan.milestones.get(row.pk) else min(days, default=row.due_on)
        told = outcome(first=start, due_on=row.due_on, reached_on=row.reached_on, by=by, over=over)
        if any(day is not None and first <= day <= by for day in (start, row.due_on, row.reached_on)):
            found.append(Aim(row, start, not days, told, promised))
    return found


def coming(program: Program, after: dt.date, until: dt.date) -> list[Milestone]:
    """Those that fall due later in the same year."""
    return list(program.milestones.filter(reached_on=None, due_on__gt=after, due_on__lte=until))


def _noted(program: Program) -> dict[int, dt.date]:
    """The day each milestone was first planned for, as the audit trail recorded it."""
    rows = AuditEntry.objects.filter(verb="planned milestone", subject=f"program:{program.pk}").order_by("at", "pk")
    found: dict[int, dt.date] = {}
    for detail in rows.values_list("detail", flat=True):
        day = _day(detail.get("due_on"))
        if day is not None and isinstance(detail.get("milestone"), int):
            found.setdefault(detail["milestone"], day)
    return found


def _years(program: Program) -> dict[int, Mapping[str, Any]]:
    """Each milestone as the first plan kept tells of it."""
    found: dict[int, Mapping[str, Any]] = {}
    for row in KeptPlan.objects.filter(program=program).order_by("on", "pk"):
        for one in row.plan["milestones"]:
            found.setdefault(one["id"], one)
    return found


def removed(program: Program, first: dt.date, by: dt.date) -> int:
    """How many milestones were taken off the plan in these days."""
    rows = AuditEntry.objects.filter(verb="removed from plan", subject=f"program:{program.pk}")
    return rows.filter(detail__kind="milestone", at__date__gte=first, at__date__lte=by).count()
