"""The board view in words, in any of the five languages; page and report say the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import translation

from programs.reports import scorecard
from programs.reports.board import Ask, Line
from programs.reports.texts_report import say
from programs.training.certificates import day_in


def on(day: dt.date, language: str) -> str:
    with translation.override(language):
        return day_in(day)


def ask(one: Ask, language: str) -> str:
    """One thing that needs the board, as a sentence."""
    values = dict(one.values)
    if "key" in values:
        name = say(values.pop("key"), language)
        values["what"] = name[:1].upper() + name[1:]
    elif "what" in values:
        values["what"] = say(f"o:{values['what']}", language)
    return say(f"ask:{one.key}", language, **values) if values else say(f"ask:{one.key}", language)


def top(found: Sequence[Line], language: str) -> str:
    """The one sentence over all programs; ``found`` by what needs the board."""
    if not found:
        return say("b:none", language)
    alive = [line for line in found if not line.ended]
    if not alive:
        return say("b:over", language)
    asking = sorted((line for line in alive if line.asks), key=lambda line: -len(line.asks))
    if len(alive) == 1:
        if not asking:
            return say("b:one_fine", language)
        return say("b:one_needs", language, what=ask(asking[0].asks[0], language))
    if not asking:
        return say("b:fine", language, all=len(alive))
    first = asking[0]
    words = {"n": len(asking), "all": len(alive), "name": first.program.name, "what": ask(first.asks[0], language)}
    return say("b:need", language, **words)


def headline(line: Line, language: str) -> str:
    """The program's own headline; what stands in its place where there is none."""
    if line.program.series_id is None:  # type: ignore[attr-defined]
        return say("b:no_series", language)
    if line.wave is None:
        return say("b:no_wave", language)
    told = scorecard.headline_of(line.place, language) if line.place.top is not None else None
    return str(told) if told else say("all_hidden", language)


def state(line: Line, language: str) -> str:
    """Where in its life the program is, where that is not simply running."""
    if line.ended:
        return say("b:ended", language)
    if line.program.state == line.program.State.PAUSED:
        return say("b:paused", language)
    return say("b:coming", language, day=on(line.program.starts_on, language)) if line.coming else ""


def reached(line: Line, language: str) -> str:
    told = line.milestones
    if not told.get("all"):
        return "–"
    key = "b:reached_late" if told["late"] else "b:reached"
    return say(key, language, n=told["reached"], all=told["all"], late=told["late"])
