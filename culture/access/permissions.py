"""The one table that says who may do what, and the three ways to ask it: ``can``, ``visible_units``, ``require``."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from culture.access.models import Grant, Role
from culture.people.models import Employee, Unit
from culture.people.units import descendants, units_led_by


class Permission(enum.StrEnum):
    MANAGE_PEOPLE = "manage_people"
    MANAGE_PROGRAMS = "manage_programs"
    MANAGE_SURVEYS = "manage_surveys"
    MANAGE_TRAINING = "manage_training"
    SEE_PARTICIPATION = "see_participation"
    SEE_RESULTS = "see_results"
    SEE_TEAM_TRAINING = "see_team_training"
    SEE_SCORECARD = "see_scorecard"
    SEE_AUDIT = "see_audit"
    GIVE_KUDOS = "give_kudos"
    DO_TRAINING = "do_training"


class Persona(enum.StrEnum):
    """Roles as the table knows them: two are granted, a manager follows from the tree, everybody is an employee."""

    HR_ADMIN = Role.HR_ADMIN.value
    EXECUTIVE = Role.EXECUTIVE.value
    MANAGER = "manager"
    EMPLOYEE = "employee"


P = Permission
TABLE: dict[Persona, frozenset[Permission]] = {
    Persona.HR_ADMIN: frozenset(
        {
            P.MANAGE_PEOPLE,
            P.MANAGE_PROGRAMS,
            P.MANAGE_SURVEYS,
            P.MANAGE_TRAINING,
            P.SEE_PARTICIPATION,
            P.SEE_RESULTS,
            P.SEE_TEAM_TRAINING,
            P.SEE_SCORECARD,
            P.SEE_AUDIT,
        }
    ),
    Persona.EXECUTIVE: frozenset({P.SEE_RESULTS, P.SEE_SCORECARD}),
    Persona.MANAGER: frozenset({P.SEE_RESULTS, P.SEE_TEAM_TRAINING}),
    Persona.EMPLOYEE: frozenset({P.GIVE_KUDOS, P.DO_TRAINING}),
}


class _Access:
    """What one user holds, read once per user object: the whole organisation, or a set of units."""

    def __init__(self, user: Employee) -> None:
        self.everywhere: set[Permission] = set(TABLE[Persona.EMPLOYEE])
        self.somewhere: dict[Permission, set[int]] = {}
        for grant in Grant.objects.filter(employee=user).only("role", "unit_id"):
            permissions = TABLE[Persona(grant.role)]
            if grant.unit_id is None:
                self.everywhere |= permissions
            else:
                self._add(permissions, descendants([grant.unit_id]))
        if led := units_led_by(user, timezone.localdate()):
            self._add(TABLE[Persona.MANAGER], led)

    def _add(self, permissions: frozenset[Permission], units: set[int]) -> None:
        for permission in permissions:
            self.somewhere.setdefault(permission, set()).update(units)


def _access(user: Employee) -> _Access:
    """Kept on the user object, which lives for one request; a new request reads again."""
    known: _Access | None = getattr(user, "_trivium_access", None)
    if known is None:
        known = _Access(user)
        user._trivium_access = known  # type: ignore[attr-defined]
    return known


def forget(user: Employee) -> None:
    """Drop what was read for ``user``, after a grant or the tree changed within one request."""
    user.__dict__.pop("_trivium_access", None)


def _may_enter(user: Employee | AnonymousUser) -> bool:
    """Active and not gone: who left loses every right the day after, whatever was granted."""
    if not isinstance(user, Employee) or not user.is_active:
        return False
    return user.left_on is None or user.left_on >= timezone.localdate()


def can(user: Employee | AnonymousUser, permission: Permission, unit: Unit | int | None = None) -> bool:
    """Whether ``user`` holds ``permission``: for ``unit`` when given, otherwise anywhere at all.

    Being a superuser opens Django's admin and nothing here: results stay with those the table names.
    """
    if not _may_enter(user):
        return False
    assert isinstance(user, Employee)
    access = _access(user)
    if permission in access.everywhere:
        return True
    units = access.somewhere.get(permission, set())
    if unit is None:
        return bool(units)
    return (unit if isinstance(unit, int) else unit.pk) in units


def sees_everything(user: Employee | AnonymousUser, permission: Permission) -> bool:
    """Whether ``user`` holds ``permission`` for the whole organisation."""
    return _may_enter(user) and permission in _access(user).everywhere  # type: ignore[arg-type]


def visible_units(user: Employee | AnonymousUser, permission: Permission) -> QuerySet[Unit]:
    """The units for which ``user`` holds ``permission``."""
    if sees_everything(user, permission):
        return Unit.objects.all()
    if not can(user, permission):
        return Unit.objects.none()
    assert isinstance(user, Employee)
    return Unit.objects.filter(pk__in=_access(user).somewhere.get(permission, set()))


View = Callable[..., HttpResponse]


def require(permission: Permission) -> Callable[[View], View]:
    """Refuse a function view (403) to anybody without ``permission``; names it as ``view.permission``."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not can(request.user, permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def api_permission(permission: Permission) -> type[BasePermission]:
    """A REST framework permission class for ``permission``."""

    class Holds(BasePermission):
        needed = permission

        def has_permission(self, request: Request, view: Any) -> bool:
            return can(request.user, permission)

    Holds.__name__ = f"Holds_{permission.name}"
    return Holds
