"""Which programs a count may be told of as a whole, when their people overlap. Pure.

Whatever is worked out from the figures of several programs is made of the people who are in the same ones of them:
such people are nobody, or at least so many that they may be told of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping


def told(people: Mapping[frozenset[int], int], least: int) -> frozenset[int]:
    """The programs that may be told of. ``people``: how many are in just these programs. The oldest comes first: what
    is made later to single somebody out stays untold, and takes nothing away from what was there."""
    chosen: frozenset[int] = frozenset()
    for program in sorted(frozenset().union(*people)):
        tried, sizes = chosen | {program}, Counter[frozenset[int]]()
        for programs, n in people.items():
            sizes[programs & tried] += n
        if all(n >= least for same, n in sizes.items() if same and n):
            chosen = tried
    return chosen
