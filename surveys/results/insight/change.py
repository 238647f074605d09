"""How a score moved from one wave to another, in one of four words. From released cells only."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import scipy

from surveys.results.insight.intervals import z

Cell = Mapping[str, Any]
ROSE, FELL, SAME, FEW = "rose", "fell", "no clear change", "too few to tell"
# The smallest change that matters, in points of 100, unless the series says otherwise.
MATTERS = 5
FALSE_DISCOVERIES = 0.05


@dataclass(frozen=True)
class Change:
    """How a released score moved. ``low``, ``high``: the 95 % interval of the difference; ``word``: one of the four."""

    delta: int
    low: int
    high: int
    word: str

    @property
    def clear(self) -> bool:
        return self.word in (ROSE, FELL)

    @property
    def one_of_many(self) -> bool:
        """Whether it would look clear alone, but not among all the comparisons of its release."""
        return not self.clear and (self.low > 0 or self.high < 0)

    @property
    def told(self) -> str:
        """The difference with its interval: "+12 (+7 to +17)"."""
        return f"{self.delta:+d} ({self.low:+d} to {self.high:+d})".replace("-", "−")

    def as_cell(self) -> dict[str, Any]:
        return {"delta": self.delta, "low": self.low, "high": self.high, "word": self.word}


@dataclass(frozen=True)
class Difference:
    """Two independent estimates compared: the difference, half its 95 % interval, and the two-sided p of no change."""

    delta: float
    half: float
    p: float


def half_width(cell: Cell) -> float | None:
    """Half of a released 95 % interval, its longer half; None where the cell has none (hidden, banded, missing)."""
    if not cell.get("shown") or cell.get("low") is None or "index" not in cell:
        return None
    # An end may be cut off at the end of the scale; and a half that was rounded to nothing is not nothing.
    return max(float(cell["high"] - cell["index"]), float(cell["index"] - cell["low"]), 0.5)


def difference(now: Cell | None, before: Cell | None) -> Difference | None:
    """Two released scores compared as independent estimates; None where one has no interval.

    √(h₁² + h₂²) for the half-width, a normal test for p. Many people answer both waves and then the two are alike by
    more than chance; as answers are unlinked this cannot be used, so the interval is wider than it need be, never
    narrower.
    Source: Cochran (1977), section 2.9; N. Schenker & J. F. Gentleman, American Statistician 55 (2001), 182–186.
    """
    one, other = half_width(now or {}), half_width(before or {})
    if one is None or other is None or now is None or before is None:
        return None
    delta = float(now["index"] - before["index"])
    half = math.hypot(one, other)
    return Difference(delta, half, float(2 * scipy.special.ndtr(-abs(delta) / half * z())))


def benjamini_hochberg(ps: Sequence[float], q: float = FALSE_DISCOVERIES) -> list[bool]:
    """Which of the tests are discoveries when at most a share ``q`` of the discoveries may be false, in their order.

    The largest i with p(i) ≤ i · q / m, and every smaller p.
    Source: Y. Benjamini & Y. Hochberg, J. R. Statist. Soc. B 57 (1995), 289–300.
    """
    order = sorted(range(len(ps)), key=lambda at: ps[at])
    last = -1
    for rank, at in enumerate(order):
        if ps[at] <= (rank + 1) * q / len(ps):
            last = rank
    found = set(order[: last + 1])
    return [at in found for at in range(len(ps))]


def changed(one: Difference, discovered: bool, matters: float = MATTERS) -> Change:
    """The change in whole points and its word.

    *rose* or *fell* for a discovery of which the told interval leaves out zero; else *too few to tell* where even a
    change that matters could hide in the interval, or *no clear change*.
    """
    # Rounded outwards: rounding must not turn an unclear change into a clear one.
    low, high = math.floor(one.delta - one.half), math.ceil(one.delta + one.half)
    if discovered and (low > 0 or high < 0):
        word = ROSE if low > 0 else FELL
    else:
        word = FEW if one.half > matters else SAME
    return Change(round(one.delta), low, high, word)


def alone(now: Cell | None, before: Cell | None, matters: float = MATTERS) -> Change | None:
    """The change between two released cells judged by themselves: where no word was decided with the release."""
    one = difference(now, before)
    return None if one is None else changed(one, one.p <= FALSE_DISCOVERIES, matters)


Pair = tuple[Hashable, Hashable, Cell, Cell]  # whose, family of tests, now, before


def decide(pairs: Iterable[Pair], matters: Callable[[Any], float] = lambda _whose: MATTERS) -> dict[Any, Change]:
    """A word for every pair of cells that can be compared; a family of tests (statistic × level) is judged as one.

    ``matters``: the smallest change that matters, by whose cells they are.
    """
    families: dict[Hashable, list[tuple[Hashable, Difference]]] = {}
    for whose, family, now, before in pairs:
        if (found := difference(now, before)) is not None:
            families.setdefault(family, []).append((whose, found))
    decided: dict[Hashable, Change] = {}
    for tests in families.values():
        found_out = benjamini_hochberg([one.p for _, one in tests])
        decided.update(
            (whose, changed(one, yes, matters(whose))) for (whose, one), yes in zip(tests, found_out, strict=True)
        )
    return decided


def read(cell: Cell | None) -> Change | None:
    """The change that was decided when ``cell`` was released; None where there is none."""
    found = (cell or {}).get("change")
    return Change(found["delta"], found["low"], found["high"], found["word"]) if found else None


def since(cell: Cell | None) -> int | None:
    """The number of the wave that the released change of ``cell`` compares with."""
    found = (cell or {}).get("change")
    return found["since"] if found else None


def read_first(cell: Cell | None) -> tuple[int, Change] | None:
    """(number of the first wave of the series, change since it); None where only the wave before was compared."""
    found = ((cell or {}).get("change") or {}).get("first")
    return (found["since"], Change(found["delta"], found["low"], found["high"], found["word"])) if found else None
