"""The guided set-up's writes: a draft grows step by step, may be left at any of them and taken up again."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access import audit
from culture.framework.models import Requirement
from culture.people import asof
from culture.people.models import Employee, Unit
from programs.planning import lots, programs, rules, states
from programs.planning.models import Cohort, CohortPerson, Program
from programs.planning.plan_models import Draw, Duty, Milestone, Risk
from surveys.waves.models import Series

MOST_FOCUS = 12
DAY = dt.timedelta(days=1)


@transaction.atomic
def begin(*, by: Employee, name: str, charter: str, starts_on: dt.date, ends_on: dt.date, today: dt.date) -> Program:
    """A draft with its four stages spread over its days. Raises ``ValidationError`` by field."""
    programs.refuse(programs.check(None, name=name, starts_on=starts_on, ends_on=ends_on, parts=("dates",)))
    program = Program.objects.create(
        name=name.strip(), charter=charter.strip(), starts_on=starts_on, ends_on=ends_on, created_by=by
    )
    programs.write_stages(program, [(s.kind, s.starts_on, s.ends_on) for s in rules.suggest_stages(starts_on, ends_on)])
    _confirm(program, "charter", today)
    audit.record(by, "drafted program", program, name=program.name)
    return program


def _draft(program: Program) -> Program:
    program = states.locked(program)
    if program.state != Program.State.DRAFT:
        raise ValidationError(_("It is launched: change it with a reason on its own page."))
    return program


def _confirm(program: Program, step: str, today: dt.date) -> None:
    program.setup = {**program.setup, step: today.isoformat()}
    program.save()


@transaction.atomic
def set_frame(
    *, by: Employee, program: Program, name: str, charter: str, starts_on: dt.date, ends_on: dt.date, today: dt.date
) -> Program:
    """Name, charter and days. Stages nobody has confirmed yet are spread over the new days."""
    program = _draft(program)
    programs.refuse(programs.check(program, name=name, starts_on=starts_on, ends_on=ends_on, parts=("dates",)))
    moved = (starts_on, ends_on) != (program.starts_on, program.ends_on)
    program.name, program.charter = name.strip(), charter.strip()
    program.starts_on, program.ends_on = starts_on, ends_on
    _confirm(program, "charter", today)
    if moved and "stages" not in program.setup:
        spread = rules.suggest_stages(starts_on, ends_on)
        programs.write_stages(program, [(s.kind, s.starts_on, s.ends_on) for s in spread])
    audit.record(by, "edited program draft", program, step="charter")
    return program


@transaction.atomic
def set_stages(*, by: Employee, program: Program, stages: Sequence[programs.StageRow], today: dt.date) -> Program:
    program = _draft(program)
    programs.refuse(_checked(program, ("stages",), stages=stages))
    programs.write_stages(program, stages)
    _confirm(program, "stages", today)
    audit.record(by, "edited program draft", program, step="stages")
    return program


@transaction.atomic
def set_cohorts(*, by: Employee, program: Program, cohorts: Sequence[rules.CohortPlan], today: dt.date) -> list[Cohort]:
    """The cohorts, in the order given."""
    program = _draft(program)
    programs.refuse(_checked(program, ("cohorts",), cohorts=cohorts))
    rows = programs.write_cohorts(program, cohorts)
    _confirm(program, "cohorts", today)
    audit.record(by, "edited program draft", program, step="cohorts")
    return rows


def _checked(program: Program, parts: Collection[str], **given: Any) -> dict[str, list[str]]:
    return programs.check(
        program, name=program.name, starts_on=program.starts_on, ends_on=program.ends_on, parts=parts, **given
    )


@transaction.atomic
def draw(*, by: Employee, program: Program, cohorts: Iterable[int], seed: str = "") -> Draw:
    """Draw by lot which of these cohorts (ids) starts on which of their first days; keep how it was drawn.

    The days stay as the planner chose them; only who gets which is drawn. Raises ``ValidationError``.
    """
    program = _draft(program)
    wanted = set(cohorts)
    rows = [row for row in program.cohorts.prefetch_related("units", "people_named") if row.pk in wanted]
    if len(rows) < 2:
        raise ValidationError({"cohorts": [_("Choose at least two cohorts: of one there is nothing to draw.")]})
    days = sorted(row.starts_on for row in rows)
    if len(set(days)) < 2:
        message = _("These cohorts all start on the same day: give them different first days, then draw.")
        raise ValidationError({"cohorts": [message]})
    rows.sort(key=lambda row: (row.name.casefold(), row.pk))
    seed = seed or secrets.token_hex(16)
    result = lots.draw(seed, [str(row.pk) for row in rows], days)
    for row in rows:
        Cohort.objects.filter(pk=row.pk).update(starts_on=result[str(row.pk)])
    made = Draw.objects.create(
        program=program,
        by=by,
        method=lots.METHOD,
        seed=seed,
        pool=[pool_entry(row) for row in rows],
        days=[day.isoformat() for day in days],
        result={key: day.isoformat() for key, day in result.items()},
    )
    audit.record(by, "drew cohort order", program, seed=seed, result=made.result)
    return made


def pool_entry(row: Cohort) -> dict[str, Any]:
    return {
        "cohort": row.pk,
        "name": row.name,
        "units": sorted(unit.pk for unit in row.units.all()),
        "people": sorted(one.employee_id for one in row.people_named.all()),  # type: ignore[attr-defined]
        "was": row.starts_on.isoformat(),
    }


def drawn(program: Program) -> tuple[Draw | None, bool, int]:
    """The last draw, whether the cohorts still start as drawn (same units and people, same days), and how many there
    were."""
    found = list(program.draws.all())
    if not found:
        return None, False, 0
    last = found[0]
    now = {row.pk: row for row in program.cohorts.prefetch_related("units", "people_named")}
    holds = all(
        (row := now.get(entry["cohort"])) is not None
        and row.starts_on.isoformat() == last.result[str(row.pk)]
        and {k: v for k, v in pool_entry(row).items() if k in ("units", "people")}
        == {k: entry[k] for k in ("units", "people")}
        for entry in last.pool
    )
    return last, holds, len(found)


@transaction.atomic
def set_focus(*, by: Employee, program: Program, requirements: Iterable[Requirement], today: dt.date) -> Program:
    """The requirements the program aims at: some, for who aims at all aims at none."""
    program = _draft(program)
    chosen = list(requirements)
    if len(chosen) > MOST_FOCUS:
        message = _("Choose %(most)s at most: who aims at everything changes nothing.") % {"most": MOST_FOCUS}
        raise ValidationError({"focus": [message]})
    program.focus.set(chosen)
    _confirm(program, "profiles", today)
    audit.record(by, "edited program draft", program, step="profiles")
    return program


@transaction.atomic
def set_series(*, by: Employee, program: Program, series: Series | None, today: dt.date) -> Program:
    program = _draft(program)
    program.series = series
    _confirm(program, "series", today)
    audit.record(by, "edited program draft", program, step="series")
    return program


@transaction.atomic
def confirm(*, by: Employee, program: Program, step: str, today: dt.date) -> Program:
    """Somebody has looked at a step in which planning itself writes nothing."""
    program = _draft(program)
    _confirm(program, step, today)
    audit.record(by, "edited program draft", program, step=step)
    return program


# -- copying ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def copy(*, by: Employee, source: Program, name: str, starts_on: dt.date, today: dt.date) -> Program:
    """A draft like ``source``, beginning on another day: everything else moves by the same time.

    Closed units come as what they were merged into, people who left do not come, nor what was reached, drawn or
    amended. Raises ``ValidationError`` by field.
    """
    shift = Shift.between(source.starts_on, starts_on)
    ends_on = shift.last(source.ends_on)
    programs.refuse(programs.check(None, name=name, starts_on=starts_on, ends_on=ends_on, parts=("dates",)))
    made = Program.objects.create(
        name=name.strip(), charter=source.charter, starts_on=starts_on, ends_on=ends_on, series=source.series,
        created_by=by, copied_from=source,
    )  # fmt: skip
    made.focus.set(source.focus.all())
    programs.write_stages(made, _stages(source, made, shift))
    _copy_cohorts(source, made, shift, today)
    _copy_lists(source, made, shift, today)
    audit.record(by, "drafted program", made, name=made.name, copied_from=source.pk)
    return made


@dataclass(frozen=True)
class Shift:
    """Moves days by whole months where the day of the month is the same, so that firsts stay firsts; else by days."""

    months: int
    days: int

    @classmethod
    def between(cls, old: dt.date, new: dt.date) -> Shift:
        if old.day == new.day:
            return cls((new.year - old.year) * 12 + new.month - old.month, 0)
        return cls(0, (new - old).days)

    def __call__(self, day: dt.date) -> dt.date:
        return day + relativedelta(months=self.months, days=self.days)

    def last(self, day: dt.date) -> dt.date:
        """A last day is the eve of a first: moved as such, so that February does not shorten a month."""
        return self(day + DAY) - DAY


def _stages(source: Program, made: Program, shift: Shift) -> list[programs.StageRow]:
    rows: list[programs.StageRow] = []
    first = made.starts_on
    for stage in source.stages.all():
        begin = max(first, shift(stage.starts_on))
        end = min(max(shift.last(stage.ends_on), begin + DAY), made.ends_on)
        rows.append((stage.kind, begin, end, stage.goal, stage.exit_criteria))
        first = end + DAY
    return rows


def _copy_cohorts(source: Program, made: Program, shift: Shift, today: dt.date) -> None:
    into: dict[int, int] = asof.successors()
    still: set[int] = set(Unit.objects.open().order_by().values_list("pk", flat=True))
    here = set(Employee.objects.here(today).order_by().values_list("pk", flat=True))
    used: set[int] = set()
    for cohort in source.cohorts.prefetch_related("units", "people_named"):
        first = min(shift(cohort.starts_on), made.ends_on)
        row = Cohort.objects.create(program=made, name=cohort.name, starts_on=first)
        units = {into.get(int(unit.pk), int(unit.pk)) for unit in cohort.units.all()} & still - used
        used |= units
        row.units.set(units)
        people = [one.employee_id for one in cohort.people_named.all()]  # type: ignore[attr-defined]
        CohortPerson.objects.bulk_create(
            CohortPerson(program=made, cohort=row, employee_id=pk) for pk in people if pk in here
        )


def _copy_lists(source: Program, made: Program, shift: Shift, today: dt.date) -> None:
    here = Employee.objects.here(today)
    new: dict[int, Milestone] = {}
    for one in source.milestones.filter(owner__in=here).order_by("due_on", "pk"):
        new[one.pk] = Milestone.objects.create(
            program=made, stage=one.stage, title=one.title, owner=one.owner,
            due_on=min(shift(one.due_on), made.ends_on),
            leading=one.leading, leading_target=one.leading_target, lagging=one.lagging,
            lagging_target=one.lagging_target, after=new.get(one.after_id or 0),  # type: ignore[attr-defined]
        )  # fmt: skip
    Risk.objects.bulk_create(
        Risk(
            program=made, what=one.what, likelihood=one.likelihood, impact=one.impact, owner=one.owner,
            answer=one.answer, review_on=shift(one.review_on),
        )
        for one in source.risks.filter(closed_on=None, owner__in=here)
    )  # fmt: skip
    Duty.objects.bulk_create(
        Duty(program=made, what=one.what, sponsor=one.sponsor, due_on=shift(one.due_on))
        for one in source.duties.filter(sponsor__in=here)
    )
