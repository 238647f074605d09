"""What a unit and those below it planned, promised and were promised: read once for all that a page says of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q

from culture.access import reach
from programs.planning import judging
from programs.planning.action_models import Action

State = Action.State
# So many of each kind are told of by name.
MOST = 4


class Deed(NamedTuple):
    pk: int
    unit: int
    promised_to: int | None
    state: str
    ended_on: dt.date | None
    due_on: dt.date

    @property
    def in_time(self) -> bool:
        return self.state == State.DONE and self.ended_on is not None and self.ended_on <= self.due_on


@dataclass
class Deeds:
    """``inside``: the unit and all below it. ``rows`` by day, what was due first."""

    inside: frozenset[int]
    rows: tuple[Deed, ...]
    today: dt.date

    def due(self, since: dt.date, *, promised: bool) -> list[Deed]:
        """Its own actions (or promises) that fell due from ``since`` on."""
        own = [one for one in self.rows if one.unit in self.inside and since <= one.due_on < self.today]
        return [one for one in own if (one.promised_to is not None) == promised]

    @cached_property
    def overdue(self) -> list[int]:
        """What it still has to do and should have done."""
        own = (one for one in self.rows if one.unit in self.inside and one.state == State.OPEN)
        return [one.pk for one in own if one.due_on < self.today]

    @cached_property
    def promises(self) -> tuple[list[int], list[int]]:
        """Of the last year or so, what it promised others and what others promised it: open ones first."""
        found: tuple[list[Deed], list[Deed]] = [], []
        for one in self.rows:
            if one.promised_to is None or one.state == State.DROPPED or one.due_on < self.today - judging.OLDEST:
                continue
            by, to = one.unit in self.inside, one.promised_to in self.inside
            if by != to:
                found[0 if by else 1].append(one)
        order = [sorted(rows, key=lambda one: (one.state != State.OPEN, one.due_on, one.pk)) for rows in found]
        return [one.pk for one in order[0]], [one.pk for one in order[1]]

    @property
    def promising(self) -> set[int]:
        """Those of its units that promised others something."""
        return {one.unit for one in self.rows if one.promised_to is not None and one.unit in self.inside}

    @cached_property
    def shown(self) -> dict[int, Action]:
        """The first of each kind, with their units and owners. At most one query."""
        by, to = self.promises
        wanted = [*self.overdue[:MOST], *by[:MOST], *to[:MOST]]
        rows = Action.objects.filter(pk__in=wanted).select_related("unit", "promised_to", "owner")
        return {row.pk: row for row in rows} if wanted else {}


def read(unit: int, inside: Iterable[int], since: dt.date, today: dt.date) -> Deeds:
    """Everything due from ``since`` on or within the time promises are told of, and what is open. One query.

    ``inside``: ``unit`` and all below it.
    """
    units = frozenset(inside)
    below = reach.below([unit]).order_by().values("pk")
    about = Q(unit__in=below) | Q(promised_to__in=below)
    lately = Q(due_on__gte=min(since, today - judging.OLDEST)) | Q(state=State.OPEN)
    rows = Action.objects.filter(about & lately).order_by("due_on", "pk")
    return Deeds(units, tuple(Deed(*row) for row in rows.values_list(*Deed._fields)), today)
