"""What everything shown of one question narrows down together, across all families of groups. Pure.

The forest and the groups that cross it are protected so that no combination is *about* fewer than k people. Numbers are
rounded, not secret: a combination about k people may still leave a hidden group of k − 1 within it nearly no room. So
of every hidden group that has a name and 1 to k − 1 people a pair of linear programmes asks how far its mean is open to
somebody who knows every count and everything that is shown. Where that is less than half the scale, the shown groups
that narrow it are hidden, the lightest first, until it is open. Hiding is always safe.

Only groups of fewer than 50 (k − 1) people can narrow: the rounding of a larger one alone is worth half the scale for
any k − 1 people.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy

from surveys.results.disclosure.cells import count_class
from surveys.results.insight import barriers
from surveys.results.scoring import Thirds

Row = Hashable
HALF = 0.5
Array = Any


@dataclass(frozen=True)
class Crowd:
    """People (or ratings) that lie in the same groups: ``rows``; ``counts`` of their answers by category."""

    rows: frozenset
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Scale:
    """The value of each category on the scale that is told (``low``, ``high``: of an index, its ends), and its thirds.

    ``values`` None: categories without an order; then nobody may know of more than half of a group that it chose one
    of the ``secret`` ones. ``steps``: of the scale, by which its ends are censored. ``option``: of
    several choices the one that this is about.
    """

    values: tuple[float, ...] | None
    thirds: Thirds | None = None
    ends: tuple[tuple[float, float], ...] | None = None
    secret: tuple[int, ...] = ()
    steps: int = 4
    option: int | None = None

    def low(self, at: int) -> float:
        return self.ends[at][0] if self.ends else (self.values or ())[at]

    def high(self, at: int) -> float:
        return self.ends[at][1] if self.ends else (self.values or ())[at]


@dataclass(frozen=True)
class Told:
    """What a shown cell says: for sums of ``weights[low or high]`` over its answers, from where to where."""

    bounds: tuple[tuple[tuple[float, ...], tuple[float, ...], float, float], ...]


@dataclass
class Shown:
    """Everything shown of one question. ``people``: of each shown row (small ones suffice); ``read``: what it tells."""

    crowds: list[Crowd]
    people: Mapping[Row, float]
    read: Callable[[Row, list[int]], Told]
    inside: dict[Row, list[int]] = field(default_factory=dict)
    told: dict[Row, Told] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for at, crowd in enumerate(self.crowds):
            for row in crowd.rows:
                if row in self.people:
                    self.inside.setdefault(row, []).append(at)

    def tells(self, row: Row) -> Told:
        if row not in self.told:
            whole = [0] * len(self.crowds[self.inside[row][0]].counts)
            for at in self.inside[row]:
                whole = [one + other for one, other in zip(whole, self.crowds[at].counts, strict=True)]
            self.told[row] = self.read(row, whole)
        return self.told[row]


def limit(k: int) -> int:
    """Groups of so many people or more narrow nobody down."""
    return round(100 * HALF * (k - 1))


def told_of(cell: Mapping[str, Any], counts: Sequence[int], scale: Scale, rules: Mapping[str, int]) -> Told:
    """What somebody reads out of a cell who knows how it is made: rounding, bands, and ends that are always censored.

    ``counts``: the answers behind it. Where a number was censored he knows only that.
    """
    n = sum(counts)
    found = count_class(n, rules)
    people = found[0] if found else n
    size = len(counts)
    bounds = []
    if scale.values is not None and scale.ends is None and "index" in cell:
        bottom, top = scale.low(0), scale.high(size - 1)
        step = 2 / people * (top - bottom) / scale.steps
        wide = 5.0 if "band" in cell else 0.5
        low, high = cell["index"] - wide, cell["index"] + wide
        low = bottom if low <= bottom + step else low
        high = top if high >= top - step else high
        weights = tuple(scale.low(at) for at in range(size)), tuple(scale.high(at) for at in range(size))
        bounds.append((*weights, low * n, high * n))
    groups: list[tuple[list[frozenset[int]], list[float]]] = []
    if "fav" in cell and scale.thirds:
        good, bad = scale.thirds
        groups.append(([good, frozenset(range(size)) - good - bad, bad], [cell[key] for key in ("fav", "neu", "unf")]))
    shares = cell.get("dist") or list(cell.get("shares", {}).values())
    if shares and (scale.values is None or len(shares) == size):  # of a plain line from 0 to 100 only the mean is read
        shares = shares if scale.option is None else [shares[scale.option]]
        groups.append(([frozenset([at]) for at in scale.secret or range(size)], shares))
    if "percent" in cell:
        groups.append(([frozenset(scale.secret)], [cell["percent"]]))
    to = cell.get("rounded", barriers.step(n, rules) if "percent" in cell else 1)
    for parts, percents in groups:
        true = [sum(counts[at] for at in part) / n for part in parts]
        # Rescaled after censoring, then rounded.
        censored = [min(max(one, 2 / people), (people - 2) / people) for one in true]
        whole = sum(censored) if len(parts) > 1 else 1.0
        for part, one in zip(parts, percents, strict=True):
            low, high = ((one + side) / 100 * whole for side in (-to / 2, to / 2))
            low = 0.0 if low <= 2 / people else low
            high = 1.0 if high >= (people - 2) / people else high
            weight = tuple(float(at in part) for at in range(size))
            bounds.append((weight, weight, low * n, high * n))
    return Told(tuple(bounds))


def too_narrow(
    shown: Shown,
    targets: Iterable[Sequence[int]],
    scale: Scale,
    k: int,
    order: Callable[[Row], Any],
) -> set[Row]:
    """Shown rows to hide. ``targets``: the crowds of each hidden group of 1 to k − 1 people.

    ``order``: of the rows that narrow a group the first by it is hidden.
    """
    hidden: set[Row] = set()
    for target in targets:
        while True:
            near = _near(shown, target, hidden, limit(k))
            guilty = _narrowing(shown, target, near, scale) if near else []
            if not guilty:
                break
            hidden.add(min(guilty, key=order))
    return hidden


def _near(shown: Shown, target: Sequence[int], hidden: set[Row], most: int) -> list[Row]:
    """Small shown rows around a group: those that hold some of it, and those that share somebody with these."""

    def rows_of(crowds: Iterable[int]) -> dict[Row, None]:
        return {
            row: None
            for at in crowds
            for row in sorted(shown.crowds[at].rows, key=str)
            if row in shown.people and row not in hidden and shown.people[row] < most
        }

    first = rows_of(target)
    return list(rows_of(at for row in first for at in shown.inside[row]))


def _narrowing(shown: Shown, target: Sequence[int], near: Sequence[Row], scale: Scale) -> list[Row]:
    """The rows that leave a group less than half of the scale; none if it is open."""
    wanted = set(target)
    place = {row: at for at, row in enumerate(near)}
    kinds: dict[tuple[bool, frozenset[int]], int] = {}
    for at in {*wanted, *(one for row in near for one in shown.inside[row])}:
        crowd = shown.crowds[at]
        key = (at in wanted, frozenset(place[row] for row in crowd.rows if row in place))
        kinds[key] = kinds.get(key, 0) + sum(crowd.counts)
    sizes = list(kinds.values())
    width = len(shown.crowds[target[0]].counts)
    answers = sum(n for (mine, _rows), n in kinds.items() if mine)
    holds: list[list[int]] = [[] for _row in near]
    for at, (_mine, rows) in enumerate(kinds):
        for row in rows:
            holds[row].append(at)
    # Each inequality: weights · answers ≤ end, over (kind, category).
    entries: list[tuple[int, int, float]] = []
    ends: list[float] = []
    owners: list[int] = []
    for at, row in enumerate(near):
        for low_weights, high_weights, low, high in shown.tells(row).bounds:
            for sign, weights, end in ((1.0, low_weights, high), (-1.0, high_weights, -low)):
                entries += [
                    (len(ends), kind * width + category, sign * weights[category])
                    for kind in holds[at]
                    for category in range(width)
                    if weights[category]
                ]
                ends.append(end + 1e-6)
                owners.append(at)
    system = _System(entries, ends, sizes, width)
    mine = [at for at, (is_mine, _rows) in enumerate(kinds) if is_mine]
    guilty: set[int] = set()
    if scale.values is None:
        for category in scale.secret or range(width):
            value, touched = system.least({kind * width + category: 1.0 for kind in mine})
            if value > HALF * answers + 1e-6:
                guilty |= touched
    else:
        low_aim = {kind * width + at: scale.low(at) for kind in mine for at in range(width)}
        high_aim = {kind * width + at: -scale.high(at) for kind in mine for at in range(width)}
        least, one = system.least(low_aim)
        most, other = system.least(high_aim)
        room = HALF * (scale.high(width - 1) - scale.low(0)) * answers
        if -most - least < room - 1e-6:
            guilty |= one | other
    return sorted({near[owners[at]] for at in guilty}, key=str)


class _System:
    """Linear programmes over answers by (kind, category): each kind's answers add up to its size."""

    def __init__(
        self, entries: Sequence[tuple[int, int, float]], ends: Sequence[float], sizes: Sequence[int], width: int
    ) -> None:
        self.columns = len(sizes) * width
        rows, columns, values = zip(*entries, strict=True) if entries else ((), (), ())
        self.upper = scipy.sparse.coo_matrix((values, (rows, columns)), shape=(len(ends), self.columns)).tocsr()
        self.ends = np.array(ends)
        across = np.arange(self.columns)
        self.whole = scipy.sparse.coo_matrix((np.ones(self.columns), (across // width, across))).tocsr()
        self.sizes = np.array(sizes, dtype=float)

    def least(self, aim: Mapping[int, float]) -> tuple[float, set[int]]:
        """The least value of ``aim``, and the inequalities that hold it up."""
        cost = np.zeros(self.columns)
        for at, value in aim.items():
            cost[at] = value
        found = scipy.optimize.linprog(cost, self.upper, self.ends, self.whole, self.sizes, method="highs")
        if found.status:
            # Nothing but the truth is told, so this is arithmetic at its end: all of it is under suspicion.
            return float("inf"), set(range(len(self.ends)))
        return float(found.fun), {at for at, value in enumerate(found.ineqlin.marginals) if abs(value) > 1e-9}
