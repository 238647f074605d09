"""Several programs on one page for executives, each in the words and numbers of its own scorecard.

Read in bulk: so many queries for one program as for forty. Only programs launched within the last day, which no night
has counted yet, and milestones seen by what no scorecard shows are measured on the spot.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from culture.framework.models import Requirement
from culture.people import asof
from culture.people.models import Employee
from programs.planning import actions, indicators, milestones, queries
from programs.planning.action_models import Action
from programs.planning.indicators import Reading
from programs.planning.models import Enrolment, Program
from programs.planning.panels import Need
from programs.planning.plan_models import Duty, Milestone, Risk
from programs.reports import decisions, effects, findings, readings, report_access, scorecard
from programs.reports.effects import Effect
from programs.reports.findings import DIMENSIONS
from programs.reports.scorecard import Card, Moved
from programs.reports.scorecard_place import Place
from programs.reports.texts_findings import Headline
from surveys.results import places, sharing
from surveys.waves.models import Wave

STILL_FROM = 3
MOST_PROGRAMS = 200


@dataclass(frozen=True)
class Ask:
    """One thing only those at the top can see to; ``key`` of the texts "ask:…", with their ``values``."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Line:
    """One program. ``place``: what was released of it; the rest as on its scorecard."""

    program: Program
    today: dt.date
    place: Place
    effect: Effect | None = None
    milestones: dict[str, Any] = field(default_factory=dict)
    needs: list[Need] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)

    @property
    def wave(self) -> Wave | None:
        return self.place.wave

    @property
    def frozen_on(self) -> dt.date | None:
        wave = self.wave
        return timezone.localdate(wave.released_at) if wave is not None and wave.released_at else None

    @cached_property
    def points(self) -> list[findings.Point]:
        """Want, know and can wave by wave, as far as they are shown."""
        return [point for _wave, point in self.place.history]

    @cached_property
    def headline(self) -> Headline | None:
        return scorecard.headline_of(self.place) if self.place.top is not None else None

    @cached_property
    def cards(self) -> list[Card]:
        """Want, know and can as on the scorecard; none before the first wave."""
        if self.place.top is None:
            return []
        latest, cells = self.place.course[-1], self.place.cells
        return [scorecard.card_of(name, cells, latest.scores) for name in DIMENSIONS]

    @property
    def next_wave(self) -> Wave | None:
        coming = {Wave.State.OPENING, Wave.State.OPEN, Wave.State.SCHEDULED}
        return next((wave for wave in self.place.every if wave.state in coming), None)

    @property
    def ended(self) -> bool:
        return self.program.state == Program.State.FINISHED

    @property
    def coming(self) -> bool:
        """Launched, and its first day is to come."""
        return not self.ended and self.program.starts_on > self.today


def readable(user: Employee) -> list[Program]:
    """The launched programs whose scorecards ``user`` may read, the newest first; never a draft."""
    if not report_access.may_see_whole(user):
        return []
    return list(report_access.programs().select_related("series")[:MOST_PROGRAMS])


def lines(programs: Sequence[Program], *, now: dt.datetime) -> list[Line]:
    """Each program as of ``now``, in the order given."""
    today = timezone.localdate(now)
    requirements = {one.code: one for one in Requirement.objects.all()}
    found = [Line(one, today, place) for one, place in zip(programs, _places(programs), strict=True)]
    shared = {wave.pk for one in found for wave in one.place.waves}
    effect = effects.main_of(programs, shared)
    plans, late = _Plans(programs, today), _late(programs, today)
    for one in found:
        one.effect = effect.get(one.program.pk)
        one.moved = list(scorecard._moved(one.place.cells, requirements)) if one.place.top else []
        standings = plans.standings(one)
        one.milestones = decisions.told_of(standings)
        planned = queries.plan_lines(one.program, standings, plans.risks(one.program), plans.duties(one.program))
        rows = late.get(one.program.pk, [])
        first = [*decisions.of_figures(one.moved), *decisions.unsaid(one.program)]
        one.needs = [*first, *planned, *queries.action_lines(rows, len(rows))]
        one.asks = list(_asks(one, plans.duties(one.program)))
    return found


# -- in bulk ---------------------------------------------------------------------------------------------------------


def _places(programs: Sequence[Program]) -> list[Place]:
    """The place of each program, what it reads lazily read for all of them at once. Three queries."""
    ids = {one.series_id for one in programs if one.series_id}  # type: ignore[attr-defined]
    every: dict[int, list[Wave]] = {}
    rows = Wave.objects.filter(series__in=ids).order_by("series", "number").select_related("series").defer("snapshot")
    for wave in rows:
        every.setdefault(wave.series_id, []).append(wave)  # type: ignore[attr-defined]
    reached = Wave.objects.filter(sharing.reached(sharing.LEADERS), series__in=ids, state=Wave.State.RELEASED)
    seen = set(reached.order_by().values_list("pk", flat=True))
    shared = [wave for waves in every.values() for wave in waves if wave.pk in seen]
    groups = dict(places.course(shared, None)) if shared else {}
    found = []
    for one in programs:
        place = Place(one)
        mine = every.get(one.series_id or 0, [])  # type: ignore[attr-defined]
        # These are what the place would read by itself, program by program.
        place.__dict__["every"] = mine
        place.__dict__["waves"] = [wave for wave in mine if wave.pk in seen]
        place.__dict__["_course"] = [(wave, groups[wave]) for wave in mine if wave.pk in seen and wave in groups]
        found.append(place)
    return found


class _Plans:
    """Milestones, risks, duties and what is counted of all programs. Four queries."""

    def __init__(self, programs: Sequence[Program], today: dt.date) -> None:
        self.today = today
        self._aims = _by_program(Milestone.objects.filter(program__in=programs).select_related("owner", "after"))
        risks = Risk.objects.filter(program__in=programs, closed_on=None, review_on__lte=today)
        self._risks = _by_program(risks.select_related("owner"))
        duties = Duty.objects.filter(program__in=programs, done_on=None, due_on__lt=today)
        self._duties = _by_program(duties.select_related("sponsor"))
        self._kept = readings.kept_of(programs, today)

    def risks(self, program: Program) -> list[Risk]:
        return self._risks.get(program.pk, [])

    def duties(self, program: Program) -> list[Duty]:
        return self._duties.get(program.pk, [])

    def standings(self, line: Line) -> list[milestones.Standing]:
        """As ``milestones.standings``, from what was kept and released."""
        rows = self._aims.get(line.program.pk, [])
        kept = self._kept.get(line.program.pk, {})
        known: dict[str, Reading] = {key: readings.reading(one) for key, one in kept.items()}
        known |= dict(decisions.released(line.wave, line.place.cells))
        for key in {key for row in rows if not row.reached_on for key in (row.leading, row.lagging)} - set(known):
            known[key] = indicators.read(key, line.program, self.today)
        return [milestones._standing(row, known, self.today) for row in rows]


def _by_program(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.program_id, []).append(row)
    return found


def _late(programs: Sequence[Program], today: dt.date) -> dict[int, list[Action]]:
    """The overdue actions of the units in which each program's people work, and of those merged into them, as
    ``actions.of_program``. Three queries."""
    rows = actions.overdue(Action.objects.select_related("unit", "promised_to", "owner"), today)
    rows = list(rows.order_by("due_on", "pk"))
    if not rows:
        return {}
    heirs = asof.successors()
    homes = {row.unit_id: {row.unit_id, heirs.get(row.unit_id, row.unit_id)} for row in rows}  # type: ignore[attr-defined]
    units = set().union(*homes.values())
    enrolled = Enrolment.objects.filter(program__in=programs, employee__unit__in=units).on(today)
    pairs = set(enrolled.order_by().values_list("program", "employee__unit").distinct())
    found: dict[int, list[Action]] = {}
    for program in programs:
        here = {unit for unit, home in homes.items() if any((program.pk, one) in pairs for one in home)}
        mine = [row for row in rows if row.unit_id in here]  # type: ignore[attr-defined]
        if mine:
            found[program.pk] = mine
    return found


# -- what needs the board --------------------------------------------------------------------------------------------


def _asks(line: Line, duties: Sequence[Duty]) -> Iterable[Ask]:
    """By rule, the gravest first: what no unit and no HR can see to by itself. Nothing of a program that has ended."""
    if line.ended:
        return
    for moved in line.moved:
        if moved.key in (*DIMENSIONS, "served") and moved.change.fell:
            yield Ask("fell", {"key": moved.key, "n": round(abs(moved.change.points))})
    if line.effect is not None and line.effect.worse:
        yield Ask("worse", {"n": line.effect.told, "what": line.effect.outcome})
    if late := line.milestones.get("late"):
        yield Ask("late", {"n": late, "all": line.milestones["all"]})
    if duties:
        yield Ask("duty", {"n": len(duties)})
    if line.program.state == Program.State.PAUSED:
        yield Ask("paused")
    points = line.points if line.place.top is not None else []
    if points and findings.whole(points[-1]) and (weakest := findings.weakest(points[-1])):
        still = findings.standstill([point.get(weakest) for point in points])
        if still >= STILL_FROM:
            yield Ask("still", {"key": weakest, "n": still})
    if not line.milestones.get("all"):
        yield Ask("aimless")
    if line.program.series_id is None:  # type: ignore[attr-defined]
        yield Ask("unmeasured")


# -- order -----------------------------------------------------------------------------------------------------------

SORTS = ("asks", "name", *DIMENSIONS, "effect", "begun")


def ordered(found: Sequence[Line], sort: str) -> list[Line]:
    """By what needs the board (most first), name, score (lowest first, without one last), effect or first day."""
    if sort in DIMENSIONS:
        return sorted(found, key=lambda one: (_index(one, sort) is None, _index(one, sort) or 0, one.program.name))
    if sort == "name":
        return sorted(found, key=lambda one: one.program.name.casefold())
    if sort == "begun":
        return sorted(found, key=lambda one: (one.program.starts_on, one.program.name))
    if sort == "effect":
        return sorted(found, key=lambda one: (_points(one) is None, _points(one) or 0, one.program.name))
    return sorted(found, key=lambda one: (one.ended, -len(one.asks), -len(one.needs), one.program.name))


def _index(line: Line, name: str) -> float | None:
    return next((card.score.index for card in line.cards if card.dimension == name and card.score), None)


def _points(line: Line) -> float | None:
    return line.effect.points if line.effect else None
