"""The scorecard: where a program stands, for those who decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from culture.access.audit import record
from culture.access.permissions import Permission, can, require, sees_everything
from programs.planning.models import Program
from programs.reports import (
    benchmark_showing,
    charts,
    costs,
    decisions,
    effects,
    numbers,
    readings,
    scorecard,
    scorecard_counted,
    scorecard_units,
)
from programs.reports.cost_models import CostEstimate
from programs.reports.scorecard_place import Place
from surveys.results import cell_html

MOST_DECISIONS = 6
# So many lines of units stand on a page, and so many units in the list of who sees only some.
MOST_ROWS, MOST_TOPS = 40, 20
RUNS = Permission.MANAGE_PROGRAMS
ENDS = ("low", "middle", "high")


@require(Permission.SEE_RESULTS)
@require_safe
def scorecards(request: HttpRequest) -> HttpResponse:
    """The running program, for who sees a part of the organisation that part of it; a list where there are several."""
    today, user = timezone.localdate(), request.user
    programs = list(Program.objects.launched().order_by("-starts_on", "name"))
    running = [program for program in programs if program.starts_on <= today <= program.ends_on]
    whole = scorecard_units.sees_whole(user)
    tops = [] if whole else scorecard_units.tops(user)  # type: ignore[arg-type]
    if len(running) == 1 and whole:
        return redirect("reports:program", running[0].pk)
    if len(running) == 1 and len(tops) == 1:
        return redirect("reports:unit", running[0].pk, tops[0].pk)
    context = {"programs": programs, "today": today, "whole": whole, "tops": tops[:MOST_TOPS]}
    return render(request, "programs/reports/scorecards.html", context)


@require(Permission.SEE_SCORECARD)
@require_safe
def program(request: HttpRequest, program_id: int) -> HttpResponse:
    """The scorecard of one program."""
    return _scorecard(request, program_id, None)


@require(Permission.SEE_RESULTS)
@require_safe
def unit(request: HttpRequest, program_id: int, unit_id: int) -> HttpResponse:
    """The same of a unit and all below it, for whoever sees its results."""
    return _scorecard(request, program_id, unit_id)


def _scorecard(request: HttpRequest, program_id: int, unit_id: int | None) -> HttpResponse:
    user, one = request.user, _program(request, program_id, unit_id)
    place = scorecard_units.place(user, one, unit_id)  # type: ignore[arg-type]
    card = scorecard.build(one, now=timezone.now(), place=place)
    record(user, "scorecard.read", one, **_said(place))  # type: ignore[arg-type]
    waiting = decisions.of(one, card)
    whole = place.unit is None
    cost = costs.latest(one) if whole else None
    context = {
        **_beside(request, one, place),
        "card": card,
        "chart": charts.trend(card.trend) if has_trend(card) else None,
        "chart_table": charts.table(card.trend),
        "whole": whole,
        "effect": effects.main_of([one], {wave.pk for wave in place.waves}).get(one.pk) if whole else None,
        "cost": cost_total(cost),
        "milestones": waiting.milestones,
        "decisions": waiting.needs[:MOST_DECISIONS],
        "more_decisions": max(0, len(waiting.needs) - MOST_DECISIONS),
        "benchmarks": benchmark_showing.cards(card),
        # Whoever runs the program, or plans what the unit does, can do something about it.
        "may_act": can(user, Permission.PLAN_ACTIONS, place.unit) if place.unit else sees_everything(user, RUNS),
        **_rows(card),
    }
    if place.unit is not None:
        context["promises"] = decisions.promises(card)
    return render(request, "programs/reports/scorecard.html", context)


def _program(request: HttpRequest, program_id: int, unit_id: int | None) -> Program:
    """The program; who may not read it there is refused before he learns whether it exists."""
    if unit_id is None and not scorecard_units.sees_whole(request.user):
        raise PermissionDenied
    return scorecard_units.program_or_404(program_id)


def _said(place: Place) -> dict[str, int]:
    return {"unit": place.unit.pk} if place.unit else {}


def _beside(request: HttpRequest, program: Program, place: Place) -> dict[str, Any]:
    """What every page of a place needs to lead on and back."""
    above = scorecard_units.above(request.user, place.unit) if place.unit else []  # type: ignore[arg-type]
    numbered = reverse("reports:number", args=[program.pk, "x"])
    if place.unit:
        numbered = reverse("reports:unit_number", args=[program.pk, place.unit.pk, "x"])
    return {
        # Where the pages behind its numbers lie: followed by a key and a slash.
        "number_base": numbered.removesuffix("x/"),
        "hidden_words": str(scorecard_counted.HIDDEN),
        "program": program,
        "unit": place.unit,
        "above": above,
        # Whoever reads what lies above it has others to choose from; of whoever does not it is asked.
        "others": bool(above) or place.unit is None or scorecard_units.others(request.user, place.unit),  # type: ignore[arg-type]
        "sees_program": scorecard_units.sees_whole(request.user),
    }


@dataclass(frozen=True)
class Line:
    """A row of the units table with where its name leads. ``scores``: its cells as they are set on every page."""

    row: scorecard.Row
    url: str
    scores: list[Any]
    hidden: Any


def _rows(card: scorecard.Scorecard) -> dict[str, Any]:
    """The lines of "Where to look": the place with its parts, and (folded) these with theirs."""
    whole = [card.whole] if card.whole else []
    tops, lines_in_all = (card.lines.tops, len(card.lines)) if card.lines else ([], 0)
    deep = len(tops) != lines_in_all
    shown = tops[:MOST_ROWS]
    every = card.lines.first(MOST_ROWS) if card.lines and deep else []
    words = {key: str(label) for key, label in scorecard.WORDS.items()}
    lines = {row.unit: _line(card, row, words) for row in {row.unit: row for row in (*whole, *shown, *every)}.values()}
    return {
        "tops": [lines[row.unit] for row in (*whole, *shown)] if tops or whole else [],
        "every": [lines[row.unit] for row in every],
        "more_tops": len(tops) - len(shown),
        "more_rows": lines_in_all - len(every) if deep else 0,
    }


def _line(card: scorecard.Scorecard, row: scorecard.Row, words: dict[str, str]) -> Line:
    assert card.wave is not None
    wave = card.wave.pk

    def why(key: str) -> str:
        return cell_html.why_address(wave, "tree", row.unit, key)

    url = reverse("results:unit", args=[wave, row.unit])
    # The block of an upper unit's own people is no unit.
    if row.depth and row.unit > 0:
        url = reverse("reports:unit", args=[card.program.pk, row.unit])
    if row.hidden:
        return Line(row, url, [], cell_html.hidden(why=why("want"), colspan=6, short=False))
    scores = [cell_html.score(row.cells.get(key), label=words[key], why=why(key)) for key in scorecard.MEASURES]
    return Line(row, url, scores, "")


@require(Permission.SEE_RESULTS)
@require_safe
def units(request: HttpRequest, program_id: int) -> HttpResponse:
    """Choose the unit whose scorecard to read: by its name, or down the tree."""
    user: Any = request.user
    one = scorecard_units.program_or_404(program_id)
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found, total = scorecard_units.search(user, text)
    opened, rows = None, scorecard_units.tops(user)
    if len(rows) == 1:
        # The one place everything lies in, and what is directly below it.
        rows += scorecard_units.parts(user, rows[0])
    if (asked := request.GET.get("in", "")) and not text:
        number = int(asked) if asked.isdigit() and len(asked) < 18 else 0
        opened = get_object_or_404(scorecard_units.units(user), pk=number)
        rows = list(scorecard_units.parts(user, opened))
    context = {
        "program": one,
        "search": text,
        "found": found,
        "found_total": total,
        "opened": opened,
        "above": scorecard_units.above(user, opened) if opened else [],
        "lines": scorecard_units.lines(rows[: scorecard_units.MOST_PARTS]),
        "more": max(0, len(rows) - scorecard_units.MOST_PARTS),
        "sees_program": scorecard_units.sees_whole(user),
    }
    return render(request, "programs/reports/scorecard_units.html", context)


def cost_total(cost: CostEstimate | None) -> dict[str, costs.Money] | None:
    total = costs.read(cost).total if cost else None
    return {end: costs.Money(getattr(total, end), cost.currency) for end in ENDS} if cost and total else None


@require(Permission.SEE_SCORECARD)
@require_safe
def number(request: HttpRequest, program_id: int, key: str) -> HttpResponse:
    """What stands behind one number of the scorecard."""
    return _number(request, program_id, None, key)


@require(Permission.SEE_RESULTS)
@require_safe
def unit_number(request: HttpRequest, program_id: int, unit_id: int, key: str) -> HttpResponse:
    """What stands behind one number of a unit's scorecard."""
    return _number(request, program_id, unit_id, key)


def _number(request: HttpRequest, program_id: int, unit_id: int | None, key: str) -> HttpResponse:
    one = _program(request, program_id, unit_id)
    place = scorecard_units.place(request.user, one, unit_id)  # type: ignore[arg-type]
    found = numbers.about(one, key, timezone.localdate(), place)
    if found is None:
        raise Http404
    found.links = [link for link in found.links if _opens(request, link[0])]
    record(request.user, "scorecard.read", one, number=key, **_said(place))  # type: ignore[arg-type]
    told = [point for point in found.points if point.value is not None]
    chart = None
    if len(told) > 1:
        rows = [(f"{point.wave.number} · {date_format(point.wave.closes_on, 'M y')}", point.value) for point in told]
        chart = charts.course(rows)
    elif len(found.course) > 1:
        chart = charts.course([(date_format(day.on, "M Y"), day.value) for day in found.course])
    table = [{_("Month"): date_format(day.on, "M Y"), _("Value"): _told(day)} for day in found.course]
    beside = benchmark_showing.number(place, key, timezone.localdate(), str(found.told))
    context = {**_beside(request, one, place), "number": found, "chart": chart, "chart_table": table}
    context |= {"benchmarks": beside, "named": any(point.name for point in found.points)}
    return render(request, "programs/reports/number.html", context)


def _told(day: readings.Day) -> float | str:
    return day.rough.told(get_language() or "en") if day.rough else round(day.value)


def _opens(request: HttpRequest, url: str) -> bool:
    """Whether the page at ``url`` is for the reader: a way that ends before a closed door is none."""
    needed = getattr(resolve(url.partition("?")[0]).func, "permission", None)
    return needed is None or can(request.user, needed)


def has_trend(card: scorecard.Scorecard) -> bool:
    """Whether there is a line to draw: two waves with at least one number that may be shown."""
    return len(card.trend) > 1 and any(card.trend[-1][name] is not None for name in charts.DIMENSIONS)
