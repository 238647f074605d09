"""How long each kind of data is kept: kinds are registered by their rooms, periods set by HR, the tick enforces them.

An identity is never removed unannounced: the tick first plans it, ``GRACE_DAYS`` ahead, and shows it to HR. A wrong
leaving date in an import can so be corrected before anything is gone.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import clock
from culture.access.audit import record
from culture.people import erasure, returning
from culture.people.models import Employee
from culture.people.rights_models import Erasure, LegalHold, PlannedErasure, RetentionPause, RetentionRule

LEAVERS = "leavers"
GRACE_DAYS = 14
BATCH = 500
ERASURES_A_TICK = 20
AGAIN = dt.timedelta(hours=1)
AHEAD_DAYS = 30
log = logging.getLogger("trivium.retention")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of data that expires. ``due(before)``: the rows whose period began before that moment.

    ``person``: the lookup that leads from a row to the employee it is about; rows of somebody on hold stay.
    """

    key: str
    title: Any
    counted_from: Any
    reason: Any
    default: int
    minimum: int
    maximum: int
    due: Callable[[dt.datetime], QuerySet[Any]]
    person: str = ""
    remove: Callable[[list[Any]], int] | None = None

    def expired(self, before: dt.datetime) -> QuerySet[Any]:
        rows = self.due(before)
        if self.person:
            # A row about nobody is compared with nobody: NOT IN would drop it.
            rows = rows.filter(Q(**{f"{self.person}__isnull": True}) | ~Q(**{f"{self.person}__in": held()}))
        return rows

    def sweep(self, before: dt.datetime, limit: int) -> int:
        """Remove up to ``limit`` expired rows; rows somebody else removes right now are left to him."""
        with transaction.atomic():
            rows = self.expired(before).order_by("pk").select_for_update(skip_locked=True, of=("self",))
            keys = list(rows.values_list("pk", flat=True)[:limit])
            if not keys:
                return 0
            if self.remove is not None:
                self.remove(keys)
            else:
                rows.model._base_manager.filter(pk__in=keys).delete()
            return len(keys)


@dataclass(frozen=True, kw_only=True)
class Unlimited:
    """A kind that has no period, and why."""

    key: str
    title: Any
    reason: Any


_kinds: dict[str, Kind] = {}
_unlimited: dict[str, Unlimited] = {}


def register(kind: Kind) -> None:
    _kinds[kind.key] = kind


def unlimited(kind: Unlimited) -> None:
    _unlimited[kind.key] = kind


def kinds() -> list[Kind]:
    """Leavers first: what concerns people most."""
    return sorted(_kinds.values(), key=lambda kind: (kind.key != LEAVERS, kind.key))


def find(key: str) -> Kind | None:
    return _kinds.get(key)


def without_end() -> list[Unlimited]:
    return list(_unlimited.values())


def held() -> QuerySet[Any]:
    """Ids of everybody on hold."""
    return LegalHold.objects.filter(lifted_at__isnull=True).order_by().values("employee_id")


def rules() -> dict[str, RetentionRule]:
    return {rule.kind: rule for rule in RetentionRule.objects.select_related("changed_by")}


def days_of(kind: Kind, rule: RetentionRule | None = None) -> int:
    """The period in days: HR's own within the kind's limits, else the default."""
    rule = rule or RetentionRule.objects.filter(kind=kind.key).first()
    if rule is None or rule.days is None:
        return kind.default
    return min(max(rule.days, kind.minimum), kind.maximum)


def running_pause() -> RetentionPause | None:
    return RetentionPause.objects.filter(running=True).select_related("by").first()


# -- leavers ---------------------------------------------------------------------------------------------------------


def leavers_due(before: dt.datetime) -> QuerySet[Employee]:
    """Who left before that day and is not erased yet."""
    gone = Employee.objects.filter(left_on__lt=timezone.localdate(before, clock.zone()), erasure__isnull=True)
    return gone.exclude(pk__in=_returning())


def _returning() -> QuerySet[Any]:
    """Ids of who will come back: nothing of them is over."""
    return returning.planned().order_by().values("employee_id")


def erasure_day(person: Employee, days: int, today: dt.date) -> dt.date:
    """The first day on which the tick will erase ``person``: after his period, and announced long enough."""
    assert person.left_on is not None
    over = person.left_on + dt.timedelta(days=days + 1)
    planned: PlannedErasure | None = getattr(person, "planned_erasure", None)
    announced = planned.due_on if planned else max(over, today) + dt.timedelta(days=GRACE_DAYS)
    return max(over, announced)


def upcoming_leavers(*, today: dt.date, days: int, ahead: int = AHEAD_DAYS) -> list[tuple[Employee, dt.date]]:
    """(person, day of erasure) within ``ahead`` days, soonest first."""
    until = today + dt.timedelta(days=ahead)
    people = (
        Employee.objects.filter(left_on__lt=until - dt.timedelta(days=days), erasure__isnull=True)
        .exclude(pk__in=held())
        .exclude(pk__in=_returning())
        .select_related("planned_erasure", "unit")
    )
    dated = [(person, erasure_day(person, days, today)) for person in people]
    return sorted(((p, day) for p, day in dated if day <= until), key=lambda pair: (pair[1], pair[0].pk))


def plan_leavers(*, today: dt.date, days: int) -> int:
    """Announce whose period is over; take back who returned, is on hold, or has longer now."""
    over = Employee.objects.filter(left_on__lt=today - dt.timedelta(days=days), erasure__isnull=True)
    free = over.exclude(pk__in=held()).exclude(pk__in=_returning())
    PlannedErasure.objects.exclude(employee__in=free.order_by().values("pk")).delete()
    new = free.filter(planned_erasure__isnull=True).order_by("pk").values_list("pk", flat=True)
    due_on = today + dt.timedelta(days=GRACE_DAYS)
    made = PlannedErasure.objects.bulk_create(
        (PlannedErasure(employee_id=pk, noticed_on=today, due_on=due_on) for pk in new),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    if made:
        record(None, "retention.announced", LEAVERS, people=len(made), due_on=due_on)
    return len(made)


def erase_due(*, today: dt.date, limit: int = ERASURES_A_TICK) -> int:
    """Erase up to ``limit`` people whose announced day has come, each in a transaction of its own."""
    erased = 0
    due = PlannedErasure.objects.filter(due_on__lte=today).order_by("due_on", "pk")
    for plan in list(due.values_list("pk", flat=True)):
        if erased >= limit:
            break
        erased += _erase_one(plan, today)
    return erased


@transaction.atomic
def _erase_one(plan: int, today: dt.date) -> int:
    found = PlannedErasure.objects.select_for_update(skip_locked=True).filter(pk=plan).first()
    if found is None:
        return 0
    person = Employee.objects.get(pk=found.employee_id)
    if erasure.refusal(person, today=today):
        return 0  # stays planned: the page of retention shows it and says why
    erasure.erase(employee=person, by=None, today=today, why=Erasure.Why.PERIOD)
    return 1


def sweep_leavers(*, now: dt.datetime, days: int) -> int:
    today = timezone.localdate(now, clock.zone())
    plan_leavers(today=today, days=days)
    return erase_due(today=today)


# -- the tick --------------------------------------------------------------------------------------------------------


def tick(*, now: dt.datetime) -> None:
    """Remove what is due, a batch of each kind. A kind is looked at once an hour, or again at once while it is full."""
    if running_pause():
        return
    for kind in kinds():
        if not _claim(kind, now):
            continue
        try:
            run(kind, now=now)
        except Exception as error:  # noqa: BLE001 - one kind that fails must not keep the others from expiring
            log.error("Retention of %s failed: %s", kind.key, type(error).__name__)


def _claim(kind: Kind, now: dt.datetime) -> bool:
    """Whether this process looks at ``kind`` now: the conditional update lets one through."""
    free = RetentionRule.objects.filter(Q(next_run_at__isnull=True) | Q(next_run_at__lte=now), kind=kind.key)
    if free.update(next_run_at=now + AGAIN):
        return True
    if RetentionRule.objects.filter(kind=kind.key).exists():
        return False
    made = RetentionRule.objects.bulk_create([RetentionRule(kind=kind.key)], ignore_conflicts=True)
    return bool(made) and bool(free.update(next_run_at=now + AGAIN))


def run(kind: Kind, *, now: dt.datetime) -> int:
    """One batch of ``kind``; a full one is continued by the next tick."""
    days = days_of(kind)
    if kind.key == LEAVERS:
        limit, removed = ERASURES_A_TICK, sweep_leavers(now=now, days=days)
    else:
        limit, removed = BATCH, kind.sweep(now - dt.timedelta(days=days), BATCH)
        if removed:
            record(None, "retention.expired", kind.key, rows=removed, days=days)
    done: dict[str, Any] = {"last_run_at": now, "last_removed": removed}
    if removed >= limit:
        done["next_run_at"] = now
    RetentionRule.objects.filter(kind=kind.key).update(**done)
    return removed


# -- what HR decides -------------------------------------------------------------------------------------------------


@transaction.atomic
def set_period(*, kind: Kind, days: int, by: Employee) -> RetentionRule:
    if not kind.minimum <= days <= kind.maximum:
        raise ValidationError(_("Between %(least)d and %(most)d days.") % {"least": kind.minimum, "most": kind.maximum})
    before = days_of(kind)
    rule, _new = RetentionRule.objects.update_or_create(
        kind=kind.key, defaults={"days": days, "changed_by": by, "changed_at": timezone.now(), "next_run_at": None}
    )
    record(by, "retention.period", kind.key, before=before, after=days)
    return rule


@transaction.atomic
def pause(*, by: Employee, reason: str) -> RetentionPause:
    """Stop the tick from removing anything, until :func:`resume`."""
    if RetentionPause.objects.select_for_update().filter(running=True).exists():
        raise ValidationError(_("It is paused already."))
    paused = RetentionPause.objects.create(by=by, reason=reason)
    record(by, "retention.pause", paused)
    return paused


@transaction.atomic
def resume(*, by: Employee) -> bool:
    running = RetentionPause.objects.select_for_update().filter(running=True).first()
    if running is None:
        return False
    running.running, running.ended_at, running.ended_by = False, timezone.now(), by
    running.save()
    record(by, "retention.resume", running)
    return True


@transaction.atomic
def place_hold(*, employee: Employee, reason: str, by: Employee) -> LegalHold:
    """Nothing of ``employee`` is erased or expires until the hold is lifted. The record names him by id only."""
    person = Employee.objects.select_for_update().get(pk=employee.pk)
    if erasure.is_erased(person):
        raise ValidationError(_("This person was erased already; there is nothing left to hold."))
    if LegalHold.objects.filter(employee=person, lifted_at__isnull=True).exists():
        raise ValidationError(_("%(name)s is on hold already.") % {"name": person.name})
    placed = LegalHold.objects.create(employee=person, reason=reason, by=by)
    PlannedErasure.objects.filter(employee=person).delete()
    record(by, "hold.placed", person)
    return placed


@transaction.atomic
def lift_hold(*, hold: LegalHold, by: Employee) -> bool:
    lifted = LegalHold.objects.filter(pk=hold.pk, lifted_at__isnull=True).update(lifted_at=timezone.now(), lifted_by=by)
    if lifted:
        record(by, "hold.lifted", hold.employee)
    return bool(lifted)
