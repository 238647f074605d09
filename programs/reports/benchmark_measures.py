"""What a public figure can stand beside: our measures, what they were asked on, what is worked out of them. Pure.

Unlike is never put beside unlike: a figure stands beside a number of ours only where people answered on the same scale
and the same was worked out of their answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from programs.reports.benchmark_models import Answers, Statistic
from programs.reports.findings import DIMENSIONS
from surveys.instruments.scales import SCALES, scale_of

# A figure that is like none of our numbers: kept to be read, never beside one.
NONE = "none"
SERVICE_KINDS = frozenset({"agreement", "frequency", "satisfaction", "effort", "pair"})
CELLS = {Statistic.INDEX: "index", Statistic.NET: "index", Statistic.FAVOURABLE: "fav", Statistic.UNFAVOURABLE: "unf"}
ANSWERS = {
    ("agreement", 5): Answers.AGREEMENT_5,
    ("agreement", 7): Answers.AGREEMENT_7,
    ("frequency", 5): Answers.FREQUENCY_5,
    ("satisfaction", 5): Answers.SATISFACTION_5,
    ("effort", 7): Answers.EFFORT_7,
    ("recommendation", 11): Answers.RECOMMEND_11,
    ("outcome", 5): Answers.OUTCOME_5,
    ("yes_no", 2): Answers.YES_NO,
}
Items = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Ours:
    """How one of our numbers came about: on what people answered, and what is worked out of it."""

    answers: str
    statistics: frozenset[str]

    def like(self, answers: str, statistic: str) -> bool:
        """Whether a figure so measured may stand beside it."""
        return answers == self.answers and statistic in self.statistics


def counted() -> Ours:
    return Ours(Answers.COUNTED, frozenset({Statistic.SHARE}))


def ours(key: str, items: Items) -> Ours | None:
    """How ``key`` was measured by a wave's frozen items; None where they do not ask it."""
    mine = _asked(key, items)
    if not mine:
        return None
    if key == "talk":
        kinds = {Statistic.NET, Statistic.FAVOURABLE, Statistic.UNFAVOURABLE}
    elif key in (*DIMENSIONS, "served") or len(mine) > 1:
        # Shares of an index are of people's means, which nobody else publishes.
        kinds = {Statistic.INDEX}
    else:
        kinds = {Statistic.INDEX, Statistic.FAVOURABLE, Statistic.UNFAVOURABLE}
    return Ours(_answers(mine), frozenset(str(kind) for kind in kinds))


def _asked(key: str, items: Items) -> list[Mapping[str, Any]]:
    known = [item for item in items if item["kind"] in SCALES]
    own = [item for item in known if item["about"] == "own"]
    if key in DIMENSIONS:
        return [item for item in own if item.get("dimension") == key and scale_of(item).ordered]
    if key == "served":
        return [item for item in known if item["about"] == "provider" and item["kind"] in SERVICE_KINDS]
    if key == "talk":
        return [item for item in own if item["kind"] == "outcome"][:1]
    return [item for item in own if key == item["code"] or key in (item.get("requirements") or ())]


def _answers(items: Iterable[Mapping[str, Any]]) -> str:
    found = {ANSWERS.get((item["kind"], len(scale_of(item).values)), Answers.OTHER) for item in items}
    return str(found.pop()) if len(found) == 1 else str(Answers.MIXED)


def ours_of(cell: Mapping[str, Any] | None, statistic: str) -> str:
    """The released number that stands beside a figure of ``statistic``, as it may be told; "" where it may not."""
    name = CELLS.get(Statistic(statistic))
    if cell is None or not cell.get("shown") or name is None or cell.get(name) is None:
        return ""
    return str(cell.get("band") or f"{cell[name]:.0f}") if name == "index" else f"{cell[name]:.0f}"
