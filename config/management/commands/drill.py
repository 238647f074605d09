"""Breaks things on purpose and counts what was lost: one JSON object per line, non-zero when something was."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config import proof
from config.celery import run_tick
from config.embedded import die_with_parent
from culture.people.models import Employee, Membership, Unit
from surveys.instruments.models import Instrument
from surveys.waves import delivery, opening, series
from surveys.waves.models import Message, Wave

KILLS = 3


class Outcome(NamedTuple):
    done: int
    lost: int
    repeated: int
    kills: int


class Sink:
    """Counts mails by recipient. A little slow, as a mail server is: time to kill a worker in the middle."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        time.sleep(0.005)
        self.got.update(envelope.rcpt_tos)
        return "250 OK"


def worker(email_url: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "--quiet", "worker", "--concurrency", "2"]
    command += ["--queues", "default,mail,reports,sealing", "--without-mingle", "--without-gossip"]
    return subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env={**os.environ, "EMAIL_URL": email_url},
        stdout=sys.stderr,
        start_new_session=True,
        preexec_fn=die_with_parent(),
    )


def kill(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def drill_delivery(size: int) -> Outcome:
    """The worker is killed with -9 while invitations go out: one mail each, at most one more per kill."""
    try:
        from aiosmtpd.controller import Controller  # a development requirement
    except ImportError:
        raise CommandError("This drill needs aiosmtpd: pip install -r requirements-dev.txt.") from None
    size = size or 500
    wave = invited_wave(size)
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=8948)
    controller.start()
    kills, process = 0, worker("smtp://127.0.0.1:8948")
    try:
        if not opening.open_wave(wave, now=timezone.now()):
            raise CommandError("The wave did not open.")
        waiting = Message.objects.filter(invitation__wave=wave, kind="invitation").exclude(state=Message.State.SENT)
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline and waiting.exists():
            if kills < KILLS and sum(sink.got.values()) >= size * (kills + 1) // (KILLS + 1):
                kill(process)
                kills += 1
                proof.progress(f"delivery: killed the worker after {sum(sink.got.values())} mails")
                # Ten minutes pass: what the dead worker had claimed is given back.
                Message.objects.filter(state=Message.State.CLAIMED).update(
                    claimed_at=timezone.now() - delivery.STALE - dt.timedelta(seconds=1)
                )
                process = worker("smtp://127.0.0.1:8948")
            time.sleep(0.02)
            if int(time.monotonic() * 50) % 100 == 0:
                run_tick()
    finally:
        kill(process)
        controller.stop()
    repeated = sum(sink.got.values()) - len(sink.got)
    return Outcome(done=len(sink.got), lost=size - len(sink.got), repeated=repeated, kills=kills)


def invited_wave(size: int) -> Wave:
    unit = Unit.objects.create(name="Drill", path="Drill")
    people = [
        Employee(number=f"D{n}", given_name="Drill", family_name=str(n), email=f"d{n}@drill.example", unit=unit)
        for n in range(size)
    ]
    Employee.objects.bulk_create(people)
    since = timezone.localdate() - dt.timedelta(days=30)
    Membership.objects.bulk_create([Membership(employee=person, unit=unit, since=since) for person in people])
    made = series.create(
        by=None,
        name="Drill",
        instrument=Instrument.objects.get(),
        first_opens_on=timezone.localdate(),
        every_months=3,
        occurrences=1,
        open_days=14,
        reminder_days=(),
    )
    return made.waves.get()


DRILLS: dict[str, Callable[[int], Outcome]] = {"delivery": drill_delivery}


class Command(BaseCommand):
    help = "Break on purpose: " + ", ".join(DRILLS) + "."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(DRILLS))
        parser.add_argument("--size", type=int, default=0)

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["names"] or list(DRILLS)
        if unknown := set(names) - set(DRILLS):
            raise CommandError(f"No drill is called {', '.join(sorted(unknown))}; there are {', '.join(DRILLS)}.")
        if not proof.apart():
            for name in names:
                if status := proof.run_apart(["drill", name, "--size", str(options["size"])]):
                    sys.exit(status)
            return
        for name in names:
            call_command("setup_data", verbosity=0)
            outcome = DRILLS[name](options["size"])
            self.stdout.write(proof.drill_line(name=name, **outcome._asdict()))
            if outcome.lost or outcome.repeated > outcome.kills:
                sys.exit(1)
