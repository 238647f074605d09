"""What should be looked at in who thanks whom: for people to judge, with the evidence, never a punishment."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.recognition import watching
from programs.recognition.fairness_models import Pattern

PAGE = 20


@require_safe
@require(Permission.MANAGE_RECOGNITION)
def patterns(request: HttpRequest) -> HttpResponse:
    decided = request.GET.get("show") == "decided"
    rows = Pattern.objects.prefetch_related("people__employee__unit").select_related("decided_by")
    open_ = rows.filter(state=Pattern.State.OPEN)
    shown = rows.exclude(state=Pattern.State.OPEN).order_by("-decided_at") if decided else open_
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, _month(one, "since"), _month(one, "until")) for one in page],
        "decided": decided,
        "open_count": open_.count(),
        "states": [Pattern.State.FINE, Pattern.State.TALKED],
    }
    return render(request, "programs/recognition/patterns.html", context)


def _month(pattern: Pattern, end: str) -> dt.date | None:
    """The first day of the month in which it began, or ended."""
    said = pattern.evidence.get(end)
    return dt.date.fromisoformat(f"{said}-01") if said else None


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, Employee)
    pattern = get_object_or_404(Pattern, pk=pk)
    state, note = request.POST.get("state", ""), request.POST.get("note", "").replace("\0", "")
    try:
        watching.decide(pattern=pattern, state=state, note=note, by=request.user, now=timezone.now())
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Written down. It stays under “Decided”."))
    return redirect("recognition:patterns")
