"""A unit's score over the waves: as it was, as it is now, or over what stayed the same. From released cells only."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.instruments import comparing
from surveys.results.insight.change import half_width

Cell = Mapping[str, Any]
Items = Sequence[Mapping[str, Any]]
WAS, NOW, COMMON = "was", "now", "common"
WAYS = (WAS, NOW, COMMON)


@dataclass(frozen=True)
class Wave:
    """One released wave. ``units``: of each reported group, the organisation's units in it; ``cells``: by group.

    ``crossing``: of the groups that cross the tree, by what each is known by (see changes.identity).

    ``tree``: unit → parent, as the wave froze it; ``items``: what was asked. ``blocks``: the lowest groups; ``top``:
    the group of everybody.
    """

    number: int
    units: Mapping[int, frozenset[int]]
    cells: Mapping[int, Mapping[str, Cell]]
    tree: Mapping[int, int | None]
    items: Items = ()
    about: Any = None
    blocks: frozenset[int] = frozenset()
    top: int | None = None
    crossing: Mapping[Hashable, Mapping[str, Cell]] = field(default_factory=dict)


@dataclass(frozen=True)
class Point:
    """A wave's score of the unit: index with its interval, or None where nothing can be told (``why``).

    ``changed``: the question (or one of the index's questions) was *wording* or *scale* changed since the wave before.
    ``same``: whether the group is made of the same units as in the last wave. ``band``: where only a range is told.
    """

    number: int
    index: float | None = None
    low: float | None = None
    high: float | None = None
    why: str = ""
    changed: str = ""
    same: bool = True
    about: Any = None
    band: str = ""


def members(tree: Mapping[int, int | None], unit: int) -> frozenset[int]:
    """A unit with everything below it."""
    children: dict[int | None, list[int]] = {}
    for one, parent in tree.items():
        children.setdefault(parent, []).append(one)
    found, stack = set(), [unit] if unit in tree else []
    while stack:
        at = stack.pop()
        found.add(at)
        stack.extend(children.get(at, ()))
    return frozenset(found)


def within(wave: Wave, group: int, units: set[int] | None) -> bool:
    """Whether who may see ``units`` (None: all) may see a group of a wave: its own unit, of a block any of them."""
    if units is None:
        return True
    if group == wave.top or (group in units and group in wave.units and group not in wave.blocks):
        return True
    return group in wave.blocks and bool(wave.units[group] & units)


def weight(cell: Cell) -> float:
    """How many people a released count stands for: itself, or the middle of its class ("8–11" is 9.5)."""
    n = cell["n"]
    if isinstance(n, int):
        return float(n)
    low, high = str(n).split("–")
    return (int(low) + int(high)) / 2


def compose(cells: Sequence[Cell]) -> tuple[float, float, float] | None:
    """The mean of released scores of groups that share nobody, weighted by their released counts, with its interval.

    None unless every one of them is shown as a score with an interval. Half-widths add up as √(Σ (w · h)²) / Σ w.
    """
    halves = [half_width(cell) for cell in cells]
    if not cells or any(half is None for half in halves):
        return None
    if len(cells) == 1:
        return cells[0]["index"], cells[0]["low"], cells[0]["high"]
    weights = [weight(cell) for cell in cells]
    whole = sum(weights)
    mean = sum(w * cell["index"] for w, cell in zip(weights, cells, strict=True)) / whole
    half = math.sqrt(sum((w * (h or 0.0)) ** 2 for w, h in zip(weights, halves, strict=True))) / whole
    return mean, mean - half, mean + half


def cover(wave: Wave, wanted: frozenset[int], key: str) -> list[int] | None:
    """Groups with a shown score that make up exactly ``wanted`` (of the units the wave knew); the largest first.

    None where some of it was hidden, or mixed with other units in one group.
    """
    rest = set(wanted & set().union(*wave.units.values())) if wave.units else set()
    if not rest:
        return None
    chosen = []
    for group in sorted(wave.cells, key=lambda at: (-len(wave.units.get(at, ())), at)):
        units = wave.units.get(group, frozenset())
        cell = wave.cells[group].get(key)
        if units and units <= rest and cell is not None and half_width(cell) is not None:
            chosen.append(group)
            rest -= units
    return None if rest else chosen


def target(last: Wave, unit: int) -> frozenset[int]:
    """The units of a group of the last wave."""
    return last.units.get(unit) or members(last.tree, unit)


def scored(cell: Cell | None) -> bool:
    """Whether a cell is shown as a score with an interval."""
    return half_width(cell or {}) is not None


def trend(waves: Sequence[Wave], unit: int, key: str, way: str = WAS, codes: Iterable[str] = ()) -> list[Point]:
    """The score ``key`` of a unit (a group of the last wave) in each wave, oldest first.

    ``codes``: the questions an index is built from.

    *was*: the group of that name in each wave, whoever belonged to it. *now*: today's units of the group, followed
    back to where they were. *common*: only groups that were made of the same units in every wave and are shown in all.
    """
    if not waves:
        return []
    wanted = target(waves[-1], unit)
    marks = _marks(waves, frozenset(codes) or frozenset({key}))
    kept = _common(waves, wanted, key) if way == COMMON else []
    points = []
    for wave, changed in zip(waves, marks, strict=True):
        band = ""
        if way == WAS:
            band = wave.cells.get(unit, {}).get(key, {}).get("band", "")
            found, why = _as_it_was(wave, unit, key)
            same = wave.units.get(unit) == wanted
        elif way == NOW:
            groups = cover(wave, wanted, key)
            found, same = compose([wave.cells[at][key] for at in groups]) if groups else None, True
            why = "" if found else "hidden"
        else:
            by_units = {units: at for at, units in wave.units.items()}
            found, same = compose([wave.cells[by_units[units]][key] for units in kept]), True
            why = "" if found else "nothing in common"
        index, low, high = found or (None, None, None)
        points.append(Point(wave.number, index, low, high, why, changed, same, wave.about, band))
    return points


def _as_it_was(wave: Wave, unit: int, key: str) -> tuple[tuple[float, float, float] | None, str]:
    cell = wave.cells.get(unit, {}).get(key)
    if cell is None:
        return None, "not there"
    if cell.get("shown") and "index" in cell and half_width(cell) is not None:
        return (cell["index"], cell["low"], cell["high"]), ""
    return None, "not asked" if cell.get("why") == "not asked" else "hidden"


def _common(waves: Sequence[Wave], target: frozenset[int], key: str) -> list[frozenset[int]]:
    """The largest unit sets within ``target`` that were one shown group in every wave and share nobody."""
    shown = [
        {
            units
            for group, cells in wave.cells.items()
            if (units := wave.units.get(group)) and units <= target and half_width(cells.get(key) or {}) is not None
        }
        for wave in waves
    ]
    kept: list[frozenset[int]] = []
    for units in sorted(set.intersection(*shown), key=lambda one: (-len(one), sorted(one))):
        if not any(units & other for other in kept):
            kept.append(units)
    return kept


def _marks(waves: Sequence[Wave], codes: frozenset[str]) -> list[str]:
    """For each wave what changed in these questions since the one before: "", *wording* or *scale*."""
    marks = [""]
    for before, now in zip(waves, waves[1:], strict=False):
        kinds: set[str] = set()
        for one in comparing.compare(before.items, now.items):
            if one.code in codes:
                kinds |= {comparing.SCALE if kind in (comparing.NEW, comparing.REMOVED) else kind for kind in one.kinds}
        marks.append(next((kind for kind in (comparing.SCALE, comparing.WORDING) if kind in kinds), ""))
    return marks


@dataclass(frozen=True)
class Comparable:
    """What may be compared between two waves: groups made of the same units, measures asked the same way."""

    groups: frozenset[int]
    changed: frozenset[str] = field(default_factory=frozenset)

    def measure(self, key: str, codes: Iterable[str]) -> bool:
        """Whether a measure built from ``codes`` (a single question: itself) was asked the same way in both waves."""
        return not ({*codes} or {key}) & self.changed


def comparable(before: Wave, now: Wave) -> Comparable:
    """Groups of the same name *and* the same units in both waves; questions with another scale or meaning are out."""
    same = frozenset(group for group, units in now.units.items() if before.units.get(group) == units)
    changed = frozenset(
        one.code
        for one in comparing.compare(before.items, now.items)
        if {comparing.NEW, comparing.REMOVED, comparing.SCALE, comparing.MEANING} & set(one.kinds)
    )
    return Comparable(same, changed)
