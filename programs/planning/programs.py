"""Writing a program: its dates, stages and cohorts, and who is enrolled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit
from culture.framework import readiness
from culture.people.models import Employee, Unit
from culture.people.units import descendants, employees_in
from programs.planning import rules
from programs.planning.models import Cohort, Enrolment, Program, Stage
from surveys.waves.models import Series

StageRow = tuple[str, dt.date, dt.date]
BATCH = 2000


@transaction.atomic
def create(
    *,
    by: Employee | None,
    name: str,
    charter: str,
    starts_on: dt.date,
    ends_on: dt.date,
    stages: Sequence[StageRow],
    cohorts: Sequence[tuple[str, dt.date, Iterable[Unit | int]]],
    series: Series | None = None,
    today: dt.date | None = None,
    readiness_reason: str = "",
) -> Program:
    """A new program; everyone in its cohorts' units (with everything below) is enrolled from the cohort's start.

    Below the threshold of readiness it needs ``readiness_reason``.
    """
    today = today or timezone.localdate()
    plans = [rules.CohortPlan(n, day, _ids(units)) for n, day, units in cohorts]
    below = readiness.standing().stored
    _refuse(None, name, starts_on, ends_on, stages, plans, _reason_missing(below, readiness_reason))
    program = Program(
        name=name.strip(), charter=charter, starts_on=starts_on, ends_on=ends_on, series=series, created_by=by
    )
    _keep_reason(program, below, readiness_reason)
    program.save()
    _write_stages(program, stages)
    enrolled = 0
    for plan in plans:
        cohort = Cohort.objects.create(program=program, name=plan.name.strip(), starts_on=plan.starts_on)
        cohort.units.set(plan.units)
        enrolled += enrol(cohort, today=today)
    audit.record(by, "created program", program, name=program.name, cohorts=len(plans), enrolled=enrolled)
    _record_reason(by, program)
    return program


@transaction.atomic
def change(
    *,
    by: Employee | None,
    program: Program,
    name: str,
    charter: str,
    starts_on: dt.date,
    ends_on: dt.date,
    stages: Sequence[StageRow],
    cohorts: Sequence[rules.CohortPlan],
    series: Series | None,
    today: dt.date,
    readiness_reason: str = "",
) -> Program:
    """Bring ``program`` to what is given; a cohort without ``pk`` is new, one left out goes (only before its start).

    Until its first day it is held against the threshold of readiness; afterwards what was said at the start stays.
    """
    program = Program.objects.select_for_update().get(pk=program.pk)
    starting = is_starting(program, starts_on, today)
    below = readiness.standing().stored if starting else program.readiness_below
    reason = readiness_reason if starting else program.readiness_reason
    _refuse(program, name, starts_on, ends_on, stages, cohorts, _reason_missing(below, reason))
    known = {cohort.pk: cohort for cohort in program.cohorts.all()}
    kept = {plan.pk for plan in cohorts if plan.pk is not None}
    for pk, cohort in known.items():
        if pk not in kept:
            _remove(cohort, today)
    program.name, program.charter, program.series = name.strip(), charter, series
    program.starts_on, program.ends_on = starts_on, ends_on
    said_before = program.readiness_reason
    _keep_reason(program, below, reason)
    program.save()
    program.stages.all().delete()
    _write_stages(program, stages)
    _rename_aside(program)
    changed = []
    for plan in cohorts:
        row = known.get(plan.pk or 0) or Cohort(program=program)
        row.name, row.starts_on = plan.name.strip(), plan.starts_on
        row.save()
        before = descendants(row.units.values_list("pk", flat=True))
        row.units.set(plan.units)
        _release_from(row, before - descendants(plan.units), today)
        changed.append(row)
    for row in changed:
        row.enrolments.filter(until__isnull=True, since__lt=row.starts_on).update(since=row.starts_on)
        enrol(row, today=today)
    audit.record(by, "changed program", program, name=program.name, cohorts=len(changed))
    if program.readiness_reason != said_before:
        _record_reason(by, program)
    return program


def is_starting(program: Program, starts_on: dt.date, today: dt.date) -> bool:
    """Whether readiness still has a say: its first day is to come, as it was planned or as it is planned now."""
    return max(program.starts_on, starts_on) > today


def _reason_missing(below: Sequence[Mapping[str, object]], reason: str) -> dict[str, list[str]]:
    if not below or reason.strip():
        return {}
    codes = ", ".join(str(row["code"]) for row in below)
    return {
        "readiness_reason": [
            _("Say why the program starts although %(codes)s is below the threshold of readiness.") % {"codes": codes}
        ]
    }


def _keep_reason(program: Program, below: Sequence[Mapping[str, object]], reason: str) -> None:
    """A reason is kept only beside what it is the reason for."""
    program.readiness_below = list(below)
    program.readiness_reason = reason.strip() if below else ""


def _record_reason(by: Employee | None, program: Program) -> None:
    if program.readiness_below:
        codes = [row["code"] for row in program.readiness_below]
        audit.record(by, "readiness.exception", program, below=codes, reason=program.readiness_reason)


def enrol(cohort: Cohort, *, today: dt.date, joining: bool = False) -> int:
    """Enrol whoever works in the cohort's units today and is not enrolled yet; return how many were.

    Somebody found later (``joining``) starts today, not on the cohort's first day.
    """
    units = list(cohort.units.values_list("pk", flat=True))
    enrolled = Enrolment.objects.filter(program=cohort.program_id, employee=OuterRef("pk"), until__isnull=True)
    people = employees_in(units, today).filter(~Exists(enrolled)).values_list("pk", "hired_on")
    first = max(cohort.starts_on, today) if joining else cohort.starts_on
    rows = [
        Enrolment(cohort=cohort, program_id=cohort.program_id, employee_id=pk, since=max(first, hired_on or first))
        for pk, hired_on in people
    ]
    # A second tick at the same moment loses against the unique constraint and does nothing.
    Enrolment.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def release_leavers(program: Program, *, today: dt.date) -> int:
    """End the enrolment of those who left; it lasts until their last day."""
    gone = Employee.objects.filter(pk=OuterRef("employee"), left_on__lt=today)
    return (
        program.enrolments.filter(until__isnull=True)
        .filter(Exists(gone))
        .update(until=Subquery(gone.values("left_on")[:1]))
    )


def _ids(units: Iterable[Unit | int]) -> frozenset[int]:
    return frozenset(unit if isinstance(unit, int) else unit.pk for unit in units)


def _refuse(
    program: Program | None,
    name: str,
    starts_on: dt.date,
    ends_on: dt.date,
    stages: Sequence[StageRow],
    cohorts: Sequence[rules.CohortPlan],
    more: Mapping[str, list[str]],
) -> None:
    tree = list(Unit.objects.values_list("pk", "parent_id", "name"))
    problems = rules.check(
        starts_on=starts_on,
        ends_on=ends_on,
        stages=[rules.StagePlan(*stage) for stage in stages],
        cohorts=cohorts,
        parents={pk: parent for pk, parent, _name in tree},
        names={pk: unit for pk, _parent, unit in tree},
    )
    if not name.strip():
        problems["name"] = [_("Give the program a name.")]
    elif Program.objects.filter(name__iexact=name.strip()).exclude(pk=program.pk if program else 0).exists():
        problems["name"] = [_("Another program has this name already.")]
    problems |= more
    if problems:
        raise ValidationError(problems)


def _write_stages(program: Program, stages: Sequence[StageRow]) -> None:
    Stage.objects.bulk_create(
        Stage(program=program, kind=kind, starts_on=first, ends_on=last) for kind, first, last in stages
    )


def _rename_aside(program: Program) -> None:
    """Two cohorts may swap names in one save; the unique constraint is checked at every row."""
    for cohort in program.cohorts.all():
        Cohort.objects.filter(pk=cohort.pk).update(name=f"\x01{cohort.pk}")


def _remove(cohort: Cohort, today: dt.date) -> None:
    if cohort.starts_on <= today:
        raise ValidationError(
            {"cohorts": [_("The cohort “%(name)s” has started and cannot be removed.") % {"name": cohort.name}]}
        )
    cohort.delete()


def _release_from(cohort: Cohort, units: set[int], today: dt.date) -> None:
    """Those who work in ``units``, just taken out of the cohort, leave it; who moved away earlier stays."""
    open_now = cohort.enrolments.filter(until__isnull=True, employee__unit__in=units)
    open_now.filter(since__gte=today).delete()
    open_now.update(until=today)
