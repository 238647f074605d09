"""What units did about their results and which promises were kept, as people are told after the next survey."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q

from programs.planning.action_models import Action
from surveys.answering import aftermath
from surveys.answering.aftermath import Deed


def told(units: Sequence[int], since: dt.date) -> list[Deed]:
    """Done since the day: the units' own actions, and what others promised them. One query."""
    about = Q(unit__in=units, promised_to=None) | Q(promised_to__in=units)
    done = Action.objects.filter(about, state=Action.State.DONE, ended_on__gte=since)
    rows = done.order_by("-ended_on", "-pk").values_list("what", "ended_on", "promised_to", "unit__name")
    return [Deed(what, on, by if promised else "") for what, on, promised, by in rows[: aftermath.MOST] if on]


def register() -> None:
    """Called when the apps are ready."""
    aftermath.register(told)
