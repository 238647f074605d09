"""What arithmetic narrows down although it is hidden. Pure.

Every released number is rounded, its count perhaps a class: the sum behind it lies in an interval. What a shown group
has beyond the shown groups inside it, its remainder, lies in one too. A hidden group that has a name and fewer than k
people must stay open by at least half the scale, even to somebody who knows every count: else the remainder grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.results.disclosure.forest import Forest, Id, Leaf, people

HALF = 50.0
# Released numbers of a score cell that are averages over its people, on a scale of 0 to 100 (talk: −100 to 100).
TOLD = ("index", "fav", "unf")


@dataclass(frozen=True)
class Interval:
    low: float
    high: float


def mean_of(cell: Mapping[str, Any], key: str, bottom: float) -> Interval | None:
    """Where the average behind a released number lies: rounding, bands, and the ends that are always censored."""
    if not cell.get("shown") or key not in cell:
        return None
    value = float(cell[key])
    wide = 5.0 if key == "index" and "band" in cell else 0.5
    low, high = value - wide, value + wide
    # At most two people, one step each, may be hidden by the censoring of an end.
    slack = _slack(cell)
    if low <= bottom + slack + 1:
        low = bottom
    if high >= 100 - slack - 1:
        high = 100.0
    return Interval(max(low, bottom), min(high, 100.0))


def count_of(cell: Mapping[str, Any]) -> Interval:
    """The people a cell tells of: a number, or the ends of a class."""
    n = cell.get("n", 0)
    if isinstance(n, str):
        low, _, high = n.partition("–")
        return Interval(float(low), float(high))
    return Interval(float(n), float(n))


def _slack(cell: Mapping[str, Any]) -> float:
    return 200 / max(1.0, count_of(cell).low)


def sum_of(cell: Mapping[str, Any], key: str, bottom: float, count: int) -> Interval | None:
    """The sum over its ``count`` people, counted from the bottom of the scale, so that it is never negative."""
    mean = mean_of(cell, key, bottom)
    return None if mean is None else Interval((mean.low - bottom) * count, (mean.high - bottom) * count)


def narrowed(
    forest: Forest,
    shown: set[Id],
    counts: Mapping[Leaf, int],
    cells: Mapping[Id, Mapping[str, Any]],
    k: int,
    bottom: float = 0.0,
) -> set[Id]:
    """Shown groups to hide, so that no hidden group of 1 to k − 1 people is known to within half the scale.

    ``cells``: the cell of each shown group. Hiding joins remainders; each group is hidden at most once.
    """
    hidden: set[Id] = set()
    left = set(shown)
    for node in forest.order:
        if node not in shown:
            continue
        while True:
            rest, inside, groups = _around(forest, node, left)
            small = [n for group in groups if 0 < (n := _people(forest.all_leaves[group], counts)) < k]
            total = _people(rest, counts)
            sizes = {group: _people(forest.all_leaves[group], counts) for group in (node, *inside)} if small else {}
            if not small or _open(cells, node, inside, sizes, total, small, bottom):
                break
            inside.sort(key=lambda group: (sizes[group], str(group)))
            least = inside[0] if inside else node
            hidden.add(least)
            left.discard(least)
            if not inside:
                break
    return hidden


def _people(leaves: Iterable[Leaf], counts: Mapping[Leaf, int]) -> int:
    return people((leaf, counts.get(leaf, 0)) for leaf in leaves)


def _around(forest: Forest, node: Id, shown: set[Id]) -> tuple[list[Leaf], list[Id], list[Id]]:
    """The leaves of a remainder, the shown groups inside its group, and the hidden ones with a name between."""
    rest, inside, groups = list(forest.leaves.get(node, ())), [], []
    stack = list(forest.children[node])
    while stack:
        one = stack.pop()
        if one in shown:
            inside.append(one)
            continue
        groups.append(one)
        rest.extend(forest.leaves.get(one, ()))
        stack.extend(forest.children[one])
    return rest, inside, groups


def _open(
    cells: Mapping[Id, Mapping[str, Any]],
    node: Id,
    inside: Sequence[Id],
    sizes: Mapping[Id, int],
    total: int,
    small: Sequence[int],
    bottom: float,
) -> bool:
    """Whether every small group's average may lie anywhere in at least half of the scale."""
    for key in TOLD:
        ends, width = (bottom, 100 - bottom) if key == "index" else (0.0, 100.0)
        whole = sum_of(cells[node], key, ends, sizes[node])
        parts = [sum_of(cells[one], key, ends, sizes[one]) for one in inside]
        if whole is None or any(part is None for part in parts):
            continue  # a sum that cannot be formed
        low = whole.low - sum(part.high for part in parts if part)
        high = whole.high - sum(part.low for part in parts if part)
        for n in small:
            least = max(0.0, low - width * (total - n)) / n
            most = min(width * n, high) / n
            if most - least < width * HALF / 100:
                return False
    return True
