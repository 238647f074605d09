"""The rotating panel: 1 of n people is asked each time, of every unit alike. Pure and deterministic.

Everybody keeps his place, so that n waves in a row ask everybody exactly once, whoever joins or leaves meanwhile.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping


def places(people: Iterable[tuple[int, int]], known: Mapping[int, int], *, panel: int, salt: int) -> dict[int, int]:
    """The slot (0 … panel - 1) of each of ``people`` (id, unit) without one in ``known``.

    Each goes where his unit has fewest, then where all have fewest; ``salt`` (the series) mixes the order, so that the
    same people do not begin every series.
    """
    in_unit: defaultdict[int, Counter[int]] = defaultdict(Counter)
    total: Counter[int] = Counter()
    waiting: defaultdict[int, list[int]] = defaultdict(list)
    for person, unit in people:
        slot = known.get(person)
        if slot is None or slot >= panel:
            waiting[unit].append(person)
        else:
            in_unit[unit][slot] += 1
            total[slot] += 1
    found: dict[int, int] = {}
    for unit in sorted(waiting):
        mine, start = in_unit[unit], _mixed(salt, unit) % panel
        for person in sorted(waiting[unit], key=lambda one: (_mixed(salt, one), one)):
            slot = min(range(panel), key=lambda one: (mine[one], total[one], (one - start) % panel))
            found[person] = slot
            mine[slot] += 1
            total[slot] += 1
    return found


def _mixed(salt: int, number: int) -> int:
    return int.from_bytes(hashlib.blake2b(f"{salt}/{number}".encode(), digest_size=8).digest(), "big")
