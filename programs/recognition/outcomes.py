"""Teams that might be recognised for what came of their work: proposed to HR with the evidence, never done by itself.

A promise: kept by its day, and, where its customers were asked, kept in their judgement, too. A barrier: *want*, *know*
or *can* of a unit clearly rose in a released wave that leaders see, in the word decided with the release. Units that
were renamed, moved or merged since are followed (outcome_teams; a promise goes to what its unit became). Released cells
are all that is read; from a hidden cell nothing is proposed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit, clock
from culture.access.models import Grant
from culture.people import asof
from culture.people.models import Employee, Unit
from programs.planning import judging
from programs.planning.action_models import Action
from programs.recognition import outcome_teams, posts
from programs.recognition.award_models import FeedPost
from programs.recognition.milestone_models import TeamProposal
from surveys.results import queries as results
from surveys.results.insight import trends
from surveys.results.kept import Judgement
from surveys.waves.models import Series, Wave

Kind, State = TeamProposal.Kind, TeamProposal.State
# What customers say of a promise comes with the next wave only, months later.
LATELY = dt.timedelta(days=180)
STORY, WHY = 600, 300


def look(*, now: dt.datetime) -> int:
    """Propose what has come of teams' work; returns how many are new. Proposed once for each promise and wave.

    An open proposal whose evidence is gone (a correction, customers who disagree) is taken back.
    """
    today = timezone.localdate(now, clock.zone())
    return _promises(today) + sum(_barriers(series, today) for series in Series.objects.order_by("pk"))


# -- promises --------------------------------------------------------------------------------------------------------


def _promises(today: dt.date) -> int:
    """Promises done by their day lately, unless their customers were asked and do not (or cannot be shown to) agree."""
    done = Action.objects.filter(
        state=Action.State.DONE,
        promised_to__isnull=False,
        ended_on__gte=today - LATELY,
        ended_on__lte=F("due_on"),
    ).select_related("unit", "promised_to")
    reader = _reader()
    if reader is None:
        return 0
    decided = TeamProposal.objects.filter(kind=Kind.PROMISE).exclude(state=State.OPEN).values("action")
    actions = list(done.exclude(pk__in=decided))
    said = judging.of(reader, actions)
    here, into = Unit.objects.open().in_bulk(), asof.successors()
    made, stays = 0, []
    for action in actions:
        evidence = _evidence(action, said.get(action.pk))
        unit = here.get(into.get(action.unit_id, action.unit_id))
        if evidence is not None and unit is not None:
            stays.append(action.pk)
            made += _propose(kind=Kind.PROMISE, unit=unit, action=action, evidence=evidence, found_on=today)
    gone = TeamProposal.objects.filter(kind=Kind.PROMISE, state=State.OPEN, action__in=[one.pk for one in actions])
    gone.exclude(action__in=stays).update(state=State.GONE)
    return made


def _reader() -> Employee | None:
    """Whose eyes are used: an HR admin's, to whom it is proposed. What he may not see is no evidence."""
    grants = Grant.objects.hr_admins().order_by("pk").values("employee")
    return Employee.objects.filter(pk__in=grants, is_active=True).order_by("pk").first()


def _evidence(action: Action, judged: Judgement | None) -> dict[str, Any] | None:
    """What the proposal rests on; None: nothing to propose, or not yet."""
    days = {"ended_on": str(action.ended_on), "due_on": str(action.due_on)}
    if judged is None:
        return days
    shared = results.shared_with_leaders(judged.wave.series_id).filter(pk=judged.wave.pk)
    if judged.verdict != "kept" or not shared.exists():
        return None
    cell = {name: judged.cell[name] for name in ("fav", "n", "band") if name in judged.cell}
    return {**days, "kept": cell, "wave": judged.wave.number, "wave_id": judged.wave.pk}


# -- barriers --------------------------------------------------------------------------------------------------------


def _barriers(series: Series, today: dt.date) -> int:
    wave = results.shared_with_leaders(series).order_by("-number").first()
    if wave is None or wave.closes_on < today - LATELY:
        return 0
    courses = {key: results.shared_course(series, key)[-2:] for key in results.HEADLINE}
    rows = {row.unit: row for row in results.tree_rows(wave, None)}
    before = _cells_before(wave)
    units = {unit.pk: unit for unit in Unit.objects.open()}
    into = asof.successors()
    last, earlier = _ends(courses[results.HEADLINE[0]])
    made, stays = 0, []
    for team in outcome_teams.teams({pk: unit.parent_id for pk, unit in units.items()}, into, last, earlier):  # type: ignore[misc]
        found = [outcome_teams.rise(team, key, into, *_ends(courses[key])) for key in results.HEADLINE]
        rose = [_told(one) for one in found if one]
        if rose:
            cells = rows[team.group].cells if team.group in rows and not team.followed else {}
            evidence = {"rose": rose, **_shares(cells, before.get(team.group or 0, {}))}
            stays.append(team.unit)
            unit = units[team.unit]
            made += _propose(kind=Kind.BARRIER, unit=unit, wave=wave, evidence=evidence, found_on=today)
    gone = TeamProposal.objects.filter(wave=wave, state=State.OPEN).exclude(unit__in=stays)
    gone.update(state=State.GONE)
    return made


def _ends(course: Sequence[trends.Wave]) -> tuple[trends.Wave, trends.Wave | None]:
    """(the last wave, the one before)."""
    return course[-1], course[-2] if len(course) > 1 else None


def _cells_before(wave: Wave) -> dict[int, dict[str, Any]]:
    earlier = results.shared_with_leaders(wave.series_id).filter(number__lt=wave.number)
    before = earlier.order_by("-number").first()
    return {row.unit: row.cells for row in results.tree_rows(before, None)} if before else {}


def _told(rise: outcome_teams.Rise) -> dict[str, Any]:
    """What is kept of a measure that rose; ``composed``: the groups of the wave before that are one team today."""
    kept = {name: rise.cell[name] for name in ("index", "low", "high", "n") if name in rise.cell}
    moved = {"delta": rise.moved.delta, "low": rise.moved.low, "high": rise.moved.high}
    return {"key": rise.key, **kept, "change": moved, **({"composed": rise.composed} if rise.composed else {})}


def _shares(now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """What share met which barrier first, where both waves show it."""
    here, then = (cells.get("barrier", {}).get("shares") for cells in (now, before))
    return {"barrier": here, "barrier_before": then} if here and then else {}


@transaction.atomic
def _propose(**fields: Any) -> bool:
    only = {"action": fields["action"]} if "action" in fields else {"wave": fields["wave"], "unit": fields["unit"]}
    _row, made = TeamProposal.objects.get_or_create(**only, defaults=fields)
    return made


# -- HR decides ------------------------------------------------------------------------------------------------------


@transaction.atomic
def approve(*, proposal: TeamProposal, story: str, by: Employee, now: dt.datetime) -> TeamProposal:
    """HR recognises the team in its own words, for everybody to read. No points move."""
    row = _open(proposal, by)
    story = story.replace("\0", "").strip()
    if not 10 <= len(story) <= STORY:
        words = _("Write one or two sentences that everybody may read, at most %(most)d letters.")
        raise ValidationError({"story": words % {"most": STORY}})
    row.state, row.story, row.decided_at, row.decided_by = State.APPROVED, story, now, by
    row.post = posts.write(FeedPost.Kind.TEAM, at=now, unit=row.unit, data={"kind": row.kind}, story=story)
    row.save()
    audit.record(by, "team.recognised", row.unit, kind=row.kind)
    return row


@transaction.atomic
def decline(*, proposal: TeamProposal, reason: str, by: Employee, now: dt.datetime) -> TeamProposal:
    row = _open(proposal, by)
    reason = reason.replace("\0", "").strip()[:WHY]
    if not reason:
        raise ValidationError({"reason": _("Say why: it stays with the proposal.")})
    row.state, row.reason, row.decided_at, row.decided_by = State.DECLINED, reason, now, by
    row.save()
    audit.record(by, "team.not_recognised", row.unit, kind=row.kind)
    return row


def _open(proposal: TeamProposal, by: Employee) -> TeamProposal:
    row = TeamProposal.objects.select_for_update(of=("self",)).select_related("unit").get(pk=proposal.pk)
    if row.state != State.OPEN:
        raise ValidationError(_("This is decided already: %(state)s.") % {"state": row.get_state_display()})
    if by.unit_id == row.unit_id:
        raise ValidationError(_("You work in this team: somebody else decides."))
    return row
