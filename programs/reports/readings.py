"""What is counted of a program, once a day: kept by the tick, read by the scorecard. Leading and lagging stay apart.

Pages read what was kept, so that a number is the same wherever it stands that day and costs one query; a program whose
first night has not come yet is counted on the spot.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation

from culture.access import clock
from programs.planning import indicators
from programs.planning.indicators import Reading
from programs.planning.models import Program
from programs.practices import leading as practices
from programs.reports import kept_words
from programs.reports.reading_models import DayReading
from programs.reports.texts_report import say

# What moves first, and what it is for; in the order of the page. What is not registered is not shown.
LEADING = (
    "training.valid", "training.done", "observed.seen", "recognition.people", "recognition.aimed", "planning.begun",
    "planning.actions", *practices.KEYS,
)  # fmt: skip
LAGGING = ("planning.promises_kept", "planning.promises")
# Of two that say nearly the same the first is shown.
INSTEAD = {"training.done": "training.valid"}
OLD = dt.timedelta(days=7)
OF = re.compile(r"(\d+) of (\d+) ")
# A share that is told in steps, as kept words begin: "under 10 % of 120 people …", "about 35 % of 40 or more cases …".
ROUGH = re.compile(r"(under|about|over) (\d+) %(?: \(between (\d+) and (\d+)\))? of (under \d+|\d+ or more|\d+) ")
log = logging.getLogger("trivium.reports")


@dataclass(frozen=True)
class Rough:
    """A share told in steps, ``how``: "under", "about" or "over" so many ``percent`` of ``whole`` ("120", "40 or
    more"); of what was put together ``between`` which values it lies."""

    how: str
    percent: int
    whole: str
    between: tuple[int, int] | None = None

    @property
    def end(self) -> int:
        """-1 or 1 where only a bound is told: then ``percent`` is no value of it."""
        return {"under": -1, "over": 1}.get(self.how, 0)

    def told(self, language: str) -> str:
        if self.between:
            return say("about_between", language, n=f"{self.percent} %", low=self.between[0], high=self.between[1])
        return say(self.how, language, n=f"{self.percent} %")

    def of(self, language: str) -> str:
        with translation.override(language):
            return kept_words.told(self.whole)


def rough(value: float | None, words: str) -> Rough | None:
    """None: it is told as it was counted."""
    found = ROUGH.match(words) if value is not None else None
    if found is None:
        return None
    between = (int(found[3]), int(found[4])) if found[3] else None
    return Rough(found[1], int(found[2]), found[5], between)


@dataclass(frozen=True)
class Kept:
    """An indicator as it stood ``on`` a day. ``before``: its value some three months earlier, if it was kept.

    ``share``: (part, whole) of what was counted just now.
    """

    key: str
    label: Any
    unit: Any
    value: float | None
    words: str
    on: dt.date
    until: dt.date | None
    before: float | None = None
    share: tuple[int, int] | None = None

    @property
    def told(self) -> str:
        """Its words in the reader's language."""
        return kept_words.told(self.words)

    @property
    def rough(self) -> Rough | None:
        return rough(self.value, self.words)

    @property
    def exact(self) -> float | None:
        """Its value, where more than a bound of it is told."""
        return None if self.rough and self.rough.end else self.value

    @property
    def moved(self) -> float | None:
        """Points since then; no more than that: what is counted has no interval."""
        return None if self.exact is None or self.before is None else round(self.exact) - round(self.before)


def names() -> list[str]:
    known = [key for key in (*LEADING, *LAGGING) if indicators.get(key)]
    return [key for key in known if INSTEAD.get(key) not in known]


def keep(program: Program, on: dt.date) -> int:
    """Measure and keep every indicator of the day that is not kept yet, also those only its milestones name; returns
    how many. Repeats change nothing."""
    there = set(DayReading.objects.filter(program=program, on=on).values_list("key", flat=True))
    # Kept words are read by everybody: in the language all other words of pages are written in.
    with translation.override("en"):
        rows = [_row(program, key, on) for key in (*names(), *_of_milestones(program)) if key not in there]
    DayReading.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _of_milestones(program: Program) -> list[str]:
    """What its open milestones are seen by and the scorecard does not show; released scores are read as released."""
    rows = program.milestones.filter(reached_on=None).values_list("leading", "lagging")  # type: ignore[attr-defined]
    shown, found = set(names()), {key for row in rows for key in row}
    return sorted(key for key in found if key not in shown and indicators.get(key) and not key.startswith("results."))


def _row(program: Program, key: str, on: dt.date) -> DayReading:
    try:
        with transaction.atomic():
            found = indicators.read(key, program, on)
    except Exception as error:
        # One that fails must not keep the others from being told.
        log.error("The indicator %s of a program could not be measured: %s", key, type(error).__name__)
        found = Reading(None, "It could not be counted that night.")
    words = str(found.words)[:400]
    return DayReading(program=program, key=key, on=on, value=found.value, words=words, until=found.on)


def due(today: dt.date | None = None) -> list[int]:
    """Programs that run and lack a reading of today."""
    today = today or clock.today()
    wanted = names()
    running = Program.objects.running().filter(starts_on__lte=today)
    found = []
    for pk in running.order_by("pk").values_list("pk", flat=True):
        kept = DayReading.objects.filter(program=pk, on=today, key__in=wanted).count()
        if kept < len(wanted):
            found.append(pk)
    return found


def latest(program: Program, today: dt.date) -> dict[str, Kept]:
    """The newest reading of each indicator, of the last week, with what it was a quarter ago. One query.

    With those only a milestone names, where they were kept.
    """
    quarter = today - dt.timedelta(days=91)
    recent, earlier = Q(on__gt=today - OLD, on__lte=today), Q(on__gt=quarter - OLD, on__lte=quarter)
    rows = DayReading.objects.filter(recent | earlier, program=program).order_by("on")
    now = {row.key: row for row in rows if row.on > today - OLD}
    then = {row.key: row for row in rows if row.on <= quarter}
    # As kept words are: in one language.
    with translation.override("en"):
        found = now or {key: _row(program, key, today) for key in names()}
    return {key: _kept(key, found[key], then.get(key)) for key in dict.fromkeys((*names(), *found)) if key in found}


def kept_of(programs: Iterable[Program], today: dt.date) -> dict[int, dict[str, Kept]]:
    """The newest reading of the last week of each indicator, by program; of programs counted before. One query."""
    rows = DayReading.objects.filter(program__in=list(programs), on__gt=today - OLD, on__lte=today).order_by("on")
    found: dict[int, dict[str, Kept]] = {}
    for row in rows:
        found.setdefault(row.program_id, {})[row.key] = _kept(row.key, row, None)  # type: ignore[attr-defined]
    return found


def _kept(key: str, row: DayReading, before: DayReading | None) -> Kept:
    one = indicators.get(key)
    label, unit = (one.label, one.unit) if one else (key, "")
    earlier = before.value if before else None
    if before is not None and (told := rough(before.value, before.words)) is not None and told.end:
        earlier = None
    return Kept(key, label, unit, row.value, row.words, row.on, row.until, earlier)


@dataclass(frozen=True)
class Day:
    on: dt.date
    value: float
    rough: Rough | None = None


def course(program: Program, key: str, most: int = 400) -> list[Day]:
    """How an indicator went, oldest first: one day each month and the last one. One query."""
    rows = DayReading.objects.filter(program=program, key=key, value__isnull=False).order_by("-on")
    found = list(rows.values_list("on", "value", "words")[:most])
    months = {(day.year, day.month): Day(day, value, rough(value, words)) for day, value, words in reversed(found)}
    return list(months.values())


def pair(kept: Kept) -> tuple[int, int] | None:
    """(part, whole) of a share: as counted, else as its kept words begin: "25 of 40 people …"."""
    if kept.share is not None:
        return kept.share
    found = OF.match(kept.words) if kept.value is not None else None
    return (int(found[1]), int(found[2])) if found else None


def reading(kept: Kept) -> Reading:
    return Reading(kept.value, kept.told, kept.until, kept.rough.end if kept.rough else 0)
