"""Reporting a thank-you, and HR's desk for what was reported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.recognition import feed, moderating, queries
from programs.recognition.feed_models import LONGEST_NOTE, KudosModeration, KudosReport
from programs.recognition.models import Kudos

PAGE = 20


class ReportForm(forms.Form):
    why = forms.ChoiceField(
        label=gettext_lazy("What is wrong with it?"),
        choices=KudosReport.Why.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what is wrong with it.")},
    )
    note = forms.CharField(
        label=gettext_lazy("What should HR know?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_NOTE,
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.GIVE_KUDOS)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever sees a thank-you can ask HR to look at it."""
    assert isinstance(request.user, Employee)
    kudos = get_object_or_404(queries.visible_to(request.user).exclude(giver=request.user), pk=pk)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            moderating.report(kudos=kudos, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(request, _("HR looks at it. Who gave the thanks does not learn who reported them."))
            return redirect("recognition:feed")
    context = {"form": form, "one": feed.dress([pk], request.user)[0]}
    return render(request, "programs/recognition/report.html", context, status=400 if form.errors else 200)


@require_safe
@require(Permission.MANAGE_RECOGNITION)
def reports(request: HttpRequest) -> HttpResponse:
    """What was reported and waits, or (``?show=decided``) what was decided; never what the reader is part of."""
    assert isinstance(request.user, Employee)
    return render(request, "programs/recognition/reports.html", _desk(request))


def _desk(request: HttpRequest) -> dict[str, Any]:
    assert isinstance(request.user, Employee)
    decided = request.GET.get("show") == "decided"
    waiting = moderating.waiting(request.user)
    rows = moderating.decided(request.user) if decided else waiting
    page = Paginator(rows.values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    ids = list(page.object_list)
    told: dict[int, list[KudosReport]] = {pk: [] for pk in ids}
    for one in KudosReport.objects.filter(kudos__in=ids).select_related("reporter__unit").order_by("at", "pk"):
        told[one.kudos_id].append(one)
    history: dict[int, list[KudosModeration]] = {pk: [] for pk in ids}
    for step in KudosModeration.objects.filter(kudos__in=ids).select_related("by"):
        history[step.kudos_id].append(step)
    shown = feed.dress(ids, request.user, every_amount=True)
    return {
        "page": page,
        "rows": [(one, told[one.kudos.pk], history[one.kudos.pk]) for one in shown],
        "decided": decided,
        "open_count": waiting.count(),
    }


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, Employee)
    kudos = get_object_or_404(Kudos.objects.filter(reports__isnull=False).distinct(), pk=pk)
    decision = moderating.Decision(request.POST.get("act", ""), request.POST.get("reason", ""))
    try:
        made = moderating.decide(kudos=kudos, by=request.user, decision=decision, now=timezone.now())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        told = {
            KudosModeration.Act.HIDE: _("Hidden. Giver and receivers still see it, with your reason."),
            KudosModeration.Act.KEEP: _("Left as it is. Your words are kept."),
            KudosModeration.Act.RESTORE: _("Shown again."),
        }
        messages.success(request, told[KudosModeration.Act(made.act)])
    show = "?show=decided" if request.POST.get("show") == "decided" else ""
    return redirect(reverse("recognition:reports") + show)
