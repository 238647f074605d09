"""What the wings above show on a unit's page. This room knows none of them; they put their part here when the apps are
ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from culture.people.models import Employee, Unit


@dataclass(frozen=True)
class Panel:
    """``template`` is shown with ``context`` as ``panel``."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)


Teller = Callable[[Unit, Employee], Panel | None]
_tellers: list[Teller] = []


def contribute(teller: Teller) -> Teller:
    """``teller(unit, user)``: what ``user`` may see there; None for nothing. It checks the permission itself."""
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


def panels(unit: Unit, user: Employee) -> list[Panel]:
    return [panel for teller in _tellers if (panel := teller(unit, user)) is not None]
