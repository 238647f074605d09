"""The yearly review's sentence on top, by rule, in any of the five languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from programs.reports import findings, report_worth
from programs.reports.findings import DIMENSIONS, Score
from programs.reports.scorecard_place import Stand, unasked
from programs.reports.texts_report import say
from programs.reports.yearly import Year
from programs.reports.yearly_plans import LATE, MISSED, MOVED, ON_TIME, PUT_OFF

# A milestone that was put off was due all the same.
DUE = (ON_TIME, MOVED, LATE, MISSED, PUT_OFF)


def top(year: Year, stands: Sequence[Stand], language: str) -> str:
    """Milestones, then how want, know and can went, then the effect. ``stands``: of the waves released by then."""
    return " ".join([_milestones(year, language), _survey(year, stands, language), *_effect(year, language)])


def _milestones(year: Year, language: str) -> str:
    due = [one for one in year.aims if one.outcome in DUE]
    if not due:
        return say("y:ms_none", language, year=year.year)
    reached = sum(one.outcome in (ON_TIME, MOVED, LATE) for one in due)
    if not reached:
        return say("y:ms_missed", language, n=len(due), year=year.year)
    time = sum(one.outcome == ON_TIME for one in due)
    return say("y:ms", language, n=len(due), year=year.year, reached=reached, time=time)


def _survey(year: Year, stands: Sequence[Stand], language: str) -> str:
    if not stands:
        return say("y:no_wave", language, year=year.year)
    latest = stands[-1].scores
    if not latest:
        return say("y:unasked" if len(unasked(stands[-1].cells)) == len(DIMENSIONS) else "y:hidden", language)
    if len(stands) == 1:
        return say("y:start", language)
    rose = _named([name for name in DIMENSIONS if _clear(latest, name, up=True)], language)
    fell = _named([name for name in DIMENSIONS if _clear(latest, name, up=False)], language)
    told = [say("y:rose", language, what=rose)] if rose else []
    told += [say("y:fell", language, what=fell)] if fell else []
    return " ".join(told) if told else _unclear(latest, language)


def _unclear(latest: Mapping[str, Score], language: str) -> str:
    changes = {name: latest[name].first for name in DIMENSIONS if name in latest}
    still = [name for name, one in changes.items() if one is not None and one.still]
    if len(still) == len(DIMENSIONS):
        return say("y:level", language)
    if still:
        return say("y:level_of", language, what=_named(still, language))
    return say(f"y:{findings.compared(changes.values())}", language)


def _clear(latest: Mapping[str, Score], name: str, *, up: bool) -> bool:
    change = latest[name].first if name in latest else None
    return change is not None and (change.rose if up else change.fell)


def _named(names: Sequence[str], language: str) -> str:
    return ("、" if language == "zh-hans" else ", ").join(say(name, language) for name in names)


def _effect(year: Year, language: str) -> list[str]:
    one = year.effect
    if one is None:
        return []
    # One reason fits on top; all of them stand beside the finding.
    return [report_worth.finding(one, language), *report_worth.reasons(one, language)[:1]]
