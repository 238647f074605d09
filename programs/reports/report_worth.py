"""Sections of a report on what the program changed and what poor service costs; as their pages tell them."""

from __future__ import annotations

from django.utils import timezone

from programs.reports import costs, effects
from programs.reports.effects import Effect
from programs.reports.report_model import Column, Fact, Section, Table
from programs.reports.report_scope import Scope
from programs.reports.report_sections import section
from programs.reports.texts_report import say

SENTENCES = {"clear": "effect:clear", "likely": "effect:likely", "none": "effect:same", "early": "effect:early"}
ENDS = ("low", "middle", "high")


def finding(one: Effect, language: str) -> str:
    """What was found of it, in a sentence that every report has."""
    return say(SENTENCES[one.word], language, n=one.told, what=say(f"o:{one.outcome}", language))


def reasons(one: Effect, language: str) -> list[str]:
    """Why not a stronger word, as its page says."""
    return [say(f"why:{code}", language) for code in one.why]


@section("effect", 25)
def effect(scope: Scope) -> Section | None:
    if scope.unit is not None:
        return None
    found = Section("effect", scope.say("h:effect"))
    main = effects.latest(scope.program)
    if main is None:
        found.lead = scope.say("effect:none")
        return found
    found.lead = finding(main, scope.language)
    found.paragraphs += reasons(main, scope.language)
    columns = (
        Column("outcome", scope.say("effect:outcome")),
        Column("points", scope.say("effect:points")),
        Column("interval", scope.say("interval")),
        Column("word", scope.say("effect:word")),
    )
    rows = [main, *(one for one in effects.every(scope.program) if one.outcome != main.outcome)]
    told = tuple(
        (scope.say(f"o:{one.outcome}"), one.told, one.interval or None, scope.say(f"w:{one.word}")) for one in rows
    )
    found.tables.append(Table("effects", scope.say("effect:t"), columns, told))
    found.facts += [_fact(scope, one) for one in rows]
    found.notes.append(scope.say("effect:how"))
    return found


def _fact(scope: Scope, one: Effect) -> Fact:
    return Fact(
        "effect",
        scope.place,
        None,
        None,
        scope.say(f"o:{one.outcome}"),
        one.points,
        one.low,
        one.high,
        note=scope.say(f"w:{one.word}"),
        cell=f"effect:{one.number} {one.hash[:16]}",
    )


@section("cost", 95)
def cost(scope: Scope) -> Section | None:
    made = costs.latest(scope.program) if scope.unit is None else None
    result = costs.read(made) if made else None
    if made is None or result is None or result.total is None:
        return None
    found = Section("cost", scope.say("h:cost"))
    total = {end: _amount(getattr(result.total, end)) for end in ENDS}
    found.lead = scope.say("cost:lead", currency=made.currency, **total)
    columns = (
        Column("part", scope.say("cost:part")),
        *(Column(end, f"{scope.say(f'cost:{end}')}, {made.currency}") for end in ENDS),
    )
    rows = [(scope.say(f"c:{key}"), *(_amount(getattr(one, end)) for end in ENDS)) for key, one in result.parts]
    found.tables.append(Table("costs", scope.say("cost:t"), columns, tuple(rows)))
    for key, one in result.parts:
        measure, cell = scope.say(f"c:{key}"), f"cost:{made.number}"
        found.facts.append(
            Fact("cost", scope.place, None, None, measure, one.middle, one.low, one.high, note=made.currency, cell=cell)
        )
    found.notes.append(scope.say("cost:how", n=made.number, day=scope.day(timezone.localdate(made.made_at))))
    return found


def _amount(value: float) -> str:
    """As digits, which every language reads: 1 100 000."""
    return f"{costs.rounded(value):,.0f}".replace(",", " ")
