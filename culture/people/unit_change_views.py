"""Every change of the tree as a page: first what it would do, then doing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from culture.access import clock
from culture.access.models import Grant
from culture.access.permissions import Permission, can, forget, require, sees_everything
from culture.people import structure
from culture.people.models import Employee, PlannedChange, Unit
from culture.people.unit_forms import FORMS, ChangeForm, CreateForm, SplitForm, refuse
from culture.people.unit_views import PLACES, actor, could_plan, managed_units

P = Permission
MOST_TO_SPLIT = 500


@require_http_methods(["GET", "POST"])
@require(P.MANAGE_PEOPLE)
def unit_new(request: HttpRequest) -> HttpResponse:
    """A new unit; at the top only for who manages the whole organisation."""
    start: dict[str, Any] = {"on": clock.today()}
    if (parent := request.GET.get("in", "")).isdecimal() and len(parent) < 12:
        start["target"] = managed_units(request).filter(pk=int(parent), until__isnull=True).first()
    form = CreateForm(request.POST or None, initial=start, units=managed_units(request))
    return _change(request, form, None)


@require_http_methods(["GET", "POST"])
@require(P.MANAGE_PEOPLE)
def unit_change(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Rename, move, merge, split or close a unit: first what it would do, then doing it."""
    if kind not in FORMS:
        raise Http404
    shown = get_object_or_404(managed_units(request), pk=pk, until__isnull=True)
    more: dict[str, Any] = {}
    if issubclass(FORMS[kind], SplitForm):
        people = Employee.objects.filter(unit=shown).here(clock.today()).in_order(translation.get_language())
        more["members"] = [(one.pk, f"{one.name} ({one.number})") for one in people[:MOST_TO_SPLIT]]
    start = {"on": clock.today(), "name": shown.name if kind == "rename" else ""}
    form = FORMS[kind](request.POST or None, initial=start, units=managed_units(request), unit=shown, **more)
    return _change(request, form, shown)


def _change(request: HttpRequest, form: ChangeForm, shown: Unit | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "unit": shown, "wide": isinstance(form, SplitForm)}
    if request.method != "POST":
        return render(request, "culture/people/unit_change.html", context)
    if not form.is_valid():
        return render(request, "culture/people/unit_change.html", context, status=422)
    change = form.change()
    _within_reach(request, change)
    seen = _fingerprint(change)
    try:
        if request.POST.get("seen") == seen:
            done = structure.carry_out(change, by=actor(request), today=clock.today())
            forget(actor(request))
            return _done(request, change, done)
        preview = structure.check(change, today=clock.today())
    except ValidationError as error:
        refuse(form, error)
        return render(request, "culture/people/unit_change.html", context, status=422)
    if shown is not None and change.kind in {structure.Kind.MERGE, structure.Kind.CLOSE}:
        context["grants"] = Grant.objects.filter(unit=shown).count()
    return render(
        request, "culture/people/unit_change.html", {**context, "preview": preview, "seen": seen, "change": change}
    )


def _within_reach(request: HttpRequest, change: structure.Change) -> None:
    """Only who manages the whole organisation puts something at its top."""
    to_top = change.kind in {structure.Kind.CREATE, structure.Kind.MOVE} and change.target is None
    if to_top and not sees_everything(request.user, P.MANAGE_PEOPLE):
        raise PermissionDenied


def _fingerprint(change: structure.Change) -> str:
    """What was previewed: only that is carried out, however old the page or changed the fields."""
    units = (change.unit, change.target, change.people_to, change.units_to)
    said = [change.kind, change.on, change.name, change.people, *(one.pk if one else None for one in units)]
    return Signer(salt="unit-change").signature(repr([str(part) for part in said]))


def _done(request: HttpRequest, change: structure.Change, done: Unit | PlannedChange) -> HttpResponse:
    if isinstance(done, PlannedChange):
        messages.success(request, _("It is planned and will happen on that day. Until then you can cancel it."))
        stays = change.unit or change.target
        return redirect("people:unit", pk=stays.pk) if stays else redirect("people:units")
    messages.success(request, _("Done. The tree and its history are up to date."))
    after = change.target if change.kind == structure.Kind.MERGE and change.target else done
    return redirect("people:unit", pk=after.pk)


@require_POST
@require(P.MANAGE_PEOPLE)
def unit_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit closed by mistake goes on."""
    shown = get_object_or_404(managed_units(request), pk=pk)
    try:
        structure.reopen(shown, by=actor(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The unit is open again. Who was sent elsewhere stayed there."))
    return redirect("people:unit", pk=pk)


@require_POST
@require(P.MANAGE_PEOPLE)
def unit_sort(request: HttpRequest, pk: int) -> HttpResponse:
    """Move one subunit a place up or down."""
    shown = get_object_or_404(managed_units(request), pk=pk)
    order = list(Unit.objects.open().filter(parent=shown).values_list("pk", flat=True))
    child, step = request.POST.get("child", ""), -1 if request.POST.get("to") == "up" else 1
    if child.isdecimal() and int(child) in order:
        at = order.index(int(child))
        to = max(0, min(len(order) - 1, at + step))
        order.insert(to, order.pop(at))
        structure.sort(parent=shown, order=order, by=actor(request))
    return redirect(reverse("people:unit", args=[pk]) + "#subunits")


@require_POST
@require(P.MANAGE_PEOPLE)
def plan_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a planned change of units one manages."""
    planned = get_object_or_404(PlannedChange.objects.select_related(*PLACES), pk=pk)
    about = planned.unit or planned.target
    allowed = can(request.user, P.MANAGE_PEOPLE, about) if about else sees_everything(request.user, P.MANAGE_PEOPLE)
    if not allowed:
        raise Http404
    try:
        if not could_plan(request, planned):
            raise ValidationError(
                _("This change reaches beyond your units: only HR of the whole organisation can cancel it.")
            )
        structure.cancel(planned, by=actor(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The planned change is cancelled."))
    return redirect("people:unit", pk=planned.unit_id) if planned.unit_id else redirect("people:units")
