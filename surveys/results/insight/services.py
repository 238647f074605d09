"""What released cells say of a service: quadrant, two factors, gap, sins and signs, hours lost. From cells only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.instruments.scales import HOURS, scale_of

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


def gaps(items: Iterable[Item], cells: Cells) -> list[tuple[str, int]]:
    """(facet, perception − expectation) in points of 100, the widest shortfall first; means over a facet's questions.

    Only of questions of which both halves are shown as scores. Source: A. Parasuraman, V. A. Zeithaml & L. L. Berry,
    Journal of Retailing 64 (1988), 12–40 (SERVQUAL: P − E).
    """
    found: dict[str, list[int]] = {}
    for item in items:
        perceived, expected = cells.get(item["code"]), cells.get(f"{item['code']}:expected")
        if item["kind"] == "pair" and perceived and expected and _plain(perceived) and _plain(expected):
            found.setdefault(item.get("facet") or "", []).append(perceived["index"] - expected["index"])
    means = [(name, round(sum(values) / len(values))) for name, values in found.items()]
    return sorted(means, key=lambda one: (one[1], one[0]))


def incidence(items: Iterable[Item], cells: Cells, kind: str) -> list[tuple[str, int, float]]:
    """Of each sin (``kind`` "sin") or sign ("sign"): (value, per cent who met it, at least so many per 100 encounters).

    Somebody who met it met it once or more in the encounters he counted; so share / mean encounters · 100 is a lower
    bound. Nothing without a mean number of encounters of at least one. The most frequent first.
    Source: the framework, section 7 (incidence per 100 service encounters).
    """
    rows = list(items)
    times = next((cells.get(item["code"]) for item in rows if item.get("facet") == "encounters"), None)
    asked = next((item["code"] for item in rows if item.get("facet") == kind), None)
    cell = cells.get(asked) if asked else None
    if not cell or not times or not cell.get("shares") or not times.get("shown") or times.get("mean", 0) < 1:
        return []
    found = [(value, share, round(share / times["mean"], 1)) for value, share in cell["shares"].items()]
    return sorted(found, key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True)
class LostTime:
    """Hours lost at one interface in a quarter: per person, and (``n`` known exactly) of all who answered together."""

    per_person: float
    together: int | None
    estimated: bool


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
        return LostTime(round(mean, 1), None if n is None else round(mean * n), False)
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
    return LostTime(round(total / 100, 1), None, True)


def memorable(cell: Cell | None) -> int | None:
    """Per cent who would tell *something great*; only where the distribution is released (from 20 people).

    Source: the service-culture framework, sections 4 (five outcomes people tell) and 7 (memorable).
    """
    dist = (cell or {}).get("dist")
    return None if not dist else round(100 * dist[-1] / (sum(dist) or 1))
