"""Whoever enters a cohort finds the cohort's paths with the next tick, not only after the night."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q

from programs.planning import arrivals
from programs.planning.arrivals import Arrival
from programs.planning.models import Program
from programs.training.path_models import Path, PathRule


@arrivals.listen
def arrived(program: Program, rows: Sequence[Arrival], today: dt.date) -> None:
    """Paths whose rules look at the program or at these cohorts are marked to be worked out. One statement."""
    rules = PathRule.objects.filter(Q(program=program) | Q(cohort__in={one.cohort for one in rows}), ended_on=None)
    paths = Path.objects.filter(pk__in=rules.values("path"), state=Path.State.RUNNING, starts_on__lte=today)
    paths.update(evaluate=True)
