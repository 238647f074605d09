"""What falls due by itself in awards, milestones and proposals. Idempotent; each step claims what it works on."""

from __future__ import annotations

import datetime as dt

from programs.recognition import (
    award_mails,
    award_rounds,
    award_tasks,
    milestone_posting,
    milestone_watch,
    outcomes,
)


def tick(*, now: dt.datetime) -> None:
    award_rounds.move_on(now=now)
    award_rounds.open_due(now=now)
    # Once a day: what became of the day before.
    if milestone_watch.look(now=now) is not None:
        outcomes.look(now=now)
    milestone_posting.post_due(now=now)
    if award_mails.anything_due(now):
        award_tasks.send_award_mails.delay_on_commit()
