"""The released waves of a series, for comparing: read through this one place. No sealed rows, released cells only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, JSONField
from django.db.models.fields.json import KeyTransform

from surveys.results import changes, meaning
from surveys.results.groups import Group
from surveys.results.insight import trends
from surveys.results.models import CellGroup
from surveys.waves.models import Series, Wave

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


def waves_of(series: Series | int, until: int, most: int = 12, key: str = "") -> list[trends.Wave]:
    """The last ``most`` released waves of a series up to number ``until``, oldest first. Two queries.

    ``key``: of that one measure only; a page that shows one need not read them all.
    """
    waves = Wave.objects.filter(series=series, number__lte=until, state=Wave.State.RELEASED)
    return _read(list(waves.order_by("-number")[:most])[::-1], key=key)


def _read(waves: list[Wave], families: Sequence[str] = (meaning.TREE,), key: str = "") -> list[trends.Wave]:
    # What was replaced by a correction is not compared with.
    rows = CellGroup.objects.filter(release__wave__in=waves, release__replaced_at=None)
    if families:
        rows = rows.filter(family__in=families)
    cells = KeyTransform(key, "cells", output_field=JSONField()) if key else F("cells")
    columns = ("release__wave_id", "family", "unit", "other", "cut", "parent", "depth", "read")
    groups: dict[int, list[Group]] = {wave.pk: [] for wave in waves}
    for wave_id, family, unit, other, cut, parent, depth, found in (
        rows.annotate(read=cells).order_by("pk").values_list(*columns).iterator(chunk_size=500)
    ):
        of = {key: found} if key else found
        told = {name: {part: cell[part] for part in PARTS if part in cell} for name, cell in of.items() if cell}
        groups[wave_id].append(Group(family, unit, "", other=other, parent=parent, depth=depth, cut=cut, cells=told))
    return [changes.wave_of(wave.snapshot, groups[wave.pk], number=wave.number, about=wave) for wave in waves]


def above(group: CellGroup, key: str, seen: set[int] | None) -> CellGroup | None:
    """The nearest group above ``group`` whose cell ``key`` is shown and which may be seen.

    ``seen``: groups the reader may see (None: all); the row of the whole organisation everybody may. Two queries.
    """
    rows = CellGroup.objects.filter(release_id=group.release_id, family=meaning.TREE)
    parents = dict(rows.values_list("unit", "parent"))
    ancestors: list[int] = []
    at = parents.get(group.unit)
    while at is not None and at not in ancestors:
        ancestors.append(at)
        at = parents.get(at)
    found = {row.unit: row for row in rows.filter(unit__in=ancestors)}
    for unit in ancestors:
        may = seen is None or unit in seen or parents.get(unit) is None
        if may and unit in found and (found[unit].cells.get(key) or {}).get("shown"):
            return found[unit]
    return None
