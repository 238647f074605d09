"""Hours of working time lost at each interface: between who gives a service and who receives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q

from surveys.results import cell_html, reading, service_facts
from surveys.results.insight.services import LostTime, lost_time

PER_PAGE = 60
MOST = 2000


@dataclass(frozen=True)
class Interface:
    """What ``customer`` loses with ``provider``; ``lost`` None: hidden, ``why`` explains it."""

    provider: int
    customer: int | None
    provider_name: str
    customer_name: str
    lost: LostTime | None
    band: str
    why: str

    @property
    def order(self) -> tuple[int, float, str]:
        """The most hours first, then what is told as a range, then the hidden."""
        rank = 0 if self.lost else 1 if self.band else 2
        name = f"{self.provider_name} {self.customer_name}".casefold()
        return rank, -(self.lost.per_person if self.lost else 0.0), name


def interfaces(seen: reading.Seen, level: str, page: str | None) -> dict[str, Any] | None:
    """The interfaces of a level by hours per person; None where the wave did not ask for hours. Two queries."""
    item = service_facts.lost_time_item(seen.items)
    if item is None:
        return None
    code = item["code"]
    whole = next(iter(seen.lines(reading.TREE, keys=[code], among=Q(parent=None))), None)
    lines = seen.lines(level, keys=[code], lowest=code, most=MOST, remember="hours")
    found = [_one(seen, line, item, whole.cells if whole else {}) for line in lines if code in line.cells]
    rows = sorted(found, key=lambda one: one.order)
    told = [one.lost.together for one in rows if one.lost and one.lost.together is not None]
    listed: Page[Interface] = Paginator(rows, PER_PAGE).get_page(page)
    return {"page": listed, "together": sum(told) if told else None, "pairs": len(told)}


def _one(seen: reading.Seen, line: reading.Line, item: Mapping[str, Any], whole: reading.Cells) -> Interface:
    code, (provider, customer) = item["code"], line.sides
    cell = line.cells[code]
    why = cell_html.why_address(seen.wave.pk, line.family, line.unit, code, line.other)
    lost = lost_time(item, cell, whole.get(code))
    return Interface(line.unit, line.other, provider, customer, lost, str(cell.get("band") or ""), why)
