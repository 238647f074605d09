"""What released cells say of a service: quadrant, two factors, gap, sins and signs, hours lost. From cells only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from surveys.instruments.scales import HOURS, scale_of
from surveys.results.insight.change import half_width
from surveys.results.insight.intervals import mean_interval, share_interval

Cell = Mapping[str, Any]
Cells = Mapping[str, Cell]
Item = Mapping[str, Any]
QUADRANT_AT = 3.5
# A basic below this is to be repaired first: the middle of the scale.
STANDARD = 50


def to_index(score: float) -> float:
    """A score on the scale 1–5 as 0–100."""
    return (score - 1) * 25


def _plain(cell: Cell | None) -> bool:
    """Whether a cell is a shown score, and not only a band of ten points."""
    return bool(cell and cell.get("shown") and "index" in cell and "band" not in cell)


def facet(items: Iterable[Item], cells: Cells, name: str) -> tuple[float, float, float] | None:
    """(index, low, high) of a facet: the mean of its items' released indices; None unless all of them are shown.

    The interval is the mean of the items' intervals: answers of the same people, so it is not narrowed by their number.
    """
    codes = [item["code"] for item in items if item.get("facet") == name and _scored(item)]
    shown = [cell for code in codes if (cell := cells.get(code)) and _plain(cell) and "low" in cell]
    if not codes or len(shown) < len(codes):
        return None
    index, low, high = (sum(cell[key] for cell in shown) / len(shown) for key in ("index", "low", "high"))
    return index, low, high


def _scored(item: Item) -> bool:
    return item["kind"] != "comment" and scale_of(item).ordered


@dataclass(frozen=True)
class Quadrant:
    """Where a provider stands: Q1 neither, Q2 pleasant only, Q3 effective only, Q4 both.

    ``treatment`` and ``competence``: indices 0–100. ``clear``: neither interval reaches over the cut-off.
    """

    code: str
    treatment: int
    competence: int
    clear: bool


def quadrant(items: Sequence[Item], cells: Cells, at: float = QUADRANT_AT) -> Quadrant | None:
    """Treatment × competence around the cut-off ``at`` (scale 1–5; at it counts as good); None where one is hidden.

    Source: the service-culture framework, section 4 (two attitudes and four kinds of service organisation).
    """
    treatment, competence = facet(items, cells, "treatment"), facet(items, cells, "competence")
    if treatment is None or competence is None:
        return None
    cut = to_index(at)
    pleasant, effective = treatment[0] >= cut, competence[0] >= cut
    code = {(False, False): "Q1", (True, False): "Q2", (False, True): "Q3", (True, True): "Q4"}[pleasant, effective]
    clear = all(low >= cut or high < cut for _, low, high in (treatment, competence))
    return Quadrant(code, round(treatment[0]), round(competence[0]), clear)


@dataclass(frozen=True)
class Factor:
    """A question of one of the two kinds: its released index, and what to do: repair, keep (basics), grow (extras)."""

    code: str
    index: int
    action: str


def two_factors(items: Iterable[Item], cells: Cells, standard: int = STANDARD) -> list[Factor]:
    """What to do in which order: basics below ``standard``, the worst first; then extras from the lowest; last the
    basics that hold.

    A missing basic makes people dissatisfied and cannot be made up for by extras. Source: F. Herzberg, B. Mausner & B.
    Snyderman, The Motivation to Work (1959); the framework, section 4 (satisfiers and dissatisfiers).
    """
    found = []
    for item in items:
        cell = cells.get(item["code"])
        if item.get("facet") not in ("dissatisfier", "satisfier") or not _plain(cell) or cell is None:
            continue
        basic = item["facet"] == "dissatisfier"
        action = "grow" if not basic else "repair" if cell["index"] < standard else "keep"
        found.append(Factor(item["code"], cell["index"], action))
    order = {"repair": 0, "grow": 1, "keep": 2}
    return sorted(found, key=lambda one: (order[one.action], one.index, one.code))


class Gap(NamedTuple):
    """Of one facet: perception − expectation in points of 100, its interval, and who answered, as told."""

    facet: str
    points: int
    low: int
    high: int
    n: int | str


def gaps(items: Iterable[Item], cells: Cells) -> list[Gap]:
    """The gap of each facet, the widest shortfall first; means over a facet's questions.

    Only of questions of which both halves are shown as scores. The interval takes the two halves as independent (people
    who expect much also say they get much, so it is rather too wide), and is averaged over questions: they are of the
    same people. Source: A. Parasuraman, V. A. Zeithaml & L. L. Berry, Journal of Retailing 64 (1988), 12–40 (SERVQUAL:
    P − E).
    """
    found: dict[str, list[tuple[int, float, int | str]]] = {}
    for item in items:
        perceived, expected = cells.get(item["code"]), cells.get(f"{item['code']}:expected")
        if item["kind"] == "pair" and perceived and expected and _plain(perceived) and _plain(expected):
            half = math.hypot(half_width(perceived) or 0.0, half_width(expected) or 0.0)
            least = min((perceived["n"], expected["n"]), key=least_of)
            mine = found.setdefault(item.get("facet") or "", [])
            mine.append((perceived["index"] - expected["index"], half, least))
    told = []
    for name, rows in found.items():
        points, half = sum(row[0] for row in rows) / len(rows), sum(row[1] for row in rows) / len(rows)
        ends = math.floor(points - half), math.ceil(points + half)
        told.append(Gap(name, round(points), *ends, min((row[2] for row in rows), key=least_of)))
    return sorted(told, key=lambda one: (one.points, one.facet))


def least_of(n: int | str) -> int:
    """The fewest people a told count stands for."""
    return n if isinstance(n, int) else int(str(n).split("–")[0])


def share_range(percent: float, cell: Cell) -> tuple[int, int] | None:
    """Wilson's interval of a share of the people of a cell, in per cent; None where their number is told as a range.

    ``effect`` of the cell: how much wider it is because people of one unit rate alike.
    """
    n = cell.get("n")
    if not isinstance(n, int):
        return None
    people = max(1, round(n / cell.get("effect", 1.0)))
    low, high = share_interval(percent / 100 * people, people)
    return math.floor(low * 100), math.ceil(high * 100)


class Met(NamedTuple):
    """A sin or sign: per cent who met it, at least so many times per 100 encounters."""

    value: str
    share: int
    per_hundred: float


def incidence(items: Iterable[Item], cells: Cells, kind: str) -> list[Met]:
    """Of each sin (``kind`` "sin") or sign ("sign") how many met it and how often at least; the most frequent first.

    Somebody who met it met it once or more in the encounters he counted; so share / mean encounters · 100 is a lower
    bound: with the most encounters that the rounded mean may stand for, and rounded down. Nothing without a mean number
    of encounters of at least one.
    Source: the framework, section 7 (incidence per 100 service encounters).
    """
    rows = list(items)
    counted = next((item for item in rows if item.get("facet") == "encounters"), None)
    times = cells.get(counted["code"]) if counted else None
    asked = next((item["code"] for item in rows if item.get("facet") == kind), None)
    cell = cells.get(asked) if asked else None
    if not cell or not times or not cell.get("shares") or not times.get("shown") or times.get("mean", 0) < 1:
        return []
    most = times["mean"] + (told_to(counted) / 2 if counted else 0.0)
    found = [Met(value, share, math.floor(share / most * 10) / 10) for value, share in cell["shares"].items()]
    return sorted(found, key=lambda one: (-one.share, one.value))


def told_to(item: Item) -> float:
    """To how much the mean of a number is told: a hundredth of its range, as scores are."""
    scale = scale_of(item)
    return (scale.high - scale.low) / 100


@dataclass(frozen=True)
class LostTime:
    """Hours lost at one interface in a quarter: per person, and (``n`` known exactly) of all who answered together.

    ``low``, ``high``: the 95 % interval of the first; None where it is ``estimated``. ``n``: who answered, as told.
    """

    per_person: float
    together: int | None
    estimated: bool
    low: float | None = None
    high: float | None = None
    n: int | str = 0


def lost_time(item: Item, cell: Cell | None, whole: Cell | None) -> LostTime | None:
    """Hours per quarter from a released *lost time* cell; None where hidden or banded.

    From 20 people: the released distribution times the middle of each band (the open one counts as 24 hours). From 8
    people only three classes are released; within each the bands are split as in ``whole``, the same question's cell of
    the whole organisation, and the figure is ``estimated``. Source: the framework, section 7 (lost time).
    """
    if item["kind"] != "lost_time" or not cell or not cell.get("shown") or "band" in cell:
        return None
    hours = HOURS[::-1]  # the classes of the cell begin with the worst
    if dist := cell.get("dist"):
        mean = sum(share * hour for share, hour in zip(dist, hours, strict=True)) / (sum(dist) or 1)
        n = cell["n"] if isinstance(cell["n"], int) else None
        low, high = _range_of_hours(dist, mean, cell) if n else (None, None)
        return LostTime(round(mean, 1), None if n is None else round(mean * n), False, low, high, cell["n"])
    split = (whole or {}).get("dist")
    if not split or "fav" not in cell:
        return None
    good, bad = scale_of(item).thirds()
    middle = frozenset(range(len(hours))) - good - bad
    total = 0.0
    for share, classes in ((cell["fav"], good), (cell["neu"], middle), (cell["unf"], bad)):
        weight = sum(split[at] for at in classes)
        total += share * (
            sum(split[at] * hours[at] for at in classes) / weight
            if weight
            else sum(hours[at] for at in classes) / len(classes)
        )
    return LostTime(round(total / 100, 1), None, True, n=cell["n"])


def _range_of_hours(dist: Sequence[float], mean: float, cell: Cell) -> tuple[float, float]:
    """The interval of a mean over the middles of the bands; as wide as ratings of one unit make it."""
    whole = sum(dist) or 1
    spread = math.sqrt(sum(share * (hour - mean) ** 2 for share, hour in zip(dist, HOURS[::-1], strict=True)) / whole)
    low, high = mean_interval(mean, spread, max(2, round(cell["n"] / cell.get("effect", 1.0))))
    return max(0.0, round(low, 1)), round(high, 1)


def memorable(cell: Cell | None) -> int | None:
    """Per cent who would tell *something great*; only where the distribution is released (from 20 people).

    Source: the service-culture framework, sections 4 (five outcomes people tell) and 7 (memorable).
    """
    dist = (cell or {}).get("dist")
    return None if not dist else round(100 * dist[-1] / (sum(dist) or 1))
