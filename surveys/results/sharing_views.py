"""HR sets who sees the results of a wave, or of the waves to come of a series, from which day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from culture.access import clock
from culture.access.permissions import Permission, require
from surveys.results import share_mails, sharing
from surveys.results.comment_forms import LABELS, PlanForm, ShareForm
from surveys.results.sharing import AUDIENCES
from surveys.results.sharing_models import Sharing
from surveys.waves.models import Series, Wave


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_SURVEYS)
def wave_sharing(request: HttpRequest, wave_id: int) -> HttpResponse:
    """From which day who sees this wave: a timeline, how many people that is, and the form."""
    waves = Wave.objects.select_related("series").defer("snapshot").exclude(state=Wave.State.CANCELLED)
    wave = get_object_or_404(waves, pk=wave_id)
    released = wave.released_at is not None
    shared = Sharing.objects.filter(wave=wave).first()
    plan = sharing.plan_of(wave.series)
    now: Any = shared if shared is not None and (released or shared.chosen) else plan
    days = sharing.dates(wave)
    initial = {
        **days,
        "employee_comments": now.employee_comments,
        "tell": now.tell,
        "moderation_days": shared.moderation_days if shared else None,
    }
    form = ShareForm(request.POST if request.method == "POST" else None, released=released, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            sharing.share(
                wave,
                on=form.dates(),
                employee_comments=given["employee_comments"],
                tell=given["tell"],
                moderation_days=given.get("moderation_days", shared.moderation_days if shared else None),
                by=request.user,  # type: ignore[arg-type]
            )
        except ValidationError as error:
            _add(form, error)
        else:
            messages.success(request, _("Saved. %(words)s") % {"words": _in_words(form.dates())})
            return redirect("results:sharing", wave.pk)
    context = {
        "wave": wave,
        "released": released,
        "expected": sharing.expected(wave),
        "form": form,
        "rows": _rows(days),
        "plan": plan,
        "chosen": bool(shared and shared.chosen),
        "told": shared.told if shared else [],
        "heading": _heading(wave, days, released),
    }
    return render(request, "surveys/results/sharing.html", context, status=400 if form.is_bound else 200)


def _add(form: Form, error: ValidationError) -> None:
    for field, told in error.message_dict.items():
        form.add_error(field if field in form.fields else None, told)


def _rows(days: sharing.Dates) -> list[dict[str, Any]]:
    today = clock.today()
    return [
        {
            "name": name,
            "words": LABELS[name],
            "on": days[name],
            "reached": days[name] is not None and days[name] <= today,  # type: ignore[operator]
            "people": share_mails.people(name, today).count(),
        }
        for name in AUDIENCES
    ]


def _heading(wave: Wave, days: sharing.Dates, released: bool) -> str:
    today = clock.today()
    reached = [name for name in AUDIENCES if (day := days[name]) is not None and day <= today]
    if not released:
        return _("Who will see the results, and from when")
    if not reached:
        return _("Only HR sees these results today")
    last = reached[-1]
    return {
        "leaders": _("HR and leaders see these results today"),
        "managers": _("HR, leaders and managers see these results today"),
        "employees": _("Everybody sees the results of his own unit today"),
    }[last]


def _in_words(days: dict[str, dt.date | None]) -> str:
    from_ = [f"{LABELS[name]}: {day:%Y-%m-%d}" for name in AUDIENCES if (day := days[name])]
    return "; ".join(from_) or _("Only HR sees these results.")


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_SURVEYS)
def series_sharing(request: HttpRequest, series_id: int) -> HttpResponse:
    """How the waves to come of a series will be shared."""
    series = get_object_or_404(Series, pk=series_id)
    plan = sharing.plan_of(series)
    initial = {
        **{name: getattr(plan, f"{name}_after") for name in AUDIENCES},
        "employee_comments": plan.employee_comments,
        "tell": plan.tell,
        "moderation_days": plan.moderation_days,
    }
    form = PlanForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            sharing.set_plan(
                series,
                after=form.after(),
                employee_comments=given["employee_comments"],
                moderation_days=given["moderation_days"],
                tell=given["tell"],
                by=request.user,  # type: ignore[arg-type]
            )
        except ValidationError as error:
            _add(form, error)
        else:
            messages.success(request, _("Saved. It holds for the waves of %(series)s to come.") % {"series": series})
            return redirect(reverse("results:series_sharing", args=[series.pk]))
    waves = Wave.objects.filter(series=series).exclude(state=Wave.State.CANCELLED).defer("snapshot")
    context = {
        "series": series,
        "form": form,
        "waves": list(waves.select_related("series", "sharing").order_by("-number")[:12]),
    }
    return render(request, "surveys/results/sharing_series.html", context, status=400 if form.is_bound else 200)
