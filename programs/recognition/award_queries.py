"""What is read about awards: rounds, whom somebody may nominate, what waits for his judgement, what he won."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from culture.access import clock
from culture.people.models import Employee, Unit
from programs.recognition import award_deciding, award_near, award_rules
from programs.recognition.award_models import (
    Award,
    AwardCandidate,
    AwardRound,
    AwardVote,
    AwardWinner,
    Nomination,
)
from programs.recognition.award_rules import Near
from programs.recognition.models import Kudos, KudosReceiver

State = AwardRound.State
Candidate = AwardCandidate.State


def rounds() -> QuerySet[AwardRound]:
    """Every round with its award and its winners (``won``: candidates), the newest first."""
    winners = AwardCandidate.objects.filter(state=Candidate.WON).select_related("employee__unit", "unit")
    return (
        AwardRound.objects.select_related("award", "ended_by")
        .prefetch_related(Prefetch("candidates", winners.order_by("pk"), to_attr="won"))
        .order_by("-opens_on", "-pk")
    )


def open_for(person: Employee, today: dt.date) -> list[AwardRound]:
    """The rounds in which ``person`` may nominate today, the one that closes first on top. Three queries."""
    found = AwardRound.objects.filter(state=State.OPEN, opens_on__lte=today, closes_on__gte=today)
    rows = list(found.select_related("award").prefetch_related("award__nominators").order_by("closes_on", "pk"))
    if not any(row.award.nominators.all() for row in rows):
        return rows
    mine = award_near.above(person.unit_id)
    allowed = [(row, {unit.pk for unit in row.award.nominators.all()}) for row in rows]
    return [row for row, units in allowed if not units or units & mine]


def decided(most: int = 6) -> list[AwardRound]:
    return list(rounds().filter(state=State.DECIDED)[:most])


def nominations_by(person: Employee) -> QuerySet[Nomination]:
    rows = Nomination.objects.filter(nominator=person)
    return rows.select_related("candidate__employee", "candidate__unit", "candidate__round__award").order_by(
        "-at", "-pk"
    )


def won_by(person: Employee) -> QuerySet[AwardWinner]:
    """Awards of ``person``, alone or with a team, the newest first; with what was said of him."""
    said = Nomination.objects.filter(withdrawn_at=None).select_related("nominator", "behaviour")
    rows = AwardWinner.objects.filter(employee=person)
    rows = rows.select_related("candidate__round__award", "candidate__unit", "candidate__employee")
    return rows.prefetch_related(Prefetch("candidate__nominations", said)).order_by("-candidate__decided_at", "-pk")


# -- judging ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ballot:
    """A vote somebody is asked for: so many candidates wait for him."""

    round: AwardRound
    waiting: int
    chair: bool


def ballots(person: Employee) -> list[Ballot]:
    """The open votes of juries ``person`` is in. Three queries and one more for each vote."""
    seats = person.pk
    found = AwardRound.objects.filter(
        state=State.VOTING, award__decides=Award.Decides.JURY, award__jury__employee=seats
    ).select_related("award")
    chairs = set(Award.objects.filter(jury__employee=seats, jury__chair=True).values_list("pk", flat=True))
    return [
        Ballot(row, sum(one.open for one in ballot(row, person)), row.award_id in chairs)
        for row in found.order_by("decide_by", "pk")
    ]


@dataclass(frozen=True)
class Judged:
    """A candidate before a juror: his vote so far, or what keeps him from voting."""

    candidate: AwardCandidate
    near: Near | None
    vote: AwardVote | None

    @property
    def open(self) -> bool:
        return self.near is None and self.vote is None

    @property
    def bar(self) -> str:
        return str(award_deciding.BARS[self.near]) if self.near else ""

    @property
    def own(self) -> bool:
        """He is the candidate, or of the team: what was said, and by whom, is for others until it is decided."""
        return self.near in award_near.OWN


def ballot(round_: AwardRound, person: Employee) -> list[Judged]:
    """The shortlist as ``person`` judges it."""
    place = award_near.place_of(person)
    votes = {vote.candidate_id: vote for vote in AwardVote.objects.filter(candidate__round=round_, juror=person)}
    rows = candidates(round_).filter(state=Candidate.SHORTLISTED)
    return [Judged(one, award_near.near(one, place), votes.get(one.pk)) for one in rows]


def candidates(round_: AwardRound) -> QuerySet[AwardCandidate]:
    """With what was said of them."""
    rows = AwardCandidate.objects.filter(round=round_).exclude(state=Candidate.WITHDRAWN)
    return rows.select_related("employee__unit", "unit", "decided_by").prefetch_related(_said())


def _said() -> Prefetch[str]:
    """Nominations that stand, with those of their thanks that are still for everybody to read."""
    thanks = Kudos.objects.filter(public=True, hidden_at=None).exclude(state=Kudos.State.WITHDRAWN)
    said = Nomination.objects.filter(withdrawn_at=None).select_related("nominator__unit", "behaviour", "requirement")
    evidence = Prefetch("kudos", thanks.select_related("giver", "behaviour").order_by("-at"))
    return Prefetch("nominations", said.prefetch_related(evidence))


@dataclass(frozen=True)
class Score:
    """A candidate before who decides: the jurors' mean of 1 to 5, how many voted, what they noted."""

    candidate: AwardCandidate
    mean: float | None
    votes: list[AwardVote]


def scores(round_: AwardRound) -> list[Score]:
    """The shortlist, the best mean first."""
    rows = candidates(round_).filter(state=Candidate.SHORTLISTED)
    votes = Prefetch("votes", AwardVote.objects.select_related("juror").order_by("pk"))
    found = []
    for one in rows.prefetch_related(votes):
        given = list(one.votes.all())
        found.append(Score(one, award_rules.mean([vote.score for vote in given]), given))
    return sorted(found, key=lambda one: (-(one.mean or 0), one.candidate.pk))


def to_decide(person: Employee, *, everybody: bool = False) -> QuerySet[AwardCandidate]:
    """Candidates on whom ``person`` decides as their manager; ``everybody``: those nobody else can decide on (HR)."""
    rows = AwardCandidate.objects.filter(
        round__state=State.VOTING, round__award__decides=Award.Decides.MANAGER, state__in=AwardCandidate.OPEN
    )
    mine = Q(employee__manager=person)
    if everybody:
        own = Nomination.objects.filter(
            candidate=OuterRef("pk"), nominator=OuterRef("employee__manager"), withdrawn_at=None
        )
        mine |= Q(employee=None) | Q(employee__manager=None) | Q(Exists(own))
        mine |= Q(employee__manager__is_active=False) | Q(employee__manager__left_on__lt=clock.today())
    return (
        rows.filter(mine)
        .select_related("employee__unit", "unit", "round__award")
        .prefetch_related(_said())
        .order_by("round__decide_by", "pk")
    )


# -- whom to nominate ------------------------------------------------------------------------------------------------


def found(award: Award, person: Employee, words: str, today: dt.date, most: int = 12) -> list[Employee]:
    """Whom ``person`` may nominate, by the words he typed; without words: his own unit."""
    people = Employee.objects.here(today).filter(is_active=True).exclude(pk=person.pk).select_related("unit")
    people = people.found_by(words) if words.strip() else people.filter(unit=person.unit_id)
    return list(_allowed(people, award, "unit")[: most + 1])


def _allowed(rows: Any, award: Award, field: str) -> Any:
    """Those of ``rows`` whose ``field`` lies in one of the units the award is for."""
    units = set(award.nominees.values_list("pk", flat=True))
    return rows.filter(**{f"{field}__in": award_near.below(units).order_by()}) if units else rows


def teams(award: Award, words: str, most: int = 6) -> list[Unit]:
    """Units whose name has all the words, where the award is for teams, too."""
    if not award.teams or not words.strip():
        return []
    rows = Unit.objects.open().annotate(people=Count("employees", Q(employees__left_on=None))).filter(people__gte=2)
    for word in words.split()[:5]:
        rows = rows.filter(name__icontains=word)
    return list(_allowed(rows, award, "pk").order_by("name", "pk")[:most])


def thanks_to(person: Employee, most: int = 8) -> list[Kudos]:
    """Public thanks to ``person``, the newest first, as evidence to choose from."""
    mine = KudosReceiver.objects.filter(receiver=person, kudos__public=True, kudos__hidden_at=None)
    rows = mine.exclude(kudos__state=Kudos.State.WITHDRAWN).order_by("-kudos__at")
    ids = list(rows.values_list("kudos", flat=True)[:most])
    return list(Kudos.objects.filter(pk__in=ids).select_related("giver", "behaviour").order_by("-at"))


# -- the desk --------------------------------------------------------------------------------------------------------


def managed() -> QuerySet[Award]:
    """Every award with its running rounds (``running_rounds``), retired ones last."""
    nominated = Count("candidates", ~Q(candidates__state=Candidate.WITHDRAWN), distinct=True)
    running = AwardRound.objects.filter(state__in=AwardRound.RUNNING).annotate(nominated=nominated)
    return Award.objects.prefetch_related(
        Prefetch("rounds", running.order_by("opens_on"), to_attr="running_rounds")
    ).order_by("retired_at", "pk")
