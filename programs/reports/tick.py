"""What falls due by itself: a program's effect, when a wave is released or cohorts change; subscribed reports;
once a day, what is counted of each program.
"""

from __future__ import annotations

from datetime import datetime

from culture.access import clock
from programs.reports import effect_tasks, effects, reading_tasks, readings, report_tasks, yearly_plans


def tick(*, now: datetime) -> None:
    """Idempotent: the program's run is claimed by whoever works."""
    for program in effects.due(now=now):
        effect_tasks.find_effect.delay_on_commit(program)
    for program in readings.due():
        reading_tasks.keep_readings.delay_on_commit(program)
    yearly_plans.keep(today=clock.today())
    report_tasks.tick_reports(now=now)
