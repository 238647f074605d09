"""Announces milestones on their morning: claimed, looked at once more, posted once, paid from the budget."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from culture.access import audit
from culture.people.models import Employee, Leave
from programs.recognition import (
    choices,
    lots,
    milestone_days,
    milestone_setting,
    milestone_watch,
    posting,
    posts,
)
from programs.recognition.award_models import FeedPost
from programs.recognition.milestone_models import MilestoneKind, MilestoneRules, Occasion
from programs.recognition.models import Account, LedgerEntry
from programs.recognition.posting import Place, Reason
from surveys.waves import hours
from surveys.waves.hours import Blackout

State = Occasion.State
BATCH = 200
DAY = dt.timedelta(days=1)


def post_due(*, now: dt.datetime) -> int:
    """Announce what is due; returns how many were looked at. Rows another worker holds are left to it.

    One transaction each: points of two people must never be locked one after the other.
    """
    due = Occasion.objects.filter(state=State.WAITING, due_at__lte=now).order_by("due_at", "pk")
    waiting = list(due.values_list("pk", flat=True)[:BATCH])
    if not waiting:
        return 0
    rules, free = milestone_setting.current(), milestone_setting.free_days()
    return sum(_post(pk, rules, free, now) for pk in waiting)


@transaction.atomic
def _post(pk: int, rules: MilestoneRules, free: Sequence[Blackout], now: dt.datetime) -> bool:
    mine = Occasion.objects.filter(pk=pk, state=State.WAITING, due_at__lte=now).select_related("employee")
    one = mine.select_for_update(skip_locked=True, of=("self",)).first()
    if one is None:
        return False
    person = one.employee
    if milestone_watch.outdated(one):
        # Taken away, not dropped: the right one has the same key, and the next look writes it.
        one.delete()
        return True
    today = hours.today_in(person.time_zone, now)
    # Whoever leaves before the day itself does not celebrate it, though it is told on the Friday before.
    reached = max(today, one.on) if one.kind == MilestoneKind.JOINED else today
    leave = Leave.objects.on(today).filter(employee=person).first()
    since = milestone_setting.since_of(rules, one.kind)
    if since is None or not person.is_active or not person.is_here(reached) or _overtaken(one):
        _done(one, State.DROPPED, now)
    elif leave is not None:
        _later(one, milestone_days.morning((leave.until or today) + DAY, person.time_zone), free)
    elif not milestone_days.may_tell(now, person.time_zone, free):
        _later(one, now, free)
    else:
        _announce(one, rules, now=now)
    return True


def _overtaken(one: Occasion) -> bool:
    """Somebody came back after years: only the latest anniversary is told."""
    if one.kind != MilestoneKind.JOINED:
        return False
    later = Occasion.objects.filter(employee=one.employee_id, kind=one.kind, on__gt=one.on)
    return later.exclude(state=State.WAITING, due_at__gt=one.due_at).exists()


def _later(one: Occasion, earliest: dt.datetime, free: Sequence[Blackout]) -> None:
    one.due_at = milestone_days.next_morning(earliest, one.employee.time_zone, free)
    one.save(update_fields=["due_at"])


def _announce(one: Occasion, rules: MilestoneRules, *, now: dt.datetime) -> None:
    shy = choices.opted_out(one.employee)
    if not shy:
        data = {"kind": one.kind, **one.data}
        one.post = posts.write(FeedPost.Kind.MILESTONE, at=now, employee=one.employee, data=data)
    points = int(rules.points.get(one.kind, 0))
    if points and (entry := _pay(one.employee, points, now)) is not None:
        one.points, one.entry = points, entry
    _done(one, State.QUIET if shy else State.POSTED, now)


def _pay(person: Employee, points: int, now: dt.datetime) -> LedgerEntry | None:
    """The points out of the budget of milestones; None when it holds less: the news goes out without."""
    mine = Place(Account.Kind.PERSONAL, person.pk)
    accounts = posting.lock(milestone_setting.PURSE, mine)
    if accounts[milestone_setting.PURSE].balance < points:
        return None
    entry = posting.move(accounts[milestone_setting.PURSE], accounts[mine], points, now=now, reason=Reason.AWARD)
    lots.receive(entry, now=now)
    return entry


def _done(one: Occasion, state: str, now: dt.datetime) -> None:
    one.state, one.done_at = state, now
    one.save(update_fields=["state", "done_at", "post", "points", "entry"])
    if one.points:
        audit.record(None, "milestones.paid", one.employee, points=one.points)
