"""The matrix: customers down, providers across, a box for each pair. What it shows; ``links.set_pairs`` changes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from culture.people.models import Unit
from culture.people.units import tree
from surveys.waves import link_map
from surveys.waves.assignment import line_of
from surveys.waves.links import SUPPORT_WORDS

ROWS, COLUMNS = 40, 12
MOST_GUESSED = 12


@dataclass(frozen=True)
class Cell:
    """``state``: *self* (never: itself, above or below), *up* (through the unit ``via`` above), else a box."""

    provider: Unit
    value: str
    state: str
    ticked: bool = False
    via: str = ""


@dataclass(frozen=True)
class Row:
    unit: Unit
    depth: int
    cells: list[Cell]


@dataclass
class Grid:
    customers: list[Unit]
    providers: list[Unit]
    links: dict[int, set[int]]
    units: dict[int, Unit]
    parents: dict[int, int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, below: Unit | None, among: Unit | None, day: dt.date) -> Grid:
        """Customers: ``below`` with all under it, or everybody. Providers: ``among`` with all under it, or those that
        serve somebody on the day and those whose names look like it. Three queries."""
        units = {unit.pk: unit for unit in tree()}
        parents = {pk: unit.parent_id for pk, unit in units.items()}
        links = {customer: set(providers) for customer, providers in link_map.on_day(day).items()}
        if among is not None:
            providers = [unit for pk, unit in units.items() if among.pk in line_of(pk, parents)]
        else:
            serving = {provider for given in links.values() for provider in given}
            guessed = [pk for pk, unit in units.items() if unit.parent_id and SUPPORT_WORDS.search(unit.name)]
            # Parts of a support unit are not offered beside it.
            heads = [pk for pk in guessed if not set(line_of(pk, parents)[1:]) & set(guessed)]
            wanted = serving | set(heads[:MOST_GUESSED])
            providers = [unit for pk, unit in units.items() if pk in wanted]
            if not providers:
                providers = [unit for unit in units.values() if unit.parent_id is not None]
        customers = [unit for pk, unit in units.items() if below is None or below.pk in line_of(pk, parents)]
        return cls(customers, providers, links, units, parents)

    def rows(
        self, customers: Sequence[Unit], providers: Sequence[Unit], ticked: set[tuple[int, int]] | None
    ) -> list[Row]:
        """``ticked``: what somebody sent and could not be taken; None: as the map is."""
        least = min((getattr(unit, "tree_depth", 0) for unit in customers), default=0)
        lines = {provider.pk: set(line_of(provider.pk, self.parents)) for provider in providers}
        found = []
        for customer in customers:
            line = line_of(customer.pk, self.parents)
            cells = [self._cell(customer, line, provider, lines[provider.pk], ticked) for provider in providers]
            found.append(Row(customer, min(8, getattr(customer, "tree_depth", 0) - least), cells))
        return found

    def _cell(
        self,
        customer: Unit,
        line: Sequence[int],
        provider: Unit,
        above: set[int],
        ticked: set[tuple[int, int]] | None,
    ) -> Cell:
        value = f"{customer.pk}-{provider.pk}"
        if provider.pk in line or customer.pk in above:
            return Cell(provider, value, "self")
        if ticked is None and provider.pk in self.links.get(customer.pk, ()):
            return Cell(provider, value, "box", ticked=True)
        if ticked is not None and (customer.pk, provider.pk) in ticked:
            return Cell(provider, value, "box", ticked=True)
        via = next((unit for unit in line[1:] if provider.pk in self.links.get(unit, ())), None)
        if via is not None:
            return Cell(provider, value, "up", via=self.units[via].name)
        return Cell(provider, value, "box")

    @staticmethod
    def ticked_text(rows: Sequence[Row]) -> str:
        return ",".join(cell.value for row in rows for cell in row.cells if cell.ticked)
