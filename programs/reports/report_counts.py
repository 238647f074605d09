"""Sections of a report that count what was done: requirements asked, training, recognition, milestones, how to read."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from culture.access import reach
from culture.framework.models import Requirement
from culture.framework.texts import pick
from programs.planning import indicators, standing
from programs.planning import milestones as aims
from programs.reports import readings, scorecard_counted, texts_counted
from programs.reports.readings import Kept
from programs.reports.report_model import (
    BARS,
    HEAT,
    NUMBER,
    PERCENT,
    Chart,
    Column,
    Fact,
    Hidden,
    Section,
    Series,
    Table,
)
from programs.reports.report_scope import Scope
from programs.reports.report_sections import MOST_BARS, section
from programs.training.models import Assignment, Course
from programs.training.queries import counts, here, of_people_in

MOST_COURSES = 60


def percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


@section("requirements", 60)
def requirements(scope: Scope) -> Section | None:
    top = scope.top
    if top is None:
        return None
    known = [one for one in Requirement.objects.all() if one.code in top.cells]
    if not known:
        return None
    found = Section("requirements", scope.say("h:requirements"))
    labels = {one.code: pick(one.words, scope.language) for one in known}
    scored = sorted((s.index, code) for code in labels if (s := top.score(code)))
    if scored:
        _index, code = scored[0]
        found.lead = scope.say("requirement_low", what=labels[code], code=code, n=top.value(code, scope.language))
        drawn = scored[:MOST_BARS]
        names = tuple(f"{code} {labels[code]}" for _index, code in drawn)
        values = Series("score", scope.say("score"), tuple(round(index) for index, _code in drawn))
        words = (scope.say("c:requirements"), scope.say("d:requirements"))
        found.charts.append(Chart("requirements", *words, BARS, names, (values,)))
    else:
        found.lead = scope.say("all_hidden")
    columns = (
        Column("code", scope.say("requirement")),
        Column("words", scope.say("meaning")),
        Column("score", scope.say("score"), HEAT),
        Column("interval", scope.say("interval")),
        Column("people", scope.say("people")),
    )
    order = [code for _index, code in scored] + [code for code in labels if top.score(code) is None]
    rows = []
    for code in order:
        one, cell = top.score(code), top.cells[code]
        interval = f"{one.low:.0f}–{one.high:.0f}" if one and one.low is not None and one.high is not None else None
        people = str(cell.get("n", "")) if one else None
        rows.append((code, labels[code], top.value(code, scope.language), interval, people))
    found.tables.append(Table("requirements", scope.say("h:requirements"), columns, tuple(rows)))
    found.facts += [scope.fact("requirements", top, code) for code in order]
    return found


@section("done", 65)
def done(scope: Scope) -> Section:
    """What is counted, as the scorecard tells it: the same names, numbers and days."""
    found = Section("done", scope.say("h:done"), lead=scope.say("done_lead"))
    columns = (
        Column("measure", scope.say("measure")),
        Column("value", scope.say("value"), PERCENT),
        Column("of", scope.say("of_which")),
    )
    for name, keys in (("leading", readings.LEADING), ("lagging", readings.LAGGING)):
        told = [(key, scope.kept[key]) for key in keys if key in scope.kept]
        rows = tuple((counted_name(scope, key), _value(scope, one), _of(scope, key, one)) for key, one in told)
        if rows:
            found.tables.append(Table(name, scope.say(f"t:{name}"), columns, rows))
        found.facts += [_kept_fact(scope, key, one) for key, one in told if one.value is not None]
    if scope.unit is not None:
        found.notes.append(scope.say("done_rule", n=scorecard_counted.LEAST))
    found.notes.append(scope.say("counted", day=scope.day(scope.today)))
    return found


def counted_name(scope: Scope, key: str) -> str:
    """An indicator in the report's language; in the words of its room where there are none here."""
    return scope.say(f"k:{key}") if f"k:{key}" in texts_counted.ROWS else str(scope.kept[key].label)


def _value(scope: Scope, one: Kept) -> float | str | Hidden | None:
    if one.rough is not None:
        return one.rough.told(scope.language)
    if one.value is not None:
        return one.value
    return Hidden(scope.say("hidden_long")) if one.words == str(scorecard_counted.HIDDEN) else None


def _of(scope: Scope, key: str, one: Kept) -> str | None:
    if one.rough is not None:
        return one.rough.of(scope.language)
    pair = scope.pairs.get(key)
    return scope.say("pair", part=pair[0], whole=pair[1]) if pair else None


def _kept_fact(scope: Scope, key: str, one: Kept) -> Fact:
    unit, pair = scope.unit.pk if scope.unit else None, scope.pairs.get(key)
    where = f" unit:{unit}" if unit else ""
    cell = f"program:{scope.program.pk}{where} counted:{one.on.isoformat()} {key}"
    n, note = str(pair[1]) if pair else "", ""
    if one.rough is not None:
        n, note = one.rough.of(scope.language), one.rough.told(scope.language)
    return Fact("done", scope.place, unit, None, counted_name(scope, key), one.exact, n=n, note=note, cell=cell)


@section("training", 70)
def training(scope: Scope) -> Section:
    found = Section("training", scope.say("h:training"))
    every = Assignment.objects.filter(
        employee__in=standing.enrolled(scope.program, scope.today).order_by().values("employee")
    )
    given = every
    if scope.unit is not None:
        given = of_people_in(every, reach.below([scope.unit.pk]))
    may = _courses(scope, every)
    known = counts(given, scope.today, "course")
    if not known:
        found.lead = scope.say("training_none")
        return found
    rows = [row for row in known if row["course"] in may]
    whole, part = sum(row["assigned"] for row in rows), sum(row["finished"] for row in rows)
    if not whole:
        found.lead = scope.say("counted_hidden")
        return found
    found.lead = scope.say("training", part=part, whole=whole, share=percent(part, whole))
    courses = Course.objects.in_bulk([row["course"] for row in rows])
    told = [(courses[row["course"]].label_in(scope.language), row) for row in rows if row["course"] in courses]
    told.sort(key=lambda one: (percent(one[1]["finished"], one[1]["assigned"]), one[0]))
    drawn = told[:MOST_BARS]
    shares = tuple(percent(row["finished"], row["assigned"]) for _name, row in drawn)
    names = tuple(name for name, _row in drawn)
    words = (scope.say("c:training"), scope.say("d:training"))
    found.charts.append(Chart("training", *words, BARS, names, (Series("share", scope.say("share"), shares),)))
    columns = (
        Column("course", scope.say("course")),
        Column("assigned", scope.say("assigned"), NUMBER),
        Column("completed", scope.say("completed"), NUMBER),
        Column("share", scope.say("share"), PERCENT),
        Column("late", scope.say("late"), NUMBER),
    )
    table = tuple(
        (name, row["assigned"], row["finished"], percent(row["finished"], row["assigned"]), row["late"])
        for name, row in told[:MOST_COURSES]
    )
    left = max(0, len(told) - MOST_COURSES)
    found.tables.append(Table("courses", scope.say("t:courses"), columns, table, (), left))
    for name, row in told:
        for key, value in (("assigned", row["assigned"]), ("completed", row["finished"]), ("late", row["late"])):
            found.facts.append(_counted(scope, "training", name, scope.say(key), value, row["assigned"]))
    if len(rows) < len(known):
        found.notes.append(scope.say("courses_few"))
    found.notes.append(scope.say("counted", day=scope.day(scope.today)))
    return found


def _courses(scope: Scope, given: QuerySet[Assignment]) -> set[int]:
    """The courses that may be told of: of enough people, and of a unit so that no subtraction leaves a few."""
    held = given.filter(here(scope.today), course__isnull=False, version__isnull=True, ended_on__isnull=True)
    rows = held.order_by().values("course", "employee__unit")
    owns: dict[int, dict[int, int]] = {}
    for course, unit, n in rows.annotate(n=Count("employee", distinct=True)).values_list(
        "course", "employee__unit", "n"
    ):
        owns.setdefault(course, {})[unit or 0] = n
    if scope.unit is None:
        return {course for course, own in owns.items() if sum(own.values()) >= indicators.LEAST}
    return {course for course, units in scorecard_counted.protected(owns).items() if scope.unit.pk in units}


def _counted(scope: Scope, key: str, group: str, measure: str, value: float, n: int) -> Fact:
    unit = scope.unit.pk if scope.unit else None
    return Fact(key, group, unit, None, measure, value, n=str(n), cell=f"{scope.counted} {key}")


@section("recognition", 80)
def recognition(scope: Scope) -> Section:
    """The share thanked, as the scorecard tells it; how many have begun."""
    found = Section("recognition", scope.say("h:recognition"))
    pair = scope.pairs.get("recognition.people")
    if pair is None:
        found.lead = scope.say("counted_hidden" if scope.unit else "recognition_few")
        return found
    found.lead = scope.say("thanked_quarter", part=pair[0], whole=pair[1], share=percent(*pair))
    if begun := scope.pairs.get("planning.begun"):
        found.paragraphs.append(scope.say("begun", part=begun[0], whole=begun[1]))
    found.notes.append(scope.say("counted", day=scope.day(scope.today)))
    return found


@section("milestones", 90)
def milestones(scope: Scope) -> Section | None:
    if scope.unit is not None:
        return None
    found = Section("milestones", scope.say("h:milestones"))
    rows = aims.standings(scope.program, scope.today)
    if not rows:
        found.lead = scope.say("milestones_none")
        return found
    reached = sum(row.light == "reached" for row in rows)
    late = sum(row.light == "late" for row in rows)
    found.lead = scope.say("milestones", reached=reached, whole=len(rows), late=late)
    columns = (
        Column("milestone", scope.say("milestone")),
        Column("due", scope.say("due")),
        Column("state", scope.say("state")),
    )
    ordered = sorted(rows, key=lambda row: (row.milestone.due_on, row.milestone.pk))
    told = tuple(
        (row.milestone.title, scope.day(row.milestone.due_on), scope.say(f"light:{row.light}")) for row in ordered
    )
    found.tables.append(Table("milestones", scope.say("h:milestones"), columns, told))
    for key, value in (("reached", reached), ("late", late)):
        measure = scope.say(f"light:{key}")
        found.facts.append(_counted(scope, "milestones", scope.place, measure, value, len(rows)))
    found.notes.append(scope.say("counted", day=scope.day(scope.today)))
    return found
