"""`manage.py bench wave`: opening a wave, sending its mails, a tick with nothing due; each beside a bare baseline."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from config import proof
from config.celery import run_tick
from config.embedded import die_with_parent
from config.smtp_sink import SinkProcess, push
from culture.people.models import Employee, Membership, Unit
from surveys.instruments.loading import load_library
from surveys.waves import delivery, forecast, opening, series, tick
from surveys.waves.link_models import ServiceLink
from surveys.waves.models import Invitation, Message, Wave

TEAM = 20
LINKS = 500
MOST_MAILS = 10_000


def bench_wave(size: int) -> Iterator[str]:
    """Seconds to foresee and to open a wave of ``size`` people, mails a second, ms of a tick with nothing due."""
    size = size or 2000
    proof.progress(f"wave: {size} people")
    wave = planned_wave(size)
    begun = time.perf_counter()
    foreseen = forecast.of_wave(wave, today=timezone.localdate())
    if foreseen.asked != size or not foreseen.cells.total():
        raise CommandError(f"The forecast speaks of {foreseen.asked} of {size} people.")
    yield proof.bench_line(name="wave.forecast", value=time.perf_counter() - begun, unit="s", size=size)
    begun = time.perf_counter()
    if not opening.open_wave(wave, now=timezone.now()):
        raise CommandError("The wave did not open.")
    seconds = time.perf_counter() - begun
    wave.refresh_from_db(fields=["invited"])
    if wave.invited != size:
        raise CommandError(f"{wave.invited} of {size} people were invited.")
    yield proof.bench_line(name="wave.opening", value=seconds, unit="s", size=size, baseline=bare_rows(wave))
    yield from mails(wave, min(size, MOST_MAILS))
    yield tick_line(size)


def planned_wave(size: int) -> Wave:
    """``size`` people in teams, with links between the teams, and a wave that is due today."""
    top = Unit.objects.create(name="Bench", path="Bench")
    teams = [
        Unit(name=f"Team {n}", path=f"Bench > Team {n}", parent=top, position=n) for n in range(max(2, size // TEAM))
    ]
    Unit.objects.bulk_create(teams, batch_size=2000)
    languages = [code for code, _name in settings.LANGUAGES]
    people = [
        Employee(
            number=f"W{n}",
            given_name=f"Given{n}",
            family_name=f"Family{n}",
            email=f"w{n}@bench.example",
            unit=teams[n % len(teams)],
            language=languages[n % len(languages)],
        )
        for n in range(size)
    ]
    Employee.objects.bulk_create(people, batch_size=5000)
    since = timezone.localdate() - dt.timedelta(days=400)
    Membership.objects.bulk_create(
        [Membership(employee=person, unit=person.unit, since=since) for person in people], batch_size=5000
    )
    few = teams[: LINKS // 5 + 1]
    links = {(few[n % len(few)].pk, few[(n * 7 + 1 + n // len(few)) % len(few)].pk) for n in range(LINKS)}
    ServiceLink.objects.bulk_create(
        [ServiceLink(customer_id=one, provider_id=other) for one, other in links if one != other]
    )
    made = series.create(
        by=None,
        name="Bench",
        instrument=load_library(),
        first_opens_on=timezone.localdate(),
        every_months=3,
        occurrences=1,
        open_days=14,
        reminder_days=(4, 8),
    )
    return made.waves.order_by("number")[0]


def bare_rows(wave: Wave) -> float:
    """Seconds in which PostgreSQL alone writes the same rows into tables of the same shape and indexes."""
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        for model in (Invitation, Message):
            table = model._meta.db_table
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL EXCLUDING IDENTITY)")
            cursor.execute(f"INSERT INTO bare_{table} SELECT * FROM {table}")
            cursor.execute(f"DROP TABLE bare_{table}")
    return time.perf_counter() - begun


def mails(wave: Wave, count: int) -> Iterator[str]:
    """Mails a second through the product, beside ready-made ones through the same sink."""
    sink = SinkProcess()
    worker = None
    try:
        # The first mails are not measured; what is beyond ``count`` is not sent.
        first = Message.objects.filter(invitation__wave=wave, kind="invitation").order_by("pk").first()
        assert first is not None
        raw = delivery.compose(first).message().as_bytes(linesep="\r\n")
        bare = bare_rate(sink, raw, count)
        proof.progress(f"wave: bare {bare:.0f} mails a second")
        keep = Message.objects.filter(kind="invitation").order_by("pk").values_list("pk", flat=True)[:count]
        Message.objects.filter(kind="invitation").exclude(pk__in=list(keep)).update(state=Message.State.SKIPPED)
        Message.objects.filter(kind="reminder").update(due_at=timezone.now() + dt.timedelta(days=30))
        sink.clear()
        worker = start_worker(sink.url)
        deadline = time.monotonic() + 60 + count / 20
        while sink.count() < count:
            if time.monotonic() > deadline or worker.poll() is not None:
                raise CommandError(f"Only {sink.count()} of {count} mails arrived.")
            run_tick()
            time.sleep(1)
        got = sink.got()
    finally:
        if worker:
            os.killpg(worker.pid, signal.SIGTERM)
            worker.wait()
        sink.stop()
    yield proof.bench_line(
        name="wave.mails", value=(got.mails - 1) / got.seconds, unit="mails/s", size=count, baseline=bare
    )


def start_worker(email_url: str, queues: str = "mail") -> subprocess.Popen:
    """Two worker processes, as `up` starts them."""
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "--quiet", "worker", "--concurrency", "2"]
    command += ["--queues", queues, "--without-mingle", "--without-gossip"]
    return subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env={**os.environ, "EMAIL_URL": email_url},
        stdout=sys.stderr,
        start_new_session=True,
        preexec_fn=die_with_parent(),
    )


def bare_rate(sink: SinkProcess, raw: bytes, count: int) -> float:
    """Mails a second that two processes push through two connections with nothing else to do."""
    context = multiprocessing.get_context("spawn")
    hands = [context.Process(target=push, args=(sink.port, raw, count // 2)) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    got = sink.got()
    return (got.mails - 1) / got.seconds


def tick_line(size: int) -> str:
    """Milliseconds (median of 9) of this room's tick when nothing is due, beside a bare question to the database."""
    taken: dict[str, list[float]] = {"tick": [], "bare": []}
    for _ in range(9):
        begun = time.perf_counter()
        tick.tick(now=timezone.now())
        taken["tick"].append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        taken["bare"].append((time.perf_counter() - begun) * 1000)
    tick_ms, bare_ms = (sorted(taken[name])[4] for name in ("tick", "bare"))
    return proof.bench_line(name="wave.tick", value=tick_ms, unit="ms", size=size, baseline=bare_ms)
