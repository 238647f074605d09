"""What units do about their results and promise each other, and a session in class to come."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Mapping

from config.demo import story
from culture.access import clock
from culture.framework.models import Requirement
from culture.people.models import Employee, Unit
from programs.planning import actions
from programs.planning.action_models import Action
from programs.training import sessions
from programs.training.models import Course
from surveys.answering.promised import KEPT, NOT_KEPT, PARTLY
from surveys.waves.models import Wave

WEEK = dt.timedelta(weeks=1)
TEN = dt.time(10)


def plan(*, by: Employee, today: dt.date) -> int:
    """Actions and promises as the heads of the units would have planned them; returns how many."""
    for unit, to, what, code, ago, given, outcome in story.ACTIONS:
        _plan(unit, to, what, code, today - ago * WEEK, given, outcome, by)
    return len(story.ACTIONS)


def _plan(unit: str, to: str, what: str, code: str, planned: dt.date, given: int, outcome: str, by: Employee) -> Action:
    here, promised = Unit.objects.get(name=unit), Unit.objects.filter(name=to).first()
    head = Employee.objects.filter(unit=here, manager__isnull=False).exclude(manager__unit=here).first() or by
    made = actions.plan(
        by=head,
        today=planned,
        plan=actions.Plan(
            unit=here,
            what=what,
            owner=head,
            due_on=planned + given * WEEK,
            promised_to=promised,
            requirement=Requirement.objects.get(code=code),
            wave=Wave.objects.filter(state=Wave.State.RELEASED, closes_on__lt=planned).order_by("-number").first(),
        ),
    )
    if outcome:
        actions.end(by=head, action=made, done=True, outcome=outcome, today=planned + given * WEEK)
    return made


Weights = Mapping[int, tuple[int, ...]]


def promise(wave: Wave, *, ago: int, by: Employee) -> Weights:
    """What departments promised before a wave opens (``ago`` waves before the open one), for it to ask about.

    Returns how those they were made to will judge: promise → weights of kept, partly, not kept, cannot say.
    """
    found = {}
    for at, unit, to, what, code, before, given, outcome, weights in story.PROMISES:
        if at == ago:
            made = _plan(unit, to, what, code, wave.opens_on - before * WEEK, given, outcome, by)
            found[made.pk] = weights
    return found


def verdicts(asked: Iterable[int], weights: Weights, rng: random.Random) -> dict[str, int | None]:
    """How one person judges the promises he is asked about."""
    order = (KEPT, PARTLY, NOT_KEPT, None)
    return {str(one): rng.choices(order, weights[one])[0] for one in asked if one in weights}


def meet(*, by: Employee, learner: Employee, now: dt.datetime) -> None:
    """A session of the first course in ten days; ``learner`` and some colleagues have a seat."""
    course = Course.objects.filter(assignments__employee=learner).order_by("pk").first()
    if course is None:
        return
    day = clock.today() + dt.timedelta(days=10)
    day += dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
    starts = dt.datetime.combine(day, TEN, clock.zone())
    session = sessions.plan(
        by=by,
        course=course,
        now=now,
        plan=sessions.Plan(starts, starts + dt.timedelta(hours=2), str(clock.zone()), story.PLACE, story.SEATS, by),
    )
    near = Employee.objects.filter(unit=learner.unit, assignments__course=course).exclude(pk=learner.pk).order_by("pk")
    for person in [learner, *near[:6]]:
        sessions.take_seat(employee=person, session=session, by=person, now=now)
