"""Which attitudes show a requirement to others, so that *can* and *keep* may rest on what was seen.

The suggestion follows the framework's own words: requirements of how somebody feels, or of his surroundings, are shown
by none. Where the framework (its page of a behaviour) names a requirement among what comes before an attitude, that
attitude is suggested instead. HR decides otherwise, requirement by requirement, on the page "What shows a requirement".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction

from culture.access import audit
from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee
from programs.training.observation_models import ShownBy

CATALOGUE = {
    "W1": ("A1",),
    "W2": ("A2", "A5"),
    "W3": ("A1",),
    "W5": ("A7",),
    "W9": ("A4",),
    "K1": ("A3",),
    "K2": ("A6",),
    "K3": ("A8",),
    "C1": ("A8",),
    "C5": ("A5",),
}


@dataclass(frozen=True)
class Row:
    """A requirement, the attitudes that show it now, and those that would if HR had not said otherwise."""

    requirement: Requirement
    shown: tuple[Behaviour, ...]
    suggested: tuple[Behaviour, ...]

    @property
    def decided(self) -> bool:
        return self.shown != self.suggested


def attitudes() -> list[Behaviour]:
    return list(Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE))


def suggested(known: Collection[Behaviour]) -> dict[str, tuple[Behaviour, ...]]:
    """By code of the requirement; ``known``: the active attitudes."""
    by_code = {one.code: one for one in known}
    found = {code: tuple(by_code[a] for a in some if a in by_code) for code, some in CATALOGUE.items()}
    named: dict[str, list[Behaviour]] = defaultdict(list)
    for one in known:
        for code in one.prerequisites:
            named[code].append(one)
    return {**found, **{code: tuple(some) for code, some in named.items()}}


def decided(known: Collection[Behaviour]) -> dict[str, tuple[Behaviour, ...]]:
    """What HR has said, by code; empty: shown by none."""
    chosen: dict[str, set[int]] = defaultdict(set)
    for code, behaviour in ShownBy.objects.order_by().values_list("requirement__code", "behaviours"):
        chosen[code] |= {behaviour} if behaviour else set()
    return {code: tuple(one for one in known if one.pk in pks) for code, pks in chosen.items()}


def shown_by() -> dict[str, tuple[Behaviour, ...]]:
    """The active attitudes that show each requirement, by its code. Two queries."""
    known = attitudes()
    return {**suggested(known), **decided(known)}


def rows() -> list[Row]:
    """Every active requirement, in the framework's order."""
    known = attitudes()
    before, now = suggested(known), decided(known)
    return [
        Row(one, now.get(one.code, before.get(one.code, ())), before.get(one.code, ()))
        for one in Requirement.objects.active()
    ]


@transaction.atomic
def decide(*, by: Employee, wanted: Mapping[str, Collection[int]]) -> int:
    """``wanted``: ids of attitudes by code of the requirement; what equals the suggestion is not kept, so that it
    follows the framework. Returns how many requirements changed."""
    changed = []
    for row in rows():
        code = row.requirement.code
        if code not in wanted or set(wanted[code]) == {one.pk for one in row.shown}:
            continue
        changed.append(code)
        if set(wanted[code]) == {one.pk for one in row.suggested}:
            ShownBy.objects.filter(requirement=row.requirement).delete()
            continue
        kept, _new = ShownBy.objects.get_or_create(requirement=row.requirement)
        kept.behaviours.set(wanted[code])
    if changed:
        audit.record(by, "set what shows requirements", "training", codes=", ".join(changed))
    return len(changed)
