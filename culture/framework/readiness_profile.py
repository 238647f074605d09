"""What several judgments 0–4 say together: median, spread, the weakest first. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

HIGHEST = 4
# Two sponsors this far apart do not see the same organisation.
DISAGREEMENT = 2


@dataclass(frozen=True)
class Judgment:
    """One sponsor's view of one condition; ``level`` 0–4. ``key`` tells two sponsors of one name apart."""

    sponsor: str
    level: int
    evidence: str = ""
    key: int = 0


@dataclass(frozen=True)
class Line:
    """One condition with everything said about it. ``change`` is against the median of the assessment before."""

    code: str
    kind: str
    label: str
    judgments: tuple[Judgment, ...] = field(default=())
    before: float | None = None

    @property
    def levels(self) -> list[int]:
        return [judgment.level for judgment in self.judgments]

    @property
    def median(self) -> float:
        """0–4 in steps of a half; of no judgment at all: 0."""
        return float(median(self.levels)) if self.judgments else 0.0

    @property
    def low(self) -> int:
        return min(self.levels, default=0)

    @property
    def high(self) -> int:
        return max(self.levels, default=0)

    @property
    def spread(self) -> int:
        return self.high - self.low

    @property
    def disagreed(self) -> bool:
        return self.spread >= DISAGREEMENT

    @property
    def change(self) -> float | None:
        return None if self.before is None else self.median - self.before


def weakest(lines: Sequence[Line]) -> list[Line]:
    """Those with the lowest median, in their order; empty when nothing is judged."""
    judged = [line for line in lines if line.judgments]
    lowest = min((line.median for line in judged), default=None)
    return [line for line in judged if line.median == lowest]


def ranked(lines: Sequence[Line]) -> list[Line]:
    """Weakest first; at the same median the one judged lower by somebody, then the order of the catalogue."""
    order = {line.code: number for number, line in enumerate(lines)}
    return sorted(lines, key=lambda line: (line.median, line.low, order[line.code]))


def below(lines: Sequence[Line], threshold: float, kinds: frozenset[str]) -> list[Line]:
    """The judged lines of ``kinds`` whose median is under ``threshold``, weakest first."""
    return [line for line in ranked(lines) if line.judgments and line.kind in kinds and line.median < threshold]


def disagreements(lines: Sequence[Line]) -> list[Line]:
    """Where sponsors are far apart, widest first."""
    return sorted((line for line in lines if line.disagreed), key=lambda line: -line.spread)


def medians(lines: Sequence[Line]) -> Mapping[str, float]:
    return {line.code: line.median for line in lines if line.judgments}


def number(value: float) -> str:
    """``2`` or ``2.5``: medians come in halves."""
    return f"{value:g}"
