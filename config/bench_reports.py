"""`manage.py bench reports`: does the search for an effect keep its promises, and how long does it take."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator

import numpy as np
from django.db import connection
from django.utils import timezone

from config import bench_effect_world as world
from config import bench_report_files, bench_scorecard, proof
from culture.people.models import Unit
from programs.planning.models import Program
from programs.reports import effect_panels, effects
from programs.reports.effect import simulation

UNITS, WAVES, COHORTS, PEOPLE = 500, 16, 10, 20
RUNS = 200
CLEAR_MOST, INSIDE_LEAST = 0.065, 0.93


def bench_reports(size: int) -> Iterator[str]:
    """``size``: simulated programs of each kind (2,000 for the README); all else is always of full size."""
    yield from bench_report_files.files()
    yield from bench_report_files.sending_them()
    yield from bench_scorecard.scorecards()
    yield from bench_effect(size)


def bench_effect(size: int) -> Iterator[str]:
    """The search for an effect, and what ``size`` simulated programs of each kind say of its promises."""
    yield from search()
    yield from simulations(size or RUNS)


def bench_scorecards(size: int) -> Iterator[str]:
    """The scorecard's pages; ``size``: units."""
    yield from bench_scorecard.scorecards(size)


def simulations(runs: int) -> Iterator[str]:
    """Of programs without an effect the share called clear; of known effects the share inside the 95 % interval."""
    for design in simulation.DESIGNS:
        for name, found in simulation.table([design], runs=runs):
            proof.progress(f"reports: {name}")
            told = {"inside": found.inside, "wrong_sign": found.wrong, "bias_sd": round(found.bias, 3)}
            if "nothing" in name:
                told["kept"] = float(found.clear <= CLEAR_MOST and found.inside >= INSIDE_LEAST)
            else:
                told["kept"] = float(found.inside >= INSIDE_LEAST)
            yield proof.bench_line(name=f"reports.effect: {name}", value=found.clear, unit="clear", size=runs, **told)


def search() -> Iterator[str]:
    """Seconds from released cells to findings kept: all outcomes of ``UNITS`` units in ``WAVES`` waves."""
    proof.progress(f"reports: planting {UNITS} units and {WAVES} waves")
    program = plant()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    proof.progress("reports: looking for the effect")
    begun, used = time.perf_counter(), time.process_time()
    due = effects.due(now=timezone.now())
    kept = sum(effects.compute(one, now=timezone.now()) or 0 for one in due)
    seconds, own = time.perf_counter() - begun, time.process_time() - used
    begun = time.perf_counter()
    source = effect_panels.Source(program)
    for key in world.KEYS:
        source.surveyed(key)
    reading = time.perf_counter() - begun
    size = UNITS * WAVES
    yield proof.bench_line(
        name="reports.effect.search",
        value=seconds,
        unit="s",
        size=size,
        baseline=reading,
        findings=kept,
        own_s=round(own, 2),
    )
    begun = time.perf_counter()
    effects.latest(program)
    yield proof.bench_line(
        name="reports.effect.latest", value=(time.perf_counter() - begun) * 1000, unit="ms", size=size
    )


def plant() -> Program:
    """``UNITS`` units in areas of 25, ten cohorts a wave apart, an effect of eight points and shocks of two."""
    top = Unit.objects.create(name="Bench effect", path="Bench effect")
    areas = [
        Unit.objects.create(name=f"Area {n}", path=f"Bench effect > Area {n}", parent=top) for n in range(UNITS // 25)
    ]
    teams = Unit.objects.bulk_create(
        Unit(name=f"Team {n}", path=f"{areas[n // 25].path} > Team {n}", parent=areas[n // 25]) for n in range(UNITS)
    )
    first = dt.date(2022, 1, 10)
    days = [first + dt.timedelta(days=91 * n) for n in range(WAVES)]
    # Two areas begin together; the last cohort has not begun.
    begins = {n: days[3 + n] if n < COHORTS - 1 else days[-1] + dt.timedelta(days=40) for n in range(COHORTS)}
    series = world.series("Bench effect")
    program = world.program(
        series, {f"Cohort {n}": (begins[n], areas[2 * n : 2 * n + 2]) for n in range(COHORTS)}, name="Bench effect"
    )
    rng = np.random.default_rng(9)
    jolts = rng.normal(0, 2, (COHORTS, WAVES))
    cohort_of = {team.pk: n // 50 for n, team in enumerate(teams)}
    for number, day in enumerate(days):

        def tell(node: int, key: str, at: int = number, today: dt.date = day) -> world.Cell:
            cohort = cohort_of.get(node)
            gain = 0.0 if cohort is None or today < begins[cohort] else 8.0
            jolt = 0.0 if cohort is None else float(jolts[cohort, at])
            return world.score(50 + at / 2 + gain + jolt + float(rng.normal(0, 6)))

        places = [world.Place((team,), PEOPLE) for team in teams]
        tree = [top, *areas, *teams]
        world.plant_wave(series, number=number + 1, opens_on=day, tree=tree, places=places, tell=tell)
    return program
