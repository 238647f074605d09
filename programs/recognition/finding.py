"""Finding whom to thank among a hundred thousand: by the beginnings of names, by units, or a whole unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Case, Count, Q, QuerySet, When

from culture.people import employee_search, names
from culture.people.models import Employee, EmployeeQuerySet, Unit

WORDS = 5
UNITS = 400
# The expression is that of the index culture_employee_search.
FITS = (
    "(array_to_tsvector(string_to_array(culture_employee.search, ' ')) @@ %s::tsquery"
    " OR culture_employee.unit_id = ANY(%s))"
)


@dataclass(frozen=True)
class Team:
    """A unit that can be thanked as a whole; ``count``: who works there today, the giver apart."""

    unit: Unit
    count: int


def colleagues(giver: Employee, today: dt.date) -> EmployeeQuerySet:
    """Everybody ``giver`` can thank today."""
    return Employee.objects.here(today).filter(is_active=True).exclude(pk=giver.pk)


def people(giver: Employee, text: str, today: dt.date, language: str | None, most: int) -> list[Employee]:
    """At most ``most`` of whom every word of ``text`` begins a name or occurs in the name of the unit."""
    everybody = colleagues(giver, today)
    ids = employee_search.first(everybody, search=text, language=language, most=most)
    for wanted in _by_units(everybody, text) if len(ids) < most else ():
        more = wanted.exclude(pk__in=ids).in_order(language).values_list("pk", flat=True)
        ids += list(more[: most - len(ids)])
    found = Employee.objects.select_related("unit").in_bulk(ids)
    return [found[pk] for pk in ids]


def _by_units(everybody: EmployeeQuerySet, text: str) -> Iterator[EmployeeQuerySet]:
    """Those of units named so; then those of whom each word is a name's beginning or in their unit's name."""
    whole = _named(" ".join(text.split()))
    if whole:
        yield everybody.filter(unit__in=whole)  # type: ignore[misc]
    any_unit = bool(whole)
    for word in names.words(text)[:WORDS]:
        units = _named(word)
        any_unit = any_unit or bool(units)
        everybody = everybody.extra(where=[FITS], params=[names.query(word), units])  # type: ignore[assignment]
    if any_unit:
        yield everybody


def _named(text: str) -> list[int]:
    return list(Unit.objects.open().filter(name__icontains=text).values_list("pk", flat=True)[:UNITS]) if text else []


def teams(giver: Employee, text: str, today: dt.date, most: int = 4) -> list[Team]:
    """Units whose name has every word of ``text`` and in which somebody works today; named exactly so, first."""
    words = text.split()[:WORDS]
    if not words:
        return []
    units = Unit.objects.open()
    for word in words:
        units = units.filter(name__icontains=word)
    so = Case(When(name__icontains=" ".join(words), then=0), default=1)
    return _counted(giver, units.order_by(so, "name", "pk"), today, most)


def team(giver: Employee, unit: Unit | None, today: dt.date) -> Team | None:
    """``unit`` as a team; None where nobody but ``giver`` works in it."""
    found = _counted(giver, Unit.objects.open().filter(pk=unit.pk), today, 1) if unit else []
    return found[0] if found else None


def _counted(giver: Employee, units: QuerySet[Unit], today: dt.date, most: int) -> list[Team]:
    here = Q(employees__in=colleagues(giver, today))
    counted = units.annotate(count=Count("employees", filter=here)).filter(count__gt=0)
    return [Team(unit, unit.count) for unit in counted[:most]]  # type: ignore[attr-defined]


def members(giver: Employee, unit: Unit, today: dt.date) -> list[Employee]:
    """Everybody in ``unit`` today but ``giver``."""
    return list(colleagues(giver, today).filter(unit=unit).select_related("unit").order_by("sort_name", "pk"))
