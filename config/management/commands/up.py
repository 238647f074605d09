"""The whole product under one command: services, database, web, worker, beat."""

from __future__ import annotations

import fcntl
import hashlib
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.embedded import Embedded, EmbeddedError, check_folder
from config.settings import env, env_int
from config.supervisor import Supervisor, end_leftovers
from culture.people.models import Employee

PERSONAS = ("hr", "manager", "employee", "executive")
QUEUES = "default,mail,reports,sealing"


class Command(BaseCommand):
    help = "Run Trivium: web, worker and beat, with embedded PostgreSQL and Redis unless others are configured."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=env("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=env_int("PORT", 8000))
        parser.add_argument("--no-demo", action="store_true", help="do not load the demo organisation on first start")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if settings.EMBEDDED_DATABASE or settings.EMBEDDED_BROKER:
                check_folder(settings.DATA_DIR)
            settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
            status = self.run_all(**options)
        except EmbeddedError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(
                f"{error.filename or 'The system'}: {error.strerror}. Choose another DATA_DIR?"
            ) from None
        if status:
            sys.exit(status)

    def run_all(self, *, host: str, port: int, no_demo: bool, **options: Any) -> int:
        begun = time.monotonic()
        lock = only_one(settings.DATA_DIR)
        pids = settings.DATA_DIR / "up.json"
        end_leftovers(pids)
        port_is_free(host, port)
        services = None
        if settings.EMBEDDED_DATABASE or settings.EMBEDDED_BROKER:
            self.say("Starting PostgreSQL and Redis …")
            services = Embedded(settings.DATA_DIR)
            services.start()
        try:
            self.say("Preparing the database …")
            call_command("setup_data", verbosity=0)
            collect_static()
            if settings.DEMO and not no_demo:
                self.load_demo()
            supervisor = Supervisor(processes(host, port), folder=settings.BASE_DIR, pids=pids)
            supervisor.start()
            if answers(host, port, supervisor):
                self.greet(host, port, time.monotonic() - begun)
            return supervisor.run()
        except KeyboardInterrupt:
            return 130
        finally:
            self.say("Ending …")
            if services:
                services.stop()
            os.close(lock)

    def say(self, text: str) -> None:
        self.stdout.write(f"up     | {text}")
        self.stdout.flush()

    def load_demo(self) -> None:
        """On the first start only; in one transaction, so that an interrupted one leaves nothing behind."""
        if Employee.objects.exists():
            return
        self.say("First start: loading the demo organisation (about a minute) …")
        call_command("demo", verbosity=0)

    def greet(self, host: str, port: int, seconds: float) -> None:
        shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", ""} else host
        lines = [f"Trivium is up after {seconds:.1f} s: http://{shown}:{port}/"]
        if settings.DEMO:
            lines.append("Sign in with the password trivium as")
            lines += [f"    {name}@meridian.example" for name in PERSONAS]
            lines.append(f"The demo's mail: http://{shown}:{port}/demo/mailbox/")
        lines.append("Ctrl-C ends it.")
        for line in lines:
            self.say(line)


def only_one(data_dir: Path) -> int:
    """Hold the lock of this data folder. The kernel drops it with its process: it cannot grow stale."""
    try:
        handle = os.open(data_dir / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError:
        raise CommandError(
            f"{data_dir} belongs to another user: start Trivium as him, or choose another DATA_DIR."
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        who = os.read(handle, 20).decode().strip()
        os.close(handle)
        raise CommandError(
            f"Trivium already runs on {data_dir} (process {who or '?'}): end it first, or choose another DATA_DIR."
        ) from None
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()}\n".encode())
    return handle


def port_is_free(host: str, port: int) -> None:
    # getaddrinfo wraps round: 99999 would come back as 34463.
    if not 0 < port < 65536:
        raise CommandError(f"PORT is {port}: choose a number from 1 to 65535.")
    try:
        family, kind, *_, address = socket.getaddrinfo(host or "0.0.0.0", port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            # As the server does it: an address whose last connections linger in TIME_WAIT is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandError(f"Cannot listen on {host}:{port} ({reason}): choose another with PORT or HOST.") from None


def answers(host: str, port: int, supervisor: Supervisor) -> bool:
    """Wait until the web server accepts connections."""
    deadline = time.monotonic() + 60
    target = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    while time.monotonic() < deadline and not supervisor.ending.is_set():
        try:
            socket.create_connection((target, port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.1)
    return False


def processes(host: str, port: int) -> dict[str, list[str]]:
    """What runs, in the order in which it is ended."""
    python = sys.executable
    # No access log: addresses of answering pages are secrets (confidentiality.md).
    web = [python, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--no-ws"]
    web += ["--workers", env("WEB_PROCESSES", "2"), "--blocking-threads", env("WEB_THREADS", "4"), "--no-access-log"]
    # One that is killed (memory) is started again at once; the others go on.
    web += ["--respawn-failed-workers", "--respawn-interval", "0.2"]
    web += ["--workers-kill-timeout", "3", "--log-level", "warning", "config.wsgi:application"]
    celery = [python, "-m", "celery", "-A", "config.celery", "--quiet"]
    schedule = str(settings.DATA_DIR / "beat-schedule")
    worker = [*celery, "worker", "--queues", QUEUES, "--concurrency", env("WORKER_PROCESSES", "2"), "--without-mingle"]
    return {
        "web": web,
        "beat": [*celery, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "WARNING"],
        "worker": [*worker, "--without-gossip", "--loglevel", "WARNING"],
    }


def collect_static() -> None:
    """Gather the static files when one of them changed: hashing and compressing all takes seconds."""
    seen = hashlib.sha256()
    for app in sorted(apps.get_app_configs(), key=lambda found: found.name):
        folder = Path(app.path) / "static"
        seen.update(f"{app.name}{folder.is_dir()}".encode())
    for finder in finders.get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            found = os.stat(storage.path(path))
            seen.update(f"{path}:{found.st_size}:{found.st_mtime_ns};".encode())
    mark = settings.DATA_DIR / "static-collected"
    if mark.exists() and mark.read_text() == seen.hexdigest() and Path(settings.STATIC_ROOT).is_dir():
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    mark.write_text(seen.hexdigest())
