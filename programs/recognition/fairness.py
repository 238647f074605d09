"""Patterns in who thanks whom that a person should look at. Pure: no database, no clock; nothing is ever punished.

What is looked for is not a friendship but a closed circuit of points: an edge of the gift graph is *strong* when one
person regularly gets a large share of what another gives. Rings are simple cycles of strong edges (Johnson, "Finding
all the elementary circuits of a directed graph", SIAM J. Comput. 4, 1975, as networkx implements it) that run one way:
a team whose members all thank each other has as much going back as forth and is none.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

import networkx as nx


class Kind(StrEnum):
    CONCENTRATION = "concentration"
    RECIPROCITY = "reciprocity"
    RING = "ring"
    LAST_DAYS = "last_days"
    NO_STORY = "no_story"


@dataclass(frozen=True, slots=True)
class Flow:
    """What one person gave another in one month; ``late``: of the points, those of the month's last two days.

    ``thin``: of the ``gifts``, those told in fewer than ``Limits.story`` bytes: a Chinese sign says about as much as
    three letters, and takes three.
    """

    giver: int
    receiver: int
    month: dt.date
    points: int
    gifts: int
    late: int = 0
    thin: int = 0


@dataclass(frozen=True)
class Limits:
    """From when on something is a pattern. Shares are of all points the giver gave in the time looked at."""

    months: int = 3
    gifts: int = 4
    points: int = 100
    concentration: float = 0.6
    reciprocity: float = 0.4
    ring: float = 0.4
    one_way: float = 4.0
    longest: int = 6
    late: float = 0.5
    thin: float = 0.5
    story: int = 15


@dataclass(frozen=True)
class Pattern:
    """``people`` in the order of the circuit (a ring begins with its smallest number).

    ``evidence``: points, gifts, months, share (percent), since, until (ISO months).
    """

    kind: Kind
    people: tuple[int, ...]
    evidence: dict[str, object] = field(compare=False)


@dataclass(slots=True)
class _Edge:
    points: int = 0
    gifts: int = 0
    months: set[dt.date] = field(default_factory=set)
    share: float = 0.0


def patterns(flows: Iterable[Flow], limits: Limits | None = None) -> list[Pattern]:
    """Everything to be looked at, rings first, then by points; the same flows always give the same list."""
    limits = limits or Limits()
    rows = list(flows)
    edges = _edges(rows)
    found = [*_rings(edges, limits), *_pairs(edges, limits), *_concentrated(edges, limits), *_habits(rows, limits)]
    order = list(Kind)
    return sorted(found, key=lambda one: (one.kind != Kind.RING, -int(str(one.evidence["points"])),
                                          order.index(one.kind), one.people))  # fmt: skip


def _edges(rows: list[Flow]) -> dict[tuple[int, int], _Edge]:
    edges: dict[tuple[int, int], _Edge] = defaultdict(_Edge)
    total: dict[int, int] = defaultdict(int)
    for row in rows:
        edge = edges[row.giver, row.receiver]
        edge.points += row.points
        edge.gifts += row.gifts
        edge.months.add(row.month)
        total[row.giver] += row.points
    for (giver, _), edge in edges.items():
        edge.share = edge.points / total[giver] if total[giver] else 0.0
    return dict(edges)


def _regular(edge: _Edge, limits: Limits) -> bool:
    return len(edge.months) >= limits.months and edge.gifts >= limits.gifts and edge.points >= limits.points


def _told(edges: list[_Edge]) -> dict[str, object]:
    months = set().union(*(edge.months for edge in edges))
    return {
        "points": sum(edge.points for edge in edges),
        "gifts": sum(edge.gifts for edge in edges),
        "months": len(months),
        "share": round(100 * min(edge.share for edge in edges)),
        "since": min(months).isoformat()[:7],
        "until": max(months).isoformat()[:7],
    }


def _rings(edges: dict[tuple[int, int], _Edge], limits: Limits) -> list[Pattern]:
    graph = nx.DiGraph()
    graph.add_edges_from(
        sorted(pair for pair, edge in edges.items() if _regular(edge, limits) and edge.share >= limits.ring)
    )
    found = []
    for part in nx.strongly_connected_components(graph):
        if len(part) < 3:
            continue
        for cycle in nx.simple_cycles(graph.subgraph(part), length_bound=limits.longest):
            if len(cycle) < 3:
                continue
            start = cycle.index(min(cycle))
            people = tuple(cycle[start:] + cycle[:start])
            forth = [edges[pair] for pair in zip(people, (*people[1:], people[0]), strict=True)]
            back = [edges.get(pair) for pair in zip((*people[1:], people[0]), people, strict=True)]
            if sum(e.points for e in forth) >= limits.one_way * sum(e.points for e in back if e):
                found.append(Pattern(Kind.RING, people, _told(forth)))
    return found


def _pairs(edges: dict[tuple[int, int], _Edge], limits: Limits) -> list[Pattern]:
    found = []
    for (a, b), edge in sorted(edges.items()):
        other = edges.get((b, a))
        if a < b and other and all(_regular(e, limits) and e.share >= limits.reciprocity for e in (edge, other)):
            found.append(Pattern(Kind.RECIPROCITY, (a, b), _told([edge, other])))
    return found


def _concentrated(edges: dict[tuple[int, int], _Edge], limits: Limits) -> list[Pattern]:
    return [
        Pattern(Kind.CONCENTRATION, pair, _told([edge]))
        for pair, edge in sorted(edges.items())
        if _regular(edge, limits) and edge.share >= limits.concentration
    ]


def _habits(rows: list[Flow], limits: Limits) -> list[Pattern]:
    """What one person does again and again: points on the last days of a month, points with hardly a word."""
    by_giver: dict[int, list[Flow]] = defaultdict(list)
    for row in rows:
        by_giver[row.giver].append(row)
    found = []
    for giver, mine in sorted(by_giver.items()):
        months = {row.month for row in mine}
        late = {m for m in months if _share(mine, m) >= limits.late and _points(mine, m) >= limits.points // 2}
        if len(late) >= limits.months:
            found.append(Pattern(Kind.LAST_DAYS, (giver,), _of_months(mine, late)))
        thin, gifts = sum(row.thin for row in mine), sum(row.gifts for row in mine)
        if thin >= max(limits.gifts, limits.thin * gifts) and sum(row.points for row in mine) >= limits.points:
            found.append(
                Pattern(Kind.NO_STORY, (giver,), _of_months(mine, months) | {"share": round(100 * thin / gifts)})
            )
    return found


def _points(rows: list[Flow], month: dt.date) -> int:
    return sum(row.points for row in rows if row.month == month)


def _share(rows: list[Flow], month: dt.date) -> float:
    points = _points(rows, month)
    return sum(row.late for row in rows if row.month == month) / points if points else 0.0


def _of_months(rows: list[Flow], months: set[dt.date]) -> dict[str, object]:
    mine = [row for row in rows if row.month in months]
    points = sum(row.points for row in mine)
    return {
        "points": points,
        "gifts": sum(row.gifts for row in mine),
        "months": len(months),
        "share": round(100 * sum(row.late for row in mine) / points) if points else 0,
        "since": min(months).isoformat()[:7],
        "until": max(months).isoformat()[:7],
    }
