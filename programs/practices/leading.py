"""Leading indicators of practices for milestones and the scorecard; of at least ten people or cases, or not told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.planning import indicators
from programs.planning.indicators import LEADING, Indicator, Reading
from programs.planning.models import Program
from programs.practices import counting, figures, switching

KEYS = ("practices.people", "practices.recoveries", "practices.ideas")


def _wrote(program: Program, on: dt.date) -> Reading:
    """In steps of 5 points, its ends censored, like participation: whether somebody wrote is his own."""
    found = figures.of_program(program, on)
    if found.told is None:
        return Reading(None, _("Too few to tell yet: fewer than %(least)s.") % {"least": counting.LEAST}, found.until)
    words = _("%(share)s of %(people)s people wrote a personal note in the last four full weeks")
    return Reading(float(found.told.value), words % {"share": found.told.words, "people": found.people}, found.until)


def _solved(program: Program, on: dt.date) -> Reading:
    part, whole = figures.solved(program, on)
    words = _("%(part)s of %(whole)s complaints were made good in time")
    return indicators.share(part, whole, words, counting.window(on)[1], least=counting.LEAST)


def _allowed(program: Program, on: dt.date) -> Reading:
    part, whole = figures.allowed(program, on)
    words = _("%(part)s of %(whole)s ideas that were decided were approved")
    return indicators.share(part, whole, words, counting.window(on)[1], least=counting.LEAST)


def _where_on(measure: Callable[[Program, dt.date], Reading]) -> Callable[[Program, dt.date], Reading]:
    def measured(program: Program, on: dt.date) -> Reading:
        if not switching.is_on(program):
            return Reading(None, _("Practices are not switched on in this program."), on)
        return measure(program, on)

    return measured


def register() -> None:
    """Called when the apps are ready."""
    leading = frozenset({LEADING})
    for key, label, measure in (
        ("practices.people", gettext_lazy("People who write personal notes"), _wrote),
        ("practices.recoveries", gettext_lazy("Complaints made good in time"), _solved),
        ("practices.ideas", gettext_lazy("Ideas approved"), _allowed),
    ):
        indicators.register(Indicator(key, label, leading, _where_on(measure)))
