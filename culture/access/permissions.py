"""Who may do what, asked in three ways: ``can``, ``visible_units``, ``require``. The table itself is table.py."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from culture.access import clock, reach
from culture.access.models import Grant
from culture.access.table import TABLE, Permission, Persona, carried, persona_of
from culture.people.models import Employee, Unit

__all__ = [
    "TABLE",
    "Permission",
    "Persona",
    "Source",
    "api_permission",
    "can",
    "forget",
    "held",
    "personas",
    "require",
    "sees_everything",
    "sources",
    "visible_units",
]


CLIMBS = 3


@dataclass(frozen=True)
class Source:
    """Why somebody holds a column of the table: everybody does, the tree says so, or a grant (``grant``).

    ``unit_id`` NULL: for the whole organisation.
    """

    persona: Persona
    unit_id: int | None = None
    grant: Grant | None = None


def sources(user: Employee) -> list[Source]:
    """Everything ``user``'s rights come from today; nothing for who is not (or no longer) here."""
    if not _may_enter(user):
        return []
    today = clock.today()
    grants = Grant.objects.filter(employee=user).in_force(today).order_by("pk")
    found = [Source(persona_of(grant.role, grant.unit_id), grant.unit_id, grant) for grant in grants]
    if user.unit_id is not None and Employee.objects.here(today).filter(manager=user).exists():
        found.append(Source(Persona.MANAGER, user.unit_id))
    return [*found, Source(Persona.EMPLOYEE)]


class _Access:
    """What one user holds, read once per user object: the whole organisation, or below some units."""

    def __init__(self, user: Employee) -> None:
        self.everywhere: set[Permission] = set()
        self.roots: dict[Permission, set[int]] = {}
        self._below: dict[frozenset[int], set[int]] = {}
        self._above: dict[int, set[int]] = {}
        self.held = held = sources(user)
        self.personas = [persona for persona in Persona if any(source.persona == persona for source in held)]
        for source in held:
            permissions = carried(source.persona, whole=source.unit_id is None)
            if source.unit_id is None:
                self.everywhere |= permissions
                continue
            for permission in permissions:
                self.roots.setdefault(permission, set()).add(source.unit_id)

    def holds(self, permission: Permission) -> bool:
        return permission in self.everywhere or permission in self.roots

    def reaches(self, permission: Permission, unit_id: int) -> bool:
        """Whether ``unit_id`` lies below one of the units.

        The first few units asked for are climbed up from, which is cheap in any tree; who asks for more gets the
        whole set read once.
        """
        roots = frozenset(self.roots.get(permission, ()))
        if unit_id not in self._above and len(self._above) < CLIMBS:
            self._above[unit_id] = set(reach.above(unit_id).order_by().values_list("pk", flat=True))
        if unit_id in self._above:
            return not roots.isdisjoint(self._above[unit_id])
        if roots not in self._below:
            self._below[roots] = set(reach.below(roots).order_by().values_list("pk", flat=True)) if roots else set()
        return unit_id in self._below[roots]


def _access(user: Employee) -> _Access:
    """Kept on the user object, which lives for one request; a new request reads again."""
    known: _Access | None = getattr(user, "_trivium_access", None)
    if known is None:
        known = _Access(user)
        user._trivium_access = known  # type: ignore[attr-defined]
    return known


def personas(user: Employee | AnonymousUser) -> list[Persona]:
    """The columns of the table ``user`` holds today, the widest first."""
    return list(_access(user).personas) if isinstance(user, Employee) else []


def held(user: Employee | AnonymousUser) -> list[Source]:
    """As :func:`sources`, read once per user object."""
    return list(_access(user).held) if isinstance(user, Employee) else []


def forget(user: Employee) -> None:
    """Drop what was read for ``user``, after a grant or the tree changed within one request."""
    user.__dict__.pop("_trivium_access", None)


def _may_enter(user: Employee | AnonymousUser) -> bool:
    """Active and here today: who left loses every right the day after, whatever was granted."""
    if not isinstance(user, Employee) or not user.is_active:
        return False
    today = clock.today()
    return (user.left_on is None or user.left_on >= today) and (user.hired_on is None or user.hired_on <= today)


def can(user: Employee | AnonymousUser, permission: Permission, unit: Unit | int | None = None) -> bool:
    """Whether ``user`` holds ``permission``: for ``unit`` when given, otherwise anywhere at all.

    Being a superuser opens Django's admin and nothing here: results stay with those the table names.
    """
    if not _may_enter(user):
        return False
    assert isinstance(user, Employee)
    # What everybody holds needs no look at grants and reports: most requests are an employee's own.
    if permission in carried(Persona.EMPLOYEE, whole=True):
        return True
    access = _access(user)
    if permission in access.everywhere:
        return True
    if unit is None or not access.holds(permission):
        return access.holds(permission)
    return access.reaches(permission, unit if isinstance(unit, int) else unit.pk)


def sees_everything(user: Employee | AnonymousUser, permission: Permission) -> bool:
    """Whether ``user`` holds ``permission`` for the whole organisation."""
    return _may_enter(user) and permission in _access(user).everywhere  # type: ignore[arg-type]


def visible_units(user: Employee | AnonymousUser, permission: Permission) -> QuerySet[Unit]:
    """The units for which ``user`` holds ``permission``, as one query that may be composed further."""
    if sees_everything(user, permission):
        return Unit.objects.all()
    if not can(user, permission):
        return Unit.objects.none()
    assert isinstance(user, Employee)
    return reach.below(_access(user).roots[permission])


# Any: a view may stream, too.
View = Callable[..., Any]


def require(permission: Permission) -> Callable[[View], View]:
    """Refuse a function view (403) to anybody without ``permission``; names it as ``view.permission``."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
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
