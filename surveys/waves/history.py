"""What earlier waves say about who will answer: from the rounded figures they told while open, never from counts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from surveys.waves.blocks import Block
from surveys.waves.models import Series, Wave
from surveys.waves.participation import SMALLEST, rounded

USUAL_RATE = 0.6
WAVES = 3
ENDS = (0.05, 0.95)


def rate_of(words: str) -> float | None:
    """The share behind the words of participation: “about 55 %” → 0.55; the censored ends as 5 and 95 %."""
    found = re.search(r"[0-9]+", words)
    if found is None:
        return None
    percent = int(found.group())
    if words.startswith("under"):
        return ENDS[0]
    return ENDS[1] if words.startswith("over") else percent / 100


def told_rates(series: Series) -> list[Mapping[str, Any]]:
    """The last figures of the latest waves, the latest first; of those without, what their release told."""
    ended = Wave.objects.filter(series=series, state__in=[Wave.State.CLOSED, Wave.State.RELEASED])
    waves = ended.order_by("-number")
    found: list[Mapping[str, Any]] = []
    for told, state, answered, invited in waves.values_list("participation", "state", "answered", "invited")[:WAVES]:
        if not told.get("groups") and state == Wave.State.RELEASED and invited >= SMALLEST:
            share = rounded(answered, invited)
            told = {"groups": [{"unit": None, "depth": 0, "share": share, "invited": invited}]}
        if told.get("groups"):
            found.append(told)
    return found


def expected_rates(series: Series, blocks: Iterable[Block]) -> dict[int, float]:
    """Unit id → the share of its people to be expected to answer.

    The mean of what its block's units had in the latest waves; else what the whole had, else 60 %.
    """
    told = told_rates(series) if series.pk else []
    whole = usual_rate(told)
    by_group: dict[int, list[float]] = {}
    for one in told:
        for group in one.get("groups", []):
            if (rate := rate_of(group.get("share", ""))) is not None:
                by_group.setdefault(group["unit"], []).append(rate)
    found: dict[int, float] = {}
    for block in blocks:
        known = by_group.get(block.id) or next((by_group[unit] for unit in block.units if unit in by_group), None)
        rate = sum(known) / len(known) if known else whole
        found.update(dict.fromkeys(block.units, rate))
    return found


def usual_rate(told: Iterable[Mapping[str, Any]]) -> float:
    """The share of everybody that answered in the latest waves, else a cautious guess."""
    shares = []
    for one in told:
        tops = [group for group in one.get("groups", []) if group.get("depth") == 0]
        weights = [(rate, group["invited"]) for group in tops if (rate := rate_of(group.get("share", ""))) is not None]
        if asked := sum(invited for _rate, invited in weights):
            shares.append(sum(rate * invited for rate, invited in weights) / asked)
    return sum(shares) / len(shares) if shares else USUAL_RATE


def mean_curve(series: Series) -> list[tuple[int, float]]:
    """(day since the opening, percent) of the latest waves on average, each point as it was told on its day."""
    waves = Wave.objects.filter(series=series, state__in=[Wave.State.CLOSED, Wave.State.RELEASED]).exclude(curve=[])
    by_day: dict[int, list[int]] = {}
    for curve in waves.order_by("-number").values_list("curve", flat=True)[:WAVES]:
        for point in curve:
            by_day.setdefault(point["day"], []).append(point["percent"])
    return [(day, sum(told) / len(told)) for day, told in sorted(by_day.items())]


def share_by(curve: list[tuple[int, float]], day: int, length: int, rate: float) -> float:
    """The share that has answered some days after the opening: as in earlier waves, else quickly first, then slowly."""
    before = [percent for at, percent in curve if at <= day]
    if before:
        return min(0.95, before[-1] / 100)
    elapsed = min(1.0, max(0.0, day / max(1, length)))
    return rate * (1 - math.exp(-3 * elapsed)) / (1 - math.exp(-3))
