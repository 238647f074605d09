"""The yearly review as a report: the same model as page, PDF, slides and spreadsheet."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone, translation

from culture.access import organisation
from culture.framework.models import Requirement
from culture.framework.texts import pick
from programs.planning import amendments
from programs.planning.models import Program
from programs.reports import report_access, yearly, yearly_sections, yearly_words
from programs.reports.report_kinds import About, maker
from programs.reports.report_model import Column, Report, Section, Table
from programs.reports.report_models import ReportKind
from programs.reports.report_sections import plain
from programs.reports.texts_report import say
from programs.reports.yearly import StageCame, Year
from programs.reports.yearly_sections import Told
from surveys.results import sharing

DEFINED = ("want", "know", "can", "interval", "people", "change")


@maker(ReportKind.YEAR)
def build(about: About, language: str, now: dt.datetime) -> Report:
    """Of one program and year, as of ``now``."""
    assert about.program is not None and about.year is not None
    with transaction.atomic(), translation.override(language):
        return of(yearly.of(about.program, about.year, timezone.localdate(now)), language)


def of(year: Year, language: str) -> Report:
    """The report of ``year``; call it with ``language`` active, in which amendments are worded."""
    told = Told(year, language)
    sections = [
        _top(told),
        _promised(told),
        _stages(told),
        yearly_sections.milestones(told),
        _amended(told),
        yearly_sections.survey(told),
        yearly_sections.counted(told),
        yearly_sections.worth(told),
        _comments(told),
    ]
    frozen = [one.wave.released_at for one in told.stands if one.wave.released_at]
    return Report(
        title=year.program.name,
        subtitle=say("y:title", language, year=year.year),
        organisation=organisation.current().name,
        language=language,
        as_of=year.by,
        program=year.program.pk,
        unit=None,
        audience=sharing.LEADERS,
        sections=[*(one for one in sections if one is not None), _method(told)],
        definitions=[(say(key, language), say(f"def:{key}", language)) for key in DEFINED],
        waves=[one.wave.pk for one in told.stands],
        frozen_on=timezone.localdate(max(frozen)) if frozen else None,
        said=say("preview", language),
    )


def _top(told: Told) -> Section:
    year = told.year
    lead = yearly_words.top(year, told.stands, told.language)
    found = Section("year", told.say("y:title", year=year.year), lead=lead)
    if not year.over:
        found.paragraphs.append(told.say("y:so_far", day=told.day(year.by)))
    return found


def _promised(told: Told) -> Section:
    year, plan = told.year, told.year.plan
    found = Section("promised", told.say("y:h:promised"))
    launched = year.program.launched_on or year.program.starts_on
    first, last = plan.starts_on or year.program.starts_on, plan.ends_on or year.program.ends_on
    days = {"day": told.day(launched), "first": told.day(first), "last": told.day(last)}
    found.lead = told.say("y:launched", **days)
    then, now = year.charters
    if then is None:
        found.paragraphs.append(told.say("y:charter_none"))
    else:
        found.paragraphs.append(told.say("y:charter", n=then.number))
    if now is not None and (then is None or now.number != then.number):
        found.paragraphs.append(told.say("y:charter_now", n=now.number))
    why = plain(plan.charter)
    found.paragraphs += [told.say("y:why"), *why] if why else [told.say("y:why_none")]
    if plan.focus:
        words = {one.code: pick(one.words, told.language) for one in Requirement.objects.filter(code__in=plan.focus)}
        named = "; ".join(f"{code} {words.get(code, '')}".strip() for code in plan.focus)
        found.paragraphs.append(told.say("y:focus", what=named))
    if not plan.kept:
        found.notes.append(told.say("y:undone"))
    return found


def _stages(told: Told) -> Section | None:
    if not told.year.stages:
        return None
    columns = tuple(Column(key, told.say(f"y:{key}")) for key in ("stage", "planned", "now", "goal", "signed"))
    rows = tuple(_stage(told, one) for one in told.year.stages)
    table = Table("stages", told.say("y:t:stages"), columns, rows)
    return Section("stages", told.say("y:t:stages"), tables=[table])


def _stage(told: Told, one: StageCame) -> tuple[str, ...]:
    promised = told.span(one.promised.starts_on, one.promised.ends_on) if one.promised else "–"
    now = told.span(one.now.starts_on, one.now.ends_on) if one.now else "–"
    goal = one.promised.goal if one.promised else ""
    criteria = one.promised.exit_criteria if one.promised else ""
    state = one.state(told.year.by)
    signed = told.say(f"y:{state}") if one.exit is None else ""
    if one.exit is not None:
        met = sum(bool(line["met"]) for line in one.exit.met)
        signed = told.say("y:signed_on", day=told.day(one.exit.on), met=met, all=len(one.exit.met))
    aim = " – ".join(part for part in (goal, " · ".join(criteria.split("\n"))) if part) or "–"
    return told.say(f"y:{one.kind}"), promised, told.say("y:unchanged") if now == promised else now, aim, signed


def _amended(told: Told) -> Section:
    rows = told.year.amendments
    found = Section("amended", told.say("y:h:amended"))
    if not rows:
        found.lead = told.say("y:amended_none")
        return found
    found.lead = told.say("y:amended", n=len(rows))
    columns = tuple(Column(key, told.say(f"y:{key}")) for key in ("day", "what", "before", "after", "reason"))
    lines = tuple(
        (told.day(row.on), line.what, _short(line.before), _short(line.after), row.reason)
        for row in rows
        for line in amendments.told(row)
    )
    found.tables.append(Table("amended", told.say("y:h:amended"), columns, lines))
    return found


def _short(text: str, most: int = 160) -> str:
    """A charter is not printed twice in a cell."""
    plain_text = " ".join(plain(text)) if "\n" in text else text
    return (plain_text if len(plain_text) <= most else f"{plain_text[: most - 1]}…") or "–"


def _comments(told: Told) -> Section | None:
    rows = told.year.comments
    if not rows:
        return None
    found = Section("comments", told.say("y:h:comments"))
    for row in rows:
        words = {"who": told.say(f"y:{row.role}"), "day": told.day(timezone.localdate(row.at)), "text": row.text}
        found.paragraphs.append(told.say("y:comment", **words))
    return found


def _method(told: Told) -> Section:
    return Section("method", told.say("h:method"), paragraphs=[told.say("y:method"), told.say("y:frozen")])


def programs_with_years(today: dt.date) -> list[tuple[Program, list[int]]]:
    """The programs a reader of scorecards finds reviews of, each with its years."""
    return [(one, found) for one in report_access.programs() if (found := yearly.years(one, today))]
