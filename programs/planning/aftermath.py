"""What units did about their results and which promises were kept, as people are told after the next survey."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q

from culture.people.models import Unit
from programs.planning import actions
from programs.planning.action_models import Action
from surveys.answering import aftermath
from surveys.answering.aftermath import Deed


def told(units: Sequence[int], since: dt.date) -> list[Deed]:
    """Done since the day: own actions, what others promised; of units merged into ``units``, too. One query."""
    here = Unit.objects.filter(pk__in=units)
    about = (actions.among(here, "unit") & Q(promised_to=None)) | actions.among(here, "promised_to")
    done = Action.objects.filter(about, state=Action.State.DONE, ended_on__gte=since)
    rows = done.order_by("-ended_on", "-pk").values_list("what", "ended_on", "promised_to", "unit__name")
    return [Deed(what, on, by if promised else "") for what, on, promised, by in rows[: aftermath.MOST] if on]


def register() -> None:
    """Called when the apps are ready."""
    aftermath.register(told)
