"""Measures: one JSON object per line on stdout, progress on stderr."""

from __future__ import annotations

import csv
import hashlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from config import embedded, proof
from config.bench_answering import bench_answering
from config.bench_assignment import bench_assignment
from config.bench_people import bench_people
from config.bench_recognition import bench_recognition
from config.bench_reports import bench_effect, bench_reports, bench_scorecards
from config.bench_results import bench_results
from config.bench_training import bench_training
from config.bench_wave import bench_wave
from config.management.commands.up import PERSONAS
from culture.people import importing
from culture.people.models import Employee

PORT = 8947


def bench_start(size: int) -> Iterator[str]:
    """Seconds from `manage.py up` to a ready /readyz, in an empty folder and again."""
    with proof.temporary_folder() as folder:
        clean = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "BROKER_URL", "TRIVIUM_APART"}}
        environment = {**clean, "DATA_DIR": str(folder), "PORT": str(PORT), "HOST": "127.0.0.1"}
        bare = bare_start()
        for name in ("first", "second"):
            proof.progress(f"start: {name}")
            begun = time.perf_counter()
            command = [sys.executable, "manage.py", "up", "--no-demo"]
            with subprocess.Popen(
                command,
                env=environment,
                cwd=settings.BASE_DIR,
                stdout=sys.stderr,
                preexec_fn=embedded.die_with_parent(),
            ) as process:
                try:
                    _until_ready(process)
                    seconds = time.perf_counter() - begun
                finally:
                    process.terminate()
            yield proof.bench_line(name=f"start.{name}", value=seconds, unit="s", size=1, baseline=bare)


def bare_start() -> float:
    """Seconds that PostgreSQL and Redis alone take in an empty folder: what no site on top of them can go below."""
    with proof.temporary_folder() as folder:
        begun = time.perf_counter()
        services = embedded.Embedded(folder)
        services.start()
        seconds = time.perf_counter() - begun
        services.stop()
    return seconds


def _until_ready(process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise CommandError("The site did not become ready.")


def bench_import(size: int) -> Iterator[str]:
    """Seconds to import ``size`` people: once into an empty table, once more without a change."""
    size = size or 1200
    path = Path(settings.DATA_DIR) / "bench.csv"
    write_people(path, size)
    bare = bare_insert(path)
    for name in ("first", "again"):
        proof.progress(f"import: {size} people, {name}")
        begun = time.perf_counter()
        plan = importing.plan(importing.read_file(path, path.name))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        importing.apply(plan, by=None, file_name=path.name, sha256=digest)
        seconds = time.perf_counter() - begun
        yield proof.bench_line(name=f"import.{name}", value=seconds, unit="s", size=size, baseline=bare)
    if Employee.objects.filter(number__startswith="9").count() < size:
        raise CommandError("The import did not bring everybody.")


def bare_insert(path: Path) -> float:
    """Seconds to read the same file and insert its rows as text into one bare table, without any check."""
    begun = time.perf_counter()
    with path.open(newline="", encoding="utf-8") as source, connection.cursor() as cursor:
        head, *rows = csv.reader(source)
        cursor.execute(f"CREATE TEMPORARY TABLE bare ({', '.join(f'{name} text' for name in head)})")
        cursor.executemany(f"INSERT INTO bare VALUES ({', '.join(['%s'] * len(head))})", rows)
        cursor.execute("DROP TABLE bare")
    return time.perf_counter() - begun


def write_people(path: Path, size: int) -> None:
    """A file in the shape of an HR export: ``size`` people in teams of ten, each team with its manager."""
    with path.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        head = "employee_number,given_name,family_name,email,unit_path,manager_number,job_family,job_title,"
        rows.writerow((head + "site,language,hired_on,left_on").split(","))
        for n in range(size):
            team = n // 10
            boss = "" if n == 0 else f"{900000 + (team * 10 if n % 10 else 0)}"
            unit = f"Bench > Area {team // 20} > Team {team}"
            rows.writerow(
                [900000 + n, f"Given{n}", f"Family{n}", f"p{n}@bench.example", unit, boss, "Sales", "Clerk", "Rome"]
                + ["en", "2020-01-01", ""]
            )


def bench_pages(size: int) -> Iterator[str]:
    """Milliseconds of the main pages (median of 9) on the demo organisation."""
    size = size or 120
    call_command("collectstatic", interactive=False, verbosity=0)
    if not Employee.objects.filter(email="hr@meridian.example").exists():
        proof.progress(f"pages: building the demo with {size} people")
        call_command("demo", employees=size, waves=2, verbosity=0)
    with override_settings(ALLOWED_HOSTS=["*"]):
        for persona in PERSONAS:
            client = Client(headers={"host": "localhost"})
            user = Employee.objects.get(email=f"{persona}@meridian.example")
            client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
            chain = client.get(reverse("home"), follow=True).redirect_chain
            address = chain[-1][0] if chain else reverse("home")
            yield page_line(client, persona, address, size)


def page_line(client: Client, persona: str, address: str, size: int) -> str:
    """The page's median beside that of its own SQL statements, sent again without Django around them."""
    statements: list[tuple[str, Any]] = []

    def note(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    def visit() -> None:
        if (status := client.get(address).status_code) != 200:
            raise CommandError(f"{address} answered {status} to {persona}.")

    def bare() -> None:
        with connection.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()

    visit()
    with connection.execute_wrapper(note):
        visit()
    return proof.bench_line(name=f"pages.{persona}", value=median(visit), unit="ms", size=size, baseline=median(bare))


def median(what: Callable[[], None], times: int = 9) -> float:
    """Milliseconds of the middle one of ``times`` calls."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        what()
        taken.append((time.perf_counter() - begun) * 1000)
    return sorted(taken)[times // 2]


BENCHES: dict[str, Callable[[int], Iterator[str]]] = {
    "start": bench_start,
    "import": bench_import,
    "pages": bench_pages,
    "people": bench_people,
    "wave": bench_wave,
    "results": bench_results,
    "assignment": bench_assignment,
    "answering": bench_answering,
    "training": bench_training,
    "recognition": bench_recognition,
    "reports": bench_reports,
    # Parts of it by themselves; not among those that run without a name.
    "scorecard": bench_scorecards,
    "effect": bench_effect,
}


PARTS = {"scorecard", "effect"}


class Command(BaseCommand):
    help = "Measure: " + ", ".join(BENCHES) + ". Without a name: all, small."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
        parser.add_argument("--size", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["names"] or [name for name in BENCHES if name not in PARTS]
        if unknown := set(names) - set(BENCHES):
            raise CommandError(f"No bench is called {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}.")
        if not proof.apart():
            # One process each: the peak of one is not the next one's.
            for name in names:
                if status := proof.run_apart(["bench", name, "--size", str(options["size"])]):
                    sys.exit(status)
            return
        for name in names:
            if name != "start":
                call_command("setup_data", verbosity=0)
            for line in BENCHES[name](options["size"]):
                self.stdout.write(line)
                self.stdout.flush()
