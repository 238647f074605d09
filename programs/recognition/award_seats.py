"""Who sits in a jury: changed freely while no round runs, with a reason while one does, and not once somebody voted.

A trigger refuses the last, too. Who has left the company gives up his seat at any time; what he voted counts, and
where he was the chair, HR decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from culture.access import audit, clock
from culture.people.models import Employee
from programs.recognition import award_mails, award_near
from programs.recognition.award_models import Award, AwardJuror, AwardRound, AwardVote
from programs.recognition.post_models import JuryChange

Act = JuryChange.Act
WHY = 300


@dataclass(frozen=True)
class Seat:
    """A juror as the desk shows him; ``gone``: he has left the company; ``votes`` in the round that is asked for."""

    juror: AwardJuror
    gone: bool
    votes: int = 0

    @property
    def name(self) -> str:
        return self.juror.employee.name


def gone(person: Employee, today: dt.date) -> bool:
    return not person.is_active or not person.is_here(today)


def of(award: Award, round_: AwardRound | None = None) -> list[Seat]:
    """The jury, the chair first. Two queries."""
    today = clock.today()
    seats = list(award.jury.select_related("employee__unit"))
    given: list[int] = []
    if round_ is not None:
        given = list(AwardVote.objects.filter(candidate__round=round_).values_list("juror", flat=True))
    return [Seat(one, gone(one.employee, today), given.count(one.employee_id)) for one in seats]


def stands(award: Award) -> bool:
    """Whether somebody has voted in a round that is being judged: then the jury is what it is."""
    rounds = AwardRound.objects.filter(award=award, state=AwardRound.State.VOTING)
    return AwardVote.objects.filter(candidate__round__in=rounds).exists()


def refuse(award: Award | None, jury: Sequence[Employee]) -> str:
    """What is wrong with somebody named for a jury; empty when nothing is. Who sits there may leave in time to come."""
    seated = set(award.jury.values_list("employee", flat=True)) if award else set()
    today = clock.today()
    for one in jury:
        leaves = one.left_on is not None and one.pk not in seated
        if leaves or gone(one, today):
            return _("%(name)s leaves or has left: choose somebody else.") % {"name": one.name}
    return ""


def change(*, award: Award, jury: Sequence[Employee], why: str, by: Employee, now: dt.datetime) -> None:
    """``jury`` takes its seats, the first as the chair. The award's running rounds are locked by the caller.

    Raises ``ValidationError`` by field: jury, jury_why.
    """
    wanted, today = list(dict.fromkeys(jury)), clock.today()
    seats = {one.employee_id: one for one in award.jury.select_related("employee")}  # type: ignore[attr-defined]
    joined = [one for one in wanted if one.pk not in seats]
    leaving = [seat for pk, seat in seats.items() if pk not in {one.pk for one in wanted}]
    taken_out = [seat for seat in leaving if not gone(seat.employee, today)]
    chair = next((seat for seat in seats.values() if seat.chair), None)
    chair_is_gone = chair is None or gone(chair.employee, today)
    new_chair = bool(wanted) and (chair is None or wanted[0].pk != chair.employee_id)  # type: ignore[attr-defined]
    rounds = list(AwardRound.objects.filter(award=award, state__in=AwardRound.RUNNING).values_list("pk", flat=True))
    running = bool(rounds)
    frozen = running and stands(award)
    if running and (joined or taken_out or (new_chair and not chair_is_gone)):
        why = _reason(why, frozen)
        if any(award_near.is_candidate(pk, by) for pk in rounds):
            words = _("You are a candidate in a round that is running: another HR admin changes its jury.")
            raise ValidationError({"jury": words})
    for seat in leaving:
        seat.delete()
    if not frozen:
        AwardJuror.objects.filter(award=award, chair=True).update(chair=False)
        AwardJuror.objects.bulk_create(AwardJuror(award=award, employee=one) for one in joined)
        if wanted:
            AwardJuror.objects.filter(award=award, employee=wanted[0]).update(chair=True)
    if joined:
        # Whoever joins while the vote is open is asked as the others were: nobody is asked twice.
        for one in AwardRound.objects.filter(award=award, state=AwardRound.State.VOTING):
            award_mails.ask_jury(one, now=now)
    if running and (joined or leaving or new_chair):
        _keep(award, joined, leaving, wanted[0] if new_chair and not frozen else None, why, by, now)


def _reason(why: str, frozen: bool) -> str:
    if frozen:
        words = _(
            "Somebody has voted: this jury stays as it is until the round is decided. Only who has left the company "
            "can be taken out."
        )
        raise ValidationError({"jury": words})
    why = " ".join(why.replace("\0", "").split())[:WHY]
    if not why:
        raise ValidationError({"jury_why": _("A round is running: say why its jury changes. It stays on record.")})
    return why


def _keep(
    award: Award,
    joined: Sequence[Employee],
    leaving: Sequence[AwardJuror],
    chair: Employee | None,
    why: str,
    by: Employee,
    now: dt.datetime,
) -> None:
    today = clock.today()
    rows = [(one, Act.JOINED, why) for one in joined]
    left = _("Has left the company.")
    rows += [(one.employee, Act.TAKEN_OUT, left if gone(one.employee, today) else why) for one in leaving]
    if chair is not None:
        rows.append((chair, Act.CHAIR, why or left))
    JuryChange.objects.bulk_create(
        JuryChange(award=award, employee=person, act=act, reason=said, by=by, at=now) for person, act, said in rows
    )
    audit.record(by, "award.jury_changed", award, joined=len(joined), left=len(leaving))
