"""`manage.py drill delivery`: worker, Redis and PostgreSQL killed with -9 while a wave opens and its mails leave."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from config import embedded, proof
from config.bench_wave import planned_wave
from config.celery import run_tick
from config.smtp_sink import SinkProcess
from surveys.waves import delivery
from surveys.waves.message_models import MailSender
from surveys.waves.models import Invitation, Message, Wave

KILLS = 10
# So many of them while the wave opens.
IN_OPENING = 2
# Seconds without a mail after which what is still claimed counts as a dead worker's.
STILL = 8.0
# Seconds a mail takes, times the mails: so long that ten kills, each with its recovery, all fall among them.
PAUSES = 90.0


class Hands:
    """Two worker processes with one sender each, so that a kill takes at most one mail with it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.processes = [self._start(), self._start()]

    def _start(self) -> subprocess.Popen:
        command = [sys.executable, "-m", "celery", "-A", "config.celery", "--quiet", "worker", "--concurrency", "1"]
        command += ["--queues", "default,mail,reports,sealing", "--without-mingle", "--without-gossip"]
        return subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, "EMAIL_URL": self.url, "MAIL_SENDERS": "2", "LOG_LEVEL": "CRITICAL"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=embedded.die_with_parent(),
        )

    def kill_one(self, which: int) -> None:
        _kill_group(self.processes[which])
        self.processes[which] = self._start()

    def revive(self) -> None:
        """A worker that gave up on its broker is started again, as a supervisor would."""
        for which, process in enumerate(self.processes):
            if process.poll() is not None:
                self.processes[which] = self._start()

    def stop(self) -> None:
        for process in self.processes:
            _kill_group(process)


def _kill_group(process: subprocess.Popen) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Servers:
    """The embedded PostgreSQL and Redis of this run, killed and started again."""

    def __init__(self) -> None:
        self.guardian = embedded.Guardian(Path(settings.DATA_DIR))
        self.own = os.environ.get("DATABASE_URL") == settings.EMBEDDED_DATABASE_URL

    def kill_postgres(self) -> None:
        pid_file = Path(settings.DATA_DIR) / "postgres" / "postmaster.pid"
        os.kill(int(pid_file.read_text().split("\n", 1)[0]), signal.SIGKILL)
        time.sleep(0.5)
        started: subprocess.Popen | None = None
        deadline = time.monotonic() + 60
        while not _database_answers():
            if time.monotonic() > deadline:
                raise CommandError("PostgreSQL did not come back.")
            # Its children end by themselves; until then a new one refuses the same memory.
            if started is None or started.poll() is not None:
                # The dead one's parent never asked for it: as a zombie its number still looks alive to these locks.
                for lock in (pid_file, self.guardian.run_dir / ".s.PGSQL.5432.lock"):
                    lock.unlink(missing_ok=True)
                self.guardian._start_postgres()
                started = self.guardian.servers[-1][0]
            time.sleep(0.3)

    def kill_redis(self) -> None:
        path = str(self.guardian.run_dir / "redis.sock")
        os.kill(int(redis.Redis(unix_socket_path=path).info("server")["process_id"]), signal.SIGKILL)
        time.sleep(0.5)
        self.guardian._start_redis()

    def stop(self) -> None:
        for process, how in self.guardian.servers:
            if process.poll() is None:
                process.send_signal(how)


def _database_answers() -> bool:
    connection.close()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def minutes_pass() -> None:
    """What dead hands held is given back, as it would be some minutes later."""
    long_ago = timezone.now() - delivery.STALE - dt.timedelta(seconds=1)
    Message.objects.filter(state=Message.State.CLAIMED).update(claimed_at=long_ago)
    Message.objects.filter(state=Message.State.DUE, retry_at__isnull=False).update(retry_at=None)
    MailSender.objects.update(lease_until=None)
    Wave.objects.filter(state=Wave.State.OPENING).update(opening_since=None)


def drill_delivery(size: int, seed: int = 7) -> dict[str, Any]:
    """The counts of one run; ``lost`` and ``repeated`` say whether it held."""
    size = size or 500
    wave = planned_wave(size)
    sink, servers = SinkProcess(pause=max(0.004, PAUSES / size)), Servers()
    hands = Hands(sink.url)
    run = Run(size, sink, hands, servers, random.Random(seed))
    try:
        run.to_the_end()
        return _counted(wave, sink, run.killed, size)
    finally:
        hands.stop()
        sink.stop()
        servers.stop()


class Run:
    """Kills by plan: first while the wave opens, then at random numbers of mails; ends when every mail has left."""

    def __init__(self, size: int, sink: SinkProcess, hands: Hands, servers: Servers, chance: random.Random) -> None:
        self.sink, self.hands, self.servers, self.chance = sink, hands, servers, chance
        self.killed: Counter[str] = Counter()
        kinds = ["worker", "postgres", "redis"] if servers.own else ["worker"]
        first = ["worker", "postgres" if servers.own else "worker"]
        rest = [kinds[n % len(kinds)] for n in range(KILLS - IN_OPENING)]
        chance.shuffle(first)
        chance.shuffle(rest)
        mails = sorted(chance.randrange(1, max(2, int(size * 0.95))) for _ in rest)
        self.plan = [*((kind, 0) for kind in first), *zip(rest, mails, strict=True)]
        self.begun = time.monotonic()
        # Beside other work each worker that is started again takes long.
        self.deadline = self.begun + 600 + size / 5
        self.ticked, self.looked, self.moved_at, self.moved_to = 0.0, 0.0, self.begun, 0

    @property
    def done(self) -> int:
        return sum(self.killed.values())

    def to_the_end(self) -> None:
        while time.monotonic() < self.deadline:
            if time.monotonic() - self.ticked > 2:
                _tick(self.hands)
                self.ticked = time.monotonic()
            if self.done < len(self.plan) and self._is_time():
                self._kill(self.plan[self.done][0])
            if self.done >= len(self.plan) and time.monotonic() - self.looked > 0.5:
                if self._finished():
                    return
                self.looked = time.monotonic()
            time.sleep(0.01)
        proof.progress(f"delivery: not finished in time ({self.done} kills, {self.sink.count()} mails)")

    def _is_time(self) -> bool:
        """Somebody is just opening the wave, or so many mails have left (or none will, and the opening is over)."""
        mails = self.plan[self.done][1]
        if mails:
            return self.sink.count() >= mails
        try:
            if Wave.objects.filter(state=Wave.State.OPENING, opening_since__isnull=False).exists():
                return True
            return Wave.objects.filter(state=Wave.State.OPEN).exists()
        except (DatabaseError, InterfaceError):
            connection.close()
            return False

    def _kill(self, kind: str) -> None:
        opens = not self.plan[self.done][1]
        time.sleep(self.chance.random() * 0.3)
        before = self.sink.count()
        if kind == "worker":
            # Which of the two opens the wave is not known from here.
            for which in range(2) if opens else [self.chance.randrange(2)]:
                self.hands.kill_one(which)
        elif kind == "postgres":
            self.servers.kill_postgres()
        else:
            self.servers.kill_redis()
        self.killed[kind] += 1
        state = "while opening" if opens and not before else f"after {before} mails"
        proof.progress(f"delivery: {time.monotonic() - self.begun:.0f} s: killed {kind} {state}")
        time.sleep(3)
        with suppress(DatabaseError, InterfaceError):
            minutes_pass()

    def _finished(self) -> bool:
        """Every mail is sent. What is claimed while nothing moves is a dead hand's; a living one is left to work."""
        moment, count = time.monotonic(), self.sink.count()
        if count != self.moved_to:
            self.moved_at, self.moved_to = moment, count
        try:
            if not Wave.objects.filter(state=Wave.State.OPEN).exists():
                return False
            unsent = Message.objects.filter(kind="invitation", state__in=[Message.State.DUE, Message.State.CLAIMED])
            if unsent.exists() and moment - self.moved_at > STILL:
                minutes_pass()
                self.moved_at = moment
            return not unsent.exists()
        except (DatabaseError, InterfaceError):
            connection.close()
            return False


def _tick(hands: Hands) -> None:
    hands.revive()
    with suppress(Exception):  # PostgreSQL or Redis may be away right now: that is the drill
        run_tick()


def _counted(wave: Wave, sink: SinkProcess, killed: Counter[str], size: int) -> dict[str, Any]:
    wave.refresh_from_db(fields=["state", "invited"])
    invitations = Invitation.objects.filter(wave=wave)
    got, kills = sink.got(), sum(killed.values())
    repeated = got.mails - len(got.by)
    most = max(got.by.values(), default=0)
    lost = size - len(got.by)
    held = (
        lost == 0
        and repeated <= kills
        and kills == KILLS
        and wave.state == Wave.State.OPEN
        and wave.invited == invitations.count() == invitations.values("employee").distinct().count() == size
        and not Message.objects.filter(kind="invitation").exclude(state=Message.State.SENT).exists()
    )
    return {
        "done": len(got.by),
        "lost": lost,
        "repeated": repeated,
        "most_to_one": most,
        "kills": kills,
        **{f"killed_{kind}": number for kind, number in sorted(killed.items())},
        "invitations": invitations.count(),
        "wave": wave.state,
        "held": held,
    }
