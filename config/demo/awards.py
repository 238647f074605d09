"""Awards: one decided with its certificate, one open for nominations, one before managers; milestones; proposals."""

from __future__ import annotations

import datetime as dt
import random
import uuid

from dateutil.relativedelta import relativedelta
from django.db.models import Q

from config.demo.organisation import Personas
from culture.access import clock
from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee
from programs.recognition import (
    award_deciding,
    award_nominating,
    award_rounds,
    awards,
    milestone_posting,
    milestone_setting,
    milestone_watch,
    outcomes,
)
from programs.recognition.award_models import Award, AwardRound
from programs.recognition.milestone_models import MilestoneKind, TeamProposal
from surveys.waves import schedule

DAY = dt.timedelta(days=1)
NOON = dt.time(12)
NAMES = {
    "en": "Memorable service of the quarter",
    "it": "Servizio memorabile del trimestre",
    "ro": "Serviciul memorabil al trimestrului",
    "zh-hans": "季度难忘服务奖",
    "fr": "Service mémorable du trimestre",
}
PURPOSE = {
    "en": "For somebody, or a team, of whom a customer will still talk next year.",
    "it": "Per una persona, o un gruppo, di cui un cliente parlerà ancora l’anno prossimo.",
    "ro": "Pentru cineva, sau o echipă, despre care un client va vorbi și anul viitor.",
    "zh-hans": "授予让客户明年仍会提起的个人或团队。",
    "fr": "Pour une personne, ou une équipe, dont un client parlera encore l’an prochain.",
}
CRITERIA = [
    ("personal", {"en": "Something personal for this one customer", "it": "Qualcosa di personale per questo cliente"}),
    ("beyond", {"en": "More than the customer could expect", "it": "Più di quanto il cliente potesse aspettarsi"}),
    ("again", {"en": "Others can do the same tomorrow", "it": "Altri possono fare lo stesso domani"}),
]
QUIET = {
    "en": "Quiet help of the month",
    "it": "Aiuto silenzioso del mese",
    "ro": "Ajutorul discret al lunii",
    "zh-hans": "默默相助月度奖",
    "fr": "L’aide discrète du mois",
}
STORIES = [
    "A customer’s delivery stood in the wrong depot on Friday at five. Nobody had to ask: on Saturday morning it was "
    "at her door, with an apology and a call a week later whether all was well.",
    "When our printer line failed before the audit the part was found, brought over at lunch, and somebody stayed "
    "until it ran again. We had only asked whom to call.",
    "The same question had come in eleven times. Now there is one page about it, and each of us was shown how to "
    "answer it. The twelfth customer was done in a minute.",
    "A guest had forgotten her medicine. Within the hour it was on its way with a colleague who lives in her street.",
]
WHY = "Three were close this time. Nominate them again: a second story would settle it."
TEAM = "They called every internal customer once a month and did what they had promised. Ask them how."


def give(*, people: Personas, rng: random.Random, now: dt.datetime) -> int:
    """Returns how many nominations there are."""
    today = clock.today()
    first = today - 3 * DAY - relativedelta(months=3)
    jurors = _jurors(people, rng)
    quarter = awards.save(
        by=people.hr,
        jury=[people.executive, *jurors],
        terms=awards.Terms(
            name=NAMES,
            purpose=PURPOSE,
            criteria=[{"key": key, "text": text} for key, text in CRITERIA],
            first_on=first,
            rule=schedule.monthly(first, 3),
            winners=2,
            points=200,
        ),
    )
    then = _at(first)
    awards.fund(
        place=awards.purse(quarter), points=2000, note="Budget of the year", by=people.hr, now=then, subject=quarter
    )
    made = _decided(quarter, people, jurors, rng, then)
    award_rounds.open_due(now=now)
    running = AwardRound.objects.filter(award=quarter, state=AwardRound.State.OPEN).first()
    if running is not None:
        made += _nominated(running, rng, now - DAY, 3, people.hr)
    made += _before_managers(people, rng, now)
    _milestones(people, now)
    _teams(people, now)
    return made


def _at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, NOON, clock.zone())


def _jurors(people: Personas, rng: random.Random) -> list[Employee]:
    leads = Employee.objects.filter(reports__isnull=False).exclude(unit__in=[people.hr.unit, people.employee.unit])
    found = list(leads.exclude(pk=people.executive.pk).distinct().order_by("pk"))
    return rng.sample(found, min(4, len(found)))


def _case(rng: random.Random, story: str, criteria: list[str], **whom: Employee) -> award_nominating.Case:
    return award_nominating.Case(
        behaviour=Behaviour.objects.get(code=rng.choice(["A2", "A5", "A6", "A8"])),
        requirement=Requirement.objects.get(code=rng.choice(["C1", "W9", "K3"])),
        evidence=story,
        criteria=criteria,
        key=uuid.UUID(int=rng.getrandbits(128), version=4),
        language="en",
        **whom,
    )


def _nominated(
    round_: AwardRound, rng: random.Random, at: dt.datetime, count: int, decides: Employee, *also: Employee
) -> int:
    """``count`` people, and ``also``, nominated by somebody of another unit; none near to who ``decides``."""
    today = at.date()
    judge = Q(pk__in=[decides.pk, decides.manager_id]) | Q(manager=decides)  # type: ignore[attr-defined]
    here = list(Employee.objects.here(today).filter(is_active=True).exclude(unit=None).exclude(judge).order_by("pk"))
    keys = [one["key"] for one in round_.award.criteria]
    wanted = [*also, *rng.sample([one for one in here if one not in also], count)]
    stories = rng.sample(STORIES, len(STORIES))
    for number, whom in enumerate(wanted):
        near = {whom.pk, whom.manager_id}
        others = [one for one in here if one.unit_id != whom.unit_id and one.pk not in near and one not in also]
        story = stories[number % len(stories)]
        case = _case(rng, story, rng.sample(keys, min(2, len(keys))), person=whom)
        award_nominating.nominate(round_=round_, nominator=rng.choice(others), case=case, now=at)
    return len(wanted)


def _decided(award: Award, people: Personas, jurors: list[Employee], rng: random.Random, then: dt.datetime) -> int:
    """The first round, decided with one winner instead of two, and why."""
    round_ = award_rounds.open_round(award=award, opens_on=award.first_on, now=then)
    assert round_ is not None
    count = _nominated(round_, rng, then + 2 * DAY, 3, people.hr, people.employee)
    award_rounds.close(round_=round_, by=people.hr, now=then + 14 * DAY)
    listed = list(round_.candidates.order_by("pk"))
    judged = then + 16 * DAY
    award_rounds.shortlist(round_=round_, chosen=[one.pk for one in listed], why_not="", by=people.hr, now=judged)
    for one in listed:
        for juror in jurors:
            place = award_deciding.place_of(juror)
            if award_deciding.near(one, place) is None:
                score = 5 if one.employee == people.employee else rng.choice([2, 3, 4])
                award_deciding.vote(candidate=one, juror=juror, score=score, note="", now=judged + DAY)
    best = next(one for one in listed if one.employee == people.employee)
    verdict = award_deciding.Verdict(winners={best.pk: 200}, why=WHY, why_not=WHY)
    award_deciding.decide(round_=round_, verdict=verdict, by=people.hr, now=then + 25 * DAY)
    return count


def _before_managers(people: Personas, rng: random.Random, now: dt.datetime) -> int:
    """An award that managers decide; somebody of the manager's team is nominated."""
    report = Employee.objects.here(now.date()).filter(manager=people.manager).exclude(pk=people.employee.pk).first()
    if report is None:
        return 0
    opens = now.date() - 9 * DAY
    award = awards.save(
        by=people.hr,
        terms=awards.Terms(
            name=QUIET,
            first_on=opens,
            rule=schedule.monthly(opens, 1),
            decides=Award.Decides.MANAGER,
            teams=False,
            winners=3,
            points=50,
            open_days=7,
            decide_days=14,
        ),
    )
    awards.fund(place=awards.purse(award), points=600, note="Budget of the year", by=people.hr, now=now, subject=award)
    round_ = award_rounds.open_round(award=award, opens_on=opens, now=_at(opens))
    assert round_ is not None
    count = _nominated(round_, rng, _at(opens + 2 * DAY), 1, people.hr, report)
    award_rounds.move_on(now=now)
    return count


def _milestones(people: Personas, now: dt.datetime) -> None:
    """Anniversaries of the last days, told on their mornings; those of the next days wait for theirs."""
    today = clock.today()
    begun = today - 8 * DAY
    kinds = [MilestoneKind.JOINED, MilestoneKind.MEMORABLE, MilestoneKind.COMPLETED]
    milestone_setting.save(
        kinds=[MilestoneKind.JOINED], points={}, years=[1, 2, 3, 5, 10, 15, 20, 25], beyond=["A5", "A8"],
        by=people.hr, today=begun,
    )  # fmt: skip
    for back in range(8, 0, -1):
        day = today - back * DAY
        milestone_watch.find(today=day, now=_at(day))
        milestone_posting.post_due(now=_at(day))
    milestone_setting.save(
        kinds=kinds, points={MilestoneKind.MEMORABLE: 10}, years=[1, 2, 3, 5, 10, 15, 20, 25], beyond=["A5", "A8"],
        by=people.hr, today=today,
    )  # fmt: skip
    awards.fund(
        place=milestone_setting.PURSE,
        points=500,
        note="Budget of the year",
        by=people.hr,
        now=now,
        subject="milestones",
    )
    milestone_watch.find(today=today, now=now)


def _teams(people: Personas, now: dt.datetime) -> None:
    """What the surveys and the promises propose; the first is recognised, the others wait for HR."""
    outcomes.look(now=now)
    first = TeamProposal.objects.filter(state=TeamProposal.State.OPEN).exclude(unit=people.hr.unit).first()
    if first is not None and TeamProposal.objects.count() > 1:
        outcomes.approve(proposal=first, story=TEAM, by=people.hr, now=now - DAY)
