"""Noting behaviour seen, withdrawing a slip, and how often a behaviour must be seen."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.training.observation_models import Observation, SightingRule
from programs.training.slots import Needed, Sighting

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


class Rules:
    """Every rule there is and was: what is needed now, and what was needed when something was noted."""

    def __init__(self, rows: Iterable[SightingRule]) -> None:
        self._rows: dict[int | None, list[SightingRule]] = defaultdict(list)
        for row in rows:
            self._rows[row.behaviour_id].append(row)  # type: ignore[attr-defined]

    def now(self, behaviour: int | None) -> Needed:
        return next((one.needed for one in self._of(behaviour) if one.ended_at is None), Needed())

    def at(self, behaviour: int | None, moment: dt.datetime) -> Needed:
        for one in self._of(behaviour):
            if one.since <= moment and (one.ended_at is None or moment < one.ended_at):
                return one.needed
        return Needed()

    def sighting(self, note: Observation) -> Sighting:
        """What was noted, with the rule it was noted under."""
        return note.sighting(self.at(note.behaviour_id, note.at))  # type: ignore[attr-defined]

    def _of(self, behaviour: int | None) -> list[SightingRule]:
        """The behaviour's own ones before those for all."""
        return [*(self._rows.get(behaviour, ()) if behaviour else ()), *self._rows.get(None, ())]

    @property
    def in_force(self) -> dict[int | None, Needed]:
        rows = {key: one for key, some in self._rows.items() for one in some if one.ended_at is None}
        return {None: Needed(), **{key: one.needed for key, one in rows.items()}}


def history() -> Rules:
    """One query."""
    return Rules(SightingRule.objects.all())


def rules() -> dict[int | None, Needed]:
    """What is needed now, by behaviour id; under None for all others."""
    return history().in_force


@transaction.atomic
def set_rules(*, by: Employee, needed: Mapping[int | None, Needed | None], now: dt.datetime | None = None) -> None:
    """Replace the rules of these behaviours (None as value: as for the others). What was granted stays granted."""
    now = now or timezone.now()
    open_ones = SightingRule.objects.select_for_update().filter(ended_at__isnull=True)
    known = {row.behaviour_id: row for row in open_ones}  # type: ignore[attr-defined]
    changed = 0
    for behaviour, wanted in needed.items():
        row = known.get(behaviour)
        if (row and row.needed) == wanted:
            continue
        if row is not None:
            row.ended_at = max(now, row.since)
            row.save(update_fields=["ended_at"])
        if wanted is not None:
            SightingRule.objects.create(behaviour_id=behaviour, since=now, **vars(wanted))
        changed += 1
    if changed:
        audit.record(by, "set sighting rules", "training", changed=changed)
