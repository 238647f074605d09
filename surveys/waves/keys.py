"""The keys of a wave, in a file outside PostgreSQL (``KEYS_DIR``), so that the database alone reads and links nothing.

A file holds the private key that opens the wave's envelopes and the secret from which personal links and draft keys
derive. Links are derived, never stored: whoever holds only the database can neither make nor recognise one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.utils import random

ID_BYTES = 6
MAC_BYTES = 18  # 144 bits; with two ids a token is exactly 40 characters without padding
TOKEN_LENGTH = (2 * ID_BYTES + MAC_BYTES) * 4 // 3
# Whoever hands a link out (a code, a tablet, HR's page) could follow it himself. Such a link carries a visit: it opens
# a draft of its own, and neither the mailed link nor another visit can be made from it.
VISIT = re.compile(r"[0-9a-f]{16,32}\Z")
KIOSK = re.compile(r"([0-9a-z]{2,26})-([0-9a-f]{24})\Z")


class KeyMissing(Exception):
    """The wave's key file is not there or cannot be read: lost, destroyed, or never made."""


@dataclass(frozen=True, repr=False)
class WaveKeys:
    private: bytes
    secret: bytes

    @property
    def public(self) -> bytes:
        return bytes(PrivateKey(self.private).public_key)


def create(wave_id: int) -> bytes:
    """The wave's public key; makes the key file if there is none yet (an opening that crashed finds its own again)."""
    path = _path(wave_id)
    if not path.exists():
        _write_once(path, {"wave": wave_id, "private": bytes(PrivateKey.generate()).hex(), "secret": random(32).hex()})
    keys = load(wave_id)
    check(wave_id, keys.public)
    return keys.public


def load(wave_id: int) -> WaveKeys:
    try:
        stored = json.loads(_path(wave_id).read_bytes())
        keys = WaveKeys(bytes.fromhex(stored["private"]), bytes.fromhex(stored["secret"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeyMissing(f"The keys of wave {wave_id} cannot be read.") from error
    if stored.get("wave") != wave_id or len(keys.private) != 32 or len(keys.secret) != 32:
        raise KeyMissing(f"The keys of wave {wave_id} are damaged.")
    return keys


def private_key(wave_id: int) -> PrivateKey:
    return PrivateKey(load(wave_id).private)


def exists(wave_id: int) -> bool:
    return _path(wave_id).exists()


def check(wave_id: int, public: bytes) -> None:
    """Seal and open something, so that a lost or foreign key is noticed before anybody answers."""
    private = private_key(wave_id)
    probe = random(32)
    try:
        opened = SealedBox(private).decrypt(SealedBox(PublicKey(bytes(public))).encrypt(probe))
    except CryptoError as error:
        raise KeyMissing(f"The key file of wave {wave_id} belongs to another key.") from error
    if not hmac.compare_digest(opened, probe):
        raise KeyMissing(f"The keys of wave {wave_id} do not work.")


def link_token(wave_id: int, invitation_id: int) -> str:
    """The personal link's token: two ids and their code under the wave's secret."""
    return _token(load(wave_id).secret, wave_id, invitation_id)


def token_of(keys: WaveKeys, wave_id: int, invitation_id: int) -> str:
    """As :func:`link_token`, for whoever makes many."""
    return _token(keys.secret, wave_id, invitation_id)


def visit_token(wave_id: int, invitation_id: int, visit: str = "") -> str:
    """A link for one visit (default: a new one), with a draft of its own."""
    visit = visit or random(12).hex()
    return f"{_token(load(wave_id).secret, wave_id, invitation_id, visit)}.{visit}"


def is_visit(token: str) -> bool:
    """Whether a good link was made by :func:`visit_token`."""
    return "." in token


def resolve_token(token: str) -> tuple[int, int] | None:
    """(wave id, invitation id), or None for anything that is not a link of a wave whose keys exist."""
    base, dot, visit = token.partition(".")
    ids = _ids(base)
    if ids is None or (dot and not VISIT.match(visit)):
        return None
    try:
        secret = load(ids[0]).secret
    except KeyMissing:
        return None
    return ids if hmac.compare_digest(_token(secret, *ids, visit).encode(), base.encode()) else None


def message_mark(keys: WaveKeys, message_id: int) -> str:
    """What a mail's Message-ID ends in: a bounce that carries it speaks of a mail that we sent."""
    return _derive(keys.secret, b"message-id", message_id.to_bytes(8, "big"), 10).hex()


def code_digest(keys: WaveKeys, code: str) -> bytes:
    """What is stored of a printed code; without the wave's secret it leads back to none."""
    return _derive(keys.secret, b"code", code.encode(), 16)


def kiosk_token(wave_id: int, kiosk_id: int) -> str:
    """The address of a shared tablet: derived like a personal link."""
    place = f"{wave_id}z{kiosk_id}"
    return f"{place}-{_derive(load(wave_id).secret, b'kiosk', place.encode(), 12).hex()}"


def resolve_kiosk(token: str) -> tuple[int, int] | None:
    """(wave id, kiosk id), or None."""
    found = KIOSK.match(token)
    wave, _z, kiosk = (found[1] if found else "").partition("z")
    if not (wave.isdecimal() and kiosk.isdecimal()) or max(len(wave), len(kiosk)) > 12:
        return None
    try:
        good = hmac.compare_digest(kiosk_token(int(wave), int(kiosk)), token)
    except KeyMissing:
        return None
    return (int(wave), int(kiosk)) if good else None


def kiosk_box(wave_id: int, kiosk_id: int) -> bytes:
    """The SecretBox key of a tablet's cookie."""
    return _derive(load(wave_id).secret, b"kiosk-cookie", str(kiosk_id).encode(), 32)


def draft_key(token: str) -> tuple[bytes, bytes]:
    """(key of the draft's row, SecretBox key). Neither leads back to the invitation without the wave's secret."""
    ids = resolve_token(token)
    if ids is None:
        raise KeyMissing("This link is not valid.")
    secret = load(ids[0]).secret
    return _derive(secret, b"draft-row", token.encode(), 32), _derive(secret, b"draft-box", token.encode(), 32)


def destroy(wave_id: int) -> None:
    """Remove the keys for good. Repeatable. (Overwriting is best effort: some disks keep old blocks.)"""
    path = _path(wave_id)
    try:
        with path.open("r+b") as file:
            file.write(b"\0" * os.fstat(file.fileno()).st_size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return
    _sync_folder(path.parent)


def _path(wave_id: int) -> Path:
    return Path(settings.KEYS_DIR) / f"wave-{int(wave_id)}.json"


def _write_once(path: Path, content: dict[str, int | str]) -> None:
    """Complete or not at all, and never over another's: the link fails if the file appeared meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(content).encode())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return
    finally:
        os.unlink(temporary)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _derive(secret: bytes, purpose: bytes, message: bytes, size: int) -> bytes:
    return hashlib.blake2b(message, key=secret, person=purpose, digest_size=size).digest()


def _token(secret: bytes, wave_id: int, invitation_id: int, visit: str = "") -> str:
    ids = wave_id.to_bytes(ID_BYTES, "big") + invitation_id.to_bytes(ID_BYTES, "big")
    purpose = b"visit" if visit else b"link"
    return base64.urlsafe_b64encode(ids + _derive(secret, purpose, ids + visit.encode(), MAC_BYTES)).decode()


def _ids(token: str) -> tuple[int, int] | None:
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return int.from_bytes(raw[:ID_BYTES], "big"), int.from_bytes(raw[ID_BYTES : 2 * ID_BYTES], "big")
