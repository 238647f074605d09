"""What becomes of a launched program: amended with a reason, paused, resumed, finished; and the record of it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from culture.access import clock
from culture.access.permissions import Permission, require, visible_units
from culture.framework import readiness
from culture.people.models import Employee, Unit
from programs.planning import amendments, forms, programs, queries, standing, states
from programs.planning.models import Program
from programs.planning.plan_forms import TurnForm

PAGE = 30
State = Program.State
# to → (from, what it is called, what it means, the word of the button)
TURNS: dict[str, tuple[set[str], Any, Any, Any]] = {
    "pause": (
        {State.RUNNING},
        gettext_lazy("Pause the program"),
        gettext_lazy("Nobody joins and nothing new is given while it is paused; who leaves the company still leaves."
                     " Surveys go on by themselves: stop the series on its own page if you want."),
        gettext_lazy("Pause it"),
    ),
    "resume": (
        {State.PAUSED},
        gettext_lazy("Go on with the program"),
        gettext_lazy("Whoever came or moved meanwhile is enrolled at once, from today."),
        gettext_lazy("Go on"),
    ),
    "finish": (
        {State.RUNNING, State.PAUSED},
        gettext_lazy("Finish the program"),
        gettext_lazy("For good: everybody’s enrolment ends today, and what was to begin later never does. What people"
                     " learned and earned stays theirs."),
        gettext_lazy("Finish it"),
    ),
}  # fmt: skip


@require(Permission.MANAGE_PROGRAMS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    program = _own(request, pk)
    if program.is_draft:
        return redirect("planning:setup", program.pk)
    if program.state == State.FINISHED:
        messages.info(request, _("The program is finished: what it planned stays as it was."))
        return redirect("planning:detail", program.pk)
    # By path: parents come before their children, which the nested checkboxes need.
    held = Unit.objects.filter(pk__in=program.cohorts.values("units"))
    seen = visible_units(request.user, Permission.MANAGE_PROGRAMS).order_by()
    units = list((seen.filter(until__isnull=True) | held).order_by("path"))
    judged_by = _standing(request, program)
    needs_reason = bool(judged_by and judged_by.below)
    data = request.POST if request.method == "POST" else None
    again = forms.shown_again(data) if data is not None else None
    start = again if again is not None else forms.saved(program)
    judged = data if again is None else None
    known = queries.known(_me(request))
    form = forms.ProgramForm(judged, initial=start, units=units, needs_reason=needs_reason, known=known)
    if judged is not None and form.is_valid():
        try:
            _save(request, form, program)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved, with your reason."))
            return redirect("planning:detail", program.pk)
    context = {
        "form": form,
        "program": program,
        "has_units": bool(units),
        "standing": judged_by,
        "reason": form["readiness_reason"] if "readiness_reason" in form.fields else None,
    }
    return render(request, "programs/planning/edit.html", context, status=422 if form.errors else 200)


def _standing(request: HttpRequest, program: Program) -> readiness.Standing | None:
    """What readiness says to a program that has not begun; ``None`` once its first day has come."""
    # Whoever moves the first day of a running program into the future lets it start anew.
    try:
        first = parse_date(request.POST.get("starts_on", "")) or program.starts_on
    except ValueError:  # 2026-02-31: the form will say so
        first = program.starts_on
    return readiness.standing() if programs.is_starting(program, first, clock.today()) else None


def _save(request: HttpRequest, form: forms.ProgramForm, program: Program) -> None:
    kept = ("name", "charter", "starts_on", "ends_on", "series", "reason")
    data: dict[str, Any] = {key: form.cleaned_data[key] for key in kept}
    data["readiness_reason"] = form.cleaned_data.get("readiness_reason", "")
    programs.change(
        by=_me(request), program=program, stages=form.stages(), cohorts=form.cohorts(), today=clock.today(), **data
    )


@require(Permission.MANAGE_PROGRAMS)
@require_http_methods(["GET", "HEAD", "POST"])
def turn(request: HttpRequest, pk: int, to: str) -> HttpResponse:
    """Pause, go on, finish; each with a reason."""
    program = _own(request, pk)
    if to not in TURNS:
        raise Http404
    from_, title, text, word = TURNS[to]
    if program.state not in from_:
        words = {"state": program.get_state_display().lower()}
        messages.info(request, _("The program is %(state)s: that cannot be done now.") % words)
        return redirect("planning:detail", program.pk)
    data = request.POST if request.method == "POST" else None
    form = TurnForm(data)
    if data is not None and form.is_valid():
        do = {"pause": states.pause, "resume": states.resume, "finish": states.finish}[to]
        try:
            do(by=_me(request), program=program, reason=form.cleaned_data["reason"], today=clock.today())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Done, with your reason."))
            return redirect("planning:detail", program.pk)
    now = standing.of_program(program, clock.today())
    context = {"form": form, "program": program, "title": title, "text": text, "word": word, "standing": now, "to": to}
    return render(request, "programs/planning/turn.html", context, status=422 if form.errors else 200)


@require(Permission.MANAGE_PROGRAMS)
@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every amendment, the latest first."""
    program = _own(request, pk)
    page = Paginator(program.amendments.select_related("by"), PAGE).get_page(request.GET.get("page"))
    rows = [{"amendment": one, "lines": amendments.told(one)} for one in page]
    context = {"program": program, "page": page, "rows": rows, "draws": program.draws.select_related("by")}
    return render(request, "programs/planning/amendments.html", context)


def _own(request: HttpRequest, pk: int) -> Program:
    return get_object_or_404(queries.within(_me(request), Permission.MANAGE_PROGRAMS), pk=pk)


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)
