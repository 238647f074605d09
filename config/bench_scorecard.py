"""`manage.py bench reports`, the scorecard: of a program with 5,000 units and 16 released waves, and of units in it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from config import bench_effect_world as world
from config import proof
from config.bench_result_pages import page_line, signed_in
from culture.access.models import Grant, Role
from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.reports import reading_tasks

UNITS, WAVES, AREAS, COHORTS = 5000, 16, 50, 10
# Questions of a wave: their cells lie beside those the scorecard reads, as in a real release.
QUESTIONS = 28
QUARTER = dt.timedelta(days=91)


def scorecards(size: int = 0) -> Iterator[str]:
    """Milliseconds (median of 5) and queries of each page; ``size``: units, 5,000 unless given."""
    units = size or UNITS
    areas = max(2, units // (UNITS // AREAS))
    proof.progress(f"reports: planting {units} units and {WAVES} waves for the scorecard")
    program, tree = plant(units, areas)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    proof.progress("reports: counting what is counted of a program")
    reading_tasks.keep_readings(program.pk)
    call_command("collectstatic", interactive=False, verbosity=0)
    client = signed_in(_executive())
    top, area, team = tree[0], tree[1], tree[-1]
    addresses = {
        "program": reverse("reports:program", args=[program.pk]),
        "number": reverse("reports:number", args=[program.pk, "want"]),
        "units": reverse("reports:units", args=[program.pk]),
        "top": reverse("reports:unit", args=[program.pk, top.pk]),
        "area": reverse("reports:unit", args=[program.pk, area.pk]),
        "team": reverse("reports:unit", args=[program.pk, team.pk]),
        "team.number": reverse("reports:unit_number", args=[program.pk, team.pk, "want"]),
    }
    with override_settings(ALLOWED_HOSTS=["*"]):
        for name, address in addresses.items():
            yield page_line(client, f"reports.scorecard.{name}", address, units * WAVES)


def _executive() -> Employee:
    person = Employee.objects.create_user(
        number="SC1", email="scorecard@bench.example", given_name="E", family_name="X"
    )
    Grant.objects.create(employee=person, role=Role.EXECUTIVE)
    return person


def plant(units: int, areas: int) -> tuple[Program, list[Unit]]:
    """A running program; ten cohorts begin a quarter apart; a tenth of the teams is hidden in every wave."""
    top = Unit.objects.create(name="Bench scorecard", path="Bench scorecard")
    middle = Unit.objects.bulk_create(
        Unit(name=f"Area {n}", path=f"{top.path} > Area {n}", parent=top, position=n) for n in range(areas)
    )
    share = units // areas
    teams = Unit.objects.bulk_create(
        Unit(name=f"Team {n}", path=f"{home.path} > Team {n}", parent=home, position=n)
        for n in range(units)
        for home in [middle[min(n // share, areas - 1)]]
    )
    first = timezone.localdate() - QUARTER * WAVES
    days = [first + QUARTER * n for n in range(WAVES)]
    series = world.series("Bench scorecard")
    cohorts = {f"Cohort {n}": (days[3 + n], middle[n::COHORTS]) for n in range(COHORTS) if middle[n::COHORTS]}
    program = world.program(series, cohorts, name="Bench scorecard")
    tree, places = [top, *middle, *teams], [world.Place((team,)) for team in teams]
    dice = random.Random(16)
    for number, day in enumerate(days):

        def tell(node: int, key: str, at: int = number) -> Mapping[str, Any]:
            return _cell(dice, at)

        world.plant_wave(
            series,
            number=number + 1,
            opens_on=day,
            tree=tree,
            places=places,
            tell=tell,
            more=_questions(dice),
        )
        proof.progress(f"reports: wave {number + 1} of {WAVES}")
    return program, tree


def _cell(dice: random.Random, wave: int) -> Mapping[str, Any]:
    return world.HIDDEN if dice.random() < 0.1 else world.score(45 + wave + dice.gauss(0, 8))


def _questions(dice: random.Random) -> dict[str, Any]:
    """Cells as a release keeps them, the same for every group: only their size matters."""
    found = {}
    for n in range(QUESTIONS):
        score = world.score(dice.randint(30, 80))
        found[f"Q{n}"] = {**score, "favourable": 40, "neutral": 35, "unfavourable": 25, "mean": 3.4, "spread": 1.1}
    return found
