"""Writing a program: its dates, stages and cohorts. What becomes of it is ``states``; who is enrolled ``following``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit
from culture.framework import readiness
from culture.people.models import Employee, Unit
from culture.people.units import descendants
from programs.planning import amendments, following, rules
from programs.planning.models import Cohort, CohortPerson, Enrolment, Program, Stage
from surveys.waves.models import Series

# kind, first day, last day, and perhaps goal and exit criteria
StageRow = tuple[Any, ...]
DAY = dt.timedelta(days=1)


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
    """A program made and launched at once; everyone in its cohorts' units (with everything below) is enrolled from the
    cohort's start. Below the threshold of readiness it needs ``readiness_reason``.
    """
    today = today or timezone.localdate()
    plans = [rules.CohortPlan(n, day, _ids(units)) for n, day, units in cohorts]
    below = readiness.standing().stored
    problems = check(None, name=name, starts_on=starts_on, ends_on=ends_on, stages=stages, cohorts=plans)
    refuse(problems | reason_missing(below, readiness_reason))
    program = Program(
        name=name.strip(), charter=charter, starts_on=starts_on, ends_on=ends_on, series=series, created_by=by,
        state=Program.State.RUNNING, launched_on=today,
    )  # fmt: skip
    keep_reason(program, below, readiness_reason)
    program.save()
    write_stages(program, stages)
    write_cohorts(program, plans)
    enrolled = following.follow(program, today=today, launching=True).joined
    audit.record(by, "created program", program, name=program.name, cohorts=len(plans), enrolled=enrolled)
    record_reason(by, program)
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
    reason: str,
    readiness_reason: str = "",
) -> Program:
    """Amend a launched program to what is given, with the ``reason``. A cohort without ``pk`` is new, one left out goes
    (only before its start). Until its first day the program is held against the threshold of readiness; afterwards what
    was said at the start stays. Raises ``ValidationError`` by field.
    """
    program = Program.objects.select_for_update().get(pk=program.pk)
    if program.state in (Program.State.DRAFT, Program.State.FINISHED):
        raise ValidationError(_("Only a running or paused program is amended."))
    before = amendments.snapshot(program)
    starting = is_starting(program, starts_on, today)
    below = readiness.standing().stored if starting else program.readiness_below
    why_ready = readiness_reason if starting else program.readiness_reason
    problems = check(program, name=name, starts_on=starts_on, ends_on=ends_on, stages=stages, cohorts=cohorts)
    problems |= _past(program, cohorts, today) | reason_missing(below, why_ready)
    try:
        reason = amendments.required(reason)
    except ValidationError as error:
        problems |= error.message_dict
    refuse(problems)
    program.name, program.charter, program.series = name.strip(), charter, series
    program.starts_on, program.ends_on = starts_on, ends_on
    said_before = program.readiness_reason
    keep_reason(program, below, why_ready)
    program.save()
    write_stages(program, stages)
    units = {c.pk: descendants(c.units.values_list("pk", flat=True)) for c in program.cohorts.all()}
    people = dict(CohortPerson.objects.filter(program=program).values_list("employee", "cohort"))
    write_cohorts(program, cohorts)
    _release(program, units, people, today)
    _restart(program, today)
    following.follow(program, today=today)
    made = amendments.record(
        program,
        by=by,
        reason=reason,
        changes=amendments.differences(before, amendments.snapshot(Program.objects.get(pk=program.pk))),
        today=today,
    )
    audit.record(by, "changed program", program, name=program.name, changes=len(made.changes) if made else 0)
    if program.readiness_reason != said_before:
        record_reason(by, program)
    return program


def is_starting(program: Program, starts_on: dt.date, today: dt.date) -> bool:
    """Whether readiness still has a say: its first day is to come, as it was planned or as it is planned now."""
    return max(program.starts_on, starts_on) > today


def check(
    program: Program | None,
    *,
    name: str,
    starts_on: dt.date,
    ends_on: dt.date,
    stages: Sequence[StageRow] = (),
    cohorts: Sequence[rules.CohortPlan] = (),
    parts: Collection[str] = rules.PARTS,
) -> dict[str, list[str]]:
    """What is wrong with these parts, by field."""
    tree = list(Unit.objects.order_by().values_list("pk", "parent_id", "name")) if "cohorts" in parts else []
    named = {pk for plan in cohorts for pk in plan.people}
    people = {one.pk: one.name for one in Employee.objects.filter(pk__in=named)}
    problems = rules.check(
        starts_on=starts_on,
        ends_on=ends_on,
        stages=[rules.StagePlan(*stage) for stage in stages],
        cohorts=cohorts,
        parents={pk: parent for pk, parent, _name in tree},
        names={pk: unit for pk, _parent, unit in tree},
        parts=parts,
        people=people,
    )
    if "dates" in parts:
        if not name.strip():
            problems["name"] = [_("Give the program a name.")]
        elif Program.objects.filter(name__iexact=name.strip()).exclude(pk=program.pk if program else 0).exists():
            problems["name"] = [_("Another program has this name already.")]
    return problems


def refuse(problems: dict[str, list[str]]) -> None:
    if problems:
        raise ValidationError(problems)


def reason_missing(below: Sequence[Mapping[str, object]], reason: str) -> dict[str, list[str]]:
    if not below or reason.strip():
        return {}
    codes = ", ".join(str(row["code"]) for row in below)
    return {
        "readiness_reason": [
            _("Say why the program starts although %(codes)s is below the threshold of readiness.") % {"codes": codes}
        ]
    }


def keep_reason(program: Program, below: Sequence[Mapping[str, object]], reason: str) -> None:
    """A reason is kept only beside what it is the reason for."""
    program.readiness_below = list(below)
    program.readiness_reason = reason.strip() if below else ""


def record_reason(by: Employee | None, program: Program) -> None:
    if program.readiness_below:
        codes = [row["code"] for row in program.readiness_below]
        audit.record(by, "readiness.exception", program, below=codes, reason=program.readiness_reason)


def write_stages(program: Program, stages: Sequence[StageRow]) -> None:
    program.stages.all().delete()
    plans = [rules.StagePlan(*stage) for stage in stages]
    Stage.objects.bulk_create(
        Stage(
            program=program, kind=one.kind, starts_on=one.starts_on, ends_on=one.ends_on, goal=one.goal.strip(),
            exit_criteria=one.exit_criteria.strip(),
        )
        for one in plans
    )  # fmt: skip


def write_cohorts(program: Program, plans: Sequence[rules.CohortPlan]) -> list[Cohort]:
    """Bring the cohorts to ``plans``, which have been checked: what is left out goes. In the order given."""
    known = {cohort.pk: cohort for cohort in program.cohorts.all()}
    kept = {plan.pk for plan in plans if plan.pk is not None}
    Cohort.objects.filter(pk__in=[pk for pk in known if pk not in kept]).delete()
    # Two cohorts may swap names in one save; the unique constraint is checked at every row.
    for pk in kept & set(known):
        Cohort.objects.filter(pk=pk).update(name=f"\x01{pk}")
    CohortPerson.objects.filter(program=program).delete()
    rows = []
    for plan in plans:
        row = known.get(plan.pk or 0) or Cohort(program=program)
        row.name, row.starts_on = plan.name.strip(), plan.starts_on
        row.save()
        row.units.set(plan.units)
        CohortPerson.objects.bulk_create(
            CohortPerson(program=program, cohort=row, employee_id=pk) for pk in sorted(plan.people)
        )
        rows.append(row)
    return rows


def _ids(units: Iterable[Unit | int]) -> frozenset[int]:
    return frozenset(unit if isinstance(unit, int) else unit.pk for unit in units)


def _past(program: Program, cohorts: Sequence[rules.CohortPlan], today: dt.date) -> dict[str, list[str]]:
    """What has begun stays as it began."""
    problems: dict[str, list[str]] = {}
    kept = {plan.pk: (number, plan) for number, plan in enumerate(cohorts)}
    for cohort in program.cohorts.filter(starts_on__lte=today):
        if cohort.pk not in kept:
            message = _("The cohort “%(name)s” has started and cannot be removed.") % {"name": cohort.name}
            problems.setdefault("cohorts", []).append(message)
            continue
        number, plan = kept[cohort.pk]
        if plan.starts_on != cohort.starts_on:
            message = _("This cohort started on %(day)s and stays so.") % {"day": rules.day(cohort.starts_on)}
            problems[f"cohort_{number}_starts_on"] = [message]
    return problems


def _release(program: Program, units: dict[int, set[int]], people: dict[int, int], today: dt.date) -> None:
    """Those who work in units just taken out of a cohort, or are no longer named, leave it; who moved away earlier
    stays. Their last day in it was yesterday."""
    named = dict(CohortPerson.objects.filter(program=program).values_list("employee", "cohort"))
    for cohort in program.cohorts.filter(pk__in=list(units)):
        gone = units[cohort.pk] - descendants(cohort.units.values_list("pk", flat=True))
        open_now = cohort.enrolments.filter(until__isnull=True).exclude(employee__in=list(named))
        _end(open_now.filter(employee__unit__in=gone), today)
    unnamed = [pk for pk, cohort in people.items() if named.get(pk) != cohort]
    # Named one by one on a form: never more than widgets.MOST_PEOPLE for a cohort.
    _end(Enrolment.objects.filter(program=program, until__isnull=True, employee__in=unnamed), today)


def _end(rows: Any, today: dt.date) -> None:
    rows.filter(since__gte=today).delete()
    rows.update(until=today - DAY)


def _restart(program: Program, today: dt.date) -> None:
    """Whoever is to begin with a cohort that has not begun, begins on its (perhaps other) first day."""
    for cohort in program.cohorts.filter(starts_on__gt=today):
        rows = cohort.enrolments.filter(until__isnull=True)
        rows.exclude(since=cohort.starts_on).update(since=cohort.starts_on)
