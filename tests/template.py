"""The migrated database that the test databases are copies of.

Migrating takes most of a minute, and every worker of pytest-xdist wants a database of its own: the migrations run once
into a *template* named after a hash of everything they read, and workers copy it in a second. A server of one's own
(``DATABASE_URL``) keeps its templates; of the embedded one, which lives for one run, the stopped cluster is kept in
``.data/tests``. Whatever is missing is made by whoever needs it first; ``python -m tests.template`` makes it ahead.
"""

from __future__ import annotations

import ast
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from config import embedded

BASE = Path(__file__).resolve().parent.parent
KEPT = BASE / ".data" / "tests"
WINGS = ("config", "culture", "programs", "surveys")
PREFIX = "trivium_template_"
# So many templates stay: those of the branches one goes back and forth between.
KEEP = 3


def _module(name: str) -> Path | None:
    path = BASE.joinpath(*name.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def _imports(file: Path) -> Iterator[Path]:
    """The project's own modules that ``file`` imports."""
    for node in ast.walk(ast.parse(file.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            if name.split(".")[0] in WINGS and (found := _module(name)):
                yield found


def sources() -> list[Path]:
    """Every file that decides what a migrated database holds."""
    migrations = {file for wing in WINGS for file in (BASE / wing / "migrations").rglob("*") if file.is_file()}
    read = {file for file in migrations if "__pycache__" not in file.parts}
    # What migrations import, and what that imports in turn; models only name functions for them.
    new = set(read)
    while new:
        wanted = {found for file in new if file.suffix == ".py" for found in _imports(file)} - read
        read |= wanted
        new = {file for file in wanted if "models" not in file.stem}
    return sorted(read | {BASE / "requirements.txt", BASE / "config" / "settings.py", Path(__file__).resolve()})


@cache
def name() -> str:
    """The template's name: another one after any change of what it is made from."""
    told = hashlib.sha256()
    for file in sources():
        told.update(f"{file.relative_to(BASE)}\0".encode())
        told.update(file.read_bytes())
    return PREFIX + told.hexdigest()[:12]


def _at(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _templates(connection: psycopg.Connection) -> list[str]:
    """The newest first."""
    rows = connection.execute(
        "select datname from pg_database where datname like %s and datistemplate order by oid desc", [f"{PREFIX}%"]
    )
    return [row[0] for row in rows]


def ensure(url: str) -> str:
    """The template's name in the server at ``url``: made there unless it is there already."""
    with psycopg.connect(_at(url, "postgres"), autocommit=True) as connection:
        if name() in _templates(connection):
            return name()
        # The others wait here for the one who makes it.
        connection.execute("select pg_advisory_lock(hashtext(%s))", [name()])
        if name() not in _templates(connection):
            _make(connection, url)
    return name()


def _make(connection: psycopg.Connection, url: str) -> None:
    new = f"{name()}_new"
    connection.execute(f'drop database if exists "{new}" with (force)')
    connection.execute(f'create database "{new}"')
    try:
        _migrate(_at(url, new))
        if name.__wrapped__() != name():
            raise RuntimeError("A migration was changed while the migrations ran: begin again.")
    except BaseException:
        connection.execute(f'drop database if exists "{new}" with (force)')
        raise
    connection.execute(f'alter database "{new}" rename to "{name()}"')
    connection.execute(f'alter database "{name()}" is_template true allow_connections false')
    for old in _templates(connection)[KEEP:]:
        connection.execute(f'alter database "{old}" is_template false')
        connection.execute(f'drop database if exists "{old}" with (force)')


def _migrate(url: str) -> None:
    with tempfile.TemporaryDirectory(prefix="trivium-migrate-") as folder:
        environment = {
            **os.environ,
            **{"DATABASE_URL": url, "DATA_DIR": folder, "SECRET_KEY": "only-for-tests-" * 5, "DEMO": "yes"},
            **{"BROKER_URL": "memory://", "CACHE_URL": "", "DJANGO_SETTINGS_MODULE": "config.settings"},
        }
        command = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
        done = subprocess.run(command, cwd=BASE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise RuntimeError(f"The migrations failed:\n{done.stdout.decode()[-6000:]}")


# -- the embedded server ---------------------------------------------------------------------------------------------


@contextmanager
def _alone() -> Iterator[None]:
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _copy(source: Path, target: Path) -> None:
    """With owners and modes: the servers may run as another user."""
    subprocess.run(["cp", "-a", "--", str(source), str(target)], check=True, stderr=subprocess.DEVNULL)


def kept_cluster() -> Path:
    """A stopped cluster that holds the template, made unless it is there already."""
    with _alone():
        kept = KEPT / name()
        if not kept.is_dir():
            _keep(kept)
        os.utime(kept)
        clusters = [folder for folder in KEPT.glob(f"{PREFIX}*") if folder.is_dir()]
        for old in sorted(clusters, key=lambda folder: folder.stat().st_mtime)[:-KEEP]:
            shutil.rmtree(old, ignore_errors=True)
    return kept


def _keep(kept: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="trivium-template-")).resolve()
    folder.chmod(0o711)
    try:
        services = embedded.Embedded(folder, fast=True)
        services.start()
        try:
            ensure(embedded.database_url(folder))
        finally:
            services.stop()
        # Copied beside and renamed when whole.
        new = kept.with_name("new")
        shutil.rmtree(new, ignore_errors=True)
        _copy(folder / "postgres", new)
        new.rename(kept)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lay(folder: Path) -> None:
    """Put the kept cluster where an embedded server is about to start; without one it starts empty."""
    try:
        _copy(kept_cluster(), folder / "postgres")
    except (OSError, subprocess.CalledProcessError):
        # A folder that cannot be written, or another user's: the run makes its own template.
        shutil.rmtree(folder / "postgres", ignore_errors=True)


@contextmanager
def services(folder: Path) -> Iterator[dict[str, str]]:
    """Embedded services of one's own, as users run them, the database migrated; yields their environment."""
    lay(folder)
    own = embedded.Embedded(folder)
    own.start()
    url = embedded.database_url(folder)
    try:
        with psycopg.connect(_at(url, "postgres"), autocommit=True) as connection:
            if name() in _templates(connection):
                connection.execute(f'drop database "{embedded.DATABASE}"')
                connection.execute(f'create database "{embedded.DATABASE}" template "{name()}"')
        yield {"DATA_DIR": str(folder), "DATABASE_URL": url, "BROKER_URL": embedded.broker_url(folder)}
    finally:
        own.stop()


if __name__ == "__main__":
    kept_cluster()
