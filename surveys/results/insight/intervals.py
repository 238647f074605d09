"""How sure a figure is: intervals for means and shares, finite populations, clustered ratings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

# Its parts load when they are first used (50 MB, half a second): most processes never do.
import scipy

Cell = Mapping[str, Any]
LEVEL = 0.95


@lru_cache(maxsize=4096)
def _t(df: int, level: float) -> float:
    return float(scipy.special.stdtrit(df, (1 + level) / 2))


@lru_cache(maxsize=16)
def z(level: float = LEVEL) -> float:
    """The normal quantile that leaves (1 − level)/2 above it: 1.96 for 95 %."""
    return float(scipy.special.ndtri((1 + level) / 2))


def mean_interval(mean: float, spread: float, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Student's interval for a mean: mean ± t(n − 1) · s / √n.

    ``spread``: the sample's standard deviation s. Unbounded for fewer than two people.
    Source: Student, "The probable error of a mean", Biometrika 6 (1908), 1–25.
    """
    if n < 2:
        return (-math.inf, math.inf)
    half = _t(n - 1, level) * spread / math.sqrt(n)
    return (mean - half, mean + half)


def share_interval(hits: float, n: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval for a share (0–1), without continuity correction.

    Source: E. B. Wilson, JASA 22 (1927), 209–212; method 3 of R. G. Newcombe, Statist. Med. 17 (1998), 857–872.
    """
    if not n:
        return (0.0, 1.0)
    q = z(level)
    share = hits / n
    centre = (share + q * q / (2 * n)) / (1 + q * q / n)
    half = q / (1 + q * q / n) * math.sqrt(max(0.0, share * (1 - share)) / n + q * q / (4 * n * n))
    return (max(0.0, centre - half), min(1.0, centre + half))


def finite(low: float, mean: float, high: float, fraction: float) -> tuple[float, float]:
    """An interval of a mean for *these* people, of whom ``fraction`` (0–1) answered: its halves times √(1 − f).

    Only for a sentence about the people who were asked in this wave. Never for a change, a comparison or a driver:
    those are about how people here think, of whom this wave's are a sample.
    Source: W. G. Cochran, Sampling Techniques (3rd ed., 1977), section 2.6, formula 2.20.
    """
    if not 0 <= fraction <= 1:
        raise ValueError("The fraction of people who answered lies between 0 and 1.")
    factor = math.sqrt(1 - fraction)
    return mean - (mean - low) * factor, mean + (high - mean) * factor


def of_these_people(cell: Cell, participation: Cell) -> tuple[int, int] | None:
    """The interval of a released score for this wave's people, from the participation as released; None where unknown.

    Participation is told in steps of 5 points with censored ends, so the lower end of the step is taken: never narrower
    than the truth, and nothing that was not released goes in.
    """
    if not (cell.get("shown") and cell.get("low") is not None and participation.get("shown")):
        return None
    fraction = max(0.0, (participation["percent"] - 2.5) / 100)
    if participation["percent"] <= 10:
        fraction = 0.0
    low, high = finite(cell["low"], cell["index"], cell["high"], fraction)
    return math.floor(low), math.ceil(high)


Cluster = tuple[int, float, float]  # ratings, their sum, the sum of their squares


def intraclass(groups: Sequence[Sequence[Cluster]]) -> float:
    """How alike ratings of one cluster are (0–1), pooled over ``groups`` (each provider's clusters of raters).

    The one-way analysis of variance's estimate, (MSB − MSW) / (MSB + (m₀ − 1) · MSW) with m₀ = (N − Σm²/N)/(G − 1);
    never below 0. Between-cluster sums of squares are taken within each group, so that good and bad providers do not
    count as clustering.
    Source: P. E. Shrout & J. L. Fleiss, Psychological Bulletin 86 (1979), 420–428, ICC(1,1); for unequal clusters
    A. Donner & J. J. Koval, Biometrics 36 (1980), 19–25.
    """
    between = within = sizes = 0.0
    between_df = within_df = 0
    for clusters in groups:
        known = [one for one in clusters if one[0] > 0]
        n = sum(m for m, _, _ in known)
        if len(known) < 2:
            continue
        mean = sum(total for _, total, _ in known) / n
        between += sum(m * (total / m - mean) ** 2 for m, total, _ in known)
        within += sum(max(0.0, squares - total * total / m) for m, total, squares in known)
        between_df += len(known) - 1
        within_df += n - len(known)
        sizes += n - sum(m * m for m, _, _ in known) / n
    if not between_df or not within_df:
        return 0.0
    msb, msw, typical = between / between_df, within / within_df, sizes / between_df
    whole = msb + (typical - 1) * msw
    return min(1.0, max(0.0, (msb - msw) / whole)) if whole > 0 else 0.0


def design_effect(groups: Sequence[Sequence[Cluster]]) -> float:
    """By how much clustering by unit widens the variance of a mean of ratings, one figure for the whole wave (≥ 1).

    1 + (b − 1) · ρ, b being the ratings per cluster weighted by size. Clustering by respondent needs no figure: n
    counts people, not ratings, as if all ratings of one person were the same.
    One figure for the wave and not one per provider: a provider's own would tell the mean of a hidden group of raters.
    Source: L. Kish, Survey Sampling (1965), section 5.4 and 8.2.
    """
    sizes = [m for clusters in groups for m, _, _ in clusters if m > 0]
    if not sizes:
        return 1.0
    weighted = sum(m * m for m in sizes) / sum(sizes)
    return round(1 + (weighted - 1) * intraclass(groups), 2)


def widen(cell: dict[str, Any], effect: float, bottom: float = 0.0) -> dict[str, Any]:
    """A released cell whose intervals allow for a design effect; the score and everything else stay.

    The favourable share's interval is widened alike; a cell that has none yet (shares of options, hours) says by how
    much (``effect``).
    """
    if effect <= 1 or not cell.get("shown") or "band" in cell:
        return cell
    factor, told = math.sqrt(effect), dict(cell)
    for middle, low, high, ends in (("index", "low", "high", (round(bottom), 100)),
                                    ("fav", "fav_low", "fav_high", (0, 100))):  # fmt: skip
        if middle in cell and cell.get(low) is not None:
            at = cell[middle]
            told[low] = max(math.floor(at - (at - cell[low]) * factor), ends[0])
            told[high] = min(math.ceil(at + (cell[high] - at) * factor), ends[1])
    return told if "shares" not in cell and "dist" not in cell else {**told, "effect": effect}
