"""Finds milestones, once a day: each becomes a row that waits for its morning. Never twice for the same (unique)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Min, Q
from django.utils import timezone

from culture.access import clock
from culture.people.models import Employee
from programs.recognition import milestone_days, milestone_setting
from programs.recognition.milestone_models import MilestoneKind, MilestoneNight, MilestoneRules, Occasion
from programs.recognition.models import Kudos, KudosReceiver
from programs.training import standing
from programs.training.models import Completion
from programs.training.observation_models import Observation
from programs.training.path_models import Attained, Path, PathEnrolment
from surveys.waves.hours import Blackout

DAY = dt.timedelta(days=1)
# Far enough ahead that a long holiday before an anniversary is seen, and back that a few dark days lose nothing.
AHEAD, BACK = 12 * DAY, 5 * DAY
STALE = dt.timedelta(minutes=20)
BATCH = 500


def look(*, now: dt.datetime) -> int | None:
    """Today's look, claimed by whoever comes first; None: done already, or another worker is at it."""
    today = timezone.localdate(now, clock.zone())
    if not _claim(today, now):
        return None
    found = find(today=today, now=now)
    MilestoneNight.objects.filter(day=today).update(done_at=now, found=found)
    return found


def _claim(today: dt.date, now: dt.datetime) -> bool:
    night = MilestoneNight.objects.filter(day=today).first()
    if night is None:
        try:
            with transaction.atomic():
                MilestoneNight.objects.create(day=today, claimed_at=now)
        except IntegrityError:  # another worker was first
            return False
        return True
    if night.done_at is not None:
        return False
    old = MilestoneNight.objects.filter(day=today, done_at=None, claimed_at__lt=now - STALE)
    return bool(old.update(claimed_at=now))


def find(*, today: dt.date, now: dt.datetime) -> int:
    """Write down what is to be announced; returns how many are new. May be called again at any moment."""
    rules, free = milestone_setting.current(), milestone_setting.free_days()
    _forget_outdated()
    before = Occasion.objects.count()
    for kind, finder in FINDERS.items():
        since = milestone_setting.since_of(rules, kind)
        if since is None:
            continue
        rows = finder(rules, max(since, today - BACK), today, now, free)
        Occasion.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
    return Occasion.objects.count() - before


def outdated(one: Occasion) -> bool:
    """Whether the person's first day was corrected or put off since ``one`` was written down, days ahead."""
    if one.kind != MilestoneKind.JOINED:
        return False
    return not milestone_days.still_on(one.employee.hired_on, int(one.key), one.on)


def _forget_outdated() -> None:
    """Anniversaries that wait and are none any more, so that the right ones, of the same key, can be written down."""
    waiting = Occasion.objects.filter(kind=MilestoneKind.JOINED, state=Occasion.State.WAITING)
    told = waiting.select_related("employee").only("kind", "key", "on", "employee__hired_on")
    wrong = [one.pk for one in told.iterator(BATCH) if outdated(one)]
    with transaction.atomic():
        # Another worker may be telling one of them at this moment: it looks itself.
        held = waiting.filter(pk__in=wrong).select_for_update(skip_locked=True)
        Occasion.objects.filter(pk__in=list(held.values_list("pk", flat=True))).delete()


def _joined(
    rules: MilestoneRules, since: dt.date, today: dt.date, now: dt.datetime, free: Sequence[Blackout]
) -> Iterable[Occasion]:
    until = today + AHEAD
    born = Q()
    for month, number in milestone_days.days_of_month(since, until):
        born |= Q(hired_on__month=month, hired_on__day=number)
    people = Employee.objects.here(today).filter(born, is_active=True) | Employee.objects.filter(
        hired_on__gt=today, hired_on__lte=until, is_active=True
    )
    for one in people.only("pk", "hired_on", "left_on", "time_zone").order_by("pk").iterator(BATCH):
        assert one.hired_on is not None
        for years, day in milestone_days.anniversaries(one.hired_on, since, until, rules.years):
            if one.left_on is not None and one.left_on < day:
                continue
            told = milestone_days.told_on(day, begins=not years, free=free)
            yield Occasion(
                employee=one,
                kind=MilestoneKind.JOINED,
                key=str(years),
                on=day,
                data={"years": years},
                due_at=milestone_days.morning(told, one.time_zone),
            )


def _completed(
    rules: MilestoneRules, since: dt.date, today: dt.date, now: dt.datetime, free: Sequence[Blackout]
) -> Iterable[Occasion]:
    """Who finished the last thing of a running path lately; renewed later, it is no milestone again."""
    lately = set(Completion.objects.filter(done_on__gte=since).values_list("employee", flat=True))
    lately |= set(Attained.objects.filter(done_on__gte=since).values_list("employee", flat=True))
    on = PathEnrolment.objects.filter(employee__in=lately, ended_on=None, path__state=Path.State.RUNNING)
    known = set(Occasion.objects.filter(kind=MilestoneKind.COMPLETED).values_list("employee", "key"))
    enrolled = [
        one for one in on.select_related("path", "employee") if (one.employee_id, str(one.path_id)) not in known
    ]
    for first in range(0, len(enrolled), BATCH):
        part = enrolled[first : first + BATCH]
        stands = standing.of_people([one.employee_id for one in part], today)
        for one in part:
            mine = [stand for stand in stands[one.employee_id] if stand.assignment.enrolment_id == one.pk]
            days = [max(stand.days) for stand in mine if stand.days]
            if mine and len(days) == len(mine) and max(days) >= since:
                yield _after(
                    one.employee, MilestoneKind.COMPLETED, one.path_id, max(days), now, free, name=one.path.name
                )


def _certified(
    rules: MilestoneRules, since: dt.date, today: dt.date, now: dt.datetime, free: Sequence[Blackout]
) -> Iterable[Occasion]:
    """The first completion of a course by somebody; revoked ones are none."""
    rows = Completion.objects.filter(done_on__gte=since, done_on__lte=today, revocation=None)
    for row in rows.select_related("employee", "version__course").order_by("done_on", "pk").iterator(BATCH):
        course = row.version.course
        name = {"": course.name, **course.names}
        yield _after(row.employee, MilestoneKind.CERTIFIED, course.pk, row.done_on, now, free, name=name)


def _memorable(
    rules: MilestoneRules, since: dt.date, today: dt.date, now: dt.datetime, free: Sequence[Blackout]
) -> Iterable[Occasion]:
    """The first public thanks for, or the first sighting of, an attitude that goes beyond the expected."""
    thanks = KudosReceiver.objects.filter(
        kudos__public=True,
        kudos__hidden_at=None,
        kudos__state=Kudos.State.SETTLED,
        kudos__behaviour__code__in=rules.beyond,
    )
    seen = Observation.objects.filter(what=Observation.What.SEEN, withdrawn_at=None, behaviour__code__in=rules.beyond)
    begin = dt.datetime.combine(since, dt.time(), clock.zone())
    people = set(thanks.filter(kudos__at__gte=begin).values_list("receiver", flat=True))
    people |= set(seen.filter(on__gte=since).values_list("employee", flat=True))
    first: dict[int, list[dt.date]] = {pk: [] for pk in people}
    for pk, at in thanks.filter(receiver__in=people).order_by().values_list("receiver").annotate(Min("kudos__at")):
        first[pk].append(timezone.localdate(at, clock.zone()))
    for pk, on in seen.filter(employee__in=people).order_by().values_list("employee").annotate(Min("on")):
        first[pk].append(on)
    fresh = {pk: min(days) for pk, days in first.items() if min(days) >= since}
    for one in Employee.objects.filter(pk__in=fresh).order_by("pk").iterator(BATCH):
        yield _after(one, MilestoneKind.MEMORABLE, "", fresh[one.pk], now, free, name=_attitude(one, thanks, seen))


def _attitude(one: Employee, thanks: Any, seen: Any) -> dict[str, str]:
    """What the first one was for, as the framework words it."""
    told = thanks.filter(receiver=one).order_by("kudos__at", "pk").select_related("kudos__behaviour").first()
    sight = seen.filter(employee=one).order_by("on", "pk").select_related("behaviour").first()
    if told is not None and (sight is None or timezone.localdate(told.kudos.at, clock.zone()) <= sight.on):
        return dict(told.kudos.behaviour.words)
    return dict(sight.behaviour.words) if sight is not None else {}


def _after(
    one: Employee, kind: str, key: object, on: dt.date, now: dt.datetime, free: Sequence[Blackout], **data: Any
) -> Occasion:
    due_at = milestone_days.next_morning(now, one.time_zone, free)
    return Occasion(employee=one, kind=kind, key=str(key), on=on, data=data, due_at=due_at)


FINDERS = {
    MilestoneKind.JOINED: _joined,
    MilestoneKind.COMPLETED: _completed,
    MilestoneKind.CERTIFIED: _certified,
    MilestoneKind.MEMORABLE: _memorable,
}
