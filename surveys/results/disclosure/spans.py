"""Groups that cross a forest: proof that no combination of all that is shown is about fewer than k people. Pure.

A cut, or the total of a customer, holds parts of many remainders of the forest. A combination of everything shown gives
each person the value ``a(his remainder) + b(groups that cross and hold him)``. If it is zero for all but fewer than
``k`` people, then within one remainder nearly everybody has the same ``b``.

The certificate: hand everybody one of ``k`` colours. Fewer than ``k`` people cannot spoil every colour, so in one
colour all differences of ``b`` within a remainder are zero. If the people of each colour alone already span all such
differences, ``b`` is the same throughout every remainder, the combination is one of the forest alone, and that was
protected before. It is sufficient, holds for any number of cuts at a time, and for two categories it is exact.
Ranks are taken modulo a prime near 2^61.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from surveys.results.disclosure.forest import SOMEBODY

PRIME = (1 << 61) - 1
TRIES = 3
ROUNDS = 60

Column = Hashable
Combination = frozenset  # of columns


@dataclass(frozen=True, slots=True)
class Crowd:
    """``n`` people of one remainder (``place``; None: of nothing shown) in the same crossing groups (``columns``).

    Only people of one ``kind`` are compared. ``owner``: where people of several crowds may be the same, the home they
    share (SOMEBODY: nobody knows); None where each person is in one crowd only.
    """

    place: Hashable
    columns: frozenset
    n: int
    kind: Hashable = 0
    owner: Hashable = None


class Span:
    """The differences known to be zero: rows in echelon form."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[int, int]] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def reduce(self, vector: Mapping[int, int]) -> dict[int, int]:
        rest = dict(vector)
        while True:
            known = [column for column in rest if column in self.rows]
            if not known:
                return rest
            pivot = min(known)
            times = rest[pivot]
            for column, value in self.rows[pivot].items():
                left = (rest.get(column, 0) - times * value) % PRIME
                if left:
                    rest[column] = left
                else:
                    rest.pop(column, None)

    def insert(self, vector: Mapping[int, int]) -> bool:
        """Whether it was new."""
        rest = self.reduce(vector)
        if not rest:
            return False
        pivot = min(rest)
        inverse = pow(rest[pivot], PRIME - 2, PRIME)
        self.rows[pivot] = {column: value * inverse % PRIME for column, value in rest.items()}
        return True


def protect_crossing(crowds: Sequence[Crowd], weights: Mapping[Column, int], k: int) -> set[Column]:
    """The crossing groups that may be shown beside the forest; of ``weights`` (people) the lightest go first."""
    active = {column for column, n in weights.items() if n >= k} - _narrow(crowds, weights, k)
    known = _Places(crowds, active, k)
    for turn in range(ROUNDS):
        if not active:
            return active
        blamed = _blame(known, k)
        if not blamed:
            return active
        gone: set[Column] = set()
        for group in blamed:
            if turn > ROUNDS // 2:
                gone |= group
            else:
                # Of a large knot several at a time, so that the number of turns does not grow with it.
                order = sorted(group, key=lambda column: (weights[column], str(column)))
                gone.update(order[: max(1, len(order) // 8)])
        active -= gone
        known.forget(gone)
    return set()


def _narrow(crowds: Sequence[Crowd], weights: Mapping[Column, int], k: int) -> set[Column]:
    """Groups that nothing saves: they differ from a union of remainders by 1 to k − 1 people.

    Where people overlap: those whose difference lies in one home, and nowhere with at least k people for certain.
    """
    totals: dict[Hashable, int] = {}
    inside: dict[Column, dict[Hashable, int]] = {column: {} for column in weights}
    for crowd in crowds:
        totals[crowd.place] = totals.get(crowd.place, 0) + crowd.n
        for column in crowd.columns:
            if column in inside:
                mine = inside[column]
                mine[crowd.place] = mine.get(crowd.place, 0) + crowd.n
    homes: dict[Column, set[Hashable]] = {}
    certain: set[Column] = set()
    odd: dict[Column, int] = {}
    for column, places in inside.items():
        odd[column] = sum(n if place is None else min(n, totals[place] - n) for place, n in places.items())
    for crowd in crowds:
        if crowd.owner is not None:
            for column in crowd.columns & weights.keys():
                homes.setdefault(column, set()).add(crowd.owner)
                mixed = crowd.place is None or inside[column][crowd.place] < totals[crowd.place]
                if mixed and crowd.n >= k:
                    certain.add(column)
    return {
        column
        for column, n in odd.items()
        if (0 < n < k if column not in homes else n and len(homes[column]) == 1 and column not in certain)
    }


Where = tuple[Hashable, Hashable]  # a remainder and a kind


@dataclass
class _Place:
    """The people of one remainder and kind by their combination of groups.

    ``heavy``: combinations of at least k people, who are in every colour. ``layers``: people of one crowd each, who can
    go together into one colour, and how often. ``homes``: by the home they share, where people overlap.
    """

    combinations: list[frozenset]
    heavy: list[frozenset]
    layers: list[tuple[tuple[frozenset, ...], int]]
    homes: dict[Hashable, list[frozenset]]

    @classmethod
    def of(cls, crowds: Iterable[tuple[frozenset, Hashable, int]], place: Hashable, k: int) -> _Place:
        counts: dict[frozenset, dict[Hashable, int]] = {}
        for combination, owner, n in crowds:
            at = counts.setdefault(combination, {})
            at[owner] = at.get(owner, 0) + n if owner is None else max(at.get(owner, 0), n)
        heavy = [frozenset[int]()] if place is None else []
        alone: dict[frozenset, int] = {}
        homes: dict[Hashable, list[frozenset]] = {}
        for one, owners in counts.items():
            if _certain(owners) >= k:
                heavy.append(one)
                continue
            for owner, n in owners.items():
                if owner is None:
                    alone[one] = n
                elif owner != SOMEBODY:  # who may be anybody is of any colour
                    homes.setdefault(owner, []).append(one)
        return cls(list(counts), heavy, _layers(heavy[:1], alone) if alone else [], homes)


class _Places:
    """Everybody by remainder and kind. When groups are no longer shown, only what that changes is worked out anew."""

    def __init__(self, crowds: Sequence[Crowd], active: set[Column], k: int) -> None:
        self.k = k
        self.columns = dict(enumerate(sorted(active, key=_order)))
        self.numbers = {column: at for at, column in self.columns.items()}
        self.crowds: dict[Where, list[tuple[frozenset, Hashable, int]]] = {}
        self.of_column: dict[int, dict[Where, None]] = {}
        for crowd in crowds:
            if crowd.n:
                where = crowd.place, crowd.kind
                combination = frozenset([self.numbers[c] for c in crowd.columns if c in self.numbers])
                self.crowds.setdefault(where, []).append((combination, crowd.owner, crowd.n))
                for number in combination:
                    self.of_column.setdefault(number, {})[where] = None
        self.places = {where: _Place.of(mine, where[0], k) for where, mine in self.crowds.items()}

    def forget(self, gone: Iterable[Column]) -> None:
        """These groups are not shown."""
        numbers = frozenset(self.numbers[column] for column in gone)
        for where in {where: None for number in numbers for where in self.of_column.pop(number, ())}:
            self.crowds[where] = [(combination - numbers, owner, n) for combination, owner, n in self.crowds[where]]
            self.places[where] = _Place.of(self.crowds[where], where[0], self.k)


def _blame(known: _Places, k: int) -> list[set[Column]]:
    """Sets of groups of which one each has to go; empty when what is shown is safe."""
    total = _all_differences(known.places)
    if not len(total):
        return []
    base = Span()
    for mine in known.places.values():
        for other in mine.heavy[1:]:
            if len(base) < len(total):
                base.insert(_difference(mine.heavy[0], other))
    worst: list[Span] = []
    for attempt in range(TRIES):
        worst = [span for span in _colours(known.places, base, k, len(total), attempt) if len(span) < len(total)]
        if not worst:
            return []
    return _residues(total, worst, known.columns)


def _order(column: Column) -> tuple[bool, str]:
    """Columns of one division before those of all, so that elimination stays within divisions first."""
    return not (isinstance(column, tuple) and len(column) > 2), str(column)


def _residues(total: Span, worst: Iterable[Span], columns: Mapping[int, Column]) -> list[set[Column]]:
    """The columns of what some colour does not know, in connected parts."""
    parent: dict[int, int] = {}

    def root(column: int) -> int:
        while parent[column] != column:
            parent[column] = parent[parent[column]]
            column = parent[column]
        return column

    for span in worst:
        for row in total.rows.values():
            rest = list(span.reduce(row))
            for column in rest:
                parent.setdefault(column, column)
                parent[root(column)] = root(rest[0])
    parts: dict[int, set[Column]] = {}
    for column in parent:
        parts.setdefault(root(column), set()).add(columns[column])
    return list(parts.values())


def _difference(one: frozenset, other: frozenset) -> dict[int, int]:
    return {**{c: 1 for c in one - other}, **{c: PRIME - 1 for c in other - one}}


def _all_differences(places: Mapping[Where, _Place]) -> Span:
    total = Span()
    by_place: dict[Hashable, dict[frozenset, None]] = {}
    for (place, _kind), mine in places.items():
        by_place.setdefault(place, {}).update(dict.fromkeys(mine.combinations))
    seen: set[tuple[frozenset, frozenset]] = set()
    for place, combinations in by_place.items():
        found = list(combinations)
        first = frozenset() if place is None else found[0]
        for other in found:
            if other != first and (first, other) not in seen:
                seen.add((first, other))
                total.insert(_difference(first, other))
    return total


def _colours(places: Mapping[Where, _Place], base: Span, k: int, rank: int, attempt: int) -> list[Span]:
    """What the people of each colour span. ``base``: what those of at least k people in one combination do."""
    spans = [_copy(base) for _colour in range(k)]
    if len(base) == rank:
        return spans
    layers = [layer for mine in places.values() for layer in mine.layers]
    layers.sort(key=lambda layer: (len(layer[0]) * (1, -1, 1)[attempt], layer[1], _key(layer[0])), reverse=True)
    for combinations, times in layers:
        _deal(spans, combinations, times, rank)
    _deal_homes(spans, [mine for mine in places.values() if mine.homes], rank, attempt)
    return spans


def _certain(owners: Mapping[Hashable, int]) -> int:
    """At least so many distinct people."""
    return max(owners.get(SOMEBODY, 0), sum(n for owner, n in owners.items() if owner != SOMEBODY))


def _layers(first: list[frozenset], light: Mapping[frozenset, int]) -> list[tuple[tuple[frozenset, ...], int]]:
    """(combinations, how often): people who can go together into one colour."""
    if first:
        return [((first[0], one), n) for one, n in light.items()]
    found = []
    left = sorted(light.items(), key=lambda pair: (-pair[1], sorted(pair[0])))
    while len(left) > 1:
        least = left[-1][1]
        found.append((tuple(one for one, _n in left), least))
        left = [(one, n - least) for one, n in left if n > least]
    return found


def _key(combinations: Sequence[frozenset]) -> list[list[int]]:
    return [sorted(one) for one in combinations]


def _copy(span: Span) -> Span:
    made = Span()
    made.rows = dict(span.rows)
    return made


def _deal(spans: Sequence[Span], combinations: Sequence[frozenset], times: int, rank: int) -> None:
    """Each of ``times`` people (or sets of people) goes to the colour that knows least and learns from them."""
    vectors = [_difference(combinations[0], other) for other in combinations[1:]]
    for _person in range(times):
        for span in sorted((one for one in spans if len(one) < rank), key=len):
            if any([span.insert(vector) for vector in vectors]):
                break
        else:
            return


def _deal_homes(spans: Sequence[Span], places: Sequence[_Place], rank: int, attempt: int) -> None:
    """Homes whose people may be the same in several crowds: a home has one colour in all remainders."""
    owners = sorted({owner for mine in places for owner in mine.homes}, key=str)
    colours = {owner: (at + at // len(spans) * attempt) % len(spans) for at, owner in enumerate(owners)}
    for mine in places:
        together: dict[int, list[frozenset]] = {}
        for owner, combinations in mine.homes.items():
            together.setdefault(colours[owner], mine.heavy[:1]).extend(combinations)
        for colour, combinations in together.items():
            for other in combinations[1:]:
                if len(spans[colour]) < rank:
                    spans[colour].insert(_difference(combinations[0], other))
