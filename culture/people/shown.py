"""Names of units for a reader who does not see all of them: what lies beyond is “another unit”.

His own units carry the names above them in their path, as imports and exports need; everything else that is told about
the past, about plans and about somebody's roles asks here.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from culture.access.permissions import Permission, can, sees_everything, visible_units
from culture.people.models import Employee, Unit


class Sight:
    """What ``user`` sees of the tree by any of ``permissions``; read once, when first asked for."""

    def __init__(self, user: Employee | AnonymousUser, *permissions: Permission) -> None:
        self.user, self.permissions = user, permissions

    @cached_property
    def everything(self) -> bool:
        return any(sees_everything(self.user, permission) for permission in self.permissions)

    @cached_property
    def ids(self) -> frozenset[int]:
        """The visible units' ids; of no use while ``everything``."""
        found: set[int] = set()
        for permission in self.permissions:
            if not self.everything and can(self.user, permission):
                found.update(visible_units(self.user, permission).order_by().values_list("pk", flat=True))
        return frozenset(found)

    def sees(self, unit: Unit | int | None) -> bool:
        """Whether the name may be told; nothing has no name to hide."""
        if unit is None or self.everything:
            return True
        return (unit if isinstance(unit, int) else unit.pk) in self.ids

    def name(self, unit: Unit, name: str = "") -> str:
        """``name`` (as it was called once; else today's), or a neutral word."""
        return (name or unit.name) if self.sees(unit) else another()

    def path(self, unit: Unit) -> str:
        return unit.path if self.sees(unit) else another()

    def cover(self, row: Any, *fields: str) -> Any:
        """``row`` with a nameless unit for each unit in ``fields`` he does not see. To show it, never to save."""
        for field in fields:
            unit = getattr(row, field)
            if not self.sees(unit):
                setattr(row, field, Unit(pk=unit.pk, name=another(), path=another(), until=unit.until))
        return row


def another() -> str:
    return _("another unit")
