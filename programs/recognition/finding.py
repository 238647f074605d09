"""Finding whom to thank among a hundred thousand: by the beginnings of names, by units, or a whole unit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

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
    if len(ids) < most and (wanted := _with_units(everybody, text)) is not None:
        more = wanted.exclude(pk__in=ids).in_order(language).values_list("pk", flat=True)
        ids += list(more[: most - len(ids)])
    found = Employee.objects.select_related("unit").in_bulk(ids)
    return [found[pk] for pk in ids]


def _with_units(everybody: EmployeeQuerySet, text: str) -> EmployeeQuerySet | None:
    """Those of whom each word is a name's beginning or in their unit's name; None where no unit has any word."""
    any_unit = False
    for word in names.words(text)[:WORDS]:
        units = list(Unit.objects.open().filter(name__icontains=word).values_list("pk", flat=True)[:UNITS])
        any_unit = any_unit or bool(units)
        everybody = everybody.extra(where=[FITS], params=[names.query(word), units])  # type: ignore[assignment]
    return everybody if any_unit else None


def teams(giver: Employee, text: str, today: dt.date, most: int = 4) -> list[Team]:
    """Units whose name has every word of ``text`` and in which somebody works today."""
    words = text.split()[:WORDS]
    if not words:
        return []
    units = Unit.objects.open()
    for word in words:
        units = units.filter(name__icontains=word)
    return _counted(giver, units.order_by("name", "pk"), today, most)


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
