"""Who is told when people enter a cohort. Upper rooms register here, so that a joiner finds his catch-up path at once.

Called in the transaction that enrols; what raises keeps the enrolment from being made. The nightly rules of the rooms
above find whoever was missed, so a room need not register.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from programs.planning.models import Program


@dataclass(frozen=True)
class Arrival:
    """``employee`` (id) entered ``cohort`` (id) on ``since``; ``how`` as ``Enrolment.How``, ``left`` his old cohort."""

    employee: int
    cohort: int
    since: dt.date
    how: str
    left: int | None = None


Listener = Callable[[Program, Sequence[Arrival], dt.date], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Listener:
    """Decorator: ``listener(program, arrivals, today)`` is called once for all that arrive together."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def announce(program: Program, arrivals: Sequence[Arrival], today: dt.date) -> None:
    if arrivals:
        for listener in _listeners:
            listener(program, arrivals, today)
