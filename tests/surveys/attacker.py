"""The attacker: what exact arithmetic gets out of released numbers. Never imported by the product.

Unknowns are people's answers, one per person and question. A released number is a row of coefficients over them. He
looks for a combination of rows, with whatever coefficients, that fewer than k people stand behind, and for intervals
(every number is rounded) that narrow a hidden group down.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
from scipy.optimize import linprog

Row = dict[Hashable, Fraction]  # (person, question) → coefficient
PRIME = 2_147_483_647
# Up to so many sets of people are all tried; beyond: random systematic forms, pairs of rows in them, and programmes.
EXHAUST, TURNS, PAIRS, TARGETS = 400, 6, 8, 3


def basis(rows: Iterable[Row], first: Sequence[Hashable] = ()) -> list[tuple[Hashable, Row]]:
    """(pivot, row) in echelon form, exactly; pivots are taken from ``first``, in its order, where possible."""
    rank = {key: at for at, key in enumerate(first)}
    done: dict[Hashable, Row] = {}
    for row in rows:
        row = {key: Fraction(value) for key, value in row.items() if value}
        while row:
            pivot = min(row, key=lambda key: (rank.get(key, len(rank)), str(key)))
            if pivot not in done:
                done[pivot] = {key: value / row[pivot] for key, value in row.items()}
                break
            row = minus(row, done[pivot], row[pivot])
    return list(done.items())


def minus(row: Row, other: Row, times: Fraction) -> Row:
    result = dict(row)
    for key, value in other.items():
        left = result.get(key, Fraction(0)) - times * value
        if left:
            result[key] = left
        else:
            result.pop(key, None)
    return result


def rank(rows: Iterable[Row]) -> int:
    return len(basis(rows))


def in_span(rows: Sequence[Row], target: Row) -> bool:
    return rank([*rows, target]) == rank(rows)


def components(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that share an unknown, directly or over others."""
    found: list[tuple[set[Hashable], list[Row]]] = []
    for row in rows:
        keys, mine = set(row), [row]
        apart = []
        for known, others in found:
            if known & keys:
                keys |= known
                mine += others
            else:
                apart.append((known, others))
        found = [*apart, (keys, mine)]
    return [mine for _keys, mine in found]


def smallest_support(rows: Iterable[Row], below: int, known: Iterable[Hashable] = ()) -> set[Hashable] | None:
    """Fewer than ``below`` people whose answers alone are behind some combination of the rows; None if there are none.

    ``known``: insiders whose own answers are known to the attacker: they do not count. Exact: people with the same
    coefficients everywhere are one kind; a combination that is not zero on a kind of at least ``below`` people is out.
    """
    insiders = set(known)
    left = [{key: value for key, value in row.items() if key[0] not in insiders} for row in rows]
    for part in components([row for row in left if row]):
        found = _smallest(part, below)
        if found is not None:
            return found
    return None


def _kinds(rows: Sequence[Row]) -> list[list[Hashable]]:
    columns: dict[Hashable, list[tuple]] = {}
    for at, row in enumerate(rows):
        for (person, question), value in row.items():
            columns.setdefault(person, []).append((at, str(question), value))
    kinds: dict[tuple, list[Hashable]] = {}
    for person, column in columns.items():
        kinds.setdefault(tuple(sorted(column)), []).append(person)
    return list(kinds.values())


def _smallest(rows: Sequence[Row], below: int) -> set[Hashable] | None:
    """Candidates are looked for modulo a prime and by linear programmes; rationals confirm each."""
    members = {kind[0]: kind for kind in _kinds(rows)}
    narrow = [{key: value for key, value in row.items() if key[0] in members} for row in rows]
    keys = sorted({key for row in narrow for key in row}, key=lambda key: (len(members[key[0]]) < below, str(key)))
    heavy = sum(len(members[key[0]]) >= below for key in keys)
    whole = _echelon(np.array([[_modular(row.get(key, 0)) for key in keys] for row in narrow], dtype=np.int64))
    # Rows whose pivot lies beyond the heavy kinds are zero on all of these: only such combinations are of interest.
    free = np.array([row for row in whole if not row[:heavy].any()], dtype=np.int64).reshape(-1, len(keys))[:, heavy:]
    if not len(free):
        return None
    keys = keys[heavy:]
    live = sorted({key[0] for at, key in enumerate(keys) if free[:, at].any()}, key=str)
    for people in _candidates(free, keys, live, members, narrow, below):
        rest = [{key: value for key, value in row.items() if key[0] not in people} for row in narrow]
        if rank(rest) < rank(narrow):
            return {person for one in people for person in members[one]}
    return None


def _modular(value: Fraction | int) -> int:
    found = Fraction(value)
    return found.numerator * pow(found.denominator, -1, PRIME) % PRIME


def _echelon(matrix: np.ndarray) -> np.ndarray:
    """Reduced echelon form modulo PRIME; rows of zeros left out."""
    done = matrix % PRIME
    at = 0
    for column in range(done.shape[1]):
        below = np.nonzero(done[at:, column])[0]
        if not len(below):
            continue
        done[[at, at + below[0]]] = done[[at + below[0], at]]
        done[at] = done[at] * pow(int(done[at, column]), -1, PRIME) % PRIME
        others = done[:, column].copy()
        others[at] = 0
        touched = np.nonzero(others)[0]
        done[touched] = (done[touched] - others[touched, None] * done[at][None, :]) % PRIME
        at += 1
        if at == len(done):
            break
    return done[:at]


def _candidates(free, keys, live, members, rows, below) -> Iterable[set[Hashable]]:
    """Sets of kinds of fewer than ``below`` people that may be behind a combination."""
    if sum(1 for _ in zip(_subsets(live, members, below), range(EXHAUST), strict=False)) < EXHAUST:
        for some in _subsets(live, members, below):
            outside = [at for at, key in enumerate(keys) if key[0] not in some]
            if len(_echelon(free[:, outside])) < len(free):
                yield some
        return
    # A combination of few people is a row, or the sum of two, of some systematic form.
    chance = np.random.default_rng(len(free) * 1009 + len(keys))
    owner = np.array([live.index(key[0]) if key[0] in live else -1 for key in keys])
    sizes = np.array([len(members[one]) for one in live])
    for _turn in range(TURNS):
        order = chance.permutation(len(keys))
        form = _echelon(free[:, order])
        owners = owner[order]
        for row in form:
            yield from _few(row, owners, sizes, live, below)
        for one, other in combinations(range(min(len(form), PAIRS)), 2):
            ratios = form[one] * _inverses(form[other]) % PRIME
            both = (form[one] != 0) & (form[other] != 0)
            if both.any():
                values, counts = np.unique(ratios[both], return_counts=True)
                best = int(values[counts.argmax()])
                yield from _few((form[one] - best * form[other]) % PRIME, owners, sizes, live, below)
    for target in chance.choice(len(live), min(len(live), TARGETS), replace=False):
        yield from _sparse(rows, live, members, live[target], below)


def _few(row, owners, sizes, live, below) -> Iterable[set[Hashable]]:
    touched = np.unique(owners[(row != 0) & (owners >= 0)])
    if len(touched) < below and 0 < sizes[touched].sum() < below:
        yield {live[at] for at in touched}


def _inverses(row: np.ndarray) -> np.ndarray:
    return np.array([pow(int(value), -1, PRIME) if value else 0 for value in row], dtype=np.int64)


def _subsets(live, members, below):
    for size in range(1, below):
        for some in combinations(live, size):
            if sum(len(members[one]) for one in some) < below:
                yield set(some)


def _sparse(rows: Sequence[Row], live, members, target, below) -> Iterable[set[Hashable]]:
    """The combination with the least sum of absolute values among those that are one at ``target`` (HiGHS)."""
    keys = sorted({key for row in rows for key in row}, key=str)
    matrix = np.array([[float(row.get(key, 0)) for row in rows] for key in keys])
    weights = np.array([len(members[key[0]]) for key in keys], dtype=float)
    n, m = len(rows), len(keys)
    at = next(at for at, key in enumerate(keys) if key[0] == target)
    cost = np.concatenate([np.zeros(n), weights])
    upper = np.block([[matrix, -np.eye(m)], [-matrix, -np.eye(m)]])
    bounds = [(None, None)] * n + [(0, None)] * m
    fixed = np.concatenate([matrix[at], np.zeros(m)])[None, :]
    found = linprog(cost, upper, np.zeros(2 * m), fixed, [1.0], bounds=bounds, method="highs")
    if found.status == 0:
        value = matrix @ found.x[:n]
        people = {one[0] for one, size in zip(keys, value, strict=True) if abs(size) > 1e-7}
        if 0 < sum(len(members[one]) for one in people) < below:
            yield people


# -- intervals -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A released mean over these people, and how far it may be off either way."""

    people: frozenset
    low: float
    high: float


def narrowed(told: Sequence[Told], target: Iterable[Hashable], low: float = 0.0, high: float = 100.0) -> float:
    """How wide the mean of ``target`` is left, knowing every group and every count: linear programmes over answers."""
    wanted = set(target)
    patterns: dict[tuple[bool, ...], int] = {}
    for person in {person for one in told for person in one.people} | wanted:
        key = (person in wanted, *(person in one.people for one in told))
        patterns[key] = patterns.get(key, 0) + 1
    kinds, sizes = list(patterns), np.array(list(patterns.values()), dtype=float)
    rows, ends = [], []
    for at, one in enumerate(told, 1):
        row = np.array([n if kind[at] else 0.0 for kind, n in zip(kinds, sizes, strict=True)])
        rows += [row, -row]
        ends += [one.high * len(one.people), -one.low * len(one.people)]
    aim = np.array([n if kind[0] else 0.0 for kind, n in zip(kinds, sizes, strict=True)]) / len(wanted)
    limits = [(low, high)] * len(kinds)
    least = linprog(aim, np.array(rows), ends, bounds=limits, method="highs")
    most = linprog(-aim, np.array(rows), ends, bounds=limits, method="highs")
    if least.status or most.status:
        raise AssertionError("what was told contradicts itself")
    return -most.fun - least.fun


def optimum(
    groups: Mapping[Hashable, frozenset], k: int, weights: Mapping[Hashable, float] | None = None
) -> set[Hashable]:
    """By trying all sets of groups of at least ``k`` people: the heaviest that no combination undoes. Small worlds."""
    weights = weights or {name: 1.0 for name in groups}
    able = [name for name, people in groups.items() if len(people) >= k]
    best: set[Hashable] = set()
    most = 0.0
    for mask in range(1 << len(able)):
        chosen = [name for bit, name in enumerate(able) if mask >> bit & 1]
        total = sum(weights[name] for name in chosen)
        if total <= most:
            continue
        rows = [{(person, "q"): Fraction(1) for person in groups[name]} for name in chosen]
        if smallest_support(rows, k) is None:
            best, most = set(chosen), total
    return best
