"""Public figures beside ours, where one of ours is shown: only such as were measured as ours was, and no verdict."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from programs.planning.models import Program
from programs.reports import benchmark_measures, benchmarks, scorecard
from programs.reports.benchmark_measures import NONE, Ours
from programs.reports.benchmark_models import Answers, Benchmark, Statistic
from programs.reports.findings import DIMENSIONS
from programs.reports.numbers import COUNTED
from programs.reports.scorecard_place import Place
from surveys.results import queries as results
from surveys.waves.models import Wave

MOST = 12


@dataclass(frozen=True)
class Beside:
    """A figure and ours of the same kind. ``ours`` "": hidden, or not told that way."""

    row: Benchmark
    ours: str = ""

    @property
    def statistic(self) -> str:
        return str(Statistic(self.row.statistic).label)


@dataclass(frozen=True)
class Found:
    """``like``: measured as ours was. ``unlike``: how many others there are, which are only to be read."""

    like: list[Beside]
    unlike: int = 0


def where(row: Benchmark) -> str:
    """Who was asked, where: “employees of hospitals · Norway · health”."""
    return " · ".join(part for part in (row.population, row.country, row.sector) if part)


def number(place: Place, key: str, today: dt.date, told: str = "") -> Found:
    """What stands beside one number of a scorecard. One query where there is nothing, one or two more else.

    ``told``: the number itself, where it is counted and so no released cell.
    """
    rows = benchmarks.shown([key], today)
    if not rows:
        return Found([])
    if key in COUNTED:
        found = _split(rows, {key: benchmark_measures.counted()}, {})
        return Found([Beside(one.row, told) for one in found.like], found.unlike)
    if place.wave is None:
        return Found([], len(rows))
    return _split(rows, _ours([key], place.wave), place.cells)


def cards(card: scorecard.Scorecard) -> dict[str, Beside]:
    """The latest public figure beside want, know and can on the scorecard. One query, one more where there is any."""
    if card.wave is None:
        return {}
    rows = benchmarks.shown(DIMENSIONS, card.today)
    if not rows:
        return {}
    found = _split(rows, _ours(DIMENSIONS, card.wave), card.company)
    first: dict[str, Beside] = {}
    for one in found.like:
        if one.row.statistic == Statistic.INDEX:
            first.setdefault(one.row.measure, one)
    return first


def in_report(wave: Wave, cells: Mapping[str, Any], today: dt.date) -> list[Beside]:
    """All that may stand beside released ``cells`` of a wave."""
    keys = [key for key in cells if isinstance(cells[key], Mapping)]
    rows = benchmarks.shown(keys, today)
    return _split(rows, _ours({row.measure for row in rows}, wave), cells).like if rows else []


def _ours(keys: Any, wave: Wave) -> dict[str, Ours]:
    items = _items(wave.pk, wave.opened_at)
    return {key: found for key in keys if (found := benchmark_measures.ours(key, items))}


@lru_cache(maxsize=64)
def _items(wave_id: int, opened_at: dt.datetime | None) -> list[dict[str, Any]]:
    """Frozen at the opening; out of a snapshot of 5,000 units they take 50 ms to read."""
    return results.items_of(Wave(pk=wave_id))


def _split(rows: Sequence[Benchmark], known: Mapping[str, Ours], cells: Mapping[str, Any]) -> Found:
    like = []
    for row in rows:
        ours = known.get(row.measure)
        if ours is not None and ours.like(row.answers, row.statistic):
            value = benchmark_measures.ours_of(cells.get(row.measure), row.statistic) if cells else ""
            like.append(Beside(row, value))
    return Found(like[:MOST], len(rows) - len(like))


def standing(row: Benchmark, known: Mapping[str, Ours], today: dt.date) -> tuple[str, str]:
    """(word, tone) of an entry in the list: whether it stands beside our number, and why not."""
    if row.withdrawn:
        return _("withdrawn"), "neutral"
    if row.until < today:
        return _("ran out"), "neutral"
    if row.measure == NONE:
        return _("only to be read"), "neutral"
    ours = benchmark_measures.counted() if row.measure in COUNTED else known.get(row.measure)
    if ours is None:
        return _("not asked in our last wave"), "neutral"
    if row.answers != ours.answers:
        return _("other answers than ours"), "warn"
    if row.statistic not in ours.statistics:
        return _("worked out otherwise"), "warn"
    return _("beside our number"), "good"


def last_measured(keys: Any) -> dict[str, Ours]:
    """How our numbers were measured in the newest wave that leaders see, of the newest program that has one."""
    for program in Program.objects.launched().filter(series__isnull=False).select_related("series")[:3]:
        wave = Place(program).wave
        if wave is not None:
            return _ours(keys, wave)
    return {}


def answers_label(row: Benchmark) -> str:
    return str(Answers(row.answers).label)
