"""Milestones and team proposals, for HR: which are announced, what comes next, what teams might be recognised for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access import clock
from culture.access.permissions import Permission, require
from culture.framework.models import Behaviour
from programs.recognition import awards, choices, milestone_setting, outcomes
from programs.recognition.award_forms import FundForm
from programs.recognition.award_views import me, show
from programs.recognition.milestone_models import (
    MOST_POINTS,
    MilestoneKind,
    MilestoneRules,
    Occasion,
    TeamProposal,
)
from surveys.results import queries as results
from surveys.waves import hours

HERE = "programs/recognition/awards"
PAGE = 20
SHOWN = 15


class MilestonesForm(forms.Form):
    years = forms.CharField(
        label=gettext_lazy("Which years"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Separated by commas; 0 is the first day. Empty: every year."),
    )
    beyond = forms.ModelMultipleChoiceField(
        label=gettext_lazy("What counts as memorable"),
        queryset=Behaviour.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The first public thanks for one of these attitudes, or the first time it is seen."),
    )

    def __init__(self, *args: Any, rules: MilestoneRules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        beyond: Any = self.fields["beyond"]
        beyond.queryset = Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE)
        beyond.label_from_instance = lambda one: one.label
        beyond.initial = [one.pk for one in beyond.queryset if one.code in rules.beyond]
        self.fields["years"].initial = ", ".join(map(str, rules.years))
        for kind in MilestoneKind:
            self.fields[f"on_{kind}"] = forms.BooleanField(
                label=kind.label, required=False, initial=kind in rules.since
            )
            self.fields[f"points_{kind}"] = forms.IntegerField(
                label=_("Points"),
                widget=forms.NumberInput(attrs={"aria-label": _("Points: %(kind)s") % {"kind": kind.label}}),
                min_value=0,
                max_value=MOST_POINTS,
                required=False,
                initial=rules.points.get(kind, 0),
            )
            self.fields[f"points_{kind}"].needed_when_used = True  # type: ignore[attr-defined]

    def kind_fields(self) -> list[tuple[Any, Any]]:
        return [(self[f"on_{kind}"], self[f"points_{kind}"]) for kind in MilestoneKind]

    def clean_years(self) -> list[int]:
        parts = [part.strip() for part in self.cleaned_data["years"].split(",") if part.strip()]
        if any(not (part.isascii() and part.isdigit() and len(part) < 4) for part in parts):
            raise forms.ValidationError(_("Write whole numbers separated by commas, as in 1, 5, 10."))
        return [int(part) for part in parts]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "kinds": [kind.value for kind in MilestoneKind if data[f"on_{kind}"]],
            "points": {kind.value: data[f"points_{kind}"] or 0 for kind in MilestoneKind},
            "years": data["years"],
            "beyond": [one.code for one in data["beyond"]],
        }


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_RECOGNITION)
def milestones(request: HttpRequest) -> HttpResponse:
    """Which milestones are announced; what is announced next, and what was lately."""
    rules = milestone_setting.current()
    form = MilestonesForm(request.POST or None, rules=rules)
    if request.method == "POST" and form.is_valid():
        try:
            milestone_setting.save(by=me(request), today=clock.today(), **form.arguments())
        except ValidationError as refused:
            show(form, refused)
        else:
            messages.success(request, _("Saved. What happens from today on is announced; nothing older is."))
            return redirect("recognition:milestones")
    return _page(request, form, FundForm(), 400 if form.errors else 200)


def _page(request: HttpRequest, form: MilestonesForm, fund: FundForm, status: int) -> HttpResponse:
    rows = Occasion.objects.select_related("employee__unit")
    waiting = list(rows.filter(state=Occasion.State.WAITING).order_by("due_at", "pk")[:SHOWN])
    shy = choices.opted_out_ids({one.employee_id for one in waiting})
    context = {
        "form": form,
        "fund": fund,
        "held": awards.balance(milestone_setting.PURSE),
        # The morning is that of the person's place: shown as it is there.
        "coming": [(one, _there(one), one.employee_id in shy) for one in waiting],
        "more": max(0, rows.filter(state=Occasion.State.WAITING).count() - SHOWN),
        "lately": rows.exclude(state=Occasion.State.WAITING).order_by("-done_at", "-pk")[:SHOWN],
        "free": milestone_setting.free_days(),
        "any_on": bool(milestone_setting.current().since),
    }
    return render(request, f"{HERE}_milestones.html", context, status=status)


def _there(one: Occasion) -> Any:
    """When it is announced by the clock of the person's place."""
    return one.due_at.astimezone(hours.zone_of(one.employee.time_zone)).replace(tzinfo=None)


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def fund_milestones(request: HttpRequest) -> HttpResponse:
    form = FundForm(request.POST)
    if form.is_valid():
        try:
            awards.fund(
                place=milestone_setting.PURSE,
                by=me(request),
                now=timezone.now(),
                subject="milestones",
                **form.cleaned_data,
            )
        except ValidationError as refused:
            show(form, refused)
        else:
            messages.success(request, _("Done."))
            return redirect("recognition:milestones")
    return _page(request, MilestonesForm(rules=milestone_setting.current()), form, 400)


# -- teams -----------------------------------------------------------------------------------------------------------


@require_safe
@require(Permission.MANAGE_RECOGNITION)
def proposals(request: HttpRequest) -> HttpResponse:
    """What teams might be recognised for, with the evidence."""
    return _proposals(request, {}, 200)


def _proposals(request: HttpRequest, typed: dict[str, Any], status: int) -> HttpResponse:
    decided = request.GET.get("show") == "decided"
    rows = TeamProposal.objects.select_related("unit", "action__promised_to", "action__unit", "wave__series")
    rows = rows.select_related("decided_by").defer("wave__snapshot")
    open_ = rows.filter(state=TeamProposal.State.OPEN)
    shown = rows.exclude(state=TeamProposal.State.OPEN).order_by("-decided_at", "-pk") if decided else open_
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, _evidence(one)) for one in page],
        "decided": decided,
        "open_count": open_.count(),
        "typed": typed,
    }
    return render(request, f"{HERE}_proposals.html", context, status=status)


DIMENSIONS = {"want": gettext_lazy("Want"), "know": gettext_lazy("Know"), "can": gettext_lazy("Can")}


def _evidence(one: TeamProposal) -> dict[str, Any]:
    """The released cells as a table: measure, now, how it moved, of how many."""
    before, now = one.evidence.get("barrier_before") or {}, one.evidence.get("barrier") or {}
    rows = [
        {
            "key": cell["key"],
            "index": cell.get("index"),
            "n": cell.get("n", ""),
            "composed": len(cell.get("composed", ())),
            "moved": _moved(cell.get("change") or {}),
            "fell": _fell(before.get(cell["key"]), now.get(cell["key"])),
        }
        for cell in one.evidence.get("rose", [])
    ]
    composed = any(row["composed"] for row in rows)
    return {"rows": rows, "kept": one.evidence.get("kept"), "keys": results.HEADLINE, "composed": composed}


def _fell(before: int | None, now: int | None) -> tuple[int, int] | None:
    """Of how many percent it was the first barrier before and now, if that fell: with less of one the next shows."""
    return (before, now) if before is not None and now is not None and now < before else None


def _moved(change: dict[str, Any]) -> str:
    if "delta" not in change:
        return ""
    return f"{change['delta']:+d} ({change['low']:+d} … {change['high']:+d})".replace("-", "−")


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def decide_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = get_object_or_404(TeamProposal, pk=pk)
    act, words = request.POST.get("act", ""), request.POST.get("words", "")
    try:
        if act == "approve":
            outcomes.approve(proposal=proposal, story=words, by=me(request), now=timezone.now())
            messages.success(request, _("%(name)s is recognised: everybody reads it.") % {"name": proposal.unit.name})
        elif act == "decline":
            outcomes.decline(proposal=proposal, reason=words, by=me(request), now=timezone.now())
            messages.success(request, _("Declined. Your reason stays with it."))
        else:
            raise ValidationError(_("Choose whether the team is recognised."))
    except ValidationError as refused:
        return _proposals(request, {"pk": pk, "words": words, "errors": refused.messages}, 400)
    return redirect("recognition:proposals")
