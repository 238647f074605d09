"""What came in a year, section by section: milestones, the survey, what was counted, effect and cost."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any

from django.utils import timezone, translation

from programs.planning import indicators
from programs.reports import board_words, costs, readings, report_worth, texts_counted, yearly
from programs.reports.findings import DIMENSIONS, Score
from programs.reports.report_model import LINES, Chart, Column, Fact, Hidden, Section, Series, Table, Value
from programs.reports.report_worth import _amount
from programs.reports.scorecard_place import Stand, asked
from programs.reports.texts_report import say
from programs.reports.yearly import Counted, Year
from programs.reports.yearly_plans import Aim

ENDS = ("low", "middle", "high")


class Told:
    """A year in one language."""

    def __init__(self, year: Year, language: str) -> None:
        self.year, self.language = year, language

    def say(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)

    def day(self, day: dt.date) -> str:
        return board_words.on(day, self.language)

    def span(self, first: dt.date | None, last: dt.date | None) -> str:
        return f"{self.day(first) if first else '?'} – {self.day(last) if last else '?'}"

    @cached_property
    def stands(self) -> list[Stand]:
        """What was released by the year's end."""
        return yearly.stands(self.year, self.language)

    def label(self, key: str) -> str:
        if f"k:{key}" in texts_counted.ROWS:
            return self.say(f"k:{key}")
        one = indicators.get(key)
        with translation.override(self.language):
            return str(one.label) if one else key

    def fact(self, section: str, measure: str, value: float | None, cell: str, **more: Any) -> Fact:
        return Fact(section, self.year.program.name, None, more.pop("wave", None), measure, value, cell=cell, **more)


# -- milestones ------------------------------------------------------------------------------------------------------


def milestones(told: Told) -> Section:
    year = told.year
    found = Section("milestones", told.say("y:h:milestones"))
    if year.aims:
        keys = ("milestone", "first_due", "due", "targets", "came")
        columns = tuple(Column(key, told.say(f"y:{key}")) for key in keys)
        rows = tuple(_aim(told, one) for one in year.aims)
        found.tables.append(Table("milestones", told.say("y:h:milestones"), columns, rows))
        found.notes.append(told.say("y:basis"))
    else:
        found.lead = told.say("y:ms_none", year=year.year)
    if year.removed:
        found.paragraphs.append(told.say("y:removed", n=year.removed))
    for one in year.aims:
        cell = f"program:{year.program.pk} milestone:{one.milestone.pk}"
        reached = one.milestone.reached_on
        came = 1.0 if reached is not None and reached <= year.by else None
        found.facts.append(told.fact("milestones", one.milestone.title, came, cell, note=_came(told, one)))
    return found


def _aim(told: Told, one: Aim) -> tuple[str, ...]:
    row = one.milestone
    mark = "*" if one.only_today else ""
    due = told.say("y:unchanged") if row.due_on == one.first else told.day(row.due_on)
    return row.title, told.day(one.first) + mark, due, _targets(told, one), _came(told, one)


def _targets(told: Told, one: Aim) -> str:
    row, kept = one.milestone, one.promised or {}
    parts = []
    for kind in ("leading", "lagging"):
        key = kept.get(kind) or getattr(row, kind)
        target = kept.get(f"{kind}_target") or getattr(row, f"{kind}_target")
        parts.append(told.say("y:target", what=told.label(key), n=f"{float(target):g}"))
    return " · ".join(parts)


def _came(told: Told, one: Aim) -> str:
    reached = one.milestone.reached_on
    if reached is not None and reached <= told.year.by:
        return told.say(f"y:{one.outcome}", day=told.day(reached))
    # Reached after the year: the review of that year still says that it was not.
    if reached is not None and one.outcome in ("missed", "put_off"):
        return told.say("y:later", day=told.day(reached))
    return told.say(f"y:{one.outcome}")


# -- the survey ------------------------------------------------------------------------------------------------------


def survey(told: Told) -> Section:
    year = told.year
    found = Section("survey", told.say("y:h:survey"))
    if not told.stands:
        found.lead = told.say("y:no_wave", year=year.year)
        return found
    rows = yearly.of_the_year(year, told.stands)
    found.tables.append(_then_now(told, rows))
    columns = (
        Column("wave", told.say("y:wave")),
        Column("closed", told.say("y:closed")),
        *(Column(name, told.say(name)) for name in DIMENSIONS),
    )
    lines = tuple(
        (str(one.wave.number), told.day(one.wave.closes_on), *(_cell(told, one, name) for name in DIMENSIONS))
        for one in rows
    )
    found.tables.append(Table("waves", told.say("t:waves"), columns, lines))
    if len(told.stands) > 1:
        found.charts.append(_course(told))
    found.notes.append(told.say("y:frozen"))
    for one in rows:
        found.facts += [_score_fact(told, one, name, score) for name, score in one.scores.items()]
    return found


def _then_now(told: Told, rows: list[Stand]) -> Table:
    """Want, know and can before the year and at its end, with the word their release has for the whole way."""
    columns = tuple(Column(key, told.say(f"y:{key}")) for key in ("what", "then", "today", "since"))
    first, last = rows[0], rows[-1]
    lines = []
    for name in DIMENSIONS:
        now = last.scores.get(name)
        since = None
        if now is not None and now.first is not None and now.first.word:
            since = f"{now.first.word} ({now.first.points:+.0f})".replace("-", "−")
        then = _at(told, first, name) if first is not last else None
        lines.append((told.say(name), then, _at(told, last, name), since))
    return Table("then", told.say("y:h:survey"), columns, tuple(lines))


def _at(told: Told, one: Stand, name: str) -> Value:
    score = one.scores.get(name)
    if score is None:
        return Hidden(told.say("hidden")) if asked(name, one.cells) else told.say("not_asked")
    return told.say("y:at_wave", n=score.told, wave=one.wave.number)


def _cell(told: Told, one: Stand, name: str) -> Value:
    score = one.scores.get(name)
    if score is None:
        return Hidden(told.say("hidden")) if asked(name, one.cells) else told.say("not_asked")
    return " · ".join(part for part in (score.told, _moved(score)) if part)


def _moved(score: Score) -> str:
    if score.last is None or not score.last.word:
        return ""
    points = f"{score.last.points:+.0f}".replace("-", "−")
    return f"{score.last.word} ({points})" if score.last.clear else score.last.word


def _course(told: Told) -> Chart:
    names = tuple(f"{one.wave.number} · {told.day(one.wave.closes_on)}" for one in told.stands)
    series = tuple(
        Series(name, told.say(name), tuple(_plain(one.scores.get(name)) for one in told.stands)) for name in DIMENSIONS
    )
    return Chart("trend", told.say("c:trend"), told.say("d:trend"), LINES, names, series)


def _plain(score: Score | None) -> float | None:
    """A range is not drawn as a point."""
    return round(score.index) if score is not None and not score.band else None


def _score_fact(told: Told, one: Stand, name: str, score: Score) -> Fact:
    people = str((one.cells.get(name) or {}).get("n", ""))
    return told.fact(
        "survey", told.say(name), score.index, f"{one.cell} {name}", wave=one.wave.number, low=score.low,
        high=score.high, n=people, note=score.band,
    )  # fmt: skip


# -- what was counted ------------------------------------------------------------------------------------------------


def counted(told: Told) -> Section:
    year = told.year
    found = Section("counted", told.say("y:h:counted"))
    if not year.counted:
        found.lead = told.say("y:counted_none", year=year.year)
        return found
    columns = tuple(Column(key, told.say(f"y:{key}")) for key in ("measure", "begin", "end"))
    rows = tuple((told.label(one.key), *_ends(told, one)) for one in year.counted)
    found.tables.append(Table("counted", told.say("y:h:counted"), columns, rows))
    found.notes.append(told.say("y:counted_how"))
    for one in year.counted:
        for row in dict.fromkeys((one.first, one.last)):
            cell = f"program:{year.program.pk} kept:{row.on.isoformat()} {one.key}"
            rough = readings.rough(row.value, row.words)
            value = None if rough and rough.end else row.value
            note = f"{rough.told(told.language)}, {told.day(row.on)}" if rough else told.day(row.on)
            found.facts.append(told.fact("counted", told.label(one.key), value, cell, note=note))
    return found


def _ends(told: Told, one: Counted) -> tuple[str, str]:
    ends = []
    for row in (one.first, one.last):
        value = told.say("y:not_told") if row.value is None else f"{row.value:.0f}"
        if rough := readings.rough(row.value, row.words):
            value = rough.told(told.language)
        ends.append(told.say("y:on_day", n=value, day=told.day(row.on)))
    return ends[0], ends[1] if one.last.on != one.first.on else "–"


# -- effect and cost -------------------------------------------------------------------------------------------------


def worth(told: Told) -> Section:
    """As found by the end of the year."""
    year = told.year
    found = Section("effect", told.say("h:effect"))
    one = year.effect
    if one is None:
        found.lead = told.say("y:effect_none", year=year.year)
    else:
        found.lead = report_worth.finding(one, told.language)
        found.paragraphs += report_worth.reasons(one, told.language)
        found.notes.append(told.say("y:effect_by", day=told.day(timezone.localdate(one.made_at))))
        cell = f"effect:{one.number} {one.hash[:16]}"
        measure, note = told.say(f"o:{one.outcome}"), told.say(f"w:{one.word}")
        found.facts.append(told.fact("effect", measure, one.points, cell, low=one.low, high=one.high, note=note))
    made = year.cost
    result = costs.read(made) if made else None
    if made is None or result is None or result.total is None:
        found.paragraphs.append(told.say("y:cost_none", year=year.year))
        return found
    total = {end: _amount(getattr(result.total, end)) for end in ENDS}
    found.paragraphs.append(told.say("cost:lead", currency=made.currency, **total))
    found.notes.append(told.say("cost:how", n=made.number, day=told.day(timezone.localdate(made.made_at))))
    value = result.total
    cell = f"cost:{made.number}"
    found.facts.append(
        told.fact("effect", told.say("h:cost"), value.middle, cell, low=value.low, high=value.high, note=made.currency)
    )
    return found
