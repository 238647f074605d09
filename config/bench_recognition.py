"""`manage.py bench recognition`: thanks a second against the site as `up` runs it, and its pages over a year of them.

``--size`` is the rows of the ledger: 5,000,000 are those of 100,000 people. A gift is the POST of the form of the page,
by people who each have a session of their own; the client runs on the same machine, and what it takes of the processor
is told as ``client_ms`` beside ``web_ms`` and ``database_ms``. Beside each figure stands what the same costs in SQL
alone.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from config import proof, recognition_load
from config.answering_world import Site
from config.bench_answering import conninfo, together
from config.recognition_load import Gift
from config.recognition_world import RINGS, make_year
from culture.access.models import Grant, Role
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.recognition import fairness, giving, proving, settling, watching
from programs.recognition.fairness import Kind, Limits
from programs.recognition.models import Kudos

CLIENTS = 16
GIVERS = 400
EACH = 5
SECONDS = 60.0
TIMES = 9
BARE_BALANCES = """
    SELECT sum(n) FROM (
        SELECT source_id, sum(amount) AS n FROM programs_ledgerentry GROUP BY 1
        UNION ALL SELECT target_id, sum(amount) FROM programs_ledgerentry GROUP BY 1
    ) sides
"""


def bench_recognition(size: int) -> Iterator[str]:
    """``size``: rows of the ledger; without one, small."""
    size = size or 20_000
    proof.progress(f"recognition: a year of {size} rows")
    people = make_year(size, timezone.localdate())
    rows = _one("SELECT count(*) FROM programs_ledgerentry")
    proof.progress(f"recognition: {people} people, {rows} rows")
    yield from _books(rows)
    yield from _rings(rows)
    call_command("collectstatic", interactive=False, verbosity=0)
    yield from _pages(rows)
    yield from _giving(rows)
    yield from _settling(rows)
    if found := proving.findings():
        raise CommandError(f"After the gifts {len(found)} figures are wrong: {found[0]}")


def _one(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _timed(what: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> tuple[float, Any]:
    begun = clock()
    found = what()
    return clock() - begun, found


def _books(size: int) -> Iterator[str]:
    proof.progress("recognition: reconcile")
    seconds, found = _timed(proving.findings)
    if found:
        raise CommandError(f"The year does not add up: {found[0]}")
    bare, _ = _timed(lambda: _one(BARE_BALANCES))
    yield proof.bench_line(name="recognition.reconcile", value=seconds, unit="s", size=size, baseline=bare)


def _rings(size: int) -> Iterator[str]:
    proof.progress("recognition: rings")
    limits, since = Limits(), (timezone.localdate() - watching.YEAR).replace(day=1)
    bare, rows = _timed(lambda: list(watching.flows(since, limits)))
    del rows
    seconds, found = _timed(lambda: fairness.patterns(watching.flows(since, limits), limits))
    rings = sum(1 for one in found if one.kind == Kind.RING)
    if rings < RINGS:
        raise CommandError(f"{rings} of {RINGS} planted rings were found.")
    yield proof.bench_line(name="recognition.rings", value=seconds, unit="s", size=size, baseline=bare, rings=rings)


# -- pages -----------------------------------------------------------------------------------------------------------


def _pages(size: int) -> Iterator[str]:
    person = Employee.objects.get(number="100007")
    hr = Employee.objects.get(number="100011")
    Grant.objects.create(employee=hr, role=Role.HR_ADMIN)
    yield _beside_its_sql("recognition.balance", lambda: giving.balance(person), size)
    feed, received = reverse("recognition:feed"), reverse("recognition:received")
    last = Kudos.objects.order_by("pk").values_list("pk", flat=True)[Kudos.objects.count() // 2]
    for name, who, address in (
        ("feed", person, feed),
        ("feed.middle", person, f"{feed}?before={last}"),
        ("feed.team", person, f"{feed}?show=team"),
        ("received", person, received),
        ("rewards", person, reverse("recognition:rewards")),
        ("api", person, "/api/v1/kudos/"),
        ("ledger", hr, reverse("recognition:ledger")),
    ):
        proof.progress(f"recognition: {address}")
        client = Client(headers={"host": "localhost"})
        client.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])

        def visit(address: str = address, client: Client = client) -> None:
            if (status := client.get(address).status_code) != 200:
                raise CommandError(f"{address} answered {status}.")

        with override_settings(ALLOWED_HOSTS=["*"]):
            yield _beside_its_sql(f"recognition.{name}", visit, size)


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
    count = len(statements)
    # What a busy machine cannot stretch: the processor time of the same, without the database's.
    spent = round(_median(what, time.process_time), 1)
    return proof.bench_line(
        name=name, value=_median(what), unit="ms", size=size, baseline=_median(bare), queries=count, cpu_ms=spent
    )


def _median(what: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    return 1000 * sorted(_timed(what, clock)[0] for _ in range(TIMES))[TIMES // 2]


# -- giving ----------------------------------------------------------------------------------------------------------


def _gifts() -> list[Gift]:
    """For ``GIVERS`` people a session each and ``EACH`` gifts to as many colleagues, one after the other."""
    attitude = Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE).order_by("pk")[0]
    numbers = [100000 + n for n in range(100, 100 + GIVERS + EACH)]
    found = {one.number: one for one in Employee.objects.filter(number__in=[str(n) for n in numbers])}
    people = [found[str(n)] for n in numbers if str(n) in found]
    gifts: list[list[Gift]] = [[] for _ in range(EACH)]
    for at, giver in enumerate(people[:-EACH]):
        client, token = Client(headers={"host": "localhost"}), secrets.token_hex(16)
        client.force_login(giver, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        for turn in range(EACH):
            form = [("to", str(people[at + 1 + turn].pk)), ("behaviour", str(attitude.pk)), ("points", "3")]
            form += [("dimension", "want"), ("story", "Stayed late and finished it with us."), ("public", "yes")]
            form += [("customer", "external"), ("language", "en")]
            gifts[turn].append((session, token, form))
    return [gift for turn in gifts for gift in turn]


def _giving(size: int) -> Iterator[str]:
    gifts = _gifts()
    before = _one("SELECT count(*) FROM programs_kudos")
    bare = bare_rate(CLIENTS)
    site = Site()
    try:
        site.wait(600)
        warm, rest = gifts[: 4 * CLIENTS], gifts[4 * CLIENTS :]
        _run(site, warm)
        spent = site.processor()
        load = _run(site, rest)
        cost = {f"{who}_ms": 1000 * (now - spent[who]) / load["done"] for who, now in site.processor().items()}
    finally:
        site.stop()
    made = _one("SELECT count(*) FROM programs_kudos") - before
    if made != len(warm) + load["done"]:
        raise CommandError(f"{len(warm) + load['done']} gifts were accepted, {made} are there.")
    if found := proving.findings():
        raise CommandError(f"{len(found)} figures are wrong: {found[0]}")
    taken = sorted(1000 * one for one in load["seconds"]["give"])
    yield proof.bench_line(
        name="recognition.give",
        value=load["done"] / (load["ended"] - load["begun"]),
        unit="kudos/s",
        size=size,
        baseline=bare,
        done=load["done"],
        clients=CLIENTS,
        p50_ms=round(taken[len(taken) // 2], 1),
        p95_ms=round(taken[int(len(taken) * 0.95)], 1),
        client_ms=round(1000 * load["cpu"] / load["done"], 2),
        **{who: round(value, 1) for who, value in cost.items()},
    )


def _run(site: Site, gifts: list[Gift]) -> dict[str, Any]:
    """Two processes of clients begin together. Raises CommandError if any gift failed."""
    context = multiprocessing.get_context("spawn")
    pipes, hands = [], []
    for n in range(2):
        mine, theirs = context.Pipe()
        arguments = (theirs, site.port, reverse("recognition:give"), gifts[n::2], CLIENTS // 2, SECONDS)
        hands.append(context.Process(target=recognition_load.run_load, args=arguments, daemon=True))
        hands[-1].start()
        pipes.append(mine)
    for pipe in pipes:
        pipe.recv()
    for pipe in pipes:
        pipe.send("go")
    load = together(pipe.recv() for pipe in pipes)
    for hand in hands:
        hand.join()
    proof.progress(f"recognition: {load['done']} gifts, {CLIENTS} at a time")
    if load["failed"] or not load["done"]:
        raise CommandError(f"{len(load['failed'])} gifts failed: {'; '.join(load['failed'][:3])}")
    return load


def _settling(size: int) -> Iterator[str]:
    """Gifts that arrive a second, all that are on their way at once, as the tick settles them."""
    pending = Kudos.objects.filter(state=Kudos.State.PENDING).count()
    seconds, done = _timed(lambda: settling.settle(now=timezone.now() + dt.timedelta(hours=1)))
    if done != pending:
        raise CommandError(f"{done} of {pending} gifts arrived.")
    yield proof.bench_line(name="recognition.settle", value=done / seconds, unit="kudos/s", size=size)


def bare_rate(connections: int, seconds: float = 4.0) -> float:
    """Gifts a second when nothing but their transactions is done: the locks, the rows and the two balances.

    They lie in tables of the same shape, which are dropped again.
    """
    tables = (
        "programs_kudos",
        "programs_kudosreceiver",
        "programs_ledgerentry",
        "programs_account",
        "culture_auditentry",
    )
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        cursor.execute(
            "INSERT INTO bare_programs_account SELECT * FROM programs_account WHERE kind = 'pending' LIMIT 400"
        )
        cursor.execute("SELECT id, employee_id FROM bare_programs_account ORDER BY id")
        accounts = cursor.fetchall()
        cursor.execute("SELECT giver_id, behaviour_id, requirement_id FROM programs_kudos LIMIT 1")
        pattern = cursor.fetchone()
    done, until = [0] * connections, time.perf_counter() + seconds

    def hand(number: int) -> None:
        with psycopg.connect(conninfo(), autocommit=True, prepare_threshold=2) as own:
            mine = accounts[number::connections]
            while time.perf_counter() < until:
                one, other = mine[done[number] % len(mine)], mine[(done[number] + 1) % len(mine)]
                _bare_gift(own, one, other, pattern)
                done[number] += 1

    begun = time.perf_counter()
    hands = [threading.Thread(target=hand, args=(number,)) for number in range(connections)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    rate = sum(done) / (time.perf_counter() - begun)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE " + ", ".join(f"bare_{table}" for table in tables))
    return rate


def _bare_gift(own: psycopg.Connection, one: Any, other: Any, pattern: Any) -> None:
    now, (_giver, behaviour, requirement) = timezone.now(), pattern
    with own.transaction():
        both = sorted([one[0], other[0]])
        own.execute("SELECT id FROM bare_programs_account WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [both])
        kudos = own.execute(
            "INSERT INTO bare_programs_kudos (story, points, public, at, period, idempotency_key, behaviour_id,"
            " requirement_id, giver_id, language, state, customer) VALUES (%s, 3, true, %s, %s, %s, %s, %s, %s, 'en',"
            " 'pending', 'external') RETURNING id",
            ["Stayed late and finished it with us.", now, now.date(), uuid.uuid4(), behaviour, requirement, one[1]],
        ).fetchone()
        assert kudos is not None
        own.execute(
            "INSERT INTO bare_programs_kudosreceiver (kudos_id, giver_id, receiver_id) VALUES (%s, %s, %s)",
            [kudos[0], one[1], other[1]],
        )
        own.execute(
            "INSERT INTO bare_programs_ledgerentry (source_id, target_id, amount, at, reason, kudos_id)"
            " VALUES (%s, %s, 3, %s, 'kudos', %s)",
            [one[0], other[0], now, kudos[0]],
        )
        own.execute("UPDATE bare_programs_account SET balance = balance + 3 WHERE id = ANY(%s)", [both])
        own.execute(
            "INSERT INTO bare_culture_auditentry (at, verb, subject, detail, actor_id) VALUES (%s, 'kudos.given', 'x',"
            " '{}', %s)",
            [now, one[1]],
        )
