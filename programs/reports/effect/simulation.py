"""How the words keep their promises, tried out: programs whose true effect is known. Pure, seeded.

A unit's score in a wave is its level, plus the wave's, plus chance of its own (one unit SD), plus a shock of its cohort
in that wave (``shock`` unit SDs; ``lasting``: how much of it is left a wave later), plus the effect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from programs.reports.effect.estimator import LATER, Cells, useful
from programs.reports.effect.judging import CLEAR, judge

SD = 8.0  # points of 100: chance of a unit of some ten people from wave to wave
PEOPLE = 20.0


@dataclass(frozen=True)
class Design:
    """``starts``: place of the first wave after the start, by cohort; ``blocks``: units of each."""

    name: str
    starts: tuple[int, ...]
    blocks: tuple[int, ...]
    waves: int


Effect = Callable[[int, int], float]  # cohort, waves since its start → unit SDs
DESIGNS = (
    Design("four cohorts", (1, 3, 5, LATER), (10, 10, 10, 10), 8),
    Design("like the demo", (1, 2, 4, LATER), (4, 2, 5, 7), 6),
    Design("six, unequal", (2, 3, 4, 6, 8, LATER), (5, 10, 20, 10, 30, 8), 10),
    Design("one of six begun", (4, LATER, LATER, LATER, LATER, LATER), (5, 5, 5, 5, 5, 5), 8),
    Design("twelve", (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, LATER), (8,) * 12, 16),
)


def nothing(_cohort: int, _since: int) -> float:
    return 0.0


def steady(_cohort: int, _since: int) -> float:
    return 0.8


def growing(_cohort: int, since: int) -> float:
    return 0.3 * min(since + 1, 5)


def unlike(cohort: int, since: int) -> float:
    """Early cohorts gain much and go on gaining, late ones little: where ordinary regressions turn the sign."""
    return max(0.2, 1.6 - 0.4 * cohort) + 0.2 * since


@dataclass(frozen=True)
class Rates:
    """Of ``runs``: called clear, true effect inside the 95 % interval, wrong sign; and the mean error in unit SDs."""

    runs: int
    clear: float
    inside: float
    wrong: float
    bias: float


def draw(
    design: Design, rng: np.random.Generator, *, shock: float, effect: Effect = nothing, lasting: float = 0.0
) -> Cells:
    """One organisation, in points."""
    rows = []
    season = rng.standard_normal(design.waves)
    for cohort, (start, blocks) in enumerate(zip(design.starts, design.blocks, strict=True)):
        own = rng.standard_normal((blocks, 1)) * 2 + rng.standard_normal((blocks, design.waves))
        jolt = rng.standard_normal(design.waves)
        for wave in range(1, design.waves):
            jolt[wave] = lasting * jolt[wave - 1] + np.sqrt(1 - lasting**2) * jolt[wave]
        gain = np.array([effect(cohort, wave - start) if wave >= start else 0.0 for wave in range(design.waves)])
        rows.append((own + shock * jolt + gain + season).mean(axis=0))
    return Cells(design.starts, tuple(PEOPLE * blocks for blocks in design.blocks), 50 + SD * np.array(rows))


def truth(design: Design, effect: Effect) -> float:
    """What is to be found, in points: the mean over a cohort's waves, then over cohorts by their people."""
    cells = useful(Cells(design.starts, tuple(map(float, design.blocks)), np.zeros((len(design.starts), design.waves))))
    found = []
    for cohort in cells.treated:
        mine = [effect(cohort, wave - cells.starts[cohort]) for one, wave in cells.effects if one == cohort]
        found.append((cells.people[cohort], float(np.mean(mine))))
    return SD * sum(people * gain for people, gain in found) / sum(people for people, _gain in found)


def rates(
    design: Design, *, runs: int, seed: int, shock: float, effect: Effect = nothing, lasting: float = 0.0
) -> Rates:
    """``runs`` organisations, judged as the product judges."""
    rng, real = np.random.default_rng(seed), truth(design, effect)
    clear, inside, errors, wrong = 0, 0, [], 0
    for _ in range(runs):
        found = judge(draw(design, rng, shock=shock, effect=effect, lasting=lasting), seed=seed, picture=False)
        clear += found.word == CLEAR
        points = found.points or 0.0
        inside += found.low is None or found.high is None or found.low <= real <= found.high
        wrong += points * real < 0
        errors.append(points - real)
    return Rates(runs, clear / runs, inside / runs, wrong / runs, float(np.mean(errors)) / SD)


def table(designs: Sequence[Design] = DESIGNS, *, runs: int, seed: int = 20260101) -> list[tuple[str, Rates]]:
    """Every design without an effect under each kind of shock, and with known effects."""
    found = []
    for design in designs:
        for shock, lasting in ((0.0, 0.0), (0.2, 0.0), (0.5, 0.0), (0.5, 0.7)):
            name = f"{design.name}, nothing, shocks {shock}{' that last' if lasting else ''}"
            found.append((name, rates(design, runs=runs, seed=seed, shock=shock, lasting=lasting)))
        for label, effect in (("steady", steady), ("growing", growing), ("unlike", unlike)):
            name = f"{design.name}, {label} effect, shocks 0.3"
            found.append((name, rates(design, runs=runs, seed=seed, shock=0.3, effect=effect)))
    return found
