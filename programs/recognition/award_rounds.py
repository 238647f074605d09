"""The rounds of awards: opened and closed by their days, shortlisted, called off, or ended undecided.

Locks are taken in this order: round, candidates, accounts. So a vote, a decision and the end of a round at once end
with exactly one of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit, clock
from culture.people.models import Employee
from programs.recognition import award_mails, award_near, award_rules, awards, posting
from programs.recognition.award_models import Award, AwardCandidate, AwardMail, AwardRound, last_day
from programs.recognition.models import Account
from programs.recognition.posting import Place, Reason

State = AwardRound.State
Candidate = AwardCandidate.State
DAY = dt.timedelta(days=1)
WHY = 500
# So many days before the end a juror who has not voted is told once more.
LAST_CALL = 3


def purse(round_: AwardRound) -> Place:
    """Where the points of a running round are set aside."""
    return Place(Account.Kind.AWARD, label=f"round:{round_.pk}")


def today_of(now: dt.datetime) -> dt.date:
    return timezone.localdate(now, clock.zone())


def locked(round_: AwardRound | int) -> AwardRound:
    """The round for the rest of the transaction; whoever judges or changes it waits here."""
    pk = round_ if isinstance(round_, int) else round_.pk
    return AwardRound.objects.select_for_update(of=("self",)).select_related("award").get(pk=pk)


# -- by date ---------------------------------------------------------------------------------------------------------


def open_due(*, now: dt.datetime) -> int:
    """Open the rounds that are due; returns how many. What nobody opened in time is left out."""
    today, made = today_of(now), 0
    for award in Award.objects.filter(retired_at=None, first_on__lte=today):
        found = award_rules.days(award.rule, awards.days_of(award), award.first_on, until=today)
        day = award_rules.opening(found, award.open_days, today)
        if day is not None and not award.rounds.filter(opens_on=day).exists():
            made += open_round(award=award, opens_on=day, now=now) is not None
    return made


@transaction.atomic
def open_round(*, award: Award, opens_on: dt.date, now: dt.datetime) -> AwardRound | None:
    """One round, with its points set aside as far as the budget goes; None when another worker was first."""
    row = Award.objects.select_for_update(of=("self",)).get(pk=award.pk)
    if row.retired_at is not None or row.rounds.filter(opens_on=opens_on).exists():
        return None
    closes_on, decide_by = last_day(row, opens_on)
    number = (row.rounds.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    made = AwardRound.objects.create(
        award=row,
        number=number,
        opens_on=opens_on,
        closes_on=closes_on,
        decide_by=decide_by,
        winners=row.winners,
        points=row.points,
    )
    _reserve(made, now)
    audit.record(None, "award.round_opened", made, award=row.pk)
    return made


def _reserve(round_: AwardRound, now: dt.datetime) -> None:
    if not round_.points:
        return
    whole, own = awards.purse(round_.award_id), purse(round_)
    accounts = posting.lock(whole, own)
    winners = min(round_.winners, accounts[whole].balance // round_.points)
    if winners:
        amount = winners * round_.points
        posting.move(accounts[whole], accounts[own], amount, now=now, reason=Reason.AWARD_RESERVED)


def give_back(round_: AwardRound, now: dt.datetime) -> int:
    """What a round set aside and did not pay returns to the award's budget."""
    whole, own = awards.purse(round_.award_id), purse(round_)
    if posting.find(own) is None:
        return 0
    accounts = posting.lock(whole, own)
    amount = accounts[own].balance
    if amount:
        posting.move(accounts[own], accounts[whole], amount, now=now, reason=Reason.AWARD_RETURNED)
    return amount


def move_on(*, now: dt.datetime) -> int:
    """Close nominations whose last day is over, end what nobody decided in time, and call jurors a last time."""
    today, done = today_of(now), 0
    running = AwardRound.objects.filter(state__in=AwardRound.RUNNING)
    for pk in list(running.filter(decide_by__lt=today).values_list("pk", flat=True)):
        done += _expire_one(pk, now)
    for pk in list(running.filter(state=State.OPEN, closes_on__lt=today).values_list("pk", flat=True)):
        done += _close_one(pk, now)
    soon = running.filter(state=State.VOTING, decide_by__lte=today + LAST_CALL * DAY).select_related("award")
    for one in soon:
        award_mails.last_call(one, now=now)
    return done


@transaction.atomic
def _close_one(pk: int, now: dt.datetime) -> bool:
    row = locked(pk)
    if row.state != State.OPEN or row.closes_on >= today_of(now):
        return False
    _close(row, by=None, now=now)
    return True


@transaction.atomic
def _expire_one(pk: int, now: dt.datetime) -> bool:
    row = locked(pk)
    if not row.running or row.decide_by >= today_of(now):
        return False
    won = row.candidates.filter(state=Candidate.WON).exists()
    _end(row, State.DECIDED if won else State.EXPIRED, by=None, now=now, mail=AwardMail.Kind.EXPIRED)
    return True


# -- by hand ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def close(*, round_: AwardRound, by: Employee, now: dt.datetime) -> AwardRound:
    """HR ends the time for nominations earlier; not a candidate, who would end it before others are nominated."""
    row = locked(round_)
    if row.state != State.OPEN:
        raise ValidationError(_("Nominations are closed already."))
    if award_near.is_candidate(row.pk, by):
        words = _("You are a candidate in this round: it closes on its last day, or another HR admin closes it.")
        raise ValidationError(words)
    _close(row, by=by, now=now)
    return row


def _close(row: AwardRound, *, by: Employee | None, now: dt.datetime) -> None:
    if not row.candidates.filter(state=Candidate.NOMINATED).exists():
        _end(row, State.EXPIRED, by=by, now=now, mail="", reason="")
        return
    manager = row.award.decides == Award.Decides.MANAGER
    row.state = State.VOTING if manager else State.SHORTLIST
    row.save(update_fields=["state"])
    audit.record(by, "award.nominations_closed", row, award=row.award_id)
    if manager:
        award_mails.ask_managers(row, now=now)


@transaction.atomic
def shortlist(
    *, round_: AwardRound, chosen: Collection[int], why_not: str, by: Employee, now: dt.datetime
) -> AwardRound:
    """HR names whom the jury judges; the others are declined with a reason that their nominators read.

    Who is close to a candidate leaves nobody out: so he steers nothing, and the round goes on where HR is one person.
    Raises ``ValidationError`` by field: chosen, why_not.
    """
    row = locked(round_)
    if row.state != State.SHORTLIST:
        raise ValidationError(_("This round does not wait for a shortlist: %(state)s.") % _told(row))
    waiting = list(row.candidates.select_for_update().filter(state=Candidate.NOMINATED).order_by("pk"))
    kept = [one for one in waiting if one.pk in set(chosen)]
    others = [one for one in waiting if one.pk not in set(chosen)]
    if not kept:
        raise ValidationError({"chosen": _("Choose at least one; or call the round off with a reason.")})
    if others and not award_near.STEERS.isdisjoint(award_near.ties(award_near.running_of(row.pk), by)):
        words = _(
            "You are a candidate here, nominated one, lead one or report to one: put everybody on the shortlist, or "
            "let another HR admin choose."
        )
        raise ValidationError({"chosen": words})
    why_not = clean(why_not)
    if others and not why_not:
        raise ValidationError({"why_not": _("Say why the others are not on it: whoever nominated them reads it.")})
    AwardCandidate.objects.filter(pk__in=[one.pk for one in kept]).update(state=Candidate.SHORTLISTED)
    for one in others:
        decline(one, reason=why_not, by=by, now=now)
    row.state = State.VOTING
    row.save(update_fields=["state"])
    audit.record(by, "award.shortlisted", row, chosen=len(kept), declined=len(others))
    award_mails.ask_jury(row, now=now)
    return row


@transaction.atomic
def cancel(*, round_: AwardRound, reason: str, by: Employee, now: dt.datetime) -> AwardRound:
    """HR calls a running round off; whoever nominated is told why, and its points return to the budget."""
    reason = clean(reason)
    if not reason:
        raise ValidationError({"reason": _("Say why: whoever nominated reads it.")})
    row = locked(round_)
    if not row.running:
        raise ValidationError(_("This round has ended: %(state)s.") % _told(row))
    if row.candidates.filter(state=Candidate.WON).exists():
        raise ValidationError(_("Somebody has won in this round already; it ends by itself on its last day."))
    if award_near.is_candidate(row.pk, by):
        raise ValidationError(_("You are a candidate in this round: another HR admin calls it off."))
    _end(row, State.CANCELLED, by=by, now=now, mail=AwardMail.Kind.CANCELLED, reason=reason)
    return row


def finish_if_done(row: AwardRound, *, by: Employee | None, now: dt.datetime) -> None:
    """A round in which managers decide ends with its last candidate."""
    if row.candidates.filter(state__in=AwardCandidate.OPEN).exists():
        return
    _end(row, State.DECIDED, by=by, now=now, mail="")


def decline(candidate: AwardCandidate, *, reason: str, by: Employee, now: dt.datetime) -> None:
    """Not chosen; whoever nominated is told the reason. The round is locked by the caller."""
    candidate.state, candidate.reason = Candidate.DECLINED, reason
    candidate.decided_at, candidate.decided_by = now, by
    candidate.save(update_fields=["state", "reason", "decided_at", "decided_by"])
    award_mails.tell_nominators(candidate, AwardMail.Kind.DECLINED, now=now)


def _end(
    row: AwardRound, state: str, *, by: Employee | None, now: dt.datetime, mail: str, reason: str | None = None
) -> None:
    left = list(row.candidates.select_for_update().filter(state__in=AwardCandidate.OPEN))
    for one in left:
        one.state = Candidate.EXPIRED
        one.save(update_fields=["state"])
        if mail:
            award_mails.tell_nominators(one, mail, now=now)
    end_round(row, state, by=by, now=now, reason=reason)


def end_round(row: AwardRound, state: str, *, by: Employee | None, now: dt.datetime, reason: str | None = None) -> None:
    """The locked round is over: its state, what it did not pay, and the record."""
    row.state, row.ended_at, row.ended_by = state, now, by
    if reason is not None:
        row.reason = reason
    row.save(update_fields=["state", "ended_at", "ended_by", "reason"])
    back = give_back(row, now)
    audit.record(by, "award.round_ended", row, state=state, returned=back)


def clean(text: str) -> str:
    return text.replace("\0", "").strip()[:WHY]


def _told(row: AwardRound) -> dict[str, str]:
    return {"state": row.get_state_display()}
