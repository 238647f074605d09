"""Builds the demo from top to bottom, in one transaction: all of it or nothing."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone

from config.demo import (
    awards,
    beginnings,
    cheers,
    deeds,
    effects,
    history,
    keeping,
    moving,
    news,
    organisation,
    paths,
    plans,
    practices,
    published,
    results,
    rewards,
    story,
    yearbook,
)
from config.demo.answers import Teller
from config.demo.organisation import Personas
from culture.framework.loading import load_catalogue
from culture.people.models import Employee, Unit
from programs.planning import programs, rules
from programs.planning.models import Program
from surveys.answering.submitting import submit_many
from surveys.instruments.loading import load_library
from surveys.results.releasing import close_wave
from surveys.waves import participation
from surveys.waves import series as recurring
from surveys.waves.models import Invitation, Message, Series, Wave
from surveys.waves.opening import open_wave

OPEN_SINCE = 5
OPEN_DAYS = 14
EVERY_MONTHS = 3
OCCURRENCES = 12
NAME = "Service First"


@transaction.atomic
def build(*, employees: int, waves: int, seed: int, now: dt.datetime, say: Callable[[str], None]) -> None:
    """The whole story up to ``now``: ``waves`` closed waves, then one that is open."""
    rng = random.Random(seed)
    today = timezone.localdate(now)
    first = today - dt.timedelta(days=OPEN_SINCE) - relativedelta(months=EVERY_MONTHS * waves)
    load_catalogue()
    people = organisation.load(employees=employees, rng=rng, start=first - dt.timedelta(days=60))
    units = organisation.units()
    organisation.link(people.hr)
    beginnings.publish_charter(people, rng=random.Random(seed + 1), on=first - dt.timedelta(days=30))
    beginnings.judge_readiness(people, first, today)
    say(f"{Employee.objects.count()} people in {len(units)} units")
    series = recurring.create(
        by=people.hr,
        name=f"{NAME} pulse",
        instrument=load_library(),
        first_opens_on=first,
        every_months=EVERY_MONTHS,
        occurrences=max(OCCURRENCES, waves + 2),
        open_days=OPEN_DAYS,
        reminder_days=[4, 10],
    )
    results.share(series, by=people.hr)
    program = _program(people, series, units, first, today)
    _run_waves(series, program, rng, units, people, now, waves, say)
    results.let_comments_wait(by=people.hr, rng=random.Random(seed + 3), now=now)
    history.train(program=program, by=people.hr, rng=rng, now=now, beginner=people.employee)
    thanks = history.thank(program=program, rng=rng, now=now, star=people.employee)
    seen = history.observe(program=program, rng=random.Random(seed + 2), now=now)
    deeds.meet(by=people.hr, learner=people.employee, now=now)
    keeping.keep(learner=people.employee, now=now)
    moving.move(manager=people.manager, learner=people.employee, hr=people.hr, now=now, rng=random.Random(seed + 6))
    chosen = rewards.offer(by=people.hr, rng=random.Random(seed + 4), now=now)
    rewards.release_evenness(now=now)
    planned = deeds.plan(by=people.hr, today=today)
    walking = paths.walk(
        program=program, by=people.hr, learner=people.employee, today=today, rng=random.Random(seed + 3)
    )
    say(f"{walking} people on a training path")
    nominated = awards.give(people=people, rng=random.Random(seed + 5), now=now)
    say(f"{nominated} nominations for awards")
    signs = cheers.cheer(star=people.employee, rng=random.Random(seed + 7), now=now)
    signs += news.read(star=people.employee, hr=people.hr, rng=random.Random(seed + 9), now=now)
    say(f"{signs} signs to thanks and news")
    noted = practices.keep(program=program, people=people, rng=random.Random(seed + 8), now=now)
    say(f"{noted} lines of personal notes")
    plans.furnish(program=program, by=people.hr, sponsor=people.executive, today=today)
    say(f"{effects.find(now=now)} findings of what the program changed")
    effects.count(today=today)
    report = published.publish(program=program, by=people.hr, reader=people.executive, now=now)
    say(f"report no. {report} published")
    said = yearbook.furnish(program=program, by=people.hr, sponsor=people.executive, today=today, now=now)
    say(f"{said} public figures, an earlier pilot and last year's review")
    say(f"training, {thanks} thanks, {chosen} rewards, {seen} observations and {planned} actions")


def _program(people: Personas, series: Series, units: Mapping[str, Unit], first: dt.date, today: dt.date) -> Program:
    starts_on = first - dt.timedelta(days=14)
    ends_on = starts_on + relativedelta(years=3, days=-1)
    stages = rules.suggest_stages(starts_on, ends_on)
    return programs.create(
        by=people.hr,
        name=f"{NAME} {starts_on.year}–{ends_on.year}",
        charter=story.CHARTER,
        starts_on=starts_on,
        ends_on=ends_on,
        stages=[(stage.kind, stage.starts_on, stage.ends_on) for stage in stages],
        cohorts=[
            (name, first + relativedelta(months=months), [units[path] for path in paths])
            for name, months, paths in story.COHORTS
        ],
        series=series,
        today=today,
    )


def _run_waves(
    series: Series,
    program: Program,
    rng: random.Random,
    units: Mapping[str, Unit],
    people: Personas,
    now: dt.datetime,
    closed: int,
    say: Callable[[str], None],
) -> None:
    areas = {unit.pk: path for path, unit in units.items()}
    by_cohort = {name: paths for name, _months, paths in story.COHORTS}
    begun = {path: cohort.starts_on for cohort in program.cohorts.all() for path in by_cohort[cohort.name]}
    for wave in series.waves.order_by("number")[: closed + 1]:
        teller = Teller(rng=rng, day=wave.opens_on, areas=areas, begun=begun)
        last = wave.number == closed + 1
        promised = deeds.promise(wave, ago=closed + 1 - wave.number, by=people.hr)
        open_wave(wave, now=min(_morning(wave.opens_on), now), by=people.hr)
        wave.refresh_from_db()
        part, spare = (0.45, people.employee) if last else (1.0, None)
        _answer(wave, teller, rng, part=part, spare=spare, promised=promised)
        if last:
            _mailed(wave, people, now)
        else:
            close_wave(wave, now=_morning(wave.closes_on), by=people.hr)
        say(f"wave {wave.number}: {wave.invited} asked{', open' if last else ''}")


def _morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(7)))


def _answer(
    wave: Wave, teller: Teller, rng: random.Random, *, part: float, spare: Employee | None, promised: deeds.Weights
) -> None:
    """Whoever takes part answers; ``spare`` has not answered yet, so that there is something to try."""
    asked = Invitation.objects.filter(wave=wave).exclude(employee=spare).select_related("employee").order_by("employee")
    items, of_promises = wave.snapshot["items"], random.Random(wave.number)

    def told(invitation: Invitation) -> dict[str, Any]:
        found = teller.answers(items, invitation.employee.unit_id, invitation.providers)
        verdicts = deeds.verdicts(invitation.promises, promised, of_promises)
        return {**found, "promises": verdicts} if verdicts else found

    given = [
        (invitation.pk, told(invitation))
        for invitation in asked
        if teller.takes_part(invitation.employee.unit_id) and (part == 1.0 or rng.random() < part)
    ]
    _day_by_day(wave, given, last=part < 1.0)


# (days after the opening, share of the answers that are in by then)
ARRIVING = ((1, 0.3), (4, 0.55), (7, 0.75), (10, 0.9), (13, 1.0))
ARRIVING_SO_FAR = ((1, 0.45), (3, 0.8), (OPEN_SINCE, 1.0))


def _day_by_day(wave: Wave, given: list, *, last: bool) -> None:
    """Answers come in over days, so that the monitor has a curve to show beside those of earlier waves."""
    random.Random(wave.number).shuffle(given)
    cut = 0
    for days, share in ARRIVING_SO_FAR if last else ARRIVING:
        upto = round(len(given) * share)
        submit_many(wave, given[cut:upto])
        cut = upto
        wave.refresh_from_db(fields=["participation", "curve"])
        participation.refresh(wave, today=min(wave.opens_on + dt.timedelta(days=days), timezone.localdate()))


def _mailed(wave: Wave, people: Personas, now: dt.datetime) -> None:
    """All mail went out days ago, but the personas' invitations: the tick sends them, so that the mailbox has links."""
    personas = [people.hr, people.manager, people.employee, people.executive]
    due = Message.objects.filter(invitation__wave=wave, due_at__lte=now)
    due.exclude(invitation__employee__in=personas, kind="invitation").update(state=Message.State.SENT)
