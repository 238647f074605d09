"""What a correction means for the waves after: a change since a withdrawn number would tell that number.

A released change says by how much a score moved since an earlier wave, so that wave's score is this one's less the
change. Where the earlier number is withdrawn, the later waves get a correction of their own without the change, with
the same reason; their numbers stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.results import changes, comment_release
from surveys.results.groups import Group
from surveys.results.models import CellGroup, Release
from surveys.results.releasing import write_groups
from surveys.waves.models import Wave

Identity = tuple[Any, ...]


@dataclass(frozen=True)
class Withdrawn:
    """Numbers of ``wave`` that are shown no more, as (what a group is known by from wave to wave, measure)."""

    wave: int
    cells: Collection[tuple[Identity, str]] = field(default_factory=frozenset)

    def touches(self, group: Identity, measure: str, since: object) -> bool:
        return since == self.wave and (group, measure) in self.cells


def withdrawn(wave: Wave, before: Collection[Group], after: Collection[Group]) -> Withdrawn:
    """What ``after`` shows no more of ``before``, group by group in the same order."""
    names = category_names(wave)
    gone = {
        (changes.identity(old, names), key)
        for old, new in zip(before, after, strict=True)
        for key, cell in old.cells.items()
        if cell.get("shown") and not new.cells[key].get("shown")
    }
    return Withdrawn(wave.number, frozenset(gone))


def category_names(wave: Wave) -> dict[int, str]:
    """Category id → name, of the cuts frozen with a wave."""
    cuts = Wave.objects.filter(pk=wave.pk).values_list("snapshot__cuts", flat=True).first()
    return changes.category_names({"cuts": cuts or []})


def again(old: Release, *, why: str, told: list[dict[str, Any]], now: dt.datetime) -> Release:
    """The wave's next release in the place of ``old``, without its groups and comments yet."""
    Release.objects.filter(pk=old.pk).update(replaced_at=now)
    return Release.objects.create(
        wave=old.wave,
        number=old.number + 1,
        formula_version=old.formula_version,
        instrument=old.instrument,
        rules=old.rules,
        rules_hash=old.rules_hash,
        why=why,
        changes=told,
    )


def follow(wave: Wave, gone: Withdrawn, *, why: str, now: dt.datetime) -> list[tuple[int, int]]:
    """Correct the later waves of the series; [(wave's number, changes withdrawn)]. Within a transaction."""
    if not gone.cells:
        return []
    later = Wave.objects.filter(
        series_id=wave.series_id,  # type: ignore[attr-defined]
        number__gt=wave.number,
        state=Wave.State.RELEASED,
    )
    found = []
    for one in later.defer("snapshot").order_by("number"):
        if n := _without(one, gone, why=why, now=now):
            found.append((one.number, n))
    return found


def _without(wave: Wave, gone: Withdrawn, *, why: str, now: dt.datetime) -> int:
    old = Release.objects.select_for_update().filter(wave=wave, replaced_at=None).first()
    if old is None:
        return 0
    names, told, groups = category_names(wave), [], []
    for row in CellGroup.objects.filter(release=old).order_by("pk").iterator():
        who = changes.identity(row, names)
        cells = {key: _unmoved(cell, who, key, gone) for key, cell in row.cells.items()}
        told += [
            {"what": "change withdrawn", "group": row.name, "measure": key}
            for key in cells
            if cells[key] != row.cells[key]
        ]
        groups.append(Group(row.family, row.unit, row.name, row.other, row.parent, row.depth, row.cut, cells))
    if told:
        made = again(old, why=why, told=told, now=now)
        write_groups(made, groups)
        comment_release.write_corrected(made, old, (), set())
    return len(told)


def _unmoved(cell: Mapping[str, Any], who: Identity, key: str, gone: Withdrawn) -> dict[str, Any]:
    moved = cell.get("change")
    if not moved:
        return dict(cell)
    if gone.touches(who, key, moved.get("since")):
        return {name: value for name, value in cell.items() if name != "change"}
    if gone.touches(who, key, (moved.get("first") or {}).get("since")):
        return {**cell, "change": {name: value for name, value in moved.items() if name != "first"}}
    return dict(cell)
