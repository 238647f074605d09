"""Milestones, risks and sponsors' duties: how they stand, and how they are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.planning import indicators, rules
from programs.planning.indicators import LAGGING, LEADING, Reading
from programs.planning.models import Program
from programs.planning.plan_models import Duty, Milestone, Risk

SOON = dt.timedelta(days=30)
# Order of urgency, and the tone of its badge.
TONES = {"late": "bad", "half": "warn", "soon": "warn", "open": "neutral", "met": "good", "reached": "good"}


def light(*, leading: bool, lagging: bool, reached: bool, due_on: dt.date, today: dt.date, waits: bool = False) -> str:
    """How a milestone stands. Pure.

    ``reached``: decided, for good. ``met``: both indicators are, so that it can be decided. One of them alone is never
    green: not what was trained without what changed, nor what changed without what was done for it. ``waits``: what
    must come before is not reached.
    """
    if reached:
        return "reached"
    if leading and lagging and not waits:
        return "met"
    if due_on < today:
        return "late"
    if leading or lagging:
        return "half"
    return "soon" if due_on <= today + SOON else "open"


@dataclass(frozen=True)
class Side:
    """One of the two indicators of a milestone as it stands."""

    label: Any
    unit: Any
    target: Decimal
    reading: Reading
    met: bool


@dataclass(frozen=True)
class Standing:
    milestone: Milestone
    leading: Side
    lagging: Side
    light: str
    waits: bool

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.leading, self.lagging

    @property
    def tone(self) -> str:
        return TONES[self.light]


def standings(program: Program, today: dt.date, known: Mapping[str, Reading] | None = None) -> list[Standing]:
    """Every milestone of the program as it stands. Each indicator in use is measured once, unless it is ``known``."""
    rows = list(program.milestones.select_related("owner", "after"))
    wanted = {key for row in rows if not row.reached_on for key in (row.leading, row.lagging)}
    given = known or {}
    readings = {key: given[key] if key in given else indicators.read(key, program, today) for key in wanted}
    return [_standing(row, readings, today) for row in rows]


def _standing(row: Milestone, readings: dict[str, Reading], today: dt.date) -> Standing:
    leading = _side(row, LEADING, row.leading, row.leading_target, readings)
    lagging = _side(row, LAGGING, row.lagging, row.lagging_target, readings)
    waits = row.after is not None and row.after.reached_on is None
    word = light(
        leading=leading.met,
        lagging=lagging.met,
        reached=row.reached_on is not None,
        due_on=row.due_on,
        today=today,
        waits=waits,
    )
    return Standing(row, leading, lagging, word, waits)


def _side(row: Milestone, kind: str, key: str, target: Decimal, readings: dict[str, Reading]) -> Side:
    one = indicators.get(key)
    label, unit = (one.label, one.unit) if one else (key, "")
    if row.reached_on:
        kept = row.readings.get(kind) or {}
        day = dt.date.fromisoformat(kept["on"]) if kept.get("on") else None
        return Side(label, unit, target, Reading(kept.get("value"), kept.get("words", ""), day), True)
    reading = readings[key]
    return Side(label, unit, target, reading, indicators.met(reading, target))


@dataclass(frozen=True)
class Aim:
    """A milestone as planned."""

    title: str
    due_on: dt.date
    owner: Employee
    leading: str
    leading_target: Decimal
    lagging: str
    lagging_target: Decimal
    stage: str = ""
    after: Milestone | None = None


@transaction.atomic
def save(*, by: Employee, program: Program, aim: Aim, milestone: Milestone | None = None) -> Milestone:
    """A new milestone, or another wording of one that is not reached. Raises ``ValidationError`` by field."""
    program = Program.objects.select_for_update().get(pk=program.pk)
    row = milestone or Milestone(program=program)
    _refuse(program, row, aim)
    for name, value in vars(aim).items():
        setattr(row, name, value)
    row.save()
    audit.record(by, "planned milestone", program, milestone=row.pk, due_on=row.due_on)
    return row


def _refuse(program: Program, row: Milestone, aim: Aim) -> None:
    found: dict[str, list[str]] = {}
    _alive(program)
    if row.reached_on:
        raise ValidationError(_("It is reached and stays as it is."))
    if not aim.title.strip():
        found["title"] = [_("Say what will be reached.")]
    if not program.starts_on <= aim.due_on <= program.ends_on:
        values = {"first": rules.day(program.starts_on), "last": rules.day(program.ends_on)}
        found["due_on"] = [_("A milestone lies within the program, from %(first)s to %(last)s.") % values]
    if aim.owner.left_on and aim.owner.left_on < aim.due_on:
        found["owner"] = [_("%(name)s will have left by then.") % {"name": aim.owner.name}]
    for name, key, target in (
        (LEADING, aim.leading, aim.leading_target),
        (LAGGING, aim.lagging, aim.lagging_target),
    ):
        one = indicators.get(key)
        if one is None or name not in one.kinds:
            found[name] = [_("Choose what can be measured.")]
        if not 0 < target <= 100:
            found[f"{name}_target"] = [_("Between 0 and 100.")]
        elif one is not None and one.aims and not (aims := one.aims(program))[0] <= target <= aims[1]:
            told = _("From %(low)s to %(high)s: what lies beyond is never told, so that nobody can be found out.")
            found[f"{name}_target"] = [told % {"low": aims[0], "high": aims[1]}]
    if aim.leading == aim.lagging:
        found["lagging"] = [_("Choose two different ones: one that moves first, one that shows it worked.")]
    if aim.after is not None:
        found |= _after(program, row, aim)
    if found:
        raise ValidationError(found)


def _after(program: Program, row: Milestone, aim: Aim) -> dict[str, list[str]]:
    assert aim.after is not None
    rows = {one.pk: one for one in program.milestones.all()}
    if aim.after.pk not in rows:
        return {"after": [_("Choose a milestone of this program.")]}
    before = {pk: one.after_id for pk, one in rows.items()}  # type: ignore[attr-defined]
    if row.pk:
        before[row.pk] = aim.after.pk
        if ring := rules.circle(row.pk, before):
            names = " → ".join(f"“{rows[pk].title}”" for pk in [*ring, ring[0]])
            return {
                "after": [_("That is a circle, so none of them could ever be reached: %(names)s.") % {"names": names}]
            }
    if aim.after.due_on > aim.due_on:
        values = {"title": aim.after.title, "day": rules.day(aim.after.due_on)}
        return {"due_on": [_("“%(title)s”, which comes before, is due later: %(day)s.") % values]}
    return {}


@transaction.atomic
def reach(*, by: Employee, milestone: Milestone, today: dt.date) -> Milestone:
    """Decide that it is reached; only while both indicators are met. What they said is kept with it."""
    row = Milestone.objects.select_for_update().select_related("program").get(pk=milestone.pk)
    _alive(row.program)
    if row.reached_on:
        raise ValidationError(_("It is reached and stays as it is."))
    if row.program.state == Program.State.DRAFT:
        raise ValidationError(_("The program has not been launched."))
    if row.after is not None and row.after.reached_on is None:
        raise ValidationError(_("First “%(title)s” must be reached.") % {"title": row.after.title})
    readings = {kind: indicators.read(key, row.program, today) for kind, key in _keys(row)}
    targets = {LEADING: row.leading_target, LAGGING: row.lagging_target}
    missing = [kind for kind, reading in readings.items() if not indicators.met(reading, targets[kind])]
    if missing:
        names = ", ".join(
            str(one.label) for kind, key in _keys(row) if kind in missing and (one := indicators.get(key))
        )
        raise ValidationError(
            _("Both indicators must be met: not what was done alone, nor what changed alone. Missing: %(names)s.")
            % {"names": names}
        )
    row.reached_on = today
    row.readings = {
        kind: {"value": round(r.value or 0, 1), "words": r.words, "on": (r.on or today).isoformat()}
        for kind, r in readings.items()
    }
    row.save(update_fields=["reached_on", "readings"])
    audit.record(by, "reached milestone", row.program, milestone=row.pk)
    return row


def _keys(row: Milestone) -> Sequence[tuple[str, str]]:
    return ((LEADING, row.leading), (LAGGING, row.lagging))


def _alive(program: Program) -> None:
    if program.state == Program.State.FINISHED:
        raise ValidationError(_("The program is finished: what it planned stays as it was."))


@transaction.atomic
def remove(*, by: Employee, row: Milestone | Risk | Duty) -> None:
    """What was planned by mistake goes; what was reached, closed or done stays."""
    _alive(row.program)
    if getattr(row, "reached_on", None) or getattr(row, "closed_on", None) or getattr(row, "done_on", None):
        raise ValidationError(_("It has ended and stays as it is."))
    audit.record(by, "removed from plan", row.program, kind=row._meta.model_name, row=row.pk)
    row.delete()


@transaction.atomic
def save_risk(*, by: Employee, program: Program, risk: Risk | None = None, today: dt.date, **fields: Any) -> Risk:
    """``fields``: what, likelihood, impact, owner, answer, review_on. Raises ``ValidationError`` by field."""
    _alive(program)
    row = risk or Risk(program=program)
    if row.closed_on:
        raise ValidationError(_("It has ended and stays as it is."))
    found: dict[str, list[str]] = {}
    if fields["review_on"] < today and fields["review_on"] != row.review_on:
        found["review_on"] = [_("This day is past: choose today or a later one.")]
    elif fields["review_on"] > program.ends_on:
        found["review_on"] = [
            _("The program ends on %(day)s: look at it before.") % {"day": rules.day(program.ends_on)}
        ]
    if fields["owner"].left_on and fields["owner"].left_on < fields["review_on"]:
        found["owner"] = [_("%(name)s will have left by then.") % {"name": fields["owner"].name}]
    if found:
        raise ValidationError(found)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    audit.record(by, "planned risk", program, risk=row.pk)
    return row


@transaction.atomic
def save_duty(*, by: Employee, program: Program, duty: Duty | None = None, today: dt.date, **fields: Any) -> Duty:
    """``fields``: what, sponsor, due_on. Raises ``ValidationError`` by field."""
    _alive(program)
    row = duty or Duty(program=program)
    if row.done_on:
        raise ValidationError(_("It has ended and stays as it is."))
    found: dict[str, list[str]] = {}
    if fields["due_on"] < today and fields["due_on"] != row.due_on:
        found["due_on"] = [_("This day is past: choose today or a later one.")]
    elif fields["due_on"] > program.ends_on:
        found["due_on"] = [_("The program ends on %(day)s: choose a day before.") % {"day": rules.day(program.ends_on)}]
    if fields["sponsor"].left_on and fields["sponsor"].left_on < fields["due_on"]:
        found["sponsor"] = [_("%(name)s will have left by then.") % {"name": fields["sponsor"].name}]
    if found:
        raise ValidationError(found)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    audit.record(by, "planned duty", program, duty=row.pk)
    return row


@transaction.atomic
def tick_off(*, by: Employee, row: Risk | Duty, today: dt.date) -> None:
    """A risk is gone, a duty done; for good."""
    _alive(row.program)
    name = "closed_on" if isinstance(row, Risk) else "done_on"
    if not type(row)._default_manager.filter(pk=row.pk, **{name: None}).update(**{name: today}):
        raise ValidationError(_("It has ended and stays as it is."))
    audit.record(by, "ended in plan", row.program, kind=row._meta.model_name, row=row.pk)
