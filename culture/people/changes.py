"""One change of the tree: what it would do, and why it cannot be done. Reads, writes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.people import asof
from culture.people.dated import check_day, day_text
from culture.people.history import FAR, History
from culture.people.models import Membership, PlannedChange, Unit
from culture.people.rows import SEPARATOR

Kind = PlannedChange.Kind
LONGEST_NAME = 200


@dataclass(frozen=True)
class Change:
    """What shall happen on ``on``. ``target``: the new parent (create, move; None: the top) or the survivor (merge).

    ``people_to`` and ``units_to``: who takes over when ``unit`` is closed. ``people``: who goes into the new unit of
    a split (employee ids).
    """

    kind: Kind
    on: dt.date
    unit: Unit | None = None
    name: str = ""
    target: Unit | None = None
    people_to: Unit | None = None
    units_to: Unit | None = None
    people: tuple[int, ...] = ()

    @property
    def subject(self) -> Unit:
        assert self.unit is not None
        return self.unit


@dataclass
class Preview:
    """What a change would do, for the person who confirms it."""

    planned: bool
    people: int = 0
    """How many people belong to the units concerned on the day or come to them later."""
    units: int = 0
    """How many subunits go along."""
    notes: list[str] = field(default_factory=list)


def clean_name(name: str) -> str:
    """``name`` without doubled blanks; refused when empty, too long, or when it would break paths."""
    clean = " ".join(name.replace("\xa0", " ").split())
    if not clean:
        raise ValidationError({"name": _("Give the unit a name.")})
    if len(clean) > LONGEST_NAME:
        raise ValidationError(
            {"name": _("The name is too long: %(most)s characters at most.") % {"most": LONGEST_NAME}}
        )
    if SEPARATOR.strip() in clean or not clean.isprintable():
        raise ValidationError({"name": _("The sign > separates the levels of a path and cannot stand in a name.")})
    return clean


def check(change: Change, *, today: dt.date) -> Preview:
    """What ``change`` would do; raises ValidationError by field with the reason why it cannot be done."""
    check_day(change.on, today)
    known = asof.history()
    if change.unit is not None and change.unit.until is not None:
        raise ValidationError(
            _("%(unit)s was closed on %(day)s.") % {"unit": change.unit.name, "day": day_text(change.unit.until)}
        )
    if change.kind in {Kind.CREATE, Kind.RENAME, Kind.SPLIT}:
        clean_name(change.name)
    preview = CHECKS[change.kind](change, known)
    preview.planned = change.on > today
    if change.kind != Kind.CREATE:
        preview.notes.append(_("Open surveys and finished reports keep the tree they were made with."))
    return preview


def _exists(known: History, unit: Unit, on: dt.date, name: str) -> None:
    """Refuse a unit that is not there from ``on`` for good."""
    if known.lasts(unit.pk, on):
        return
    began = known.began(unit.pk)
    if unit.until is not None:
        text = _("%(unit)s is closed.") % {"unit": unit.name}
    elif began and began > on:
        text = _("%(unit)s exists only since %(day)s.") % {"unit": unit.name, "day": day_text(began)}
    else:
        text = _("%(unit)s did not exist all the time since then.") % {"unit": unit.name}
    raise ValidationError({name: text})


def _free(known: History, name: str, parent: int | None, on: dt.date, *own: int, to: dt.date = FAR) -> None:
    """Refuse a second unit of the same name in the same place."""
    if known.called(name, parent, on, to) - set(own):
        raise ValidationError(
            {"name": _("There is already a unit called %(name)s in the same place.") % {"name": name}}
        )


def _began(known: History, change: Change) -> None:
    began = known.began(change.subject.pk)
    if began is None or change.on < began:
        day = day_text(began) if began else "–"
        text = _("%(unit)s exists only since %(day)s. Choose that day or a later one.")
        raise ValidationError({"on": text % {"unit": change.subject.name, "day": day}})


def _nothing_later(known: History, change: Change, what: str) -> None:
    """Refuse to change ``what`` (name or parent) before it was changed last: that would rewrite what was decided."""
    states = list(known.within(change.subject.pk, change.on))
    for before, after in zip(states, states[1:], strict=False):
        if getattr(before, what) != getattr(after, what):
            text = {
                "name": _("It has its present name since %(day)s. Choose that day or a later one."),
                "parent": _("It has its present place since %(day)s. Choose that day or a later one."),
            }[what]
            raise ValidationError({"on": text % {"day": day_text(after.since)}})


def _ends(known: History, change: Change) -> None:
    """Refuse to end a unit on a day on which something of it began."""
    last = known.of[change.subject.pk][-1]
    if last.since >= change.on:
        text = _("%(unit)s is as it is since %(day)s. Choose a later day.")
        raise ValidationError({"on": text % {"unit": change.subject.name, "day": day_text(last.since)}})


def _below(change: Change, known: History, count_people: bool = True) -> Preview:
    """How much hangs below the unit."""
    units = {change.subject.pk}
    waiting = [change.subject.pk]
    while waiting:
        for child in known.children(waiting.pop(), change.on):
            if child not in units:
                units.add(child)
                waiting.append(child)
    people = Membership.objects.from_day(change.on).filter(unit__in=units).values("employee").distinct().count()
    return Preview(planned=False, people=people if count_people else 0, units=len(units) - 1)


def _create(change: Change, known: History) -> Preview:
    if change.target is not None:
        _exists(known, change.target, change.on, "target")
    _free(known, clean_name(change.name), change.target.pk if change.target else None, change.on)
    return Preview(planned=False)


def _rename(change: Change, known: History) -> Preview:
    _began(known, change)
    name = clean_name(change.name)
    _nothing_later(known, change, "name")
    if name == known.of[change.subject.pk][-1].name:
        raise ValidationError({"name": _("It is called that already.")})
    for state in known.within(change.subject.pk, change.on):
        _free(known, name, state.parent, max(change.on, state.since), change.subject.pk, to=state.last)
    return _below(change, known)


def _move(change: Change, known: History) -> Preview:
    _began(known, change)
    unit, target = change.subject, change.target
    if target is not None:
        if target.pk == unit.pk:
            raise ValidationError({"target": _("A unit cannot lie in itself.")})
        _exists(known, target, change.on, "target")
        if unit.pk in known.above(target.pk, change.on):
            text = _("%(target)s lies below %(unit)s (or did after that day): the tree would run in a circle.")
            raise ValidationError({"target": text % {"target": target.name, "unit": unit.name}})
    _nothing_later(known, change, "parent")
    parent = target.pk if target else None
    if known.of[unit.pk][-1].parent == parent:
        raise ValidationError({"target": _("It lies there already.")})
    for state in known.within(unit.pk, change.on):
        _free(known, state.name, parent, max(change.on, state.since), unit.pk, to=state.last)
    return _below(change, known)


def _merge(change: Change, known: History) -> Preview:
    _began(known, change)
    unit, target = change.subject, change.target
    if target is None:
        raise ValidationError({"target": _("Say which unit it becomes a part of.")})
    if target.pk == unit.pk:
        raise ValidationError({"target": _("A unit cannot be merged with itself. Choose another one.")})
    _exists(known, target, change.on, "target")
    if unit.pk in known.above(target.pk, change.on):
        text = _("%(target)s lies below %(unit)s. Merge the lower one into the upper one, or move it first.")
        raise ValidationError({"target": text % {"target": target.name, "unit": unit.name}})
    _ends(known, change)
    _children_fit(known, change, target, "target")
    preview = _own(change, known)
    preview.notes.append(
        _("%(unit)s ends the day before; its people and subunits go to %(target)s.")
        % {"unit": unit.name, "target": target.name}
    )
    return preview


def _own(change: Change, known: History) -> Preview:
    """The people and the subunits directly in the unit."""
    people = Membership.objects.from_day(change.on).filter(unit=change.subject).values("employee").distinct().count()
    return Preview(planned=False, people=people, units=len(known.children(change.subject.pk, change.on)))


def _children_fit(known: History, change: Change, target: Unit, name: str) -> None:
    """Refuse when a subunit would come to lie beside one of the same name."""
    for child in known.children(change.subject.pk, change.on):
        for state in known.within(child, change.on):
            beside = known.called(state.name, target.pk, max(change.on, state.since), state.last)
            if state.parent == change.subject.pk and beside - {child, change.subject.pk}:
                text = _("Both have a subunit called %(name)s. Rename one of them first.")
                raise ValidationError({name: text % {"name": state.name}})


def _close(change: Change, known: History) -> Preview:
    _began(known, change)
    _ends(known, change)
    preview = _own(change, known)
    if preview.people and change.people_to is None:
        text = ngettext(
            "%(n)s person belongs to it. Say where this person goes.",
            "%(n)s people belong to it. Say where they go.",
            preview.people,
        )
        raise ValidationError({"people_to": text % {"n": preview.people}})
    if preview.units and change.units_to is None:
        text = ngettext(
            "%(n)s subunit lies in it. Say where it goes.",
            "%(n)s subunits lie in it. Say where they go.",
            preview.units,
        )
        raise ValidationError({"units_to": text % {"n": preview.units}})
    for name, unit in (("people_to", change.people_to), ("units_to", change.units_to)):
        if unit is None:
            continue
        if unit.pk == change.subject.pk:
            raise ValidationError({name: _("That is the unit to be closed. Choose another one.")})
        _exists(known, unit, change.on, name)
    if change.units_to is not None:
        if change.subject.pk in known.above(change.units_to.pk, change.on):
            text = _("%(target)s lies below %(unit)s: the tree would run in a circle.")
            raise ValidationError({"units_to": text % {"target": change.units_to.name, "unit": change.subject.name}})
        _children_fit(known, change, change.units_to, "units_to")
    return preview


def _split(change: Change, known: History) -> Preview:
    _began(known, change)
    unit = change.subject
    inside = set(
        Membership.objects.on(change.on)
        .filter(unit=unit, employee__in=change.people)
        .values_list("employee", flat=True)
    )
    if not change.people:
        raise ValidationError({"people": _("Choose at least one person for the new unit.")})
    if missing := set(change.people) - inside:
        text = ngettext(
            "%(n)s chosen person does not belong to %(unit)s on that day.",
            "%(n)s chosen people do not belong to %(unit)s on that day.",
            len(missing),
        )
        raise ValidationError({"people": text % {"n": len(missing), "unit": unit.name}})
    if unit.parent is not None:
        _exists(known, unit.parent, change.on, "on")
    _free(known, clean_name(change.name), unit.parent_id, change.on)
    return Preview(planned=False, people=len(inside))


CHECKS = {
    Kind.CREATE: _create,
    Kind.RENAME: _rename,
    Kind.MOVE: _move,
    Kind.MERGE: _merge,
    Kind.CLOSE: _close,
    Kind.SPLIT: _split,
}
