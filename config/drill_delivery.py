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
    """What dead hands held is given back, as it would be ten minutes later."""
    long_ago = timezone.now() - delivery.STALE - dt.timedelta(seconds=1)
    Message.objects.filter(state=Message.State.CLAIMED).update(claimed_at=long_ago)
    Message.objects.filter(state=Message.State.DUE, retry_at__isnull=False).update(retry_at=None)
    MailSender.objects.update(lease_until=None)
    Wave.objects.filter(state=Wave.State.OPENING).update(opening_since=None)


def drill_delivery(size: int, seed: int = 7) -> dict[str, Any]:
    """The counts of one run; ``lost`` and ``repeated`` say whether it held."""
    size = size or 500
    chance, wave = random.Random(seed), planned_wave(size)
    sink, servers = SinkProcess(pause=max(0.004, PAUSES / size)), Servers()
    hands = Hands(sink.url)
    killed: Counter[str] = Counter()
    try:
        kinds = ["worker", "postgres", "redis"] if servers.own else ["worker"]
        plan = [kinds[n % len(kinds)] for n in range(KILLS)]
        chance.shuffle(plan)
        # Two kills while the wave opens (or just before the first mail), the others while mails leave.
        points = [0, 0, *sorted(chance.randrange(1, max(2, int(size * 0.95))) for _ in range(KILLS - 2))]
        _kill_and_wait(plan, points, sink, hands, servers, chance, killed, size)
        return _counted(wave, sink, killed, size)
    finally:
        hands.stop()
        sink.stop()
        servers.stop()


def _kill_and_wait(
    plan: list[str],
    points: list[int],
    sink: SinkProcess,
    hands: Hands,
    servers: Servers,
    chance: random.Random,
    killed: Counter[str],
    size: int,
) -> None:
    deadline, ticked = time.monotonic() + 300 + size / 10, 0.0
    opening_at = time.monotonic() + 6
    while time.monotonic() < deadline:
        if time.monotonic() - ticked > 2:
            _tick(hands)
            ticked = time.monotonic()
        done = sum(killed.values())
        if done < len(plan) and sink.count() >= points[done] and time.monotonic() >= opening_at:
            time.sleep(chance.random() * 0.3)
            if plan[done] == "worker":
                hands.kill_one(chance.randrange(2))
            elif plan[done] == "postgres":
                servers.kill_postgres()
            else:
                servers.kill_redis()
            killed[plan[done]] += 1
            proof.progress(f"delivery: killed {plan[done]} after {sink.count()} mails")
            time.sleep(3)
            with suppress(DatabaseError, InterfaceError):
                minutes_pass()
            # The next kill of the opening comes soon, but not before somebody works again.
            opening_at = time.monotonic() + chance.random() * 3
        if done >= len(plan) and _finished():
            return
        time.sleep(0.01)
    proof.progress("delivery: not finished in time")


def _tick(hands: Hands) -> None:
    hands.revive()
    with suppress(Exception):  # PostgreSQL or Redis may be away right now: that is the drill
        run_tick()


def _finished() -> bool:
    try:
        if not Wave.objects.filter(state=Wave.State.OPEN).exists():
            return False
        unsent = Message.objects.filter(kind="invitation", state__in=[Message.State.DUE, Message.State.CLAIMED])
        if unsent.exists() and not unsent.filter(state=Message.State.DUE).exists():
            minutes_pass()
        return not unsent.exists()
    except (DatabaseError, InterfaceError):
        connection.close()
        return False


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
