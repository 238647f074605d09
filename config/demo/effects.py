"""What the demo's program changed so far, found as the night would find it."""

from __future__ import annotations

import datetime as dt

from programs.reports import effects


def find(*, now: dt.datetime) -> int:
    """Work out what is due; returns how many findings were kept."""
    return sum(effects.compute(program, now=now) or 0 for program in effects.due(now=now))
