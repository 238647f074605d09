"""Whom a unit named in a rule or on a reward means today: its people, and those of the units that took its place."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from culture.people import asof
from culture.people.models import Unit

# What lies above, then whatever was merged into one of those: nobody belongs to a merged unit any more, but what was
# limited to it is meant for the people it went with. Not what lay above a merged one: that lies elsewhere today.
NAMES = """
    WITH RECURSIVE above(id, parent_id) AS (
        SELECT id, parent_id FROM culture_unit WHERE id = %s
        UNION SELECT u.id, u.parent_id FROM culture_unit u JOIN above ON u.id = above.parent_id
    ), named(id) AS (
        SELECT id FROM above UNION SELECT u.id FROM culture_unit u JOIN named ON u.merged_into_id = named.id
    ) SELECT id FROM named
"""


def names(unit: int | None) -> frozenset[int]:
    """The ids of all units that mean somebody of ``unit``: it, all above, and what became one of these. One query."""
    if unit is None:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [unit])
        return frozenset(row[0] for row in cursor.fetchall())


def today(units: Iterable[int]) -> list[int]:
    """``units`` with those that were merged replaced by what they became; closed ones stay as they are."""
    chosen = list(units)
    into = asof.successors() if chosen else {}
    return list(dict.fromkeys(into.get(one, one) for one in chosen))


def choices(chosen: Iterable[int] = ()) -> QuerySet[Unit]:
    """The units one may choose: the open ones, and those chosen already. A form that lost a closed one would read as
    no unit at all, which means everybody."""
    return Unit.objects.filter(Q(until__isnull=True) | Q(pk__in=list(chosen))).order_by("path")


def label(unit: Unit) -> str:
    return unit.path if unit.until is None else _("%(unit)s (closed)") % {"unit": unit.path}


def told(units: Iterable[Unit]) -> dict[int, str]:
    """Unit → what it is called today, or what the unit is called that it became."""
    wanted = {unit.pk: unit for unit in units}
    if any(unit.until is not None for unit in wanted.values()):
        became = asof.successors()
        found = Unit.objects.in_bulk([became[pk] for pk in wanted if pk in became])
        wanted = {pk: found.get(became.get(pk, pk), unit) for pk, unit in wanted.items()}
    return {pk: label(unit) for pk, unit in wanted.items()}
