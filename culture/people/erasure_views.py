"""Erasing a leaver: choose, see what goes and what stays, confirm by typing the employee number."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from culture.access import clock
from culture.access.permissions import Permission, require, sees_everything
from culture.people import erasure, retention
from culture.people.models import Employee
from culture.people.retention_forms import ConfirmForm
from culture.people.rights_models import Erasure

PER_PAGE = 50
LATEST = 10


def whole_hr(request: HttpRequest) -> Employee:
    """Erasing and its periods concern everybody, so they need the right for the whole organisation."""
    if not isinstance(request.user, Employee) or not sees_everything(request.user, Permission.MANAGE_PEOPLE):
        raise PermissionDenied
    return request.user


@never_cache
@require_GET
@require(Permission.MANAGE_PEOPLE)
def leavers(request: HttpRequest) -> HttpResponse:
    """Who left and is not erased yet, longest gone first; and the latest erasures."""
    whole_hr(request)
    today = clock.today()
    search = request.GET.get("q", "").replace("\0", "").strip()[:100]
    people = Employee.objects.filter(left_on__lt=today, erasure__isnull=True)
    for word in search.split()[:6]:
        people = people.filter(
            Q(given_name__icontains=word) | Q(family_name__icontains=word) | Q(number__icontains=word)
        )
    found = people.select_related("unit", "planned_erasure").order_by("left_on", "pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    on_hold = set(retention.held().filter(employee__in=[p.pk for p in page]).values_list("employee_id", flat=True))
    days = retention.days_of(kind) if (kind := retention.find(retention.LEAVERS)) else 0
    rows = [
        {"person": p, "held": p.pk in on_hold, "day": retention.erasure_day(p, days, today)} for p in page.object_list
    ]
    context = {
        "page": page,
        "rows": rows,
        "search": search,
        "done": Erasure.objects.select_related("by")[:LATEST],
        "done_total": Erasure.objects.count(),
    }
    return render(request, "culture/people/erasure_leavers.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@require(Permission.MANAGE_PEOPLE)
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """What erasing this person would do; POST does it when the number was typed."""
    user = whole_hr(request)
    person = get_object_or_404(Employee.objects.select_related("unit"), pk=pk)
    refused = erasure.refusal(person, today=clock.today(), by=user)
    form = ConfirmForm(request.POST if request.method == "POST" else None, number=person.number)
    if request.method == "POST" and not refused and form.is_valid():
        try:
            erasure.erase(employee=person, by=user, today=clock.today())
        except ValidationError as error:
            refused = " ".join(error.messages)
        else:
            messages.success(request, _("Erased. Nothing here names this person any more; the counts are as before."))
            return redirect("people:leavers")
    context = {
        "person": person,
        "refused": refused,
        "form": form,
        "lines": [] if erasure.is_erased(person) else erasure.preview(person),
    }
    status = 200 if request.method == "GET" else 409 if refused else 422
    return render(request, "culture/people/erasure.html", context, status=status)
