"""Writing a plan: units, people, managers, dated memberships, and what it takes to undo it. All, or nothing."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from culture.access import addresses, organisation
from culture.access.audit import record
from culture.people import bulk, names, returning, spells
from culture.people.import_models import ImportEffect, PeopleImport
from culture.people.models import Employee, Membership, Reporting, Unit
from culture.people.planning import newest
from culture.people.plans import BACK_ON, Busy, Change, ImportPlan, Progress, Stale, Stopped, quiet
from culture.people.rows import SEPARATOR
from culture.people.settling import settle

# One import at a time: two at once would both create the same units and people.
LOCK = 7_417_001
# From so many changes on, the search index is put in order at once.
MANY = 2000
# Told by a change, and not found as such in the employee's row.
NO_COLUMNS = {"unit", "manager", BACK_ON}


def lock() -> None:
    """Hold the right to write people in bulk until the transaction ends. Raises ``Busy`` when somebody else has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise Busy(
                _("Another import is being written at this moment. Wait until it has finished, then look again.")
            )


@transaction.atomic
def apply(
    plan: ImportPlan, *, by: Employee | None, file_name: str, sha256: str, progress: Progress = quiet
) -> PeopleImport:
    """Write ``plan``. Raises ``Stopped``, ``Stale`` or ``Busy`` and then has written nothing."""
    if plan.stops:
        raise Stopped(" ".join(plan.stops))
    lock()
    if newest() != plan.basis:
        raise Stale(_("Another import finished in the meantime. Look at the preview again."))
    _check_unchanged(plan)
    touched = [change.pk for change in plan.changes if change.pk is not None]
    before = spells.of(touched)
    progress("writing", 10)
    units = _write_units(plan)
    _write_people(plan, units)
    addresses.changed(_moved_addresses(plan), by=by)
    progress("writing", 55)
    _write_memberships(plan, units)
    settle(on=plan.today)
    progress("writing", 75)
    done = PeopleImport.objects.create(
        by=by, file_name=file_name[:255], sha256=sha256, counts=plan.counts, about=plan.about
    )
    _write_effects(plan, done, units, before)
    progress("writing", 98)
    if len(plan.changes) > MANY:
        _empty_search_queue()
    record(by, "people.import", done, sha256=sha256, mode=plan.about.get("mode", ""), **plan.counts)
    return done


def _empty_search_queue() -> None:
    """A bulk write leaves up to 4 MB beside the index of names, through which every search reads until a vacuum."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('culture_employee_search')")


def _check_unchanged(plan: ImportPlan) -> None:
    """Whoever is to be changed must still be as the plan found him; holds them until the transaction ends."""
    changes = {change.pk: change for change in plan.changes if change.pk is not None}
    for some in bulk.chunks(list(changes)):
        rows = Employee.objects.filter(pk__in=some).order_by("pk").select_for_update(of=("self",))
        now = {row["pk"]: row for row in rows.values("pk", "left_on", *_columns(changes[pk] for pk in some))}
        for pk in some:
            fields = {n: v for n, v in changes[pk].fields.items() if n not in NO_COLUMNS}
            if pk not in now or any(now[pk][name] != was for name, (was, _new) in fields.items()):
                raise Stale(_("People were changed since this preview. Look at it again and confirm."))
            back_on = changes[pk].back_on
            if back_on is not None and not (now[pk]["left_on"] and now[pk]["left_on"] < back_on):
                raise Stale(_("People were changed since this preview. Look at it again and confirm."))


def _columns(changes: Iterable[Change]) -> list[str]:
    return sorted({name for change in changes for name in change.fields} - NO_COLUMNS - {"left_on"})


def _write_units(plan: ImportPlan) -> dict[str, int]:
    """Path → id of every unit, the new ones created level by level; an open unit wins over a closed namesake."""
    ids = dict(Unit.objects.filter(until__isnull=False).values_list("path", "pk"))
    ids |= dict(Unit.objects.open().values_list("path", "pk"))
    for depth in sorted({path.count(SEPARATOR) for path in plan.new_units}):
        level = [
            Unit(
                name=path.rpartition(SEPARATOR)[2],
                path=path,
                parent_id=ids.get(path.rpartition(SEPARATOR)[0]),
                since=plan.today,
            )
            for path in plan.new_units
            if path.count(SEPARATOR) == depth
        ]
        ids.update((unit.path, unit.pk) for unit in Unit.objects.bulk_create(level, batch_size=bulk.CHUNK))
    return ids


def _write_people(plan: ImportPlan, units: dict[str, int]) -> None:
    joined = [change for change in plan.changes if change.pk is None]
    for change, pk in zip(joined, bulk.next_ids(Employee, len(joined)), strict=True):
        change.pk = pk
    fresh = {id(change) for change in joined}
    others = [change for change in plan.changes if id(change) not in fresh]
    _free(others)
    numbers = _manager_ids(plan)
    _update(others, units, numbers)
    bulk.copy_in(Employee, _employees(joined, units, numbers))


def _moved_addresses(plan: ImportPlan) -> list[addresses.Moved]:
    """Addresses of people known before, as they were and as they are now."""
    pairs = [(change.pk, change.fields["email"]) for change in plan.changes if "email" in change.fields]
    return [addresses.Moved(pk, old or "", new or "") for pk, (old, new) in pairs if pk is not None]


def _manager_ids(plan: ImportPlan) -> dict[str, int]:
    """Number → id as they will be: those of the database, with renumbered and new people on top."""
    wanted = {change.person.manager for change in plan.changes if change.person.manager}
    found = dict(Employee.objects.filter(number__in=wanted).values_list("number", "pk"))
    return found | {change.person.number: change.pk for change in plan.changes if change.pk is not None}


def _free(changes: list[Change]) -> None:
    """Two people may exchange addresses or numbers; the unique indexes look at every row, so free them all first."""
    moving = [change.pk for change in changes if "email" in change.fields]
    Employee.objects.filter(pk__in=moving).update(email=None)
    numbered = {change.pk: [f"~moving-{change.pk}"] for change in changes if "number" in change.fields}
    bulk.update_in(Employee, ["number"], numbered)  # type: ignore[arg-type]


def _update(changes: list[Change], units: dict[str, int], managers: dict[str, int]) -> None:
    """One statement for each set of columns that change together."""
    grouped: dict[tuple[str, ...], dict[int, list[Any]]] = {}
    named = [c for c in changes if {"given_name", "family_name", "email", "number"} & c.fields.keys()]
    current = Employee.objects.in_bulk([change.pk for change in named])
    for change in changes:
        values = {name: new for name, (_was, new) in change.fields.items() if name != BACK_ON}
        if not values:
            continue
        if "unit" in values:
            values["unit_id"] = units[values.pop("unit")]
        if "manager" in values:
            values["manager_id"] = managers.get(values.pop("manager") or "")
        if (old := current.get(change.pk)) is not None:
            words = {name: values.get(name, getattr(old, name)) for name in ("given_name", "family_name", "number")}
            values |= names.keys(**words, email=values.get("email", old.email))
        assert change.pk is not None
        grouped.setdefault(tuple(sorted(values)), {})[change.pk] = [values[name] for name in sorted(values)]
    for columns, rows in grouped.items():
        bulk.update_in(Employee, columns, rows)


def _employees(joined: list[Change], units: dict[str, int], managers: dict[str, int]) -> Iterator[bulk.Row]:
    house = organisation.current()
    usual = {"language": house.language, "time_zone": house.time_zone}
    for change in joined:
        person = change.person
        values = person.values
        yield {
            "id": change.pk,
            "number": person.number,
            "unit_id": units[person.unit],
            "manager_id": managers.get(person.manager or ""),
            # What begins with “!” is no password: one can be set by mail, nobody can type it.
            "password": f"!{secrets.token_hex(20)}",
            **usual,
            **values,
            **names.keys(
                given_name=values["given_name"],
                family_name=values["family_name"],
                number=person.number,
                email=values.get("email"),
            ),
        }


def _write_memberships(plan: ImportPlan, units: dict[str, int]) -> None:
    """Open, close and move the dated memberships; what lies in the past is never rewritten."""
    _write_returns(plan, units)
    ids = [change.pk for change in plan.changes if change.back_on is None]
    latest: dict[int, Membership] = {}
    for some in bulk.chunks(ids):
        for membership in Membership.objects.filter(employee__in=some).order_by("since", "pk"):
            latest[membership.employee_id] = membership
    opened: list[bulk.Row] = []
    amended: dict[int, list[Any]] = {}
    for change in plan.changes:
        assert change.pk is not None
        if change.back_on is not None:
            continue
        last = latest.get(change.pk)
        unit, values = units[change.person.unit] if change.person.unit else None, change.person.values
        if last is None:
            if unit is not None:
                since = values.get("hired_on") or min(plan.today, values.get("left_on") or plan.today)
                opened.append(_spell(change.pk, unit, since, values.get("left_on")))
            continue
        if "unit" not in change.fields and "left_on" not in change.fields:
            continue
        ended, new = _next(change, last, unit, plan.today)
        if ended:
            amended[last.pk] = [ended.unit_id, ended.until]
        if new:
            opened.append(new)
    bulk.update_in(Membership, ["unit_id", "until"], amended)
    bulk.copy_in(Membership, opened)


def _write_returns(plan: ImportPlan, units: dict[str, int]) -> None:
    """Returns that are planned; one planned before goes, also when the person is back already or left another day."""
    numbers = _manager_ids(plan)
    for change in plan.changes:
        left = (change.fields.get("left_on") or (None,))[0]
        if change.back_on is not None:
            returning.drop([change.pk or 0])
        elif left is not None and change.pk is not None:
            # The row says another last day, or none, by now: what began after the old one was the return.
            Membership.objects.filter(employee=change.pk, since__gt=max(left, plan.today), until=None).delete()
            Reporting.objects.filter(employee=change.pk, since__gt=max(left, plan.today)).delete()
        if change.back_on is not None and change.pk is not None:
            Membership.objects.create(employee_id=change.pk, unit_id=units[change.person.unit], since=change.back_on)
            if boss := numbers.get(change.person.manager or ""):
                Reporting.objects.create(employee_id=change.pk, manager_id=boss, since=change.back_on)


def _spell(employee: int, unit: int, since: dt.date, until: dt.date | None) -> bulk.Row:
    return {"employee_id": employee, "unit_id": unit, "since": since, "until": until}


def _next(
    change: Change, last: Membership, unit: int | None, today: dt.date
) -> tuple[Membership | None, bulk.Row | None]:
    """(the latest membership as it must be amended, the one to open)."""
    left = change.person.values.get("left_on", last.until)
    returns = "left_on" in change.fields and left is None and last.until is not None and last.until < today
    moves = "unit" in change.fields and last.since < today and not (left and left < today)
    if returns or moves:
        amended = None
        if last.until is None or last.until >= today:
            last.until = today - dt.timedelta(days=1)
            amended = last
        return amended, _spell(last.employee_id, unit or last.unit_id, today, left)
    # Begun today or later, or gone already: the same membership with another unit or end.
    last.unit_id = unit or last.unit_id
    last.until = max(left, last.since) if left else None
    return last, None


def _write_effects(plan: ImportPlan, done: PeopleImport, units: dict[str, int], before: dict[int, spells.Held]) -> None:
    """What it takes to undo: each person's columns and dated rows, before and after."""
    made = (
        {
            "done_id": done.pk,
            "kind": "unit",
            "unit_id": units[path],
            "name": path,
            "after": {"path": path},
            "before": {},
        }
        for path in plan.new_units
    )
    bulk.copy_in(ImportEffect, made)
    decided = {case.number: {"answer": case.answer, "reason": case.reason} for case in plan.suspicious if case.answer}
    for some in bulk.chunks(plan.changes):
        now = spells.of([change.pk for change in some])
        bulk.copy_in(ImportEffect, [_effect(change, done, before, now, decided) for change in some])


def _effect(
    change: Change,
    done: PeopleImport,
    before: dict[int, spells.Held],
    now: dict[int, spells.Held],
    decided: dict[str, dict[str, str]],
) -> bulk.Row:
    pk = change.pk or 0
    if change.kind == "joined":
        was: dict[str, Any] = {}
        person = change.person
        new: dict[str, Any] = {"number": person.number, "unit": person.unit, "manager": person.manager, **person.values}
    else:
        was = {name: pair[0] for name, pair in change.fields.items()} | before.get(pk, spells.NOTHING)
        new = {name: pair[1] for name, pair in change.fields.items()}
    new |= now.get(pk, spells.NOTHING)
    if change.person.number in decided:
        new["decided"] = decided[change.person.number]
    return {
        "done_id": done.pk,
        "kind": change.kind,
        "employee_id": pk,
        "name": change.name,
        "before": _plain(was),
        "after": _plain(new),
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}
