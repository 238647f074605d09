"""Whom a wave asks, and the organisation as it stands on the day: the material of a snapshot and of a forecast."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from culture.people.models import Employee, Unit
from culture.people.units import descendants
from surveys.waves.blocks import Block, UnitNode, make_blocks
from surveys.waves.models import ServiceLink


def invited_people(unit_ids: Iterable[int], on: dt.date) -> QuerySet[Employee]:
    """Who works in these units or below on the day (no units: in any)."""
    people = Employee.objects.here(on).filter(is_active=True, unit__isnull=False)
    wanted = list(unit_ids)
    return people.filter(unit__in=sorted(descendants(wanted))) if wanted else people


def unit_nodes() -> list[UnitNode]:
    rows = Unit.objects.order_by("pk").values_list("pk", "name", "parent_id")
    return [UnitNode(id=pk, name=name, parent=parent) for pk, name, parent in rows]


def sizes_of(people: QuerySet[Employee]) -> dict[int, int]:
    return dict(Counter(people.order_by().values_list("unit_id", flat=True)))


def active_links(on: dt.date) -> dict[int, list[int]]:
    """Customer unit id → provider unit ids on the day."""
    links: dict[int, list[int]] = {}
    rows = ServiceLink.objects.order_by("pk").values_list("customer_id", "provider_id", "since", "until")
    for customer, provider, since, until in rows:
        if (since is None or since <= on) and (until is None or until >= on):
            links.setdefault(customer, []).append(provider)
    return links


def tree_snapshot(nodes: list[UnitNode], blocks: list[Block]) -> dict[str, Any]:
    """The ``units`` and ``blocks`` of a wave's snapshot. A unit without people has no block."""
    home = {unit: block.id for block in blocks for unit in block.units}
    return {
        "units": [{"id": n.id, "name": n.name, "parent": n.parent, "block": home.get(n.id)} for n in nodes],
        "blocks": [
            {"id": b.id, "name": b.name, "units": list(b.units), "parent": b.parent, "invited": b.size} for b in blocks
        ],
    }


def forecast(unit_ids: Iterable[int], k: int, on: dt.date, *, expected: float = 0.6) -> list[dict[str, Any]]:
    """The reporting blocks as they would be that day, and which likely stay hidden at the expected participation."""
    blocks = make_blocks(unit_nodes(), sizes_of(invited_people(unit_ids, on)), k)
    return forecast_of([{"name": b.name, "invited": b.size, "units": b.units} for b in blocks], k, expected=expected)


def forecast_of(blocks: Iterable[dict[str, Any]], k: int, *, expected: float = 0.6) -> list[dict[str, Any]]:
    rows = [
        {
            "name": block["name"],
            "invited": block["invited"],
            "merged": len(block["units"]) > 1,
            "hidden": block["invited"] * expected < k,
        }
        for block in blocks
    ]
    return sorted(rows, key=lambda row: (not row["hidden"], row["name"].casefold()))
