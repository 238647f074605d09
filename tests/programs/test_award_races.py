"""Awards under several hands at once, against the real database: exactly one of them happens."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.recognition import (
    award_deciding,
    award_nominating,
    award_rounds,
    awards,
    giving,
    milestone_posting,
    proving,
)
from programs.recognition.award_models import (
    AwardCandidate,
    AwardRound,
    AwardVote,
    AwardWinner,
    FeedPost,
    Nomination,
)
from programs.recognition.milestone_models import MilestoneRules, Occasion
from tests.programs import award_world
from tests.programs.award_world import EVIDENCE, nominate

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """What each job returned, or the error it raised; all begin at the same moment."""
    barrier, told = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(number: int) -> None:
        barrier.wait()
        try:
            told[number] = jobs[number]()
        except Exception as error:
            told[number] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return told


def refused(found: list[Any]) -> int:
    errors = [one for one in found if isinstance(one, Exception)]
    assert all(isinstance(one, ValidationError) for one in errors), errors
    return len(errors)


def test_every_race_of_a_round(units: Any, hr: Any) -> None:
    """One world for all of them: tables are emptied once."""
    folk = award_world.people(units)
    made = award_world.award(hr, [folk["j0"], folk["j1"], folk["j2"]], winners=2)
    now = timezone.now()

    # Two workers open the round: once, and its points are set aside once.
    at_once(*[lambda: award_rounds.open_due(now=now)] * 4)
    round_ = made.rounds.get()
    assert awards.balance(award_rounds.purse(round_)) == 200 and awards.balance(awards.purse(made)) == 800

    # One form from many tabs nominates once; three people nominate the same person: one candidate.
    behaviour, key = Behaviour.objects.get(code="A5"), uuid.uuid4()
    case = award_nominating.Case(behaviour, EVIDENCE, key, person=folk["s0"], criteria=["one"])

    def again() -> Any:
        return award_nominating.nominate(round_=round_, nominator=folk["d0"], case=case, now=now)

    assert refused(at_once(*[again] * 5)) == 0 and Nomination.objects.count() == 1
    others = [lambda who=who: nominate(round_, who, folk["s1"]) for who in (folk["d0"], folk["d1"], folk["d2"])]
    assert refused(at_once(*others)) == 0
    assert AwardCandidate.objects.count() == 2 and Nomination.objects.count() == 4

    # Nominated while HR closes: either it counts, or it is refused.
    late = at_once(
        lambda: award_rounds.close(round_=round_, by=hr, now=now), lambda: nominate(round_, folk["d1"], folk["s2"])
    )
    assert refused(late) <= 1
    assert AwardCandidate.objects.filter(employee=folk["s2"]).count() == 1 - refused(late)
    listed = list(round_.candidates.order_by("pk"))
    chosen = [one.pk for one in listed]
    shortlist = [lambda: award_rounds.shortlist(round_=round_, chosen=chosen, why_not="", by=hr, now=now)] * 2
    assert refused(at_once(*shortlist)) == 1

    # Two jurors vote at once, one of them twice; then a vote comes while the chair decides, who clicked twice.
    def vote(juror: str, score: int) -> Callable[[], Any]:
        return lambda: award_deciding.vote(candidate=listed[0], juror=folk[juror], score=score, note="", now=now)

    assert refused(at_once(vote("j0", 5), vote("j1", 3), vote("j1", 4))) == 0
    assert AwardVote.objects.count() == 2
    verdict = award_deciding.Verdict({one.pk: 100 for one in listed[:2]}, why_not="Next time")

    def decide(by: Any) -> Callable[[], Any]:
        return lambda: award_deciding.decide(round_=round_, verdict=verdict, by=by, now=now)

    expire = lambda: award_rounds.move_on(now=now + dt.timedelta(days=60))  # noqa: E731
    found = at_once(decide(folk["j0"]), decide(hr), vote("j2", 1), expire)
    done = AwardRound.objects.get(pk=round_.pk)
    assert done.state in (AwardRound.State.DECIDED, AwardRound.State.EXPIRED)
    decided = done.state == AwardRound.State.DECIDED
    assert refused(found[:2]) == (1 if decided else 2) and refused(found[2:]) <= 1
    assert AwardWinner.objects.count() == FeedPost.objects.count() == (2 if decided else 0)
    assert giving.balance(folk["s0"]) == (100 if decided else 0)
    assert awards.balance(awards.purse(made)) == (800 if decided else 1000)
    assert awards.balance(award_rounds.purse(round_)) == 0 and proving.findings() == []

    # A budget taken out from two sides holds at zero.
    held = awards.balance(awards.purse(made))

    def take() -> Any:
        return awards.fund(place=awards.purse(made), points=-held, note="x", by=hr, now=now, subject=made)

    assert refused(at_once(take, take)) == 1
    assert awards.balance(awards.purse(made)) == 0 and proving.findings() == []

    # Two workers announce the same milestone once.
    MilestoneRules.objects.create(pk=1, since={"joined": "2020-01-01"})
    morning = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
    Employee.objects.filter(pk=folk["s2"].pk).update(hired_on=morning.date().replace(year=2021))
    Occasion.objects.create(employee=folk["s2"], kind="joined", key="5", on=morning.date(), due_at=morning)
    at_once(*[lambda: milestone_posting.post_due(now=morning)] * 4)
    assert FeedPost.objects.filter(kind="milestone").count() == 1
