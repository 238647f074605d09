"""Whom a wave asks, and the organisation as it stands on the day: the material of a snapshot and of a forecast."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from culture.people.models import Employee, Leave, Unit
from culture.people.units import descendants
from surveys.instruments import timing
from surveys.waves import link_map, panel
from surveys.waves.blocks import Block, UnitNode, make_blocks
from surveys.waves.models import Burden, PanelPlace, Series, UnitMerge, Wave

# Why somebody of the audience is not asked this time, in the order in which they are looked at.
REASONS = ("leave", "joined", "panel", "burden")
JOINED_LATELY = dt.timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who is asked: ids, the zone his mail is planned in, his address ('': he has none)."""

    id: int
    unit: int
    zone: str
    address: str


@dataclass
class Choice:
    """Who is asked on a day and who is not. ``places``: panel slots that are new and would have to be kept."""

    people: list[Asked]
    left_out: Counter[str] = field(default_factory=Counter)
    left_out_units: Counter[int] = field(default_factory=Counter)
    places: dict[int, int] = field(default_factory=dict)
    minutes: int = 0

    @property
    def sizes(self) -> dict[int, int]:
        return dict(Counter(person.unit for person in self.people))

    @property
    def reachable(self) -> int:
        return sum(bool(person.address) for person in self.people)


def invited_people(unit_ids: Iterable[int], on: dt.date) -> QuerySet[Employee]:
    """Who works in these units or below on the day (no units: in any)."""
    people = Employee.objects.here(on).filter(is_active=True, unit__isnull=False)
    wanted = list(unit_ids)
    return people.filter(unit__in=sorted(descendants(wanted))) if wanted else people


def audience_of(series: Series, on: dt.date) -> QuerySet[Employee]:
    """Everybody a series is meant for who works here on the day; some of them are left out each time."""
    people = invited_people(series.audience, on)
    if series.employees:
        people = people.filter(pk__in=series.employees)
    if series.job_families:
        people = people.filter(job_family__in=series.job_families)
    return people.filter(customer_facing=True) if series.customer_facing else people


def choose(series: Series, on: dt.date, *, minutes: int, turn: int) -> Choice:
    """Who is asked on the day, by the rules of the series. ``turn``: how many waves asked before. Writes nothing.

    A handful of queries whatever the size.
    """
    rows = audience_of(series, on).order_by("pk").values_list("pk", "unit_id", "hired_on", "email", "time_zone")
    away = set(Leave.objects.on(on).values_list("employee_id", flat=True))
    joined_after = on - series.joined_weeks * JOINED_LATELY
    slots, new = _slots(series, on)
    spent = _spent(on) if series.minutes_budget else {}
    choice = Choice(people=[], places=new, minutes=minutes)
    for pk, unit, hired_on, email, zone in rows.iterator(chunk_size=5000):
        reason = ""
        if pk in away:
            reason = "leave"
        elif series.joined_weeks and hired_on is not None and hired_on > joined_after:
            reason = "joined"
        elif series.panel > 1 and slots.get(pk, 0) != turn % series.panel:
            reason = "panel"
        elif series.minutes_budget and spent.get(pk, 0) + minutes > series.minutes_budget:
            reason = "burden"
        if reason:
            choice.left_out[reason] += 1
            choice.left_out_units[unit] += 1
        else:
            choice.people.append(Asked(pk, unit, zone, email or ""))
    return choice


def _slots(series: Series, on: dt.date) -> tuple[dict[int, int], dict[int, int]]:
    """Everybody's slot in the panel, and those of them that are new."""
    if series.panel < 2:
        return {}, {}
    known = dict(PanelPlace.objects.filter(series=series).values_list("employee_id", "slot"))
    people = audience_of(series, on).order_by("pk").values_list("pk", "unit_id")
    new = panel.places(people, known, panel=series.panel, salt=series.pk or 0)
    return {**known, **new}, new


def quarter_of(day: dt.date) -> dt.date:
    """The first day of its quarter."""
    return dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _spent(on: dt.date) -> dict[int, int]:
    return dict(Burden.objects.filter(quarter=quarter_of(on)).values_list("employee_id", "minutes"))


def turn_of(series: Series) -> int:
    """How many waves of the series have asked: cancelled ones that never opened give their turn to the next."""
    return Wave.objects.filter(series=series, opened_at__isnull=False).count() if series.pk else 0


def minutes_for(items: Iterable[dict[str, Any]], series: Series, links: dict[int, list[int]], promises: int = 0) -> int:
    """About how long the questionnaire takes, with as many providers as anybody is asked about, and promises."""
    most = max((len(providers) for providers in links.values()), default=0)
    judged = [{"kind": "single"}] * promises
    return timing.minutes([*items, *judged], providers=min(series.max_providers, most))


def unit_nodes() -> list[UnitNode]:
    rows = Unit.objects.order_by("pk").values_list("pk", "name", "parent_id")
    return [UnitNode(id=pk, name=name, parent=parent) for pk, name, parent in rows]


def merges() -> list[list[int]]:
    """What HR wants reported together."""
    return list(UnitMerge.objects.order_by("pk").values_list("units", flat=True))


def active_links(on: dt.date) -> dict[int, list[int]]:
    """Customer unit id → provider unit ids on the day."""
    return link_map.on_day(on)


def tree_snapshot(nodes: list[UnitNode], blocks: list[Block]) -> dict[str, Any]:
    """The ``units`` and ``blocks`` of a wave's snapshot. A unit without people has no block."""
    home = {unit: block.id for block in blocks for unit in block.units}
    return {
        "units": [{"id": n.id, "name": n.name, "parent": n.parent, "block": home.get(n.id)} for n in nodes],
        "blocks": [
            {"id": b.id, "name": b.name, "units": list(b.units), "parent": b.parent, "invited": b.size} for b in blocks
        ],
    }


def blocks_of(choice: Choice, nodes: list[UnitNode], k: int) -> list[Block]:
    return make_blocks(nodes, choice.sizes, k, merges())
