"""A manager's own page of recognition: rewards he may approve, and whom nobody has thanked for long."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.recognition import redeeming, team
from programs.recognition.reward_forms import DecisionForm

MOST = 100
ACTS = {"approve": redeeming.approve, "reject": redeeming.reject}


@require_safe
@require(Permission.GIVE_KUDOS)
def my_team(request: HttpRequest) -> HttpResponse:
    """Of the reader's direct reports only; who leads nobody is refused."""
    assert isinstance(request.user, Employee)
    now = timezone.now()
    led = team.led(request.user, now.date())
    if not led:
        raise PermissionDenied
    waiting = redeeming.waits_for(request.user).select_related("employee__unit")
    context = {"people": team.not_thanked(request.user, now)[:MOST], "waiting": waiting[:MOST], "led": led}
    return render(request, "programs/recognition/team.html", context)


@require_POST
@require(Permission.GIVE_KUDOS)
def team_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or reject what one of the reader's people redeemed, where the reward leaves it to the manager."""
    assert isinstance(request.user, Employee)
    redemption = get_object_or_404(redeeming.waits_for(request.user).select_related("employee"), pk=pk)
    form = DecisionForm(request.POST)
    act = form.cleaned_data["act"] if form.is_valid() else ""
    if act not in ACTS:
        messages.error(request, _("Choose what to do with it; a note has at most 300 characters."))
        return redirect("recognition:team")
    try:
        done = ACTS[act](redemption=redemption, by=request.user, now=timezone.now(), note=form.cleaned_data["note"])
    except ValidationError as refused:
        messages.error(request, f"{redemption.employee.name}: {' '.join(refused.messages)}")
    else:
        words = {"name": done.employee.name, "state": done.get_state_display()}
        messages.success(request, _("%(name)s: %(state)s.") % words)
    return redirect("recognition:team")
