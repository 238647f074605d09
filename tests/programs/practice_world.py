"""Practices for tests: a running program that keeps them, and rows as pages would write them."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

from django.utils import timezone

from culture.framework.loading import load_catalogue
from culture.people.models import Employee, Unit
from programs.planning import programs, rules
from programs.planning.models import Program
from programs.practices import figures, ideas, limits, notes, recoveries, switching, weeks
from programs.practices.models import Idea, PracticeKeeper, PracticeNote, PracticeWeek, Recovery

DAY = dt.timedelta(days=1)


def today() -> dt.date:
    return figures.today_of(timezone.now())


def running(by: Employee, *units: Unit, on: bool = True, name: str = "P") -> Program:
    """A program that began 100 days ago with everybody of ``units``; ``on``: it has kept practices since then."""
    load_catalogue()
    first, last = today() - 100 * DAY, today() + 900 * DAY
    stages = [(stage.kind, stage.starts_on, stage.ends_on) for stage in rules.suggest_stages(first, last)]
    cohorts = [("All", first, list(units))]
    program = programs.create(
        by=by, name=name, charter="C", starts_on=first, ends_on=last, stages=stages, cohorts=cohorts, series=None
    )
    if on:
        switching.turn(program=program, on=True, by=by, today=first)
        kept(program)
    return program


def kept(*programs: Program) -> None:
    """Everybody enrolled today has kept practices since he was, as the Mondays since then would have seen."""
    for program in programs:
        rows = program.enrolments.on(today()).values_list("employee", "since")  # type: ignore[attr-defined]
        seen = [PracticeKeeper(program=program, employee_id=person, since=since) for person, since in rows]
        PracticeKeeper.objects.bulk_create(seen, ignore_conflicts=True)


def monday(*, again: bool = False) -> bool:
    """The tick that tells of the last week; ``again``: as if it had not been told of."""
    if again:
        PracticeWeek.objects.all().delete()
    return weeks.keep(today=today(), now=timezone.now())


def gone(person: Employee) -> None:
    """Yesterday was his last day."""
    Employee.objects.filter(pk=person.pk).update(left_on=today() - DAY)


def note(person: Employee, *, many: int = 1, on: dt.date | None = None, **more: Any) -> PracticeNote:
    """Written by ``person``; an older day as if it had been written then."""
    day = on or today()
    at = min(timezone.now(), figures.begins(day) + dt.timedelta(hours=12))
    entry = notes.Entry("thanks", "outside", many, day, uuid.uuid4(), **more)
    return notes.log(by=person, entry=entry, today=day, now=at)


def limit(by: Employee, *, kind: str = "recovery", own: str = "25", manager: str | None = "100", **more: Any) -> Any:
    terms = {"unit": None, "job_family": "", "currency": "EUR", **more}
    most = Decimal(manager) if manager is not None else None
    return limits.save(terms=limits.Terms(kind=kind, own=Decimal(own), manager=most, **terms), by=by)


def complaint(person: Employee, value: str = "0", *, at: dt.datetime | None = None, **more: Any) -> Recovery:
    now = at or timezone.now()
    amount = Decimal(value)
    offer = recoveries.Offer("discount" if amount else "none", amount, "EUR" if amount else "")
    day = figures.today_of(now)
    told = {"what": "Planted: the delivery came late.", "happened_on": day, "customer": "outside", "apologised": True}
    case = recoveries.Case(**{**told, **more}, offer=offer)
    return recoveries.open(by=person, case=case, key=uuid.uuid4(), now=now, today=day)


def idea(person: Employee, cost: str = "0", *, title: str = "The chair", named: bool = True) -> Idea:
    words = ideas.Words(title, "Bring a chair.", "Please sit down.", Decimal(cost), "EUR" if Decimal(cost) else "")
    return ideas.propose(by=person, words=words, key=uuid.uuid4(), named=named, now=timezone.now(), today=today())
