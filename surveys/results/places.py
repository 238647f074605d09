"""One unit, or everybody, over the waves of a series, and its parts in a wave: of waves the caller has from the gate.

A unit is told of in a wave as a group of its own or, where it was too small, in the block it was merged into. Only the
groups that are wanted are read: of 5,000 units in 16 waves a few dozen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, JSONField, Q, QuerySet, When
from django.db.models.expressions import RawSQL

from culture.access import reach
from culture.access.permissions import Permission, can
from culture.people.models import Employee
from surveys.results import history, queries, sharing
from surveys.results.insight import trends
from surveys.results.models import CellGroup
from surveys.waves.models import Wave


def audience(user: Employee, unit: int) -> str | None:
    """As whom ``user`` reads the results of ``unit``: with the leaders, or as a manager there; None: not at all."""
    if not can(user, Permission.SEE_RESULTS, unit):
        return None
    mine = sharing.standing(user)
    if mine.hr or sharing.LEADERS in mine.everywhere:
        return sharing.LEADERS
    roots = mine.roots.get(sharing.LEADERS, frozenset())
    led = bool(roots) and not roots.isdisjoint(reach.above(unit).order_by().values_list("pk", flat=True))
    return sharing.LEADERS if led else sharing.MANAGERS


def course(waves: Sequence[Wave], unit: int | None) -> list[tuple[Wave, CellGroup]]:
    """The group that tells of ``unit`` (None: of everybody) in each of ``waves`` that has one, in their order.

    One query; up to three more where a wave told of the unit together with others.
    """
    rows = _tree(waves).filter(parent=None) if unit is None else _tree(waves).filter(unit=unit)
    found = {row.release.wave_id: row for row in rows}  # type: ignore[attr-defined]
    missing = [wave for wave in waves if wave.pk not in found]
    if unit is not None and missing:
        among, known = Q(pk__in=[]), history.frozen(missing)
        today = set(reach.below([unit]).order_by().values_list("pk", flat=True))
        for wave in missing:
            if (block := _block(known[wave.pk], unit, today)) is not None:
                among |= Q(release__wave=wave, unit=block)
        if among != Q(pk__in=[]):
            found |= {row.release.wave_id: row for row in _tree(missing).filter(among)}  # type: ignore[attr-defined]
    return [(wave, found[wave.pk]) for wave in waves if wave.pk in found]


def _tree(waves: Iterable[Wave]) -> QuerySet[CellGroup]:
    groups = CellGroup.objects.shown().filter(release__wave__in=[wave.pk for wave in waves], family="tree")
    return groups.select_related("release").defer("release__changes", "release__rules")


def _block(wave: trends.Wave, unit: int, today: set[int]) -> int | None:
    """The one block in which everything below ``unit`` was told of; None where the wave did not know it, or parts
    of it stand in several, or nothing of the block lies below it ``today``."""
    inside = trends.members(wave.tree, unit)
    found = [block for block in wave.blocks if not wave.units[block].isdisjoint(inside)]
    return found[0] if len(found) == 1 and not wave.units[found[0]].isdisjoint(today) else None


@dataclass(slots=True)
class Part:
    """A group below another. ``cells``: None until they are read."""

    pk: int
    unit: int
    parent: int
    depth: int
    name: str
    cells: dict[str, Any] | None = None


def outline(wave: Wave, top: CellGroup, below: set[int] | None, keys: Iterable[str]) -> list[Part]:
    """The groups one and two levels below ``top`` that who sees the units ``below`` (None: all) may see; of the first
    level with their cells of ``keys``. One query."""
    tree = CellGroup.objects.filter(release=top.release_id, family="tree")  # type: ignore[misc]
    children = tree.filter(parent=top.unit).values("unit")
    rows = tree.filter(Q(parent=top.unit) | Q(parent__in=children)).order_by("pk")
    seen = None if below is None else queries._nodes(wave, below)
    near = Case(When(parent=top.unit, then=_chosen(keys)))
    found = (Part(*row) for row in rows.values_list("pk", "unit", "parent", "depth", "name", near))
    return [_filled(part, top.unit) for part in found if seen is None or part.unit in seen]


def _filled(part: Part, top: int) -> Part:
    if part.parent == top:
        part.cells = part.cells or {}
    return part


def _chosen(keys: Iterable[str]) -> RawSQL:
    return RawSQL(CHOSEN, [list(keys)], output_field=JSONField())


def read(parts: Sequence[Part], keys: Iterable[str]) -> None:
    """Fill in the cells of ``keys``: hundreds of groups have megabytes of them. One query."""
    rows = CellGroup.objects.filter(pk__in=[part.pk for part in parts]).values_list("pk", _chosen(keys))
    found = dict(rows)
    for part in parts:
        part.cells = found.get(part.pk) or {}


# Unpacked once for all keys: each ``->`` of its own would unpack a group's cells again.
CHOSEN = (
    "SELECT jsonb_object_agg(one.key, one.value)"
    " FROM jsonb_each(surveys_cellgroup.cells) AS one WHERE one.key = ANY(%s)"
)
