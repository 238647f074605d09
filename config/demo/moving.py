"""What moves people: their own views (some shared), behaviour seen often enough and again, refreshers, class met."""

from __future__ import annotations

import datetime as dt
import random

from culture.access import clock
from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee
from programs.training import questions, refreshing, sessions
from programs.training.content_models import Refresher, SelfView
from programs.training.models import Assignment, Course
from programs.training.observation_models import Observation
from programs.training.session_models import Seat, Session

DAY = dt.timedelta(days=1)
ATTITUDES = ("A1", "A2", "A3", "A5", "A8")
PLACE = "Aula 2, Via Toledo"


def move(*, manager: Employee, learner: Employee, hr: Employee, now: dt.datetime, rng: random.Random) -> None:
    """Of the manager's people and of the employee of the demo; the rest of the organisation is told by numbers."""
    team = list(Employee.objects.filter(manager=manager, left_on__isnull=True).order_by("pk")[:24])
    people = list(dict.fromkeys([*team, learner]))
    _views(people, learner, now, rng)
    _seen(people, learner, hr, now, rng)
    _refreshed(people, now, rng)
    _met(learner, hr, now)


def _views(people: list[Employee], learner: Employee, now: dt.datetime, rng: random.Random) -> None:
    """How each sees himself in the requirements of his courses; a third shares it with the manager."""
    known = {one.code: one for one in Requirement.objects.active()}
    asked = dict.fromkeys(people)
    codes: dict[int, set[str]] = {one.pk: set() for one in asked}
    rows = Assignment.objects.filter(employee__in=people, course__isnull=False)
    for employee, some in rows.values_list("employee", "course__requirements"):
        codes[employee] |= set(some)
    today, made = clock.today(), []
    for place, person in enumerate(people):
        for code in sorted(codes[person.pk] & known.keys())[: 6 if person == learner else 3]:
            for ago in (130, 20) if person == learner else (rng.randint(5, 60),):
                shared = person.manager if place % 3 == 0 and person != learner else None
                made.append(
                    SelfView(
                        employee=person,
                        requirement=known[code],
                        on=today - ago * DAY,
                        want=rng.choice((2, 3, 4, 4, 5, 5)),
                        know=rng.choice((2, 3, 4, 4)),
                        can=rng.choice((2, 3, 3, 4)),
                        shared_with=shared,
                        shared_at=now - ago * DAY if shared else None,
                    )
                )
    SelfView.objects.bulk_create(made, ignore_conflicts=True)


def _seen(people: list[Employee], learner: Employee, hr: Employee, now: dt.datetime, rng: random.Random) -> None:
    """By the manager and by whoever trains, twice in two months; of some again lately, so that it is kept."""
    attitudes = list(Behaviour.objects.active().filter(code__in=ATTITUDES, kind=Behaviour.Kind.ATTITUDE))
    today, made = clock.today(), []
    for place, person in enumerate(people):
        observers = [one for one in (person.manager, hr) if one is not None and one != person]
        for behaviour in attitudes:
            if person != learner and rng.random() < 0.5:
                continue
            days = [(observers[0], 75), (observers[-1], 60)]
            if place % 2 == 0 or (person == learner and behaviour.code in ("A1", "A3")):
                days.append((observers[0], 12))
            made += [
                Observation(
                    employee=person,
                    observer=observer,
                    behaviour=behaviour,
                    on=today - ago * DAY,
                    what=Observation.What.SEEN,
                    at=now - ago * DAY,
                )
                for observer, ago in days
            ]
    Observation.objects.bulk_create(made, ignore_conflicts=True)


def _refreshed(people: list[Employee], now: dt.datetime, rng: random.Random) -> None:
    """Half of those who were offered questions again have answered them well."""
    refreshing.offer(today=clock.today())
    waiting = Refresher.objects.filter(employee__in=people, done_at=None, skipped_at=None)
    for row in waiting.select_related("completion__version", "employee").order_by("pk")[1::2]:
        quiz = refreshing.asked(row, row.completion.version.language)
        answers = [questions.right_answer(question) for question in quiz]
        moment = now - rng.randint(0, 2) * DAY
        refreshing.answer(by=row.employee, refresher=row, answers=answers, now=moment)  # type: ignore[arg-type]


def _met(learner: Employee, hr: Employee, now: dt.datetime) -> None:
    """Two meetings in class that lie behind, with who came."""
    course = Course.objects.filter(assignments__employee=learner).order_by("pk").first()
    if course is None:
        return
    near = Employee.objects.filter(unit=learner.unit, assignments__course=course).exclude(pk=learner.pk).order_by("pk")
    for ago in (42, 21):
        day = clock.today() - ago * DAY
        starts = dt.datetime.combine(day - max(0, day.weekday() - 4) * DAY, dt.time(10), clock.zone())
        before = starts - 14 * DAY
        planned = sessions.Plan(starts, starts + dt.timedelta(hours=2), str(clock.zone()), PLACE, 12, hr)
        session: Session = sessions.plan(by=hr, course=course, plan=planned, now=before)
        for person in [learner, *near[:7]]:
            sessions.take_seat(employee=person, session=session, by=person, now=before)
        came = [Seat.Attendance.PRESENT] * 6 + [Seat.Attendance.LATE, Seat.Attendance.ABSENT]
        seats = session.seats.order_by("pk").values_list("pk", flat=True)
        marks = {pk: str(word) for pk, word in zip(seats, came, strict=False)}
        sessions.mark(by=hr, session=session, marks=marks, now=starts + dt.timedelta(hours=3))
