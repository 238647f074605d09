"""What a report is about, and the released cells it may tell: read once, through the gate, for all its sections.

A report of the whole program tells of waves that are shared with leaders; that of a unit, which its manager reads too,
of waves that are shared with managers. In which audience it was made decides later who may open it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone, translation

from culture.access import reach
from culture.access.days import date_text
from culture.people.models import Employee, Unit
from programs.planning import standing
from programs.planning.models import Program
from programs.practices import leading as practices
from programs.practices import switching
from programs.reports import readings, scorecard_counted
from programs.reports.findings import DIMENSIONS, Score
from programs.reports.readings import Kept
from programs.reports.report_model import Fact, Hidden, Value
from programs.reports.scorecard_place import Place, asked, score_of
from programs.reports.texts_report import say
from programs.training.certificates import day_in
from surveys.results import queries as results
from surveys.results import sharing
from surveys.waves.models import Wave

Cells = Mapping[str, Any]


def audience_of(unit: Unit | int | None) -> str:
    return sharing.LEADERS if unit is None else sharing.MANAGERS


@dataclass(frozen=True)
class Node:
    """A unit, or several merged into a block, with its released cells. ``depth`` within this report, 0 on top."""

    unit: int
    name: str
    parent: int | None
    depth: int
    cells: Cells
    cell: str

    def score(self, measure: str) -> Score | None:
        return score_of(self.cells.get(measure))

    def value(self, measure: str, language: str) -> Value:
        """Its rounded index (of few people the range that may be told), or why there is none."""
        one = self.score(measure)
        if one is not None:
            return one.band or round(one.index)
        # Only what was not asked looks different: words, and no hatch.
        return Hidden(say("hidden", language)) if asked(measure, self.cells) else say("not_asked", language)

    @property
    def mean(self) -> float | None:
        known = [one.index for name in DIMENSIONS if (one := self.score(name))]
        return sum(known) / len(known) if known else None


class Scope:
    """One program, or a unit of it, in one language, as of one moment."""

    def __init__(self, program: Program, unit: Unit | None, language: str, now: dt.datetime) -> None:
        self.program, self.unit, self.language, self.now = program, unit, language, now
        self.today = timezone.localdate(now)
        self.audience = audience_of(unit)
        # The same that scorecard and number pages read.
        self.site = Place(program, unit, self.audience)

    def say(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)

    def day(self, day: dt.date) -> str:
        with translation.override(self.language):
            return day_in(day)

    def month(self, day: dt.date) -> str:
        """Short, for the axis of a chart."""
        with translation.override(self.language):
            if self.language == "zh-hans":
                return date_text(day, "YEAR_MONTH_FORMAT")
            told = date_text(day, "M y")
            return told if self.language == "en" else told.lower()

    @property
    def place(self) -> str:
        return self.unit.name if self.unit else self.say("whole")

    @property
    def waves(self) -> list[Wave]:
        return self.site.waves

    @property
    def wave(self) -> Wave | None:
        return self.waves[-1] if self.waves else None

    @cached_property
    def below(self) -> set[int] | None:
        """The unit and all below it; None: everything."""
        return self.site.below

    @cached_property
    def nodes(self) -> list[Node]:
        """The place and the groups below it in the latest wave, parents before children, the lowest first among
        siblings, the hidden last; none where that wave did not know it."""
        top, wave = self.site.top, self.wave
        if top is None or wave is None:
            return []
        found = [
            Node(
                row.unit,
                row.name,
                row.parent,
                row.depth - top.depth,
                self.site.told(row.cells),
                f"wave:{wave.pk} release:{row.release_id} tree:{row.unit}",  # type: ignore[attr-defined]
            )
            for row in results.tree_rows(wave, self.below)
            if row.unit == top.unit or row.depth > top.depth
        ]
        ordered = _ordered(found)
        # A part that was moved here since lies elsewhere in the wave's tree.
        first = bool(ordered) and ordered[0].unit == top.unit
        return ordered if first else [node for node in found if node.unit == top.unit]

    @property
    def top(self) -> Node | None:
        return self.nodes[0] if self.nodes else None

    @property
    def parts(self) -> list[Node]:
        """The level below the top."""
        return [node for node in self.nodes if node.depth == 1]

    @cached_property
    def history(self) -> list[tuple[Wave, dict[str, Score], Cells, str]]:
        """(wave, scores of want, know and can, cells, name of the cells) of the top, oldest first."""
        return [(one.wave, one.scores, one.cells, one.cell) for one in self.site.in_language(self.language)]

    @cached_property
    def kept(self) -> dict[str, Kept]:
        """What is counted, as the scorecard of the place tells it today."""
        if self.unit is None:
            shown = set(readings.names())
            if not switching.is_on(self.program):
                shown -= set(practices.KEYS)
            return {key: one for key, one in readings.latest(self.program, self.today).items() if key in shown}
        return scorecard_counted.of_unit(self.site, self.today)

    @cached_property
    def pairs(self) -> dict[str, tuple[int, int]]:
        """By key (part, whole) of those that are shares of something counted."""
        return {key: pair for key, one in self.kept.items() if (pair := readings.pair(one))}

    @cached_property
    def people(self) -> QuerySet[Any]:
        """Ids of who is enrolled today, in the unit where it is one."""
        rows = standing.enrolled(self.program, self.today)
        if self.unit is not None:
            rows = rows.filter(employee__unit__in=reach.below([self.unit.pk]).order_by().values("pk"))
        return rows.order_by().values("employee")

    @cached_property
    def employed(self) -> int:
        people = Employee.objects.here(self.today).filter(is_active=True)
        return (people if self.below is None else people.filter(unit__in=self.below)).count()

    @property
    def counted(self) -> str:
        """What counted figures rest on."""
        where = f" unit:{self.unit.pk}" if self.unit else ""
        return f"program:{self.program.pk}{where} counted:{self.today.isoformat()}"

    def fact(self, section: str, node: Node, measure: str) -> Fact:
        """A released cell as a line of the data sheet, hidden or shown."""
        cell = node.cells.get(measure) or {}
        one = node.score(measure)
        number = self.wave.number if self.wave else None
        return Fact(
            section=section,
            group=node.name,
            unit=node.unit,
            wave=number,
            measure=self.name_of(measure),
            value=one.index if one else None,
            low=one.low if one else None,
            high=one.high if one else None,
            n=str(cell.get("n", "")) if one else "",
            note=one.band if one else self.say("hidden_long" if asked(measure, node.cells) else "not_asked"),
            cell=f"{node.cell} {measure}" if one else "",
            depth=node.depth,
        )

    def name_of(self, measure: str) -> str:
        """A measure in words; a requirement by its code."""
        return self.say(measure) if measure in ("want", "know", "can", "served", "talk") else measure


def _ordered(nodes: Iterable[Node]) -> list[Node]:
    nodes = list(nodes)
    known = {node.unit for node in nodes}
    children: dict[int | None, list[Node]] = {}
    for node in nodes:
        children.setdefault(node.parent if node.parent in known else None, []).append(node)

    def sort(node: Node) -> tuple[bool, float, str]:
        return node.mean is None, node.mean or 0.0, node.name

    found: list[Node] = []
    waiting = sorted(children.get(None, []), key=sort)[::-1]
    while waiting:
        node = waiting.pop()
        found.append(node)
        if node.unit is not None:
            waiting += sorted(children.get(node.unit, []), key=sort)[::-1]
    return found
