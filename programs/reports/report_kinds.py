"""Building a report of any kind: of a program or unit, for the board, of a program's year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from culture.people.models import Unit
from programs.planning.models import Program
from programs.reports import report_building
from programs.reports.report_model import Report
from programs.reports.report_models import ReportKind


@dataclass(frozen=True)
class About:
    """``kind``: of ``ReportKind``; ``program`` None: several; ``year``: of a yearly review."""

    kind: str
    program: Program | None = None
    unit: Unit | None = None
    year: int | None = None


Maker = Callable[[About, str, dt.datetime], Report]
_makers: dict[str, Maker] = {}


def maker(kind: str) -> Callable[[Maker], Maker]:
    """Register who makes reports of ``kind``."""

    def register(make: Maker) -> Maker:
        _makers[kind] = make
        return make

    return register


def build(about: About, language: str, *, now: dt.datetime) -> Report:
    """The report as of ``now``."""
    return _makers[about.kind](about, language, now)


@maker(ReportKind.PROGRAM)
def _of_program(about: About, language: str, now: dt.datetime) -> Report:
    assert about.program is not None
    return report_building.build(about.program, about.unit, language, now=now)
