"""Employees: the list, a person's page, and what HR does to a person's dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from culture.access import clock, organisation, signin
from culture.access.grants import last_hr_admin
from culture.access.models import Grant
from culture.access.permissions import Permission, can, forget, require, sees_everything, visible_units
from culture.people import asof, employee_forms, employee_search, leaves, memberships
from culture.people.models import BEGINNING, Employee, Leave, Unit, UnitState
from culture.people.shown import Sight
from culture.people.unit_forms import UnitField, refuse
from culture.people.unit_views import actor, managed_units, words_of
from culture.people.units import descendants

P = Permission
PER_PAGE = 50
MOST_LISTED = 1000
MOST_REPORTS = 50
MOST_SUGGESTED = 12
NAME = ("number", "given_name", "family_name")
TOLD = (*NAME, "email", "kind", "hired_on", "left_on", "job_title", "site")
LATELY = dt.timedelta(days=90)
FILTERS: dict[str, Any] = {
    "joined": gettext_lazy("Joined lately"),
    "away": gettext_lazy("On leave"),
    "external": gettext_lazy("Externals"),
    "noemail": gettext_lazy("Without e-mail"),
    "left": gettext_lazy("Who left"),
}


def visible_employees(request: HttpRequest) -> QuerySet[Employee]:
    """Everybody for HR, the own branch for a manager, nobody for others."""
    return _employees_for(request, P.SEE_TEAM_TRAINING)


def managed_employees(request: HttpRequest) -> QuerySet[Employee]:
    """Those whose dates one may change."""
    return _employees_for(request, P.MANAGE_PEOPLE)


def _employees_for(request: HttpRequest, permission: Permission) -> QuerySet[Employee]:
    if sees_everything(request.user, permission):
        return Employee.objects.all()
    # Ids, not a subquery: the planner guesses much too few units behind one.
    return Employee.objects.filter(unit__in=list(visible_units(request.user, permission).values_list("pk", flat=True)))


@dataclass
class Chosen:
    """What the list is narrowed to."""

    search: str
    unit_text: str
    unit: Unit | None
    unit_problem: str
    only: str

    @property
    def any(self) -> bool:
        return bool(self.search or self.unit_text or self.only)


def _chosen(request: HttpRequest) -> Chosen:
    text, unit, problem = request.GET.get("unit", "").replace("\0", "").strip()[:1000], None, ""
    if text:
        field = UnitField(required=False)
        field.units = visible_units(request.user, P.SEE_TEAM_TRAINING)
        try:
            unit = field.clean(text)
        except ValidationError as error:
            problem = " ".join(error.messages)
    # The old address of the list with those who left was ?left=1.
    only = request.GET.get("only", "left" if request.GET.get("left") == "1" else "")
    return Chosen(words_of(request), text, unit, problem, only if only in FILTERS else "")


def _narrowed(people: Any, chosen: Chosen, today: dt.date, managed: bool) -> Any:
    if chosen.only == "left":
        people = people.filter(left_on__lt=today)
    else:
        people = people.filter(Q(left_on__isnull=True) | Q(left_on__gte=today))
    if chosen.only == "joined":
        people = people.filter(hired_on__gt=today - LATELY)
    elif chosen.only == "external":
        people = people.filter(kind=Employee.Kind.EXTERNAL)
    elif chosen.only == "noemail":
        people = people.filter(email__isnull=True)
    elif chosen.only == "away" and managed:
        people = people.on_leave(today)
    if chosen.unit is not None:
        people = people.filter(unit__in=descendants([chosen.unit.pk]))
    if chosen.unit_problem:
        people = people.none()
    return people


@require_GET
@require(P.SEE_TEAM_TRAINING)
def employees(request: HttpRequest) -> HttpResponse:
    """A list to search as one types, by name, number or address in any script, and to narrow."""
    today = clock.today()
    chosen, managed = _chosen(request), can(request.user, P.MANAGE_PEOPLE)
    people = _narrowed(visible_employees(request), chosen, today, managed)
    language = translation.get_language()
    found = employee_search.first(people, search=chosen.search, language=language, most=MOST_LISTED + 1)
    page: Any = Paginator(found[:MOST_LISTED], PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = _rows(page.object_list, language)
    ids = [person.pk for person in page.object_list]
    away = (
        set(Leave.objects.on(today).filter(employee__in=ids).values_list("employee", flat=True)) if managed else set()
    )
    context = {
        "page": page,
        "chosen": chosen,
        "filters": [(key, label) for key, label in FILTERS.items() if managed or key != "away"],
        "today": today,
        "away": away,
        "more": len(found) > MOST_LISTED,
        "most": MOST_LISTED,
        "managed": managed,
        "can_import": sees_everything(request.user, P.MANAGE_PEOPLE),
    }
    return render(request, "culture/people/employees.html", context)


def _rows(ids: list[int], language: str | None) -> list[Employee]:
    """What the list tells of each. By their ids: joined before they are cut, the planner may join everybody."""
    people = Employee.objects.filter(pk__in=ids).in_order(language).select_related("unit", "manager")
    return list(people.only(*TOLD, *(f"manager__{name}" for name in NAME), "unit__name"))


@require_GET
@require(P.SEE_TEAM_TRAINING)
def suggest_people(request: HttpRequest) -> JsonResponse:
    """“Name (number)” of those who fit what is typed, for the fields that ask for a person."""
    search, language = words_of(request), translation.get_language()
    people = visible_employees(request).here(clock.today())  # type: ignore[attr-defined]
    found = employee_search.first(people, search=search, language=language, most=MOST_SUGGESTED) if search else []
    return JsonResponse({"values": [f"{person.name} ({person.number})" for person in _rows(found, language)]})


@require_GET
@require(P.SEE_TEAM_TRAINING)
def employee(request: HttpRequest, pk: int) -> HttpResponse:
    """A person: who, where, since when, led by whom; for HR also leaves and roles, and what can be done."""
    person = get_object_or_404(visible_employees(request).select_related("unit", "manager"), pk=pk)
    today = clock.today()
    managed = _manages(request, person)
    chain = memberships.managers_of(person)
    managers = Employee.objects.in_bulk(chain)
    reports = Employee.objects.filter(manager=person).here(today).in_order(translation.get_language())
    allowed = set(visible_employees(request).filter(pk__in=chain).values_list("pk", flat=True))
    away = list(person.leaves.order_by("-since")) if managed else []
    sight = Sight(request.user, P.SEE_TEAM_TRAINING)
    ahead = person.memberships.filter(since__gt=today).select_related("unit").order_by("since").last()
    context = {
        "person": person,
        "managed": managed,
        "today": today,
        "where": asof.units_of(person, today),
        "chain": [{"person": managers[one], "link": one in allowed} for one in chain if one in managers],
        "reports": list(reports[: MOST_REPORTS + 1]),
        "most_reports": MOST_REPORTS,
        "history": history(person, sight),
        "leaves": away,
        "language": dict(settings.LANGUAGES).get(person.language, person.language),
        "on_leave": next((leave for leave in away if leave.covers(today)), None),
        "grants": [sight.cover(grant, "unit") for grant in Grant.objects.filter(employee=person)
                   .select_related("unit", "granted_by")] if managed else [],
        "everywhere": sees_everything(request.user, P.MANAGE_PEOPLE),
        "gone": person.left_on is not None and person.left_on < today,
        "actions": actions_for(person, today, away) if managed else [],
        "move_ahead": sight.cover(ahead, "unit") if ahead and (person.hired_on or today) <= today else None,
    }  # fmt: skip
    return render(request, "culture/people/employee.html", context)


def _manages(request: HttpRequest, person: Employee) -> bool:
    if person.unit_id is None:
        return sees_everything(request.user, P.MANAGE_PEOPLE)
    return can(request.user, P.MANAGE_PEOPLE, person.unit_id)


def history(person: Employee, sight: Sight) -> list[dict[str, Any]]:
    """Where the person was and who led, the newest first; units as called then, as far as ``sight`` reaches."""
    rows: list[dict[str, Any]] = []
    places = list(person.memberships.select_related("unit"))
    called: dict[int, list[UnitState]] = {}
    for state in UnitState.objects.filter(unit__in={place.unit_id for place in places}).order_by("since"):
        called.setdefault(state.unit_id, []).append(state)
    for place in places:
        then = next(
            (state.name for state in called.get(place.unit_id, []) if state.covers(place.since)), place.unit.name
        )
        told = sight.name(place.unit, then)
        unit = sight.cover(place, "unit").unit
        rows.append({"kind": "unit", "since": place.since, "until": place.until, "text": told, "unit": unit})
    for led in person.reportings.select_related("manager"):
        rows.append({"kind": "manager", "since": led.since, "until": led.until, "text": led.manager.name})
    for row in rows:
        if row["since"] == BEGINNING:
            row["since"] = None
    return sorted(rows, key=lambda row: (row["since"] or BEGINNING, row["kind"] == "unit"), reverse=True)


# -- what HR does ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Action:
    """A form of the person's page and the service behind it."""

    form: type[employee_forms.PeopleForm]
    icon: str
    done: Any
    do: Callable[..., Any]
    start: Callable[[Employee, dt.date], dict[str, Any]]


def _back(person: Employee, *, back_on: dt.date, by: Employee) -> None:
    today = clock.today()
    leave = person.leaves.from_day(today).order_by("since").first() or person.leaves.order_by("since").last()
    if leave is None:
        raise ValidationError(_("No leave of %(name)s is recorded.") % {"name": person.name})
    leaves.finish(leave, back_on=back_on, by=by)


def _correct(person: Employee, *, by: Employee, **said: Any) -> None:
    """Whoever sets an address can have a new password sent there: that of somebody with a role is set by HR of all."""
    role = person.is_staff or person.is_superuser or Grant.objects.filter(employee=person).exists()
    if role and not sees_everything(by, P.MANAGE_PEOPLE) and (said["email"] or None) != person.email:
        text = _("%(name)s holds a role. Only an HR admin of the whole organisation changes this address.")
        raise ValidationError({"email": text % {"name": person.name}})
    memberships.correct(person, by=by, **said)


def _details(person: Employee, today: dt.date) -> dict[str, Any]:
    return {name: getattr(person, name) for name in (*memberships.PLAIN_FIELDS, "hired_on")}


def _leaving(person: Employee, **said: Any) -> None:
    if last_hr_admin(person):
        text = _("%(name)s is the only HR admin of the whole organisation. Give somebody else that role first.")
        raise ValidationError({"last_day": text % {"name": person.name}})
    memberships.record_leaving(person, **said)


f = employee_forms
ACTIONS: dict[str, Action] = {
    "move": Action(f.MoveForm, "arrow-right-left", gettext_lazy("The move is recorded."), memberships.move,
                   lambda person, today: {"on": today}),
    "manager": Action(f.ManagerForm, "user-cog", gettext_lazy("The manager is changed."), memberships.change_manager,
                      lambda person, today: {"on": today, "to": person.manager}),
    "leave": Action(f.LeaveForm, "plane", gettext_lazy("The leave is recorded."), leaves.start,
                    lambda person, today: {"since": today}),
    "return": Action(f.ReturnForm, "undo-2", gettext_lazy("The return is recorded."), _back,
                     lambda person, today: {"back_on": today}),
    "correct": Action(f.DetailsForm, "pencil", gettext_lazy("The data is corrected."), _correct, _details),
    "leaving": Action(f.LeavingForm, "log-out", gettext_lazy("The leaving is recorded."), _leaving,
                      lambda person, today: {"last_day": person.left_on or today}),
    "rehire": Action(f.RehireForm, "log-in", gettext_lazy("Welcome back: the return is recorded."), memberships.rehire,
                     lambda person, today: {"on": today, "unit": person.unit, "manager": person.manager}),
}  # fmt: skip


def actions_for(person: Employee, today: dt.date, away: list[Leave]) -> list[dict[str, Any]]:
    """What can be done to the person as things stand."""
    gone = person.left_on is not None and person.left_on < today
    open_leave = any(leave.until is None or leave.until >= today for leave in away)
    names = ["rehire", "correct"] if gone else ["move", "manager", "leave", "return", "correct", "leaving"]
    if not gone and not open_leave:
        names.remove("return")
    if not gone and person.left_on is not None:
        names.append("rehire")
    return [{"name": name, "label": ACTIONS[name].form.title, "icon": ACTIONS[name].icon} for name in names]


@require_http_methods(["GET", "POST"])
@require(P.MANAGE_PEOPLE)
def employee_action(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """One form about one person: move, manager, leave, return, correct, leaving, rehire."""
    if action not in ACTIONS:
        raise Http404
    person = get_object_or_404(managed_employees(request).select_related("unit", "manager"), pk=pk)
    what = ACTIONS[action]
    start = what.start(person, clock.today())
    form = what.form(request.POST or None, initial=start, units=managed_units(request), people=_known(request))
    context = {"form": form, "person": person, "zones": employee_forms.zones() if action == "correct" else []}
    if request.method == "POST" and form.is_valid():
        try:
            what.do(person, by=actor(request), **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            forget(actor(request))
            messages.success(request, what.done)
            return _to_person(request, person)
    status = 422 if request.method == "POST" else 200
    return render(request, "culture/people/employee_action.html", context, status=status)


def _known(request: HttpRequest) -> QuerySet[Employee]:
    """Who may be named as somebody's manager: whoever one manages, and who leads one of those already.

    Not everybody one sees: to lead somebody opens one's own unit to a manager, and HR of a unit gives nothing beyond
    that unit, least of all to himself.
    """
    managed = managed_employees(request)
    if sees_everything(request.user, P.MANAGE_PEOPLE):
        return managed
    leading = Employee.objects.here(clock.today()).filter(unit__in=managed_units(request), manager__isnull=False)
    return Employee.objects.filter(Q(pk__in=managed.values("pk")) | Q(pk__in=leading.values("manager")))


def _to_person(request: HttpRequest, person: Employee) -> HttpResponse:
    """The person's page, or the list when the person moved out of what one sees."""
    still = visible_employees(request).filter(pk=person.pk).exists()
    return redirect("people:employee", pk=person.pk) if still else redirect("people:employees")


@require_http_methods(["GET", "POST"])
@require(P.MANAGE_PEOPLE)
def employee_new(request: HttpRequest) -> HttpResponse:
    """Add a person by hand."""
    here = organisation.current()
    start: dict[str, Any] = {"hired_on": clock.today(), "language": here.language, "time_zone": here.time_zone}
    if (unit := request.GET.get("unit", "")).isdecimal() and len(unit) < 12:
        start["unit"] = managed_units(request).filter(pk=int(unit), until__isnull=True).first()
    people = _known(request)
    form = employee_forms.JoinForm(request.POST or None, initial=start, units=managed_units(request), people=people)
    if request.method == "POST" and form.is_valid():
        try:
            person = memberships.join(by=actor(request), **form.cleaned_data)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, _("%(name)s is added.") % {"name": person.name})
            return redirect("people:employee", pk=person.pk)
    context = {"form": form, "person": None, "zones": employee_forms.zones()}
    status = 422 if request.method == "POST" else 200
    return render(request, "culture/people/employee_action.html", context, status=status)


@require_POST
@require(P.MANAGE_PEOPLE)
def employee_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Help with signing in: a one-time link for who has no e-mail, an end of the lock, new second factors."""
    person = get_object_or_404(managed_employees(request), pk=pk)
    what = request.POST.get("do", "")
    try:
        if what == "link":
            address = signin.one_time_link(person, by=actor(request))
            return render(request, "culture/people/employee_link.html", {"person": person, "address": address})
        if what == "unlock":
            signin.unlock(person, by=actor(request))
            messages.success(request, _("%(name)s can try to sign in again.") % {"name": person.name})
        elif what == "factor" and sees_everything(request.user, P.MANAGE_PEOPLE):
            signin.reset_second_factor(person, by=actor(request))
            messages.success(request, _("%(name)s sets up a second factor anew.") % {"name": person.name})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("people:employee", pk=pk)


@require_POST
@require(P.MANAGE_PEOPLE)
def cancel_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a move that is still to come."""
    person = get_object_or_404(managed_employees(request), pk=pk)
    try:
        memberships.cancel_move(person, by=actor(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The planned move is cancelled."))
    return redirect("people:employee", pk=pk)
