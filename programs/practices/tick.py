"""What falls due by itself: the figures of a week that is over."""

from __future__ import annotations

from datetime import datetime

from programs.practices import figures, weeks


def tick(*, now: datetime) -> None:
    """Idempotent: a week is worked out once."""
    weeks.keep(today=figures.today_of(now), now=now)
