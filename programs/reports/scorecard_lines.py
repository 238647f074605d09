"""The lines of "Where to look": the parts of a place and theirs, read as far as somebody looks at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy

from programs.reports import kept_words
from programs.reports.findings import DIMENSIONS
from programs.reports.scorecard_place import Place, score_of
from surveys.results.places import Part

BARRIER_FROM = 25
# So many parts are read at once. Beyond, the second level is read as far as it is looked at: the cells of 5,000 groups
# take half a second to unpack, and a page has room for some dozens.
AT_ONCE = 300
MEASURES = (*DIMENSIONS, "served")
WORDS = {
    "want": gettext_lazy("Want"),
    "know": gettext_lazy("Know"),
    "can": gettext_lazy("Can"),
    "served": gettext_lazy("Serves others"),
}

Cells = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One line of the units table. ``values`` in the order of ``MEASURES``, None where hidden.

    ``depth``: 0 for the place itself, 1 for its parts, 2 for theirs.
    """

    unit: int
    name: str
    answered: str
    values: list[float | None]
    barrier: str
    barrier_share: int
    hidden: str
    depth: int
    served_asked: bool
    cells: Cells = field(default_factory=dict, repr=False, compare=False)


class Lines:
    """The parts of ``place`` in its latest wave, each followed by its own: the lowest first, the hidden last.

    ``keys``: the cells that are read of each.
    """

    def __init__(self, place: Place, keys: Iterable[str]) -> None:
        self.place, self.keys = place, list(keys)
        self.parts = place.outline(self.keys)
        self._children: dict[int, list[Part]] = {}
        for part in self.parts:
            self._children.setdefault(part.parent, []).append(part)
        if len(self.parts) <= AT_ONCE:
            self._read(self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    @property
    def _top(self) -> Any:
        return self.place.top

    def _below(self, unit: int) -> list[Part]:
        return self._children.get(unit, [])

    def _read(self, parts: Iterable[Part]) -> None:
        self.place.read([part for part in parts if part.cells is None], self.keys)

    @cached_property
    def tops(self) -> list[Row]:
        """The first level."""
        return self._in_order(self._below(self._top.unit))

    def first(self, most: int | None = None) -> list[Row]:
        """The first ``most`` lines of both levels; None: all."""
        wanted: list[Row] = []
        heads: list[Row] = []
        length = 0
        for head in self.tops:
            if most is not None and length >= most:
                break
            heads.append(head)
            length += 1 + len(self._below(head.unit))
        self._read(part for head in heads for part in self._below(head.unit))
        for head in heads:
            wanted += [head, *self._in_order(self._below(head.unit))]
        return wanted[:most]

    def lowest_level(self) -> Sequence[Part]:
        """The deepest level that is read whole: which of thousands of small parts is lowest would be chance."""
        read = [part for part in self.parts if part.cells is not None]
        deepest = max((part.depth for part in self.parts if len(self.parts) <= AT_ONCE), default=self._top.depth + 1)
        return [part for part in read if part.depth == deepest]

    def _in_order(self, parts: Iterable[Part]) -> list[Row]:
        found = [row_of(part, self._top.depth, self.place.told(part.cells or {})) for part in parts]
        return sorted(found, key=lambda row: (bool(row.hidden), _mean(row), row.name))


def _mean(row: Row) -> float:
    known = [value for value in row.values[: len(DIMENSIONS)] if value is not None]
    return sum(known) / len(known) if known else 0.0


def row_of(group: Any, depth: int, cells: Cells) -> Row:
    """``depth``: of the place in its tree."""
    values = [score.index if (score := score_of(cells.get(name))) else None for name in MEASURES]
    barrier, share = _barrier(cells)
    nothing = all(value is None for value in values)
    why = next((cell["why"] for cell in cells.values() if isinstance(cell, dict) and cell.get("why")), "")
    return Row(
        unit=group.unit,
        name=group.name,
        answered=participation(cells.get("participation")),
        values=values,
        barrier=barrier,
        barrier_share=share,
        hidden=(why or "hidden for privacy") if nothing else "",
        depth=group.depth - depth,
        served_asked=(cells.get("served") or {}).get("why") != "not asked",
        cells=cells,
    )


def participation(cell: Any) -> str:
    """The released participation, in the words it may be told in."""
    return kept_words.told(cell.get("words", "")) if isinstance(cell, dict) and cell.get("shown") else ""


def _barrier(cells: Cells) -> tuple[str, int]:
    """The most frequent barrier of the people in the group and its share; never the barrier of a mean.

    "none" when no barrier is met by at least a quarter of them; "" where the distribution is hidden.
    """
    cell = cells.get("barrier")
    if not isinstance(cell, dict) or not cell.get("shown"):
        return "", 0
    shares = {name: cell["shares"].get(name, 0) for name in DIMENSIONS}
    most = max(DIMENSIONS, key=lambda name: shares[name])
    return (most, shares[most]) if shares[most] >= BARRIER_FROM else ("none", 0)
