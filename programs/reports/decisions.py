"""What waits for a decision in a program, as an executive is told: milestones, risks, duties, promises, the figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from programs.planning import actions, milestones, queries
from programs.planning.indicators import Reading
from programs.planning.models import Program
from programs.planning.panels import Need
from programs.reports import readings
from programs.reports.scorecard import Scorecard, score_of


@dataclass(frozen=True)
class Waiting:
    milestones: dict[str, Any]
    needs: list[Need]


def of(program: Program, card: Scorecard) -> Waiting:
    """Reads what was kept and released instead of counting again."""
    known = {kept.key: readings.reading(kept) for kept in (*card.leading, *card.lagging)} | dict(_released(card))
    standings = milestones.standings(program, card.today, known)
    reached = [one for one in standings if one.light == "reached"]
    open_ = sorted((one for one in standings if one.light != "reached"), key=lambda one: one.milestone.due_on)
    told = {"all": len(standings), "reached": len(reached), "next": open_[0] if open_ else None}
    told["late"] = sum(one.light == "late" for one in standings)
    return Waiting(told, [*_of_figures(card), *queries.plan_needs(program, standings, card.today), *_overdue(card)])


def _released(card: Scorecard) -> Iterator[tuple[str, Reading]]:
    """Indicators that are the latest wave's cells."""
    if card.wave is None:
        return
    for key, cell in card.company.items():
        score = score_of(cell) if isinstance(cell, Mapping) else None
        if score is not None:
            words = _("index of the whole organisation in wave %(n)s") % {"n": card.wave.number}
            yield f"results.{key}", Reading(score.index, words, card.wave.closes_on)


def _of_figures(card: Scorecard) -> Iterator[Need]:
    for moved in card.moved:
        if moved.change.fell:
            title = _("%(what)s fell by %(n)s points") % {"what": moved.label, "n": f"{abs(moved.change.points):.0f}"}
            yield Need(title, _("Since the last wave, clearly: ask those who lead there why"))


def _overdue(card: Scorecard) -> list[Need]:
    return queries.action_needs(actions.overdue(actions.of_program(card.program, card.today), card.today))
