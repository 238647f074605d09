"""Group-time average effects and what they add up to, as linear combinations of the cells cohort × wave. Pure.

ATT(c, t): how far cohort c moved from the wave before its start to wave t, less how far those moved in the same time
that had not started by t. Source: B. Callaway & P. H. C. Sant'Anna, "Difference-in-Differences with multiple time
periods", J. Econometrics 225 (2021), 200–230: equation 2.4 without covariates, the not-yet-treated as comparison
(assumption 5); 3.7 and 3.8 for the averages. Every one of these is a weighted sum of the cohorts' means in the waves;
as the weights are known, so is all that must be known of its uncertainty (``uncertainty``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LATER = 10**6  # a start after the last wave


@dataclass(frozen=True)
class Cells:
    """The panel as the estimator takes it.

    ``starts``: for each cohort the place of its first wave after the start (``LATER``: none yet; 0: it had started
    before the first wave, so there is nothing to compare it with). ``people``: its weight. ``values``: cohort × wave.
    """

    starts: tuple[int, ...]
    people: tuple[float, ...]
    values: Array

    @property
    def cohorts(self) -> int:
        return len(self.starts)

    @property
    def waves(self) -> int:
        return int(self.values.shape[1])

    @cached_property
    def effects(self) -> list[tuple[int, int]]:
        """(cohort, wave) for which there is an effect to be estimated: begun, and somebody has not begun yet."""
        return [
            (cohort, wave)
            for cohort, start in enumerate(self.starts)
            if start >= 1
            for wave in range(start, self.waves)
            if any(other > wave for other in self.starts)
        ]

    @cached_property
    def treated(self) -> list[int]:
        """The cohorts that have an effect, in order."""
        return sorted({cohort for cohort, _wave in self.effects})

    @cached_property
    def compared(self) -> list[int]:
        """The cohorts anything is learned from: those with an effect, and those they are compared with."""
        if not self.effects:
            return []
        first = min(wave for _cohort, wave in self.effects)
        return [c for c, start in enumerate(self.starts) if c in self.treated or start > first]


def useful(cells: Cells) -> Cells:
    """Without cohorts that began before the first wave, and without waves for which nobody is left to compare with."""
    kept = [cohort for cohort, start in enumerate(cells.starts) if start > 0]
    starts = tuple(cells.starts[cohort] for cohort in kept)
    upto = min(cells.waves, max(starts, default=0))
    return Cells(starts, tuple(cells.people[cohort] for cohort in kept), cells.values[kept][:, :upto])


def att(cells: Cells, cohort: int, wave: int) -> Array:
    """The weights of ATT(cohort, wave) over the cells. Before the start (a wave that should show nothing) it is
    compared with those that start later than the cohort."""
    start = cells.starts[cohort]
    base = start - 1
    after = max(wave, start)
    others = np.array([p if s > after else 0.0 for s, p in zip(cells.starts, cells.people, strict=True)])
    if not others.sum():
        raise ValueError("nobody to compare with")
    found = np.zeros(cells.values.shape)
    found[:, wave] -= others / others.sum()
    found[:, base] += others / others.sum()
    found[cohort, wave] += 1
    found[cohort, base] -= 1
    return found


def _mean(parts: Sequence[tuple[float, Array]]) -> Array:
    whole = sum(weight for weight, _one in parts)
    return sum((weight / whole * one for weight, one in parts), start=np.zeros_like(parts[0][1]))


def overall(cells: Cells) -> Array | None:
    """The effect so far: the mean over each cohort's waves since its start, then over the cohorts by their people.

    C&S (2021), equation 3.8 ("group"): a long exposure does not weigh more than a short one. None: nothing to estimate.
    """
    if not cells.effects:
        return None
    return _mean([(cells.people[c], of_cohort(cells, c)) for c in cells.treated])


def of_cohort(cells: Cells, cohort: int) -> Array:
    """The mean over the cohort's waves since its start; equation 3.7."""
    return _mean([(1.0, att(cells, c, wave)) for c, wave in cells.effects if c == cohort])


def simple(cells: Cells) -> Array | None:
    """All ATT(c, t) together, by people: C&S (2021), equation 3.10. For comparing with published numbers."""
    if not cells.effects:
        return None
    return _mean([(cells.people[c], att(cells, c, wave)) for c, wave in cells.effects])


def by_time(cells: Cells) -> dict[int, Array]:
    """Waves since the start (0: the first one after it) → the mean over the cohorts seen so long; C&S equation 3.4.

    Negative: waves before, against the last one before the start (−1, which is therefore left out).
    """
    parts: dict[int, list[tuple[float, Array]]] = {}
    for cohort, wave in cells.effects:
        since = wave - cells.starts[cohort]
        parts.setdefault(since, []).append((cells.people[cohort], att(cells, cohort, wave)))
    for cohort, wave in _before(cells):
        since = wave - cells.starts[cohort]
        parts.setdefault(since, []).append((cells.people[cohort], att(cells, cohort, wave)))
    return {since: _mean(parts[since]) for since in sorted(parts)}


def seen(cells: Cells) -> Mapping[int, int]:
    """Waves since the start → how many cohorts that number rests on."""
    found: dict[int, int] = {}
    for cohort, wave in [*cells.effects, *_before(cells)]:
        since = wave - cells.starts[cohort]
        found[since] = found.get(since, 0) + 1
    return found


def _before(cells: Cells) -> list[tuple[int, int]]:
    return [
        (cohort, wave)
        for cohort in cells.treated
        if any(start > cells.starts[cohort] for start in cells.starts)
        for wave in range(cells.starts[cohort] - 1)
    ]


def drift(cells: Cells) -> Array | None:
    """How far the cohorts had already moved, against those that start later, up to the wave before their start: the
    mean over the earlier waves, then over cohorts. Should be nothing. None: no cohort has two waves before its start.
    """
    pairs = _before(cells)
    if not pairs:
        return None
    cohorts = sorted({cohort for cohort, _wave in pairs})
    each = {c: _mean([(1.0, -att(cells, c, wave)) for one, wave in pairs if one == c]) for c in cohorts}
    return _mean([(cells.people[c], each[c]) for c in cohorts])


def lever(cells: Cells) -> float:
    """How much longer the time since the start is, on average, than the time before it in which a drift was seen."""
    after = [wave - cells.starts[cohort] + 1 for cohort, wave in cells.effects]
    before = [cells.starts[cohort] - 1 - wave for cohort, wave in _before(cells)]
    return float(np.mean(after) / np.mean(before)) if after and before else 1.0


def estimate(weights: Array, cells: Cells) -> float:
    return float((weights * cells.values).sum())
