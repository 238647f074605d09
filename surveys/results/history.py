"""The released waves of a series, for comparing: read through this one place. No sealed rows, released cells only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import JSONField, Q
from django.db.models.fields.json import KeyTransform

from surveys.results import changes, meaning
from surveys.results.groups import Group
from surveys.results.insight import trends
from surveys.results.models import CellGroup
from surveys.waves.models import Wave

# What comparing takes of a cell; the rest of a large wave need not lie in memory.
PARTS = ("shown", "index", "low", "high", "n", "why", "band")


def before(wave: Wave) -> trends.Wave | None:
    """The released wave before ``wave`` in its series, with all its groups; None where it is the first."""
    last = _earlier(wave).order_by("-number").first()
    return None if last is None else _read([last], families=())[0]


def first(wave: Wave) -> trends.Wave | None:
    """The first released wave of the series; None where that is this one or the one before it."""
    known = list(_earlier(wave).order_by("number")[:2])
    return _read(known[:1])[0] if len(known) == 2 else None


def _earlier(wave: Wave) -> Any:
    return Wave.objects.filter(series_id=wave.series_id, number__lt=wave.number, state=Wave.State.RELEASED)


def course(waves: Sequence[Wave], key: str, unit: int, way: str) -> list[trends.Wave]:
    """``waves``, oldest first, with what :func:`trends.trend` takes of one measure of ``unit``. Two queries or three.

    The group of a large wave is one of thousands: first the group itself is read, and the parts it is made of only
    where they are wanted and the group alone does not answer.
    """
    known = frozen(waves)
    bare = [known[wave.pk] for wave in waves]
    if not bare:
        return []
    target = trends.target(bare[-1], unit)
    wanted = {unit} if way == trends.WAS else set[int]()
    asked = {wave.pk: wanted | {at for at, units in one.units.items() if units == target}
             for wave, one in zip(waves, bare, strict=True)}  # fmt: skip
    found = _cells(asked, key)
    if way != trends.WAS and not all(
        _whole(one, target, found[wave.pk], key) for wave, one in zip(waves, bare, strict=True)
    ):
        asked = {wave.pk: {at for at, units in one.units.items() if units and units <= target}
                 for wave, one in zip(waves, bare, strict=True)}  # fmt: skip
        found = _cells(asked, key)
    return [replace(one, cells=found[wave.pk], about=wave) for wave, one in zip(waves, bare, strict=True)]


def _whole(wave: trends.Wave, target: frozenset[int], cells: Mapping[int, Any], key: str) -> bool:
    """Whether one shown group is made of exactly these units."""
    return any(wave.units[at] == target and trends.scored(cell.get(key)) for at, cell in cells.items())


def _cells(asked: Mapping[int, Collection[int]], key: str) -> dict[int, dict[int, dict[str, Any]]]:
    """By wave and group of the tree: one measure, as far as comparing takes it. One query."""
    found: dict[int, dict[int, dict[str, Any]]] = {wave: {} for wave in asked}
    among = Q(pk__in=[])
    for wave, units in asked.items():
        among |= Q(release__wave=wave, unit__in=list(units))
    rows = CellGroup.objects.filter(among, family=meaning.TREE, release__replaced_at=None)
    cell = KeyTransform(key, "cells", output_field=JSONField())
    for wave, unit, told in rows.annotate(read=cell).values_list("release__wave_id", "unit", "read"):
        found[wave][unit] = {key: told} if told else {}
    return found


_KEPT: OrderedDict[tuple[int, Any], trends.Wave] = OrderedDict()
MOST_KEPT = 24


def frozen(waves: Sequence[Wave]) -> dict[int, trends.Wave]:
    """What each wave froze when it opened, without cells: out of a snapshot of 5,000 units it takes 100 ms to read.

    Kept in the process: it never changes. At most one query.
    """
    missing = [wave.pk for wave in waves if (wave.pk, wave.opened_at) not in _KEPT]
    parts = ("units", "blocks", "items", "cuts")
    rows = Wave.objects.filter(pk__in=missing).values_list("pk", *(f"snapshot__{part}" for part in parts))
    read = {pk: dict(zip(parts, found, strict=True)) for pk, *found in rows} if missing else {}
    found: dict[int, trends.Wave] = {}
    for wave in waves:
        mark = (wave.pk, wave.opened_at)
        one = changes.wave_of(read[wave.pk], [], number=wave.number) if wave.pk in read else _KEPT[mark]
        found[wave.pk] = _KEPT[mark] = one
    while len(_KEPT) > MOST_KEPT:
        _KEPT.popitem(last=False)
    return found


def _read(waves: list[Wave], families: Sequence[str] = (meaning.TREE,)) -> list[trends.Wave]:
    # What was replaced by a correction is not compared with.
    rows = CellGroup.objects.filter(release__wave__in=waves, release__replaced_at=None)
    if families:
        rows = rows.filter(family__in=families)
    columns = ("release__wave_id", "family", "unit", "other", "cut", "parent", "depth", "cells")
    groups: dict[int, list[Group]] = {wave.pk: [] for wave in waves}
    for wave_id, family, unit, other, cut, parent, depth, cells in (
        rows.order_by("pk").values_list(*columns).iterator(chunk_size=500)
    ):
        told = {name: {part: cell[part] for part in PARTS if part in cell} for name, cell in cells.items() if cell}
        groups[wave_id].append(Group(family, unit, "", other=other, parent=parent, depth=depth, cut=cut, cells=told))
    return [changes.wave_of(wave.snapshot, groups[wave.pk], number=wave.number, about=wave) for wave in waves]
