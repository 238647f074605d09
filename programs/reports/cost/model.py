"""Ranges for the cost of poor service by Monte Carlo. Pure; the same inputs and seed give the same numbers.

Each input is a PERT distribution, a beta distribution between *low* and *high* with its mode at *likely* and a mean of
(low + 4 × likely + high) / 6. Sources: D. G. Malcolm, J. H. Roseboom, C. E. Clark, W. Fazar, "Application of a
technique for research and development program evaluation", Operations Research 7 (1959) 646-669; D. Vose, *Risk
Analysis*, 3rd ed. (2008), ch. 10.3.9. Inputs are drawn independently of each other; the page says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from programs.reports.cost.factors import BY_KEY, PARTS, SHARE, Part

DRAWS = 20_000
METHOD = "pert-1"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Input:
    """``low`` ≤ ``likely`` ≤ ``high`` in the unit of its factor (shares in per cent); ``source`` is never empty."""

    low: float
    likely: float
    high: float
    source: str


@dataclass(frozen=True)
class Range:
    """Of all draws 5 per cent lie below ``low``, half below ``middle``, 5 per cent above ``high``."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Driver:
    """How the total moves with one input while the others stay at *likely*: at its ``low`` and its ``high``.

    ``share``: per cent of the total's spread that goes with it.
    """

    key: str
    low: float
    high: float
    share: float


@dataclass(frozen=True)
class Result:
    """``parts``: (part, its range) of what could be counted; ``left_out``: (part, the inputs that are missing)."""

    total: Range | None
    parts: list[tuple[str, Range]]
    left_out: list[tuple[str, list[str]]]
    drivers: list[Driver]
    one_in_ten: Range | None


def estimate(inputs: Mapping[str, Input], *, seed: int, draws: int = DRAWS) -> Result:
    """The cost a year. Raises ValueError for an input out of order or unknown."""
    for key, one in inputs.items():
        _check(key, one)
    counted = [part for part in PARTS if all(key in inputs for key in part.uses)]
    left_out = [(p.key, [key for key in p.uses if key not in inputs]) for p in PARTS if p not in counted]
    if not counted:
        return Result(None, [], left_out, [], None)
    used = [key for key in BY_KEY if any(key in part.uses for part in counted)]
    drawn = _draw(inputs, used, seed, draws)
    columns = {part.key: COSTS[part.key](drawn) for part in counted}
    total = _sum(columns)
    leaving = [columns[key] for key in ("lost", "replacing") if key in columns]
    return Result(
        total=_range(total),
        parts=[(key, _range(column)) for key, column in columns.items()],
        left_out=left_out,
        drivers=_drivers(inputs, counted, drawn, total),
        one_in_ten=_range(np.sum(leaving, axis=0) / 10) if leaving else None,
    )


def _check(key: str, one: Input) -> None:
    if key not in BY_KEY:
        raise ValueError(f"unknown input {key}")
    values = (one.low, one.likely, one.high)
    if not all(math.isfinite(value) for value in values) or not 0 <= one.low <= one.likely <= one.high:
        raise ValueError(f"{key}: low ≤ likely ≤ high, from 0 on")
    if not one.source.strip():
        raise ValueError(f"{key}: has no source")
    if key == "complain" and one.low <= 0:
        raise ValueError("complain: more than 0")


def _draw(inputs: Mapping[str, Input], keys: Sequence[str], seed: int, draws: int) -> dict[str, Floats]:
    """Every input has a stream of its own, so that leaving one out does not change the others' draws."""
    streams = {key: np.random.default_rng([seed, place]) for place, key in enumerate(BY_KEY)}
    return {key: _plain(key, _pert(inputs[key], streams[key], draws)) for key in keys}


def _pert(one: Input, stream: np.random.Generator, draws: int) -> Floats:
    span = one.high - one.low
    if span == 0:
        return np.full(draws, one.likely)
    first = 1 + 4 * (one.likely - one.low) / span
    second = 1 + 4 * (one.high - one.likely) / span
    return one.low + span * stream.beta(first, second, draws)


def _plain(key: str, values: Floats) -> Floats:
    return values / 100 if BY_KEY[key].kind == SHARE else values


Drawn = Mapping[str, Floats]
COSTS: dict[str, Callable[[Drawn], Floats]] = {
    "lost": lambda x: x["customers"] * x["leave"] * x["by_service"] * x["margin"] * x["years"],
    "replacing": lambda x: x["customers"] * x["leave"] * x["by_service"] * x["replaced"] * x["winning"],
    "complaints": lambda x: x["complaints"] * (x["handling"] * x["hour"] + x["amends"]),
    "told": lambda x: x["complaints"] / x["complain"] * x["tells"] * x["deterred"] * x["margin"],
    "time": lambda x: x["people"] * x["interfaces"] * x["lost_hours"] * 4 * x["hour"],
}


def _sum(columns: Mapping[str, Floats]) -> Floats:
    return np.sum(list(columns.values()), axis=0)


def _range(column: Floats) -> Range:
    low, middle, high = (float(value) for value in np.percentile(column, [5, 50, 95]))
    return Range(low, middle, high)


def _drivers(inputs: Mapping[str, Input], counted: Sequence[Part], drawn: Drawn, total: Floats) -> list[Driver]:
    """The inputs that are not certain, the widest first.

    Share: the squared rank correlation with the total over the sum of all of them. Source: Vose (2008), ch. 5.3.7
    (rank order sensitivity); Spearman (1904) for the correlation.
    """
    uncertain = [key for key in drawn if inputs[key].low < inputs[key].high]
    squared = {key: _correlation(drawn[key], total) ** 2 for key in uncertain}
    whole = sum(squared.values()) or 1.0
    found = []
    for key in uncertain:
        low, high = sorted(_at(inputs, counted, drawn, {key: value}) for value in (inputs[key].low, inputs[key].high))
        found.append(Driver(key, low, high, round(100 * squared[key] / whole, 1)))
    return sorted(found, key=lambda one: (one.low - one.high, one.key))


def at_likely(inputs: Mapping[str, Input]) -> float | None:
    """The total with every input at *likely*: where the bars of all drivers meet. None: nothing can be counted."""
    counted = [part for part in PARTS if all(key in inputs for key in part.uses)]
    used = {key for part in counted for key in part.uses}
    return _at(inputs, counted, used, {}) if counted else None


def _correlation(one: Floats, other: Floats) -> float:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(np.corrcoef(scipy.stats.rankdata(one), scipy.stats.rankdata(other))[0, 1])


def _at(
    inputs: Mapping[str, Input], counted: Sequence[Part], used: Collection[str], moved: Mapping[str, float]
) -> float:
    """The total with the inputs ``moved`` at these values and everything else at *likely*."""
    likely = {one: inputs[one].likely for one in used} | dict(moved)
    plain = {one: _plain(one, np.array([number])) for one, number in likely.items()}
    return float(_sum({part.key: COSTS[part.key](plain) for part in counted})[0])
