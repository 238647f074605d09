"""What the pages of a large released wave take, and a file of a million of its cells."""

from __future__ import annotations

import ctypes
import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from config import proof
from culture.access.models import Grant, Role
from culture.people.models import Employee
from surveys.waves.models import Wave

TIMES = 5
MILLION = 1_000_000
# Where a copy of all groups gets its ids: far from those of real ones.
APART = 10**9


def pages(wave: Wave, size: int) -> Iterator[str]:
    """Milliseconds of server time (median of 5) and queries of each result page, for HR and for a unit's manager."""
    team, _cut, _category = _one(wave, "tree", "depth DESC")
    _top, cut, category = _one(wave, "cut", "g.id")
    addresses = {
        "overview": reverse("results:wave", args=[wave.pk]),
        "unit": reverse("results:unit", args=[wave.pk, team]),
        "trend": reverse("results:trend", args=[wave.pk, team]),
        "heatmap": reverse("results:heatmap", args=[wave.pk]),
        "cuts": reverse("results:cuts", args=[wave.pk]),
        "cut": reverse("results:cut", args=[wave.pk, cut]),
        "category": reverse("results:category", args=[wave.pk, cut, category]),
        "services": reverse("results:services", args=[wave.pk]),
        "findings": reverse("results:findings", args=[wave.pk]),
        "compare": reverse("results:compare", args=[wave.pk]),
        "why": reverse("results:why", args=[wave.pk]) + f"?family=tree&unit={team}&of=drivers",
        "method": reverse("results:method", args=[wave.pk]),
        "comments": reverse("results:comments", args=[wave.pk]),
    }
    with override_settings(ALLOWED_HOSTS=["*"]):
        for persona, client in (("hr", signed_in(_hr())), ("manager", signed_in(_manager(team)))):
            for name, address in addresses.items():
                proof.progress(f"results: {name} as {persona}")
                yield page_line(client, f"results.page.{name}.{persona}", address, size)


def _one(wave: Wave, family: str, order: str) -> tuple[int, str, int]:
    """(unit, cut, category) of a released group."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit, cut, other FROM surveys_cellgroup g JOIN surveys_release r ON r.id = release_id"
            f" WHERE wave_id = %s AND family = %s ORDER BY {order}, g.id LIMIT 1",
            [wave.pk, family],
        )
        return cursor.fetchone()


def _hr() -> Employee:
    person = Employee.objects.order_by("-pk")[0]
    Grant.objects.create(employee=person, role=Role.HR_ADMIN)
    return person


def _manager(unit: int) -> Employee:
    """Who leads one team: its people report to him."""
    person = Employee.objects.filter(unit_id=unit).order_by("pk")[0]
    Employee.objects.filter(unit_id=unit).exclude(pk=person.pk).update(manager=person)
    return person


def signed_in(user: Employee) -> Client:
    """A browser of his, on this machine."""
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def page_line(client: Client, name: str, address: str, size: int) -> str:
    """Milliseconds and queries of one page; raises CommandError if it is none."""
    answer = client.get(address)
    if answer.status_code != 200:
        raise CommandError(f"{address} answered {answer.status_code}.")
    asked: list[str] = []

    def note(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        client.get(address)
    taken, busy = [], []
    for _ in range(TIMES):
        begun, used = time.perf_counter(), time.process_time()
        client.get(address)
        taken.append((time.perf_counter() - begun) * 1000)
        busy.append((time.process_time() - used) * 1000)
    return proof.bench_line(
        name=name,
        value=sorted(taken)[TIMES // 2],
        unit="ms",
        size=size,
        cpu=round(sorted(busy)[TIMES // 2], 1),
        queries=len(asked),
        kb=round(len(answer.content) / 1024),
    )


def export(wave: Wave, size: int) -> str:
    """Seconds of a CSV of ten cells per person (a million at full size): its memory, and whether its end is there."""
    wanted = _multiply(wave, min(MILLION, size * 10))
    client = signed_in(Employee.objects.get(pk=Grant.objects.filter(role=Role.HR_ADMIN).values("employee")[:1]))
    address = reverse("results:export", args=[wave.pk])
    proof.progress(f"results: a file of {wanted} cells")
    with override_settings(ALLOWED_HOSTS=["*"]):
        held = _memory_begun()
        begun, busy = time.perf_counter(), time.process_time()
        bytes_, end = _drain(client, address)
        seconds, busy = time.perf_counter() - begun, time.process_time() - busy
        more = {"held_mb": round(_memory("VmHWM") - held, 1)} if held else {}
    if f"# rows: {wanted}" not in end:
        raise CommandError(f"The file ends with {end!r} instead of {wanted} rows.")
    return proof.bench_line(
        name="results.export",
        value=seconds,
        unit="s",
        size=size,
        cpu=round(busy, 1),
        cells=wanted,
        **more,
        file_mb=round(bytes_ / 2**20, 1),
    )


def _memory_begun() -> float:
    """Megabytes held now, after the highest mark was set back to them; 0 where the system does not tell (not Linux)."""
    gc.collect()
    try:
        # What is freed goes back first, or the file would be made in memory that the release left lying about.
        ctypes.CDLL("libc.so.6").malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return 0.0
    return _memory("VmRSS")


def _memory(name: str) -> float:
    """Megabytes the process holds (VmRSS), or held at most since the mark was set back (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


def _drain(client: Client, address: str) -> tuple[int, str]:
    """How long the file is, and its last piece."""
    answer: Any = client.get(address)
    if answer.status_code != 200:
        raise CommandError(f"{address} answered {answer.status_code}.")
    size, last = 0, b""
    for piece in answer.streaming_content:
        size, last = size + len(piece), piece
    return size, last.decode()[-200:]


def _multiply(wave: Wave, least: int) -> int:
    """Copies of the release's groups until it holds at least ``least`` cells; returns how many it holds."""
    count = (
        "SELECT count(*) FROM surveys_cellgroup g JOIN surveys_release r ON r.id = release_id,"
        " jsonb_object_keys(cells) WHERE wave_id = %s"
    )
    columns = "release_id, family, name, parent, depth, cut, cells"
    with connection.cursor() as cursor:
        cursor.execute(count, [wave.pk])
        held = cursor.fetchone()[0]
        copies = -(-least // held) - 1
        if copies > 0:
            cursor.execute(
                f"INSERT INTO surveys_cellgroup ({columns}, unit, other)"
                f" SELECT {columns}, unit + {APART}::bigint * copy, other FROM surveys_cellgroup,"
                " generate_series(1, %s) AS copy"
                " WHERE release_id IN (SELECT id FROM surveys_release WHERE wave_id = %s)",
                [copies, wave.pk],
            )
            cursor.execute(count, [wave.pk])
            held = cursor.fetchone()[0]
    return held
