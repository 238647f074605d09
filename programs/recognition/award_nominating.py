"""Nominating somebody for an award, and taking it back while the round is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access import audit
from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee, Unit
from programs.recognition import award_near, award_rounds
from programs.recognition.award_models import Award, AwardCandidate, AwardRound, Nomination
from programs.recognition.models import Kudos

LEAST, LIMIT = 20, 2000
MOST_EACH = 5
MOST_KUDOS = 5
State = AwardCandidate.State


@dataclass(frozen=True)
class Case:
    """Who should get it, a ``person`` or the ``team`` of a unit, and why. ``key``: of the form: twice is once."""

    behaviour: Behaviour
    evidence: str
    key: UUID
    person: Employee | None = None
    team: Unit | None = None
    criteria: Sequence[str] = ()
    requirement: Requirement | None = None
    kudos: Sequence[Kudos] = ()
    language: str = ""


def within(person: Employee, units: set[int]) -> bool:
    """Whether ``person`` works in one of ``units``, in what it became or below it; no units: everybody does."""
    return not units or bool(units & award_near.above(person.unit_id))


def why_not(award: Award, nominator: Employee) -> str:
    """Why ``nominator`` may not nominate for ``award`` at all; empty when he may."""
    if within(nominator, set(award.nominators.values_list("pk", flat=True))):
        return ""
    return _("Only people of certain units nominate for this award.")


@transaction.atomic
def nominate(*, round_: AwardRound, nominator: Employee, case: Case, now: dt.datetime) -> Nomination:
    """The same ``key`` again gives the first nomination back; several people's nominations of one join.

    Raises ``ValidationError`` by field: nominee, criteria, evidence, key.
    """
    if earlier := _earlier(case.key, nominator):
        return earlier
    row = award_rounds.locked(round_)
    if earlier := _earlier(case.key, nominator):
        return earlier
    today = award_rounds.today_of(now)
    if row.state != AwardRound.State.OPEN or not row.opens_on <= today <= row.closes_on:
        raise ValidationError(_("Nominations for this round are closed."))
    if reason := why_not(row.award, nominator):
        raise ValidationError(reason)
    _refuse_nominee(row.award, nominator, case, today)
    _refuse_words(row.award, case)
    candidate = _candidate(row, case)
    mine = Nomination.objects.filter(nominator=nominator, candidate__round=row, withdrawn_at=None)
    if mine.filter(candidate=candidate).exists():
        raise ValidationError({"nominee": _("You have nominated %(name)s in this round.") % {"name": candidate.name}})
    if mine.count() >= MOST_EACH:
        raise ValidationError({"nominee": _("At most %(most)d nominations by one person in a round.") % _most()})
    made = Nomination.objects.create(
        candidate=candidate,
        nominator=nominator,
        nominee=case.person,
        # As they were worded then: HR may change an award's criteria later.
        criteria=[one for one in row.award.criteria if one["key"] in set(case.criteria)],
        evidence=case.evidence.strip(),
        language=case.language,
        behaviour=case.behaviour,
        requirement=case.requirement,
        at=now,
        idempotency_key=case.key,
    )
    made.kudos.set(case.kudos)
    audit.record(nominator, "award.nominated", row, candidate=candidate.pk)
    return made


def _most() -> dict[str, int]:
    return {"most": MOST_EACH}


def _earlier(key: UUID, nominator: Employee) -> Nomination | None:
    earlier = Nomination.objects.filter(idempotency_key=key).first()
    if earlier is not None and earlier.nominator_id != nominator.pk:
        raise ValidationError({"key": _("This form was already used by somebody else. Open it again.")})
    return earlier


def _candidate(row: AwardRound, case: Case) -> AwardCandidate:
    """The round is locked, so nobody else makes the same one meanwhile."""
    found, _made = AwardCandidate.objects.get_or_create(round=row, employee=case.person, unit=case.team)
    if found.state == State.WITHDRAWN:
        found.state = State.NOMINATED
        found.save(update_fields=["state"])
    return found


def _refuse_nominee(award: Award, nominator: Employee, case: Case, today: dt.date) -> None:
    allowed = set(award.nominees.values_list("pk", flat=True))
    if case.person is not None:
        person = case.person
        if person.pk == nominator.pk:
            raise ValidationError({"nominee": _("You cannot nominate yourself. Somebody else may.")})
        if not person.is_here(today) or not person.is_active:
            raise ValidationError({"nominee": _("%(name)s does not work here any more.") % {"name": person.name}})
        if not within(person, allowed):
            raise ValidationError({"nominee": _("This award is not for the unit of %(name)s.") % {"name": person.name}})
        return
    team = case.team
    if team is None or team.until is not None:
        raise ValidationError({"nominee": _("Choose whom you nominate.")})
    if not award.teams:
        raise ValidationError({"nominee": _("This award is for single people, not for teams.")})
    if team.pk in award_near.above(nominator.unit_id):
        raise ValidationError({"nominee": _("You belong to this team: nobody nominates himself.")})
    if allowed and not allowed & award_near.above(team.pk):
        raise ValidationError({"nominee": _("This award is not for %(name)s.") % {"name": team.name}})
    if Employee.objects.here(today).filter(unit=team, is_active=True).count() < 2:
        raise ValidationError({"nominee": _("Fewer than two people work in %(name)s.") % {"name": team.name}})


def _refuse_words(award: Award, case: Case) -> None:
    known = {one["key"] for one in award.criteria}
    text = case.evidence.strip()
    if not set(case.criteria) <= known:
        raise ValidationError({"criteria": _("Choose criteria of this award.")})
    if known and not case.criteria:
        raise ValidationError({"criteria": _("Tick at least one criterion that is met.")})
    if len(text) < LEAST:
        raise ValidationError({"evidence": _("Tell what happened, in a sentence or two.")})
    if len(text) > LIMIT:
        raise ValidationError({"evidence": _("Keep it under %(limit)d characters.") % {"limit": LIMIT}})
    if case.behaviour.kind != Behaviour.Kind.ATTITUDE:
        raise ValidationError({"behaviour": _("Choose one of the attitudes.")})
    if len(case.kudos) > MOST_KUDOS:
        raise ValidationError({"kudos": _("At most %(most)d thanks as evidence.") % {"most": MOST_KUDOS}})
    for one in case.kudos:
        receivers = {receipt.receiver_id for receipt in one.receipts.all()}
        public = one.public and one.hidden_at is None and one.state != Kudos.State.WITHDRAWN
        if not public or case.person is None or case.person.pk not in receivers:
            raise ValidationError({"kudos": _("Only public thanks to the person can be evidence.")})


@transaction.atomic
def withdraw(*, nomination: Nomination, by: Employee, now: dt.datetime) -> Nomination:
    """The nominator takes it back while the round is open. Again: nothing happens."""
    row = award_rounds.locked(nomination.candidate.round_id)
    mine = Nomination.objects.select_for_update(of=("self",)).get(pk=nomination.pk)
    if mine.nominator_id != by.pk:
        raise ValidationError(_("Only who nominated can take it back."))
    if mine.withdrawn_at is not None:
        return mine
    if row.state != AwardRound.State.OPEN:
        raise ValidationError(_("Nominations are closed: it is being judged."))
    mine.withdrawn_at = now
    mine.save(update_fields=["withdrawn_at"])
    candidate = mine.candidate
    if not candidate.nominations.filter(withdrawn_at=None).exists():
        AwardCandidate.objects.filter(pk=candidate.pk).update(state=State.WITHDRAWN)
    audit.record(by, "award.nomination_withdrawn", row, candidate=candidate.pk)
    return mine
