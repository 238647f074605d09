"""Where each room says what it holds about a person: shown to him, downloaded by him, removed when he is erased.

Rooms register from their app's ``ready()``; this module knows none of them. A relation to Employee that nobody
registered fails ``tests/culture/test_rights_guard.py``. Models are named by label, so that registering imports nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.people.models import Employee

# Headings are words that are translated when they are shown.
Row = dict[Any, Any]


class Group(enum.StrEnum):
    """In the order of the page "My data"."""

    WHO = "who"
    WHERE = "where"
    SURVEYS = "surveys"
    PROGRAM = "program"
    TRAINING = "training"
    THANKS = "thanks"
    ACCESS = "access"
    DONE = "done"
    RECORD = "record"


GROUPS: dict[Group, tuple[Any, Any]] = {
    Group.WHO: (_("Who I am"), _("What your employer's HR system told us about you.")),
    Group.WHERE: (_("Where I was"), _("Your units, your manager, and from when to when.")),
    Group.SURVEYS: (
        _("Surveys I was invited to"),
        _(
            "Not what you answered: that cannot be found any more, by anybody. An answer is sealed in an envelope "
            "without a name; at closing all envelopes are opened together, taken apart, shuffled and stored without "
            "any link to a person. Whether you answered is noted only while a survey is open, so that reminders stop. "
            "It is not shown here, so that nobody can ask you to show it."
        ),
    ),
    Group.PROGRAM: (_("Programs I take part in"), _("The programs and cohorts you are enrolled in.")),
    Group.TRAINING: (_("Training"), _("What was assigned to you, what you tried, what you completed.")),
    Group.THANKS: (_("Recognition and points"), _("Thanks given and received, and every movement of your points.")),
    Group.ACCESS: (_("Signing in and rights"), _("Addresses, keys and sessions you sign in with, and your roles.")),
    Group.DONE: (_("What I did for the organisation"), _("Things that carry your name because you made them.")),
    Group.RECORD: (_("The record of what was done"), _("Entries of the audit trail by you or about you.")),
}


class Fate(enum.StrEnum):
    """What erasing a person does to the rows that point at him."""

    REMOVED = "removed"
    CLEARED = "cleared"
    KEPT = "kept"


FATES = {Fate.REMOVED: pgettext_lazy("data", "removed"), Fate.CLEARED: _("cleared"), Fate.KEPT: _("kept without name")}

HR_SEES = _("You, and HR")
ONLY_YOU = _("Only you")
WHILE_EMPLOYED = _("While you work here, then until HR's retention period for leavers is over")
WITH_IDENTITY = _("As long as your name; afterwards it points at “a former colleague”")
FOR_EVER = _("Without end, for counts that must stay true; your name goes when you are erased")


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Rows of ``model`` about a person, found by ``fields``.

    ``show(row, person)`` gives {words: value} for one row (None: leave the row out).
    """

    model: str
    fields: tuple[str, ...]
    group: Group
    title: Any
    kept: Any
    seen_by: Any
    after: Any
    fate: Fate
    show: Callable[[Any, Employee], Row | None]
    erase: Callable[[Employee], int] | None = None
    related: tuple[str, ...] = ()
    only: Q | None = None

    @property
    def model_class(self) -> type[Model]:
        return apps.get_model(self.model)

    def rows(self, person: Employee) -> QuerySet[Any]:
        """What is held about ``person``, newest last."""
        found = Q()
        for name in self.fields:
            found |= Q(**{name: person.pk})
        rows = self.model_class._base_manager.filter(found).select_related(*self.related).order_by("pk")
        return rows.filter(self.only) if self.only is not None else rows

    def shown(self, person: Employee) -> list[Row]:
        return [row for one in self.rows(person).iterator(500) if (row := self.show(one, person))]

    def remove(self, person: Employee) -> int:
        """Do what erasing means here; returns how many rows it touched."""
        if self.erase is not None:
            return self.erase(person)
        if self.fate is Fate.REMOVED:
            rows = self.model_class._base_manager.filter(pk__in=list(self.rows(person).values_list("pk", flat=True)))
            return rows.delete()[0]
        return 0


@dataclass(frozen=True, kw_only=True)
class Scrub:
    """Data about a person that no relation leads to: files, sessions, previews."""

    key: str
    title: Any
    after: Any
    count: Callable[[Employee], int]
    erase: Callable[[Employee], int]


_holdings: dict[tuple[str, tuple[str, ...], str], Holding] = {}
_exempt: dict[tuple[str, str], str] = {}
_scrubs: dict[str, Scrub] = {}
_published: dict[str, str] = {}


def hold(holding: Holding) -> None:
    """Register; doing it twice replaces."""
    _holdings[holding.model, holding.fields, str(holding.only)] = holding


def authored(model: str, *fields: str, title: Any, group: Group = Group.DONE, name: str = "") -> None:
    """Register rows a person made or decided: they stay, and after erasure say "a former colleague".

    ``name``: a field whose value tells the row to its author, beside its number.
    """

    def show(row: Any, person: Employee) -> Row:
        shown: Row = {_("Number"): row.pk}
        if name:
            shown[_("Name")] = str(getattr(row, name))
        return shown

    hold(
        Holding(
            model=model,
            fields=fields,
            group=group,
            title=title,
            kept=WITH_IDENTITY,
            seen_by=HR_SEES,
            after=_("Stays, because others rely on it; its author becomes “a former colleague”."),
            fate=Fate.KEPT,
            show=show,
        )
    )


def exempt(model: str, field: str, *, reason: str) -> None:
    """A relation to Employee that is not shown by itself, and why."""
    _exempt[model.lower(), field] = reason


def scrub(one: Scrub) -> None:
    _scrubs[one.key] = one


def published(model: str, *, reason: str) -> None:
    """Texts the organisation published or must never change: erasing a person does not search them."""
    _published[model.lower()] = reason


def holdings(group: Group | None = None) -> list[Holding]:
    order = list(Group)
    found = [one for one in _holdings.values() if group is None or one.group is group]
    return sorted(found, key=lambda one: order.index(one.group))


def scrubs() -> list[Scrub]:
    return list(_scrubs.values())


def published_texts() -> dict[str, str]:
    """Model label (lower case) → why its texts are not searched."""
    return dict(_published)


def relations() -> set[tuple[str, str]]:
    """Every (model label, field) of the installation that points at Employee."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        inner = model._meta.auto_created and model._meta.auto_created is not Employee
        if model._meta.proxy or inner:
            continue  # a many-to-many is named by its field, not by its hidden table
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            if field.is_relation and field.related_model is Employee:
                found.add((model._meta.label_lower, field.name))
    return found


def known_relations() -> set[tuple[str, str]]:
    """Every (model label, field) that is registered or exempt."""
    return {(one.model.lower(), name) for one in _holdings.values() for name in one.fields} | set(_exempt)


def unregistered() -> set[tuple[str, str]]:
    return relations() - known_relations()


def everything(person: Employee) -> Iterable[tuple[Group, list[tuple[Holding, list[Row]]]]]:
    """All that is stored about ``person``, group by group; groups and holdings without rows are left out."""
    for group in Group:
        filled = [(one, rows) for one in holdings(group) if (rows := one.shown(person))]
        if filled:
            yield group, filled
