"""Taking a whole import back: everybody as before, or, where something happened since, nobody and the reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from culture.access import addresses
from culture.access.audit import record
from culture.access.models import AuditEntry
from culture.people import bulk, names, spells
from culture.people.applying import lock
from culture.people.headings import LABELS
from culture.people.import_models import ImportEffect, PeopleImport
from culture.people.models import Employee, Membership, Reporting, Unit, UnitState
from culture.people.plans import BACK_ON, Busy
from culture.people.rights_models import Erasure
from culture.people.settling import settle

# From so many people on, the worker does it.
BIG = 2000
SILENT = dt.timedelta(minutes=10)
SHOWN = 20
DATED = ("memberships", "reportings")
DATES = ("hired_on", "left_on")


class Refused(Exception):
    """The import cannot be taken back; ``reasons`` name who and what stands in the way."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@transaction.atomic
def undo(done: PeopleImport, *, by: Employee | None, today: dt.date | None = None) -> PeopleImport:
    """Put back what ``done`` changed. Raises ``Refused`` (nothing is written) or ``Busy``."""
    lock()
    done = PeopleImport.objects.select_for_update().get(pk=done.pk)
    if done.undone:
        raise Refused([_("This import was undone already.")])
    effects = list(done.effects.exclude(kind__in=("unit", "erased")).order_by("pk"))
    if not effects and not done.effects.exists() and any(done.counts.get(k) for k in ("joined", "left", "moved")):
        raise Refused([_("This import is older than the memory of what it changed, and cannot be undone.")])
    erased = set(Erasure.objects.values_list("employee_id", flat=True))
    effects = [effect for effect in effects if effect.employee_id not in erased]
    if reasons := obstacles(effects):
        raise Refused(reasons)
    restored = [effect for effect in effects if effect.kind != "joined"]
    moved = _moved_addresses(restored)
    _restore(restored)
    addresses.changed(moved, by=by)
    _remove([effect.employee_id for effect in effects if effect.kind == "joined" and effect.employee_id])
    kept_units = _remove_units(done)
    settle(on=today or timezone.localdate())
    done.undo, done.undone_by, done.undone_at = PeopleImport.Undo.DONE, by, timezone.now()
    done.undo_refused, done.undo_claimed_at = [], None
    done.save(update_fields=["undo", "undone_by", "undone_at", "undo_refused", "undo_claimed_at"])
    record(by, "people.import.undo", done, people=len(effects), units_kept=kept_units)
    return done


# -- what stands in the way --------------------------------------------------------------------------------------------


def obstacles(effects: list[ImportEffect]) -> list[str]:
    """Who was changed since, or has left traces since, in sentences."""
    reasons: list[str] = []
    for some in bulk.chunks(effects):
        reasons += _changed_since(some)
        if len(reasons) > SHOWN:
            break
    joined = {effect.employee_id: effect.name for effect in effects if effect.kind == "joined" and effect.employee_id}
    reasons += _traces(joined)
    if len(reasons) > SHOWN:
        more = _("And %(count)d more.") % {"count": len(reasons) - SHOWN}
        return [*reasons[:SHOWN], more]
    return reasons


def _changed_since(effects: Iterable[ImportEffect]) -> list[str]:
    effects = list(effects)
    ids = [effect.employee_id for effect in effects]
    people = Employee.objects.select_related("unit", "manager").in_bulk([pk for pk in ids if pk])
    dated = spells.of(people)
    reasons = []
    for effect in effects:
        person = people.get(effect.employee_id or 0)
        if person is None:
            reasons.append(_("%(name)s is not here any more.") % {"name": effect.name})
            continue
        if wrong := _differs(effect, person, dated[person.pk]):
            words = {"name": f"{effect.name} ({person.number})", "what": ", ".join(wrong)}
            reasons.append(_("%(name)s was changed since: %(what)s.") % words)
    return reasons


def _differs(effect: ImportEffect, person: Employee, dated: dict[str, Any]) -> list[str]:
    """What is not as the import left it."""
    wrong = []
    for name, value in effect.after.items():
        if name in ("decided", BACK_ON):
            continue
        if name in DATED:
            # Ends may be brought forward by nobody but a later change; the rows are compared whole.
            if dated[name] != value:
                wrong.append(_("units with dates") if name == "memberships" else _("managers with dates"))
        elif name == "manager":
            if value is not None and (person.manager.number if person.manager else "") != value:
                wrong.append(str(LABELS[name]))
        elif name == "unit":
            if (person.unit.path if person.unit else "") != value:
                wrong.append(str(LABELS[name]))
        elif _json(getattr(person, name)) != value:
            wrong.append(str(LABELS.get(name, name)))
    return wrong


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _traces(joined: dict[int, str]) -> list[str]:
    """People who joined by the import and have done or received something since."""
    own = {Membership, Reporting, ImportEffect}
    reasons = []
    for relation in Employee._meta.related_objects:
        model = relation.related_model
        if model in own or model is Employee or not joined:
            continue
        if not isinstance(relation.field, models.ForeignKey | models.ManyToManyField):
            continue
        reasons += _rows_of(model, relation.field.name, joined, str(model._meta.verbose_name))
    reasons += _rows_of(AuditEntry, "actor", joined, _("entry in the audit trail"))
    led = Employee.objects.filter(manager__in=joined).exclude(pk__in=joined).select_related("manager")
    for person in led[:SHOWN]:
        words = {"name": joined[person.manager_id or 0], "other": person.name}
        reasons.append(_("%(name)s is the manager of %(other)s now.") % words)
    return reasons


def _rows_of(model: Any, name: str, joined: dict[int, str], what: str) -> list[str]:
    found: dict[int, None] = {}
    for some in bulk.chunks(list(joined)):
        found |= dict.fromkeys(model._base_manager.filter(**{f"{name}__in": some}).values_list(name, flat=True))
        if len(found) > SHOWN:
            break
    return [
        _("%(name)s has something since: %(what)s.") % {"name": joined[pk], "what": what} for pk in list(found)[:SHOWN]
    ]


# -- putting back ------------------------------------------------------------------------------------------------------


def _restore(effects: list[ImportEffect]) -> None:
    pks = [effect.employee_id for effect in effects]
    people = Employee.objects.in_bulk([pk for pk in pks if pk])
    _free(effects)
    wanted = {effect.before["unit"] for effect in effects if effect.before.get("unit")}
    places = dict(Unit.objects.filter(path__in=wanted).order_by("until").values_list("path", "pk"))
    places |= dict(Unit.objects.open().filter(path__in=wanted).values_list("path", "pk"))
    bosses = {effect.before["manager"] for effect in effects if effect.before.get("manager")}
    numbers = dict(Employee.objects.filter(number__in=bosses).values_list("number", "pk"))
    numbers |= {e.before["number"]: e.employee_id for e in effects if "number" in e.before and e.employee_id}
    grouped: dict[tuple[str, ...], dict[int, list[Any]]] = {}
    for effect in effects:
        person = people[effect.employee_id or 0]
        values = {name: value for name, value in effect.before.items() if name not in (*DATED, BACK_ON)}
        if "unit" in values:
            values["unit_id"] = places.get(values.pop("unit"))
        if "manager" in values:
            values["manager_id"] = numbers.get(values.pop("manager") or "")
        for name in DATES:
            if values.get(name):
                values[name] = dt.date.fromisoformat(values[name])
        words = {name: values.get(name, getattr(person, name)) for name in ("given_name", "family_name", "number")}
        values |= names.keys(**words, email=values.get("email", person.email))
        grouped.setdefault(tuple(sorted(values)), {})[person.pk] = [values[name] for name in sorted(values)]
    for columns, rows in grouped.items():
        bulk.update_in(Employee, columns, rows)
    spells.put_back({e.employee_id: {name: e.before.get(name, []) for name in DATED} for e in effects if e.employee_id})


def _moved_addresses(effects: list[ImportEffect]) -> list[addresses.Moved]:
    """What happens to addresses when these effects are taken back."""
    pairs = [(e.employee_id, e.after.get("email"), e.before["email"]) for e in effects if "email" in e.before]
    return [addresses.Moved(pk, now or "", before or "") for pk, now, before in pairs if pk]


def _free(effects: list[ImportEffect]) -> None:
    """Numbers and addresses that are handed back must first be held by nobody."""
    Employee.objects.filter(pk__in=[e.employee_id for e in effects if "email" in e.before]).update(email=None)
    moving = {e.employee_id: [f"~moving-{e.employee_id}"] for e in effects if "number" in e.before and e.employee_id}
    bulk.update_in(Employee, ["number"], moving)


def _remove(ids: list[int]) -> None:
    """Delete who joined; nobody else points at them any more, as was checked."""
    for some in bulk.chunks(ids):
        Employee.objects.filter(pk__in=some).update(manager=None)
        Reporting.objects.filter(Q(employee__in=some) | Q(manager__in=some)).delete()
        Membership.objects.filter(employee__in=some).delete()
        ImportEffect.objects.filter(employee__in=some).update(employee=None)
    for some in bulk.chunks(ids):
        Employee.objects.filter(pk__in=some)._raw_delete("default")


def _remove_units(done: PeopleImport) -> int:
    """Delete the units the import made, deepest first; those that are in use stay. Returns how many stay."""
    made = dict(done.effects.filter(kind="unit").values_list("unit_id", "name"))
    kept = 0
    for pk in sorted(made, key=lambda pk: -made[pk].count(" > ")):
        unit = Unit.objects.filter(pk=pk).first()
        if unit is None:
            continue
        used = any(
            relation.related_model._base_manager.filter(**{relation.field.name: pk})
            .exclude(**({"unit": pk} if relation.related_model is UnitState else {}))
            .exists()
            for relation in Unit._meta.related_objects
            if relation.related_model is not None
        )
        if used:
            kept += 1
            continue
        UnitState.objects.filter(unit=unit).delete()
        unit.delete()
    return kept


# -- the worker -------------------------------------------------------------------------------------------


def is_big(done: PeopleImport) -> bool:
    return done.effects.count() > BIG


def ask(done: PeopleImport, *, by: Employee) -> bool:
    """Hand the undo of a big import to the worker; False when it is asked for or done already."""
    asked = PeopleImport.objects.filter(pk=done.pk, undo=PeopleImport.Undo.NONE)
    return bool(asked.update(undo=PeopleImport.Undo.ASKED, undone_by=by, undo_refused=[], undo_claimed_at=None))


def due(now: dt.datetime) -> list[int]:
    waiting = Q(undo_claimed_at__isnull=True) | Q(undo_claimed_at__lt=now - SILENT)
    asked = PeopleImport.objects.filter(waiting, undo=PeopleImport.Undo.ASKED)
    return list(asked.values_list("pk", flat=True))


def work(pk: int) -> None:
    """Undo one import that was asked for, once."""
    now = timezone.now()
    waiting = Q(undo_claimed_at__isnull=True) | Q(undo_claimed_at__lt=now - SILENT)
    if not PeopleImport.objects.filter(waiting, pk=pk, undo=PeopleImport.Undo.ASKED).update(undo_claimed_at=now):
        return
    done = PeopleImport.objects.select_related("undone_by").get(pk=pk)
    language = done.undone_by.language if done.undone_by else "en"
    with translation.override(language):
        try:
            undo(done, by=done.undone_by)
        except Refused as error:
            PeopleImport.objects.filter(pk=pk).update(
                undo=PeopleImport.Undo.NONE, undone_by=None, undo_claimed_at=None, undo_refused=error.reasons
            )
        except Busy:
            PeopleImport.objects.filter(pk=pk).update(undo_claimed_at=None)
