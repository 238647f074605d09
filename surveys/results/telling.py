"""How a question's released cell is told on a page: a score, shares of options, a mean with its unit, a gap. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from surveys.instruments import comparing
from surveys.instruments.scales import scale_of, text_in
from surveys.results.insight import change, words
from surveys.results.insight.change import Change

Cell = Mapping[str, Any]
NOT_THERE: Cell = {"shown": False}
# Where one question is the talk index of the wave, its cell goes by that name.
TALK = "talk"


@dataclass(frozen=True)
class Told:
    """One question with its cell. ``look``: score, shares (of options), mean (of a number) or gap (of a pair).

    ``shares``: (words, per cent) as the question lists its options. ``mean`` and its interval are in the question's
    own unit. ``expected``: what a pair's people expect, 0–100; ``gap``: experienced minus expected. ``nps``: of a
    recommendation, per cent of 9–10 minus per cent of 0–6 (F. F. Reichheld, Harvard Business Review 81/12, 2003);
    ``nps_range``: its interval in words, where the number of people is told exactly.
    ``moved``: the change since the wave before, in the word decided with the release. ``changed``: new wording or
    another scale since the wave before.
    """

    code: str
    text: str
    about: str
    cell: Cell
    look: str = "score"
    dimension: str = ""
    changed: str = ""
    unit: str = ""
    shares: Sequence[tuple[str, int]] = ()
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    expected: Cell = field(default_factory=dict)
    gap: int | None = None
    nps: int | None = None
    nps_range: str = ""
    moved: Change | None = None
    moved_words: str = ""

    @property
    def gap_words(self) -> str:
        return "" if self.gap is None else minus(f"{self.gap:+d}")

    @property
    def nps_words(self) -> str:
        return "" if self.nps is None else minus(self.nps)

    @property
    def index_words(self) -> str:
        return minus(self.cell.get("index", ""))

    @property
    def range_words(self) -> str:
        low, high = minus(self.cell.get("low", "")), minus(self.cell.get("high", ""))
        return f"{low} to {high}" if "−" in low else f"{low} – {high}"


def minus(value: Any) -> str:
    """A number with the sign that is as wide as a digit."""
    return str(value).replace("-", "−")


def talk_code(items: Sequence[Mapping[str, Any]]) -> str:
    """The question whose cell is the talk index: the first outcome that people are asked about the whole."""
    return next((one["code"] for one in items if one["kind"] == "outcome" and one["about"] == "own"), "")


def tell(
    items: Sequence[Mapping[str, Any]],
    cells: Mapping[str, Cell],
    language: str,
    name: str,
    before: Sequence[Mapping[str, Any]] = (),
) -> list[Told]:
    """Every question of a group called ``name``; ``before``: the questions of the wave before, to mark what changed."""
    talk, changed = talk_code(items), changes(before, items)
    return [
        _told(item, cells, TALK if code == talk else code, language, name, changed.get(code, ""))
        for item in items
        for code in (item["code"],)
    ]


def changes(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Which questions were asked otherwise in the wave before: *scale* or *wording*. New ones are not marked."""
    found = {}
    for one in comparing.compare(before, now):
        if one.before is not None and one.after is not None:
            kinds = [kind for kind in (comparing.SCALE, comparing.WORDING) if kind in one.kinds]
            if kinds:
                found[one.code] = kinds[0]
    return found


def _told(item: Mapping[str, Any], cells: Mapping[str, Cell], key: str, language: str, name: str, changed: str) -> Told:
    cell, scale = cells.get(key, NOT_THERE), scale_of(item)
    shared: dict[str, Any] = {
        "code": item["code"],
        "text": text_in(item["text"], language).replace("{provider}", name),
        "about": item["about"],
        "dimension": item.get("dimension", ""),
        "cell": cell,
        "changed": changed,
    }
    if not cell.get("shown"):
        return Told(**shared)
    if (moved := change.read(cell)) is not None:
        shared |= {"moved": moved, "moved_words": words.told_change(moved, language)}
    if "shares" in cell:
        shares = [(scale.label(_one(scale, int(value)), language), share) for value, share in cell["shares"].items()]
        return Told(**shared, look="shares", shares=shares)
    if scale.kind == "number":
        unit = text_in(scale.unit, language)
        if cell.get("low") is None:
            return Told(**shared, look="mean", unit=unit, mean=cell.get("mean"))
        # Scores are told in whole points of 100: of a wide range no decimals are pretended.
        digits = None if scale.high - scale.low >= 100 else 1
        low, high = (round(scale.low + cell[end] / 100 * (scale.high - scale.low), digits) for end in ("low", "high"))
        return Told(**shared, look="mean", unit=unit, mean=round(cell["mean"], digits), low=low, high=high)
    if scale.kind == "pair":
        expected = cells.get(f"{item['code']}:expected", NOT_THERE)
        both = expected.get("shown") and "band" not in expected and "band" not in cell
        gap = cell["index"] - expected["index"] if both else None
        return Told(**shared, look="gap", expected=expected, gap=gap)
    nps = cell["fav"] - cell["unf"] if scale.kind == "recommendation" and "fav" in cell else None
    return Told(**shared, nps=nps, nps_range=_nps_range(cell) if nps is not None else "")


def _nps_range(cell: Cell) -> str:
    """The interval of a difference of two shares of the same people: variance (p + q − (p − q)²) ÷ n.

    Source: the multinomial's; A. Agresti, Categorical Data Analysis (3rd ed., 2013), 1.4 and 3.1.
    """
    if not isinstance(cell["n"], int):
        return ""
    good, bad = cell["fav"] / 100, cell["unf"] / 100
    people = max(1.0, cell["n"] / cell.get("effect", 1.0))
    half = 1.96 * math.sqrt(max(0.0, good + bad - (good - bad) ** 2) / people) * 100
    low, high = max(-100, math.floor((good - bad) * 100 - half)), min(100, math.ceil((good - bad) * 100 + half))
    return _("%(low)s to %(high)s") % {"low": minus(low), "high": minus(high)}


def _one(scale: Any, value: int) -> int:
    """The stored answer that is this option alone."""
    return 1 << (value - 1) if scale.kind == "multiple" else value
