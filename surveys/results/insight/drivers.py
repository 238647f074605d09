"""What goes with an outcome: shares of explained variance, tested against noise. From correlations only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveys.results.insight import censored
from surveys.results.insight.reliability import Moments

Array = NDArray[np.float64]
MOST_LMG = 12
FEWEST, PER_PREDICTOR = 100, 10
DRAWS = 200
SEED = 20000  # of the year of Johnson's article; the same everywhere, so that a repeated release is the same


def enough(n: int, predictors: int) -> bool:
    """Whether so many people carry a model of so many predictors: n ≥ max(100, 10 × predictors)."""
    return predictors > 0 and n >= max(FEWEST, PER_PREDICTOR * predictors)


def correlations(covariance: Array) -> Array:
    """The correlation matrix. Every variance must be above zero."""
    spread = np.sqrt(np.diag(covariance))
    return covariance / np.outer(spread, spread)


def relative_weights(among: Array, outcome: Array) -> Array:
    """Johnson's relative weights: shares of R² by way of the nearest orthogonal predictors. They sum to R².

    ``among`` (… × p × p): correlations of the predictors; ``outcome`` (… × p): theirs with the outcome. Λ is the
    symmetric root of ``among``; β = Λ⁻¹ · outcome; ε = Λ² · β² (elementwise squares).
    Source: J. W. Johnson, Multivariate Behavioral Research 35 (2000), 1–19.
    """
    values, vectors = np.linalg.eigh(among)
    # A predictor that repeats others leaves a direction without variance: nothing is explained along it.
    solid = values > 1e-10
    roots = np.sqrt(np.where(solid, values, 0.0))
    inverse = np.where(solid, 1 / np.where(solid, roots, 1.0), 0.0)
    turned = np.swapaxes(vectors, -1, -2)
    root = (vectors * roots[..., None, :]) @ turned
    beta = ((vectors * inverse[..., None, :]) @ turned @ outcome[..., None])[..., 0]
    return ((root**2) @ (beta**2)[..., None])[..., 0]


def explained(among: Array, outcome: Array) -> float:
    """R² of the outcome on all predictors."""
    return float(outcome @ np.linalg.pinv(among, hermitian=True) @ outcome)


def lmg(among: Array, outcome: Array) -> Array:
    """The share of R² of each predictor, averaged over all orders of entering. They sum to R². Up to 12 predictors.

    Source: R. H. Lindeman, P. F. Merenda & R. Z. Gold (1980), p. 119 ff.; U. Grömping, Journal of Statistical Software
    17/1 (2006), metric "lmg"; the same number as the Shapley value and as general dominance (Budescu 1993).
    """
    p = len(outcome)
    if p > MOST_LMG:
        raise ValueError(f"LMG takes at most {MOST_LMG} predictors; there are {p}.")
    found = np.zeros(1 << p)
    for size in range(1, p + 1):
        chosen = np.array(list(combinations(range(p), size)))
        inside = among[chosen[:, :, None], chosen[:, None, :]]
        with_it = outcome[chosen]
        solved = (np.linalg.pinv(inside, hermitian=True) @ with_it[..., None])[..., 0]
        found[(1 << chosen).sum(axis=1)] = (with_it * solved).sum(axis=1)
    weights = [factorial(size) * factorial(p - size - 1) / factorial(p) for size in range(p)]
    shares = np.zeros(p)
    for mask in range(1 << p):
        weight_at = mask.bit_count()
        for at in range(p):
            if not mask >> at & 1:
                shares[at] += weights[weight_at] * (found[mask | 1 << at] - found[mask])
    return shares


def _resampled(matrix: Array, n: int, draws: int, seed: int) -> Array:
    """Correlation matrices of ``draws`` samples of ``n`` people from a normal population with this one.

    Wishart matrices by Bartlett's decomposition. Source: M. S. Bartlett, Proc. R. Soc. Edinburgh 53 (1933), 260–283.
    """
    p = len(matrix)
    chance = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh(matrix)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    lower = np.tril(chance.standard_normal((draws, p, p)), -1)
    at = np.arange(p)
    lower[:, at, at] = np.sqrt(chance.chisquare(np.maximum(1, n - 1 - at), (draws, p)))
    half = root @ lower
    drawn = half @ np.swapaxes(half, -1, -2)
    spread = np.sqrt(np.maximum(np.einsum("bii->bi", drawn), 1e-12))
    return drawn / (spread[:, :, None] * spread[:, None, :])


def beats_noise(among: Array, outcome: Array, n: int, *, draws: int = DRAWS, seed: int = SEED) -> list[bool]:
    """Whether each predictor's weight is clearly above that of a predictor of pure noise beside it.

    A variable that goes with nothing joins the model; in ``draws`` resamples the weight of each predictor less that of
    the noise must stay above zero in all but 2.5 %. Resamples are drawn from the correlations, not from rows: so the
    test can be made from what adds up over groups.
    Source: S. Tonidandel, J. M. LeBreton & J. W. Johnson, Psychological Methods 14 (2009), 387–399.
    """
    p = len(outcome)
    whole = np.eye(p + 2)
    whole[:p, :p] = among
    whole[:p, p + 1] = whole[p + 1, :p] = outcome
    drawn = _resampled(whole, n, draws, seed)
    weights = relative_weights(drawn[:, : p + 1, : p + 1], drawn[:, : p + 1, p + 1])
    above = np.quantile(weights[:, :p] - weights[:, p : p + 1], 0.025, axis=0)
    return [bool(value > 0) for value in above]


@dataclass(frozen=True)
class Driver:
    """One predictor. ``weight``, ``lmg``: share of the explained variance (0–1; lmg None above 12 predictors).

    ``sign``: of its plain correlation with the outcome. ``clear``: above noise. ``suppressor``: its sign in the model
    is the other one, or it goes with the outcome only through others: not to be read as helping or hindering.
    """

    code: str
    weight: float
    lmg: float | None
    sign: int
    clear: bool
    suppressor: bool


def find(codes: Sequence[str], covariance: Array, n: int) -> tuple[float, list[Driver]] | None:
    """R² and the drivers, strongest first, of the last variable of ``covariance`` on the others, named by ``codes``.

    None where too few people answered. Every variance must be above zero.
    """
    p = len(codes)
    if not enough(n, p):
        return None
    matrix = correlations(covariance)
    among, outcome = matrix[:-1, :-1], matrix[:-1, -1]
    r2 = explained(among, outcome)
    # Of what nothing explains each has no share.
    whole = r2 if r2 > 1e-9 else float("inf")
    weights = relative_weights(among, outcome) / whole
    by_order: Sequence[float | None] = list(lmg(among, outcome) / whole) if p <= MOST_LMG else [None] * p
    betas = np.linalg.pinv(among, hermitian=True) @ outcome
    clear = beats_noise(among, outcome, n)
    weak = 1.96 / sqrt(n)
    found = [
        Driver(
            code,
            float(weights[at]),
            None if by_order[at] is None else float(by_order[at] or 0.0),
            0 if abs(outcome[at]) < weak else 1 if outcome[at] > 0 else -1,
            clear[at],
            clear[at] and bool(betas[at] * outcome[at] < 0 or abs(outcome[at]) < weak),
        )
        for at, code in enumerate(codes)
    ]
    return r2, sorted(found, key=lambda one: (-one.weight, one.code))


def cell(
    codes: Sequence[str], outcome: str, moments: Moments, people: int, steps: Array, lot: np.random.Generator
) -> dict[str, Any] | None:
    """The released cell: ``items`` [code, weight %, lmg % or None, sign, clear, suppressor], strongest first.

    ``steps`` of the scales, the outcome's last, and ``lot``: see :mod:`censored`; what is told names every question.
    """
    floors = censored.floors(steps, people)
    covariance = censored.covariance(moments.covariance(), floors, people, lot)
    found = find(codes, covariance, people)
    if found is None:
        return None
    r2, drivers = found
    # Nor is it told that the outcome follows from the others for everybody.
    r2 = min(r2, float(covariance[-1, -1] / (covariance[-1, -1] + floors[-1])))
    return {
        "shown": True,
        "n": people,
        "outcome": outcome,
        "r2": round(r2 * 100),
        "items": [
            [
                one.code,
                round(one.weight * 100),
                None if one.lmg is None else round(one.lmg * 100),
                one.sign,
                one.clear,
                one.suppressor,
            ]
            for one in drivers
        ],
    }
