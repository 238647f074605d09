"""The picture of a program: years, stages, cohorts, waves and milestones on one axis. Pure: no database, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# Labels nearer to an edge than this share of the axis would hang out.
EDGE_FIRST, EDGE_LAST = 6.0, 94.0


@dataclass(frozen=True)
class Bar:
    """``at`` and ``share`` in percent of the axis; ``state``: past, now, future."""

    label: Any
    first: dt.date
    last: dt.date
    at: float
    share: float
    state: str
    told: str = ""


@dataclass(frozen=True)
class Mark:
    label: Any
    on: dt.date
    at: float
    tone: str = ""


@dataclass(frozen=True)
class Line:
    years: list[Mark]
    stages: list[Bar]
    cohorts: list[Bar]
    waves: list[Mark]
    milestones: list[Mark]
    today: Mark | None

    @property
    def today_at_edge(self) -> bool:
        """The word beside the line of today stands to its left near the end."""
        return self.today is not None and self.today.at > EDGE_LAST - 6


def build(
    *,
    first: dt.date,
    last: dt.date,
    today: dt.date,
    stages: Iterable[tuple[Any, dt.date, dt.date] | tuple[Any, dt.date, dt.date, str]],
    cohorts: Iterable[tuple[str, dt.date, str]],
    waves: Iterable[tuple[Any, dt.date]] = (),
    milestones: Iterable[tuple[Any, dt.date, str]] = (),
) -> Line:
    """``stages``: name, first and last day, what is told beside it. ``cohorts``: name, first day, the same.

    Marks outside ``first`` … ``last`` are left out.
    """
    days = max(1, (last - first).days)

    def at(day: dt.date) -> float:
        return round(max(0.0, min(100.0, (day - first).days * 100 / days)), 2)

    def bar(label: Any, begins: dt.date, ends: dt.date, told: str = "") -> Bar:
        state = "past" if ends < today else "future" if begins > today else "now"
        return Bar(label, begins, ends, at(begins), round(at(ends) - at(begins), 2), state, told)

    years = [Mark(first.year, first, 0.0)]
    years += [
        Mark(year, day, at(day))
        for year in range(first.year + 1, last.year + 1)
        if EDGE_FIRST < at(day := dt.date(year, 1, 1)) <= EDGE_LAST
    ]
    return Line(
        years=years,
        stages=[bar(*stage) for stage in stages],
        cohorts=[bar(name, begins, last, told) for name, begins, told in cohorts],
        waves=[Mark(label, day, at(day)) for label, day in waves if first <= day <= last],
        milestones=[Mark(label, day, at(day), tone) for label, day, tone in milestones if first <= day <= last],
        today=Mark("", today, at(today)) if first <= today <= last else None,
    )
