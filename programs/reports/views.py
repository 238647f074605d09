"""The scorecard: where a program stands, for those who decide."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from culture.access.audit import record
from culture.access.permissions import Permission, require, sees_everything
from programs.planning.models import Program
from programs.reports import charts, costs, decisions, effects, numbers, scorecard
from programs.reports.cost_models import CostEstimate

MOST_DECISIONS = 6
ENDS = ("low", "middle", "high")


@require(Permission.SEE_SCORECARD)
def scorecards(request: HttpRequest) -> HttpResponse:
    """The running program; the list when several run or none does."""
    _whole_organisation(request)
    today = timezone.localdate()
    programs = list(Program.objects.launched().order_by("-starts_on", "name"))
    running = [program for program in programs if program.starts_on <= today <= program.ends_on]
    if len(running) == 1:
        return redirect("reports:program", running[0].pk)
    return render(request, "programs/reports/scorecards.html", {"programs": programs, "today": today})


@require(Permission.SEE_SCORECARD)
def program(request: HttpRequest, program_id: int) -> HttpResponse:
    """The scorecard of one program."""
    _whole_organisation(request)
    one = get_object_or_404(Program.objects.launched().select_related("series"), pk=program_id)
    card = scorecard.build(one, now=timezone.now())
    record(request.user, "scorecard.read", one)  # type: ignore[arg-type]
    cost = costs.latest(one)
    waiting = decisions.of(one, card)
    context = {
        "card": card,
        "program": one,
        "chart": charts.trend(card.trend) if has_trend(card) else None,
        "chart_table": charts.table(card.trend),
        "tops": [row for row in [card.whole, *card.rows] if row is not None and row.depth <= 1],
        "has_parts": any(row.depth > 1 for row in card.rows),
        "effect": effects.latest(one),
        "cost": cost_total(cost),
        "milestones": waiting.milestones,
        "decisions": waiting.needs[:MOST_DECISIONS],
        "more_decisions": max(0, len(waiting.needs) - MOST_DECISIONS),
        "runs_it": sees_everything(request.user, Permission.MANAGE_PROGRAMS),
    }
    return render(request, "programs/reports/scorecard.html", context)


def cost_total(cost: CostEstimate | None) -> dict[str, costs.Money] | None:
    total = costs.read(cost).total if cost else None
    return {end: costs.Money(getattr(total, end), cost.currency) for end in ENDS} if cost and total else None


@require(Permission.SEE_SCORECARD)
@require_safe
def number(request: HttpRequest, program_id: int, key: str) -> HttpResponse:
    """What stands behind one number of the scorecard."""
    _whole_organisation(request)
    one = get_object_or_404(Program.objects.launched().select_related("series"), pk=program_id)
    found = numbers.about(one, key, timezone.localdate())
    if found is None:
        raise Http404
    record(request.user, "scorecard.read", one, number=key)  # type: ignore[arg-type]
    told = [point for point in found.points if point.value is not None]
    chart = None
    if len(told) > 1:
        rows = [(f"{point.wave.number} · {point.wave.closes_on:%b %y}", point.value) for point in told]
        chart = charts.course(rows)
    elif len(found.course) > 1:
        chart = charts.course([(f"{day:%b %Y}", value) for day, value in found.course])
    table = [{_("Month"): f"{day:%b %Y}", _("Value"): round(value)} for day, value in found.course]
    context = {"program": one, "number": found, "chart": chart, "chart_table": table}
    return render(request, "programs/reports/number.html", context)


def has_trend(card: scorecard.Scorecard) -> bool:
    """Whether there is a line to draw: two waves with at least one number that may be shown."""
    return len(card.trend) > 1 and any(card.trend[-1][name] is not None for name in charts.DIMENSIONS)


def _whole_organisation(request: HttpRequest) -> None:
    """The scorecard speaks of the whole program: it is not for who may see only a part of it."""
    if not sees_everything(request.user, Permission.SEE_SCORECARD):
        raise PermissionDenied
