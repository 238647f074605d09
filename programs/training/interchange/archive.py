"""The files of a course folder: from a directory, from a zip somebody uploads, and back into a zip. Pure.

What is refused, and why: names that lead out of the folder (``../``, absolute, drive letters), links, encrypted
entries, more files or bytes than a course needs. A bomb is stopped by counting what is really unpacked: what the
archive says of itself is not believed.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

MEGABYTE = 1_000_000
LARGEST_FILE = 20 * MEGABYTE
LARGEST_COURSE = 60 * MEGABYTE
MOST_FILES = 600
CHUNK = 1 << 16
HEAD = "course.toml"
# What computers leave in folders by themselves.
_litter = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".git"}


class Unreadable(ValueError):
    """The folder as a whole cannot be read; the message says why and what to do."""


def from_folder(folder: Path) -> dict[str, bytes]:
    """{path inside the folder: content}; nothing outside of it is followed."""
    root = folder.resolve()
    found: dict[str, bytes] = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_dir() or _is_litter(name):
            continue
        if path.is_symlink():
            raise Unreadable(_("%(name)s is a link: put the file itself into the folder.") % {"name": name})
        _count(name, path.stat().st_size, found)
        found[name] = path.read_bytes()
    return _below_head(found)


def from_zip(content: bytes) -> dict[str, bytes]:
    """{path: content}, below the folder that holds ``course.toml``."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise Unreadable(_("This is not a zip file, or it is damaged: make it again.")) from error
    found: dict[str, bytes] = {}
    for entry in entries:
        name = _safe_name(entry)
        if entry.is_dir() or _is_litter(name):
            continue
        if name in found:
            raise Unreadable(_("%(name)s is in the archive twice.") % {"name": name})
        found[name] = _unpacked(archive, entry, name, found)
    return _below_head(found)


def _safe_name(entry: zipfile.ZipInfo) -> str:
    name = entry.filename.replace("\\", "/")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or ":" in name or "\0" in name:
        raise Unreadable(_("The archive wants to write outside its folder (%(name)s): refused.") % {"name": name[:80]})
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Unreadable(_("%(name)s is a link: put the file itself into the folder.") % {"name": name[:80]})
    if entry.flag_bits & 1:
        raise Unreadable(_("The archive is encrypted: make it without a password."))
    return path.as_posix()


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, found: Mapping[str, bytes]) -> bytes:
    parts: list[bytes] = []
    size = 0
    _count(name, size, found)
    try:
        with archive.open(entry) as stream:
            while part := stream.read(CHUNK):
                size += len(part)
                _count(name, size, found)
                parts.append(part)
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - zlib, lzma and zipfile each raise their own for damaged data
        raise Unreadable(_("%(name)s is damaged in the archive: make it again.") % {"name": name}) from error
    return b"".join(parts)


def _count(name: str, size: int, found: Mapping[str, bytes]) -> None:
    if len(found) >= MOST_FILES:
        raise Unreadable(_("A course has %(most)d files at most.") % {"most": MOST_FILES})
    if size > LARGEST_FILE:
        told = _("%(name)s is larger than %(most)d MB: make it smaller, or link to it.")
        raise Unreadable(told % {"name": name, "most": LARGEST_FILE // MEGABYTE})
    if size + sum(map(len, found.values())) > LARGEST_COURSE:
        raise Unreadable(_("The course is larger than %(most)d MB unpacked.") % {"most": LARGEST_COURSE // MEGABYTE})


def _is_litter(name: str) -> bool:
    return any(part in _litter or part.startswith("._") for part in PurePosixPath(name).parts)


def _below_head(found: dict[str, bytes]) -> dict[str, bytes]:
    """Without the folders above ``course.toml``; there must be exactly one."""
    heads = sorted((name for name in found if PurePosixPath(name).name == HEAD), key=lambda name: name.count("/"))
    if not heads:
        raise Unreadable(_("There is no course.toml: it says what the course is called and which languages it has."))
    if len(heads) > 1:
        raise Unreadable(
            _("There is more than one course (%(names)s): bring one at a time.") % {"names": ", ".join(heads)}
        )
    above = heads[0].removesuffix(HEAD)
    return {name.removeprefix(above): content for name, content in found.items() if name.startswith(above)}


def to_zip(files: Mapping[str, bytes], folder: str) -> bytes:
    """The same files in one zip, in ``folder``; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{name}", (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()
