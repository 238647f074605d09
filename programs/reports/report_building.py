"""Building a report: its cover and every registered section. One that fails is named, and the others go out."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.utils import timezone, translation

from culture.access import organisation
from culture.people.models import Unit
from programs.planning.models import Program
from programs.reports import (  # noqa: F401 - registers their sections
    benchmark_sections,
    report_charts,
    report_counts,
    report_worth,
)
from programs.reports.report_model import Report, Section
from programs.reports.report_scope import Scope
from programs.reports.report_sections import registered
from programs.training.certificates import day_in

DEFINED = ("want", "know", "can", "served", "talk", "barrier", "interval", "people", "change")
log = logging.getLogger("trivium.reports")


def build(program: Program, unit: Unit | None, language: str, *, now: dt.datetime) -> Report:
    """The report as of ``now``: survey figures as released and shared, the rest counted today."""
    scope = Scope(program, unit, language, now)
    made = Report(
        title=program.name,
        subtitle=scope.place,
        organisation=organisation.current().name,
        language=language,
        as_of=scope.today,
        program=program.pk,
        unit=unit.pk if unit else None,
        audience=scope.audience,
        sections=[],
        facts_line=_line(scope),
        waves=[wave.pk for wave in scope.waves],
        said=scope.say("preview"),
    )
    wave = scope.wave
    if wave is not None and wave.released_at is not None:
        made.frozen_on = timezone.localdate(wave.released_at)
    for one in registered():
        try:
            # A query that fails must not take the rest of the transaction with it.
            with transaction.atomic():
                section = one.make(scope)
        except Exception as error:
            log.error("The section %s of a report failed: %s", one.key, type(error).__name__)
            made.problems.append(f"{one.key}: {type(error).__name__}")
            section = Section(one.key, one.key.capitalize(), lead=scope.say("failed"))
        if section is not None:
            section.charts = [chart for chart in section.charts if report_charts.drawable(chart)]
            made.sections.append(section)
    made.sections.append(Section("method", scope.say("h:method"), paragraphs=[scope.say("method")]))
    made.definitions = [(scope.say(key), scope.say(f"def:{key}")) for key in DEFINED]
    return made


def day(on: dt.date, language: str) -> str:
    with translation.override(language):
        return day_in(on)


def _line(scope: Scope) -> str:
    """Which wave, closed and frozen when."""
    wave = scope.wave
    if wave is None:
        return scope.say("no_wave_line")
    frozen = timezone.localdate(wave.released_at) if wave.released_at else wave.closes_on
    return scope.say("wave_line", n=wave.number, closed=scope.day(wave.closes_on), frozen=scope.day(frozen))
