"""Who holds which role: the list, giving and ending, the table, one person's rights, one's own page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from culture.access import addresses, clock, explain, grants
from culture.access.days import date_text
from culture.access.forms import EndForm, GiveForm, GrantFilter, words
from culture.access.models import Grant, Role
from culture.access.permissions import Permission, can, require, sees_everything, visible_units
from culture.access.table import TITLES, Persona
from culture.people.models import Employee
from culture.people.shown import Sight

PER_PAGE = 50
FOUND = 20


def _me(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    return request.user


def visible_grants(user: Employee) -> QuerySet[Grant]:
    """Every grant, or for HR of a unit those for units of his."""
    every = Grant.objects.select_related("employee__unit", "unit", "granted_by", "ended_by")
    if sees_everything(user, Permission.SEE_ACCESS):
        return every
    return every.filter(unit__in=visible_units(user, Permission.SEE_ACCESS))


def visible_people(user: Employee, permission: Permission) -> QuerySet[Employee]:
    people = Employee.objects.select_related("unit")
    if sees_everything(user, permission):
        return people
    return people.filter(unit__in=visible_units(user, permission))


@require_safe
@require(Permission.SEE_ACCESS)
def grant_list(request: HttpRequest) -> HttpResponse:
    """Who holds which role where, from when to when, given by whom."""
    user, today = _me(request), clock.today()
    form = GrantFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {"q": "", "role": "", "state": ""}
    found = visible_grants(user)
    state = wanted["state"] or "now"
    if state == "now":
        found = found.in_force(today)  # type: ignore[attr-defined]
    elif state == "planned":
        found = found.planned(today)  # type: ignore[attr-defined]
    elif state == "over":
        found = found.over(today)  # type: ignore[attr-defined]
    if wanted["role"]:
        found = found.filter(role=wanted["role"])
    for word in wanted["q"].split()[:6]:
        found = found.filter(
            Q(employee__given_name__icontains=word)
            | Q(employee__family_name__icontains=word)
            | Q(employee__number__iexact=word)
            | Q(unit__path__icontains=word)
        )
    by_role = Case(*(When(role=role, then=Value(place)) for place, role in enumerate(Role.values)))
    ordered = found.order_by(by_role, "unit__path", "employee__family_name", "employee__given_name", "-since", "pk")
    page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    giver = can(user, Permission.MANAGE_ACCESS)
    rows = [
        {
            "grant": grant,
            "may_end": giver and _lasts(grant, today) and grants.may_touch(user, grant),
            "state": "now" if grant.holds_on(today) else "planned" if _lasts(grant, today) else "over",
        }
        for grant in page
    ]
    context = {"form": form, "page": page, "rows": rows, "state": state, "giver": giver}
    context["whole"] = sees_everything(user, Permission.SEE_ACCESS)
    context["to_confirm"] = addresses.waiting().count() if sees_everything(user, Permission.MANAGE_PEOPLE) else 0
    context["filtered"] = bool(wanted["q"] or wanted["role"] or state != "now")
    return render(request, "culture/access/list.html", context, status=200 if form.is_valid() else 422)


def _lasts(grant: Grant, today: Any) -> bool:
    return grant.ended_at is None and (grant.until is None or grant.until >= today)


@require_safe
@require(Permission.DO_TRAINING)
def roles(request: HttpRequest) -> HttpResponse:
    """The table of roles, in words and as a table. Everybody may know it."""
    context = {
        "roles": explain.table(),
        "matrix": explain.matrix(),
        "titles": [TITLES[persona] for persona in Persona],
        "sees_list": can(_me(request), Permission.SEE_ACCESS),
    }
    return render(request, "culture/access/roles.html", context)


@require_safe
@require(Permission.SEE_ACCESS)
def people(request: HttpRequest) -> HttpResponse:
    """Find the person whose rights are asked for, or who gets a role (``?for=give``)."""
    user = _me(request)
    giving = request.GET.get("for") == "give"
    needed = Permission.MANAGE_ACCESS if giving else Permission.SEE_ACCESS
    if not can(user, needed):
        raise PermissionDenied
    text = words(request.GET.get("q", ""))[:100]
    found = visible_people(user, needed)
    for word in text.split()[:6]:
        found = found.filter(
            Q(given_name__icontains=word)
            | Q(family_name__icontains=word)
            | Q(number__iexact=word)
            | Q(email__iexact=word)
            | Q(unit__name__icontains=word)
        )
    if giving:
        today = clock.today()
        found = found.filter(Q(left_on=None) | Q(left_on__gte=today), is_active=True)
    some = list(found.order_by("family_name", "given_name", "number")[: FOUND + 1]) if text else []
    context = {"text": text, "people": some[:FOUND], "more": len(some) > FOUND, "giving": giving}
    return render(request, "culture/access/people.html", context)


@require_safe
@require(Permission.SEE_ACCESS)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """What can this person see? Each permission with its reason, the units it reaches, the pages he finds."""
    user, today = _me(request), clock.today()
    somebody = get_object_or_404(visible_people(user, Permission.SEE_ACCESS), pk=pk)
    lines = explain.lines(somebody)
    sight = Sight(user, Permission.SEE_ACCESS)
    history = Grant.objects.filter(employee=somebody).select_related("unit", "granted_by", "ended_by")
    context = {
        "person": somebody,
        "gone": somebody.left_on is not None and somebody.left_on < today,
        "coming": somebody.hired_on is not None and somebody.hired_on > today,
        "held": explain.held(somebody, sight),
        "areas": explain.areas(lines, sight),
        "pages": explain.pages(somebody) if lines else [],
        "history": [sight.cover(grant, "unit") for grant in history.order_by("-since", "-pk")],
        "today": today,
        "may_give": can(user, Permission.MANAGE_ACCESS) and not (somebody.left_on and somebody.left_on < today),
    }
    return render(request, "culture/access/person.html", context)


@require_safe
@require(Permission.DO_TRAINING)
def mine(request: HttpRequest) -> HttpResponse:
    """Who can see what of the reader, and that nobody sees an answer."""
    user = _me(request)
    return render(
        request,
        "culture/access/mine.html",
        {"watchers": explain.who_sees(user), "held": explain.held(user)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_ACCESS)
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """A role for one person, from a day on, for a reason."""
    user, today = _me(request), clock.today()
    somebody = get_object_or_404(visible_people(user, Permission.MANAGE_ACCESS), pk=pk)
    form = GiveForm(request.POST if request.method == "POST" else None, by=user, today=today)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            grant = grants.give(
                employee=somebody,
                role=data["role"],
                unit=data["place"],
                since=data["since"],
                until=data["until"],
                reason=data["reason"],
                by=user,
                today=today,
            )
        except ValidationError as refused:
            _show(form, refused)
        else:
            told = _("%(name)s is %(role)s from %(day)s on.") if grant.since > today else _("%(name)s is now %(role)s.")
            role = grant.get_role_display()
            messages.success(
                request, told % {"name": somebody.name, "role": role, "day": date_text(grant.since, "DATE_FORMAT")}
            )
            return redirect("access:person", somebody.pk)
    context = {"form": form, "person": somebody}
    return render(request, "culture/access/give.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_ACCESS)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one role, at once or with a day."""
    user, today = _me(request), clock.today()
    grant = get_object_or_404(visible_grants(user), pk=pk)
    if not grants.may_touch(user, grant):
        raise PermissionDenied
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            grants.end(grant, by=user, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"], today=today)
        except ValidationError as refused:
            _show(form, refused)
        else:
            messages.success(request, _("The role is ended.") if not form.cleaned_data["on"] else _("The end is set."))
            if can(user, Permission.SEE_ACCESS):
                return redirect("access:list")
            return redirect("home")
    lasts = _lasts(grant, today)
    context = {"form": form, "grant": grant, "lasts": lasts}
    return render(request, "culture/access/end.html", context, status=422 if form.errors else 200)


def _show(form: Any, refused: ValidationError) -> None:
    """Each message where the person is looking; what has no field of its own goes on top."""
    if not hasattr(refused, "error_dict"):
        form.add_error(None, refused)
        return
    for name, texts in refused.message_dict.items():
        form.add_error(name if name in form.fields else None, texts)
