"""Planning what a unit does about its results, changing it while it is open, ending it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from culture.access import audit
from culture.framework.models import Requirement
from culture.people import asof
from culture.people.models import Employee, Unit
from programs.planning.action_models import Action
from programs.planning.models import Enrolment, Program
from surveys.waves.models import Wave

FURTHEST = dt.timedelta(days=3 * 366)
SOON = dt.timedelta(days=14)


@dataclass(frozen=True)
class Plan:
    """What is to be done; ``promised_to`` makes it a promise."""

    unit: Unit
    what: str
    owner: Employee
    due_on: dt.date
    promised_to: Unit | None = None
    wave: Wave | None = None
    requirement: Requirement | None = None


@transaction.atomic
def plan(*, by: Employee, plan: Plan, today: dt.date) -> Action:
    """A new action or promise. Raises ``ValidationError`` by field."""
    _refuse(plan, today)
    action = Action.objects.create(created_by=by, created_on=today, **vars(plan))
    audit.record(by, "planned action", plan.unit, action=action.pk, due_on=plan.due_on)
    return action


@transaction.atomic
def change(*, by: Employee, action: Action, plan: Plan, today: dt.date) -> Action:
    """Another wording, owner or day, while it is open. A promise stays one, to the same unit, whatever became of it."""
    here = _open(action)
    kept = here.promised_to
    if plan.promised_to not in (kept, became(kept)):
        raise ValidationError({"promised_to": [_("A promise stays with whom it was made: end it and plan another.")]})
    # What was promised to the unit into which one's own was merged stays the promise of that one.
    unit = here.unit if kept is not None and plan.unit == kept == became(here.unit) else plan.unit
    plan = replace(plan, unit=unit, promised_to=kept)
    # A day that is past already may stay: whoever only gives it to somebody else need not move it.
    _refuse(plan, min(today, here.due_on))
    before = here.due_on
    for key, value in vars(plan).items():
        setattr(here, key, value)
    here.save()
    audit.record(by, "changed action", plan.unit, action=here.pk, due_on=plan.due_on, before=before)
    return here


@transaction.atomic
def end(*, by: Employee, action: Action, done: bool, outcome: str, today: dt.date) -> Action:
    """Done, or dropped with a reason; for good."""
    here = _open(action)
    if not done and not outcome.strip():
        raise ValidationError({"outcome": [_("Say why it is dropped: whoever counted on it reads it.")]})
    here.state = Action.State.DONE if done else Action.State.DROPPED
    here.ended_on, here.outcome = today, outcome.strip()
    here.save(update_fields=["state", "ended_on", "outcome"])
    audit.record(by, "ended action", here.unit, action=here.pk, state=here.state)
    return here


def _open(action: Action) -> Action:
    here = Action.objects.select_for_update().get(pk=action.pk)
    if here.state != Action.State.OPEN:
        raise ValidationError(_("It has ended and stays as it is: plan another."))
    return here


def _refuse(plan: Plan, earliest: dt.date) -> None:
    found: dict[str, list[str]] = {}
    if not plan.what.strip():
        found["what"] = [_("Say what will be done.")]
    if plan.due_on < earliest:
        found["due_on"] = [_("This day is past: choose today or a later one.")]
    elif plan.due_on > earliest + FURTHEST:
        found["due_on"] = [_("Within three years: what takes longer is a program.")]
    if plan.promised_to is not None and plan.promised_to == plan.unit:
        found["promised_to"] = [_("A promise is made to another unit; leave this empty for the unit's own plan.")]
    if plan.owner.left_on is not None and plan.owner.left_on < plan.due_on:
        found["owner"] = [_("%(name)s will have left by then.") % {"name": plan.owner.name}]
    if plan.wave is not None and plan.wave.state != Wave.State.RELEASED:
        found["wave"] = [_("Only released results can be answered.")]
    if found:
        raise ValidationError(found)


def of_units(units: QuerySet[Unit]) -> QuerySet[Action]:
    """What ``units`` plan, and what others promise them."""
    return Action.objects.filter(among(units, "unit", "promised_to")).select_related(
        "unit", "promised_to", "owner", "requirement", "wave__series", "created_by"
    )


def overdue(actions: QuerySet[Action], today: dt.date) -> QuerySet[Action]:
    return actions.filter(state=Action.State.OPEN, due_on__lt=today)


def of_program(program: Program, today: dt.date) -> QuerySet[Action]:
    """What the units plan in which people of the program work, and what they promise."""
    mine = Enrolment.objects.filter(program=program).on(today).order_by().values("employee__unit")
    units = Unit.objects.filter(pk__in=mine)
    return Action.objects.filter(among(units, "unit")).select_related("unit", "promised_to", "owner")


# -- units that were merged ------------------------------------------------------------------------------------------


def among(units: QuerySet[Unit], *names: str) -> Q:
    """That a field is one of ``units``, or a unit merged into one: its people are there now. No query of its own."""
    found, gone = Q(), _merged(units)
    for name in names:
        found |= Q(**{f"{name}__in": units.order_by()}) | Q(**{f"{name}__in": gone})
    return found


def merged_into(units: QuerySet[Unit]) -> list[int]:
    """The ids of the units that were merged into ``units``."""
    return list(Unit.objects.filter(pk__in=_merged(units)).order_by("pk").values_list("pk", flat=True))


# Merged unit → each unit it became on its way; ``UNION`` ends even in a loop made by hand.
MERGED = (
    "WITH RECURSIVE way(id, became) AS (SELECT id, merged_into_id FROM culture_unit WHERE merged_into_id IS NOT NULL"
    " UNION SELECT way.id, u.merged_into_id FROM way JOIN culture_unit u ON u.id = way.became"
    " WHERE u.merged_into_id IS NOT NULL) SELECT id FROM way WHERE became IN ({units})"
)


def _merged(units: QuerySet[Unit]) -> RawSQL:
    try:
        inside, values = units.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        inside, values = "SELECT NULL::bigint WHERE false", ()
    return RawSQL(MERGED.format(units=inside), values)


def became(unit: Unit | None) -> Unit | None:
    """What it is today: itself, or what it was merged into."""
    if unit is None or unit.merged_into_id is None:  # type: ignore[attr-defined]
        return unit
    return Unit.objects.get(pk=asof.successors()[unit.pk])
