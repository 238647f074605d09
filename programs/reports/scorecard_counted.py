"""What is counted of a unit: the indicators of its program, restricted to the unit and all below it.

A count is told of a unit from ``LEAST`` people on and only where nothing smaller is left when told units are taken off
each other (scorecard_residue). The table of a day is made at once for all units, in the night, with the readings of the
program, and kept until the next day: who looks twice learns nothing from a difference. A room that counts something
registers how it falls to units (``counter``); what nobody counts by unit does not stand on a unit's scorecard.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.people.models import Unit
from programs.planning import indicators, judging, standing
from programs.planning.models import Enrolment, Program
from programs.recognition import leading
from programs.reports import readings, scorecard_deeds, scorecard_residue
from programs.reports.reading_models import DayReading
from programs.reports.readings import Kept
from programs.reports.scorecard_deeds import Deeds
from programs.reports.scorecard_place import Place
from programs.training import in_plan

LEAST = 10
# unit → (part, whole, people it is of); 0 stands for people without a unit.
Counts = Mapping[int, tuple[int, int, int]]
Told = dict[int, dict[str, tuple[int, int]]]
HIDDEN = gettext_lazy("hidden for privacy")
KEPT_SECONDS = 36 * 3600
MOST_KEPT = 8


@dataclass(frozen=True)
class Counter:
    """``words`` with ``%(part)s`` and ``%(whole)s``: what the indicator itself says."""

    words: Any
    count: Callable[[Program, dt.date], Counts]


_counters: dict[str, Counter] = {}
_tables: OrderedDict[str, Told] = OrderedDict()


def counter(key: str, words: Any) -> Callable[[Callable[[Program, dt.date], Counts]], Any]:
    """Register how an indicator falls to units."""

    def register(count: Callable[[Program, dt.date], Counts]) -> Callable[[Program, dt.date], Counts]:
        _counters[key] = Counter(words, count)
        return count

    return register


def by_unit() -> frozenset[str]:
    """The keys that are counted of people, unit by unit."""
    return frozenset(_counters)


# -- a unit ----------------------------------------------------------------------------------------------------------


def of_unit(place: Place, today: dt.date, deeds: Deeds | None = None) -> dict[str, Kept]:
    """Every figure that is counted by unit, as it stands today; hidden ones say so, all in the same words.

    ``deeds``: what the unit planned and promised, where it was read already.
    """
    assert place.unit is not None
    told = table(place.program, today).get(place.unit.pk, {})
    wanted = readings.names()
    found = {key: _kept(key, told.get(key), today) for key in wanted if key in _counters}
    deeds = deeds or scorecard_deeds.read(place.unit.pk, place.below or (), place.program.starts_on, today)
    return found | {key: one for key, one in _done(place, deeds, today).items() if key in wanted}


def _kept(key: str, pair: tuple[int, int] | None, today: dt.date) -> Kept:
    one = indicators.get(key)
    label, unit = (one.label, one.unit) if one else (key, "")
    if pair is None:
        return Kept(key, label, unit, None, str(HIDDEN), today, today)
    part, whole = pair
    words = str(_counters[key].words) % {"part": part, "whole": whole}
    return Kept(key, label, unit, 100 * part / whole, words, today, today, share=pair)


def _done(place: Place, deeds: Deeds, today: dt.date) -> dict[str, Kept]:
    """What the unit planned and promised: of its actions, not of people, and what customers said as it was released."""
    words = {
        "planning.actions": _("%(part)s of %(whole)s actions that fell due were done by their day"),
        "planning.promises": _("%(part)s of %(whole)s promises that fell due were done by their day"),
    }
    found = {}
    for key, promised in (("planning.actions", False), ("planning.promises", True)):
        mine = deeds.due(place.program.starts_on, promised=promised)
        part = sum(one.in_time for one in mine)
        told = indicators.share(part, len(mine), words[key], today, least=indicators.ACTIONS_LEAST)
        found[key] = _read(key, told, today)
    found["planning.promises_kept"] = _read("planning.promises_kept", _judged(place, deeds, today), today)
    return found


def _judged(place: Place, deeds: Deeds, today: dt.date) -> indicators.Reading:
    if place.program.series_id is None:  # type: ignore[attr-defined]
        return indicators.Reading(None, _("No survey series measures this program yet."))
    since = place.program.starts_on
    waves = [wave.pk for wave in place.waves if wave.opens_on >= since and wave.closes_on <= today]
    found = judging.between_departments(waves, deeds.promising)
    if found.share is None:
        words = _("Fewer than three promises of its units were judged in a released wave.")
        return indicators.Reading(None, words, found.until)
    words = _("say that %(promises)s promises were kept; at least %(people)s judgements")
    told = words % {"promises": found.promises, "people": found.people}
    return indicators.Reading(float(found.share), told, found.until)


def _read(key: str, reading: indicators.Reading, today: dt.date) -> Kept:
    one = indicators.get(key)
    label, unit = (one.label, one.unit) if one else (key, "")
    return Kept(key, label, unit, reading.value, reading.words, today, reading.on)


# -- all units of a day ----------------------------------------------------------------------------------------------


def table(program: Program, on: dt.date) -> Told:
    """Unit → key → (part, whole), of what may be told. Kept for the day once the program's readings are."""
    name = f"scorecard:counted:{program.pk}:{on.isoformat()}"
    if name in _tables:
        return _tables[name]
    found: Told | None = cache.get(name)
    if found is None:
        found = compute(program, on)
        if not DayReading.objects.filter(program=program, on=on).exists():
            return found
        # Whoever was first is told by everybody.
        cache.add(name, found, KEPT_SECONDS)
        found = cache.get(name) or found
    _tables[name] = found
    while len(_tables) > MOST_KEPT:
        _tables.popitem(last=False)
    return found


def compute(program: Program, on: dt.date) -> Told:
    """Count everything for all units. Some seven queries, the largest over everybody enrolled."""
    units = list(Unit.objects.order_by("pk").values_list("pk", "parent"))
    parents, order = dict(units), [pk for pk, _parent in units]
    wanted = [key for key in readings.names() if key in _counters]
    found: Told = {}
    for key in wanted:
        rows = _counters[key].count(program, on)
        people = {unit: row[2] for unit, row in rows.items()}
        may = scorecard_residue.shown(parents, people, LEAST, order) - {0}
        parts = scorecard_residue.totals(parents, {unit: row[0] for unit, row in rows.items()})
        wholes = scorecard_residue.totals(parents, {unit: row[1] for unit, row in rows.items()})
        for unit in may:
            if wholes.get(unit):
                found.setdefault(unit, {})[key] = (parts.get(unit, 0), wholes[unit])
    return found


def protected(owns: Mapping[int, Mapping[int, int]]) -> dict[int, set[int]]:
    """For each of several further counts the units it may be told of. ``owns``: of each, unit → people it is of, of
    everybody it is told of. One query."""
    units = list(Unit.objects.order_by("pk").values_list("pk", "parent"))
    parents, order = dict(units), [pk for pk, _parent in units]
    return {key: scorecard_residue.shown(parents, own, LEAST, order) - {0} for key, own in owns.items()}


def forget() -> None:
    """Drop what this process keeps: for tests."""
    _tables.clear()


def _people(rows: Iterable[tuple[int | None, int]]) -> dict[int, int]:
    return {unit or 0: n for unit, n in rows}


def _active(program: Program, on: dt.date) -> dict[int, int]:
    rows = standing.enrolled(program, on, away=False).order_by().values("employee__unit")
    return _people(rows.annotate(n=Count("employee", distinct=True)).values_list("employee__unit", "n"))


def _of_people(part: Mapping[int, int], whole: Mapping[int, int]) -> Counts:
    return {unit: (part.get(unit, 0), n, n) for unit, n in whole.items()}


@counter("training.valid", in_plan.VALID)
def _valid(program: Program, on: dt.date) -> Counts:
    return in_plan.valid_by_unit(program, on)


@counter("observed.seen", in_plan.SEEN)
def _seen(program: Program, on: dt.date) -> Counts:
    return _of_people(in_plan.seen_by_unit(program, on), _active(program, on))


@counter("recognition.people", leading.THANKED)
def _thanked(program: Program, on: dt.date) -> Counts:
    return _of_people(leading.thanked_by_unit(program, on), _active(program, on))


@counter("planning.begun", gettext_lazy("%(part)s of %(whole)s people planned have begun"))
def _begun(program: Program, on: dt.date) -> Counts:
    rows = Enrolment.objects.filter(program=program)
    begun = rows.on(on).order_by().values("employee__unit").annotate(n=Count("pk"))
    later = rows.filter(since__gt=on).order_by().values("employee__unit").annotate(n=Count("pk"))
    part = _people(begun.values_list("employee__unit", "n"))
    waiting = _people(later.values_list("employee__unit", "n"))
    whole = {unit: part.get(unit, 0) + waiting.get(unit, 0) for unit in {*part, *waiting}}
    return _of_people(part, whole)
