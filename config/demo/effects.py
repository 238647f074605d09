"""What the demo's program changed so far, found as the night would find it."""

from __future__ import annotations

import datetime as dt

from programs.planning.models import Program
from programs.reports import effects, readings

QUARTER = dt.timedelta(days=91)


def find(*, now: dt.datetime) -> int:
    """Work out what is due; returns how many findings were kept."""
    return sum(effects.compute(program, now=now) or 0 for program in effects.due(now=now))


def count(*, today: dt.date) -> int:
    """Keep what is counted of each running program, today's and as it stood a quarter ago; returns how many."""
    running = Program.objects.running()
    return sum(readings.keep(program, day) for program in running for day in (today - QUARTER, today))
