"""The frame of `bench` and `drill`: services of their own, a fresh database, one JSON object per line."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config import embedded


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="trivium-")).resolve()
    folder.chmod(0o711)  # the servers may run as another user
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_apart(arguments: list[str]) -> int:
    """Run this very command again as its own process, on the configured services or on embedded ones of its own."""
    environment = {**os.environ, "TRIVIUM_APART": "1"}
    with temporary_folder() as folder:
        services = None
        environment["DATA_DIR"] = str(folder)
        if not (os.environ.get("DATABASE_URL") and os.environ.get("BROKER_URL")):
            services = embedded.Embedded(folder)
            services.start()
            environment.setdefault("DATABASE_URL", embedded.database_url(folder))
            environment.setdefault("BROKER_URL", embedded.broker_url(folder))
        try:
            return subprocess.run([sys.executable, "manage.py", *arguments], env=environment).returncode
        finally:
            if services:
                services.stop()


def apart() -> bool:
    return os.environ.get("TRIVIUM_APART") == "1"


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def peak_mb() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return round(max(own, children) / 1024, 1)


def bench_line(*, name: str, value: float, unit: str, size: int, baseline: float | None = None, **more: object) -> str:
    beside: dict[str, float | None] = {"baseline": None, "ratio": None}
    if baseline:
        beside = {"baseline": round(baseline, 4), "ratio": round(value / baseline, 3)}
    fields = {"name": name, "value": round(value, 4), "unit": unit, **beside}
    return json.dumps({**fields, "size": size, "peak_mb": peak_mb(), **more})


def drill_line(*, name: str, done: int, lost: int, repeated: int, kills: int, **more: object) -> str:
    return json.dumps({"name": name, "done": done, "lost": lost, "repeated": repeated, "kills": kills, **more})
