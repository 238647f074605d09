"""The scorecard of a program, or of a unit in it: released cells, put in order, beside what was done.

It computes no result of its own: what was released it reads from its place (scorecard_place), what is counted as it was
kept (readings, scorecard_counted).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from culture.framework.models import Requirement
from culture.people.models import Unit
from programs.planning.models import Program
from programs.practices import leading as practices
from programs.practices import switching
from programs.reports import findings, readings, scorecard_counted, scorecard_deeds, texts_findings
from programs.reports.findings import DIMENSIONS, Change, Score
from programs.reports.readings import Kept
from programs.reports.scorecard_deeds import Deeds
from programs.reports.scorecard_lines import MEASURES, WORDS, Lines, Row, participation, row_of
from programs.reports.scorecard_place import (
    Place,
    asked,
    changes,
    clear_moves,
    history_of,
    score_of,
    scored,
    unasked,
)
from programs.reports.texts_findings import Headline
from programs.reports.texts_report import code_of
from surveys.results import sharing
from surveys.results.places import Part
from surveys.waves.models import Wave

__all__ = ["MEASURES", "WORDS", "Row", "Scorecard", "build", "history_of", "leaders_waves", "score_of", "scored"]

RECOGNISED_DAYS = 90
PROTECTED_FROM = 10
Cells = Mapping[str, Any]


@dataclass(frozen=True)
class Card:
    """One dimension of the place in the latest wave."""

    dimension: str
    score: Score | None
    change: Change | None
    why: str = ""


@dataclass(frozen=True)
class Moved:
    """Something that clearly rose or fell since the last wave, in the word of its release."""

    key: str
    label: Any
    change: Change


@dataclass
class Scorecard:
    """``unit`` None: of the whole program. ``together``: the name of the group the unit was told of with others.

    ``known``: further indicators that were kept, which only its milestones name. ``still``: why nothing stands in
    ``moved``: "still", "few" or "apart" (findings.compared); "first" of a first wave.
    """

    program: Program
    today: dt.date
    unit: Unit | None = None
    place: Place | None = field(default=None, repr=False)
    deeds: Deeds | None = field(default=None, repr=False)
    leading: list[Kept] = field(default_factory=list)
    lagging: list[Kept] = field(default_factory=list)
    known: dict[str, Kept] = field(default_factory=dict, repr=False)
    practices: list[Kept] = field(default_factory=list)
    whole: Row | None = None
    company: Cells = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)
    still: str = ""
    wave: Wave | None = None
    waves: int = 0
    next_wave: Wave | None = None
    answered: str = ""
    headline: Headline | None = None
    remark: str = ""
    lowest: str = ""
    cards: list[Card] = field(default_factory=list)
    trend: list[dict[str, Any]] = field(default_factory=list)
    lines: Lines | None = field(default=None, repr=False)
    together: str = ""

    @property
    def frozen_on(self) -> dt.date | None:
        """The day from which the survey figures never change."""
        return timezone.localdate(self.wave.released_at) if self.wave and self.wave.released_at else None

    @cached_property
    def unknown(self) -> bool:
        """Whether the latest wave tells nothing of the unit because it did not exist when that wave opened."""
        return self.wave is not None and self.whole is None


def build(
    program: Program,
    *,
    now: dt.datetime,
    unit: Unit | None = None,
    audience: str = sharing.LEADERS,
    place: Place | None = None,
) -> Scorecard:
    """The scorecard as of ``now``: survey figures as released, what is counted as it was kept last night.

    ``unit``: of it and all below it, from waves shared with ``audience``; or both as the ``place`` has them.
    """
    today = timezone.localdate(now)
    place = place or Place(program, unit, audience)
    unit = place.unit
    deeds = None
    if unit is None:
        kept = readings.latest(program, today)
    else:
        deeds = scorecard_deeds.read(unit.pk, place.below or (), program.starts_on, today)
        kept = scorecard_counted.of_unit(place, today, deeds)
    shown = kept.keys() & set(readings.names())
    card = Scorecard(
        program=program,
        today=today,
        unit=unit,
        place=place,
        deeds=deeds,
        leading=[kept[key] for key in readings.LEADING if key in shown and key not in practices.KEYS],
        lagging=[kept[key] for key in readings.LAGGING if key in shown],
        known={key: one for key, one in kept.items() if key not in shown},
    )
    if unit is None and switching.is_on(program):
        card.practices = [kept[key] for key in practices.KEYS if key in kept]
    if program.series_id:  # type: ignore[attr-defined]
        _add_results(card, place)
    return card


def leaders_waves(program: Program) -> list[Wave]:
    """The released waves of its series that leaders see by today, oldest first."""
    return Place(program).waves


def _add_results(card: Scorecard, place: Place) -> None:
    card.waves = sum(1 for wave in place.every if wave.state != Wave.State.CANCELLED)
    coming = {Wave.State.OPENING, Wave.State.OPEN, Wave.State.SCHEDULED}
    card.next_wave = next((wave for wave in place.every if wave.state in coming), None)
    card.wave = place.wave
    if card.wave is None:
        return
    card.trend = [_trend_row(wave, point) for wave, point in place.history]
    top = place.top
    if top is None:
        return
    latest, cells = place.course[-1], place.cells
    card.headline = headline_of(place)
    card.together = "" if latest.alone else latest.name
    card.cards = [card_of(dimension, cells, latest.scores) for dimension in DIMENSIONS]
    card.answered = participation(cells.get("participation"))
    requirements = {one.code: one for one in Requirement.objects.all()}
    card.lowest = _lowest(cells, requirements)
    card.lines = Lines(place, [*MEASURES, "participation", "barrier", *([card.lowest] if card.lowest else [])])
    card.whole, card.company = row_of(top, top.depth, cells), cells
    card.remark = _remark(card.lowest, cells, card.lines.lowest_level(), requirements)
    card.moved = list(_moved(cells, requirements))
    card.still = _still(place, (*MEASURES, *requirements))


def headline_of(place: Place, language: str = "") -> Headline | None:
    """The finding of the latest wave, which must know the place; None where it shows nothing of want, know and can.

    ``language``: the reader's, where none is given.
    """
    points = [point for _wave, point in place.history]
    return texts_findings.headline(points, code_of(language or get_language() or "en"), unasked(place.cells))


def _still(place: Place, keys: Iterable[str]) -> str:
    latest = place.course[-1]
    found = [*changes(place.cells, keys).values(), *(score.last for score in latest.scores.values())]
    told = findings.compared(found)
    return "first" if told == "apart" and len(place.course) == 1 else told


def _trend_row(wave: Wave, point: Mapping[str, Score]) -> dict[str, Any]:
    """``bands``: by dimension, where only a range may be told."""
    values = {name: round(point[name].index) if name in point else None for name in DIMENSIONS}
    bands = {name: score.band for name, score in point.items() if score.band}
    return {"wave": wave.number, "date": wave.closes_on, **values, "bands": bands}


def card_of(dimension: str, cells: Cells, scores: Mapping[str, Score]) -> Card:
    score = scores.get(dimension)
    if score is not None:
        return Card(dimension, score, score.last)
    why = (cells.get(dimension) or {}).get("why", "") if asked(dimension, cells) else "not asked"
    return Card(dimension, None, None, why)


def _lowest(cells: Cells, requirements: Mapping[str, Requirement]) -> str:
    """The code of the requirement with the lowest score; "" where none is shown."""
    scores = {code: score.index for code in requirements if (score := score_of(cells.get(code)))}
    return min(scores, key=lambda one: scores[one]) if scores else ""


def _remark(code: str, cells: Cells, parts: Sequence[Part], requirements: Mapping[str, Requirement]) -> str:
    """The lowest requirement in words, and the parts where it is lowest."""
    score = score_of(cells.get(code))
    if score is None:
        return ""
    below = [(found.index, one.name) for one in parts if (found := score_of((one.cells or {}).get(code)))]
    words = {"label": requirements[code].label, "code": code, "score": score.told}
    places = [name for _index, name in sorted(below)[:2]]
    told = _("The lowest requirement is “%(label)s” (%(code)s), at %(score)s of 100.") % words
    if not places:
        return told
    where = _("%(one)s and %(two)s") % dict(zip(("one", "two"), places, strict=True)) if len(places) == 2 else places[0]
    return _("%(told)s Lowest in %(where)s.") % {"told": told, "where": where}


def _moved(cells: Cells, requirements: Mapping[str, Requirement]) -> Iterable[Moved]:
    """What clearly rose or fell since the last wave: the three and the service first, then requirements, most first."""
    clear = clear_moves(cells, (*MEASURES, *requirements))
    order = sorted(clear, key=lambda key: (key in requirements, -abs(clear[key].points), key))
    for key in order:
        yield Moved(key, requirements[key].label if key in requirements else WORDS[key], clear[key])
