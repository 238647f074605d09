"""Leading indicators of practices for milestones and the scorecard, as they are told once a week; of at least ten
people, or not told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.access import clock
from programs.planning import indicators
from programs.planning.indicators import LEADING, Indicator, Reading
from programs.planning.models import Program
from programs.practices import counting, figures, switching
from programs.practices.figures import Cases

KEYS = ("practices.people", "practices.recoveries", "practices.ideas")


def _wrote(program: Program, on: dt.date) -> Reading:
    """In steps, its ends censored, like participation: whether somebody wrote is his own."""
    found, week = figures.of_program(program, on)
    if found.told is None:
        if found.why == figures.SPLIT:
            told = _("Hidden for privacy: its people are told of in groups, together with people of other programs.")
            return Reading(None, told, week.last)
        return indicators.too_few(week.last, counting.LEAST)
    words = _("%(share)s of %(people)s people wrote a personal note in the last four full weeks")
    told = words % {"share": found.told.words, "people": found.people}
    return Reading(float(found.told.value), told, week.last, found.told.end)


def _cases(found: Cases, words: str, last: dt.date) -> Reading:
    if found.told is None:
        return indicators.too_few(last, counting.LEAST)
    told = words % {"share": found.told.words, "cases": found.cases}
    return Reading(float(found.told.value), told, last, found.told.end)


def _solved(program: Program, on: dt.date) -> Reading:
    found, week = figures.of_program(program, on)
    return _cases(found.recoveries, _("%(share)s of %(cases)s complaints were made good in time"), week.last)


def _allowed(program: Program, on: dt.date) -> Reading:
    found, week = figures.of_program(program, on)
    return _cases(found.ideas, _("%(share)s of %(cases)s ideas that were decided were approved"), week.last)


def _aims(program: Program) -> tuple[int, int]:
    """What a milestone can aim at: of few people the ends begin earlier."""
    found, _week = figures.of_program(program, clock.today())
    return counting.aims(found.people)


def _of_cases(program: Program) -> tuple[int, int]:
    return counting.AIMS


def _where_on(measure: Callable[[Program, dt.date], Reading]) -> Callable[[Program, dt.date], Reading]:
    def measured(program: Program, on: dt.date) -> Reading:
        if not switching.is_on(program):
            return Reading(None, _("Practices are not switched on in this program."), on)
        return measure(program, on)

    return measured


def register() -> None:
    """Called when the apps are ready."""
    leading = frozenset({LEADING})
    for key, label, measure, aims in (
        ("practices.people", gettext_lazy("People who write personal notes"), _wrote, _aims),
        ("practices.recoveries", gettext_lazy("Complaints made good in time"), _solved, _of_cases),
        ("practices.ideas", gettext_lazy("Ideas approved"), _allowed, _of_cases),
    ):
        indicators.register(Indicator(key, label, leading, _where_on(measure), aims=aims))
