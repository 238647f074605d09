"""What later rooms add to a program's overview.

Planning may not import training; so training puts its part here (``contribute``), and the overview asks whoever did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from programs.planning.models import Program


@dataclass(frozen=True)
class Need:
    """One line of "Needs you": what, why, and where to do something about it."""

    title: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Part:
    """``template`` is shown with ``context`` below the wave; ``needs`` join the list."""

    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    needs: list[Need] = field(default_factory=list)


Panel = Callable[[Program, dt.date], Part]
_panels: list[Panel] = []


def contribute(panel: Panel) -> Panel:
    """Decorator: ``panel(program, today)`` adds its part to every program's overview."""
    if panel not in _panels:
        _panels.append(panel)
    return panel


def parts(program: Program, today: dt.date) -> list[Part]:
    return [panel(program, today) for panel in _panels]
