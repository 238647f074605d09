"""What was done in the program: courses and who completed them, thanks and their points."""

from __future__ import annotations

import datetime as dt
import functools
import random
import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.utils import timezone

from config.demo import story
from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee
from programs.planning.models import Cohort, Program
from programs.recognition import ledger
from programs.recognition.forms import SHOWS
from programs.recognition.models import Account, Kudos, KudosReceiver, LedgerEntry
from programs.recognition.point_models import Lot, PointRules
from programs.recognition.posting import Reason
from programs.training import assigning, courses, loading
from programs.training.models import Assignment, LessonDone
from programs.training.observation_models import Observation

BATCH = 2000
WITHDRAWABLE = dt.timedelta(minutes=15)


def train(*, program: Program, by: Employee, rng: random.Random, now: dt.datetime, beginner: Employee) -> None:
    """Courses, assigned to each started cohort in turn; most complete them. ``beginner`` has one course half done."""
    today = timezone.localdate(now)
    for number, plan in enumerate(story.COURSES):
        version = courses.publish(
            by=by,
            name=plan["name"],
            summary=plan["summary"],
            requirements=plan["requirements"],
            lessons=plan["lessons"],
            quiz=plan["quiz"],
            now=_at(program.starts_on, 9),
        )
        for cohort in program.cohorts.filter(starts_on__lte=today):
            assigned_on = cohort.starts_on + dt.timedelta(days=plan["after"])
            if assigned_on > today:
                continue
            due_on = assigned_on + dt.timedelta(days=plan["days"])
            assigning.assign(by=by, course=version.course, cohort=cohort, due_on=due_on, today=assigned_on)
        last = number == len(story.COURSES) - 1
        done = []
        for assignment in Assignment.objects.filter(course=version.course).order_by("pk"):
            if last and assignment.employee_id == beginner.pk:
                continue
            day = assignment.assigned_on + dt.timedelta(days=rng.randint(1, plan["days"] + 10))
            if day < today and rng.random() < 0.9 - 0.08 * number:
                score = rng.choice([70, 80, 90, 100]) if len(plan["quiz"]) > 1 else 100
                done.append((assignment.employee_id, score, _at(day, rng.randint(8, 17))))
        courses.record_history(version=version, done=done)
        if last:
            _begin(beginner, version, today, now)
    loading.load_courses(by=by, now=_at(program.starts_on, 9))


def _begin(beginner: Employee, version: courses.CourseVersion, today: dt.date, now: dt.datetime) -> None:
    """One lesson done, the rest still ahead, and time left for it."""
    mine = Assignment.objects.filter(course=version.course, employee=beginner)
    mine.update(assigned_on=today - dt.timedelta(days=9), due_on=today + dt.timedelta(days=12))
    first = version.lessons.first()
    if first is not None and mine.exists():
        LessonDone.objects.create(employee=beginner, lesson=first, at=now - dt.timedelta(days=2))


def observe(*, program: Program, rng: random.Random, now: dt.datetime) -> int:
    """What their managers, and those above, saw of the people of the cohorts since each began."""
    today = timezone.localdate(now)
    attitudes = list(Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE).order_by("position"))
    rows = []
    for cohort in program.cohorts.filter(starts_on__lt=today):
        for person in _members(cohort):
            above = [person.manager, person.manager.manager if person.manager else None]
            for observer in filter(None, above):
                for behaviour in rng.sample(attitudes, rng.randint(0, 3)):
                    day = today - dt.timedelta(days=rng.randint(1, max(2, min(85, (today - cohort.starts_on).days))))
                    what = rng.choices(["seen", "not_yet", "not_applicable"], [75, 20, 5])[0]
                    words = rng.choice(story.SEEN[what]) if rng.random() < 0.4 else ""
                    rows.append(_sighting(person, observer, behaviour, day, what, words))
    return len(Observation.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True))


def _sighting(
    person: Employee, observer: Employee, behaviour: Behaviour, day: dt.date, what: str, words: str
) -> Observation:
    at = _at(day, 16)
    return Observation(employee=person, observer=observer, behaviour=behaviour, on=day, what=what, note=words, at=at)


def _at(day: dt.date, hour: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, 20)))


def thank(*, program: Program, rng: random.Random, now: dt.datetime, star: Employee) -> int:
    """Thanks since the first cohort began, more each month; ``star`` gets and gives some of the latest."""
    gifts = sorted(_gifts(program, rng, now, star), key=lambda gift: (gift[0].at, gift[0].giver_id, gift[1].pk))
    left: dict[tuple[int, dt.date], int] = defaultdict(lambda: ledger.MONTHLY_ALLOWANCE)
    kept = []
    for kudos, receiver in gifts:
        purse = (kudos.giver_id, kudos.period)
        if kudos.giver_id != receiver.pk and kudos.points <= left[purse]:
            left[purse] -= kudos.points
            kept.append((kudos, receiver))
    Kudos.objects.bulk_create([kudos for kudos, _ in kept], batch_size=BATCH)
    KudosReceiver.objects.bulk_create(
        [KudosReceiver(kudos=k, giver_id=k.giver_id, receiver=to, unit_id=to.unit_id) for k, to in kept],
        batch_size=BATCH,
    )
    _book(kept)
    return len(kept)


def _gifts(program: Program, rng: random.Random, now: dt.datetime, star: Employee) -> list[tuple[Kudos, Employee]]:
    attitudes = list(Behaviour.objects.filter(kind=Behaviour.Kind.ATTITUDE, code__in=story.THANKS).order_by("position"))
    gifts = []
    for cohort in program.cohorts.filter(starts_on__lt=timezone.localdate(now)):
        people = _members(cohort)
        day = cohort.starts_on
        while day < timezone.localdate(now) and len(people) > 1:
            months = (day - cohort.starts_on).days / 30.4
            for giver in people:
                if rng.random() < min(0.2, 0.02 + 0.014 * months) * 0.8:
                    receiver = rng.choice(people)
                    gifts.append(_gift(giver, receiver, day, attitudes, rng))
            day += dt.timedelta(days=15)
        near = [one for one in people if one.unit_id == star.unit_id and one != star]
        if star in people and near:
            recent = timezone.localdate(now) - dt.timedelta(days=20)
            gifts += [_gift(rng.choice(near), star, recent, attitudes, rng) for _ in range(4)]
            gifts += [_gift(star, rng.choice(near), recent, attitudes, rng) for _ in range(2)]
    return [gift for gift in gifts if gift[0].at < now]


def _members(cohort: Cohort) -> list[Employee]:
    people = Employee.objects.filter(enrolments__cohort=cohort)
    return list(people.select_related("manager__manager").order_by("pk"))


def _gift(
    giver: Employee, receiver: Employee, day: dt.date, attitudes: Sequence[Behaviour], rng: random.Random
) -> tuple[Kudos, Employee]:
    behaviour = rng.choice(attitudes)
    told = rng.choice(story.THANKS[behaviour.code])
    at = _at(day + dt.timedelta(days=rng.randrange(15)), rng.randint(8, 18)) + dt.timedelta(minutes=rng.randrange(60))
    kudos = Kudos(
        giver=giver,
        behaviour=behaviour,
        requirement=_stands_for(behaviour.code),
        story=f"{receiver.given_name} {told}",
        points=rng.choice([5, 10, 10, 15, 20, 30]),
        public=rng.random() < 0.88,
        state=Kudos.State.SETTLED,
        at=at,
        period=ledger.period_of(timezone.localdate(at)),
        idempotency_key=uuid.UUID(int=rng.getrandbits(128), version=4),
    )
    return kudos, receiver


@functools.cache
def _stands_for(code: str) -> Requirement:
    return Requirement.objects.get(code=SHOWS[code])


def _book(gifts: Sequence[tuple[Kudos, Employee]]) -> None:
    """The entries and lots of all ``gifts`` at once, as ``giving`` and ``settling`` would have written them."""
    kinds = Account.Kind
    issuer = Account.objects.get_or_create(kind=kinds.ISSUER, employee=None, period=None)[0]
    first = {(k.giver_id, k.period): k.at for k, _ in reversed(gifts)}
    holders = dict.fromkeys(to.pk for _, to in gifts)
    made = [
        Account(kind=kinds.ALLOWANCE, employee_id=giver, period=period, ends=ledger.period_end(period), issued_at=at)
        for (giver, period), at in first.items()
    ]
    made += [Account(kind=kinds.PERSONAL, employee_id=holder) for holder in holders]
    made += [Account(kind=kinds.PENDING, employee_id=giver) for giver in dict.fromkeys(k.giver_id for k, _ in gifts)]
    Account.objects.bulk_create(made, batch_size=BATCH)
    account = {(one.kind, one.employee_id, one.period): one for one in made}
    entries, arrived = [], []
    for (giver, period), at in first.items():
        purse = account[kinds.ALLOWANCE, giver, period]
        entries.append(_entry(issuer, purse, ledger.MONTHLY_ALLOWANCE, at, Reason.ALLOWANCE))
    for kudos, to in gifts:
        purse = account[kinds.ALLOWANCE, kudos.giver_id, kudos.period]
        waiting, holder = account[kinds.PENDING, kudos.giver_id, None], account[kinds.PERSONAL, to.pk, None]
        kudos.purse = purse
        entries.append(_entry(purse, waiting, kudos.points, kudos.at, Reason.KUDOS, kudos))
        arrived.append(_entry(waiting, holder, kudos.points, kudos.at + WITHDRAWABLE, Reason.ARRIVED, kudos))
    Kudos.objects.bulk_update([kudos for kudos, _ in gifts], ["purse"], batch_size=BATCH)
    LedgerEntry.objects.bulk_create(sorted(entries + arrived, key=lambda entry: entry.at), batch_size=BATCH)
    Lot.objects.bulk_create([_lot(entry) for entry in arrived], batch_size=BATCH)
    held = ledger.balances(ledger.Movement(e.source_id, e.target_id, e.amount) for e in entries + arrived)
    for one in made:
        one.balance = held.get(one.pk, 0)
    Account.objects.bulk_update(made, ["balance"], batch_size=BATCH)


def _entry(
    source: Account, target: Account, amount: int, at: dt.datetime, reason: Reason, kudos: Kudos | None = None
) -> LedgerEntry:
    return LedgerEntry(source=source, target=target, amount=amount, at=at, reason=reason, kudos=kudos)


def _lot(entry: LedgerEntry) -> Lot:
    earned = timezone.localdate(entry.at)
    return Lot(  # type: ignore[misc]
        account=entry.target,
        employee_id=entry.target.employee_id,
        entry=entry,
        amount=entry.amount,
        remaining=entry.amount,
        earned_on=earned,
        expires_on=ledger.expires(earned, PointRules(pk=1).lot_months),
    )
