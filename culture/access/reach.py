"""Below and above in the tree of units, as SQL that composes. ``UNION`` ends even in a loop made by hand."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from culture.people.models import Unit

# As a subquery, so that 5,000 ids never travel.
BELOW = (
    "WITH RECURSIVE below(id) AS (SELECT id FROM culture_unit WHERE id = ANY(%s)"
    " UNION SELECT u.id FROM culture_unit u JOIN below ON u.parent_id = below.id) SELECT id FROM below"
)
ABOVE = (
    "WITH RECURSIVE above(id, parent_id) AS (SELECT id, parent_id FROM culture_unit WHERE id = ANY(%s)"
    " UNION SELECT u.id, u.parent_id FROM culture_unit u JOIN above ON u.id = above.parent_id) SELECT id FROM above"
)


def below(unit_ids: Collection[int]) -> QuerySet[Unit]:
    """``unit_ids`` and everything below them."""
    return Unit.objects.filter(pk__in=RawSQL(BELOW, [sorted(unit_ids)]))


def above(unit_id: int) -> QuerySet[Unit]:
    """The unit and everything it lies in."""
    return Unit.objects.filter(pk__in=RawSQL(ABOVE, [[unit_id]]))
