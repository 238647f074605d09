"""Reads: why, want, know, can, keep of people, requirement by requirement, on any day, for whoever looks.

What somebody else sees is computed without what is private: neither another's view of himself, nor that there is one,
nor a barrier that rests on it. What a person shares with his manager, the manager sees, as long as it is shared.
How somebody does in refreshers is his alone: it keeps something on his own pages and on nobody else's.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Max, Q
from django.utils import timezone

from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee
from programs.training import cycles, observing, refreshing, showing, slots, standing
from programs.training.content_models import SelfView
from programs.training.models import Course, LessonDone
from programs.training.observation_models import Observation
from programs.training.path_models import Attained
from programs.training.slots import Evidence, Sighting, Slot


@dataclass(frozen=True)
class Row:
    """One requirement of one person. ``evidence`` has only the slots that are asked and that the reader may see."""

    requirement: Requirement
    evidence: dict[Slot, Evidence]
    barrier: Slot | None
    courses: tuple[Course, ...] = ()
    behaviours: tuple[Behaviour, ...] = ()

    @property
    def cells(self) -> list[tuple[Slot, Evidence | None]]:
        """All five in their order; None where nothing is asked or seen."""
        return [(slot, self.evidence.get(slot)) for slot in slots.ORDER]

    @property
    def course(self) -> Course | None:
        return self.courses[0] if self.courses else None


@dataclass
class _Known:
    """Everything read about some people, by employee."""

    given: dict[int, dict[int, Course]] = field(default_factory=lambda: defaultdict(dict))
    rules: dict[tuple[int, int], cycles.Rule] = field(default_factory=dict)
    read: dict[tuple[int, int], dt.date] = field(default_factory=dict)
    views: dict[tuple[int, int], SelfView] = field(default_factory=dict)
    sightings: dict[tuple[int, int], list[Sighting]] = field(default_factory=lambda: defaultdict(list))
    refreshed: dict[tuple[int, int], dt.date] = field(default_factory=dict)
    facts: standing.Facts = field(default_factory=standing.Facts)


def of_people(
    people: Sequence[Employee],
    day: dt.date,
    reader: Employee | None,
    known: standing.Reading | None = None,
) -> dict[int, list[Row]]:
    """The requirements of each one's courses (and, for himself, those he has looked at), in the framework's order.

    ``reader`` None: without anything private, shared or not. ``known``: what was read of these people already. Eleven
    queries more than that, at most, whatever the number of people.
    """
    requirements = {one.code: one for one in Requirement.objects.active()}
    shows = showing.shown_by()
    rules = observing.history()
    found_ = _read(people, day, reader, known or standing.read([one.pk for one in people], day), rules)
    found: dict[int, list[Row]] = {}
    for person in people:
        own = reader is not None and person.pk == reader.pk
        mine = found_.given[person.pk].values()
        codes = {code for course in mine for code in course.requirements}
        viewed = {requirement for who, requirement in found_.views if who == person.pk}
        rows = [
            _row(person, one, shows.get(one.code, ()), found_, rules, day, own)
            for one in requirements.values()
            if one.code in codes or one.pk in viewed
        ]
        found[person.pk] = rows
    return found


def _read(
    people: Sequence[Employee],
    day: dt.date,
    reader: Employee | None,
    reading: standing.Reading,
    rules: observing.Rules,
) -> _Known:
    known, pks = _Known(facts=reading.facts), [person.pk for person in people]
    for pk in pks:
        for stand in sorted(reading.stands[pk], key=lambda one: (one.assignment.due_on, one.assignment.pk)):
            course = stand.course
            if course is None:
                continue
            key = pk, course.pk
            known.given[pk][course.pk] = course
            if stand.rule.months:
                known.rules[key] = min(known.rules.get(key, stand.rule), stand.rule, key=lambda one: one.months)
    asked = {pk for given in known.given.values() for pk in given}
    end = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
    lessons = LessonDone.objects.filter(employee__in=pks, lesson__version__course__in=asked, at__lt=end).order_by()
    for employee, pk, at in lessons.values_list("employee", "lesson__version__course").annotate(Max("at")):
        known.read[employee, pk] = timezone.localdate(at)
    for view in _views(people, day, reader) if reader else ():
        known.views[view.employee_id, view.requirement_id] = view  # type: ignore[attr-defined]
    valid = Q(withdrawn_at=None) | Q(withdrawn_at__gte=end)
    for note in Observation.objects.filter(valid, employee__in=pks, on__lte=day, at__lt=end).order_by():
        known.sightings[note.employee_id, note.behaviour_id].append(rules.sighting(note))  # type: ignore[attr-defined]
    own = [pk for pk in pks if reader is not None and pk == reader.pk]
    if own:
        # "Nobody else sees how you do": this is where that promise is kept.
        known.refreshed = refreshing.kept(own, asked, day)
    return known


def _views(people: Sequence[Employee], day: dt.date, reader: Employee) -> list[SelfView]:
    """The newest of each person and requirement, oldest first: one's own, and what is shared with the reader now."""
    led = [person.pk for person in people if person.manager_id == reader.pk]  # type: ignore[attr-defined]
    own = [person.pk for person in people if person.pk == reader.pk]
    if not led and not own:
        return []
    seen = Q(employee__in=own) | Q(employee__in=led, shared_with=reader)
    return list(SelfView.objects.filter(seen, on__lte=day).order_by("on", "pk"))


def _row(
    person: Employee,
    requirement: Requirement,
    behaviours: tuple[Behaviour, ...],
    known: _Known,
    rules: observing.Rules,
    day: dt.date,
    own: bool,
) -> Row:
    courses = tuple(c for c in known.given[person.pk].values() if requirement.code in c.requirements)
    evidence: dict[Slot, Evidence] = {}
    if courses:
        evidence[Slot.WHY] = _why(person, courses, known, day)
    view = known.views.get((person.pk, requirement.pk))
    if view is not None:
        evidence[Slot.WANT] = slots.wanting(view.want, view.on, day)
    elif own:
        evidence[Slot.WANT] = Evidence()
    if courses:
        evidence[Slot.KNOW] = _know(person, courses, known, day)
    if behaviours:
        parts = [
            slots.doing(
                known.sightings[person.pk, one.pk],
                rules.now(one.pk),
                day,
                known.facts.days[person.pk, Attained.Kind.OBSERVATION.value, one.pk],
            )
            for one in behaviours
        ]
        evidence[Slot.CAN] = slots.together([can for can, _keep in parts])
        evidence[Slot.KEEP] = slots.together([keep for _can, keep in parts])
    keep = _kept(person, courses, known, evidence, day)
    if keep is not None:
        evidence[Slot.KEEP] = keep
    met = {slot: one.met for slot, one in evidence.items()}
    barrier = slots.first_unmet(met, private=Slot.WANT in evidence, asked=evidence.keys())
    return Row(requirement, evidence, barrier, courses, behaviours)


def _why(person: Employee, courses: Collection[Course], known: _Known, day: dt.date) -> Evidence:
    """A lesson of any of the courses that teach it was read (or the course completed, however)."""
    days = [known.read[person.pk, one.pk] for one in courses if (person.pk, one.pk) in known.read]
    days += [done for one in courses for done in known.facts.days[person.pk, "course", one.pk][-1:]]
    return slots.lasting(max(days, default=None), slots.WHY_LASTS, day)


def _kept(
    person: Employee, courses: Collection[Course], known: _Known, evidence: Mapping[Slot, Evidence], day: dt.date
) -> Evidence | None:
    """From one's own refreshers that went well lately; None: they say nothing, and what others saw decides.

    Where behaviour shows the requirement, knowing still is no substitute for doing: a refresher counts only once the
    behaviour has been seen often enough. It never speaks against anybody, so nothing is left of one that has faded.
    """
    days = [known.refreshed[person.pk, one.pk] for one in courses if (person.pk, one.pk) in known.refreshed]
    can = evidence.get(Slot.CAN)
    if can is not None:
        days = [on for on in days if can.met and can.on and on >= can.on]
    found = slots.lasting(max(days, default=None), slots.KEEP_LASTS, day)
    before = evidence.get(Slot.KEEP, Evidence())
    if not found.met or (before.met and before.until and found.until and before.until >= found.until):
        return None
    return found


def _know(person: Employee, courses: Collection[Course], known: _Known, day: dt.date) -> Evidence:
    """The best of the courses: a completion, or its quiz passed, that still counts."""
    found = [_known_by(person, one, known, day) for one in courses]
    return max(found, key=lambda one: (bool(one.met), one.on or dt.date.min))


def _known_by(person: Employee, course: Course, known: _Known, day: dt.date) -> Evidence:
    facts = known.facts.days
    done = [*facts[person.pk, "course", course.pk], *facts[person.pk, "quiz", course.pk]]
    if not done:
        return Evidence()
    rule = known.rules.get((person.pk, course.pk))
    if rule is None:
        return slots.lasting(max(done), slots.KNOW_LASTS, day)
    valid = cycles.validity(sorted(done), rule)
    assert valid is not None
    return Evidence(valid.holds(day), valid.done_on, valid.until)


# -- a team ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """One person in a team's matrix: ``met`` by slot: (how many are met, of how many asked)."""

    person: Employee
    rows: list[Row]

    @property
    def met(self) -> list[tuple[Slot, tuple[int, int] | None]]:
        found = []
        for slot in slots.ORDER:
            asked = [row.evidence[slot] for row in self.rows if slot in row.evidence]
            found.append((slot, (sum(one.met is True for one in asked), len(asked)) if asked else None))
        return found

    @property
    def barrier(self) -> Slot | None:
        """What holds this person back most often; the earlier of two."""
        counted = Counter(row.barrier for row in self.rows if row.barrier)
        return max(slots.ORDER, key=lambda slot: counted[slot]) if counted else None

    @property
    def to_see(self) -> list[Behaviour]:
        """Behaviours somebody else must see before *can* or *keep* is met."""
        seen = {}
        for row in self.rows:
            if row.barrier in (Slot.CAN, Slot.KEEP):
                seen.update({one.code: one for one in row.behaviours})
        return [seen[code] for code in sorted(seen)]


# Whoever noted something lately need not be asked again at once.
LATELY = dt.timedelta(days=14)


def members(
    people: Sequence[Employee], day: dt.date, reader: Employee, known: standing.Reading | None = None
) -> list[Member]:
    rows = of_people(people, day, reader, known)
    return [Member(person, rows[person.pk]) for person in people]


def waiting_for(found: Sequence[Member], reader: Employee, today: dt.date) -> list[Member]:
    """Those of whom ``reader`` should see something again: the most behaviours first. One query."""
    open_ = [one for one in found if one.to_see]
    lately = set(
        Observation.objects.filter(
            observer=reader, employee__in=[one.person.pk for one in open_], on__gt=today - LATELY, withdrawn_at=None
        ).values_list("employee", flat=True)
    )
    return sorted((one for one in open_ if one.person.pk not in lately), key=lambda one: -len(one.to_see))
