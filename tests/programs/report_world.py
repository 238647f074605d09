"""A program whose first wave was answered and released; used by the tests of reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone

from culture.access import clock, organisation
from culture.access.models import Grant, Role
from culture.framework.loading import load_catalogue
from culture.people.models import Employee, Unit
from programs.planning import programs, rules
from programs.planning.models import Program
from surveys.results import releasing, sharing
from surveys.waves.models import Series, Wave
from tests.conftest import make_person, make_unit
from tests.surveys.results_world import LATER, answer, open_wave, people

DAY = dt.timedelta(days=1)


def program_of(
    by: Employee, units: dict[str, Unit], series: Series | None, *, charter: str = "C", name: str = "Service first"
) -> Program:
    load_catalogue()
    today = timezone.localdate()
    first, last = today - 100 * DAY, today + 900 * DAY
    stages = [(stage.kind, stage.starts_on, stage.ends_on) for stage in rules.suggest_stages(first, last)]
    cohorts = [("Retail", first + 10 * DAY, [units["Retail"]])]
    return programs.create(
        by=by,
        name=name,
        charter=charter,
        starts_on=first,
        ends_on=last,
        stages=stages,
        cohorts=cohorts,
        series=series,
    )


def released(by: Employee, units: dict[str, Unit]) -> Program:
    """Branch A 12, Branch B 24; of Branch C three of eight answered: it must be hidden or merged."""
    people(units)
    world = open_wave(units)
    answer(world)
    releasing.close_wave(world.wave, now=LATER)
    return program_of(by, units, world.wave.series)


def share(program: Program, by: Employee, **days: int | None) -> Wave:
    """Share the first wave so many days from today with ``leaders``, ``managers``, ``employees``; None: not."""
    wave = Wave.objects.get(series=program.series_id, number=1)
    today = clock.today()
    told: dict[str, Any] = dict.fromkeys(sharing.AUDIENCES)
    told |= {name: None if n is None else today + n * DAY for name, n in days.items()}
    sharing.share(wave, on=told, employee_comments=False, tell=False, by=by)
    return wave


@contextmanager
def once(blocker: Any) -> Iterator[Program]:
    """The released program, built once for all tests of a module and rolled back after the last one."""
    with blocker.unblock(), transaction.atomic():
        organisation.remember()
        top = make_unit("Meridian")
        retail = make_unit("Retail", top)
        units = {"Meridian": top, "Retail": retail, "Services": make_unit("Services", top)}
        units |= {name: make_unit(name, retail) for name in ("Branch A", "Branch B")}
        hr = make_person("HR1", units["Services"], given_name="Hanna", family_name="Rossi")
        Grant.objects.create(employee=hr, role=Role.HR_ADMIN)
        executive = make_person("EX1", top, given_name="Elena", family_name="Xu")
        Grant.objects.create(employee=executive, role=Role.EXECUTIVE)
        boss = make_person("M1", units["Branch A"], given_name="Marco", family_name="Neri")
        for n in range(1, 12):
            make_person(f"A{n}", units["Branch A"], manager=boss)
        make_person("S1", units["Branch B"], given_name="Sven", family_name="Other")
        yield released(hr, units)
        transaction.set_rollback(True)


def person(number: str) -> Employee:
    return Employee.objects.get(number=number)
