"""Milestones, risks and sponsors' duties of a program: one page shows them, one form adds or changes a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from culture.access import clock
from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.planning import indicators, milestones, queries
from programs.planning.models import Program
from programs.planning.plan_forms import DutyForm, MilestoneForm, RiskForm, RowForm
from programs.planning.plan_models import Duty, Milestone, Risk

Row = Milestone | Risk | Duty


@dataclass(frozen=True)
class Kind:
    """What differs between the three lists. ``ended``: the field that says a line is over."""

    model: type[Row]
    form: Callable[..., Any]
    new: Any
    change: Any
    ended: str
    end_word: Any


KINDS: dict[str, Kind] = {
    "milestones": Kind(
        Milestone,
        MilestoneForm,
        gettext_lazy("Add a milestone"),
        gettext_lazy("Change the milestone"),
        "reached_on",
        gettext_lazy("It is reached"),
    ),
    "risks": Kind(
        Risk,
        RiskForm,
        gettext_lazy("Add a risk"),
        gettext_lazy("Change the risk"),
        "closed_on",
        gettext_lazy("The risk is gone"),
    ),
    "duties": Kind(
        Duty,
        DutyForm,
        gettext_lazy("Add a duty"),
        gettext_lazy("Change the duty"),
        "done_on",
        gettext_lazy("It is done"),
    ),
}


@require(Permission.MANAGE_PROGRAMS)
@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    program, today = _own(request, pk), clock.today()
    context = {
        "program": program,
        "standings": milestones.standings(program, today),
        "risks": program.risks.select_related("owner"),
        "duties": program.duties.select_related("sponsor"),
        "today": today,
        "alive": program.state != Program.State.FINISHED,
    }
    return render(request, "programs/planning/plan.html", context)


@require(Permission.MANAGE_PROGRAMS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    program = _own(request, pk)
    return _edit(request, program, _kind(kind), kind, None)


@require(Permission.MANAGE_PROGRAMS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int, kind: str, row: int) -> HttpResponse:
    """A line: another wording, its end, or away with it."""
    program, of = _own(request, pk), _kind(kind)
    rows: Any = of.model._default_manager.filter(program=program)
    found: Row = get_object_or_404(rows, pk=row)
    do = request.POST.get("do", "")
    if request.method == "POST" and do in ("end", "remove"):
        return _do(request, program, found, do)
    return _edit(request, program, of, kind, found)


def _do(request: HttpRequest, program: Program, row: Row, do: str) -> HttpResponse:
    by, today = _me(request), clock.today()
    try:
        if do == "remove":
            milestones.remove(by=by, row=row)
            messages.success(request, _("Taken out of the plan."))
        elif isinstance(row, Milestone):
            milestones.reach(by=by, milestone=row, today=today)
            messages.success(request, _("Reached. What the indicators said today is kept with it."))
        else:
            milestones.tick_off(by=by, row=row, today=today)
            messages.success(request, _("Noted, with today’s date."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("planning:plan", program.pk)


def _edit(request: HttpRequest, program: Program, of: Kind, kind: str, row: Row | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form: RowForm = of.form(data, program=program, row=row, initial=_start(row, program))
    if row is not None and getattr(row, of.ended):
        messages.info(request, _("It has ended and stays as it is."))
        return redirect("planning:plan", program.pk)
    if data is not None and form.is_valid():
        try:
            _save(_me(request), program, form, row)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("planning:plan", program.pk)
    context = {
        "program": program,
        "form": form,
        "row": row,
        "kind": kind,
        "title": of.change if row else of.new,
        "end_word": of.end_word,
        "measured": len(indicators.choices(indicators.LAGGING)) > 0,
    }
    return render(request, "programs/planning/plan_edit.html", context, status=422 if form.errors else 200)


def _start(row: Row | None, program: Program) -> dict[str, Any]:
    if row is None:
        return {}
    values = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields}
    for name in ("owner", "sponsor"):
        if name in values:
            values[name] = values[name].number
    return values


def _save(by: Employee, program: Program, form: RowForm, row: Row | None) -> None:
    today = clock.today()
    if isinstance(form, MilestoneForm):
        milestones.save(by=by, program=program, aim=form.aim(), milestone=cast("Milestone | None", row))
    elif isinstance(form, RiskForm):
        risk = cast("Risk | None", row)
        milestones.save_risk(by=by, program=program, risk=risk, today=today, **form.cleaned_data)
    else:
        duty = cast("Duty | None", row)
        milestones.save_duty(by=by, program=program, duty=duty, today=today, **form.cleaned_data)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _own(request: HttpRequest, pk: int) -> Program:
    return get_object_or_404(queries.within(_me(request), Permission.MANAGE_PROGRAMS), pk=pk)


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)
