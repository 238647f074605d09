"""Which scorecards somebody may open, and finding the unit's among thousands: by its name, or down the tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from culture.access import reach
from culture.access.permissions import Permission, sees_everything, visible_units
from culture.people import names
from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.reports.scorecard_place import Place
from surveys.results import places

MOST_FOUND = 50
# So many lines of one level stand on a page; beyond them the search finds the unit.
MOST_PARTS = 200


@dataclass(frozen=True)
class Line:
    """A unit to choose. ``parts``: how many lie directly below it."""

    unit: Unit
    parts: int = 0


def sees_whole(user: Any) -> bool:
    """The scorecard of a whole program speaks of everybody: it is not for who may see only a part of it."""
    return sees_everything(user, Permission.SEE_SCORECARD)


def programs() -> QuerySet[Program]:
    return Program.objects.launched().select_related("series")


def program_or_404(program_id: int) -> Program:
    return get_object_or_404(programs(), pk=program_id)


def place(user: Employee, program: Program, unit_id: int | None) -> Place:
    """What ``user`` may read of the program: the whole (None), or a unit whose results he sees. Else refused."""
    if unit_id is None:
        if not sees_whole(user):
            raise PermissionDenied
        return Place(program)
    if unit_id >= 2**63:
        raise Http404
    audience = places.audience(user, unit_id)
    if audience is None:
        raise PermissionDenied
    return Place(program, get_object_or_404(Unit, pk=unit_id), audience)


def units(user: Employee) -> QuerySet[Unit]:
    """The open units whose scorecard ``user`` may read."""
    return visible_units(user, Permission.SEE_RESULTS).filter(until__isnull=True)


def others(user: Employee, unit: Unit) -> bool:
    """Whether he may read the scorecard of any other unit. One query."""
    return units(user).exclude(pk=unit.pk).exists()


def tops(user: Employee) -> list[Unit]:
    """The uppermost of them."""
    mine = units(user)
    return list(mine.filter(Q(parent=None) | ~Q(parent__in=mine.order_by().values("pk"))).order_by("path"))


def lines(found: Iterable[Unit]) -> list[Line]:
    """With the number of their open parts. One query."""
    rows = list(found)
    parts = Unit.objects.open().filter(parent__in=rows).order_by().values("parent").annotate(n=Count("pk"))
    counts = dict(parts.values_list("parent", "n"))
    return [Line(row, counts.get(row.pk, 0)) for row in rows]


def parts(user: Employee, unit: Unit) -> QuerySet[Unit]:
    """The open units directly below one he sees."""
    return Unit.objects.open().filter(parent=unit).order_by("position", "name")


def search(user: Employee, text: str) -> tuple[list[Unit], int]:
    """Those whose name or path holds what is typed, whatever its accents: the first ones and how many there are."""
    wanted = names.plain(text)
    if not wanted:
        return [], 0
    rows = units(user).order_by("path").values_list("pk", "name", "path")
    hits = [
        (not (own := names.plain(name)).startswith(wanted), wanted not in own, path, pk)
        for pk, name, path in rows
        if wanted in names.plain(path)
    ]
    chosen = [pk for *_rank, pk in sorted(hits)[:MOST_FOUND]]
    known = Unit.objects.in_bulk(chosen)
    return [known[pk] for pk in chosen if pk in known], len(hits)


def above(user: Employee, unit: Unit) -> list[Unit]:
    """What it lies in, the uppermost first, of what he sees. Two queries at most."""
    if unit.parent_id is None:  # type: ignore[attr-defined]
        return []
    rows = reach.above(unit.parent_id)  # type: ignore[attr-defined]
    if not sees_everything(user, Permission.SEE_RESULTS):
        rows = rows.filter(pk__in=visible_units(user, Permission.SEE_RESULTS).order_by().values("pk"))
    by_parent = {row.parent_id: row for row in rows.order_by()}  # type: ignore[attr-defined]
    known = {row.pk: row for row in by_parent.values()}
    found, at = [], known.get(unit.parent_id)  # type: ignore[attr-defined]
    while at is not None and at not in found:
        found.append(at)
        at = known.get(at.parent_id)  # type: ignore[attr-defined]
    return found[::-1]
