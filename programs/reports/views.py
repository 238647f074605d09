"""The scorecard: where a program stands, for those who decide."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from culture.access.audit import record
from culture.access.permissions import Permission, require, sees_everything
from programs.planning.models import Program
from programs.reports import charts, scorecard


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
    context = {
        "card": card,
        "program": one,
        "chart": charts.trend(card.trend) if has_trend(card) else None,
        "chart_table": charts.table(card.trend),
        "tops": [row for row in card.rows if row.depth == 1],
        "has_parts": any(row.depth > 1 for row in card.rows),
    }
    return render(request, "programs/reports/scorecard.html", context)


def has_trend(card: scorecard.Scorecard) -> bool:
    """Whether there is a line to draw: two waves with at least one number that may be shown."""
    return len(card.trend) > 1 and any(card.trend[-1][name] is not None for name in charts.DIMENSIONS)


def _whole_organisation(request: HttpRequest) -> None:
    """The scorecard speaks of the whole program: it is not for who may see only a part of it."""
    if not sees_everything(request.user, Permission.SEE_SCORECARD):
        raise PermissionDenied
