"""Programs: the list, making and changing one, the overview."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from culture.access.permissions import Permission, can, require, visible_units
from culture.framework import readiness
from culture.people.models import Unit
from programs.planning import forms, panels, programs, queries
from programs.planning.models import Program


@require(Permission.MANAGE_PROGRAMS)
@require_safe
def list_programs(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    programs = queries.listed(_reachable(request))
    rows = [{"program": program, "stage": queries.stage_on(program, today)} for program in programs]
    return render(request, "programs/planning/list.html", {"rows": rows, "today": today})


@require(Permission.MANAGE_PROGRAMS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@require(Permission.MANAGE_PROGRAMS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(_reachable(request), pk=pk))


@require(Permission.MANAGE_PROGRAMS)
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    program = get_object_or_404(_reachable(request).prefetch_related("stages"), pk=pk)
    today = timezone.localdate()
    groups = queries.cohorts(program)
    # A wave is of the whole organisation: whoever leads programs of one unit does not watch it.
    sees_waves = can(request.user, Permission.SEE_PARTICIPATION)
    card = queries.wave_card(program, today) if sees_waves else None
    parts = panels.parts(program, today)
    context = {
        "program": program,
        "stage": queries.stage_on(program, today),
        "cohorts": groups,
        "people": sum(cohort.people for cohort in groups),  # type: ignore[attr-defined]
        "employed": queries.employed(today),
        "card": card,
        "sees_waves": sees_waves,
        "parts": parts,
        "needs": queries.needs(program, groups, card, today) + [need for part in parts for need in part.needs],
        "today": today,
    }
    return render(request, "programs/planning/detail.html", context)


def _reachable(request: HttpRequest) -> QuerySet[Program]:
    return queries.within(request.user, Permission.MANAGE_PROGRAMS)  # type: ignore[arg-type]


def _edit(request: HttpRequest, program: Program | None) -> HttpResponse:
    # By path: parents come before their children, which the nested checkboxes need.
    units = list(visible_units(request.user, Permission.MANAGE_PROGRAMS).order_by("path"))
    start = forms.saved(program) if program else forms.blank(timezone.localdate())
    standing = _standing(request, program)
    needs_reason = bool(standing and standing.below)
    if request.method != "POST":
        form = forms.ProgramForm(initial=start, units=units, needs_reason=needs_reason)
        return _page(request, form, program, units, standing)
    again = _shown_again(request.POST)
    if again is not None:
        form = forms.ProgramForm(initial=again, units=units, needs_reason=needs_reason)
        return _page(request, form, program, units, standing)
    form = forms.ProgramForm(request.POST, initial=start, units=units, needs_reason=needs_reason)
    if form.is_valid():
        try:
            return _save(request, form, program)
        except ValidationError as error:
            form.refuse(error)
    return _page(request, form, program, units, standing, status=422)


def _standing(request: HttpRequest, program: Program | None) -> readiness.Standing | None:
    """What readiness says to a program that has not begun; ``None`` once its first day has come."""
    today = timezone.localdate()
    if program is None:
        return readiness.standing()
    # Whoever moves the first day of a running program into the future lets it start anew.
    try:
        first = parse_date(request.POST.get("starts_on", "")) or program.starts_on
    except ValueError:  # 2026-02-31: the form will say so
        first = program.starts_on
    return readiness.standing() if programs.is_starting(program, first, today) else None


def _shown_again(data: QueryDict) -> dict[str, Any] | None:
    """The values for a page that only grows, shrinks or gets dates; ``None`` when the person saves."""
    values = forms.typed(data)
    if "add_cohort" in data:
        count = forms.count_of(values)
        return {**values, "cohort_count": min(count + 1, forms.MOST_COHORTS)}
    if data.get("remove_cohort", "").isdigit():
        return forms.without_cohort(values, int(str(data["remove_cohort"])))
    return forms.suggested(values) if "suggest" in data else None


def _save(request: HttpRequest, form: forms.ProgramForm, program: Program | None) -> HttpResponse:
    data: dict[str, Any] = {
        key: form.cleaned_data[key] for key in ("name", "charter", "starts_on", "ends_on", "series")
    }
    data |= {"by": request.user, "stages": form.stages(), "today": timezone.localdate()}
    data["readiness_reason"] = form.cleaned_data.get("readiness_reason", "")
    if program is None:
        rows = [(cohort.name, cohort.starts_on, cohort.units) for cohort in form.cohorts()]
        program = programs.create(cohorts=rows, **data)
        people = program.enrolments.count()
        messages.success(request, _("The program is made and %(n)s people are enrolled.") % {"n": people})
    else:
        program = programs.change(program=program, cohorts=form.cohorts(), **data)
        messages.success(request, _("Saved."))
    return redirect("planning:detail", program.pk)


def _page(
    request: HttpRequest,
    form: forms.ProgramForm,
    program: Program | None,
    units: list[Unit],
    standing: readiness.Standing | None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "program": program,
        "has_units": bool(units),
        "standing": standing,
        "reason": form["readiness_reason"] if "readiness_reason" in form.fields else None,
    }
    return render(request, "programs/planning/edit.html", context, status=status)
