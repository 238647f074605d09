"""The released waves of a series, for comparing: read through this one place. No sealed rows, released cells only."""

from __future__ import annotations

from surveys.results import meaning
from surveys.results.insight import trends
from surveys.results.models import CellGroup
from surveys.waves.models import Series, Wave


def before(wave: Wave) -> trends.Wave | None:
    """The released wave before ``wave`` in its series; None where it is the first."""
    earlier = Wave.objects.filter(series_id=wave.series_id, number__lt=wave.number, state=Wave.State.RELEASED)
    last = earlier.order_by("-number").first()
    return None if last is None else _read([last])[0]


def waves_of(series: Series | int, until: int, most: int = 12) -> list[trends.Wave]:
    """The last ``most`` released waves of a series up to number ``until``, oldest first. Two queries."""
    waves = Wave.objects.filter(series=series, number__lte=until, state=Wave.State.RELEASED)
    return _read(list(waves.order_by("-number")[:most])[::-1])


def _read(waves: list[Wave]) -> list[trends.Wave]:
    groups: dict[int, list[CellGroup]] = {wave.pk: [] for wave in waves}
    rows = CellGroup.objects.filter(release__wave__in=waves, family=meaning.TREE).defer("comments")
    # A correction comes after what it corrects and stands in its place.
    newest: dict[tuple[int, int], CellGroup] = {}
    for row in rows.select_related("release").order_by("release_id", "pk"):
        newest[row.release.wave_id, row.unit] = row
    for (wave_id, _unit), row in newest.items():
        groups[wave_id].append(row)
    return [meaning.wave_of(wave.snapshot, groups[wave.pk], number=wave.number, about=wave) for wave in waves]


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
    found = {row.unit: row for row in rows.filter(unit__in=ancestors).defer("comments")}
    for unit in ancestors:
        may = seen is None or unit in seen or parents.get(unit) is None
        if may and unit in found and (found[unit].cells.get(key) or {}).get("shown"):
            return found[unit]
    return None
