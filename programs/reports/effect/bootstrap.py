"""One band around several numbers at once, by multiplying the cohorts' scores with random weights. Pure, seeded.

Sources: Callaway & Sant'Anna (2021), section 4.1, algorithm 1 (multiplier bootstrap; one critical value for all
numbers of a picture); six-point weights for few clusters: M. D. Webb, Canadian J. Economics 56 (2023), 839–858.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from programs.reports.effect.estimator import Array
from programs.reports.effect.uncertainty import LEVEL

RUNS = 999
WEBB = np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)])


def critical(scores: Sequence[Array], df: Sequence[float], seed: int, runs: int = RUNS) -> list[float]:
    """For each number by how many of its standard errors the common band reaches to either side.

    ``scores``: of each number, its cohorts' scores. The largest of |Σ w_g s_g| / se over the numbers has its 95 %
    quantile over ``runs`` draws of the weights; as bootstrapped quantiles of few clusters are too small, it is
    stretched by t over z at each number's degrees of freedom, and is never less than t itself.
    """
    if not scores:
        return []
    table = np.array(scores)
    se = np.sqrt((table**2).sum(axis=1))
    drawn = np.random.default_rng(seed).choice(WEBB, size=(runs, table.shape[1]))
    largest = (np.abs(drawn @ table.T) / np.where(se > 0, se, 1.0)).max(axis=1)
    together = float(np.quantile(largest, LEVEL, method="higher"))
    z = float(scipy.special.ndtri((1 + LEVEL) / 2))
    single = [float(scipy.special.stdtrit(one, (1 + LEVEL) / 2)) for one in df]
    return [max(t, together * t / z) for t in single]
