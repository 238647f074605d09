"""Once a day: all paths are brought to what their rules say, counted, and who must be told is written down.

The day's row is the claim: whoever sets ``claimed_at`` works; who dies is followed by another after ``STALE``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone

from programs.training import assigning, evaluating, granting, reminding, upkeep
from programs.training.path_models import Path, TrainingNight

STALE = dt.timedelta(minutes=30)
DAY = dt.timedelta(days=1)
# After a long pause nobody is told of weeks at once.
LONGEST_GAP = 7 * DAY


def is_due(now: dt.datetime) -> bool:
    """Whether today's has not been done, and nobody is at it."""
    row = TrainingNight.objects.filter(day=timezone.localdate(now)).first()
    if row is None:
        return True
    return row.done_at is None and (row.claimed_at is None or row.claimed_at < now - STALE)


def run(*, now: dt.datetime) -> dict[str, Any] | None:
    """Do today's; None when it is done or somebody is at it. Returns (and keeps) how much was done, in words' keys."""
    today = timezone.localdate(now)
    if not _claim(today, now):
        return None
    told: dict[str, Any] = {"paths": 0, "joined": 0, "left": 0, "moved": 0, "given": 0, "paused": 0}
    running = list(Path.objects.filter(state=Path.State.RUNNING, starts_on__lte=today).order_by("pk"))
    for path in running:
        done = evaluating.evaluate(path, today=today)
        told["paths"] += 1
        for name in ("joined", "left", "moved", "given", "paused"):
            told[name] += getattr(done, name, 0)
    told["ended"] = assigning.end_gone(today=today)
    told["paused"] += evaluating.pause(None, today=today)
    told["granted"] = granting.attain(today=today)
    told["counted"] = sum(evaluating.count(path, today=today, now=now) for path in running)
    told |= upkeep.nightly(today=today, now=now)
    told["mails"] = reminding.plan(today=today, after=_looked_at(today), now=now)
    TrainingNight.objects.filter(day=today).update(done_at=timezone.now(), told=told)
    return told


def _claim(today: dt.date, now: dt.datetime) -> bool:
    TrainingNight.objects.bulk_create([TrainingNight(day=today)], ignore_conflicts=True)
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - STALE)
    return bool(TrainingNight.objects.filter(free, day=today, done_at__isnull=True).update(claimed_at=now))


def _looked_at(today: dt.date) -> dt.date:
    """The last day on which it was written down who must be told."""
    done = TrainingNight.objects.filter(day__lt=today, done_at__isnull=False).order_by("-day")
    last = done.values_list("day", flat=True).first()
    return max(last or today - DAY, today - LONGEST_GAP)


def evaluate_changed(*, now: dt.datetime) -> int:
    """Paths whose steps or rules were changed and that were too large to be worked out at once."""
    today, done = timezone.localdate(now), 0
    for path in Path.objects.filter(evaluate=True, state=Path.State.RUNNING, starts_on__lte=today):
        if evaluating.evaluate(path, today=today) is not None:
            evaluating.count(path, today=today, now=now)
            done += 1
    return done
