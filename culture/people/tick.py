"""What becomes due by date in this room."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils import timezone

from culture.access import clock
from culture.people import keys, retention, settling, structure, tasks


def tick(*, now: datetime) -> None:
    """Planned changes of the tree, moves and managers whose day has come, search keys somebody forgot; then what is
    to expire, and the imports that wait. Whatever fails does not keep the rest from being done."""
    today = timezone.localdate(now, clock.zone())
    failed: list[Exception] = []
    for work in (
        lambda: structure.do_planned(today=today),
        lambda: settling.follow_dates(today=today),
        lambda: keys.fill(connection),
        lambda: retention.tick(now=now),
        lambda: tasks.hand_out(now=now),
    ):
        try:
            work()
        except Exception as error:  # noqa: BLE001 - raised below, after the others had their turn
            failed.append(error)
    if failed:
        raise ExceptionGroup("culture.people", failed)
