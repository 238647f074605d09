"""Of which units a count may be told, when that of everybody is: so that no subtraction leaves a few people. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def totals(parents: Mapping[Key, Key | None], own: Mapping[Key, int]) -> dict[Key | None, int]:
    """Each unit with all below it; None: everybody. A unit that ``parents`` does not know lies at the top."""
    found: dict[Key | None, int] = {None: 0}
    for unit, n in own.items():
        at: Key | None = unit
        passed: set[Key | None] = set()
        while at is not None and at not in passed:
            found[at] = found.get(at, 0) + n
            passed.add(at)
            at = parents.get(at)
        found[None] += n
    return found


def shown(parents: Mapping[Key, Key | None], own: Mapping[Key, int], least: int, order: Iterable[Key]) -> set[Key]:
    """The units of which a count may stand beside that of everybody. ``own``: the people of each unit itself.

    Told units lie inside each other or apart, so whatever is worked out from them is made of what remains of a unit
    when the told ones inside it are taken off. Each such rest is nobody, or at least ``least`` people: where it would
    be a few, the unit that comes first in ``order`` (the same every day, whatever is counted) joins it untold, and
    nothing below an untold unit is told.
    """
    sizes = totals(parents, own)
    rank = {unit: at for at, unit in enumerate(order)}
    children: dict[Key | None, list[Key]] = {}
    for unit in sizes:
        if unit is not None:
            children.setdefault(parents.get(unit), []).append(unit)
    found: set[Key] = set()
    waiting: list[Key | None] = [None]
    while waiting:
        at = waiting.pop()
        told = [unit for unit in children.get(at, ()) if sizes[unit] >= least]
        rest = sizes[at] - sum(sizes[unit] for unit in told)
        if told and 0 < rest < least:
            told.remove(min(told, key=lambda unit: rank.get(unit, len(rank))))
        found.update(told)
        waiting += told
    return found
