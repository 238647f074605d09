"""Judging candidates: jurors vote, then the chair, HR or the nominee's manager decides, and the points are paid.

Everything happens under the round's lock (award_rounds.locked): a vote comes before the decision and counts, or after
it and is refused; whoever decides second reads that it is decided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from culture.access import audit, clock
from culture.access.models import Grant
from culture.access.permissions import Permission, sees_everything
from culture.people.models import Employee
from programs.recognition import (
    award_mails,
    award_near,
    award_rounds,
    award_rules,
    award_seats,
    awards,
    lots,
    posting,
    posts,
)
from programs.recognition.award_models import (
    MOST_POINTS,
    MOST_WINNERS,
    Award,
    AwardCandidate,
    AwardMail,
    AwardRound,
    AwardVote,
    AwardWinner,
    FeedPost,
)
from programs.recognition.award_near import near as near
from programs.recognition.award_near import place_of as place_of
from programs.recognition.award_rules import Near
from programs.recognition.models import Account
from programs.recognition.posting import Place, Reason

State = AwardCandidate.State
BARS = {
    Near.HIMSELF: gettext_lazy("You are a candidate yourself."),
    Near.MEMBER: gettext_lazy("You work in the same unit: others judge."),
    Near.TEAM: gettext_lazy("You work in the same unit: others judge."),
    Near.LINE: gettext_lazy("One of you reports to the other: others judge."),
    Near.NOMINATOR: gettext_lazy("You nominated: others judge."),
}
_CANDIDATE = gettext_lazy("You are a candidate in this round, alone or with your team: somebody else decides.")
TOO_NEAR = {
    Near.HIMSELF: _CANDIDATE,
    Near.MEMBER: _CANDIDATE,
    Near.LINE: gettext_lazy("You lead a candidate of this round, or report to one: somebody else decides."),
    Near.NOMINATOR: gettext_lazy("You nominated in this round: somebody else decides."),
}
# So many of those who may decide instead are named.
NAMED = 3


@dataclass(frozen=True)
class Verdict:
    """What becomes of a round: ``winners`` {candidate id: points}; ``why``: of an alteration, everybody reads it.

    ``why_not``: told to whoever nominated the others; ``own_words`` {candidate id: reason} where one has its own.
    """

    winners: Mapping[int, int]
    why: str = ""
    why_not: str = ""
    own_words: Mapping[int, str] = field(default_factory=dict)


# -- who may ---------------------------------------------------------------------------------------------------------


def is_juror(award: Award, person: Employee) -> bool:
    if award.decides != Award.Decides.JURY or award_seats.gone(person, clock.today()):
        return False
    return award.jury.filter(employee=person).exists()


def may_decide(round_: AwardRound, person: Employee) -> bool:
    """HR, or the chair of the jury."""
    if sees_everything(person, Permission.MANAGE_RECOGNITION):
        return True
    chair = round_.award.jury.filter(employee=person, chair=True)
    return round_.award.decides == Award.Decides.JURY and chair.exists()


def why_not(round_: AwardRound, person: Employee) -> str:
    """Why ``person``, who has the office to decide, is too close to a candidate; empty when he is not.

    Who is too close does not read the votes either: he would know what his own candidate has to beat.
    """
    listed = list(award_near.running_of(round_.pk))
    reasons = award_near.ties(listed, person)
    words = next((text for reason, text in TOO_NEAR.items() if reason in reasons), None)
    return f"{words} {_who_can(round_, listed)}" if words else ""


def _who_can(round_: AwardRound, listed: Sequence[AwardCandidate]) -> str:
    today = clock.today()
    admins = Grant.objects.hr_admins().in_force(today).values("employee")
    chair = round_.award.jury.filter(chair=True).values("employee")
    offices = Employee.objects.here(today).filter(is_active=True)
    able = [
        one.name
        for one in offices.filter(Q(pk__in=admins) | Q(pk__in=chair)).order_by("pk")[: 5 * NAMED]
        if award_near.STEERS.isdisjoint(award_near.ties(listed, one))
    ]
    if not able:
        return _("Nobody else may decide now: a further HR admin is needed, or the round ends by itself.")
    return _("Who can: %(names)s.") % {"names": ", ".join(able[:NAMED])}


def decides_alone(candidate: AwardCandidate, person: Employee) -> bool:
    """Whether ``person`` is the manager who decides on ``candidate``; HR may, too."""
    if candidate.round.award.decides != Award.Decides.MANAGER:
        return False
    if sees_everything(person, Permission.MANAGE_RECOGNITION):
        return True
    return candidate.employee is not None and candidate.employee.manager_id == person.pk


# -- votes -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def vote(*, candidate: AwardCandidate, juror: Employee, score: int, note: str, now: dt.datetime) -> AwardVote:
    """One juror's score of 1 to 5; voting again changes it while the vote is open.

    Raises ``ValidationError`` when he is not of the jury, too near to the candidate, or the vote is closed.
    """
    row = award_rounds.locked(candidate.round_id)
    if not is_juror(row.award, juror):
        raise ValidationError(_("You are not in the jury of this award."))
    here = row.candidates.select_related("employee", "unit").get(pk=candidate.pk)
    if row.state != AwardRound.State.VOTING or here.state != State.SHORTLISTED:
        raise ValidationError(_("The vote is closed."))
    if reason := near(here, place_of(juror)):
        raise ValidationError(str(BARS[reason]))
    if score not in range(1, 6):
        raise ValidationError({"score": _("Give 1 to 5.")})
    note = note.replace("\0", "").strip()[:300]
    made, _new = AwardVote.objects.update_or_create(
        candidate=here, juror=juror, defaults={"score": score, "note": note, "at": now}
    )
    audit.record(juror, "award.voted", row, candidate=here.pk)
    return made


# -- decisions -------------------------------------------------------------------------------------------------------


@transaction.atomic
def decide(*, round_: AwardRound, verdict: Verdict, by: Employee, now: dt.datetime) -> AwardRound:
    """The chair or HR decides a round at once: winners are paid and announced, the others declined with a reason.

    Other winners or points than announced need a reason, and everybody sees both. Raises ``ValidationError``.
    """
    row = award_rounds.locked(round_)
    if row.award.decides != Award.Decides.JURY or not may_decide(row, by):
        raise ValidationError(_("Only the chair of the jury or HR decides."))
    if row.state != AwardRound.State.VOTING:
        raise ValidationError(_("This round is not to be decided: %(state)s.") % {"state": row.get_state_display()})
    rows = row.candidates.select_for_update(of=("self",)).filter(state=State.SHORTLISTED)
    listed = list(rows.select_related("employee", "unit"))
    if words := why_not(row, by):
        raise ValidationError(words)
    reasons = _refuse_verdict(row, listed, verdict)
    row.reason = award_rounds.clean(verdict.why)
    winners = [one for one in listed if one.pk in verdict.winners]
    for one in listed:
        if one.pk not in verdict.winners:
            award_rounds.decline(one, reason=reasons[one.pk], by=by, now=now)
    _pay(row, {one: verdict.winners[one.pk] for one in winners}, by=by, now=now)
    award_rounds.end_round(row, AwardRound.State.DECIDED, by=by, now=now)
    return row


def _refuse_verdict(row: AwardRound, listed: Sequence[AwardCandidate], verdict: Verdict) -> dict[int, str]:
    """Raises what is wrong with it; else {candidate id: why it was not chosen}."""
    known = {one.pk for one in listed}
    if not set(verdict.winners) <= known:
        raise ValidationError(_("The shortlist has changed meanwhile. Look again."))
    if not 0 < len(verdict.winners) <= MOST_WINNERS:
        raise ValidationError({"winners": _("Choose at least one winner; or call the round off with a reason.")})
    if any(not 0 <= points <= MOST_POINTS for points in verdict.winners.values()):
        raise ValidationError({"winners": _("Points are between 0 and %(most)d.") % {"most": MOST_POINTS}})
    altered = len(verdict.winners) != row.winners or any(p != row.points for p in verdict.winners.values())
    if altered and not award_rounds.clean(verdict.why):
        raise ValidationError({"why": _("This is not what was announced. Say why: everybody reads it.")})
    reasons = {}
    for one in listed:
        words = award_rounds.clean(verdict.own_words.get(one.pk, "")) or award_rounds.clean(verdict.why_not)
        if one.pk not in verdict.winners and not words:
            raise ValidationError(
                {"why_not": _("Say why the others were not chosen: whoever nominated them reads it.")}
            )
        reasons[one.pk] = words
    return reasons


@transaction.atomic
def decide_one(
    *, candidate: AwardCandidate, win: bool, points: int, reason: str, by: Employee, now: dt.datetime
) -> AwardCandidate:
    """The nominee's manager (or HR) approves one candidate, with other points for a reason, or declines with one."""
    row = award_rounds.locked(candidate.round_id)
    here = row.candidates.select_related("employee", "unit", "round__award").get(pk=candidate.pk)
    reason = award_rounds.clean(reason)
    if not decides_alone(here, by):
        raise ValidationError(_("The manager of who is nominated decides, or HR."))
    if row.state != AwardRound.State.VOTING or here.state not in AwardCandidate.OPEN:
        raise ValidationError(_("This is decided already: %(state)s.") % {"state": here.get_state_display()})
    ties = award_near.ties([here], by)
    if not award_near.OWN.isdisjoint(ties):
        raise ValidationError(str(_CANDIDATE))
    if Near.NOMINATOR in ties:
        raise ValidationError(_("You nominated: HR decides in your place."))
    if not win:
        if not reason:
            raise ValidationError({"reason": _("Say why: whoever nominated reads it.")})
        award_rounds.decline(here, reason=reason, by=by, now=now)
    else:
        _refuse_win(row, points, reason)
        here.reason = reason
        _pay(row, {here: points}, by=by, now=now)
    award_rounds.finish_if_done(row, by=by, now=now)
    return here


def _refuse_win(row: AwardRound, points: int, reason: str) -> None:
    if not 0 <= points <= MOST_POINTS:
        raise ValidationError({"points": _("Points are between 0 and %(most)d.") % {"most": MOST_POINTS}})
    if row.candidates.filter(state=State.WON).count() >= row.winners:
        raise ValidationError(_("All %(n)d places of this round are taken.") % {"n": row.winners})
    if points != row.points and not reason:
        raise ValidationError({"reason": _("These are not the points announced. Say why: everybody reads it.")})


# -- paying ----------------------------------------------------------------------------------------------------------


def _pay(row: AwardRound, winners: Mapping[AwardCandidate, int], *, by: Employee, now: dt.datetime) -> None:
    """Winners become winners: ledger entries out of the round's points, and news for everybody."""
    teams = {one.pk: _people(one, now) for one in winners}
    for one in winners:
        if not teams[one.pk]:
            raise ValidationError(_("Nobody of %(name)s works here any more: it cannot win.") % {"name": one.name})
    parts = {one.pk: award_rules.shares(points, len(teams[one.pk]))[0] for one, points in winners.items()}
    needed = sum(parts[one.pk] * len(teams[one.pk]) for one in winners)
    accounts = _funded(row, needed, [pk for people in teams.values() for pk in people], now) if needed else {}
    for one, points in winners.items():
        one.state, one.points, one.decided_at, one.decided_by = State.WON, points, now, by
        one.post = posts.write(
            FeedPost.Kind.AWARD,
            at=now,
            employee=one.employee_id,
            unit=one.unit_id,
            data={"award": row.award.name, "round": row.pk},
        )
        one.save(update_fields=["state", "points", "reason", "decided_at", "decided_by", "post"])
        for person in teams[one.pk]:
            _pay_one(row, one, person, parts[one.pk], accounts, now)
        award_mails.tell_winners(one, teams[one.pk], now=now)
        award_mails.tell_nominators(one, AwardMail.Kind.NOMINATOR_WON, now=now)
        audit.record(by, "award.won", row, candidate=one.pk, points=points)


def _people(candidate: AwardCandidate, now: dt.datetime) -> list[int]:
    """Who gets it: the person; of a team, everybody who works there on the day of the decision.

    Of a unit that was merged or closed meanwhile: who worked there on its last day and is still with the company. The
    people of the unit it became did not do what was nominated.
    """
    if candidate.employee_id is not None:
        return [candidate.employee_id]
    here = Employee.objects.here(award_rounds.today_of(now)).filter(is_active=True)
    unit = candidate.unit
    assert unit is not None
    if unit.until is None:
        here = here.filter(unit=unit)
    else:
        here = here.filter(pk__in=award_near.people_then(unit).values("employee"))
    return list(here.order_by("pk").values_list("pk", flat=True))


def _funded(row: AwardRound, needed: int, people: Sequence[int], now: dt.datetime) -> dict[Place, Account]:
    """The locked accounts, the round's with at least ``needed``: what is missing comes from the award's budget."""
    own, whole = award_rounds.purse(row), awards.purse(row.award_id)
    accounts = posting.lock(own, whole, *{Place(Account.Kind.PERSONAL, pk) for pk in people})
    missing = needed - accounts[own].balance
    if missing > 0:
        if accounts[whole].balance < missing:
            words = _("The budget of this award is short by %(points)d points. Put them in, or give fewer.")
            raise ValidationError(words % {"points": missing - accounts[whole].balance})
        posting.move(accounts[whole], accounts[own], missing, now=now, reason=Reason.AWARD_RESERVED)
    return accounts


def _pay_one(
    row: AwardRound, one: AwardCandidate, person: int, points: int, accounts: dict[Place, Account], now: dt.datetime
) -> None:
    entry = None
    if points:
        source, target = accounts[award_rounds.purse(row)], accounts[Place(Account.Kind.PERSONAL, person)]
        entry = posting.move(source, target, points, now=now, reason=Reason.AWARD)
        lots.receive(entry, now=now)
    AwardWinner.objects.create(candidate=one, employee_id=person, points=points, entry=entry)
