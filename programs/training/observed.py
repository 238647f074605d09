"""Reads: which behaviours are expected of somebody, what was seen of them, what he can."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from culture.framework import profiles
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.training import facts, observing, slots
from programs.training.observation_models import Observation
from programs.training.path_models import Attained
from programs.training.slots import Needed, Shown


@dataclass(frozen=True)
class Behaving:
    """One behaviour of one person: what was seen, whether it is enough, and every note of it, the newest first."""

    behaviour: Behaviour
    needed: Needed
    shown: Shown
    notes: list[Observation]

    @property
    def granted(self) -> bool:
        return self.shown.granted_on is not None


def of_person(employee: Employee, today: dt.date) -> list[Behaving]:
    """The attitudes expected of ``employee`` by his profile (all of them while there is none), then others seen."""
    expected = [
        one.entry
        for one in profiles.for_employee(employee).behaviours
        if isinstance(one.entry, Behaviour) and one.entry.kind == Behaviour.Kind.ATTITUDE
    ]
    if not expected:
        expected = list(Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE))
    notes: dict[int, list[Observation]] = defaultdict(list)
    for row in Observation.objects.filter(employee=employee).select_related("observer", "behaviour"):
        notes[row.behaviour_id].append(row)  # type: ignore[attr-defined]
    granted: dict[int, list[dt.date]] = defaultdict(list)
    attained = list(_attained([employee.pk], today).select_related("behaviour"))
    for one in attained:
        granted[one.behaviour_id].append(one.done_on)
    known = {behaviour.pk for behaviour in expected}
    others = {row.behaviour.pk: row.behaviour for rows in notes.values() for row in rows}
    others |= {one.behaviour_id: one.behaviour for one in attained}
    rules = observing.history()
    return [
        _behaving(behaviour, notes[behaviour.pk], granted[behaviour.pk], rules, today)
        for behaviour in [*expected, *(b for pk, b in others.items() if pk not in known)]
    ]


def _attained(people: list[int], today: dt.date) -> QuerySet[Any]:
    """Behaviours granted on a path or by hand, and not revoked."""
    rows = Attained.objects.filter(employee__in=people, kind=Attained.Kind.OBSERVATION)
    return facts.counted(rows, today)


def _behaving(
    behaviour: Behaviour, notes: list[Observation], granted: list[dt.date], rules: observing.Rules, today: dt.date
) -> Behaving:
    needed = rules.now(behaviour.pk)
    valid = [rules.sighting(note) for note in notes if note.withdrawn_at is None]
    return Behaving(behaviour, needed, slots.shown(valid, needed, today, granted), notes)


def granted_counts(people: Iterable[Employee], today: dt.date) -> dict[int, int]:
    """How many behaviours each of ``people`` has shown often enough. Three queries."""
    rules, pks = observing.history(), [one.pk for one in people]
    seen: dict[tuple[int, int], list[slots.Sighting]] = defaultdict(list)
    rows = Observation.objects.filter(employee__in=pks, withdrawn_at=None).order_by()
    for row in rows:
        seen[row.employee_id, row.behaviour_id].append(rules.sighting(row))  # type: ignore[attr-defined]
    granted: dict[tuple[int, int], list[dt.date]] = defaultdict(list)
    for one in _attained(pks, today):
        granted[one.employee_id, one.behaviour_id].append(one.done_on)
    found: dict[int, int] = defaultdict(int)
    for key in seen.keys() | granted.keys():
        told = slots.shown(seen.get(key, ()), rules.now(key[1]), today, granted.get(key, ()))
        found[key[0]] += told.granted_on is not None
    return found
