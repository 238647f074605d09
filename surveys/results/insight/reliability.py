"""How well the items of an index hang together, from moments that add up over groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from surveys.results.insight import censored
from surveys.results.insight.intervals import LEVEL

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """Count, sums (k) and products (k × k) of people who answered all k items; adds up over disjoint groups."""

    n: int
    sums: Array
    products: Array

    @classmethod
    def of(cls, rows: Array) -> Moments:
        """``rows``: people × items, NaN where not answered; whoever left one out is not counted."""
        whole = rows[~np.isnan(rows).any(axis=1)]
        return cls(len(whole), whole.sum(axis=0), whole.T @ whole)

    @classmethod
    def nothing(cls, k: int) -> Moments:
        return cls(0, np.zeros(k), np.zeros((k, k)))

    @classmethod
    def sum(cls, parts: Iterable[Moments], k: int) -> Moments:
        n, sums, products = 0, np.zeros(k), np.zeros((k, k))
        for part in parts:
            n += part.n
            sums = sums + part.sums
            products = products + part.products
        return cls(n, sums, products)

    def covariance(self) -> Array:
        """The sample's covariance matrix (n − 1)."""
        if self.n < 2:
            return np.zeros_like(self.products)
        found = (self.products - np.outer(self.sums, self.sums) / self.n) / (self.n - 1)
        # What is left of a constant column after subtraction is rounding, not spread.
        flat = np.diag(found) <= 1e-9 * np.maximum(1.0, np.diag(self.products) / self.n)
        found[flat, :] = 0.0
        found[:, flat] = 0.0
        return found


def alpha(covariance: Array, least: float = 0.0) -> float | None:
    """Cronbach's alpha, k/(k − 1) · (1 − Σ item variances / variance of the sum); may be negative, None if undefined.

    A negative alpha says that items contradict each other (one may be reversed by mistake): it is shown, not hidden.
    ``least``: as it is told, see :func:`_alpha`; then it is defined from two items on.
    Source: L. J. Cronbach, Psychometrika 16 (1951), 297–334.
    """
    return _alpha(len(covariance), float(np.trace(covariance)), float(covariance.sum()), least)


def _alpha(k: int, trace: float, whole: float, least: float) -> float | None:
    """``least``: variance of two people one step off. Neither that the sum is the same for all is told, nor that each
    answers all items alike: as if two did not, in one of them."""
    whole = max(whole, least)
    if k < 2 or whole <= 1e-12:
        return None
    value = k / (k - 1) * (1 - trace / whole)
    return min(max(value, LOWEST), whole / (whole + least)) if least else value


def alpha_interval(value: float, n: int, k: int, level: float = LEVEL) -> tuple[float, float]:
    """The exact interval of alpha for normal scores: 1 − (1 − α) · F, with n − 1 and (n − 1)(k − 1) degrees of freedom.

    Source: L. S. Feldt, Psychometrika 30 (1965), 357–370; L. S. Feldt, D. J. Woodruff & F. A. Salih, Applied
    Psychological Measurement 11 (1987), 93–103.
    """
    if n < 3 or k < 2:
        return (float("-inf"), 1.0)
    one, other = n - 1, (n - 1) * (k - 1)
    upper_f, lower_f = _f(one, other, level)
    return 1 - (1 - value) * upper_f, 1 - (1 - value) * lower_f


@lru_cache(maxsize=4096)
def _f(one: int, other: int, level: float) -> tuple[float, float]:
    upper, lower = scipy.stats.f.ppf(((1 + level) / 2, (1 - level) / 2), one, other)
    return float(upper), float(lower)


def if_dropped(covariance: Array, least: float = 0.0) -> list[float | None]:
    """Alpha of the other items, for each item."""
    own = np.diag(covariance)
    wholes = covariance.sum() - 2 * covariance.sum(axis=1) + own
    traces = own.sum() - own
    return [
        _alpha(len(covariance) - 1, float(trace), float(whole), least)
        for whole, trace in zip(wholes, traces, strict=True)
    ]


def item_rest(covariance: Array, least: float = 0.0) -> list[float | None]:
    """Each item's correlation with the sum of the others ("corrected item–total"); None where one of them is constant.

    ``least``: as it is told, never that one follows from the other for everybody; then it is defined from two items on.
    Source: J. C. Nunnally & I. H. Bernstein, Psychometric Theory (3rd ed., 1994), chapter 8.
    """
    found: list[float | None] = []
    whole = covariance.sum()
    for at, row in enumerate(covariance):
        own = max(row[at], least)
        rest = max(whole - 2 * row.sum() + row[at], least)
        together = row.sum() - row[at]
        if own <= 1e-12 or rest <= 1e-12:
            found.append(None)
            continue
        most = np.sqrt(own / (own + least))
        value = together / np.sqrt(own * rest)
        found.append(float(min(max(value, -most), most)) if least else float(value))
    return found


# An alpha further below 0 says nothing more than that items contradict each other, but how alike the sums are.
LOWEST = -1.0
# Below this an item does not go with the others: the usual floor (Nunnally & Bernstein 1994).
WEAK_ITEM = 0.2


def cell(
    moments: Moments, codes: Iterable[str], n: int | str, people: int, steps: Array, lot: np.random.Generator
) -> dict[str, Any] | None:
    """The released cell of an index's reliability; None of fewer than two items.

    ``n``: as it is told; ``people``: distinct people, for the interval; ``steps`` of the scales and ``lot``: see
    :mod:`censored`, so that it is told whatever was answered. ``items``: (code, alpha if dropped: None of two items,
    item–rest correlation). Two decimals.
    """
    floors = censored.floors(steps, people)
    covariance = censored.covariance(moments.covariance(), floors, people, lot)
    least = float(floors.min())
    value = alpha(covariance, least)
    if value is None:
        return None
    low, high = alpha_interval(value, people, len(covariance))
    rows = zip(codes, if_dropped(covariance, least), item_rest(covariance, least), strict=True)
    return {
        "shown": True,
        "n": n,
        "alpha": round(value, 2),
        "low": round(low, 2),
        "high": round(high, 2),
        "items": [[code, _two(dropped), _two(rest)] for code, dropped, rest in rows],
    }


def _two(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
