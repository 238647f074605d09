"""`manage.py bench people`: a large organisation imported, imported again, and looked at."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from config import proof
from culture.access.models import Grant, Role
from culture.access.permissions import Permission, visible_units
from culture.people import asof, importing, structure
from culture.people.models import Employee, Membership, Unit

TEAM, AREA = 20, 25  # people in a team, teams in an area
GIVEN = ("Ștefan", "Zoë", "Łukasz", "Jürgen", "Marija", "Anna", "Giulia", "Wei", "Élodie", "Ioana", "Marco", "Sofia")
FAMILY = ("Țăranu", "Rossi", "Müller", "Wałęsa", "Ionescu", "Novák", "Dupont", "Zhang", "García", "Ørsted", "Groß")
HEAD = (
    "employee_number given_name family_name email unit_path manager_number job_family job_title site language hired_on "
    "left_on"
)
TIMES = 9


def bench_people(size: int) -> Iterator[str]:
    """The whole room at ``size`` people in ``size / 20`` units; without a size, small."""
    size = size or 2000
    path = Path(settings.DATA_DIR) / "bench-people.csv"
    write_people(path, size)
    yield from imports(path, size)
    with connection.cursor() as cursor:
        # What autovacuum does within a minute; only a vacuum empties the search index's list of pending entries.
        cursor.execute("VACUUM ANALYZE culture_employee")
        cursor.execute("ANALYZE")
    call_command("collectstatic", interactive=False, verbosity=0)
    yield from reads(size)
    yield from pages(size)


def write_people(path: Path, size: int) -> None:
    """An HR export: teams of twenty with their manager, areas of twenty-five teams, names in many spellings."""
    with path.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(HEAD.split())
        for n in range(size):
            team = n // TEAM
            lead = 100000 + team * TEAM
            boss = "" if n == 0 else f"{lead if n % TEAM else 100000 + team // AREA * AREA * TEAM}"
            boss = "100000" if boss == f"{100000 + n}" else boss
            unit = f"Bench > Area {team // AREA} > Team {team}"
            given, family = GIVEN[n % len(GIVEN)], f"{FAMILY[n * 7 % len(FAMILY)]} {_letters(n)}"
            rows.writerow(
                [100000 + n, given, family, f"p{n}@bench.example" if n % 5 else "", unit, boss]
                + ["Sales", "Clerk", "Rome", "en", "2020-01-01", ""]
            )


def _letters(n: int) -> str:
    """A second family name, so that names are as varied as real ones."""
    return "".join(chr(97 + n // 26**power % 26) for power in range(4)).capitalize()


def imports(path: Path, size: int) -> Iterator[str]:
    """Seconds of the first import and of one without changes, beside reading the file into one bare table."""
    bare = _bare_insert(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for name in ("first", "again"):
        proof.progress(f"people: import of {size}, {name}")
        begun = time.perf_counter()
        plan = importing.plan(importing.read_file(path, path.name))
        importing.apply(plan, by=None, file_name=path.name, sha256=digest)
        seconds = time.perf_counter() - begun
        yield proof.bench_line(name=f"people.import.{name}", value=seconds, unit="s", size=size, baseline=bare)
        del plan
    if (found := Membership.objects.count()) < size:
        raise CommandError(f"The import brought {found} of {size}.")


def _bare_insert(path: Path) -> float:
    begun = time.perf_counter()
    with path.open(newline="", encoding="utf-8") as source, connection.cursor() as cursor:
        head, *rows = csv.reader(source)
        cursor.execute(f"CREATE TEMPORARY TABLE bare ({', '.join(f'{name} text' for name in head)})")
        cursor.executemany(f"INSERT INTO bare VALUES ({', '.join(['%s'] * len(head))})", rows)
        cursor.execute("DROP TABLE bare")
    return time.perf_counter() - begun


def _hr() -> Employee:
    top = Unit.objects.get(path="Bench")
    person = Employee.objects.create_user(
        number="HR", email="hr@bench.example", given_name="Hanna", family_name="Rossi", unit=top
    )
    Grant.objects.create(employee=person, role=Role.HR_ADMIN)
    return person


def reads(size: int) -> Iterator[str]:
    """Milliseconds of the tree on a day (after changes), of what became of units, of what somebody may see."""
    today = timezone.localdate()
    day = today - dt.timedelta(days=10)
    for unit in Unit.objects.filter(name__startswith="Team")[:20]:
        structure.rename(unit, name=f"New {unit.name}", on=day, by=None)
    hr, lead = _hr(), Employee.objects.get(number="100000")
    before = day - dt.timedelta(days=1)

    def seen(user: Employee) -> Callable[[], Any]:
        def look() -> list[int]:
            user.__dict__.pop("_trivium_access", None)
            return list(visible_units(user, Permission.SEE_RESULTS).values_list("pk", flat=True))

        return look

    for name, what in (
        ("tree_as_of", lambda: asof.tree(before)),
        ("headcounts_as_of", lambda: asof.headcounts(before)),
        ("mapping", lambda: asof.mapping(before, today)),
        ("visible_units.hr", seen(hr)),
        ("visible_units.manager", seen(lead)),
    ):
        proof.progress(f"people: {name}")
        yield _beside_its_sql(f"people.{name}", what, size)


def pages(size: int) -> Iterator[str]:
    """Milliseconds of server time of the pages, by the test client, warm, the median."""
    client = Client(headers={"host": "localhost"})
    client.force_login(Employee.objects.get(number="HR"), backend=settings.AUTHENTICATION_BACKENDS[0])
    team = Unit.objects.filter(name__startswith="Team").order_by("pk")[3]
    area = Unit.objects.get(path="Bench > Area 0")
    person = Employee.objects.get(number=str(100000 + size // 2))
    employees = reverse("people:employees")
    for name, address in (
        ("unit_page", reverse("people:unit", args=[team.pk])),
        ("unit_page.area", reverse("people:unit", args=[area.pk])),
        ("employee_page", reverse("people:employee", args=[person.pk])),
        ("employees", employees),
        ("search.name", f"{employees}?q=taranu+st"),
        ("search.letter", f"{employees}?q=m"),
        ("search.number", f"{employees}?q={person.number}"),
        ("search.nobody", f"{employees}?q=qqqq"),
        ("search.unit", f"{employees}?q=an&unit=Area+0"),
        ("tree_page", reverse("people:units")),
    ):
        proof.progress(f"people: {address}")

        def visit(address: str = address) -> None:
            if (status := client.get(address).status_code) != 200:
                raise CommandError(f"{address} answered {status}.")

        with override_settings(ALLOWED_HOSTS=["*"]):
            yield _beside_its_sql(f"people.{name}", visit, size)
            # What a busy machine cannot stretch: the processor time of the same visit, without the database's.
            cpu = _median(visit, time.process_time)
            yield proof.bench_line(name=f"people.{name}.cpu", value=cpu, unit="ms", size=size)


def _beside_its_sql(name: str, what: Callable[[], Any], size: int) -> str:
    """The median of ``what`` beside that of its own SQL statements, sent again without anything around them."""
    statements: list[tuple[str, Any]] = []

    def note(execute: Callable, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    def bare() -> None:
        with connection.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()

    what()
    with connection.execute_wrapper(note):
        what()
    return proof.bench_line(name=name, value=_median(what), unit="ms", size=size, baseline=_median(bare))


def _median(what: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    taken = []
    for _ in range(TIMES):
        begun = clock()
        what()
        taken.append((clock() - begun) * 1000)
    return sorted(taken)[TIMES // 2]
