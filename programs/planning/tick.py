"""What falls due by itself: enrolment follows the organisation, programs end with their last day."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from culture.access import clock
from programs.planning import following, states
from programs.planning.models import Program

# The day's news (joiners, moves, closed units) arrives with midnight and with imports during the day.
EVERY = timedelta(hours=1)
State = Program.State


def tick(*, now: datetime) -> None:
    """Idempotent: whoever is enrolled already is left alone."""
    today = timezone.localdate(now, clock.zone())
    waiting = Q(followed_at__isnull=True) | Q(followed_at__lte=now - EVERY) | Q(followed_at__lt=_midnight(now))
    alive = Program.objects.filter(state__in=[State.RUNNING, State.PAUSED])
    for pk in alive.filter(waiting | Q(ends_on__lt=today)).order_by("pk").values_list("pk", flat=True):
        _one(pk, today, now)


@transaction.atomic
def _one(pk: int, today: date, now: datetime) -> None:
    # One tick at a time per program: a second one, started while the first is slow, passes by.
    alive = Program.objects.filter(state__in=[State.RUNNING, State.PAUSED])
    program = alive.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if program is None:
        return
    if program.ends_on < today:
        states.finish(by=None, program=program, reason=states.OVER, today=today)
        return
    following.follow(program, today=today)
    Program.objects.filter(pk=pk).update(followed_at=now)


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now, clock.zone()).replace(hour=0, minute=0, second=0, microsecond=0)
