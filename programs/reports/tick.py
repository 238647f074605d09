"""What falls due by itself: a program's effect, when a wave is released or cohorts change; subscribed reports."""

from __future__ import annotations

from datetime import datetime

from programs.reports import effect_tasks, effects, report_tasks


def tick(*, now: datetime) -> None:
    """Idempotent: the program's run is claimed by whoever works."""
    for program in effects.due(now=now):
        effect_tasks.find_effect.delay_on_commit(program)
    report_tasks.tick_reports(now=now)
