"""The attacker: what exact arithmetic gets out of released sums. Never imported by the product.

Unknowns are people's answers (one per person and question). A released score is a row of coefficients over them. He
looks for a combination of rows, with whatever coefficients, that few people stand behind.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from fractions import Fraction
from itertools import combinations

Row = dict[Hashable, Fraction]


def basis(rows: Iterable[Row]) -> list[Row]:
    """Reduced echelon form, exactly."""
    done: list[tuple[Hashable, Row]] = []
    for row in rows:
        row = {key: Fraction(value) for key, value in row.items() if value}
        for pivot, known in done:
            if pivot in row:
                row = minus(row, known, row[pivot])
        if not row:
            continue
        pivot = min(row, key=str)
        row = {key: value / row[pivot] for key, value in row.items()}
        done = [(other, minus(known, row, known[pivot]) if pivot in known else known) for other, known in done]
        done.append((pivot, row))
    return [row for _, row in done]


def minus(row: Row, other: Row, times: Fraction) -> Row:
    result = dict(row)
    for key, value in other.items():
        left = result.get(key, Fraction(0)) - times * value
        if left:
            result[key] = left
        else:
            result.pop(key, None)
    return result


def in_span(rows: list[Row], target: Row) -> bool:
    return len(basis([*rows, target])) == len(basis(rows))


def smallest_support(rows: list[Row], people: Iterable[Hashable], below: int) -> set[Hashable] | None:
    """Fewer than ``below`` people whose answers alone are behind some combination of the rows; None if there are none.

    Exact for small worlds: a combination lives on a set of people when the rows, with those people's columns left out,
    lose rank. Keys of the rows are (person, question). People with equal columns everywhere are interchangeable.
    """
    known = basis(rows)
    everybody = sorted(people, key=str)
    for size in range(1, below):
        seen: set[tuple] = set()
        for some in combinations(everybody, size):
            kind = tuple(sorted(str(_column(known, person)) for person in some))
            if kind in seen:
                continue
            seen.add(kind)
            rest = [{key: value for key, value in row.items() if key[0] not in some} for row in known]
            if len(basis(rest)) < len(known):
                return set(some)
    return None


def _column(rows: list[Row], person: Hashable) -> list[tuple]:
    return sorted(
        (at, str(key[1]), value) for at, row in enumerate(rows) for key, value in row.items() if key[0] == person
    )
