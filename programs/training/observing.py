"""Noting behaviour seen, withdrawing a slip, and how often a behaviour must be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.training.observation_models import Observation, SightingRule
from programs.training.slots import Needed

# Memory is no witness: what lies longer back is not noted any more.
BACK = dt.timedelta(days=31)
# Afterwards others may have acted on it.
REGRET = dt.timedelta(hours=24)


def observe(
    *,
    by: Employee,
    employee: Employee,
    behaviour: Behaviour,
    what: Observation.What | str,
    on: dt.date,
    note: str = "",
    now: dt.datetime | None = None,
) -> Observation:
    """Note what ``by`` saw (or did not see) of ``employee`` on that day. The same note twice is one."""
    now = now or timezone.now()
    _refuse(by, employee, behaviour, on, timezone.localdate(now))
    note = " ".join(note.split())
    try:
        with transaction.atomic():
            return Observation.objects.create(
                employee=employee, observer=by, behaviour=behaviour, what=what, on=on, note=note, at=now
            )
    except IntegrityError as error:
        there = Observation.objects.filter(
            employee=employee, observer=by, behaviour=behaviour, on=on, withdrawn_at=None
        ).first()
        if there is None:
            raise
        if there.what == what and (there.note == note or not note):
            return there
        told = _("You noted “%(what)s” for this day already: withdraw that first.")
        raise ValidationError({"what": [told % {"what": there.get_what_display()}]}) from error


def _refuse(by: Employee, employee: Employee, behaviour: Behaviour, on: dt.date, today: dt.date) -> None:
    if by.pk == employee.pk:
        raise ValidationError(_("Nobody signs off his own behaviour: ask a colleague who leads or trains you."))
    if not behaviour.is_active or behaviour.kind != Behaviour.Kind.ATTITUDE:
        raise ValidationError({"behaviour": [_("This behaviour is not among those to show.")]})
    if on > today:
        raise ValidationError({"on": [_("This day is still to come.")]})
    if on < today - BACK:
        raise ValidationError({"on": [_("Note what you saw within the last %(days)d days.") % {"days": BACK.days}]})
    if employee.left_on is not None and employee.left_on < on:
        raise ValidationError({"on": [_("%(name)s had left by then.") % {"name": employee.name}]})


def withdraw(*, by: Employee, observation: Observation, now: dt.datetime | None = None) -> None:
    """Take back one's own note within a day; it stays on record as withdrawn."""
    now = now or timezone.now()
    if observation.observer_id != by.pk:  # type: ignore[attr-defined]
        raise ValidationError(_("Only who noted it may withdraw it."))
    if now - observation.at > REGRET:
        raise ValidationError(_("It can be withdrawn within 24 hours; now note what you see today."))
    Observation.objects.filter(pk=observation.pk, withdrawn_at=None).update(withdrawn_at=now)


def rules() -> dict[int | None, Needed]:
    """What is needed, by behaviour id; under None for all others."""
    found = {rule.behaviour_id: rule.needed for rule in SightingRule.objects.all()}  # type: ignore[attr-defined]
    return {None: Needed(), **found}


@transaction.atomic
def set_rules(*, by: Employee, needed: Mapping[int | None, Needed | None]) -> None:
    """Replace the rules of these behaviours (None as value: as for the others). What was granted stays granted."""
    before = rules()
    for behaviour, wanted in needed.items():
        if wanted is None:
            SightingRule.objects.filter(behaviour=behaviour).delete()
            continue
        about = {"behaviour_id": behaviour} if behaviour else {"behaviour": None}
        SightingRule.objects.update_or_create(
            **about,  # type: ignore[arg-type]
            defaults={"sightings": wanted.sightings, "observers": wanted.observers, "days": wanted.days},
        )
    changed = {str(key or "others"): str(value) for key, value in rules().items() if before.get(key) != value}
    if changed:
        audit.record(by, "set sighting rules", "training", changed=len(changed))
