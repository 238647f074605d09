"""The front door: one page for each persona, fed by all rooms; the executive's is the scorecard."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from culture.access import home_panels
from culture.access.permissions import Permission, can
from culture.people.models import Employee

# Whose work begins elsewhere, unless he runs programs or looks after people, too: the first that holds decides.
ELSEWHERE = (
    (Permission.SEE_SCORECARD, "reports:scorecard"),
    (Permission.SEE_AUDIT, "access:audit"),
)
HERE = (Permission.MANAGE_PROGRAMS, Permission.MANAGE_PEOPLE)
# Whoever holds one of these has work that may wait; for others an empty "Needs you" says nothing.
WORKS = (*HERE, Permission.SEE_TEAM_TRAINING, Permission.MODERATE_COMMENTS, Permission.MANAGE_TRAINING)


def elsewhere(user: Employee) -> str:
    """The name of the page where ``user`` begins instead; empty: at home."""
    if any(can(user, permission) for permission in HERE):
        return ""
    return next((name for permission, name in ELSEWHERE if can(user, permission)), "")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What needs the visitor today, of all rooms."""
    user = request.user
    assert isinstance(user, Employee)
    if not can(user, Permission.DO_TRAINING):
        # Somebody who left, with a session still open.
        return redirect("account_logout")
    if name := elsewhere(user):
        return redirect(reverse(name))
    now = timezone.now()
    context = {
        "home": home_panels.home(user, now),
        "works": any(can(user, permission) for permission in WORKS),
        "now": now,
    }
    return render(request, "home.html", context)
