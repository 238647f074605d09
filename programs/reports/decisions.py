"""What waits for a decision in a program, as an executive is told: milestones, risks, duties, promises, the figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from culture.people.models import Employee
from culture.people.units import descendants
from programs.planning import actions, judging, milestones, queries
from programs.planning.action_models import Action
from programs.planning.indicators import Reading
from programs.planning.models import Program
from programs.planning.panels import Need
from programs.reports import readings
from programs.reports.scorecard import Moved, Scorecard, score_of
from surveys.waves.models import Wave

MOST_PROMISES = 4


@dataclass(frozen=True)
class Promise:
    """One promise with what those it was made to say of it (``judged``), as the reader may see it."""

    action: Action
    judged: judging.Judgement | None
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
    return Waiting(told, [*of_figures(card.moved), *planned, *_overdue(card)])


def _milestones(card: Scorecard) -> tuple[dict[str, Any], list[milestones.Standing]]:
    known = {kept.key: readings.reading(kept) for kept in (*card.leading, *card.lagging)}
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


def promises(card: Scorecard, user: Employee) -> Promises:
    """What the unit and those below it promised others, and were promised; open ones first, then the latest."""
    assert card.unit is not None
    inside = descendants([card.unit.pk])
    rows = Action.objects.filter(promised_to__isnull=False, due_on__gte=card.today - judging.OLDEST)
    rows = rows.exclude(state=Action.State.DROPPED).select_related("unit", "promised_to")
    order = ("-state", "due_on", "pk")
    by = list(rows.filter(unit__in=inside).exclude(promised_to__in=inside).order_by(*order)[:50])
    to = list(rows.filter(promised_to__in=inside).exclude(unit__in=inside).order_by(*order)[:50])
    judged = judging.of(user, [*by[:MOST_PROMISES], *to[:MOST_PROMISES]])

    def told(found: list[Action]) -> list[Promise]:
        late = Action.State.OPEN
        return [
            Promise(one, judged.get(one.pk), one.state == late and one.due_on < card.today)
            for one in found[:MOST_PROMISES]
        ]

    return Promises(told(by), told(to), max(0, len(by) - MOST_PROMISES), max(0, len(to) - MOST_PROMISES))


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
    if card.unit is None:
        return queries.action_needs(actions.overdue(actions.of_program(card.program, card.today), card.today))
    rows = Action.objects.filter(unit__in=descendants([card.unit.pk])).select_related("unit", "promised_to", "owner")
    return queries.action_needs(actions.overdue(rows, card.today))
