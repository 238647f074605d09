"""The sections of a report. A room adds one by registering a function of the scope; None: nothing to tell here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from typing import NamedTuple

from django.utils.html import strip_tags

from culture.framework.markdown import render
from programs.reports import findings, texts_findings
from programs.reports.findings import DIMENSIONS, Change
from programs.reports.report_model import (
    BARS,
    HEAT,
    LINES,
    NUMBER,
    PERCENT,
    SHARES,
    Chart,
    Column,
    Hidden,
    Section,
    Series,
    Table,
    Value,
    cut,
)
from programs.reports.report_scope import Cells, Node, Scope
from programs.reports.scorecard_place import Stand, unasked
from surveys.results.insight import words

# More rows than this are in the spreadsheet only; more bars than this cannot be read.
MOST_ROWS = 1200
BLOCK = re.compile(r"</p>|</li>|</h[1-6]>|</tr>|<hr ?/?>")
MOST_BARS = 18
MOST_POINTS = 20
MEASURES = (*DIMENSIONS, "served")


class Made(NamedTuple):
    key: str
    order: int
    make: Callable[[Scope], Section | None]


_made: dict[str, Made] = {}


def section(key: str, order: int) -> Callable[[Callable[[Scope], Section | None]], Callable[[Scope], Section | None]]:
    """Register a section; the same key again replaces. The smaller ``order`` comes first."""

    def register(make: Callable[[Scope], Section | None]) -> Callable[[Scope], Section | None]:
        _made[key] = Made(key, order, make)
        return make

    return register


def registered() -> Iterator[Made]:
    yield from sorted(_made.values(), key=lambda one: (one.order, one.key))


# -- where we stand --------------------------------------------------------------------------------------------------


@section("stand", 10)
def stand(scope: Scope) -> Section:
    found = Section("stand", scope.say("h:stand"))
    top = scope.top
    if scope.wave is None or top is None:
        unknown = scope.wave is not None and scope.unit is not None
        found.lead = scope.say("unknown_unit", unit=scope.place) if unknown else scope.say("no_results")
        return found
    found.lead = _headline(scope, top)
    answered = _participation(scope, top.cells)
    if scope.site.course and not scope.site.course[-1].alone:
        found.paragraphs.append(scope.say("together", unit=scope.place, name=top.name))
    if scope.unit is None and answered:
        found.paragraphs.append(scope.say("answered_line", asked=scope.wave.invited, words=answered))
    found.tables.append(_three(scope, top))
    if chart := _trend(scope):
        found.charts.append(chart)
        found.paragraphs += _together(scope, scope.site.course[:-1])
    for name in (*DIMENSIONS, "served", "talk"):
        if name in top.cells:
            found.facts.append(scope.fact("stand", top, name))
    found.notes += list(_intervals(scope, top))
    found.notes.append(scope.say("k_note", k=(scope.wave.rules or {}).get("k", 5)))
    return found


def _headline(scope: Scope, top: Node) -> str:
    """The finding by the rule of the scorecard; of a unit named by what it was told as."""
    points = [scores for _wave, scores, _cells, _cell in scope.history]
    told = texts_findings.headline(points, scope.language, unasked(top.cells))
    return str(told) if told else scope.say("all_hidden")


def _participation(scope: Scope, cells: Cells) -> str:
    cell = cells.get("participation")
    if not isinstance(cell, dict) or not cell.get("shown"):
        return ""
    told = str(cell.get("words", ""))
    first, _space, rest = told.partition(" ")
    return scope.say(first, n=rest) if first in ("over", "under") else told


def _three(scope: Scope, top: Node) -> Table:
    columns = (
        Column("measure", scope.say("measure")),
        Column("score", scope.say("score"), HEAT),
        Column("interval", scope.say("interval")),
        Column("change", scope.say("change")),
        Column("people", scope.say("people")),
    )
    rows = []
    moved = scope.history[-1][1] if scope.history else {}
    for name in (*DIMENSIONS, "served"):
        one, cell = top.score(name), top.cells.get(name) or {}
        if name not in top.cells:
            continue
        last = moved[name].last if name in moved else None
        asked = cell.get("why") != "not asked"
        hidden = Hidden(scope.say("hidden_long")) if asked else scope.say("not_asked")
        if one is None:
            rows.append((scope.say(name), hidden, None, None, None))
            continue
        interval = f"{one.low:.0f}–{one.high:.0f}" if one.low is not None and one.high is not None else None
        told = None
        if last is not None:
            told = f"{last.word} ({last.points:+.0f})".replace("-", "−") if last.clear else last.word or None
        rows.append((scope.say(name), top.value(name, scope.language), interval, told, str(cell.get("n", ""))))
    return Table("three", scope.say("t:three"), columns, tuple(rows))


def _intervals(scope: Scope, top: Node) -> Iterator[str]:
    for name in (*DIMENSIONS, "served"):
        one, cell = top.score(name), top.cells.get(name) or {}
        if one is None or "n" not in cell:
            continue
        if one.low is None or one.high is None:
            yield scope.say("n_only", d=scope.say(name), n=cell["n"])
        else:
            low, high = f"{one.low:.0f}", f"{one.high:.0f}"
            yield scope.say("n_note", d=scope.say(name), n=cell["n"], low=low, high=high)


def _trend(scope: Scope) -> Chart | None:
    if len(scope.history) < 2:
        return None
    # More waves than fit into the picture stand in the table.
    drawn = scope.history[-MOST_POINTS:]
    months = [scope.month(wave.closes_on) for wave, *_rest in drawn]
    if len(set(months)) < len(months):
        months = [f"{wave.number} · {month}" for (wave, *_r), month in zip(drawn, months, strict=True)]
    series = tuple(
        Series(name, scope.say(name), tuple(_index(scores.get(name)) for _w, scores, _c, _n in drawn))
        for name in DIMENSIONS
    )
    described = scope.say("d:trend") if scope.unit is None else scope.say("d:trend_unit", unit=scope.place)
    return Chart("trend", scope.say("c:trend"), described, LINES, tuple(months), series)


def _index(score: object) -> float | None:
    return round(score.index) if score is not None else None  # type: ignore[attr-defined]


@section("why", 15)
def why(scope: Scope) -> Section | None:
    if scope.unit is not None:
        return None
    paragraphs = plain(scope.program.charter)
    return Section("why", scope.say("h:why"), paragraphs=paragraphs or [scope.say("no_charter")])


def plain(text: str) -> list[str]:
    """Markdown as paragraphs of words; the lines of a list with a dot before them."""
    html = render(text, below=2, images=False)
    found = []
    for part in BLOCK.split(html):
        listed = "<li>" in part
        words_only = " ".join(unescape(strip_tags(part)).split())
        if words_only:
            found.append(f"• {words_only}" if listed else words_only)
    return found


# -- how it moved ----------------------------------------------------------------------------------------------------


@section("moved", 20)
def moved(scope: Scope) -> Section | None:
    if not scope.history:
        return None
    found = Section("moved", scope.say("h:moved"), paragraphs=_together(scope, scope.site.course))
    found.lead = _moved_lead(scope)
    keys = [*DIMENSIONS, "served", "talk"]
    asked = [key for key in keys if any(key in cells for _w, _s, cells, _n in scope.history)]
    columns = [Column("wave", scope.say("wave"), NUMBER), Column("closed", scope.say("closed"))]
    columns.append(Column("answered", scope.say("answered")))
    columns += [Column(key, scope.say(key), HEAT if key != "talk" else NUMBER) for key in asked]
    rows = []
    for (wave, _scores, cells, name), stood in zip(scope.history, scope.site.course, strict=True):
        # What was told of it with others is no figure of its own.
        node = Node(0, scope.place if stood.alone else stood.name, None, 0, cells, name)
        row: list[Value] = [
            wave.number if stood.alone else f"{wave.number}*",
            scope.day(wave.closes_on),
            _participation(scope, cells) or Hidden(scope.say("hidden")),
        ]
        row += [node.value(key, scope.language) for key in asked]
        rows.append(tuple(row))
        for key in asked:
            fact = scope.fact("moved", node, key)
            found.facts.append(type(fact)(**{**fact.__dict__, "wave": wave.number, "unit": None}))
    found.tables.append(Table("waves", scope.say("t:waves"), tuple(columns), tuple(rows)))
    return found


def _together(scope: Scope, course: Sequence[Stand]) -> list[str]:
    """In which waves the place was told of together with others, and as what."""
    named: dict[str, list[str]] = {}
    for one in course:
        if not one.alone:
            named.setdefault(one.name, []).append(str(one.wave.number))
    waves = ((name, ", ".join(numbers)) for name, numbers in named.items())
    return [scope.say("together_in", unit=scope.place, n=numbers, name=name) for name, numbers in waves]


def _moved_lead(scope: Scope) -> str:
    if len(scope.history) < 2:
        return scope.say("moved_none")
    latest = scope.history[-1][1]
    clear = [(name, one.last) for name, one in latest.items() if one.last is not None and one.last.clear]
    if not clear:
        return _unclear(scope, {name: one.last for name, one in latest.items()})
    told = [f"{scope.say(name)} {last.points:+.0f}".replace("-", "−") for name, last in clear]
    return scope.say("moved_clear", what=", ".join(told))


def _unclear(scope: Scope, changes: dict[str, Change | None]) -> str:
    still = [scope.say(name) for name, one in changes.items() if one is not None and one.still]
    if len(still) == len(DIMENSIONS):
        return scope.say("moved_unclear")
    if still:
        return scope.say("moved_unclear_of", what=", ".join(still))
    return scope.say(f"moved_{findings.compared(changes.values())}")


# -- where to look ---------------------------------------------------------------------------------------------------


@section("look", 30)
def look(scope: Scope) -> Section | None:
    nodes = [node for node in scope.nodes if node.depth > 0]
    if not nodes:
        return None
    found = Section("look", scope.say("h:look"))
    parts = scope.parts
    told = [(one.index, name, node) for node in parts for name in DIMENSIONS if (one := node.score(name))]
    if told:
        _lowest, name, node = min(told, key=lambda row: (row[0], row[2].name))
        found.lead = scope.say("look", unit=node.name, d=scope.say(name), n=node.value(name, scope.language))
    else:
        found.lead = scope.say("all_hidden")
    found.charts += _unit_bars(scope, "units", [(node, node.mean) for node in parts], "mean")
    asked = [key for key in MEASURES if any(key in node.cells for node in nodes)]
    columns = [Column("unit", scope.say("unit")), Column("answered", scope.say("answered"))]
    columns += [Column(key, scope.say(key), HEAT) for key in asked]
    columns.append(Column("barrier", scope.say("barrier")))
    shown, left = cut(nodes, MOST_ROWS)
    rows = tuple(
        (
            node.name,
            _participation(scope, node.cells) or Hidden(scope.say("hidden")),
            *(node.value(key, scope.language) for key in asked),
            _barrier(scope, node),
        )
        for node in shown
    )
    depths = tuple(node.depth - 1 for node in shown)
    found.tables.append(Table("units", scope.say("t:units"), tuple(columns), rows, depths, left))
    found.facts += [scope.fact("look", node, key) for node in nodes for key in asked]
    found.notes.append(scope.say("def:barrier"))
    return found


def _barrier(scope: Scope, node: Node) -> str | Hidden:
    cell = node.cells.get("barrier")
    if not isinstance(cell, dict) or not cell.get("shown"):
        return Hidden(scope.say("hidden"))
    most = max(DIMENSIONS, key=lambda name: cell["shares"].get(name, 0))
    share = cell["shares"].get(most, 0)
    return f"{scope.say(most)} {share}\u00a0%" if share >= 25 else scope.say("none")


def _unit_bars(scope: Scope, key: str, values: list[tuple[Node, float | None]], name: str) -> list[Chart]:
    known = sorted(((node, value) for node, value in values if value is not None), key=lambda row: row[1])[:MOST_BARS]
    if len(known) < 2:
        return []
    series = Series(name, scope.say(name), tuple(round(value) for _node, value in known))
    names = tuple(node.name for node, _value in known)
    return [Chart(key, scope.say(f"c:{key}"), scope.say(f"d:{key}"), BARS, names, (series,))]


# -- what people meet first ------------------------------------------------------------------------------------------


@section("barrier", 40)
def barrier(scope: Scope) -> Section | None:
    told = [node for node in scope.nodes if node.depth <= 1 and (node.cells.get("barrier") or {}).get("shown")]
    if not told:
        return None
    found = Section("barrier", scope.say("h:barrier"))
    keys = (*DIMENSIONS, "none", "unclassified")
    names = {key: scope.say("none_long" if key == "none" else key) for key in keys}
    shares = {node.unit: node.cells["barrier"]["shares"] for node in told}
    first = told[0]
    most = max(DIMENSIONS, key=lambda key: shares[first.unit].get(key, 0))
    found.lead = words.pick(f"barrier:{most}", scope.language).format(share=shares[first.unit].get(most, 0))
    drawn = told[:MOST_BARS]
    series = tuple(Series(key, names[key], tuple(shares[node.unit].get(key, 0) for node in drawn)) for key in keys)
    found.charts.append(
        Chart(
            "barrier",
            scope.say("c:barrier"),
            scope.say("d:barrier"),
            SHARES,
            tuple(node.name for node in drawn),
            series,
        )
    )
    columns = (Column("unit", scope.say("unit")), *(Column(key, names[key], PERCENT) for key in keys))
    rows = tuple((node.name, *(shares[node.unit].get(key, 0) for key in keys)) for node in told)
    found.tables.append(Table("barrier", scope.say("c:barrier"), columns, rows))
    for node in told:
        for key in keys:
            fact = scope.fact("barrier", node, "barrier")
            plain = {"measure": f"{scope.say('barrier')}: {names[key]}", "value": shares[node.unit].get(key, 0)}
            n = str((node.cells["barrier"]).get("n", ""))
            more = {"n": n, "note": "", "cell": f"{node.cell} barrier:{key}"}
            found.facts.append(type(fact)(**{**fact.__dict__, **plain, **more}))
    found.notes.append(scope.say("barrier_note"))
    return found


# -- how colleagues serve each other ---------------------------------------------------------------------------------


@section("served", 50)
def served(scope: Scope) -> Section | None:
    nodes = [node for node in scope.nodes if "served" in node.cells]
    if scope.top is None or not nodes:
        return None
    found = Section("served", scope.say("h:served"))
    whole = scope.top.score("served")
    known = [(one.index, node) for node in nodes if node.depth > 0 and (one := node.score("served"))]
    if whole is not None and known:
        _low, node = min(known, key=lambda row: (row[0], row[1].name))
        low = node.value("served", scope.language)
        found.lead = scope.say("served_low", n=whole.told, unit=node.name, low=low)
    elif whole is not None:
        found.lead = scope.say("served_only", n=whole.told)
    else:
        found.lead = scope.say("served_none")
    found.charts += _unit_bars(scope, "served", [(node, index) for index, node in known], "served")
    found.facts += [scope.fact("served", node, "served") for node in nodes]
    columns = (
        Column("unit", scope.say("unit")),
        Column("served", scope.say("served"), HEAT),
        Column("interval", scope.say("interval")),
        Column("people", scope.say("people")),
    )
    rows = []
    for node in [node for _index, node in sorted(known, key=lambda row: (row[0], row[1].name))[:40]]:
        one, cell = node.score("served"), node.cells["served"]
        assert one is not None
        interval = f"{one.low:.0f}–{one.high:.0f}" if one.low is not None and one.high is not None else None
        rows.append((node.name, node.value("served", scope.language), interval, str(cell.get("n", ""))))
    if rows:
        table = Table("served", scope.say("h:served"), columns, tuple(rows), (), max(0, len(known) - len(rows)))
        found.tables.append(table)
    return found
