"""HR's pages of one wave: its forecast, its monitor, what became of it, and what can be done with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, can, require
from culture.people.models import Employee
from surveys.waves import forecast, keeping, monitor, opening, reach, running, series_words, tasks
from surveys.waves import series as series_service
from surveys.waves.forms import CancelForm, ExtendForm
from surveys.waves.models import UnitMerge, Wave

State = Wave.State
TONES = {
    State.OPEN: "good",
    State.RELEASED: "good",
    State.OPENING: "warn",
    State.CLOSED: "warn",
    State.DRAFT: "warn",
    State.CANCELLED: "bad",
}
DOUBTFUL = 20
ROWS = 200


def with_tone(wave: Wave) -> dict[str, Any]:
    return {"wave": wave, "tone": TONES.get(State(wave.state), "neutral")}


def _wave(pk: int) -> Wave:
    return get_object_or_404(Wave.objects.select_related("series__instrument", "version"), pk=pk)


@require(Permission.SEE_PARTICIPATION)
@require_safe
def wave_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """By its state: the forecast before, the monitor while open, the end of it afterwards."""
    wave = _wave(pk)
    today = series_service.today_here()
    context = {**with_tone(wave), "manages": manages(request), "overall": monitor.overall(wave)}
    if wave.state in series_service.WAITING:
        return render(request, "surveys/waves/forecast.html", {**context, **_forecast(wave, today)})
    if wave.state in (State.OPENING, State.OPEN):
        part = "surveys/waves/_opening.html"
        if wave.state == State.OPENING and request.headers.get("HX-Request"):
            return render(request, part, context)
        answer = render(request, "surveys/waves/monitor.html", {**context, **_monitor(wave, today)})
        if request.headers.get("HX-Request"):
            answer["HX-Refresh"] = "true"
        return answer
    context |= {"dates": opening.message_dates(wave), "key_trouble": keeping.trouble_of(wave)}
    context["unreadable"] = keeping.unreadable(wave)
    if request.headers.get("HX-Request") and wave.state == State.CLOSED:
        return render(request, "surveys/waves/_closing.html", context)
    answer = render(request, "surveys/waves/detail.html", context)
    if request.headers.get("HX-Request"):
        answer["HX-Refresh"] = "true"
    return answer


def _forecast(wave: Wave, today: dt.date) -> dict[str, Any]:
    made = forecast.of_wave(wave, today=today)
    doubtful = [row for row in made.rows[:ROWS] if row.verdict != "shown"]
    return {
        "key_problem": keeping.store_problem(),
        "forecast": made,
        "series": wave.series,
        "why": series_words.left_out_words(made.left_out.items()),
        "left_out": sum(made.left_out.values()),
        "doubtful": doubtful[:DOUBTFUL],
        "doubtful_more": doubtful[DOUBTFUL:],
        "unreached_more": max(0, len(made.unreached) - 12),
        "sure": [row for row in made.rows[:ROWS] if row.verdict == "shown"],
        "more_rows": max(0, len(made.rows) - ROWS),
        "suggestions": made.suggestions[:20],
        "cells": sum(made.cells.values()),
        "moved": series_words.late_words(wave),
        "late": wave.opens_on < today and wave.state == Wave.State.SCHEDULED and wave.series.active,
    }


def _monitor(wave: Wave, today: dt.date) -> dict[str, Any]:
    counted_on = wave.participation.get("on")
    groups = wave.participation.get("groups", [])[:ROWS]
    is_open = wave.state == State.OPEN
    return {
        "key_trouble": keeping.trouble_of(wave),
        "mails": reach.mail_counts(wave) if is_open else None,
        "trouble": monitor.trouble(wave) if is_open else None,
        "dates": opening.message_dates(wave),
        "groups": [{**group, "indent": min(group["depth"], 8)} for group in groups],
        "participation_on": dt.date.fromisoformat(counted_on) if counted_on else None,
        "curve": monitor.curve_chart(wave),
        "curve_words": monitor.curve_words(wave),
        "next_reminder": monitor.next_reminder(wave, today),
        "why": series_words.left_out_words(wave.left_out.items()),
        "closing": running.is_closing(wave, today),
        "closable": is_open and not running.is_closing(wave, today),
        "cancel_form": CancelForm(),
    }


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def open_now(request: HttpRequest, pk: int) -> HttpResponse:
    wave = get_object_or_404(Wave.objects.select_related("series"), pk=pk)
    busy = Wave.objects.filter(series=wave.series_id, state__in=[State.OPENING, State.OPEN]).exclude(pk=pk).first()
    made = forecast.of_wave(wave, today=series_service.today_here()) if wave.state == State.SCHEDULED else None
    if request.method != "POST":
        context = {"wave": wave, "forecast": made, "busy": busy}
        return render(request, "surveys/waves/confirm_open.html", context)
    if busy:
        messages.error(request, _("“%(wave)s” is still open. Close it first.") % {"wave": busy})
    elif made and made.problem:
        messages.error(request, made.problem)
    elif opening.claim(wave, by=_employee(request)):
        # A broker that is down must not fail the page: the tick finds the wave by its state.
        transaction.on_commit(lambda: tasks.open_wave.delay(pk), robust=True)
        messages.success(request, _("The wave is being opened; invitations leave in a few minutes."))
    else:
        messages.error(request, _("This wave is no longer waiting to be opened."))
    return redirect("waves:detail", pk)


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def close_now(request: HttpRequest, pk: int) -> HttpResponse:
    wave = get_object_or_404(Wave.objects.select_related("series"), pk=pk)
    if request.method != "POST":
        return render(request, "surveys/waves/confirm_close.html", {"wave": wave})
    if running.close_early(wave, by=_employee(request), today=series_service.today_here()):
        messages.success(request, _("The wave is being closed; its results follow in a few minutes."))
    else:
        messages.error(request, _("This wave is not open, or closes already."))
    return redirect("waves:detail", pk)


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    wave = get_object_or_404(Wave.objects.select_related("series"), pk=pk)
    form = ExtendForm(request.POST or None, initial={"closes_on": wave.closes_on + dt.timedelta(days=7)})
    if request.method == "POST" and form.is_valid():
        try:
            day, today = form.cleaned_data["closes_on"], series_service.today_here()
            running.extend(wave, by=_employee(request), closes_on=day, today=today)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The wave stays open until %(day)s.") % {"day": series_words.day(day)})
            return redirect("waves:detail", pk)
    context = {"wave": wave, "form": form}
    return render(request, "surveys/waves/confirm_extend.html", context, status=400 if form.errors else 200)


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    wave = get_object_or_404(Wave.objects.select_related("series"), pk=pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if running.cancel(wave, by=_employee(request), reason=form.cleaned_data["reason"]):
            messages.success(request, _("The wave is cancelled."))
        else:
            messages.error(request, _("This wave is over; it cannot be cancelled any more."))
        return redirect("waves:detail", pk)
    context = {"wave": wave, "form": form}
    return render(request, "surveys/waves/confirm_cancel.html", context, status=400 if form.errors else 200)


@require(Permission.MANAGE_SURVEYS)
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Small things that can be undone: pause and resume the mails, hold back and schedule again."""
    wave = get_object_or_404(Wave, pk=pk)
    by, today = _employee(request), series_service.today_here()
    deeds = {
        "pause": (lambda: running.pause_mails(wave, by=by), _("No mail leaves until you go on.")),
        "resume": (lambda: running.resume_mails(wave, by=by), _("Mails leave again.")),
        "hold": (lambda: running.hold(wave, by=by), _("The wave does not open until you schedule it again.")),
        "schedule": (lambda: running.unhold(wave, by=by, today=today), _("The wave is scheduled again.")),
    }
    deed, told = deeds[verb]
    if deed():
        messages.success(request, told)
    else:
        messages.error(request, _("The wave has changed meanwhile. Look at it again."))
    return redirect("waves:detail", pk)


@require(Permission.MANAGE_SURVEYS)
@require_POST
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Report units together from now on: one group, or everything the forecast proposes."""
    wave = get_object_or_404(Wave.objects.select_related("series"), pk=pk)
    try:
        for value in request.POST.getlist("units"):
            units = [int(unit) for unit in value.split("-") if unit.isdigit() and len(unit) < 19]
            running.merge(by=_employee(request), units=units)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("They are reported together from now on, in later waves, too."))
    return redirect("waves:detail", wave.pk)


@require(Permission.MANAGE_SURVEYS)
@require_POST
def separate(request: HttpRequest, pk: int, merged: int) -> HttpResponse:
    running.separate(get_object_or_404(UnitMerge, pk=merged), by=_employee(request))
    messages.success(request, _("They are reported apart again, from the next wave on."))
    return redirect("waves:detail", pk)


def manages(request: HttpRequest) -> bool:
    """Whether the reader may also act; a program lead only follows."""
    return can(request.user, Permission.MANAGE_SURVEYS)


def _employee(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    return request.user
