"""The tree through time, in memory: what lay above and below what in which days. Pure: no ORM, no clock."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

FAR = dt.date.max


@dataclass(frozen=True, slots=True)
class State:
    """Unit ``unit`` was called ``name`` and lay in ``parent`` from ``since`` to ``until`` (None: still)."""

    unit: int
    name: str
    parent: int | None
    since: dt.date
    until: dt.date | None

    @property
    def last(self) -> dt.date:
        return self.until or FAR


class History:
    """All states of all units."""

    def __init__(self, states: Iterable[State]) -> None:
        self.of: dict[int, list[State]] = defaultdict(list)
        self._in: dict[int | None, list[State]] = defaultdict(list)
        for state in states:
            self.of[state.unit].append(state)
            self._in[state.parent].append(state)
        for rows in self.of.values():
            rows.sort(key=lambda state: state.since)

    def within(self, unit: int, first: dt.date, last: dt.date = FAR) -> Iterator[State]:
        """The states of ``unit`` that hold on any day from ``first`` to ``last``."""
        return (state for state in self.of.get(unit, ()) if state.since <= last and state.last >= first)

    def at(self, unit: int, day: dt.date) -> State | None:
        return next(self.within(unit, day, day), None)

    def began(self, unit: int) -> dt.date | None:
        rows = self.of.get(unit)
        return rows[0].since if rows else None

    def lasts(self, unit: int, first: dt.date, last: dt.date = FAR) -> bool:
        """Whether ``unit`` exists without a gap from ``first`` to ``last``."""
        day = first
        for state in self.within(unit, first, last):
            if state.since > day:
                return False
            if state.last >= last:
                return True
            day = state.last + dt.timedelta(days=1)
        return False

    def above(self, unit: int, first: dt.date, last: dt.date = FAR) -> set[int]:
        """``unit`` and everything that lay above it on any day from ``first`` to ``last``."""
        found: set[int] = set()
        waiting = [(unit, first, last)]
        seen = set()
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            unit, first, last = here
            found.add(unit)
            for state in self.within(unit, first, last):
                if state.parent is not None:
                    waiting.append((state.parent, max(first, state.since), min(last, state.last)))
        return found

    def children(self, parent: int | None, first: dt.date, last: dt.date = FAR) -> list[int]:
        """The units that lay directly in ``parent`` on any day from ``first`` to ``last``."""
        held = (state for state in self._in.get(parent, ()) if state.since <= last and state.last >= first)
        return list(dict.fromkeys(state.unit for state in held))

    def called(self, name: str, parent: int | None, first: dt.date, last: dt.date = FAR) -> set[int]:
        """The units directly in ``parent`` that are called ``name`` on any day from ``first`` to ``last``."""
        wanted = name.casefold()
        return {
            state.unit
            for state in self._in.get(parent, ())
            if state.name.casefold() == wanted and state.since <= last and state.last >= first
        }
