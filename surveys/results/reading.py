"""What one reader may read of one wave: result pages, files and the API fetch released cells through here.

Who may is asked of the gate (:mod:`surveys.results.queries`); this module only fetches what it allows, and of a large
wave only the cells a page shows: 5,000 units have some 30 MB of cells.

In the tree a reader sees his groups and the whole organisation. Of who serves whom he sees both directions: what is
said of his groups, and what his groups say of others. The categories of a cut are of everybody, so they are for all who
may see results; those within a division are for who sees the division.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, FloatField, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language

from culture.access.permissions import Permission, can
from surveys.instruments.scales import text_in
from surveys.results import queries, sharing
from surveys.results.models import CellGroup, Release
from surveys.waves.cuts import NAMES
from surveys.waves.models import Wave

Cells = Mapping[str, Mapping[str, Any]]
TREE, MATRIX, DIVISION, CUSTOMER, CUT, UNIT_CUT = FAMILIES = (
    "tree", "matrix", "division", "customer", "cut", "unit_cut",
)  # fmt: skip
ARROW = " ← "
# Formulas that left a question's place in reliability empty where all had answered it alike.
SILENT = frozenset({"1", "2", "3"})


# Which groups were chosen of a release and in which order (see ``Seen.lines``); only of so many or more.
_CHOSEN: OrderedDict[tuple[Any, ...], list[int]] = OrderedDict()
MANY, MOST_CHOSEN = 400, 32


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the tree without its cells. ``depth`` as in the tree; ``own``: seen for itself, not only as the top."""

    unit: int
    name: str
    parent: int | None
    depth: int
    own: bool = True


@dataclass(frozen=True)
class Line:
    """A released group with the cells that were asked for."""

    family: str
    unit: int
    other: int | None
    name: str
    parent: int | None
    depth: int
    cut: str
    cells: Cells

    @property
    def sides(self) -> tuple[str, str]:
        """Of who serves whom: the provider's and the customer's name."""
        provider, _arrow, customer = self.name.partition(ARROW)
        return provider, customer


def _index(key: str) -> Cast:
    """The index of a cell as the database sees it; NULL where it has none."""
    return Cast(KeyTextTransform("index", KeyTransform(key, "cells")), FloatField())


class Seen:
    """A wave as one reader may see it. ``nodes``: groups of the tree he sees for themselves; None: all of them."""

    def __init__(self, wave: Wave, release: Release, user: queries.User) -> None:
        release.wave = wave
        self.wave, self.release, self.user = wave, release, user
        self.nodes = queries.seen_nodes(wave, user)
        self._unreadable = 0
        # Plain employees, with whom a wave is shared, see their own group and the whole, not everybody's categories.
        self.whole = can(user, Permission.SEE_RESULTS)

    @classmethod
    def of(cls, user: queries.User, wave: Wave) -> Seen | None:
        release = queries.release_of(wave, user)
        return cls(wave, release, user) if release else None

    def sees(self, unit: int) -> bool:
        return self.nodes is None or unit in self.nodes

    @property
    def partial(self) -> bool:
        return self.nodes is not None

    # -- groups ------------------------------------------------------------------------------------------------------

    def groups(self, *families: str) -> QuerySet[CellGroup]:
        """The released groups of these families (all: none named) that may be seen."""
        rows = CellGroup.objects.filter(release=self.release)
        wanted = families or FAMILIES
        if self.nodes is None:
            return rows.filter(family__in=wanted)
        allowed = Q(pk__in=[])
        for family in wanted:
            allowed |= self._allowed(family)
        return rows.filter(allowed)

    def _allowed(self, family: str) -> Q:
        nodes = list(self.nodes or ())
        mine = Q(unit__in=nodes)
        if family == TREE:
            mine |= Q(parent=None)
        if family in (MATRIX, DIVISION):
            mine |= Q(other__in=nodes)
        if family == CUT:
            mine = Q() if self.whole else Q(pk__in=[])
        return Q(family=family) & mine

    def lines(
        self,
        *families: str,
        keys: Sequence[str] | None = None,
        among: Q | None = None,
        lowest: str = "",
        most: int | None = None,
        remember: str = "",
        **having: Any,
    ) -> list[Line]:
        """Groups with their cells: all of them, or only those of ``keys``. ``among``, ``having`` narrow further.

        ``lowest``: in the order of that score, the lowest first, the unknown last; ``most``: so many of them.
        ``remember``: a name for this choice. To find the lowest of thousands the database has to open every one; as a
        release never changes, who sees all of it finds kept which they are.
        """
        mark = (self.release.pk, *families, remember)
        kept = _CHOSEN.get(mark) if remember and self.nodes is None else None
        rows = self.groups(*families).filter(among or Q(), **having)
        if kept is not None:
            rows = self.groups(*families).filter(pk__in=kept)
        else:
            rows = rows.order_by(_index(lowest).asc(nulls_last=True), "name", "pk") if lowest else rows.order_by("pk")
            rows = rows[:most]
        plain = ("pk", "family", "unit", "other", "name", "parent", "depth", "cut")
        if keys is None:
            return [Line(*row, self.told(cells)) for _pk, *row, cells in rows.values_list(*plain, "cells")]  # type: ignore[call-arg]
        names = {f"cell{at}": KeyTransform(key, "cells") for at, key in enumerate(keys)}
        found: dict[int, Line] = {}
        for row in rows.annotate(**names).values_list(*plain, *names):
            told = zip(keys, row[len(plain) :], strict=True)
            cells = self.told({key: cell for key, cell in told if cell is not None})
            found[row[0]] = Line(*row[1 : len(plain)], cells)  # type: ignore[call-arg]
        if kept is not None:
            return [found[pk] for pk in kept if pk in found]
        if remember and self.nodes is None and len(found) >= min(most or MANY, MANY):
            _CHOSEN[mark] = list(found)
            while len(_CHOSEN) > MOST_CHOSEN:
                _CHOSEN.popitem(last=False)
        return list(found.values())

    def scores(self, key: str) -> dict[int, float | None]:
        """One score of every group of the tree, by group; None where it has none. Numbers only: for sorting."""
        return dict(self.groups(TREE).order_by("pk").values_list("unit", _index(key)))

    # -- the tree ----------------------------------------------------------------------------------------------------

    @cached_property
    def places(self) -> list[Place]:
        """The lines of the tree that may be seen, parents before children. One query, without cells."""
        if "_every_place" in self.__dict__:
            return [place for place in self._every_place if place.own or place.parent is None]
        return self._places(self.groups(TREE))

    @cached_property
    def _every_place(self) -> list[Place]:
        """All lines of the tree, also those of which the reader sees nothing: for what lies above his groups."""
        return self._places(CellGroup.objects.filter(release=self.release, family=TREE))

    def _places(self, rows: QuerySet[CellGroup]) -> list[Place]:
        told = rows.order_by("pk").values_list("unit", "name", "parent", "depth")
        return [Place(unit, name, parent, depth, self.sees(unit)) for unit, name, parent, depth in told]

    @cached_property
    def names(self) -> dict[int, str]:
        return {place.unit: place.name for place in self.places}

    def tree(self, units: Iterable[int], keys: Sequence[str]) -> dict[int, Cells]:
        """The cells ``keys`` of these groups of the tree, by group."""
        return {line.unit: line.cells for line in self.lines(TREE, keys=keys, unit__in=list(units))}

    def unit(self, unit: int) -> CellGroup | None:
        """One group of the tree with all its cells."""
        return self._row(self.groups(TREE).filter(unit=unit))

    @cached_property
    def company(self) -> CellGroup | None:
        """The row of the whole organisation."""
        return self._row(self.groups(TREE).filter(parent=None))

    def unit_and_company(self, unit: int) -> CellGroup | None:
        """The same as :meth:`unit`; the company is read with it."""
        rows = list(self.groups(TREE).filter(Q(unit=unit) | Q(parent=None)).order_by("pk"))
        for row in rows:
            self._told_row(row)
            if row.parent is None:
                self.company = row
        return next((row for row in rows if row.unit == unit), None)

    def course(self) -> list[CellGroup]:
        """The whole organisation in this wave and those before it that are shared with the reader, oldest first."""
        waves = queries.released_waves(self.user).filter(series=self.wave.series_id, number__lte=self.wave.number)
        shown = CellGroup.objects.shown().filter(
            family=TREE, parent=None, release__wave__in=waves.order_by().values("pk")
        )
        rows = list(
            shown.select_related("release__wave").defer("release__wave__snapshot").order_by("release__wave__number")
        )
        for row in rows:
            if row.release_id == self.release.pk:
                row.release = self.release
                self.company = self._told_row(row)
        return rows

    def row(self, family: str, **having: Any) -> CellGroup | None:
        """One group of another family with all its cells."""
        return self._row(self.groups(family).filter(**having))

    def _row(self, rows: QuerySet[CellGroup]) -> CellGroup | None:
        row = rows.first()
        return self._told_row(row) if row else None

    def _told_row(self, row: CellGroup) -> CellGroup:
        row.release = self.release
        row.cells = self.told(row.cells)
        return row

    def line_above(self, unit: int) -> list[int]:
        """The groups above ``unit``, from the nearest to the top, whether they may be seen or not."""
        parents = {place.unit: place.parent for place in (self.places if self.nodes is None else self._every_place)}
        line: list[int] = []
        at = parents.get(unit)
        while at is not None and at not in line:
            line.append(at)
            at = parents.get(at)
        return line

    def above(self, unit: int, key: str) -> Line | None:
        """The nearest group above ``unit`` that shows ``key`` and may be seen."""
        line = self.line_above(unit)
        found = {one.unit: one for one in self.lines(TREE, keys=[key], unit__in=line)} if line else {}
        return nearest(line, found, key)

    # -- change ------------------------------------------------------------------------------------------------------

    def cells_before(self, row: CellGroup) -> dict[str, Any]:
        """The scores the group had in the wave before, for telling *not asked before* from *not to be compared*.

        Only releases from before words were decided need the numbers; of all others it is enough what was asked.
        """
        if any(name.startswith("reliability:") for name in row.cells) or self.wave_before is None:
            return dict.fromkeys(queries.codes_of(self.items_before), {"shown": False})
        before = Seen.of(self.user, self.wave_before)
        earlier = before.unit(row.unit) if before else None
        return earlier.cells if earlier else {}

    @cached_property
    def _earlier(self) -> list[Wave]:
        return queries.earlier(self.wave)

    @cached_property
    def wave_before(self) -> Wave | None:
        """The wave before, if it is shared with the reader: else nothing is compared with it."""
        return self._earlier[-1] if self._earlier and self._shared(self._earlier[-1]) else None

    def _shared(self, wave: Wave) -> bool:
        return sharing.standing(self.user).hr or bool(sharing.open_to(wave, self.user))

    def told(self, cells: dict[str, Any]) -> dict[str, Any]:
        """Cells without what changed since a wave this reader may not see: it would tell that wave's numbers."""
        if self.release.formula_version in SILENT:
            cells = {key: _unannounced(cell) if key.startswith("reliability:") else cell for key, cell in cells.items()}
        if not self.wave_before:
            return queries.without_change(cells)
        if self._all_seen or not any("change" in cell for cell in cells.values()):
            return cells
        return {key: _since_seen(cell, self._numbers) for key, cell in cells.items()}

    @cached_property
    def _all_seen(self) -> bool:
        """Whether no wave is kept from the reader; HR shares them."""
        return sharing.standing(self.user).hr

    @cached_property
    def _numbers(self) -> set[int]:
        """The numbers of the waves of the series, up to this one, that are shared with the reader."""
        return {wave.number for wave in [*self._earlier, self.wave] if self._shared(wave)}

    @cached_property
    def earlier_is_kept(self) -> bool:
        """Whether there is a wave before that the reader may not see."""
        return self.wave_before is None and bool(self._earlier)

    # -- what was asked ----------------------------------------------------------------------------------------------

    @cached_property
    def _frozen(self) -> dict[int, tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
        """Questions and cuts of this wave and of the one before, as they were frozen. One query."""
        ids = [self.wave.pk, *([self.wave_before.pk] if self.wave_before else [])]
        parts = ("snapshot__items", "snapshot__cuts", "snapshot__sealed__unreadable")
        found = {}
        for pk, items, cuts, unreadable in Wave.objects.filter(pk__in=ids).values_list("pk", *parts):
            found[pk] = queries.with_scale(items or []), cuts or []
            if pk == self.wave.pk:
                self._unreadable = int(unreadable or 0)
        return found

    @property
    def items(self) -> list[dict[str, Any]]:
        """The frozen questions that carry numbers, in order."""
        return self._frozen[self.wave.pk][0]

    @cached_property
    def asked(self) -> frozenset[str]:
        """The measures this wave has at all: what it did not ask is no column of any table."""
        return frozenset(queries.codes_of(self.items))

    @property
    def unreadable(self) -> int:
        """How many envelopes could not be opened at closing (see surveys.waves.keeping)."""
        assert self._frozen is not None
        return self._unreadable

    def items_in(self, other: Seen) -> list[dict[str, Any]]:
        """What another wave asked; of the one before it is known already."""
        return self._frozen[other.wave.pk][0] if other.wave.pk in self._frozen else other.items

    @property
    def items_before(self) -> list[dict[str, Any]]:
        """What the wave before asked, if this reader may see it."""
        return self._frozen[self.wave_before.pk][0] if self.wave_before else []

    @property
    def cuts(self) -> list[dict[str, Any]]:
        """The cuts that were declared before opening, with their categories ({"id", "name"})."""
        # The name was frozen in the language of who opened the wave.
        return [{**cut, "name": str(NAMES.get(cut["key"], cut["name"]))} for cut in self._frozen[self.wave.pk][1]]

    @cached_property
    def instrument(self) -> str:
        """The questionnaire and its edition, in the reader's language."""
        version = self.wave.version
        if version is None:
            return self.release.instrument
        return f"{text_in(version.instrument.name, get_language() or 'en')} · {version.number}"

    def counts(self, *families: str) -> dict[str, int]:
        """How many groups of each family may be seen."""
        found = self.groups(*families).order_by().values_list("family").annotate(n=Count("pk"))
        return dict(found)

    def streamed(self, *families: str, chunk: int = 200) -> Iterator[CellGroup]:
        """Groups one after the other, in bounded memory."""
        for row in self.groups(*families).order_by("pk").iterator(chunk_size=chunk):
            row.cells = self.told(row.cells)
            yield row


def _unannounced(cell: Any) -> Any:
    """Without what is told of each question where an empty place would say that all answered one of them alike."""
    if any(None in told for told in cell.get("items") or ()):
        return {key: value for key, value in cell.items() if key != "items"} | {"items": []}
    return cell


def _since_seen(cell: Any, numbers: set[int]) -> Any:
    """The cell without its change since a wave (the one before it then, or the first) that is not in ``numbers``."""
    moved = cell.get("change") if isinstance(cell, dict) else None
    if not moved:
        return cell
    if moved.get("since") not in numbers:
        return {key: value for key, value in cell.items() if key != "change"}
    if "first" not in moved or moved["first"].get("since") in numbers:
        return cell
    return {**cell, "change": {key: value for key, value in moved.items() if key != "first"}}


def nearest(line: Iterable[int], found: Mapping[int, Line], key: str) -> Line | None:
    """The first group of ``line`` whose cell ``key`` is shown."""
    return next((one for at in line if (one := found.get(at)) and (one.cells.get(key) or {}).get("shown")), None)


def seen_or_404(user: queries.User, wave_id: int) -> Seen:
    """A released wave as ``user`` may see it, or 404."""
    waves = queries.released_waves(user)
    wave = get_object_or_404(waves, pk=wave_id)
    found = Seen.of(user, wave)
    if found is None:
        get_object_or_404(waves.none(), pk=wave_id)
    assert found is not None
    return found
