"""Where the keys of waves are kept: outside PostgreSQL. A store is named by the setting ``KEY_STORE``.

A store keeps one small record per wave (bytes; see keys.py for what is in it) and must

- give it to every process that needs it: web processes and the workers of the queues default, mail and sealing, on all
  hosts;
- never let a second ``create`` win over a first one: links were made with the first;
- forget it for good when told to.

:class:`FileStore` is the default. A store of another kind (a vault, an HSM's key-value side) is a class with the same
seven methods; everything above it, the checks included, stays as it is.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

NAME = re.compile(r"wave-([0-9]{1,12})\.json\Z")


class StoreError(Exception):
    """The store cannot do it; the text says in plain words what is wrong."""


class KeyStore(Protocol):
    def read(self, wave_id: int) -> bytes:
        """The record; raises :class:`StoreError` if it is not there or cannot be read."""

    def stamp(self, wave_id: int) -> Any:
        """Something that changes whenever the record does; None if the store cannot tell: then it is read each time.

        Raises :class:`StoreError` if there is no record: one destroyed elsewhere must not live on in this process.
        """

    def create(self, wave_id: int, record: bytes) -> bool:
        """Keep a new record; False, changing nothing, if the wave has one. Raises :class:`StoreError`."""

    def replace(self, wave_id: int, record: bytes) -> None:
        """Put ``record`` in the place of the one there is: wholly or not at all. Raises :class:`StoreError`."""

    def destroy(self, wave_id: int) -> None:
        """Forget the record for good; repeatable. Raises :class:`StoreError`."""

    def waves(self) -> list[int]:
        """The waves there are records of. Raises :class:`StoreError`."""

    def problem(self) -> str:
        """Why no new record could be made now, in plain words; '' if nothing is in the way."""


class FileStore:
    """One file per wave in ``folder``, mode 0600, written completely or not at all.

    Several hosts share the folder (a network file system that knows hard links and atomic renames, as NFS does), or
    each get the files by ``manage.py keys restore``.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        return Path(self._folder if self._folder is not None else settings.KEYS_DIR)

    def path(self, wave_id: int) -> Path:
        return self.folder / f"wave-{int(wave_id)}.json"

    def read(self, wave_id: int) -> bytes:
        path = self.path(wave_id)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise StoreError(f"There is no file {path}.") from None
        except OSError as error:
            raise StoreError(f"{path} cannot be read: {error.strerror}.") from error

    def stamp(self, wave_id: int) -> tuple[str, int, int, int]:
        path = self.path(wave_id)
        try:
            found = path.stat()
        except FileNotFoundError:
            raise StoreError(f"There is no file {path}.") from None
        except OSError as error:
            raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
        return str(path), found.st_ino, found.st_mtime_ns, found.st_size

    def create(self, wave_id: int, record: bytes) -> bool:
        path = self.path(wave_id)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary = self._written(record)
            try:
                # Fails if the file appeared meanwhile: never over another's.
                os.link(temporary, path)
            except FileExistsError:
                return False
            finally:
                os.unlink(temporary)
            _sync(path.parent)
        except OSError as error:
            raise StoreError(f"No key can be written in {path.parent}: {error.strerror}.") from error
        return True

    def replace(self, wave_id: int, record: bytes) -> None:
        path = self.path(wave_id)
        if not path.exists():
            raise StoreError(f"There is no file {path}.")
        try:
            os.replace(self._written(record), path)
            _sync(path.parent)
        except OSError as error:
            raise StoreError(f"{path} cannot be written: {error.strerror}.") from error

    def destroy(self, wave_id: int) -> None:
        """Overwriting is best effort: some disks, and every snapshot of them, keep old blocks."""
        path = self.path(wave_id)
        try:
            with path.open("r+b") as file:
                file.write(b"\0" * os.fstat(file.fileno()).st_size)
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            _sync(path.parent)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"{path} cannot be destroyed: {error.strerror}.") from error

    def waves(self) -> list[int]:
        try:
            names = [found.name for found in self.folder.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(f"{self.folder} cannot be read: {error.strerror}.") from error
        return sorted(int(match[1]) for name in names if (match := NAME.match(name)))

    def problem(self) -> str:
        folder = self.folder
        at = folder
        while not at.exists() and at != at.parent:
            at = at.parent
        if not at.is_dir():
            return f"{at} is a file: KEYS_DIR must be a folder."
        if not os.access(at, os.R_OK | os.W_OK | os.X_OK):
            return f"{at} cannot be written by this process: give it to the user Trivium runs as."
        if os.statvfs(at).f_bavail == 0:
            return f"The disk of {at} is full."
        return ""

    def _written(self, record: bytes) -> str:
        """A new file beside the others with ``record`` safely on the disk."""
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=".new-")  # mkstemp makes it 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(record)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            os.unlink(temporary)
            raise
        return temporary


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


_chosen: dict[str, KeyStore] = {}


def store() -> KeyStore:
    """The store the settings name."""
    name = settings.KEY_STORE
    if name not in _chosen:
        _chosen[name] = import_string(name)()
    return _chosen[name]
