"""From draft to running, paused and finished: each step locked, checked, and kept as an amendment with its reason."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from culture.access import audit
from culture.framework import readiness
from culture.people.models import Employee
from programs.planning import amendments, following, programs, rules
from programs.planning.models import Program

State = Program.State
OVER = gettext_noop("Its last day has passed.")


def locked(program: Program) -> Program:
    return Program.objects.select_for_update().get(pk=program.pk)


def plans_of(program: Program) -> list[rules.CohortPlan]:
    """The cohorts as they are stored, to be checked again."""
    rows = program.cohorts.prefetch_related("units", "people_named")
    return [
        rules.CohortPlan(
            cohort.name,
            cohort.starts_on,
            frozenset(unit.pk for unit in cohort.units.all()),
            cohort.pk,
            frozenset(one.employee_id for one in cohort.people_named.all()),  # type: ignore[attr-defined]
        )
        for cohort in rows
    ]


def stages_of(program: Program) -> list[programs.StageRow]:
    return [(s.kind, s.starts_on, s.ends_on, s.goal, s.exit_criteria) for s in program.stages.all()]


def problems(program: Program) -> dict[str, list[str]]:
    """What keeps a draft from being launched, by field; without the reason that readiness may ask for."""
    cohorts = plans_of(program)
    found = programs.check(
        program,
        name=program.name,
        starts_on=program.starts_on,
        ends_on=program.ends_on,
        stages=stages_of(program),
        cohorts=cohorts,
    )
    if not program.charter.strip():
        found["charter"] = [_("Write why the program is there: everybody enrolled reads it.")]
    return found


@transaction.atomic
def launch(*, by: Employee, program: Program, today: dt.date, readiness_reason: str = "") -> Program:
    """Draft → running: everybody in its cohorts is enrolled. Raises ``ValidationError`` by field."""
    program = locked(program)
    if program.state != State.DRAFT:
        raise ValidationError(_("It is launched already."))
    found = problems(program)
    if program.ends_on < today:
        found.setdefault("ends_on", []).append(_("Its last day is past: nothing could begin."))
    below = readiness.standing().stored
    programs.refuse(found | programs.reason_missing(below, readiness_reason))
    programs.keep_reason(program, below, readiness_reason)
    program.state, program.launched_on = State.RUNNING, today
    program.save()
    enrolled = following.follow(program, today=today, launching=True).joined
    count = program.cohorts.count()
    audit.record(by, "created program", program, name=program.name, cohorts=count, enrolled=enrolled)
    programs.record_reason(by, program)
    return program


@transaction.atomic
def pause(*, by: Employee, program: Program, reason: str, today: dt.date) -> Program:
    """Running → paused: nobody joins, nothing new falls due; those who leave are still released."""
    return _turn(by, program, {State.RUNNING}, State.PAUSED, reason, today)


@transaction.atomic
def resume(*, by: Employee, program: Program, reason: str, today: dt.date) -> Program:
    """Paused → running: whoever came meanwhile is enrolled now."""
    program = _turn(by, program, {State.PAUSED}, State.RUNNING, reason, today)
    following.follow(program, today=today)
    return program


@transaction.atomic
def finish(*, by: Employee | None, program: Program, reason: str, today: dt.date) -> Program:
    """Running or paused → finished, for good: who is enrolled was so until today, what had not begun never does."""
    return _turn(by, program, {State.RUNNING, State.PAUSED}, State.FINISHED, reason, today)


def _turn(by: Employee | None, program: Program, from_: set[State], to: State, reason: str, today: dt.date) -> Program:
    program = locked(program)
    if program.state not in from_:
        words = {"state": program.get_state_display().lower()}
        raise ValidationError(_("The program is %(state)s: that cannot be done now.") % words)
    reason = amendments.required(reason)
    before = program.state
    program.state = to
    if to == State.FINISHED:
        last = min(today, program.ends_on)
        program.finished_on = last
        program.enrolments.filter(until__isnull=True, since__gt=last).delete()
        program.enrolments.filter(until__isnull=True).update(until=last)
    program.save()
    change = amendments.Change("state", "", before, str(to))
    amendments.record(program, by=by, reason=reason, changes=[change], today=today)
    audit.record(by, "changed program state", program, before=before, state=str(to))
    return program


@transaction.atomic
def discard(*, by: Employee, program: Program) -> None:
    """A draft goes for good; nobody was enrolled. Anything else stays."""
    program = locked(program)
    if program.state != State.DRAFT:
        raise ValidationError(_("Only a draft can be discarded: end a running program instead."))
    audit.record(by, "discarded program", program, name=program.name)
    program.delete()
