"""HR's pages: series and waves, one wave's monitor, the service map."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from surveys.instruments.loading import load_library
from surveys.instruments.models import Instrument
from surveys.waves import audience, links, opening, tasks
from surveys.waves import series as series_service
from surveys.waves.forms import LinkForm, SeriesForm
from surveys.waves.models import Message, Series, ServiceLink, Wave

TONES = {
    Wave.State.OPEN: "good",
    Wave.State.RELEASED: "good",
    Wave.State.OPENING: "warn",
    Wave.State.CLOSED: "warn",
    Wave.State.CANCELLED: "bad",
}


def with_tone(wave: Wave) -> dict[str, Any]:
    return {"wave": wave, "tone": TONES.get(Wave.State(wave.state), "neutral")}


@require(Permission.MANAGE_SURVEYS)
@require_safe
def wave_list(request: HttpRequest) -> HttpResponse:
    every = Series.objects.select_related("instrument").prefetch_related("waves").order_by("-active", "name", "pk")
    page = Paginator(every, 20).get_page(request.GET.get("page"))
    rows = [
        {"series": one, "waves": [with_tone(wave) for wave in sorted(one.waves.all(), key=lambda wave: wave.number)]}
        for one in page
    ]
    return render(request, "surveys/waves/list.html", {"rows": rows, "page": page})


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_series(request: HttpRequest) -> HttpResponse:
    if not Instrument.objects.exists():
        load_library()
    form = SeriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = series_service.create(by=_employee(request), **form.arguments())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("“%(name)s” is planned. Check its first wave.") % {"name": made})
            return redirect("waves:detail", made.waves.order_by("number").values_list("pk", flat=True)[0])
    return render(request, "surveys/waves/new.html", {"form": form}, status=400 if form.errors else 200)


@require(Permission.MANAGE_SURVEYS)
@require_safe
def wave_detail(request: HttpRequest, pk: int) -> HttpResponse:
    wave = get_object_or_404(Wave.objects.select_related("series__instrument", "version"), pk=pk)
    today = timezone.localdate()
    blocks: list[dict[str, Any]] = []
    if wave.state == Wave.State.SCHEDULED:
        blocks = audience.forecast(wave.series.audience, wave.series.k, max(today, wave.opens_on))
    elif wave.state == Wave.State.OPEN:
        blocks = audience.forecast_of(wave.snapshot["blocks"], wave.rules["k"])
    likely_hidden = [block for block in blocks if block["hidden"]]
    context = {
        **with_tone(wave),
        "expected": sum(block["invited"] for block in blocks),
        "blocks": blocks,
        "likely_hidden": likely_hidden[:50],
        "hidden_count": len(likely_hidden),
        "merged": [block for block in blocks if block["merged"]][:50],
        "dates": opening.message_dates(wave),
        "mails": _mails(wave) if wave.state == Wave.State.OPEN else None,
        "groups": [
            {**group, "indent": "\u2003" * group["depth"]} for group in wave.participation.get("groups", [])[:200]
        ],
        "participation_on": wave.participation.get("on"),
        "closing": series_service.is_closing(wave, today),
        "closable": wave.state == Wave.State.OPEN and wave.closes_on > today,
    }
    return render(request, "surveys/waves/detail.html", context)


def _mails(wave: Wave) -> dict[str, int]:
    """Invitations only, and never how many were skipped: skipped reminders would count the answers exactly."""
    sent = Q(state=Message.State.SENT)
    waiting = Q(state__in=[Message.State.DUE, Message.State.CLAIMED])
    return Message.objects.filter(invitation__wave=wave, kind="invitation").aggregate(
        sent=Count("pk", filter=sent),
        waiting=Count("pk", filter=waiting & Q(invitation__employee__email__isnull=False)),
        failed=Count("pk", filter=Q(state=Message.State.FAILED)),
        without=Count("pk", filter=Q(invitation__employee__email__isnull=True)),
    )


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def open_now(request: HttpRequest, pk: int) -> HttpResponse:
    wave = get_object_or_404(Wave.objects.select_related("series"), pk=pk)
    if request.method != "POST":
        people = audience.invited_people(wave.series.audience, timezone.localdate()).count()
        return render(request, "surveys/waves/confirm_open.html", {"wave": wave, "people": people})
    if not audience.invited_people(wave.series.audience, timezone.localdate()).exists():
        messages.error(request, _("Nobody works in the units this series asks. Import people or choose other units."))
        return redirect("waves:detail", pk)
    if opening.claim(wave, by=_employee(request)):
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
    if series_service.close_early(wave, by=_employee(request), today=timezone.localdate()):
        messages.success(request, _("The wave is being closed; its results follow in a few minutes."))
    else:
        messages.error(request, _("This wave is not open, or closes today anyway."))
    return redirect("waves:detail", pk)


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def link_list(request: HttpRequest) -> HttpResponse:
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            links.add(by=_employee(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The link was added."))
            return redirect("waves:links")
    every = ServiceLink.objects.select_related("customer", "provider").order_by("customer__path", "provider__path")
    context = {
        "form": form,
        "page": Paginator(every, 100).get_page(request.GET.get("page")),
        "suggestions": links.suggest(),
    }
    return render(request, "surveys/waves/links.html", context, status=400 if form.errors else 200)


@require(Permission.MANAGE_SURVEYS)
@require_POST
def remove_link(request: HttpRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(ServiceLink.objects.select_related("customer", "provider"), pk=pk)
    links.remove(by=_employee(request), link=link)
    messages.success(request, _("The link was removed."))
    return redirect("waves:links")


@require(Permission.MANAGE_SURVEYS)
@require_POST
def accept_suggestions(request: HttpRequest) -> HttpResponse:
    added = links.accept_suggestions(by=_employee(request))
    messages.success(request, _("%(count)s links were added.") % {"count": added})
    return redirect("waves:links")


def _employee(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    return request.user
