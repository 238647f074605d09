"""The service map as of a day: which unit uses whose service, after mergers and closings of units."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from culture.people import asof
from culture.people.models import Unit
from surveys.waves.assignment import line_of
from surveys.waves.link_models import ServiceLink


@dataclass(frozen=True)
class Line:
    """A link as it counts on a day: units merged since are replaced by what they became. ``people``: who use it."""

    link: ServiceLink
    customer: int
    provider: int
    customer_path: str
    provider_path: str
    customer_name: str
    provider_name: str
    people: int
    below_top: bool = False
    """Everything lies below one unit, whose name tells nothing."""

    @property
    def customer_above(self) -> str:
        return self._above(self.customer_path)

    @property
    def provider_above(self) -> str:
        return self._above(self.provider_path)

    def _above(self, path: str) -> str:
        """What the unit belongs to, without the top that everything belongs to."""
        names = path.split(" > ")[:-1]
        return " > ".join(names[1:] if self.below_top else names)


def related(one: int, other: int, parents: Mapping[int, int | None]) -> bool:
    """Whether they are the same unit, or one lies in the other."""
    return other in line_of(one, parents) or one in line_of(other, parents)


def on_day(day: dt.date) -> dict[int, list[int]]:
    """Customer unit id → provider unit ids on the day. Two queries.

    A unit that was merged is replaced by what it became; a link of a unit that was closed counts no more, nor one
    that moved into its own line.
    """
    links: dict[int, list[int]] = {}
    rows = ServiceLink.objects.on(day).order_by("pk").values_list("customer_id", "provider_id")
    for customer, provider in _settled(rows, _units(), day):
        links.setdefault(customer, []).append(provider)
    return links


def lines(day: dt.date) -> list[Line]:
    """The links that count on the day, as its units were called then, by customer and provider."""
    nodes = asof.tree(day)
    order = {node.pk: at for at, node in enumerate(nodes)}
    named = {node.pk: node for node in nodes}
    heads = _below({node.pk: node.parent_id for node in nodes}, asof.headcounts(day))
    units, single = _units(), sum(node.parent_id is None for node in nodes) == 1
    found: list[Line] = []
    seen: set[tuple[int, int]] = set()
    for link in ServiceLink.objects.on(day).order_by("pk"):
        for pair in _settled([(link.customer_id, link.provider_id)], units, day):
            if pair in seen or pair[0] not in named or pair[1] not in named:
                continue
            seen.add(pair)
            one, other = named[pair[0]], named[pair[1]]
            found.append(
                Line(link, *pair, one.path, other.path, one.name, other.name, heads.get(one.pk, 0), single),
            )
    return sorted(found, key=lambda line: (order[line.customer], order[line.provider]))


def lost(day: dt.date) -> list[ServiceLink]:
    """Links in force whose customer or provider is closed: they count for nothing until HR ends or replaces them."""
    units = _units()
    rows = ServiceLink.objects.on(day).select_related("customer", "provider").order_by("pk")
    return [link for link in rows if not list(_settled([(link.customer_id, link.provider_id)], units, day))]


@dataclass(frozen=True)
class _Units:
    parents: dict[int, int | None]
    until: dict[int, dt.date | None]
    into: dict[int, int | None]


def _units() -> _Units:
    rows = Unit.objects.order_by("pk").values_list("pk", "parent_id", "until", "merged_into_id")
    units = _Units({}, {}, {})
    for pk, parent, until, into in rows:
        units.parents[pk], units.until[pk], units.into[pk] = parent, until, into
    return units


def _settled(rows: Iterable[tuple[int, int]], units: _Units, day: dt.date) -> Iterable[tuple[int, int]]:
    seen: set[tuple[int, int]] = set()
    for customer, provider in rows:
        pair = _today(customer, units, day), _today(provider, units, day)
        if pair[0] is None or pair[1] is None or related(pair[0], pair[1], units.parents) or pair in seen:
            continue
        seen.add(pair)  # type: ignore[arg-type]
        yield pair  # type: ignore[misc]


def _today(unit: int, units: _Units, day: dt.date) -> int | None:
    """What the unit is on the day; None for closed."""
    at: int | None = unit
    seen: set[int] = set()
    while at is not None and at not in seen:
        seen.add(at)
        until = units.until[at]
        if until is None or until >= day:
            return at
        at = units.into[at]
    return None


def _below(parents: Mapping[int, int | None], heads: Mapping[int, int]) -> Counter[int]:
    """People in each unit with everything below it."""
    total: Counter[int] = Counter()
    for unit, count in heads.items():
        for above in line_of(unit, parents):
            total[above] += count
    return total
