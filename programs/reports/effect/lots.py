"""Where starts were drawn by lot: how often another draw would have shown as much. Pure, seeded.

Source: S. Athey & G. W. Imbens, "Design-based analysis in difference-in-differences settings with staggered
adoption", J. Econometrics 226 (2022), 62–79; R. A. Fisher, The Design of Experiments (1935), chapter II.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import factorial, prod

import numpy as np

from programs.reports.effect.estimator import Cells, estimate, overall, useful

MOST = 1999
LEAST = 20  # with fewer draws no result could be rare enough for 5 %


@dataclass(frozen=True)
class Drawn:
    """``draws``: other ways the lots could have fallen that were looked at; ``p``: share with an effect as large."""

    draws: int
    p: float

    @property
    def can_tell(self) -> bool:
        return self.draws >= LEAST


def permuted(cells: Cells, pool: Sequence[int], seed: int, most: int = MOST) -> Drawn | None:
    """Give the starts of the cohorts ``pool`` to each other in every other way (or in ``most`` random ones).

    The draw that happened counts among them. None where nothing can be estimated.
    """
    weights = overall(useful(cells))
    if weights is None or len(pool) < 2:
        return None
    own = abs(estimate(weights, useful(cells)))
    found = [own]
    for starts in _ways([cells.starts[at] for at in pool], seed, most):
        given = list(cells.starts)
        for at, start in zip(pool, starts, strict=True):
            given[at] = start
        other = useful(replace(cells, starts=tuple(given)))
        if (one := overall(other)) is not None:
            found.append(abs(estimate(one, other)))
    return Drawn(len(found), sum(one >= own - 1e-9 for one in found) / len(found))


def _ways(starts: list[int], seed: int, most: int) -> Iterator[tuple[int, ...]]:
    """All other orders of the starts, or ``most`` of them drawn with replacement."""
    counts = [starts.count(one) for one in set(starts)]
    if factorial(len(starts)) // prod(factorial(n) for n in counts) <= most and len(starts) <= 8:
        yield from sorted(set(itertools.permutations(starts)) - {tuple(starts)})
        return
    rng = np.random.default_rng(seed)
    for _ in range(most):
        yield tuple(int(one) for one in rng.permutation(starts))
