"""The embedded services: shared, kept, ended with the last user; every obstacle is one line."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import embedded


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="trivium-e-") as name:
        os.chmod(name, 0o711)
        yield Path(name).resolve()


def answers(folder: Path) -> bool:
    return embedded._answers(embedded.run_folder(folder) / ".s.PGSQL.5432")


def test_data_is_kept_and_the_last_one_out_ends_them(folder: Path) -> None:
    first, second = embedded.Embedded(folder, fast=True), embedded.Embedded(folder, fast=True)
    first.start()
    second.start()
    with psycopg.connect(embedded.database_url(folder), autocommit=True) as connection:
        connection.execute("create table kept (n int)")
        assert "18" in connection.execute("show server_version").fetchone()[0]  # type: ignore[index]
    first.stop()
    assert answers(folder)
    second.stop()
    assert not answers(folder)
    first.start()
    with psycopg.connect(embedded.database_url(folder)) as connection:
        connection.execute("select * from kept")
    first.stop()


def test_a_killed_user_leaves_nothing(folder: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from config import embedded;"
        "embedded.Embedded(Path(sys.argv[1]), fast=True).start(); print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE) as user:
        assert user.stdout and user.stdout.readline() == b"up\n"
        user.kill()
    deadline = time.monotonic() + 10
    while answers(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not answers(folder)


def test_a_half_made_cluster_is_made_anew(folder: Path) -> None:
    (folder / "postgres.new").mkdir()
    (folder / "postgres.new" / "rubbish").touch()
    (folder / "postgres").mkdir()
    services = embedded.Embedded(folder, fast=True)
    services.start()
    assert answers(folder)
    services.stop()


def test_a_long_path_takes_a_short_folder_for_its_sockets() -> None:
    long = Path("/tmp") / ("x" * 120)
    assert len(str(embedded.run_folder(long))) < 60
    assert embedded.run_folder(long) != embedded.run_folder(long / "y")


def test_an_impossible_folder_is_one_line(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(embedded.EmbeddedError, match="choose another with DATA_DIR"):
        embedded.Embedded(folder / "file" / "data").start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends the servers to another user")
def test_root_behind_a_closed_door_is_one_line(folder: Path) -> None:
    folder.chmod(0o700)
    with pytest.raises(embedded.EmbeddedError, match="may not pass through"):
        embedded.Embedded(folder / "data").start()
