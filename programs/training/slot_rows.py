"""Why, know, can, keep of many people as lines of a file and of the API. *Want* is private and in neither."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from culture.people.models import Employee
from programs.training import slots, standing_slots
from programs.training.slots import Evidence

BATCH = 500
TOLD = [slot for slot in slots.ORDER if slot not in slots.PRIVATE]
HEAD = (
    "employee_number", "name", "unit", "requirement", "dimension",
    *(name for slot in TOLD for name in (slot.value, f"{slot.value}_on", f"{slot.value}_until")), "first_missing",
)  # fmt: skip


def rows(people: QuerySet[Employee], day: dt.date) -> Iterator[list[Any]]:
    """One list for each person and requirement, in the order of ``HEAD``; a slot that is not asked is empty."""
    pks = list(people.order_by("unit__path", "sort_name", "pk").values_list("pk", flat=True))
    for first in range(0, len(pks), BATCH):
        known = Employee.objects.select_related("unit").in_bulk(pks[first : first + BATCH])
        some = [known[pk] for pk in pks[first : first + BATCH] if pk in known]
        found = standing_slots.of_people(some, day, None)
        for person in some:
            for row in found[person.pk]:
                yield _line(person, row)


def _line(person: Employee, row: standing_slots.Row) -> list[Any]:
    cells: list[Any] = []
    for slot in TOLD:
        one = row.evidence.get(slot)
        cells += [one.state, one.on, one.until] if one else ["", None, None]
    unit = person.unit.path if person.unit else ""
    requirement = row.requirement
    return [person.number, person.name, unit, requirement.code, requirement.dimension, *cells, row.barrier or ""]


def told(row: standing_slots.Row) -> dict[str, Any]:
    """A requirement of one person for the API; slots that are not asked (or not the reader's to see) are left out."""
    found = {slot.value: _evidence(one) for slot, one in row.cells if one is not None}
    return {"requirement": row.requirement.code, "barrier": row.barrier and row.barrier.value, "slots": found}


def _evidence(one: Evidence) -> dict[str, Any]:
    return {"state": one.state, "on": one.on, "until": one.until}
