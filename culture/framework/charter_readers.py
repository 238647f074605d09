"""Who has read which version of the charter, for HR: by unit, by person, as a file."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from culture.access.permissions import Permission, sees_everything, visible_units
from culture.framework.charter_models import CharterAcknowledgement, CharterVersion
from culture.people.models import Employee, Unit
from culture.people.units import descendants

# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass
class Share:
    """Of ``people`` in a unit with everything below, ``read`` have; ``silent`` of the others have no e-mail."""

    unit: Unit | None
    people: int = 0
    read: int = 0
    silent: int = 0
    below: bool = False

    @property
    def open(self) -> int:
        return self.people - self.read

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means everybody."""
        return self.read * 100 // self.people if self.people else 0


def everybody(on: dt.date) -> QuerySet[Employee]:
    """Who is asked to acknowledge: those employed on ``on``."""
    return Employee.objects.here(on).filter(is_active=True)


def asked(user: Employee, on: dt.date) -> QuerySet[Employee]:
    """Whose reading ``user`` may see: those of the units whose people he manages."""
    if sees_everything(user, Permission.MANAGE_PEOPLE):
        return everybody(on)
    return everybody(on).filter(unit__in=visible_units(user, Permission.MANAGE_PEOPLE))


def with_reading(people: QuerySet[Employee], version: CharterVersion) -> QuerySet[Employee]:
    """``people`` with ``has_read`` (bool) for ``version``."""
    return people.annotate(
        has_read=Exists(CharterAcknowledgement.objects.filter(version=version, employee=OuterRef("pk")))
    )


def read_by_version(people: QuerySet[Employee]) -> dict[int, int]:
    """Version id → how many of ``people`` have acknowledged it."""
    rows = CharterAcknowledgement.objects.filter(employee__in=people.order_by().values("pk"))
    return dict(rows.values_list("version").annotate(Count("pk")).order_by())


def _counts(people: QuerySet[Employee], version: CharterVersion) -> dict[int | None, tuple[int, int, int]]:
    rows = (
        with_reading(people, version)
        .order_by()
        .values("unit_id")
        .annotate(
            people=Count("pk"),
            read=Count("pk", filter=Q(has_read=True)),
            silent=Count("pk", filter=Q(has_read=False, email__isnull=True)),
        )
    )
    return {row["unit_id"]: (row["people"], row["read"], row["silent"]) for row in rows}


def _add(share: Share, counts: Iterable[int]) -> None:
    people, read, silent = counts
    share.people += people
    share.read += read
    share.silent += silent


def by_unit(
    people: QuerySet[Employee], version: CharterVersion, parent: Unit | None
) -> tuple[Share, list[Share], list[Unit]]:
    """The share of ``parent`` (None: everybody), that of each unit right below it, and the way from the top to it.

    Units without people are left out; the lowest share comes first; who works in ``parent`` itself comes last, with
    ``unit`` None. A single unit at the top is stepped over.
    """
    counts = _counts(people, version)
    nodes = {unit.pk: unit for unit in Unit.objects.only("pk", "name", "parent_id")}
    totals = {pk: Share(unit) for pk, unit in nodes.items()}
    whole = Share(None)
    for unit_id, found in counts.items():
        _add(whole, found)
        for pk in _upwards(unit_id, nodes):
            _add(totals[pk], found)
    here = parent.pk if parent else None
    children = _children(here, totals)
    if parent is None and len(children) == 1 and children[0].people == whole.people:
        here = children[0].unit.pk  # type: ignore[union-attr]
        children = _children(here, totals)
    with_below = {unit.parent_id for unit in nodes.values()}  # type: ignore[attr-defined]
    for share in children:
        share.below = share.unit is not None and share.unit.pk in with_below
    own = Share(None)
    _add(own, counts.get(here, (0, 0, 0)))
    children.sort(key=lambda share: (share.read / share.people, share.unit.name if share.unit else ""))
    way = [nodes[pk] for pk in reversed(_upwards(here, nodes))]
    return totals[parent.pk] if parent else whole, children + ([own] if own.people else []), way


def _children(parent: int | None, totals: dict[int, Share]) -> list[Share]:
    return [s for s in totals.values() if s.people and s.unit and s.unit.parent_id == parent]  # type: ignore[attr-defined]


def _upwards(unit_id: int | None, nodes: dict[int, Unit]) -> list[int]:
    """``unit_id`` and everything above it, nearest first."""
    way: list[int] = []
    while unit_id in nodes and unit_id not in way:
        way.append(unit_id)
        unit_id = nodes[unit_id].parent_id  # type: ignore[attr-defined]
    return way


def people_of(
    people: QuerySet[Employee], version: CharterVersion, *, unit: Unit | None, search: str, silent: bool
) -> QuerySet[Employee]:
    """Those of ``people`` who have not acknowledged, by name; ``silent``: only people without e-mail."""
    found = with_reading(people, version).filter(has_read=False).select_related("unit")  # type: ignore[misc]
    if unit is not None:
        found = found.filter(unit__in=descendants([unit.pk]))
    if silent:
        found = found.filter(email__isnull=True)
    for word in search.split()[:6]:
        found = found.filter(
            Q(given_name__icontains=word)
            | Q(family_name__icontains=word)
            | Q(number__icontains=word)
            | Q(unit__path__icontains=word)
        )
    return found.order_by("family_name", "given_name", "number")


class _Echo:
    """A file that hands back each line, so that a long list is sent while it is read."""

    def write(self, line: str) -> str:
        return line


def harmless(cell: str) -> str:
    """A cell no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(FORMULA) or cell.startswith(FORMULA) else cell


def as_csv(people: QuerySet[Employee], version: CharterVersion) -> Iterator[str]:
    """One line per person, by unit and name; UTF-8 with a mark, so that spreadsheets read the letters."""
    mine = CharterAcknowledgement.objects.filter(version=version, employee=OuterRef("pk"))
    rows = people.annotate(
        read_at=Subquery(mine.values("at")[:1]), paper=Subquery(mine.values("recorded_by")[:1])
    ).order_by("unit__path", "family_name", "given_name", "number")
    writer = csv.writer(_Echo())
    head = [
        pgettext("person", "Number"),
        _("Given name"),
        _("Family name"),
        _("E-mail"),
        _("Unit"),
        _("Version"),
        _("Read on"),
        _("How"),
    ]
    yield "\ufeff" + writer.writerow(head)
    fields = ("number", "given_name", "family_name", "email", "unit__path", "read_at", "paper")
    for number, given, family, email, path, at, paper in rows.values_list(*fields).iterator(chunk_size=2000):
        day = timezone.localtime(at).date().isoformat() if at else ""
        how = "" if not at else _("on paper") if paper else _("in person")
        cells = [number, given, family, email or "", path or "", str(version.number), day, how]
        yield writer.writerow([harmless(cell) for cell in cells])
