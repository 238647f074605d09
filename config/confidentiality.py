"""Whether this installation keeps the promise: what is set around the code, and would tell who said what.

One check for ``manage.py check_confidentiality``, ``manage.py check --deploy``, /readyz and the tests. An *error* gives
answers or people away as things are; a *warning* may, or makes it easier.
"""

from __future__ import annotations

import logging
import os
import shlex
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from surveys.waves import keeping
from surveys.waves.keystore import FileStore, store

ERROR, WARNING = "error", "warning"
PLANTED = "planted-4f1c9b"


@dataclass(frozen=True)
class Finding:
    """``name``: what was looked at. ``problem``: how it is. ``change``: what to do."""

    level: str
    name: str
    problem: str
    change: str

    @property
    def is_error(self) -> bool:
        return self.level == ERROR

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.level.upper():7} {self.name}: {self.problem}. {self.change}"


def findings(*, of_keys: bool = True) -> list[Finding]:
    """Everything that is wrong, errors first. Raises DatabaseError if the database does not answer."""
    looks: list[Callable[[], Iterator[Finding]]] = [_postgres, _binding, _logs, _access_logs, _process, _key_folder]
    looks += [_together] + ([_keys] if of_keys else [])
    found = [one for look in looks for one in look()]
    return sorted(found, key=lambda one: (not one.is_error, one.name))


# -- PostgreSQL ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rule:
    """A setting of the server: which values are good, and what to write instead."""

    good: Callable[[str], bool]
    write: str
    why: str
    level: str = ERROR
    # Said by an extension that may not be loaded: then there is no such setting.
    optional: bool = False


def _one_of(*values: str) -> Callable[[str], bool]:
    return lambda value: value in values


RULES: Mapping[str, Rule] = {
    "log_statement": Rule(_one_of("none", "ddl"), "none", "statements in the log say who answered when"),
    "log_min_duration_statement": Rule(_one_of("-1"), "-1", "slow statements are logged, with when they ran"),
    "log_min_duration_sample": Rule(_one_of("-1"), "-1", "samples of statements are logged"),
    "log_transaction_sample_rate": Rule(_one_of("0"), "0", "whole transactions are logged: mark and envelope together"),
    "log_duration": Rule(_one_of("off"), "off", "each statement's moment is logged", WARNING),
    "log_parameter_max_length": Rule(_one_of("0"), "0", "logged statements carry their values", WARNING),
    "log_parameter_max_length_on_error": Rule(_one_of("0"), "0", "a failing statement's values are logged"),
    "log_min_error_statement": Rule(
        _one_of("fatal", "panic"), "panic", "the statements of errors and of waiting locks are logged"
    ),
    "log_error_verbosity": Rule(_one_of("terse"), "terse", "error details quote whole rows"),
    "log_lock_waits": Rule(_one_of("off"), "off", "waiting submits are logged with their moment", WARNING),
    "debug_print_parse": Rule(_one_of("off"), "off", "queries are logged in the server's own form"),
    "debug_print_rewritten": Rule(_one_of("off"), "off", "queries are logged in the server's own form"),
    "debug_print_plan": Rule(_one_of("off"), "off", "queries are logged in the server's own form"),
    "track_commit_timestamp": Rule(_one_of("off"), "off", "the moment of every answer is kept"),
    "auto_explain.log_min_duration": Rule(_one_of("-1"), "-1", "statements are logged by auto_explain", optional=True),
    "pgaudit.log": Rule(_one_of("none", ""), "none", "statements are logged by pgaudit", optional=True),
    "pg_stat_statements.track": Rule(
        _one_of("none"), "none", "statement statistics count who saves when", WARNING, optional=True
    ),
    "pg_stat_monitor.pgsm_query_max_len": Rule(
        lambda value: False, "(unload pg_stat_monitor)", "pg_stat_monitor keeps statements by the minute", optional=True
    ),
}
LIBRARIES = {
    "auto_explain": "statements can be logged by it",
    "pg_stat_statements": "it counts statements",
    "pgaudit": "it logs statements",
    "pg_stat_monitor": "it keeps statements by the minute",
}


def _postgres() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        wanted = [*RULES, "shared_preload_libraries", "session_preload_libraries", "local_preload_libraries"]
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [wanted])
        found = dict(cursor.fetchall())
    yield from judge(found)


def judge(found: Mapping[str, str]) -> Iterator[Finding]:
    """The findings of these settings. Pure."""
    for name, rule in RULES.items():
        value = found.get(name)
        if value is None:
            if not rule.optional:
                change = "Let this role see it: GRANT pg_read_all_settings TO the role of DATABASE_URL."
                yield Finding(WARNING, f"postgresql {name}", "it cannot be seen by this role", change)
        elif not rule.good(value):
            change = f"Set {name} = {rule.write} in postgresql.conf and reload."
            yield Finding(rule.level, f"postgresql {name}", f"it is {value}: {rule.why}", change)
    loaded = ",".join(found.get(f"{kind}_preload_libraries", "") for kind in ("shared", "session", "local"))
    for library, why in LIBRARIES.items():
        mine = [name for name in found if name.startswith(f"{library}.")]
        if library in loaded and not mine:
            change = f"Take {library} out of the preload libraries of this database."
            yield Finding(WARNING, f"postgresql {library}", f"it is loaded: {why}", change)


def _binding() -> Iterator[Finding]:
    """Tried, not only read: a value sent beside the statement must not stand in pg_stat_activity."""
    change = 'Set "OPTIONS": {"server_side_binding": True} for the database in the settings.'
    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid() AND %s <> ''", [PLANTED])
        row = cursor.fetchone()
    if row is not None and PLANTED in (row[0] or ""):
        problem = "answers stand in the text of statements, in pg_stat_activity and every log"
        yield Finding(ERROR, "server-side binding", problem, change)


# -- our own logs ----------------------------------------------------------------------------------------------------

SECRET_PATH = "/s/" + "x" * 40 + "/"


def _logs() -> Iterator[Finding]:
    """Each logger that is told of requests is given a personal link and must not say it."""
    for name, arguments in (
        ("django.request", ("Internal Server Error: %s", SECRET_PATH)),
        ("django.security.DisallowedHost", ("Invalid HTTP_HOST header for %s", SECRET_PATH)),
        ("django.server", ('"GET %s HTTP/1.1" 200 1', SECRET_PATH)),
    ):
        for handler in _handlers(name, logging.ERROR):
            if SECRET_PATH in _said(handler, name, *arguments):
                problem = f"its handler {type(handler).__name__} writes personal links"
                yield Finding(ERROR, f"log {name}", problem, "Give it the formatter config.logs.WithoutAddress.")
    if settings.DEBUG:
        yield Finding(ERROR, "DEBUG", "error pages and reports show answers and links", "Set DEBUG=no.")
    if logging.getLogger().getEffectiveLevel() <= logging.DEBUG:
        yield Finding(WARNING, "LOG_LEVEL", "it is DEBUG: libraries log what they handle", "Set LOG_LEVEL=WARNING.")
    if not settings.CELERY_TASK_IGNORE_RESULT or getattr(settings, "CELERY_RESULT_BACKEND", None):
        yield Finding(WARNING, "celery", "results of tasks are kept", "Set CELERY_TASK_IGNORE_RESULT and no backend.")


def _handlers(name: str, level: int) -> Iterator[logging.Handler]:
    logger: logging.Logger | None = logging.getLogger(name)
    if logger is not None and not logger.isEnabledFor(level):
        return
    while logger is not None:
        # pytest listens in on every logger.
        mine = [one for one in logger.handlers if not type(one).__module__.startswith("_pytest.")]
        yield from (handler for handler in mine if handler.level <= level)
        logger = logger.parent if logger.propagate else None


def _said(handler: logging.Handler, name: str, message: str, *arguments: Any) -> str:
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, arguments, None)
    record.status_code = 500
    record.request = SimpleNamespace(path=SECRET_PATH, META={})
    record.server_time = "now"
    return handler.format(record) if handler.filter(record) else ""


def _access_logs() -> Iterator[Finding]:
    """Servers are told by flags and by the environment; both are looked at, of this process and of its parent."""
    change = "Start the web server without an access log (granian --no-access-log); a proxy must not log /s/ and /k/."
    told = {name: value for name, value in os.environ.items() if name.startswith(("GRANIAN_", "GUNICORN_"))}
    if told.get("GRANIAN_LOG_ACCESS_ENABLED", "").lower() in {"1", "true", "yes", "on"}:
        yield Finding(ERROR, "access log", "GRANIAN_LOG_ACCESS_ENABLED writes personal links", change)
    lines = [shlex.split(told.get("GUNICORN_CMD_ARGS", "")), *_command_lines()]
    for words in lines:
        if any(word == "--access-log" or word.startswith(("--access-logfile", "--access-logformat")) for word in words):
            yield Finding(ERROR, "access log", "the web server's access log holds personal links", change)
            return


def _command_lines() -> Iterator[list[str]]:
    for pid in (os.getpid(), os.getppid()):
        try:
            yield Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            yield list(sys.argv)


def _process() -> Iterator[Finding]:
    """A core dump of a web process holds keys and answers."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    if resource.getrlimit(resource.RLIMIT_CORE)[0] != 0 and not settings.DEMO:
        yield Finding(WARNING, "core dumps", "a crash may write keys and answers to disk", "Set ulimit -c 0.")


# -- keys ------------------------------------------------------------------------------------------------------------


def _key_folder() -> Iterator[Finding]:
    place = store()
    if not isinstance(place, FileStore):
        return
    folder = place.folder
    if problem := keeping.store_problem():
        yield Finding(ERROR, "keys", problem.rstrip("."), "No wave can open until this is repaired.")
        return
    if not folder.exists():
        return
    for path, wanted in [(folder, 0o700), *((path, 0o600) for path in sorted(folder.glob("wave-*.json")))]:
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_symlink() and path is not folder:
            yield Finding(ERROR, "keys", f"{path} is a link to another place", "Keep the file itself here.")
        elif mode & ~wanted:
            change = f"chmod {wanted:o} {path}"
            yield Finding(ERROR, "keys", f"{path} can be read by others (mode {mode:o})", f"Run: {change}.")
        elif path.stat().st_uid not in (os.geteuid(), 0):
            yield Finding(WARNING, "keys", f"{path} belongs to another user", "Give it to the user Trivium runs as.")
    for served in (settings.MEDIA_ROOT, settings.STATIC_ROOT):
        if served and _within(folder, Path(served)):
            yield Finding(ERROR, "keys", f"{folder} lies in {served}, which is served", "Move KEYS_DIR.")


def _together() -> Iterator[Finding]:
    """Keys beside the database, or copies of both in one place: together they read every answer."""
    place = store()
    folders = [place.folder] if isinstance(place, FileStore) else []
    if settings.KEYS_BACKUP_DIR:
        folders.append(Path(settings.KEYS_BACKUP_DIR))
    change = "Keep keys and copies of the database on different disks, with different rights."
    for folder in folders:
        for path in keeping.database_copies([folder])[:3]:
            yield Finding(ERROR, "keys and backups", f"{path} is a copy of the database beside keys", change)
    if settings.DATABASE_BACKUP_DIR:
        backups = Path(settings.DATABASE_BACKUP_DIR)
        for path in sorted({*backups.glob("wave-*.json"), *backups.glob("*/wave-*.json")})[:3]:
            yield Finding(ERROR, "keys and backups", f"{path} is a key beside copies of the database", change)
        for folder in folders:
            if _within(folder, backups) or _within(backups, folder):
                yield Finding(ERROR, "keys and backups", f"{folder} and {backups} are one place", change)
    if settings.KEYS_BACKUP_DIR and (old := keeping.leftovers(Path(settings.KEYS_BACKUP_DIR))):
        waves = ", ".join(map(str, old[:10]))
        problem = f"keys of waves that are over still lie in KEYS_BACKUP_DIR ({waves})"
        yield Finding(ERROR, "keys and backups", problem, "Run: manage.py keys prune.")
    for folder in folders:
        if (cluster := _cluster_beside(folder)) and not settings.DEMO:
            problem = f"{folder} and the database {cluster} lie in one folder, so a copy of it holds both"
            yield Finding(ERROR, "keys and backups", problem, "Set KEYS_DIR to a folder of its own.")


def _cluster_beside(folder: Path) -> Path | None:
    """A database's folder that a copy of the keys' parent would take along, or that holds the keys."""
    for at in (folder, *list(folder.resolve().parents)[:2]):
        if at == Path("/"):
            return None
        for candidate in (at, *(child for child in _folders(at))):
            if (candidate / "PG_VERSION").exists():
                return candidate
    return None


def _folders(at: Path) -> list[Path]:
    try:
        return [child for child in at.iterdir() if child.is_dir()]
    except OSError:
        return []


def _within(path: Path, upper: Path) -> bool:
    return path.resolve().is_relative_to(upper.resolve())


def _keys() -> Iterator[Finding]:
    for one in keeping.troubles():
        yield Finding(ERROR, f"keys of wave {one.wave_id}", one.why.rstrip("."), one.what_to_do)


__all__ = ["DatabaseError", "Finding", "findings", "judge"]
