"""The tree of units is changed here and nowhere else: each change from a day on, checked, audited, all or nothing.

A day that has come is carried out at once, one to come is kept as a planned change for the tick. Every function raises
``ValidationError`` by field with the reason in plain words, and then nothing was written.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people import asof
from culture.people.changes import Change, Kind, Preview, check, clean_name
from culture.people.dated import DAY, change_from, day_text, end_after
from culture.people.models import Employee, Membership, PlannedChange, Unit, UnitState

__all__ = [
    "Change", "Kind", "Preview", "cancel", "carry_out", "check", "close", "create", "do_planned", "merge", "move",
    "rename", "reopen", "sort", "split",
]  # fmt: skip

# The number of culture.people.importing: the tree is changed by one at a time, an import or a person.
LOCK = 7_417_001
PATIENCE = 5.0
MOST_PATH_BYTES = 2400  # an index entry holds no more


def create(
    *, name: str, parent: Unit | None, on: dt.date, by: Employee | None, today: dt.date | None = None
) -> Unit | PlannedChange:
    """A new unit in ``parent`` (None: at the top)."""
    return carry_out(Change(Kind.CREATE, on, name=name, target=parent), by=by, today=today)


def rename(
    unit: Unit, *, name: str, on: dt.date, by: Employee | None, today: dt.date | None = None
) -> Unit | PlannedChange:
    return carry_out(Change(Kind.RENAME, on, unit, name=name), by=by, today=today)


def move(
    unit: Unit, *, parent: Unit | None, on: dt.date, by: Employee | None, today: dt.date | None = None
) -> Unit | PlannedChange:
    """``unit`` with everything below it comes to lie in ``parent`` (None: at the top)."""
    return carry_out(Change(Kind.MOVE, on, unit, target=parent), by=by, today=today)


def merge(
    unit: Unit, *, into: Unit, on: dt.date, by: Employee | None, today: dt.date | None = None
) -> Unit | PlannedChange:
    """``unit`` ends the day before; its people, its subunits and all their later memberships go to ``into``."""
    return carry_out(Change(Kind.MERGE, on, unit, target=into), by=by, today=today)


def close(
    unit: Unit,
    *,
    on: dt.date,
    by: Employee | None,
    people_to: Unit | None = None,
    units_to: Unit | None = None,
    today: dt.date | None = None,
) -> Unit | PlannedChange:
    """``unit`` exists no more from ``on``. Who is inside needs a place to go to."""
    return carry_out(Change(Kind.CLOSE, on, unit, people_to=people_to, units_to=units_to), by=by, today=today)


def split(
    unit: Unit, *, name: str, people: Sequence[int], on: dt.date, by: Employee | None, today: dt.date | None = None
) -> Unit | PlannedChange:
    """A new unit ``name`` beside ``unit``, with ``people`` (employee ids) of it. Returns the new one."""
    return carry_out(Change(Kind.SPLIT, on, unit, name=name, people=tuple(people)), by=by, today=today)


@transaction.atomic
def carry_out(change: Change, *, by: Employee | None, today: dt.date | None = None) -> Unit | PlannedChange:
    """Do ``change``, or plan it when its day has not come. Returns the unit it was about, or the plan."""
    today = today or timezone.localdate()
    _one_at_a_time()
    for unit in (change.unit, change.target, change.people_to, change.units_to):
        if unit is not None:
            unit.refresh_from_db()  # whoever held the lock before may have changed it
    check(change, today=today)
    if change.on > today:
        return _plan(change, by=by)
    return _do(change, by=by)


def _one_at_a_time() -> None:
    """Wait a little for whoever changes the tree; two changes that are right alone may be a circle together."""
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if cursor.fetchone()[0]:
                return
            if time.monotonic() > deadline:
                raise ValidationError(_("The units are being changed by an import. Try again in a minute."))
            time.sleep(0.1)


def _plan(change: Change, *, by: Employee | None) -> PlannedChange:
    planned = PlannedChange.objects.create(
        kind=change.kind,
        on=change.on,
        unit=change.unit,
        name=clean_name(change.name) if change.name else "",
        target=change.target,
        people_to=change.people_to,
        units_to=change.units_to,
        people=list(change.people),
        by=by,
    )
    record(by, "unit.plan", planned, kind=change.kind, on=change.on, unit=change.unit, target=change.target)
    return planned


def _do(change: Change, *, by: Employee | None) -> Unit:
    unit = WRITES[change.kind](change)
    _follow()
    unit.refresh_from_db()
    detail = {"name": change.name} if change.name else {}
    for name in ("target", "people_to", "units_to"):
        if (other := getattr(change, name)) is not None:
            detail[name] = other
    record(by, f"unit.{change.kind}", change.unit or unit, on=change.on, path=unit.path, **detail)
    return unit


def _create(change: Change) -> Unit:
    name = clean_name(change.name)
    path = f"{change.target.path} > {name}" if change.target else name
    _fits(path)
    return Unit.objects.create(name=name, path=path, parent=change.target, since=change.on)


def _rename(change: Change) -> Unit:
    name = clean_name(change.name)

    def call(state: UnitState) -> None:
        state.name = name

    change_from(change.subject.states.all(), change.on, call)
    return change.subject


def _move(change: Change) -> Unit:
    def place(state: UnitState) -> None:
        state.parent = change.target

    change_from(change.subject.states.all(), change.on, place)
    return change.subject


def _merge(change: Change) -> Unit:
    assert change.target is not None
    _move_children(change.subject, change.target, change.on)
    move_people(change.subject, change.target, change.on)
    _end(change.subject, change.on, into=change.target)
    return change.subject


def _close(change: Change) -> Unit:
    if change.units_to is not None:
        _move_children(change.subject, change.units_to, change.on)
    if change.people_to is not None:
        move_people(change.subject, change.people_to, change.on)
    _end(change.subject, change.on)
    return change.subject


def _split(change: Change) -> Unit:
    beside = change.subject.parent
    new = _create(Change(Kind.CREATE, change.on, name=change.name, target=beside))
    move_people(change.subject, new, change.on, only=change.people)
    return new


def _end(unit: Unit, on: dt.date, into: Unit | None = None) -> None:
    end_after(unit.states.all(), on - DAY)
    Unit.objects.filter(pk=unit.pk).update(until=on - DAY, merged_into=into)


def _move_children(unit: Unit, target: Unit, on: dt.date) -> None:
    def place(state: UnitState) -> None:
        if state.parent_id == unit.pk:
            state.parent = target

    children = UnitState.objects.from_day(on).filter(parent=unit).values_list("unit", flat=True).distinct()
    for child in Unit.objects.filter(pk__in=list(children)):
        states = list(child.states.all())
        first = min(state.since for state in states if state.parent_id == unit.pk and (state.until or on) >= on)
        change_from(states, max(on, first), place)


def move_people(unit: Unit, target: Unit, on: dt.date, only: Sequence[int] | None = None) -> int:
    """Every membership in ``unit`` that holds on ``on`` or later is one of ``target`` from then on. Returns how many.

    In a few statements, whatever their number.
    """
    rows = Membership.objects.from_day(on).filter(unit=unit).select_for_update()
    if only is not None:
        rows = rows.filter(employee__in=list(only))
    held = list(rows)
    cut = [row for row in held if row.since < on]
    later = [Membership(employee_id=row.employee_id, unit=target, since=on, until=row.until) for row in cut]
    Membership.objects.filter(pk__in=[row.pk for row in cut]).update(until=on - DAY)
    Membership.objects.bulk_create(later, batch_size=1000)
    Membership.objects.filter(pk__in=[row.pk for row in held if row.since >= on]).update(unit=target)
    people = [row.employee_id for row in held]
    Employee.objects.filter(pk__in=people, unit=unit).update(unit=target)
    return len(people)


def _fits(path: str) -> None:
    if len(path) > 1000 or len(path.encode()) > MOST_PATH_BYTES:
        raise ValidationError({"name": _("With all that lies above it the name becomes too long. Shorten it.")})


def _follow() -> None:
    """Bring name, parent and path of the open units to what their states say."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE culture_unit u SET name = s.name, parent_id = s.parent_id FROM culture_unitstate s"
            " WHERE s.unit_id = u.id AND s.until IS NULL AND u.until IS NULL"
            " AND (u.name, u.parent_id) IS DISTINCT FROM (s.name, s.parent_id)"
        )
        cursor.execute(
            "WITH RECURSIVE t(id, path) AS ("
            " SELECT id, name::text FROM culture_unit WHERE parent_id IS NULL AND until IS NULL"
            " UNION ALL SELECT u.id, t.path || ' > ' || u.name FROM culture_unit u JOIN t ON u.parent_id = t.id"
            " WHERE u.until IS NULL)"
            " SELECT t.id, t.path FROM t JOIN culture_unit u USING (id) WHERE u.path <> t.path"
        )
        moved = cursor.fetchall()
        for _pk, path in moved:
            _fits(path)
        cursor.execute(
            "UPDATE culture_unit u SET path = n.path FROM unnest(%s::bigint[], %s::text[]) AS n(id, path)"
            " WHERE n.id = u.id",
            [[pk for pk, _path in moved], [path for _pk, path in moved]],
        )


@transaction.atomic
def reopen(unit: Unit, *, by: Employee | None) -> Unit:
    """``unit`` was closed by mistake: it goes on as if it had never ended. Who was sent elsewhere stays there."""
    _one_at_a_time()
    unit.refresh_from_db()
    if unit.until is None:
        raise ValidationError(_("%(unit)s is open.") % {"unit": unit.name})
    last = unit.states.order_by("since").last()
    assert last is not None
    known = asof.history()
    again = unit.until + DAY
    if last.parent is not None and not known.lasts(last.parent_id, again):
        text = _("%(parent)s, in which it lay, is closed. Reopen that one first.")
        raise ValidationError(text % {"parent": last.parent.name})
    if known.called(last.name, last.parent_id, again) - {unit.pk}:
        text = _("There is another unit called %(name)s in the same place by now. Rename that one first.")
        raise ValidationError(text % {"name": last.name})
    closed = unit.until
    UnitState.objects.filter(pk=last.pk).update(until=None)
    # The path of a closed unit is not kept up to date; a free one first, then the real one.
    Unit.objects.filter(pk=unit.pk).update(
        until=None, merged_into=None, name=last.name, parent=last.parent, path=f"\x7f{unit.pk}"
    )
    _follow()
    unit.refresh_from_db()
    record(by, "unit.reopen", unit, path=unit.path, closed=day_text(closed))
    return unit


@transaction.atomic
def sort(*, parent: Unit | None, order: Sequence[int], by: Employee | None) -> None:
    """The open subunits of ``parent`` in the order of their ids; those not named come after them by name."""
    _one_at_a_time()
    children = list(Unit.objects.open().filter(parent=parent).order_by("position", "name"))
    wanted = {pk: place for place, pk in enumerate(order)}
    if unknown := set(wanted) - {child.pk for child in children}:
        raise ValidationError(_("%(n)s of these units do not lie there.") % {"n": len(unknown)})
    children.sort(key=lambda child: wanted.get(child.pk, len(wanted)))
    for place, child in enumerate(children, start=1):
        child.position = place
    Unit.objects.bulk_update(children, ["position"], batch_size=500)
    record(by, "unit.sort", parent or "units", order=[child.pk for child in children])


@transaction.atomic
def cancel(planned: PlannedChange, *, by: Employee | None) -> None:
    """Take back what is planned; refused once it was done."""
    taken = PlannedChange.objects.filter(pk=planned.pk, status=PlannedChange.Status.PLANNED).update(
        status=PlannedChange.Status.CANCELLED
    )
    if not taken:
        raise ValidationError(_("That change is no longer planned."))
    record(by, "unit.cancel", planned, kind=planned.kind, unit=planned.unit, on=planned.on)


def do_planned(*, today: dt.date) -> int:
    """Carry out what was planned for ``today`` or earlier, oldest first; returns how many. For the tick.

    One that has become impossible is marked with the reason and stands in nobody's way.
    """
    done = 0
    due = PlannedChange.objects.filter(status=PlannedChange.Status.PLANNED, on__lte=today)
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            claimed = (
                PlannedChange.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("unit", "target", "people_to", "units_to", "by")
                .filter(pk=pk, status=PlannedChange.Status.PLANNED)
                .first()
            )
            if claimed is None:
                continue
            try:
                with transaction.atomic():
                    carry_out(_of(claimed), by=claimed.by, today=today)
            except ValidationError as error:
                claimed.status = PlannedChange.Status.FAILED
                claimed.problem = " ".join(error.messages)[:500]
                record(None, "unit.plan_failed", claimed, kind=claimed.kind, unit=claimed.unit, reason=claimed.problem)
            else:
                claimed.status, claimed.problem = PlannedChange.Status.DONE, ""
                done += 1
            claimed.save(update_fields=["status", "problem"])
    return done


def _of(planned: PlannedChange) -> Change:
    return Change(
        Kind(planned.kind),
        planned.on,
        planned.unit,
        name=planned.name,
        target=planned.target,
        people_to=planned.people_to,
        units_to=planned.units_to,
        people=tuple(planned.people),
    )


WRITES = {
    Kind.CREATE: _create,
    Kind.RENAME: _rename,
    Kind.MOVE: _move,
    Kind.MERGE: _merge,
    Kind.CLOSE: _close,
    Kind.SPLIT: _split,
}
