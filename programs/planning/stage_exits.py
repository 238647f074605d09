"""Closing a stage: its exit criteria are gone through one by one, and somebody signs for it. Dated today, for good."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.planning.models import Program, Stage
from programs.planning.plan_models import StageExit

LONGEST = 1000


@dataclass(frozen=True)
class Standing:
    """A stage with how it was closed. ``waits``: its last day has passed and nobody has closed it."""

    number: int
    stage: Stage
    exit: StageExit | None
    waits: bool
    open: bool

    @property
    def told(self) -> str:
        """Beside its bar in the program's picture."""
        return "" if self.exit is None else _("closed")


def criteria_of(stage: Stage) -> list[str]:
    """One a line, or between semicolons."""
    return [text.strip(" -–•\t") for text in re.split(r"[;；\r\n]+", stage.exit_criteria) if text.strip(" -–•\t")]


def standings(program: Program, today: dt.date) -> list[Standing]:
    """The stages in their order. One query beside the program's prefetched stages."""
    exits = {one.kind: one for one in program.exits.select_related("by")}
    alive = program.state in (Program.State.RUNNING, Program.State.PAUSED)
    return [
        Standing(
            number,
            stage,
            exits.get(stage.kind),
            waits=alive and stage.kind not in exits and stage.ends_on < today,
            open=alive and stage.kind not in exits and stage.starts_on <= today,
        )
        for number, stage in enumerate(program.stages.all(), start=1)
    ]


@transaction.atomic
def close(
    *, by: Employee, program: Program, kind: str, met: Collection[int], note: str, on: dt.date, today: dt.date
) -> StageExit:
    """Sign that a stage has ended. ``met``: the numbers of the criteria that are met. Raises ``ValidationError``."""
    program = Program.objects.select_for_update().get(pk=program.pk)
    stage = program.stages.filter(kind=kind).first()
    if stage is None:
        raise ValidationError(_("The program has no such stage."))
    criteria = criteria_of(stage)
    _refuse(program, stage, len(criteria), met, note, on, today)
    made = StageExit.objects.create(
        program=program,
        kind=kind,
        on=on,
        by=by,
        met=[{"text": text, "met": number in met} for number, text in enumerate(criteria)],
        note=note.strip(),
    )
    audit.record(by, "closed stage", program, kind=kind, met=len(met), of=len(criteria))
    return made


def _refuse(
    program: Program, stage: Stage, count: int, met: Collection[int], note: str, on: dt.date, today: dt.date
) -> None:
    if program.state not in (Program.State.RUNNING, Program.State.PAUSED):
        raise ValidationError(_("Stages are closed while the program runs."))
    if StageExit.objects.filter(program=program, kind=stage.kind).exists():
        raise ValidationError(_("This stage was closed already; what was signed stays."))
    if stage.starts_on > today:
        raise ValidationError(_("This stage has not begun."))
    if on != today:
        raise ValidationError(_("It is signed with today's date: no other day, neither past nor to come."))
    if len(note) > LONGEST:
        raise ValidationError({"note": [_("At most %(n)s characters.") % {"n": LONGEST}]})
    if any(number not in range(count) for number in met):
        raise ValidationError(_("The exit criteria were changed meanwhile: look at them again."))
    if not note.strip() and (not count or len(set(met)) < count):
        text = _("Say why the stage may end although not everything is met.") if count else _("Say why it may end.")
        raise ValidationError({"note": [text]})
