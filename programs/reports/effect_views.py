"""Does it work? For those who decide; and for everybody, what is computed and what is not."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from culture.access.audit import record
from culture.access.permissions import Permission, can, require, sees_everything
from programs.planning.models import Program
from programs.reports import effect_charts, effect_panels, effect_telling, effects
from programs.reports.effect import bootstrap, judging, lots, uncertainty, words
from surveys.results import queries as results


@require_safe
@require(Permission.SEE_SCORECARD)
def programs(request: HttpRequest) -> HttpResponse:
    """The running program; the list when several run or none does."""
    _whole_organisation(request)
    today = timezone.localdate()
    found = list(Program.objects.launched().order_by("-starts_on", "name"))
    running = [one for one in found if one.starts_on <= today <= one.ends_on]
    if len(running) == 1:
        return redirect("reports:effect", running[0].pk)
    return render(request, "programs/reports/effects.html", {"programs": found})


@require_safe
@require(Permission.SEE_SCORECARD)
def effect(request: HttpRequest, program_id: int) -> HttpResponse:
    """What the program is judged by, and every other outcome in a line."""
    return _page(request, program_id, None)


@require_safe
@require(Permission.SEE_SCORECARD)
def outcome(request: HttpRequest, program_id: int, outcome: str) -> HttpResponse:
    """One outcome by itself."""
    if outcome not in effects.OUTCOMES:
        raise Http404
    return _page(request, program_id, outcome)


def _page(request: HttpRequest, program_id: int, outcome: str | None) -> HttpResponse:
    _whole_organisation(request)
    program = get_object_or_404(Program.objects.launched().select_related("series"), pk=program_id)
    every = effects.every(program)
    shown = next((one for one in every if (one.main if outcome is None else one.outcome == outcome)), None)
    record(request.user, "effect.read", program, outcome=shown.outcome if shown else "")  # type: ignore[arg-type]
    context: dict[str, Any] = {
        "program": program,
        "one": shown,
        "beside": [one for one in every if not one.step and one is not shown],
        "steps": [one for one in every if one.step and one is not shown],
        "is_main": outcome is None,
        "troubled": effects.troubled(program) if can(request.user, Permission.MANAGE_SURVEYS) else None,
        "waiting": effects.waiting(program),
    }
    if shown is None:
        context |= _not_among(outcome) if every and outcome else _nothing_yet(program)
    else:
        context |= _told(shown)
    return render(request, "programs/reports/effect.html", context)


def _not_among(outcome: str) -> dict[str, Any]:
    told = _("“%(what)s” was not asked or counted in any wave so far.") % {"what": words.OUTCOMES[outcome][0]}
    return {"why": told, "clearer": ""}


def _nothing_yet(program: Program) -> dict[str, Any]:
    why = "no_series" if program.series_id is None else "no_wave"  # type: ignore[attr-defined]
    if why == "no_wave" and results.shared_with_leaders(program.series_id).exists():  # type: ignore[attr-defined]
        return {"why": _("It is being worked out: look again in a few minutes."), "clearer": ""}
    return {"why": words.WHY[why][0], "clearer": words.WHY[why][1]}


def _told(one: effects.Effect) -> dict[str, Any]:
    times = one.result.get("times", ())
    return {
        "heading": effect_telling.heading(one),
        "sentence": effect_telling.sentence(one),
        "checks": effect_telling.checks(one),
        "chart": effect_charts.course(times),
        "chart_table": effect_charts.table(times),
        "groups": effect_telling.groups(one),
        "left": effect_telling.left(one),
        "left_waves": effect_telling.left_waves(one),
        "waves": effect_telling.waves(one),
    }


@require_safe
@require(Permission.DO_TRAINING)
def how(request: HttpRequest) -> HttpResponse:
    """For every employee and his representatives: what is computed, what never is, and who sees it."""
    context = {
        "outcomes": [(str(name), str(about)) for name, _unit, about in words.OUTCOMES.values()],
        "least": effect_panels.LEAST,
        "days": effect_panels.SEEN_DAYS,
        "cohorts": judging.COHORTS_CLEAR,
        "cohorts_least": judging.COHORTS_LEAST,
        "runs": bootstrap.RUNS,
        "draws": lots.MOST,
        "level": round(100 * uncertainty.LEVEL),
        "matters": round(judging.MATTERS),
        "sees": sees_everything(request.user, Permission.SEE_SCORECARD),
    }
    return render(request, "programs/reports/effect_how.html", context)


def _whole_organisation(request: HttpRequest) -> None:
    """An effect is of the whole program: it is not for who may see only a part of it."""
    if not sees_everything(request.user, Permission.SEE_SCORECARD):
        raise PermissionDenied
