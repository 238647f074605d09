"""Daily practices of the demo: notes of ten weeks, ideas to learn and to decide, complaints made good and open."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from decimal import Decimal

from django.utils import timezone

from config.demo.organisation import Personas
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.planning.models import Program
from programs.practices import figures, ideas, limits, recoveries, switching
from programs.practices.models import Customer, Idea, IdeaMark, Limit, PracticeNote, Recovery

WEEKS = 10
BATCH = 2000
DAY = dt.timedelta(days=1)
REMINDERS = (
    "Called back the next morning",
    "Wrote by hand",
    "Waits for the new catalogue",
    "Told about the delay first",
)
# (title, what one does, what one says, attitude, cost)
LIBRARY = (
    ("The box carried to the car", "At the till look whether the customer carries more than one thing. Take the heavy "
     "one and walk along to the car, whatever the queue says: a colleague takes your till.",
     "May I carry this to your car?\nI was going that way anyway.", "A5", "0"),
    ("The name on the coffee", "Who waits longer than five minutes gets a coffee with the name written on the cup.",
     "This is on us while you wait.", "A4", "1.20"),
    ("The repair video", "After a repair send twenty seconds of video: the device works, and who mended it waves.",
     "Your washing machine says hello.", "A6", "0"),
    ("The spare screw", "Put the screw that always gets lost into a small bag with the invoice, before anybody asks.",
     "One for the day you lose it.", "A8", "0.30"),
    ("Tomorrow's question today", "At the end of each call answer what most customers ask two days later.",
     "People often ask next how to … Shall I show you now?", "A3", "0"),
    ("A card after a year", "A year after a large purchase write a card by hand: how is it going? No offer in it.",
     "I was thinking of your kitchen.", "A6", "2.50"),
    ("The chair at the counter", "Bring a chair to whoever leans on the counter, before he looks for one.",
     "Please sit down, I come to you.", "A4", "0"),
    ("We call before you call", "When a delivery is late, call before the hour it was promised for.",
     "You would have waited in vain. I am sorry, and here is what we do.", "A1", "0"),
)  # fmt: skip
WAITING = (
    ("Birthday of the machine", "Each year on the day of the purchase we check it free of charge.",
     "Happy birthday!", "25"),
    ("Umbrellas to lend", "An umbrella for everybody caught by the rain, to be brought back some day.",
     "Bring it back when the sun shines.", "4.50"),
)  # fmt: skip
CASES = (
    "The delivery came on the wrong day, and the customer had taken leave for it.",
    "The same repair was needed for the third time.",
    "Two departments sent the customer to each other, for an hour.",
    "The price at the till was not the price at the shelf.",
    "Nobody called back for a week.",
    "The colleague from the warehouse waited two days for an answer of ours.",
)
LEARNT = ("Look at the calendar before promising a day.", "One owner for each case, from the first call on.", "")


def keep(*, program: Program, people: Personas, rng: random.Random, now: dt.datetime) -> int:
    """Switch on, set limits, and fill the log, the library and the complaints; returns how many notes."""
    today = figures.today_of(now)
    switching.turn(program=program, on=True, by=people.hr, today=today - 7 * WEEKS * DAY)
    _limits(people.hr, now)
    crowd = list(Employee.objects.filter(pk__in=figures.members(program, today)).order_by("pk"))
    if people.employee not in crowd:
        crowd.append(people.employee)
    count = _notes(crowd, people.employee, rng, now)
    _library(crowd, people, rng, now)
    _complaints(crowd, people, rng, now)
    return count


def _limits(by: Employee, now: dt.datetime) -> None:
    for kind, family, own, manager in (
        (Limit.Kind.RECOVERY, "", "25", "150"),
        (Limit.Kind.IDEA, "", "0", "10"),
    ):
        limits.save(terms=limits.Terms(kind, None, family, "EUR", Decimal(own), Decimal(manager)), by=by)
    limits.set_hours(hours=48, by=by, now=now)


def _notes(crowd: list[Employee], star: Employee, rng: random.Random, now: dt.datetime) -> int:
    today, rows = figures.today_of(now), []
    keen = {person.pk: rng.choice([0.0, 0.0, 0.05, 0.2, 0.5]) for person in crowd} | {star.pk: 0.6}
    for back in range(7 * WEEKS):
        day = today - back * DAY
        at = min(now, timezone.make_aware(dt.datetime.combine(day, dt.time(16, 30))))
        if day.weekday() > 4:
            continue
        for person in crowd:
            if rng.random() < keen[person.pk] and not (person == star and back == 0):
                rows.append(
                    PracticeNote(
                        employee=person,
                        on=day,
                        kind=rng.choices(PracticeNote.Kind.values, [4, 5, 1])[0],
                        customer=rng.choices([Customer.OUTSIDE, Customer.INSIDE], [60, 40])[0],
                        many=rng.choice([1, 1, 2, 3]),
                        note=rng.choice(REMINDERS) if person == star else "",
                        at=at,
                    )
                )
    return len(PracticeNote.objects.bulk_create(rows, batch_size=BATCH))


def _propose(by: Employee, title: str, what: str, says: str, code: str, cost: str, now: dt.datetime) -> Idea:
    words = ideas.Words(
        title, what, says, Decimal(cost), "EUR" if Decimal(cost) else "", Behaviour.objects.filter(code=code).first()
    )
    today = figures.today_of(now)
    return ideas.propose(by=by, words=words, key=uuid.uuid4(), now=now, today=today, language="en")


def _library(crowd: list[Employee], people: Personas, rng: random.Random, now: dt.datetime) -> None:
    led = [person for person in crowd if person.manager_id]  # type: ignore[attr-defined]
    today, marks = figures.today_of(now), []
    for n, (title, what, says, code, cost) in enumerate(LIBRARY):
        by = people.employee if n == 2 and people.employee in led else rng.choice(led)
        at = now - (60 - 5 * n) * DAY
        idea = _propose(by, title, what, says, code, cost, at)
        words = None
        if n == 3:
            words = ideas.Words(title, f"{what} Ask the workshop for a box of them once a month.", says, idea.cost,
                                idea.currency, idea.behaviour)  # fmt: skip
        reason = "So that nobody runs out of them." if words else ""
        ideas.approve(idea=idea, by=by.manager or people.hr, now=at + 2 * DAY, words=words, reason=reason)
        for person in rng.sample(crowd, min(len(crowd), rng.randint(0, 14))):
            marks.append(IdeaMark(idea=idea, employee=person, on=today - rng.randint(0, 30) * DAY))
    IdeaMark.objects.bulk_create(marks, ignore_conflicts=True)
    sad = _propose(
        rng.choice(led), "Free delivery for everybody", "Whoever asks gets it.", "", "A5", "0", now - 20 * DAY
    )
    no = "It costs more than it delights: who is told of it beforehand is not surprised. Think of one moment instead."
    ideas.decline(idea=sad, by=sad.proposer.manager or people.hr, now=now - 18 * DAY, reason=no)
    team = [person for person in led if person.manager == people.manager] or led
    for title, what, says, cost in WAITING:
        _propose(rng.choice(team), title, what, says, "A6", cost, now - 2 * DAY)


def _complaints(crowd: list[Employee], people: Personas, rng: random.Random, now: dt.datetime) -> None:
    team = [person for person in crowd if person.manager == people.manager]
    for n in range(48):
        at = now - dt.timedelta(hours=rng.randint(60, 80 * 24))
        row = _case(rng.choice(crowd), rng.choice(CASES), rng.choice(["0", "10", "15", "20", "25"]), rng, at)
        done = at + dt.timedelta(hours=rng.choice([3, 20, 30, 40, 60]))
        outcome = rng.choices(Recovery.Outcome.values, [7, 1, 2])[0]
        if done < now and n > 2:
            recoveries.close(recovery=row, by=row.employee, outcome=outcome, now=done, learnt=rng.choice(LEARNT))
    for person, what, value in zip(rng.sample(team, min(2, len(team))), CASES, ("40", "60"), strict=False):
        _case(person, what, value, rng, now - dt.timedelta(hours=5))
    _case(people.employee, CASES[2], "15", rng, now - dt.timedelta(hours=9))
    if crowd:
        _case(rng.choice(crowd), CASES[1], "320", rng, now - dt.timedelta(hours=3))


def _case(by: Employee, what: str, value: str, rng: random.Random, at: dt.datetime) -> Recovery:
    amount = Decimal(value)
    kinds = ["discount", "replacement", "rain_check", "gift"] if amount else ["none"]
    offer = recoveries.Offer(rng.choice(kinds), amount, "EUR" if amount else "")
    day = figures.today_of(at)
    case = recoveries.Case(what, day, rng.choices(Customer.values, [7, 3])[0], rng.random() < 0.9, offer)
    return recoveries.open(by=by, case=case, key=uuid.uuid4(), now=at, today=day)
