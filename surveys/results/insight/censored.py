"""Covariances as they may be told: never that (nearly) all answered a question alike.

As a score is told as if two people stood one step off, so is what goes with it. A floor under the variance alone would
be no cover: the question would correlate 0.00 with every other one, which hardly any question does by itself. So it is
told as if two people drawn by lot had answered one step off everybody else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveys.instruments.scales import scale_of

Array = NDArray[np.float64]
# Of the scatter of two people drawn by lot: beyond it nothing could come of so few people.
FARTHEST = 0.9


def steps_of(items: Sequence[Mapping[str, Any]]) -> Array:
    """One step of each question's scale, in points of 100."""
    scales = [scale_of(item) for item in items]
    return np.array([100.0 / (scale.high - scale.low) for scale in scales])


def floors(steps: Array, n: int) -> Array:
    """The variance of each question if two of ``n`` people stand one step off all the others."""
    n = max(3, n)
    return np.asarray(steps, dtype=float) ** 2 * 2 * (n - 2) / (n * (n - 1))


def lots(values: Array) -> np.random.Generator:
    """The lots, drawn from all answers of the wave: the same if a release is worked out again, and known to nobody who
    does not know all of them."""
    known = np.nan_to_num(values)
    told = np.concatenate([known.sum(axis=0)[None, :], known.T @ known])
    digest = hashlib.blake2b((np.round(told, 2) + 0.0).tobytes(), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def covariance(found: Array, least: Array, n: int, lot: np.random.Generator) -> Array:
    """``found``, where a question has less than the ``least`` variance, as if two of ``n`` people stood a step off.

    Its correlation with anything else is then one over √(n − 1) times a normal deviate.
    """
    flat = np.diag(found) < least * (1 - 1e-9)
    if not flat.any():
        return found
    told = found.copy()
    told[flat, :] = told[:, flat] = 0.0
    known = list(np.flatnonzero(~flat))
    for at in np.flatnonzero(flat):
        told[at, at] = least[at]
        if known:
            told[at, known] = told[known, at] = np.sqrt(least[at]) * _scatter(told[np.ix_(known, known)], n, lot)
        known.append(at)
    return told


def _scatter(among: Array, n: int, lot: np.random.Generator) -> Array:
    values, vectors = np.linalg.eigh(among)
    drawn = lot.standard_normal(len(among)) / np.sqrt(max(2, n - 1))
    length = float(np.sqrt(drawn @ drawn))
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ (drawn * min(1.0, FARTHEST / max(length, 1e-12)))
