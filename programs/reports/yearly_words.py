"""The yearly review's sentence on top, by rule, in any of the five languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from programs.reports.findings import DIMENSIONS, Score
from programs.reports.texts_report import say
from programs.reports.yearly import Year
from programs.reports.yearly_plans import LATE, MISSED, MOVED, ON_TIME, PUT_OFF

# A milestone that was put off was due all the same.
DUE = (ON_TIME, MOVED, LATE, MISSED, PUT_OFF)
EFFECTS = {"clear": "effect:clear", "likely": "effect:likely", "none": "effect:same", "early": "effect:early"}


def top(year: Year, latest: Mapping[str, Score] | None, waves: int, language: str) -> str:
    """Milestones, then how want, know and can went, then the effect. ``latest``: of the last of ``waves`` released."""
    return " ".join([_milestones(year, language), _survey(year, latest, waves, language), *_effect(year, language)])


def _milestones(year: Year, language: str) -> str:
    due = [one for one in year.aims if one.outcome in DUE]
    if not due:
        return say("y:ms_none", language, year=year.year)
    reached = sum(one.outcome in (ON_TIME, MOVED, LATE) for one in due)
    time = sum(one.outcome == ON_TIME for one in due)
    return say("y:ms", language, n=len(due), year=year.year, reached=reached, time=time)


def _survey(year: Year, latest: Mapping[str, Score] | None, waves: int, language: str) -> str:
    if latest is None:
        return say("y:no_wave", language, year=year.year)
    if not latest:
        return say("y:hidden", language)
    if waves == 1:
        return say("y:start", language)
    rose = _named([name for name in DIMENSIONS if _clear(latest, name, up=True)], language)
    fell = _named([name for name in DIMENSIONS if _clear(latest, name, up=False)], language)
    told = [say("y:rose", language, what=rose)] if rose else []
    told += [say("y:fell", language, what=fell)] if fell else []
    return " ".join(told) if told else say("y:level", language)


def _clear(latest: Mapping[str, Score], name: str, *, up: bool) -> bool:
    change = latest[name].first if name in latest else None
    return change is not None and (change.rose if up else change.fell)


def _named(names: Sequence[str], language: str) -> str:
    return ("、" if language == "zh-hans" else ", ").join(say(name, language) for name in names)


def _effect(year: Year, language: str) -> list[str]:
    one = year.effect
    if one is None:
        return []
    return [say(EFFECTS[one.word], language, n=one.told, what=say(f"o:{one.outcome}", language))]
