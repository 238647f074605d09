"""What stands out in a unit's released cells, chosen by rule, each finding with the cells it rests on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.results.insight import barriers, change
from surveys.results.insight.change import half_width

Cell = Mapping[str, Any]
Cells = Mapping[str, Cell]
BARRIER_FROM = 20
APART = 10
LEVEL = 5


@dataclass(frozen=True)
class Finding:
    """``kind``: strongest, weakest, level, rose, fell, barrier, above, below (what colleagues say against own view).

    ``about``: the measure or question it speaks of; ``values``: the numbers in the sentence; ``rests_on``: the keys of
    the released cells it was chosen from.
    """

    kind: str
    about: str
    values: Mapping[str, Any] = field(default_factory=dict)
    rests_on: tuple[str, ...] = ()


def of_unit(cells: Cells, questions: Sequence[str]) -> list[Finding]:
    """What to say of a unit, the most useful first: barrier, biggest clear change, own view against colleagues',
    strongest and weakest. ``questions``: codes of the questions about one's own work, in order.
    """
    found = [_barrier(cells), _biggest(cells, questions), _views(cells), *_ends(cells, questions)]
    return [one for one in found if one is not None]


def _barrier(cells: Cells) -> Finding | None:
    """What most people meet first, if at least a fifth of them do."""
    common = barriers.commonest(cells.get("barrier"))
    if common is None or common[1] < BARRIER_FROM:
        return None
    return Finding("barrier", common[0], {"share": common[1]}, ("barrier",))


def _biggest(cells: Cells, questions: Sequence[str]) -> Finding | None:
    """The biggest change that was clear; an index before a question of the same size."""
    moved = [
        (-abs(one.delta), at, key, one)
        for at, key in enumerate([*barriers.DIMENSIONS, "served", "talk", *questions])
        if (one := change.read(cells.get(key))) is not None and one.clear
    ]
    if not moved:
        return None
    _, _, key, one = min(moved, key=lambda found: found[:2])
    return Finding(one.word, key, {"delta": one.delta, "low": one.low, "high": one.high}, (key,))


def _views(cells: Cells) -> Finding | None:
    """What colleagues say of the service against what its own people say of wanting, knowing how and being able to.

    Said where the two are at least 10 points apart and by more than their intervals.
    """
    served = cells.get("served") or {}
    own = [cells.get(name) or {} for name in barriers.DIMENSIONS]
    theirs, ours = half_width(served), [half_width(cell) for cell in own]
    if theirs is None or any(half is None for half in ours):
        return None
    mean = sum(cell["index"] for cell in own) / len(own)
    # Answers of the same people: their intervals are averaged, not added up.
    half = sum(half or 0.0 for half in ours) / len(own)
    apart = served["index"] - mean
    if abs(apart) < APART or abs(apart) <= math.hypot(theirs, half):
        return None
    values = {"served": served["index"], "own": round(mean)}
    return Finding("above" if apart > 0 else "below", "served", values, ("served", *barriers.DIMENSIONS))


def _ends(cells: Cells, questions: Sequence[str]) -> list[Finding]:
    """The strongest and the weakest question, or of the three where no question is shown; or that all are level.

    Level: the two ends are less than 5 points apart, or by no more than their intervals.
    """
    shown = [(code, cells[code]["index"]) for code in questions if half_width(cells.get(code) or {}) is not None]
    if len(shown) < 2:
        shown = [
            (name, cells[name]["index"])
            for name in barriers.DIMENSIONS
            if half_width(cells.get(name) or {}) is not None
        ]
    if len(shown) < 2:
        return []
    keys = tuple(code for code, _ in shown)
    best, worst = max(shown, key=lambda one: one[1]), min(shown, key=lambda one: one[1])
    chance = math.hypot(*(half_width(cells[code]) or 0.0 for code in (best[0], worst[0])))
    if best[1] - worst[1] < LEVEL or best[1] - worst[1] <= chance:
        return [Finding("level", "", {"low": worst[1], "high": best[1]}, keys)]
    return [
        Finding("strongest", best[0], {"index": best[1]}, keys),
        Finding("weakest", worst[0], {"index": worst[1]}, keys),
    ]
