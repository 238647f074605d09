"""`manage.py bench answering`: complete interviews a second against the site as `up` runs it, beside bare inserts.

A four-page interview is what a person's browser asks for: the first page, four pages of questions (each got and
posted), the summary, the sending and the thanks: twelve requests. A one-page interview is its page and the POST that
sends it. Style sheet and script, which a browser keeps, are not fetched. The client runs on the same machine; what it
takes of the processor is told as ``client_ms`` an interview, beside ``web_ms`` and ``database_ms``.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from config import answering_load, proof
from config.answering_load import Answer, Visitor
from config.answering_world import Site, links, one_page_wave, open_wave
from surveys.waves.models import Wave

CONCURRENCY = (1, 4, 16)
SECONDS = 20.0  # at most, for each line but the long one
ENVELOPE = 12_336  # bytes of a padded, sealed interview
DRAFT = 12_328


def bench_answering(size: int) -> Iterator[str]:
    """``size``: four-page interviews of the long run, whose memory is compared (default: as many as fit SECONDS)."""
    long = size or 1000
    people = long + 1000
    proof.progress(f"answering: waves of {people} people")
    four = open_wave(people)
    one = one_page_wave(four)
    todo = {"four": links(four), "one": [f"{link}1/" for link in links(one)]}
    bare = {name: {c: bare_rate(four, c, pages) for c in CONCURRENCY} for name, pages in (("four", 4), ("one", 0))}
    site = Site()
    try:
        site.wait()
        # The first one of a process also reads what the wave froze.
        counted = [{name: queries(name, todo[name].pop()) for name in todo} for _ in range(2)][1]
        run(site, "four", [todo["four"].pop() for _ in range(20)], 4, SECONDS)
        for name, kind in (("four", "four_pages"), ("one", "one_page")):
            for c in CONCURRENCY:
                last = name == "four" and c == CONCURRENCY[-1]
                before, spent = site.web_memory(), site.processor()
                count = long if last else min(len(todo[name]) - long if name == "four" else len(todo[name]), 60 * c)
                taken = [todo[name].pop() for _ in range(max(0, count))]
                load = run(site, name, taken, c, SECONDS if not (last and size) else 1e9)
                cost = {f"{who}_ms": 1000 * (now - spent[who]) for who, now in site.processor().items()}
                more = {who: round(taken / load["done"], 1) for who, taken in cost.items()}
                more |= {"web_mb_before": round(before, 1), "web_mb_after": round(site.web_memory(), 1)}
                yield line(f"answering.{kind}.c{c}", load, bare[name][c], counted[name], more)
    finally:
        site.stop()


def line(name: str, load: dict[str, Any], bare: float, counted: dict[str, int], more: dict[str, float]) -> str:
    done, seconds = load["done"], load["ended"] - load["begun"]
    milliseconds = {step: sorted(1000 * one for one in taken) for step, taken in load["seconds"].items()}
    return proof.bench_line(
        name=name,
        value=done / seconds,
        unit="interviews/s",
        size=done,
        baseline=bare,
        failed=len(load["failed"]),
        p50_ms={step: round(_at(taken, 0.5), 1) for step, taken in milliseconds.items()},
        p95_ms={step: round(_at(taken, 0.95), 1) for step, taken in milliseconds.items()},
        queries=counted,
        kb=round(load["bytes"] / done / 1000, 1),
        client_ms=round(1000 * load["cpu"] / done, 2),
        **more,
    )


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run(site: Site, name: str, paths: list[str], concurrency: int, seconds: float) -> dict[str, Any]:
    """All processes of the client begin together; their sums. Raises CommandError if any interview failed."""
    context = multiprocessing.get_context("spawn")
    processes = min(2, concurrency)
    pipes, hands = [], []
    kind = "whole" if name == "four" else "short"
    for n in range(processes):
        mine, theirs = context.Pipe()
        arguments = (theirs, site.port, kind, paths[n::processes], concurrency // processes, seconds)
        hands.append(context.Process(target=answering_load.run_load, args=arguments, daemon=True))
        hands[-1].start()
        pipes.append(mine)
    for pipe in pipes:
        pipe.recv()
    for pipe in pipes:
        pipe.send("go")
    load = together(pipe.recv() for pipe in pipes)
    for hand in hands:
        hand.join()
    proof.progress(f"answering: {name}, {concurrency} at a time, {load['done']} done")
    if load["failed"] or not load["done"]:
        raise CommandError(f"{len(load['failed'])} interviews failed: {'; '.join(load['failed'][:3])}")
    return load


def together(loads: Iterable[dict[str, Any]]) -> dict[str, Any]:
    parts = list(loads)
    seconds: dict[str, list[float]] = {}
    for part in parts:
        for step, taken in part["seconds"].items():
            seconds.setdefault(step, []).extend(taken)
    sums = {name: sum(part[name] for part in parts) for name in ("done", "cpu", "bytes")}
    failed = [reason for part in parts for reason in part["failed"]]
    begun, ended = min(part["begun"] for part in parts), max(part["ended"] for part in parts)
    return {**sums, "failed": failed, "begun": begun, "ended": ended, "seconds": seconds}


# -- queries ---------------------------------------------------------------------------------------------------------


class Inside(Visitor):
    """A visitor of this very process: the same pages, and their queries can be counted."""

    def __init__(self) -> None:
        super().__init__("localhost", 80)
        self.client = Client(headers={"host": "localhost"})

    def request(self, method: str, path: str, body: bytes = b"") -> Answer:
        kind = "application/x-www-form-urlencoded"
        got = self.client.generic(method, path, body, content_type=kind)
        return Answer(got.status_code, {k.lower(): v for k, v in got.items()}, got.content.decode(), 0.0)


def queries(name: str, path: str) -> dict[str, int]:
    """The most queries that any request of each step takes."""
    count = 0
    found: dict[str, int] = {}

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += not sql.startswith(("SAVEPOINT", "RELEASE"))
        return execute(sql, params, many, context)

    steps = answering_load.KINDS["whole" if name == "four" else "short"](Inside(), path, random.Random(1))
    with connection.execute_wrapper(note):
        for step, _ in steps:
            found[step] = max(count, found.get(step, 0))
            count = 0
    return found


# -- the bare limit --------------------------------------------------------------------------------------------------


def bare_rate(wave: Wave, connections: int, saves: int, seconds: float = 4.0) -> float:
    """Interviews a second when nothing but their transactions is done, from as many connections.

    The same rows of the same length into tables of the same shape: ``saves`` times the draft, then mark, envelope and
    the draft's end.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare_invitation, bare_draft, bare_inbox")
        cursor.execute("CREATE TABLE bare_invitation (LIKE surveys_invitation INCLUDING ALL)")
        cursor.execute("INSERT INTO bare_invitation SELECT * FROM surveys_invitation WHERE wave_id = %s", [wave.pk])
        cursor.execute("CREATE TABLE bare_draft (LIKE surveys_draft INCLUDING ALL)")
        cursor.execute("CREATE TABLE bare_inbox (LIKE surveys_inboxenvelope INCLUDING ALL)")
        cursor.execute("SELECT id FROM bare_invitation ORDER BY id")
        waiting = [row[0] for row in cursor.fetchall()]
    done, until = [0] * connections, time.perf_counter() + seconds
    begun = time.perf_counter()

    def hand(number: int) -> None:
        with psycopg.connect(conninfo(), autocommit=True, prepare_threshold=2) as own:
            for invitation in waiting[number::connections]:
                if time.perf_counter() > until:
                    return
                _bare_interview(own, wave.pk, invitation, saves)
                done[number] += 1

    hands = [threading.Thread(target=hand, args=(number,)) for number in range(connections)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    rate = sum(done) / (time.perf_counter() - begun)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare_invitation, bare_draft, bare_inbox")
    return rate


def _bare_interview(own: psycopg.Connection, wave: int, invitation: int, saves: int) -> None:
    key = secrets.token_bytes(32)
    for version in range(saves):
        with own.transaction():
            own.execute(
                "INSERT INTO bare_draft (key, wave_id, sealed, version) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (key) DO UPDATE SET sealed = excluded.sealed, version = excluded.version",
                [key, wave, os.urandom(DRAFT), version],
            )
    with own.transaction():
        own.execute("UPDATE bare_invitation SET state = 'answered' WHERE id = %s AND state = 'asked'", [invitation])
        own.execute(
            "INSERT INTO bare_inbox (wave_id, id, sealed) VALUES (%s, gen_random_uuid(), %s)",
            [wave, os.urandom(ENVELOPE)],
        )
        own.execute("DELETE FROM bare_draft WHERE key = %s", [key])


def conninfo() -> str:
    has = settings.DATABASES["default"]
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return psycopg.conninfo.make_conninfo("", **{key: has[name] for key, name in names.items() if has[name]})
