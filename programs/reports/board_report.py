"""The board view as a report: one table over all programs, then each on its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone, translation

from culture.access import organisation
from programs.reports import board, board_words, report_access, report_worth
from programs.reports.board import Line
from programs.reports.findings import DIMENSIONS, Score
from programs.reports.report_kinds import About, maker
from programs.reports.report_model import HEAT, NUMBER, Column, Fact, Hidden, Report, Section, Table, Value
from programs.reports.report_models import ReportKind
from programs.reports.texts_report import say
from surveys.results import sharing

DEFINED = ("want", "know", "can", "interval", "people", "change")
# Of the parts of their own that a report of the board has; the table has every program.
MOST_PARTS = 40


@maker(ReportKind.BOARD)
def build(about: About, language: str, now: dt.datetime) -> Report:
    """Of every launched program, as of ``now``; whoever may publish it may see them all."""
    with transaction.atomic(), translation.override(language):
        found = board.ordered(board.lines(list(report_access.programs()[: board.MOST_PROGRAMS]), now=now), "asks")
        return of(found, language, timezone.localdate(now))


def of(found: Sequence[Line], language: str, today: dt.date) -> Report:
    """The report on ``found``, in the order given; call it with ``language`` active, in which needs are worded."""
    count = len(found)
    frozen = [line.frozen_on for line in found if line.frozen_on]
    return Report(
        title=say("b:title", language),
        subtitle=say("b:subtitle_one", language) if count == 1 else say("b:subtitle", language, n=count),
        organisation=organisation.current().name,
        language=language,
        as_of=today,
        program=0,
        unit=None,
        audience=sharing.LEADERS,
        sections=[_overview(found, language), *(_part(line, language) for line in found[:MOST_PARTS])],
        definitions=[(say(key, language), say(f"def:{key}", language)) for key in DEFINED],
        waves=sorted({wave.pk for line in found for wave in line.place.waves}),
        frozen_on=max(frozen, default=None),
        said=say("preview", language),
    )


def _overview(found: Sequence[Line], language: str) -> Section:
    told = Section("board", say("b:title", language), lead=board_words.top(found, language))
    if not found:
        return told
    columns = (
        Column("program", say("b:program", language)),
        *(Column(name, say(name, language), HEAT) for name in DIMENSIONS),
        Column("effect", say("b:effect", language)),
        Column("milestones", say("b:milestones", language)),
        Column("decisions", say("b:decisions", language), NUMBER),
        Column("needs", say("b:needs", language), NUMBER),
    )
    rows = tuple(_row(line, language) for line in found)
    told.tables.append(Table("programs", say("b:t", language), columns, rows))
    told.notes.append(say("b:same", language))
    told.facts += [fact for line in found for fact in _facts(line, language)]
    return told


def _row(line: Line, language: str) -> tuple[Value, ...]:
    state = board_words.state(line, language)
    return (
        f"{line.program.name} ({state})" if state else line.program.name,
        *(_value(line, name, language) for name in DIMENSIONS),
        say(f"w:{line.effect.word}", language) if line.effect else None,
        board_words.reached(line, language),
        len(line.needs),
        len(line.asks),
    )


def _value(line: Line, name: str, language: str) -> Value:
    card = next((one for one in line.cards if one.dimension == name), None)
    if card is None:
        return None
    if card.score is None:
        return say("not_asked", language) if card.why == "not asked" else Hidden(say("hidden", language))
    return card.score.band or round(card.score.index)


def _facts(line: Line, language: str) -> list[Fact]:
    found = []
    if line.place.top is not None:
        stand = line.place.course[-1]
        for card in line.cards:
            one = card.score
            if one is None:
                continue
            people = str(line.place.cells[card.dimension].get("n", ""))
            found.append(_fact(line, say(card.dimension, language), one, people, f"{stand.cell} {card.dimension}"))
    if line.effect is not None:
        effect = line.effect
        measure, cell = say(f"o:{effect.outcome}", language), f"effect:{effect.number} {effect.hash[:16]}"
        name = line.program.name
        note = say(f"w:{effect.word}", language)
        found.append(
            Fact("board", name, None, None, measure, effect.points, effect.low, effect.high, note=note, cell=cell)
        )
    counted = f"program:{line.program.pk} counted:{line.today.isoformat()}"
    for key, value in (("milestones", line.milestones["reached"]), ("decisions", len(line.needs))):
        measure = say(f"b:{key}", language)
        found.append(Fact("board", line.program.name, None, None, measure, value, cell=f"{counted} {key}"))
    return found


def _fact(line: Line, measure: str, one: Score, people: str, cell: str) -> Fact:
    number = line.wave.number if line.wave else None
    return Fact(
        "board", line.program.name, None, number, measure, one.index, one.low, one.high, n=people, note=one.band,
        cell=cell,
    )  # fmt: skip


def _part(line: Line, language: str) -> Section:
    """One program: its headline, its three numbers, its effect, what needs the board and what waits."""
    told = Section(f"program-{line.program.pk}", line.program.name, lead=board_words.headline(line, language))
    if line.ended and line.program.finished_on:
        told.paragraphs.append(say("b:ended_on", language, day=board_words.on(line.program.finished_on, language)))
    if line.effect is not None:
        told.paragraphs.append(report_worth.finding(line.effect, language))
        told.paragraphs += report_worth.reasons(line.effect, language)
    if line.cards:
        told.tables.append(_three(line, language))
    if line.asks:
        column = Column("needs", say("b:needs", language))
        asks = tuple((board_words.ask(one, language),) for one in line.asks)
        told.tables.append(Table("asks", say("b:needs", language), (column,), asks))
    if line.needs:
        # Who answers for it stands on the program's own pages: a published report names nobody.
        columns, rows = (Column("what", say("b:what", language)),), tuple((need.title,) for need in line.needs)
        told.tables.append(Table("waits", say("b:waits", language), columns, rows))
    if line.wave is not None and line.frozen_on is not None:
        closed, frozen = (board_words.on(day, language) for day in (line.wave.closes_on, line.frozen_on))
        told.notes.append(say("wave_line", language, n=line.wave.number, closed=closed, frozen=frozen))
    return told


def _three(line: Line, language: str) -> Table:
    columns = (
        Column("measure", say("measure", language)),
        Column("score", say("score", language), HEAT),
        Column("interval", say("interval", language)),
        Column("change", say("change", language)),
        Column("people", say("people", language)),
    )
    rows = []
    with translation.override(language):
        latest = line.place.in_language(language)[-1].scores
    for card in line.cards:
        one = latest.get(card.dimension)
        if one is None:
            rows.append((say(card.dimension, language), _value(line, card.dimension, language), None, None, None))
            continue
        interval = f"{one.low:.0f}–{one.high:.0f}" if one.low is not None and one.high is not None else None
        moved = None
        if one.last is not None:
            points = f"{one.last.points:+.0f}".replace("-", "−")
            moved = f"{one.last.word} ({points})" if one.last.clear else one.last.word or None
        people = str(line.place.cells[card.dimension].get("n", ""))
        rows.append((say(card.dimension, language), one.band or round(one.index), interval, moved, people))
    return Table("three", say("t:three", language), columns, tuple(rows))
