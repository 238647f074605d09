"""Paths of a file that name a unit as it was once called, or where it once lay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from culture.people.models import Unit, UnitState
from culture.people.rows import SEPARATOR


def successors(paths: Iterable[str]) -> dict[str, str]:
    """For each path nobody has today but a unit had once: the path of that unit, or of the one it was merged into.

    A path whose end is new, but not its beginning (a new branch of a renamed unit), leads to the end under the new
    beginning. What could be two units is left out: then nobody can say which.
    """
    paths = list(paths)
    if not paths:
        return {}
    here = {unit.pk: unit for unit in Unit.objects.all()}
    below: dict[tuple[int | None, str], set[int]] = defaultdict(set)
    for unit, name, parent in UnitState.objects.values_list("unit_id", "name", "parent_id").order_by():
        below[parent, name].add(unit)
    found = {path: to for path in paths if (to := _follow(path, below, here))}
    return {path: to for path, to in found.items() if to != path}


def _follow(path: str, below: dict[tuple[int | None, str], set[int]], here: dict[int, Unit]) -> str:
    """Today's path of what ``path`` once led to; '' when its beginning leads nowhere, or to two."""
    levels = path.split(SEPARATOR)
    at: set[int | None] = {None}
    for depth, name in enumerate(levels):
        following: set[int | None] = {child for parent in at for child in below.get((parent, name), ())}
        if not following:
            levels = levels[depth:]
            break
        at = following
    else:
        levels = []
    targets = {open_.path for pk in at if pk is not None and (open_ := _open(here.get(pk), here))}
    return SEPARATOR.join([targets.pop(), *levels]) if len(targets) == 1 else ""


def _open(unit: Unit | None, here: dict[int, Unit]) -> Unit | None:
    """The unit, or the open one it was merged into."""
    while unit is not None and unit.until is not None:
        unit = here.get(unit.merged_into_id or 0)
    return unit
