"""How many take part while a wave is open: only what confidentiality.md §2 allows, and only once a day.

Shown for groups of at least 10 invited, in steps of 5 points, the ends censored. A group is also left out where it and
those shown beside it would let the share of fewer than 10 be worked out.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q

from surveys.waves import turnout
from surveys.waves.models import Invitation, Wave
from surveys.waves.turnout import SMALLEST as SMALLEST
from surveys.waves.turnout import STEP as STEP


def rounded(answered: int, invited: int) -> str:
    """``under 10 %``, ``over 90 %``, or the nearest 5 points; see :mod:`turnout`."""
    return turnout.end(answered, invited) or f"about {turnout.percent(answered, invited)} %"


def refresh_due(today: dt.date) -> int:
    """The day's figures of every open wave that has none yet."""
    waves = Wave.objects.filter(state=Wave.State.OPEN, opens_on__lt=today)
    # A wave without figures has no such key, which an exclude would pass over.
    due = waves.filter(Q(participation__on__isnull=True) | ~Q(participation__on=today.isoformat()))
    return sum(refresh(wave, today=today) for wave in due)


def refresh(wave: Wave, *, today: dt.date) -> bool:
    """Compute the day's figures, once a day; asking more often would show who answered in between."""
    if wave.state != Wave.State.OPEN or wave.participation.get("on") == today.isoformat() or wave.opens_on >= today:
        return False
    blocks = {
        block: (invited, answered)
        for block, invited, answered in Invitation.objects.filter(wave=wave)
        .order_by()
        .values_list("block")
        .annotate(invited=Count("pk"), answered=Count("pk", filter=Q(state=Invitation.State.ANSWERED)))
    }
    rows = groups(wave.snapshot, blocks)
    figures = {"on": today.isoformat(), "groups": rows}
    percent = curve_point(rows)
    point = [{"day": (today - wave.opens_on).days, "percent": percent}] if percent is not None else []
    # Conditional on the old figures: two ticks at midnight must not publish two roundings of one day.
    return bool(
        Wave.objects.filter(pk=wave.pk, state=Wave.State.OPEN, participation=wave.participation).update(
            participation=figures, curve=[*wave.curve, *point]
        )
    )


def curve_point(rows: Sequence[Mapping[str, Any]]) -> int | None:
    """What was told of the whole that day, as a 5-point step; the censored ends are told as themselves."""
    told = next((row["share"] for row in rows if row["depth"] == 0), "")
    number = "".join(sign for sign in told if sign.isdigit())
    return int(number) if number else None


def groups(snapshot: dict[str, Any], blocks: dict[int, tuple[int, int]]) -> list[dict[str, Any]]:
    """The rows that may be shown, top first. Pure. ``blocks``: id → (invited, answered)."""
    names = {unit["id"]: unit["name"] for unit in snapshot["units"]}
    parents = {unit["id"]: unit["parent"] for unit in snapshot["units"]}
    below: defaultdict[int | None, list[tuple[str, int]]] = defaultdict(list)
    counts: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for block in snapshot["blocks"]:
        invited, answered = blocks.get(block["id"], (0, 0))
        node, above = ("block", block["id"]), block["parent"]
        counts[node] = [invited, answered]
        while True:
            if node not in below[above]:
                below[above].append(node)
            if above is None:
                break
            node = ("unit", above)
            counts[node][0] += invited
            counts[node][1] += answered
            above = parents.get(above)
    labels = {("block", block["id"]): block["name"] for block in snapshot["blocks"]}
    rows: list[dict[str, Any]] = []

    def show(node: tuple[str, int], depth: int) -> None:
        invited, answered = counts[node]
        name = labels.get(node) or names[node[1]]
        rows.append(
            {"unit": node[1], "name": name, "depth": depth, "invited": invited, "share": rounded(answered, invited)}
        )
        for child in _without_small_holes(invited, below[node[1]] if node[0] == "unit" else [], counts):
            show(child, depth + 1)

    for root in _without_small_holes(sum(counts[node][0] for node in below[None]), below[None], counts):
        show(root, 0)
    return rows


def _without_small_holes(
    total: int, children: list[tuple[str, int]], counts: dict[tuple[str, int], list[int]]
) -> list[tuple[str, int]]:
    """Those children that can be shown so that what is left of ``total`` is nobody or at least ten."""
    shown = sorted((c for c in children if counts[c][0] >= SMALLEST), key=lambda c: (counts[c][0], c))
    while shown and 0 < total - sum(counts[c][0] for c in shown) < SMALLEST:
        shown.pop(0)
    return [child for child in children if child in shown]
