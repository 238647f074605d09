"""Uploaded files waiting to be confirmed: kept under ``DATA_DIR/imports`` with a random name, for one day."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Waiting:
    """One uploaded file: where it lies, what it was called, whose it is, how to read it."""

    token: str
    path: Path
    name: str
    by: int
    sha256: str
    encoding: str | None
    number_width: int | None


def _folder() -> Path:
    folder = Path(settings.DATA_DIR) / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _write(path: Path, content: bytes) -> None:
    """A file only this process's user can read: it holds everybody's names."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def keep(*, content: bytes, name: str, by: int, encoding: str | None, number_width: int | None) -> Waiting:
    """Keep ``content`` until it is confirmed or a day has passed."""
    _sweep()
    token = secrets.token_urlsafe(24)
    about = {
        "name": Path(name).name[:255],
        "by": by,
        "sha256": hashlib.sha256(content).hexdigest(),
        "encoding": encoding,
        "number_width": number_width,
    }
    path = _folder() / f"{token}.data"
    _write(path, content)
    _write(path.with_suffix(".json"), json.dumps(about).encode())
    return Waiting(token=token, path=path, **about)  # type: ignore[arg-type]


def find(token: str, *, by: int) -> Waiting | None:
    """The file of ``token``, when it is there and was uploaded by ``by``."""
    if not re.fullmatch(r"[\w-]{32}", token):
        return None
    path = _folder() / f"{token}.data"
    try:
        about = json.loads(path.with_suffix(".json").read_text())
    except (OSError, ValueError):
        return None
    if about["by"] != by or not path.exists():
        return None
    return Waiting(token=token, path=path, **about)


def drop(waiting: Waiting) -> None:
    """Remove the file."""
    waiting.path.unlink(missing_ok=True)
    waiting.path.with_suffix(".json").unlink(missing_ok=True)


def _sweep() -> None:
    """Remove what nobody confirmed within a day."""
    for path in _folder().iterdir():
        try:
            if path.stat().st_mtime < time.time() - KEPT_SECONDS:
                path.unlink()
        except FileNotFoundError:
            continue  # another upload swept it first
