"""`manage.py bench results`: releasing a wave; the tally beside the bare SQL aggregate, the protection by itself; what
its pages take, and a file of it.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone

from config import bench_result_pages, proof
from culture.people.models import Employee, Membership, Unit
from surveys.instruments.loading import load_library
from surveys.results import disclosure, meaning, own_cells, releasing, service_cells, shown_cells, tallying
from surveys.waves import opening, partitions, series
from surveys.waves.link_models import ServiceLink
from surveys.waves.models import Wave

TEAM = 20
TEAMS_PER_AREA = 50
PROVIDERS = 3
SITES = ("Milan", "Bologna", "Bucharest", "Lyon", "Shanghai")
FAMILIES = ("Sales", "Logistics", "Care", "Services", "Management")
CUTS = ["site", "job_family", "tenure", "customer_facing"]


def bench_results(size: int) -> Iterator[str]:
    """Seconds to release a wave that ``size`` people answered, each about three providers; its pages and its file.

    All of it in one transaction that is rolled back: it can be repeated anywhere and leaves nothing behind.
    """
    size = size or 2000
    call_command("collectstatic", interactive=False, verbosity=0)  # pages name their files by the manifest
    with transaction.atomic():
        try:
            yield from _lines(size)
        finally:
            transaction.set_rollback(True)


def _lines(size: int) -> Iterator[str]:
    proof.progress(f"results: {size} people in {size // TEAM} teams")
    wave = answered_wave(size)
    bare = bare_aggregate(wave)
    taken: dict[str, float] = {"tally": 0.0, "protection": 0.0}
    proof.progress("results: releasing")
    begun, busy = time.perf_counter(), time.process_time()
    with timed(taken):
        if not releasing.release(wave, now=timezone.now()):
            raise CommandError("The wave was not released.")
    seconds, busy = time.perf_counter() - begun, time.process_time() - busy
    groups, cells, shown = released(wave)
    if not shown:
        raise CommandError("Nothing was shown.")
    more = {"cpu": round(busy, 2), "groups": groups, "cells": cells, "shown": shown, "units": size // TEAM}
    yield proof.bench_line(name="results.release", value=seconds, unit="s", size=size, **more)
    yield proof.bench_line(name="results.tally", value=taken["tally"], unit="s", size=size, baseline=bare)
    yield proof.bench_line(name="results.protection", value=taken["protection"], unit="s", size=size)
    yield from bench_result_pages.pages(wave, size)
    yield bench_result_pages.export(wave, size)


def answered_wave(size: int) -> Wave:
    """A closed and sealed wave of ``size`` people who all answered. Its rows are made by the database itself."""
    wave = planned_wave(size)
    if not opening.open_wave(wave, now=timezone.now()):
        raise CommandError("The wave did not open.")
    wave.refresh_from_db()
    items = [item for item in wave.snapshot["items"] if item["kind"] != "comment"]
    own, provider = ([item for item in items if item["about"] == about] for about in ("own", "provider"))
    proof.progress(f"results: opened, {len(own)} own and {len(provider)} provider questions")
    for table in ("surveys_sealedown", "surveys_sealedrating", "surveys_sealedcomment"):
        partitions.create(table, wave.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO surveys_sealedown (wave_id, id, block, cuts, answers)"
            f" SELECT wave_id, gen_random_uuid(), block, cuts, {_answers(own)}"
            " FROM surveys_invitation WHERE wave_id = %s",
            [wave.pk],
        )
        cursor.execute(
            "INSERT INTO surveys_sealedrating (wave_id, id, provider, customer_block, answers)"
            f" SELECT wave_id, gen_random_uuid(), provider, block, {_answers(provider)}"
            " FROM surveys_invitation, unnest(providers) AS provider WHERE wave_id = %s",
            [wave.pk],
        )
        cursor.execute("ANALYZE surveys_sealedown, surveys_sealedrating, surveys_invitation")
        cursor.execute("SELECT block, count(*) FROM surveys_invitation WHERE wave_id = %s GROUP BY block", [wave.pk])
        wave.snapshot["sealed"] = {"respondents": [list(row) for row in cursor.fetchall()], "raters": []}
    wave.state, wave.closed_at = Wave.State.CLOSED, timezone.now()
    wave.save(update_fields=["snapshot", "state", "closed_at"])
    return wave


def _answers(items: list[dict[str, Any]]) -> str:
    """SQL for one row's answers: 1 to 5, one in twenty missing; other kinds of question as their scales allow."""
    one = "CASE WHEN random() < 0.05 THEN NULL ELSE (1 + floor(random() * 5))::smallint END"
    return "ARRAY[" + ", ".join([one] * len(items)) + "]::smallint[]" if items else "'{}'::smallint[]"


def planned_wave(size: int) -> Wave:
    """Teams of twenty in areas of fifty; sites by area, job families by team, all lengths of service everywhere."""
    count = max(2, size // TEAM)
    top = Unit.objects.create(name="Bench", path="Bench")
    areas = [
        Unit(name=f"Area {n}", path=f"Bench > Area {n}", parent=top, position=n)
        for n in range(-(-count // TEAMS_PER_AREA))
    ]
    Unit.objects.bulk_create(areas, batch_size=2000)
    teams = [
        Unit(
            name=f"Team {n}",
            path=f"{areas[n // TEAMS_PER_AREA].path} > Team {n}",
            parent=areas[n // TEAMS_PER_AREA],
            position=n,
        )
        for n in range(count)
    ]
    Unit.objects.bulk_create(teams, batch_size=2000)
    today = timezone.localdate()
    people = [
        Employee(
            number=f"R{n}",
            given_name=f"Given{n}",
            family_name=f"Family{n}",
            email=f"r{n}@bench.example",
            unit=teams[n % count],
            site=SITES[(n % count) // TEAMS_PER_AREA % len(SITES)],
            job_family=FAMILIES[(n % count) % len(FAMILIES)],
            hired_on=today - dt.timedelta(days=200 + n // count * 400),
            customer_facing=(n // count) % 2 == 0,
        )
        for n in range(size)
    ]
    Employee.objects.bulk_create(people, batch_size=5000)
    Membership.objects.bulk_create(
        [Membership(employee=person, unit=person.unit, since=person.hired_on or today) for person in people],
        batch_size=5000,
    )
    ServiceLink.objects.bulk_create(
        ServiceLink(customer=team, provider=teams[(n * 7 + 11 * step + 1) % count])
        for n, team in enumerate(teams)
        for step in range(PROVIDERS)
        if (n * 7 + 11 * step + 1) % count != n
    )
    made = series.create(
        by=None,
        name="Bench",
        instrument=load_library(),
        first_opens_on=today,
        every_months=3,
        occurrences=1,
        open_days=14,
        reminder_days=(),
    )
    made.cuts = CUTS
    made.save(update_fields=["cuts"])
    return made.waves.order_by("number")[0]


def bare_aggregate(wave: Wave) -> float:
    """Seconds in which PostgreSQL alone counts the same answers by group, question and answer."""
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        for table, group in (
            ("surveys_sealedown", "block, cuts"),
            ("surveys_sealedrating", "provider, customer_block"),
        ):
            cursor.execute(
                f"SELECT {group}, at, answer, count(*) FROM {table},"
                " unnest(answers) WITH ORDINALITY AS given(answer, at) WHERE wave_id = %s"
                f" GROUP BY {group}, at, answer",
                [wave.pk],
            )
            while cursor.fetchmany(5000):
                pass
    return time.perf_counter() - begun


@contextmanager
def timed(taken: dict[str, float]) -> Iterator[None]:
    """While it lasts, the parts of a release add their seconds up."""
    parts: list[tuple[str, Any, str]] = [
        ("tally", releasing, "_sealed"),
        *(("tally", tallying, name) for name in ("matrix", "hear", "leaf_scores", "by", "crowds")),
        ("tally", tallying.Rows, "of"),
        *(
            ("protection", disclosure, name)
            for name in ("protect_counts", "protect_index", "item_groups", "protect_crossing")
        ),
        ("protection", shown_cells, "narrowed"),
        ("protection", own_cells, "hide_narrow"),
        ("protection", service_cells, "hide_narrow"),
        ("protection", meaning, "hide_classes"),
    ]
    busy: list[str] = []
    with ExitStack() as stack:
        for part, module, name in parts:
            stack.enter_context(mock.patch.object(module, name, _clocked(getattr(module, name), part, taken, busy)))
        yield


def _clocked(inner: Callable, part: str, taken: dict[str, float], busy: list[str]) -> Callable:
    def outer(*args: Any, **kwargs: Any) -> Any:
        if busy:  # counted by who called it
            return inner(*args, **kwargs)
        busy.append(part)
        begun = time.perf_counter()
        try:
            return inner(*args, **kwargs)
        finally:
            taken[part] += time.perf_counter() - begun
            busy.pop()

    return outer


def released(wave: Wave) -> tuple[int, int, int]:
    """Groups, cells, and cells that are shown."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT g.id), count(*), count(*) FILTER (WHERE cell.value->>'shown' = 'true')"
            " FROM surveys_cellgroup g JOIN surveys_release r ON r.id = g.release_id, jsonb_each(g.cells) AS cell"
            " WHERE r.wave_id = %s",
            [wave.pk],
        )
        return cursor.fetchone()
