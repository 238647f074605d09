"""One word for an effect, and why not a stronger one. By rule, from numbers. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from programs.reports.effect import bootstrap, lots
from programs.reports.effect.estimator import Cells, by_time, drift, estimate, lever, of_cohort, overall, seen, useful
from programs.reports.effect.uncertainty import LEVEL, Clusters, Told

CLEAR, LIKELY, EARLY, NONE = "clear", "likely", "early", "none"
# Four cohorts compared, two of them begun, before anything is called clear; three before an interval is told at all.
COHORTS_CLEAR, STARTED_CLEAR, COHORTS_LEAST = 4, 2, 3
LIKELY_P = 0.1
HALF, LONGEST = 0.5, 2.0
MATTERS = 5.0  # points of 100; as surveys.results.insight.change has it


@dataclass(frozen=True)
class Since:
    """The effect so many waves after the start (negative: before, where there should be none)."""

    waves: int
    points: float
    low: float | None
    high: float | None
    cohorts: int


@dataclass(frozen=True)
class Finding:
    """What was found of one outcome. ``points`` None: nothing can be estimated; ``why`` says it.

    ``why``: codes (``words``): what keeps the word from being stronger; empty for *clear* and *none*.
    """

    word: str
    why: tuple[str, ...]
    points: float | None = None
    low: float | None = None
    high: float | None = None
    df: float | None = None
    p: float | None = None
    detectable: float | None = None
    started: int = 0
    cohorts: int = 0
    waves: int = 0
    times: tuple[Since, ...] = ()
    drift: tuple[float, float, float] | None = None
    lots: lots.Drawn | None = None
    each: tuple[tuple[int, float, float | None], ...] = field(default=())  # place of the cohort, its effect, its weight


def judge(
    cells: Cells, *, seed: int, pool: Sequence[int] = (), matters: float = MATTERS, picture: bool = True
) -> Finding:
    """``pool``: places of the cohorts whose starts were drawn by lot, once; empty: chosen by people. ``picture``: the
    effect by time since the start, too."""
    if why := _nothing(cells):
        return Finding(EARLY, (why,), cohorts=cells.cohorts, waves=cells.waves, started=_begun(cells))
    used = useful(cells)
    weights = overall(used)
    assert weights is not None  # _nothing has said so
    clusters = Clusters(used)
    counted = {"started": len(used.treated), "cohorts": len(used.compared), "waves": used.waves}
    points = estimate(weights, used)
    told = clusters.tell(weights) if len(used.compared) >= COHORTS_LEAST else None
    before = _drift(used, clusters)
    if told is None:
        why = "few_cohorts" if len(used.compared) < COHORTS_LEAST else "few_waves"
        times = tuple(Since(since, estimate(one, used), None, None, seen(used)[since]) for since, one in _times(used))
        return Finding(EARLY, (why,), points=points, times=times, **counted)
    drawn = lots.permuted(cells, pool, seed) if len(pool) > 1 else None
    word, reasons = _word(told, used, before, drawn, matters)
    return Finding(
        word,
        reasons,
        points=points,
        low=outwards(told.low, -1),
        high=outwards(told.high, 1),
        df=told.df,
        p=told.p,
        detectable=told.detectable,
        times=_band(used, clusters, seed) if picture else (),
        drift=(before.points, before.low, before.high) if before else None,
        lots=drawn,
        each=tuple((cohort, estimate(of_cohort(used, cohort), used), used.people[cohort]) for cohort in used.treated),
        **counted,
    )


def _nothing(cells: Cells) -> str:
    """Why nothing can be estimated; "" where something can."""
    if not cells.cohorts:
        return "no_blocks"
    if cells.waves < 2:
        return "one_wave" if cells.waves else "no_wave"
    if cells.cohorts < 2:
        return "one_cohort"
    begun = [start for start in cells.starts if start < cells.waves]
    if not begun:
        return "not_started"
    # Cohorts of different days look alike here when all of them lie before the first wave.
    if not any(begun):
        return "no_baseline"
    if len(set(cells.starts)) == 1:
        return "all_at_once"
    # Those with a wave before their start began in one and the same: who could be compared with them had begun before.
    return "" if useful(cells).effects else "rest_before"


def _begun(cells: Cells) -> int:
    return sum(start < cells.waves for start in cells.starts)


def _times(cells: Cells) -> list[tuple[int, Any]]:
    return list(by_time(cells).items())


def _drift(cells: Cells, clusters: Clusters) -> Told | None:
    weights = drift(cells)
    return None if weights is None else clusters.tell(weights)


def _band(cells: Cells, clusters: Clusters, seed: int) -> tuple[Since, ...]:
    """The effect by time since the start, with one band for the whole picture."""
    rows = [(since, weights, clusters.tell(weights)) for since, weights in _times(cells)]
    known = [(weights, told) for _since, weights, told in rows if told is not None]
    scores = [found for weights, _told in known if (found := clusters.scores(weights)) is not None]
    reach = iter(bootstrap.critical(scores, [told.df for _weights, told in known], seed))
    found, counted = [], seen(cells)
    for since, weights, told in rows:
        points, half = estimate(weights, cells), next(reach) * told.se if told else None
        low, high = (None, None) if half is None else (points - half, points + half)
        found.append(Since(since, points, low, high, counted[since]))
    return tuple(found)


def _word(
    told: Told, cells: Cells, before: Told | None, drawn: lots.Drawn | None, matters: float
) -> tuple[str, tuple[str, ...]]:
    # As it is told: rounding must not turn an unclear effect into a clear one.
    outside = outwards(told.low, -1) > 0 or outwards(told.high, 1) < 0
    reasons = []
    if before is not None and moved(before.low, before.high):
        reasons.append("moved_before")
    elif before is not None and outside and (why := _goes_on(before, told, cells)):
        reasons.append(why)
    if not enough(len(cells.compared), len(cells.treated)):
        reasons.append("few_cohorts")
    if drawn is not None and drawn.can_tell and drawn.p > 1 - LEVEL:
        reasons.append("lots")
    if outside and not reasons:
        return CLEAR, ()
    if not outside and -matters < told.low and told.high < matters:
        # What moved before hides an effect as well as it feigns one.
        return (EARLY, tuple(reasons)) if "moved_before" in reasons else (NONE, ())
    if "moved_before" not in reasons and told.p < LIKELY_P:
        return LIKELY, tuple(reasons) or ("wide",)
    return EARLY, tuple(reasons) if outside else (*reasons, "wide")


def enough(compared: int, begun: int) -> bool:
    """Whether so many cohorts could make anything clear, however large it is."""
    return compared >= COHORTS_CLEAR and begun >= STARTED_CLEAR


def moved(low: float, high: float) -> bool:
    """Whether cohorts clearly moved before their start, by the interval of it."""
    return low > 0 or high < 0


def _goes_on(before: Told, told: Told, cells: Cells) -> str:
    """Whether half of what is found could be the going on of what was before, or the return from it ("": neither): a
    test alone would seldom see it. A difference can go on growing for long; it returns no further than it had gone.

    Sources: J. Roth, American Economic Review: Insights 4 (2022), 305–322; for the return, O. Ashenfelter, Review of
    Economics and Statistics 60 (1978), 47–57.
    """
    half = HALF * abs(told.points)
    if before.points * told.points < 0:
        return "rebound" if abs(before.points) > half else ""
    return "drifting" if abs(before.points) * min(lever(cells), LONGEST) > half else ""


def outwards(value: float, way: int) -> float:
    """To one decimal, away from the estimate: the ends of an interval are never told narrower than they are."""
    return math.floor(value * 10) / 10 if way < 0 else math.ceil(value * 10) / 10


def among_many(found: Mapping[str, Finding]) -> dict[str, Finding]:
    """Outcomes looked at beside the main one: *clear* only where it holds among all of them.

    Source: S. Holm, Scandinavian J. Statistics 6 (1979), 65–70.
    """
    order = sorted((one.p, key) for key, one in found.items() if one.p is not None)
    kept, holds = dict(found), True
    for rank, (p, key) in enumerate(order):
        holds = holds and p <= (1 - LEVEL) / (len(order) - rank)
        one = found[key]
        if one.word == CLEAR and not holds:
            kept[key] = Finding(**{**one.__dict__, "word": LIKELY, "why": ("many",)})
    return kept
