"""For who decides: what waits in the team, the limits HR sets, a program's switch. Figures are of blocks of ten."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, can, require, visible_units
from programs.planning import queries
from programs.planning.models import Program
from programs.practices import approving, counting, figures, limits, switching
from programs.practices.forms import HoursForm, LimitForm
from programs.practices.limits import Terms, money
from programs.practices.models import Limit
from programs.practices.views import HERE, me, show

MOST = 100


@require_safe
@require(Permission.PLAN_ACTIONS)
def team(request: HttpRequest) -> HttpResponse:
    """What waits for the reader's permission, what is past due in his team, and the shares of his units' blocks."""
    person, now = me(request), timezone.now()
    told = figures.told(figures.today_of(now))
    units = set(visible_units(person, Permission.PLAN_ACTIONS).order_by().values_list("pk", flat=True))
    recoveries = list(approving.recoveries(person)[:MOST])
    for row in recoveries:
        row.worth = money(row.value, row.currency)  # type: ignore[attr-defined]
    ideas = list(approving.ideas(person)[:MOST])
    for idea in ideas:
        idea.price = money(idea.cost, idea.currency) if idea.cost else ""  # type: ignore[attr-defined]
    context = {
        "recoveries": recoveries,
        "ideas": ideas,
        "waiting": len(recoveries) + len(ideas),
        "late": approving.late(person, now)[:MOST],
        "figures": told,
        "rows": [row for row in told.rows if row.units & units],
        "least": counting.LEAST,
        "now": now,
        "hr": approving.is_hr(person),
        "observes": can(person, Permission.SEE_TEAM_TRAINING),
    }
    return render(request, f"{HERE}/team.html", context)


@require_safe
@require(Permission.MANAGE_RECOGNITION)
def desk(request: HttpRequest) -> HttpResponse:
    return _desk(request, LimitForm(), HoursForm(initial={"hours": limits.hours()}))


def _desk(request: HttpRequest, adding: LimitForm, timing: HoursForm) -> HttpResponse:
    now = timezone.now()
    rows = list(Limit.objects.select_related("unit"))
    for row in rows:
        row.told_own = money(row.own, row.currency)  # type: ignore[attr-defined]
        row.told_manager = money(row.manager, row.currency) if row.manager is not None else ""  # type: ignore[attr-defined]
    person = me(request)
    context = {
        "limits": rows,
        "adding": adding,
        "timing": timing,
        "figures": figures.told(figures.today_of(now)),
        "given": figures.given(now),
        "least": counting.LEAST,
        "waiting": approving.ideas(person).count() + approving.recoveries(person).count(),
        "programs": Program.objects.launched().filter(practices__on=True),
        "manages": can(person, Permission.MANAGE_PROGRAMS),
    }
    wrong = adding.errors or timing.errors
    return render(request, f"{HERE}/desk.html", context, status=400 if wrong else 200)


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def add_limit(request: HttpRequest) -> HttpResponse:
    form = LimitForm(request.POST)
    if form.is_valid():
        try:
            limits.save(terms=Terms(**form.cleaned_data), by=me(request))
        except ValidationError as refused:
            show(form, refused)
        else:
            messages.success(request, _("The limit holds from now on. What is open keeps the one it was opened with."))
            return redirect("practices:desk")
    return _desk(request, form, HoursForm(initial={"hours": limits.hours()}))


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def remove_limit(request: HttpRequest, pk: int) -> HttpResponse:
    limits.remove(limit=get_object_or_404(Limit, pk=pk), by=me(request))
    messages.success(request, _("The limit is gone."))
    return redirect("practices:desk")


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def set_hours(request: HttpRequest) -> HttpResponse:
    form = HoursForm(request.POST)
    if form.is_valid():
        limits.set_hours(hours=form.cleaned_data["hours"], by=me(request), now=timezone.now())
        messages.success(request, _("Saved. It holds for complaints written down from now on."))
        return redirect("practices:desk")
    return _desk(request, LimitForm(), form)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_PROGRAMS)
def program(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch practices of one program on or off, and see what it would be about."""
    found = get_object_or_404(queries.within(me(request), Permission.MANAGE_PROGRAMS), pk=pk)
    today = figures.today_of(timezone.now())
    if request.method == "POST":
        on = request.POST.get("on") == "yes"
        if switching.turn(program=found, on=on, by=me(request), today=today):
            told = _("Practices are switched on.") if on else _("Practices are switched off. What was written stays.")
            messages.success(request, told)
        return redirect("practices:program", pk)
    wrote, week = figures.of_program(found, today)
    context = {
        "program": found,
        "on": switching.is_on(found),
        "wrote": wrote,
        "split": wrote.why == figures.SPLIT,
        "first": week.first,
        "last": week.last,
        "least": counting.LEAST,
        "desk": approving.is_hr(me(request)),
    }
    return render(request, f"{HERE}/program.html", context)
