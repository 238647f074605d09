"""The keys of a wave, kept outside PostgreSQL (see keystore.py), so that the database alone reads and links nothing.

A record holds the private key that opens the wave's envelopes, those it had before a rotation, and the secret from
which personal links and draft keys derive. Links are derived, never stored: whoever holds only the database can neither
make nor recognise one. The secret is never rotated: every link, printed code and draft would be dead.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.utils import random

from surveys.waves import receipts
from surveys.waves.keystore import StoreError, store

ID_BYTES = 6
MAC_BYTES = 18  # 144 bits; with two ids a token is exactly 40 characters without padding
TOKEN_LENGTH = (2 * ID_BYTES + MAC_BYTES) * 4 // 3
# Whoever hands a link out (a code, a tablet, HR's page) could follow it himself. Such a link carries a visit: it opens
# a draft of its own, and neither the mailed link nor another visit can be made from it.
VISIT = re.compile(r"[0-9a-f]{16,32}\Z")
KIOSK = re.compile(r"([0-9a-z]{2,26})-([0-9a-f]{24})\Z")


MOST_KNOWN = 64


class KeyMissing(Exception):
    """The wave's keys are not there or cannot be read: lost, destroyed, or never made. The text says what is wrong."""


@dataclass(frozen=True, repr=False)
class WaveKeys:
    """``earlier``: private keys of before a rotation; what was sealed for them is still to be opened."""

    private: bytes
    secret: bytes
    earlier: tuple[bytes, ...] = ()

    @property
    def public(self) -> bytes:
        return bytes(PrivateKey(self.private).public_key)


# Wave → (stamp of its record, its keys).
_known: dict[int, tuple[Any, WaveKeys]] = {}


def create(wave_id: int) -> bytes:
    """The wave's public key; makes the keys if there are none yet (an opening that crashed finds its own again).

    They are read back and tried before anybody relies on them. Raises :class:`KeyMissing`.
    """
    if not exists(wave_id):
        made = WaveKeys(bytes(PrivateKey.generate()), random(32))
        try:
            store().create(wave_id, _record(wave_id, made))
        except StoreError as error:
            raise KeyMissing(str(error)) from error
    public = load(wave_id).public
    check(wave_id, public)
    return public


def load(wave_id: int) -> WaveKeys:
    """The wave's keys, kept in this process for as long as their record stays the same."""
    place = store()
    try:
        stamp = (id(place), place.stamp(wave_id))
        known = _known.get(wave_id)
        if known is not None and known[0] == stamp:
            return known[1]
        found = parse(wave_id, place.read(wave_id))
    except (StoreError, KeyMissing) as error:
        _known.pop(wave_id, None)
        if isinstance(error, KeyMissing):
            raise
        raise KeyMissing(f"The keys of wave {wave_id} are missing. {error}") from error
    if stamp[1] is not None:
        while len(_known) >= MOST_KNOWN:
            _known.pop(next(iter(_known)))
        _known[wave_id] = (stamp, found)
    return found


def forget_destroyed() -> None:
    """Drop from this process what the store has no more (destroyed by another one)."""
    for wave_id in list(_known):
        try:
            load(wave_id)
        except KeyMissing:
            continue


def parse(wave_id: int, record: bytes) -> WaveKeys:
    """A store's record. Raises :class:`KeyMissing` for one that is damaged or another wave's."""
    try:
        stored = json.loads(record)
        earlier = tuple(bytes.fromhex(one) for one in stored.get("earlier", ()))
        keys = WaveKeys(bytes.fromhex(stored["private"]), bytes.fromhex(stored["secret"]), earlier)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyMissing(f"The keys of wave {wave_id} are damaged.") from error
    if stored.get("wave") != wave_id or {len(one) for one in (keys.private, keys.secret, *earlier)} != {32}:
        raise KeyMissing(f"The keys of wave {wave_id} are damaged.")
    return keys


def private_key(wave_id: int) -> PrivateKey:
    return PrivateKey(load(wave_id).private)


def boxes_of(keys: WaveKeys) -> list[SealedBox]:
    """What opens the wave's envelopes: today's key, and those of before each rotation."""
    return [SealedBox(PrivateKey(one)) for one in (keys.private, *keys.earlier)]


def opened(boxes: Sequence[SealedBox], sealed: bytes) -> bytes | None:
    """What is in an envelope; None if no key opens it."""
    for box in boxes:
        try:
            return bytes(box.decrypt(sealed))
        except CryptoError:
            continue
    return None


def exists(wave_id: int) -> bool:
    try:
        return wave_id in store().waves()
    except StoreError as error:
        raise KeyMissing(str(error)) from error


def check(wave_id: int, public: bytes) -> None:
    """Seal and open something, so that a lost or foreign key is noticed before anybody answers."""
    check_all(wave_id, [public])


def check_all(wave_id: int, publics: Iterable[bytes]) -> None:
    """As :func:`check`, for every key envelopes were sealed with. Raises :class:`KeyMissing`."""
    fit(wave_id, load(wave_id), publics)


def fit(wave_id: int, keys: WaveKeys, publics: Iterable[bytes]) -> None:
    """Whether ``keys`` open what is sealed for each of ``publics``. Raises :class:`KeyMissing`."""
    boxes = boxes_of(keys)
    for public in publics:
        probe = random(32)
        try:
            sealed = SealedBox(PublicKey(bytes(public))).encrypt(probe)
        except (CryptoError, ValueError, TypeError) as error:
            raise KeyMissing(f"Wave {wave_id} has no good public key in the database.") from error
        found = opened(boxes, sealed)
        if found is None or not hmac.compare_digest(found, probe):
            raise KeyMissing(f"The keys kept for wave {wave_id} are another's: they open nothing of it.")


def rotate(wave_id: int) -> bytes:
    """A new pair for what is sealed from now on; its public key. The earlier ones are kept for what is there already.

    Write the public key into the wave afterwards (keeping.rotate): a crash between the two leaves keys that open both.
    """
    old = load(wave_id)
    new = WaveKeys(bytes(PrivateKey.generate()), old.secret, (old.private, *old.earlier))
    try:
        store().replace(wave_id, _record(wave_id, new))
    except StoreError as error:
        raise KeyMissing(str(error)) from error
    check_all(wave_id, [new.public, old.public])
    return new.public


def _record(wave_id: int, keys: WaveKeys) -> bytes:
    fields: dict[str, int | str | list[str]] = {"wave": wave_id, "private": keys.private.hex()}
    fields |= {"secret": keys.secret.hex()} | ({"earlier": [one.hex() for one in keys.earlier]} if keys.earlier else {})
    return json.dumps(fields).encode()


def link_token(wave_id: int, invitation_id: int) -> str:
    """The personal link's token: two ids and their code under the wave's secret."""
    return _token(load(wave_id).secret, wave_id, invitation_id)


def token_of(keys: WaveKeys, wave_id: int, invitation_id: int, visit: str = "") -> str:
    """As :func:`link_token` or :func:`visit_token`, for whoever makes many."""
    token = _token(keys.secret, wave_id, invitation_id, visit)
    return f"{token}.{visit}" if visit else token


def address_mark(keys: WaveKeys, address: str) -> bytes:
    """What an invitation keeps of the address its mailed link is bound to. It tells nothing without the secret."""
    return _derive(keys.secret, b"address", address.strip().lower().encode(), 12)


def address_visit(keys: WaveKeys, address: str) -> str:
    """The visit that mails to another address lead to: always the same one for an address."""
    return _derive(keys.secret, b"address-visit", address.strip().lower().encode(), 12).hex()


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


def receipt_code(token: str) -> str:
    """The receipt of whoever answers by this link (see receipts.py). Raises :class:`KeyMissing`."""
    ids = resolve_token(token)
    if ids is None:
        raise KeyMissing("This link is not valid.")
    return receipts.code_of(_derive(load(ids[0]).secret, b"receipt", token.encode(), 13))


def destroy(wave_id: int) -> None:
    """Remove the keys for good. Repeatable."""
    _known.pop(wave_id, None)
    try:
        store().destroy(wave_id)
    except StoreError as error:
        raise KeyMissing(str(error)) from error


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
