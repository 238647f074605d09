"""Reads: which behaviours are expected of somebody, what was seen of them, what he can."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from culture.framework import profiles
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.training import observing, slots
from programs.training.observation_models import Observation
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
    known = {behaviour.pk for behaviour in expected}
    others = {row.behaviour.pk: row.behaviour for rows in notes.values() for row in rows}
    rules = observing.rules()
    return [
        _behaving(behaviour, notes[behaviour.pk], rules.get(behaviour.pk, rules[None]), today)
        for behaviour in [*expected, *(b for pk, b in others.items() if pk not in known)]
    ]


def _behaving(behaviour: Behaviour, notes: list[Observation], needed: Needed, today: dt.date) -> Behaving:
    valid = [note.sighting for note in notes if note.withdrawn_at is None]
    return Behaving(behaviour, needed, slots.shown(valid, needed, today), notes)


def granted_counts(people: Iterable[Employee], today: dt.date) -> dict[int, int]:
    """How many behaviours each of ``people`` has shown often enough. Two queries."""
    rules = observing.rules()
    seen: dict[tuple[int, int], list[slots.Sighting]] = defaultdict(list)
    rows = Observation.objects.filter(employee__in=list(people), withdrawn_at=None).order_by()
    for row in rows:
        seen[row.employee_id, row.behaviour_id].append(row.sighting)  # type: ignore[attr-defined]
    found: dict[int, int] = defaultdict(int)
    for (employee, behaviour), sightings in seen.items():
        needed = rules.get(behaviour, rules[None])
        found[employee] += slots.shown(sightings, needed, today).granted_on is not None
    return found
