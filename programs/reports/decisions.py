"""What waits for a decision in a program, as an executive is told: milestones, risks, duties, promises, the figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from programs.planning import actions, milestones, queries
from programs.planning.action_models import Action
from programs.planning.indicators import Reading
from programs.planning.models import Program
from programs.planning.panels import Need
from programs.reports import readings, scorecard_deeds
from programs.reports.scorecard import Moved, Scorecard, score_of
from surveys.waves.models import Wave


@dataclass(frozen=True)
class Promise:
    action: Action
    late: bool


@dataclass(frozen=True)
class Promises:
    """Of a unit and all below it: what it promised others, what others promised it; the first few of each."""

    by: list[Promise] = field(default_factory=list)
    to: list[Promise] = field(default_factory=list)
    more_by: int = 0
    more_to: int = 0


@dataclass(frozen=True)
class Waiting:
    milestones: dict[str, Any]
    needs: list[Need]


def of(program: Program, card: Scorecard) -> Waiting:
    """Reads what was kept and released instead of counting again. Of a unit: the program's milestones by their days
    (what they are measured by may not be shared with its manager yet), and what its own figures and actions ask for."""
    if card.unit is not None:
        return Waiting(_planned(card), [*of_figures(card.moved), *_overdue(card)])
    told, standings = _milestones(card)
    planned = queries.plan_needs(program, standings, card.today)
    return Waiting(told, [*of_figures(card.moved), *unsaid(program), *planned, *_overdue(card)])


def unsaid(program: Program) -> Iterator[Need]:
    if not program.charter.strip():
        text = _("People are asked to change and nobody wrote down why: add the reason on the program's page")
        yield Need(_("This program says nowhere what it is for"), text, reverse("planning:edit", args=[program.pk]))


def _milestones(card: Scorecard) -> tuple[dict[str, Any], list[milestones.Standing]]:
    every = (*card.leading, *card.lagging, *card.practices, *card.known.values())
    known = {kept.key: readings.reading(kept) for kept in every}
    known |= dict(released(card.wave, card.company))
    standings = milestones.standings(card.program, card.today, known)
    return told_of(standings), standings


def told_of(standings: Sequence[milestones.Standing]) -> dict[str, Any]:
    """How the milestones stand, in numbers, and the next of them."""
    reached = [one for one in standings if one.light == "reached"]
    open_ = sorted((one for one in standings if one.light != "reached"), key=lambda one: one.milestone.due_on)
    late = sum(one.light == "late" for one in standings)
    return {"all": len(standings), "reached": len(reached), "next": open_[0] if open_ else None, "late": late}


def _planned(card: Scorecard) -> dict[str, Any]:
    rows = list(card.program.milestones.select_related("owner").order_by("due_on", "pk"))
    waiting = [row for row in rows if row.reached_on is None]
    told: dict[str, Any] = {"all": len(rows), "reached": len(rows) - len(waiting), "late": 0, "next": None}
    if waiting:
        told["next"] = {"milestone": waiting[0], "past": waiting[0].due_on < card.today}
    return told


def promises(card: Scorecard) -> Promises:
    """What the unit and those below it promised others, and were promised; open ones first."""
    if card.deeds is None:
        return Promises()
    by, to = card.deeds.promises

    def told(ids: list[int]) -> list[Promise]:
        rows = [card.deeds.shown[pk] for pk in ids if pk in card.deeds.shown] if card.deeds else []
        return [Promise(one, one.state == Action.State.OPEN and one.due_on < card.today) for one in rows]

    most = scorecard_deeds.MOST
    return Promises(told(by[:most]), told(to[:most]), max(0, len(by) - most), max(0, len(to) - most))


def released(wave: Wave | None, company: Mapping[str, Any]) -> Iterator[tuple[str, Reading]]:
    """Indicators that are the latest wave's cells."""
    if wave is None:
        return
    for key, cell in company.items():
        score = score_of(cell) if isinstance(cell, Mapping) else None
        if score is not None:
            words = _("index of the whole organisation in wave %(n)s") % {"n": wave.number}
            yield f"results.{key}", Reading(score.index, words, wave.closes_on)


def of_figures(found: Sequence[Moved]) -> Iterator[Need]:
    """What clearly fell since the last wave."""
    for moved in found:
        if moved.change.fell:
            title = _("%(what)s fell by %(n)s points") % {"what": moved.label, "n": f"{abs(moved.change.points):.0f}"}
            yield Need(title, _("Since the last wave, clearly: ask those who lead there why"))


def _overdue(card: Scorecard) -> list[Need]:
    if card.deeds is None:
        return queries.action_needs(actions.overdue(actions.of_program(card.program, card.today), card.today))
    late = [card.deeds.shown[pk] for pk in card.deeds.overdue if pk in card.deeds.shown]
    return queries.action_lines(late, len(card.deeds.overdue))
