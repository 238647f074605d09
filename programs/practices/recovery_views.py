"""Complaints one makes good: the own list, a new one, one of them with everything that can be done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.practices import approving, figures, limits, recoveries, switching
from programs.practices.forms import CloseForm, DecideRecoveryForm, OfferForm, RecoveryForm
from programs.practices.models import Limit, Recovery
from programs.practices.recoveries import Case, Offer
from programs.practices.views import HERE, me, show

PAGE = 20
State = Recovery.State


def own_limits(person: Employee) -> list[tuple[str, str]]:
    """(what he may give alone, up to where his manager decides), in words, one for each currency."""
    rules = limits.of(person, Limit.Kind.RECOVERY)
    return [
        (limits.money(rule.own, code), limits.money(rule.manager, code) if rule.manager is not None else "")
        for code, rule in rules.items()
    ]


@require_safe
@require(Permission.DO_TRAINING)
def mine(request: HttpRequest) -> HttpResponse:
    """The reader's own: what is open first, by its time."""
    person, now = me(request), timezone.now()
    rows = Recovery.objects.filter(employee=person)
    context = {
        "open": list(rows.running()),
        "page": Paginator(rows.filter(state=State.CLOSED).order_by("-closed_at", "-pk"), PAGE).get_page(
            request.GET.get("page")
        ),
        "now": now,
        "on": switching.keeps(person, figures.today_of(now)),
        "limits": own_limits(person),
        "hours": limits.hours(),
    }
    return render(request, f"{HERE}/recoveries.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.DO_TRAINING)
def new(request: HttpRequest) -> HttpResponse:
    person, now = me(request), timezone.now()
    day = figures.today_of(now)
    currency = next(iter(limits.of(person, Limit.Kind.RECOVERY)), "")
    form = RecoveryForm(request.POST or None, initial={"happened_on": day, "currency": currency})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        case = Case(data["what"], data["happened_on"], data["customer"], data["apologised"], _offer(data))
        try:
            made = recoveries.open(by=person, case=case, key=data["key"], now=now, today=day)
        except ValidationError as refused:
            show(form, refused)
        else:
            messages.success(request, _told(made))
            return redirect("practices:recovery", made.pk)
    context = {
        "form": form,
        "on": switching.keeps(person, day),
        "limits": own_limits(person),
        "hours": limits.hours(),
    }
    return render(request, f"{HERE}/recovery_new.html", context, status=400 if form.errors else 200)


def _offer(data: dict[str, Any]) -> Offer:
    return Offer(data["amends"], data["value"], data["currency"])


def _told(row: Recovery) -> str:
    if row.state == State.WAITING:
        whom = _("HR") if row.level == "hr" else _("your manager")
        return _("It is above your limit: %(whom)s is asked. Tell the customer when he will hear.") % {"whom": whom}
    return _("Within your limit: go ahead and make it good.")


def _seen(request: HttpRequest, pk: int) -> Recovery:
    """One's own; what waits for one's permission; what is past due in one's team."""
    person = me(request)
    mine_ = Recovery.objects.filter(employee=person, pk=pk)
    late, waiting = approving.late(person, timezone.now()), approving.recoveries(person)
    seen = Q(employee=person) | Q(pk__in=late.values("pk")) | Q(pk__in=waiting.values("pk"))
    if approving.is_hr(person):
        seen |= Q(state=State.WAITING)
    rows = Recovery.objects.filter(seen).select_related("employee__manager", "decided_by", "unit")
    return mine_.select_related("decided_by", "unit", "employee").first() or get_object_or_404(rows, pk=pk)


@require_safe
@require(Permission.DO_TRAINING)
def recovery(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _seen(request, pk))


def _page(request: HttpRequest, found: Recovery, **forms: Any) -> HttpResponse:
    person = me(request)
    own, running = found.employee == person, found.state != State.CLOSED
    currency = next(iter(limits.of(found.employee, Limit.Kind.RECOVERY)), "") if own and running else ""
    context = {
        "recovery": found,
        "own": own,
        "running": running,
        "late": running and found.due_at < timezone.now(),
        "worth": limits.money(found.value, found.currency) if found.value else "",
        "asked": limits.money(found.asked, found.currency) if found.asked is not None else "",
        "limits": own_limits(person) if own and running else [],
        "may_decide": found.state == State.WAITING
        and approving.may_decide(person, level=found.level, person=found.employee),
        "may_close": running and recoveries.may_close(found, person),
        "closing": forms.get("closing") or CloseForm(),
        "offering": forms.get("offering")
        or OfferForm(
            initial={"amends": found.amends, "value": found.value or None, "currency": found.currency or currency}
        ),
        "offer_open": "offering" in forms,
    }
    return render(request, f"{HERE}/recovery.html", context, status=400 if forms else 200)


@require_POST
@require(Permission.DO_TRAINING)
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """``apologise``, ``offer`` something else, ``close``."""
    found, person, now = _seen(request, pk), me(request), timezone.now()
    closing = CloseForm(request.POST) if what == "close" else None
    offering = OfferForm(request.POST) if what == "offer" else None
    form = closing or offering
    if form is not None and not form.is_valid():
        return _page(request, found, **({"closing": closing} if closing else {"offering": offering}))
    try:
        if what == "apologise":
            recoveries.apologise(recovery=found, by=person, now=now)
            told = _("Noted. An apology at once is half of it.")
        elif offering is not None:
            told = _told(recoveries.offer(recovery=found, by=person, offer=_offer(offering.cleaned_data)))
        elif closing is not None:
            recoveries.close(recovery=found, by=person, now=now, **closing.cleaned_data)
            told = _("Closed.")
        else:
            raise Http404
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, told)
    return redirect("practices:recovery", pk) if found.employee == person else redirect("practices:team")


@require_POST
@require(Permission.DO_TRAINING)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Allow, allow less, or refuse: by the manager or HR; who may not decide on it does not find it."""
    found, person = _seen(request, pk), me(request)
    if not approving.may_decide(person, level=found.level, person=found.employee):
        raise Http404
    form = DecideRecoveryForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write an amount such as 20.00, and at most 500 characters of reason."))
        return redirect("practices:team")
    data, now = form.cleaned_data, timezone.now()
    try:
        if data["act"] == "allow":
            recoveries.allow(recovery=found, by=person, now=now, value=data["value"], reason=data["reason"])
            told = _("Allowed. %(name)s sees it at once.")
        else:
            recoveries.refuse(recovery=found, by=person, now=now, reason=data["reason"])
            told = _("Not allowed. %(name)s can offer something else.")
    except ValidationError as refused:
        messages.error(request, f"{found.employee.name}: {' '.join(refused.messages)}")
    else:
        messages.success(request, told % {"name": found.employee.name})
    return redirect("practices:team")
