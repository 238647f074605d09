"""The section of a report that puts public figures beside ours, each with its source."""

from __future__ import annotations

from programs.reports import benchmark_showing
from programs.reports.benchmark_showing import Beside
from programs.reports.report_model import Column, Fact, Hidden, Section, Table, Value
from programs.reports.report_scope import Scope
from programs.reports.report_sections import section


@section("benchmarks", 97)
def benchmarks(scope: Scope) -> Section | None:
    """None where nothing published was measured as ours was."""
    if scope.wave is None or scope.top is None:
        return None
    found = benchmark_showing.in_report(scope.wave, scope.top.cells, scope.today)
    if not found:
        return None
    told = Section("benchmarks", scope.say("h:benchmarks"), lead=scope.say("bm:lead", n=len(found)))
    columns = tuple(Column(key, scope.say(f"bm:{key}")) for key in ("what", "public", "ours", "whom", "year", "from"))
    rows = tuple(_row(scope, one) for one in found)
    told.tables.append(Table("benchmarks", scope.say("h:benchmarks"), columns, rows))
    told.notes.append(scope.say("bm:note"))
    for one in found:
        words = {"source": one.row.source, "year": one.row.year, "link": one.row.link}
        told.notes.append(scope.say("bm:source", what=_what(scope, one), **words))
        told.facts.append(_fact(scope, one))
    return told


def _what(scope: Scope, one: Beside) -> str:
    return f"{scope.name_of(one.row.measure)}, {scope.say(f'bm:{one.row.statistic}')}"


def _row(scope: Scope, one: Beside) -> tuple[Value, ...]:
    figure = f"{one.row.figure} ({one.row.interval})" if one.row.interval else one.row.figure
    ours: Value = one.ours or Hidden(scope.say("hidden"))
    return _what(scope, one), figure, ours, benchmark_showing.where(one.row), str(one.row.year), one.row.source


def _fact(scope: Scope, one: Beside) -> Fact:
    row = one.row
    return Fact(
        "benchmarks",
        benchmark_showing.where(row),
        None,
        None,
        f"{scope.say('bm:public')}: {_what(scope, one)}",
        float(row.value),
        float(row.low) if row.low is not None else None,
        float(row.high) if row.high is not None else None,
        n=str(row.people or ""),
        note=f"{row.source}, {row.year}",
        cell=f"benchmark:{row.entry} version:{row.version}",
    )
