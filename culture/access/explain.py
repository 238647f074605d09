"""Why somebody may do what he may, and who can see what of somebody: the table told about one person."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from culture.access import clock, reach
from culture.access.days import date_text
from culture.access.models import Grant
from culture.access.permissions import Source, sources
from culture.access.table import HOW, MAY, NAMES, TABLE, TITLES, WHOLE_ONLY, Permission, Persona, carried, persona_of
from culture.people.models import Employee, Unit
from culture.people.shown import Sight

SHOWN_UNITS = 300
SEPARATOR = " > "


@dataclass
class Line:
    """One permission of one person: in the whole organisation (``everywhere``), or below ``roots``."""

    permission: Permission
    everywhere: bool = False
    roots: set[int] = field(default_factory=set)

    @property
    def name(self) -> Any:
        return NAMES[self.permission]


@dataclass
class Area:
    """Units that several permissions reach alike, as a tree: rows of (depth, name), parents first."""

    names: list[Any]
    rows: list[tuple[int, str]]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def lines(user: Employee) -> list[Line]:
    """Every permission ``user`` holds today and where, in the order of the table."""
    found: dict[Permission, Line] = {}
    for source in sources(user):
        for permission in carried(source.persona, whole=source.unit_id is None):
            line = found.setdefault(permission, Line(permission))
            if source.unit_id is None:
                line.everywhere = True
            else:
                line.roots.add(source.unit_id)
    return [found[permission] for permission in Permission if permission in found]


@dataclass
class Held:
    """One reason somebody has rights, and what it lets him do. ``everywhere``: in the whole organisation."""

    because: str
    everywhere: bool
    may: list[Any]
    for_everybody: bool


def held(user: Employee, sight: Sight | None = None) -> list[Held]:
    """``user``'s rights by where they come from: each role, leading a unit, working here.

    ``sight``: of who reads it, when it is not himself; units beyond it have no name.
    """
    found = sources(user)
    units = Unit.objects.in_bulk([source.unit_id for source in found if source.unit_id])
    givers = Employee.objects.in_bulk([s.grant.granted_by_id for s in found if s.grant and s.grant.granted_by_id])
    return [
        Held(
            because=_because(source, user, units, givers, sight),
            everywhere=source.unit_id is None,
            may=[MAY[p] for p in Permission if p in carried(source.persona, whole=source.unit_id is None)],
            for_everybody=source.persona == Persona.EMPLOYEE,
        )
        for source in found
    ]


def _because(
    source: Source, user: Employee, units: dict[int, Unit], givers: dict[int, Employee], sight: Sight | None
) -> str:
    if source.persona == Persona.EMPLOYEE:
        return _("Everybody who works here")
    unit = units[source.unit_id] if source.unit_id else None
    place = (sight.path(unit) if sight else unit.path) if unit else _("the whole organisation")
    if source.grant is None:
        reports = Employee.objects.here(clock.today()).filter(manager=user).count()
        told = ngettext(
            "Manager: %(n)s person reports directly; the own unit %(unit)s and everything below it",
            "Manager: %(n)s people report directly; the own unit %(unit)s and everything below it",
            reports,
        )
        return told % {"n": reports, "unit": place}
    grant = source.grant
    giver = givers.get(grant.granted_by_id or 0)
    words = {
        "role": TITLES[source.persona] if source.unit_id is None else grant.get_role_display(),
        "unit": place,
        "day": date_text(grant.since, "j F Y"),
        "giver": giver.name if giver else _("the system"),
    }
    told = _("%(role)s of %(unit)s since %(day)s, given by %(giver)s") % words
    return told + (_(", until %(day)s") % {"day": date_text(grant.until, "j F Y")} if grant.until else "")


def areas(found: list[Line], sight: Sight | None = None) -> list[Area]:
    """The units behind ``lines``, one tree for all permissions that reach the same ones. Nothing for the whole.

    Of units beyond ``sight`` only how many they are is told, as the rest of ``total``.
    """
    together: dict[frozenset[int], list[Line]] = defaultdict(list)
    for line in found:
        if line.roots and not line.everywhere:
            together[frozenset(line.roots)].append(line)
    made = []
    for roots, alike in together.items():
        every = list(reach.below(roots).order_by("path").values_list("path", "name", "pk"))
        paths = [(path, name) for path, name, pk in every if sight is None or sight.sees(pk)]
        top = min((path.count(SEPARATOR) for path, _name in paths), default=0)
        rows = [(path.count(SEPARATOR) - top, name) for path, name in paths[:SHOWN_UNITS]]
        made.append(Area([line.name for line in alike], rows, len(every)))
    return made


def pages(user: Employee) -> list[dict[str, Any]]:
    """What ``user`` finds in the navigation: groups of ``label`` and ``items`` (label, url)."""
    found: list[dict[str, Any]] = import_string(settings.PAGES_OF)(user)
    return found


def table() -> list[dict[str, Any]]:
    """The table, a role at a time: what it may everywhere, for a unit, never."""
    return [
        {
            "key": persona.value,
            "title": TITLES[persona],
            "how": HOW[persona],
            "whole": [MAY[p] for p in Permission if p in TABLE[persona] and (p in WHOLE_ONLY)],
            "placed": [MAY[p] for p in Permission if p in TABLE[persona] and p not in WHOLE_ONLY],
            "scoped": persona not in {Persona.HR_ADMIN, Persona.EMPLOYEE},
        }
        for persona in Persona
    ]


def matrix() -> list[dict[str, Any]]:
    """The table as rows of permissions: per persona ``all``, ``unit`` (follows the grant) or nothing."""
    rows = []
    for permission in Permission:
        cells = []
        for persona in Persona:
            fixed = permission in WHOLE_ONLY or persona in {Persona.HR_ADMIN, Persona.EMPLOYEE}
            cells.append("" if permission not in TABLE[persona] else "all" if fixed else "unit")
        rows.append({"name": NAMES[permission], "may": MAY[permission], "cells": cells})
    return rows


# What a permission shows of one employee. Results are of groups only; nobody has answers.
OF_ONE = {
    Permission.MANAGE_PEOPLE: gettext_lazy("your record: name, number, address, unit, manager, job, dates"),
    Permission.SEE_TEAM_TRAINING: gettext_lazy(
        "your name, unit and job, which courses you have done or still have to do, and which behaviour was seen"
    ),
    Permission.MANAGE_TRAINING: gettext_lazy("how far your cohort is with its courses, as numbers"),
    Permission.SEE_ACCESS: gettext_lazy("which roles you hold"),
    Permission.SEE_AUDIT: gettext_lazy("what you did in the administration, if you did anything there"),
    Permission.SEE_RESULTS: gettext_lazy("survey results of your group, from 5 people up, never an answer of yours"),
    Permission.SEE_LEDGER: gettext_lazy("the points you gave and got"),
    Permission.MANAGE_RECOGNITION: gettext_lazy("which rewards you redeemed"),
    Permission.MODERATE_COMMENTS: gettext_lazy("comments before names in them are masked, never who wrote them"),
}


@dataclass
class Watcher:
    """Who sees something of somebody: a role with how many hold it, or managers by name."""

    title: Any
    names: list[str]
    count: int
    sees: list[Any]


def who_sees(employee: Employee) -> list[Watcher]:
    """Who can see what of ``employee`` today, as far as roles go: the roles that reach his unit, managers by name."""
    today = clock.today()
    over = set(reach.above(employee.unit_id).values_list("pk", flat=True)) if employee.unit_id else set()
    here = Employee.objects.here(today).filter(is_active=True).exclude(pk=employee.pk)
    grants = Grant.objects.in_force(today).filter(Q(unit=None) | Q(unit__in=over), employee__in=here)
    holders: dict[Persona, set[int]] = defaultdict(set)
    seen: dict[Persona, set[Permission]] = defaultdict(set)
    for role, unit, holder in grants.values_list("role", "unit", "employee"):
        persona = persona_of(role, unit)
        holders[persona].add(holder)
        seen[persona] |= carried(persona, whole=unit is None)
    managers = list(here.filter(unit__in=over, reports__in=Employee.objects.here(today)).distinct())
    found = []
    if managers:
        names = [manager.name for manager in managers]
        found.append(Watcher(TITLES[Persona.MANAGER], names, len(names), _sees(TABLE[Persona.MANAGER])))
    for persona in Persona:
        if persona in holders and (sees := _sees(frozenset(seen[persona]))):
            found.append(Watcher(TITLES[persona], [], len(holders[persona]), sees))
    return found


def _sees(permissions: frozenset[Permission]) -> list[Any]:
    return [words for permission, words in OF_ONE.items() if permission in permissions]
