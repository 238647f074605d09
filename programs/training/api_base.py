"""What the room's endpoints share: who calls, whose people he sees, and who may write."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework import viewsets
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from culture.access.permissions import Permission, api_permission, sees_everything, visible_units
from culture.people.models import Employee, Unit


def me(request: Request) -> Employee:
    return cast(Employee, request.user)


def units(request: Request, permission: Permission = Permission.MANAGE_TRAINING) -> QuerySet[Unit] | None:
    """The units whose people the caller sees; None: all."""
    if sees_everything(request.user, permission):
        return None
    return visible_units(request.user, permission)


class ByAction(viewsets.GenericViewSet[Any]):
    """Reading needs ``MANAGE_TRAINING``; the actions in ``writing`` need ``WRITE_COURSES``."""

    writing: frozenset[str] = frozenset()
    permission_classes = [api_permission(Permission.MANAGE_TRAINING)]

    def get_permissions(self) -> list[BasePermission]:
        # Without an action (a method the address does not take) what the address is for decides.
        asked = {self.action} if self.action else set((self.action_map or {}).values())
        if asked and asked <= self.writing:
            return [api_permission(Permission.WRITE_COURSES)()]
        return super().get_permissions()  # type: ignore[return-value]
