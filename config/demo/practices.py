"""Daily practices of the demo: notes of ten weeks, ideas to learn and to decide, complaints made good and open."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import replace
from decimal import Decimal

from django.utils import timezone

from config.demo.organisation import Personas
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.planning import standing
from programs.planning.models import Program
from programs.practices import figures, ideas, limits, recoveries, switching, weeks
from programs.practices.models import Customer, Idea, IdeaMark, Limit, PracticeKeeper, PracticeNote, Recovery

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
    ("The first five minutes", "Greet within ten seconds, and stay with whoever comes first in the morning until "
     "he has what he came for.", "Good morning. You are the first today: what can I do for you?", "A7", "0"),
    ("The empty box taken back", "Offer to take the packaging back at the next delivery, and come on the day the "
     "customer chooses.", "Shall we take the box along next time?", "A5", "0"),
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
NO = "It costs more than it delights: who is told of it beforehand is not surprised. Think of one moment instead."
VALUES = ("0", "10", "15", "20", "25")
LEARNT = ("Look at the calendar before promising a day.", "One owner for each case, from the first call on.", "")


class _Crowd:
    """Who is in the program today, and since when: nobody did anything before he was in it."""

    def __init__(self, program: Program, people: Personas, today: dt.date) -> None:
        active = standing.enrolled(program, today, away=False).order_by().values("employee")
        rows = Employee.objects.filter(pk__in=active).select_related("manager")
        self.everybody = list(rows.order_by("pk"))
        self.people = people
        self.since = dict(program.enrolments.on(today).values_list("employee", "since"))  # type: ignore[attr-defined]
        leaders = (people.hr, people.executive)
        self.led = [
            person
            for person in self.everybody
            if person.manager is not None and person.manager.left_on is None and person not in leaders
        ]

    def on(self, day: dt.date, *, led: bool = False, team: bool = False) -> list[Employee]:
        """Who was in it by ``day``; ``led``: and has a manager; ``team``: the manager persona."""
        among = self.led if led or team else self.everybody
        found = [person for person in among if self.since[person.pk] <= day]
        return [person for person in found if person.manager == self.people.manager] if team else found

    def decides(self, idea: Idea) -> Employee:
        manager = idea.proposer.manager
        return manager if idea.level == "manager" and manager is not None else self.people.hr


def keep(*, program: Program, people: Personas, rng: random.Random, now: dt.datetime) -> int:
    """Switch on, set limits, and fill the log, the library and the complaints; returns how many lines of notes."""
    today = figures.today_of(now)
    begun = today - 7 * WEEKS * DAY
    switching.turn(program=program, on=True, by=people.hr, today=begun)
    _limits(people.hr, now)
    crowd = _Crowd(program, people, today)
    count = _notes(crowd, people.employee, rng, now)
    _library(crowd, rng, now)
    _complaints(crowd, rng, now)
    # As the Mondays since then would have seen who keeps practices; then this week's figures are told.
    seen = [PracticeKeeper(program=program, employee_id=pk, since=max(begun, day)) for pk, day in crowd.since.items()]
    PracticeKeeper.objects.bulk_create(seen, batch_size=BATCH)
    weeks.keep(today=today, now=now)
    return count


def _limits(by: Employee, now: dt.datetime) -> None:
    for kind, family, own, manager in (
        (Limit.Kind.RECOVERY, "", "25", "150"),
        (Limit.Kind.IDEA, "", "0", "10"),
    ):
        limits.save(terms=limits.Terms(kind, None, family, "EUR", Decimal(own), Decimal(manager)), by=by)
    limits.set_hours(hours=48, by=by, now=now)


def _notes(crowd: _Crowd, star: Employee, rng: random.Random, now: dt.datetime) -> int:
    today, rows = figures.today_of(now), []
    keen = {person.pk: rng.choice([0.0, 0.0, 0.05, 0.2, 0.5]) for person in crowd.everybody} | {star.pk: 0.6}
    for back in range(7 * WEEKS):
        day = today - back * DAY
        at = min(now, timezone.make_aware(dt.datetime.combine(day, dt.time(16, 30))))
        for person in crowd.on(day) if day.weekday() < 5 else ():
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


def _propose(pool: list[Employee], words: ideas.Words, now: dt.datetime, rng: random.Random) -> Idea | None:
    if not pool:
        return None
    today = figures.today_of(now)
    return ideas.propose(by=rng.choice(pool), words=words, key=uuid.uuid4(), now=now, today=today, language="en")


def _words(title: str, what: str, says: str, code: str, cost: str) -> ideas.Words:
    currency = "EUR" if Decimal(cost) else ""
    return ideas.Words(title, what, says, Decimal(cost), currency, Behaviour.objects.filter(code=code).first())


def _library(crowd: _Crowd, rng: random.Random, now: dt.datetime) -> None:
    today, marks = figures.today_of(now), []
    star = crowd.people.employee
    for n, told in enumerate(LIBRARY):
        at = now - (60 - 5 * n) * DAY
        pool, words = crowd.on(figures.today_of(at), led=True), _words(*told)
        idea = _propose([star] if n == 2 and star in pool else pool, words, at, rng)
        if idea is None:
            continue
        more = replace(words, what=f"{words.what} Ask the workshop for a box of them once a month.") if n == 3 else None
        reason = "So that nobody runs out of them." if more else ""
        ideas.approve(idea=idea, by=crowd.decides(idea), now=at + 2 * DAY, words=more, reason=reason)
        for person in rng.sample(crowd.everybody, min(len(crowd.everybody), rng.randint(0, 14))):
            marks.append(IdeaMark(idea=idea, employee=person, on=today - rng.randint(0, 14) * DAY))
    IdeaMark.objects.bulk_create(marks, ignore_conflicts=True)
    at = now - 20 * DAY
    words = _words("Free delivery for everybody", "Whoever asks gets it.", "", "A5", "0")
    if idea := _propose(crowd.on(figures.today_of(at), led=True), words, at, rng):
        ideas.decline(idea=idea, by=crowd.decides(idea), now=at + 2 * DAY, reason=NO)
    at = now - 2 * DAY
    for title, what, says, cost in WAITING:
        _propose(crowd.on(figures.today_of(at), team=True), _words(title, what, says, "A6", cost), at, rng)


def _complaints(crowd: _Crowd, rng: random.Random, now: dt.datetime) -> None:
    for n in range(48):
        at = now - dt.timedelta(hours=rng.randint(60, 80 * 24))
        row = _case(crowd.on(figures.today_of(at)), rng.choice(CASES), rng.choice(VALUES), rng, at)
        done = at + dt.timedelta(hours=rng.choice([3, 20, 30, 40, 60]))
        outcome = rng.choices(Recovery.Outcome.values, [7, 1, 2])[0]
        if row is not None and done < now and n > 2:
            recoveries.close(recovery=row, by=row.employee, outcome=outcome, now=done, learnt=rng.choice(LEARNT))
    at = now - dt.timedelta(hours=5)
    team, everybody = (crowd.on(figures.today_of(at), team=one) for one in (True, False))
    for person, what, value in zip(rng.sample(team, min(2, len(team))), CASES, ("40", "60"), strict=False):
        _case([person], what, value, rng, at)
    _case([one for one in everybody if one == crowd.people.employee], CASES[2], "15", rng, at)
    _case(everybody, CASES[1], "320", rng, at)


def _case(pool: list[Employee], what: str, value: str, rng: random.Random, at: dt.datetime) -> Recovery | None:
    if not pool:
        return None
    amount, day = Decimal(value), figures.today_of(at)
    kinds = ["discount", "replacement", "rain_check", "gift"] if amount else ["none"]
    offer = recoveries.Offer(rng.choice(kinds), amount, "EUR" if amount else "")
    case = recoveries.Case(what, day, rng.choices(Customer.values, [7, 3])[0], rng.random() < 0.9, offer)
    return recoveries.open(by=rng.choice(pool), case=case, key=uuid.uuid4(), now=at, today=day)
