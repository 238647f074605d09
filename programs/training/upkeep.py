"""What the night does for courses: refreshers that fall due, seats of who leaves, files nobody needs any more."""

from __future__ import annotations

import datetime as dt

from programs.training import files, refreshing, sessions
from programs.training.content_models import CourseUpload

UPLOADS = dt.timedelta(days=1)


def nightly(*, today: dt.date, now: dt.datetime) -> dict[str, int]:
    """Idempotent; returns how much was done, in words' keys."""
    CourseUpload.objects.filter(at__lt=now - UPLOADS).delete()
    return {
        "refreshers": refreshing.offer(today=today),
        "seats": sessions.free_leavers(now=now),
        "files": files.sweep(now=now),
    }
