"""What a path may look like, whom a rule names, and the days that follow. Pure: no database, no clock.

Days named as last ones still count, as in ``cycles``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

MOST_STEPS = 40
LONGEST_DAYS = 3650
LONGEST_MONTHS = 120
# Told so many days before the day (below 0: after it).
REMINDED = (30, 7, 1, -1, -7)
# No more mails about training to one person within a week.
MOST_A_WEEK = 3


@dataclass(frozen=True)
class StepPlan:
    """A step as HR writes it. ``after``: numbers (from 1) of the steps that come first."""

    kind: str
    subject: int | None
    title: str = ""
    times: int = 1
    due_days: int | None = None
    due_on: dt.date | None = None
    months: int = 0
    window: int = 0
    after: tuple[int, ...] = ()
    pk: int | None = None


# -- is the path sound? ----------------------------------------------------------------------------------------------


def circle(after: Mapping[int, Collection[int]]) -> list[int]:
    """The first circle among ``{step: steps before it}``, beginning and ending with the same step; empty: none."""
    done: set[int] = set()
    for start in sorted(after):
        way: list[int] = []
        waiting: list[tuple[int, bool]] = [(start, True)]
        while waiting:
            step, entering = waiting.pop()
            if not entering:
                way.pop()
                done.add(step)
            elif step in way:
                return [*way[way.index(step) :], step]
            elif step not in done:
                way.append(step)
                waiting.append((step, False))
                waiting.extend((other, True) for other in sorted(after.get(step, ()), reverse=True))
    return []


def check(*, starts_on: dt.date, ends_on: dt.date | None, steps: Sequence[StepPlan]) -> dict[str, list[str]]:
    """Problems by field, in words: ``steps`` for the path as a whole, ``step_<n>_<field>`` (from 0) for one step."""
    found: dict[str, list[str]] = {}
    if ends_on is None:
        found["ends_on"] = [_("A path without an end is refused: say until when people are put on it.")]
    elif ends_on < starts_on:
        found["ends_on"] = [_("It ends before it starts.")]
    if not steps:
        found["steps"] = [_("A path needs at least one step.")]
    if len(steps) > MOST_STEPS:
        found["steps"] = [_("At most %(most)d steps.") % {"most": MOST_STEPS}]
    seen: dict[tuple[str, int | None], int] = {}
    for number, step in enumerate(steps):
        for name, text in _wrong_with(step, starts_on, len(steps), number):
            found.setdefault(f"step_{number}_{name}", []).append(text)
        subject = (step.kind, step.subject)
        if step.subject is not None and subject in seen:
            text = _("This is step %(first)d already: a path asks for each thing once.") % {"first": seen[subject] + 1}
            found.setdefault(f"step_{number}_subject", []).append(text)
        seen.setdefault(subject, number)
    way = circle({number: step.after for number, step in enumerate(steps, 1)})
    if way:
        names = " → ".join(f"{number}. {steps[number - 1].title}".strip() for number in way)
        found.setdefault(f"step_{way[0] - 1}_after", []).append(
            _("These steps wait for each other in a circle: %(names)s. Take one of them out.") % {"names": names}
        )
    return found


def _wrong_with(step: StepPlan, starts_on: dt.date, count: int, number: int) -> Iterable[tuple[str, str]]:
    if step.subject is None:
        yield "subject", _("Choose what is to be done.")
    if step.due_days is None and step.due_on is None:
        yield "due_days", _("Say by when: a number of days, or a fixed day.")
    if step.due_days is not None and not 0 <= step.due_days <= LONGEST_DAYS:
        yield "due_days", _("From 0 to %(most)d days.") % {"most": LONGEST_DAYS}
    if step.due_on is not None and step.due_on < starts_on:
        yield "due_on", _("This day is before the path starts.")
    if not 1 <= step.times <= 50:
        yield "times", _("From 1 to 50.")
    if not 0 <= step.months <= LONGEST_MONTHS:
        yield "months", _("From 0 (for good) to %(most)d months.") % {"most": LONGEST_MONTHS}
    if step.window < 0:
        yield "window", _("From 0 days on.")
    elif step.window and not step.months:
        yield "window", _("What is valid for good is not renewed: give the months, or no days here.")
    elif step.months and step.window >= step.months * 28:
        yield "window", _("Renewing would begin before it was done: fewer days than the validity has.")
    if wrong := [n for n in step.after if not 1 <= n <= count]:
        yield "after", _("There is no step %(n)d.") % {"n": wrong[0]}


def waits(step: int, after: Mapping[int, Collection[int]], done: Collection[int]) -> list[int]:
    """The steps that come first and are not done yet."""
    return sorted(one for one in after.get(step, ()) if one not in done)


# -- whom a rule names -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """What rules ask about somebody on a day. ``units``: his own and all above it."""

    units: frozenset[int] = frozenset()
    programs: frozenset[int] = frozenset()
    cohorts: frozenset[int] = frozenset()
    job_family: str = ""
    language: str = ""
    hired_on: dt.date | None = None


@dataclass(frozen=True)
class Conditions:
    """All that is given must hold. Nothing given names nobody, unless ``everybody``."""

    everybody: bool = False
    program: int | None = None
    cohort: int | None = None
    unit: int | None = None
    job_family: str = ""
    language: str = ""
    joined_after: dt.date | None = None

    @property
    def empty(self) -> bool:
        return self == Conditions()

    def names(self, person: Person) -> bool:
        if self.empty:
            return False
        return (
            (self.program is None or self.program in person.programs)
            and (self.cohort is None or self.cohort in person.cohorts)
            and (self.unit is None or self.unit in person.units)
            and (not self.job_family or self.job_family == person.job_family)
            and (not self.language or self.language == person.language)
            and (self.joined_after is None or (person.hired_on is not None and person.hired_on > self.joined_after))
        )


# -- the days that follow --------------------------------------------------------------------------------------------


def begins(
    *,
    starts_on: dt.date,
    rule_since: dt.date,
    today: dt.date,
    evaluated_on: dt.date | None,
    hired_on: dt.date | None = None,
    enrolled_on: dt.date | None = None,
    here_since: dt.date | None = None,
) -> dt.date:
    """The first day of a path for somebody, from which his days count.

    The latest of: the path's start, the rule's, his own first day, the first day in the cohort (``enrolled_on``) or in
    the unit (``here_since``) the rule names. Whoever is found only now, and should have been found earlier, is given
    his days from today: something about him changed of which no day is known. Never after today.
    """
    known = [day for day in (starts_on, rule_since, hired_on, enrolled_on, here_since) if day is not None]
    first = max(known)
    if evaluated_on is not None and first < evaluated_on:
        first = max(today, starts_on)
    return min(first, max(today, starts_on))


@dataclass(frozen=True)
class Away:
    """Days of absence, both ends included; ``until`` None: still away."""

    since: dt.date
    until: dt.date | None = None


def paused_days(*, begins: dt.date, due_on: dt.date, away: Iterable[Away], today: dt.date) -> int:
    """By how many days absence moves a due day: each day away before it (as moved so far) gives one more.

    Days that have not come yet count only where the last day of the absence is known.
    """
    moved = 0
    for one in sorted(away, key=lambda one: one.since):
        first = max(one.since, begins)
        last = one.until if one.until is not None else today
        if first <= due_on + dt.timedelta(days=moved) and last >= first:
            moved += (last - first).days + 1
    return moved


def to_remind(*, about: dt.date, after: dt.date, today: dt.date, since: dt.date) -> int | None:
    """Which of ``REMINDED`` falls on a day after ``after`` (the last one that was looked at) up to ``today``.

    Of several the latest: a machine that slept does not write three mails. Nothing before ``since`` (the day it was
    given): who gets ten days is not reminded of thirty.
    """
    due = [days for days in REMINDED if after < about - dt.timedelta(days=days) <= today]
    due = [days for days in due if about - dt.timedelta(days=days) > since]
    return min(due, default=None)


def may_write(*, sent: Iterable[dt.date], today: dt.date, urgent: bool) -> bool:
    """Whether one more mail about training is bearable today.

    One a day, three within seven days; of those the last is kept for what is due tomorrow or just became late.
    """
    week = [day for day in sent if 0 <= (today - day).days < 7]
    if today in week:
        return False
    return len(week) < (MOST_A_WEEK if urgent else MOST_A_WEEK - 1)


@dataclass
class Counts:
    """How many stand where: ``given`` is all of them; what is open and not near is the rest."""

    given: int = 0
    valid: int = 0
    renew: int = 0
    soon: int = 0
    late: int = 0
    lapsed: int = 0
    exempt: int = 0

    @property
    def done(self) -> int:
        return self.valid + self.renew

    @property
    def needed(self) -> int:
        """Of whom it is asked: without those exempt."""
        return self.given - self.exempt

    @property
    def risk(self) -> int:
        return self.late + self.lapsed

    def add(self, state: str, count: int = 1) -> None:
        self.given += count
        if state != "open":
            setattr(self, state, getattr(self, state) + count)
