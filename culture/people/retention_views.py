"""How long each kind of data is kept: periods, what goes next, holds and the pause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from culture.access import clock
from culture.access.models import Grant
from culture.access.permissions import Permission, require
from culture.people import erasure, retention
from culture.people.erasure_views import whole_hr
from culture.people.models import Employee
from culture.people.retention_forms import HoldForm, PeriodForm, ReasonForm
from culture.people.rights_models import LegalHold, RetentionRule

NAMES_SHOWN = 20
PER_PAGE = 50


def _line(kind: retention.Kind, rule: RetentionRule | None, now: dt.datetime) -> dict[str, Any]:
    days = retention.days_of(kind, rule)
    due_now, soon = _counts(kind, days, now)
    return {"kind": kind, "days": days, "rule": rule, "now": due_now, "soon": soon, "own": bool(rule and rule.days)}


def _counts(kind: retention.Kind, days: int, now: dt.datetime) -> tuple[int, int]:
    """(how many go at the next look, how many within the next 30 days)."""
    if kind.key == retention.LEAVERS:
        coming = retention.upcoming_leavers(today=timezone.localdate(now, clock.zone()), days=days)
        return sum(day <= timezone.localdate(now, clock.zone()) for _person, day in coming), len(coming)
    period = dt.timedelta(days=days)
    ahead = dt.timedelta(days=retention.AHEAD_DAYS)
    return kind.expired(now - period).count(), kind.expired(now - period + ahead).count()


@never_cache
@require_GET
@require(Permission.MANAGE_PEOPLE)
def overview(request: HttpRequest) -> HttpResponse:
    """Every kind with its period and what goes next; names only of who will lose his."""
    whole_hr(request)
    now = timezone.now()
    rules = retention.rules()
    lines = [_line(kind, rules.get(kind.key), now) for kind in retention.kinds()]
    days = next((line["days"] for line in lines if line["kind"].key == retention.LEAVERS), 0)
    coming = retention.upcoming_leavers(today=timezone.localdate(now, clock.zone()), days=days)
    page = Paginator(coming, NAMES_SHOWN).get_page(request.GET.get("page"))
    context = {
        "lines": lines,
        "without_end": retention.without_end(),
        "page": page,
        "coming": _coming(page.object_list, timezone.localdate(now, clock.zone())),
        "ahead": retention.AHEAD_DAYS,
        "grace": retention.GRACE_DAYS,
        "pause": retention.running_pause(),
        "holds": LegalHold.objects.filter(lifted_at__isnull=True).count(),
    }
    return render(request, "culture/people/retention.html", context)


def _coming(pairs: Iterable[tuple[Employee, dt.date]], today: dt.date) -> list[dict[str, Any]]:
    """Rows of who loses his name when, with what stands in the way; only who holds a role is asked about it."""
    pairs = list(pairs)
    admins = Grant.objects.in_force(today).hr_admins().filter(employee__in=[person.pk for person, _day in pairs])
    asked = set(admins.values_list("employee_id", flat=True))
    return [
        {"person": p, "day": day, "obstacle": erasure.refusal(p, today=today) if p.pk in asked else ""}
        for p, day in pairs
    ]


@never_cache
@require_http_methods(["GET", "POST"])
@require(Permission.MANAGE_PEOPLE)
def period(request: HttpRequest, key: str) -> HttpResponse:
    """Change one period. A shorter one is saved only after its effect was shown."""
    user = whole_hr(request)
    kind = retention.find(key)
    if kind is None:
        raise Http404
    now, days = timezone.now(), retention.days_of(kind)
    asked = request.POST if request.method == "POST" else request.GET if "days" in request.GET else {"days": days}
    form = PeriodForm(asked, kind=kind)
    context: dict[str, Any] = {"kind": kind, "form": form, "days": days, "ahead": retention.AHEAD_DAYS}
    status = 200
    if form.is_valid():
        wanted = form.cleaned_data["days"]
        going, soon = _counts(kind, wanted, now)
        if request.method == "POST":
            if wanted >= days or form.cleaned_data["seen"] == soon:
                retention.set_period(kind=kind, days=wanted, by=user)
                messages.success(request, _("Saved: %(kind)s, %(days)d days.") % {"kind": kind.title, "days": wanted})
                return redirect("people:retention")
            status = 409
        context |= {"wanted": wanted, "going": going, "soon": soon, "shorter": wanted < days, "again": status == 409}
    elif request.method == "POST":
        status = 422
    return render(request, "culture/people/retention_period.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require(Permission.MANAGE_PEOPLE)
def pause(request: HttpRequest) -> HttpResponse:
    """Stop everything from expiring, with a reason."""
    user = whole_hr(request)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            retention.pause(by=user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Paused. Nothing expires until you go on."))
            return redirect("people:retention")
    status = 422 if form.errors else 200
    return render(request, "culture/people/retention_pause.html", {"form": form}, status=status)


@require_POST
@require(Permission.MANAGE_PEOPLE)
def resume(request: HttpRequest) -> HttpResponse:
    if retention.resume(by=whole_hr(request)):
        messages.success(request, _("Going on: what is due expires from the next minute."))
    return redirect("people:retention")


@never_cache
@require_http_methods(["GET", "POST"])
@require(Permission.MANAGE_PEOPLE)
def holds(request: HttpRequest) -> HttpResponse:
    """Legal holds: whose data must stay, since when and why."""
    user = whole_hr(request)
    form = HoldForm(request.POST or None, initial={"number": request.GET.get("number", "")[:40]})
    if request.method == "POST" and form.is_valid():
        assert form.employee is not None
        try:
            retention.place_hold(employee=form.employee, reason=form.cleaned_data["reason"], by=user)
        except ValidationError as error:
            form.add_error("number", error)
        else:
            messages.success(request, _("On hold: nothing of %(name)s expires.") % {"name": form.employee.name})
            return redirect("people:holds")
    running = LegalHold.objects.filter(lifted_at__isnull=True).select_related("employee__unit", "by")
    page = Paginator(running, PER_PAGE).get_page(request.GET.get("page"))
    status = 422 if form.errors else 200
    return render(request, "culture/people/retention_holds.html", {"form": form, "page": page}, status=status)


@require_POST
@require(Permission.MANAGE_PEOPLE)
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    user = whole_hr(request)
    hold = get_object_or_404(LegalHold.objects.select_related("employee"), pk=pk)
    if retention.lift_hold(hold=hold, by=user):
        messages.success(request, _("The hold on %(name)s is lifted.") % {"name": hold.employee.name})
    return redirect("people:holds")
