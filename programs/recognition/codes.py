"""Voucher codes at rest: sealed with a key that is not in the database, opened for whom they are meant.

The key is derived from SECRET_KEY, which the installation keeps outside PostgreSQL and its copies; codes sealed under
one of SECRET_KEY_FALLBACKS still open, and ``manage.py ledger reseal`` brings them under the present one. A copy of the
database alone tells nothing: neither the codes nor (they are padded) how long they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.conf import settings
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random

BLOCK = 128
LONGEST = 200


class Unreadable(Exception):
    """No key of this installation opens the code."""


def seal(reward: int, code: str) -> bytes:
    """``code`` of the reward with this id, sealed; it opens for no other reward."""
    plain = f"{reward}:{code}".encode() + b"\0"
    padded = plain.ljust(-(-len(plain) // BLOCK) * BLOCK, b"\0")
    return bytes(SecretBox(_key(settings.SECRET_KEY, b"voucher-box")).encrypt(padded, random(SecretBox.NONCE_SIZE)))


def unseal(reward: int, sealed: bytes | memoryview) -> str:
    """The code. Raises :class:`Unreadable`."""
    for secret in _secrets():
        try:
            plain = SecretBox(_key(secret, b"voucher-box")).decrypt(bytes(sealed))
        except (CryptoError, ValueError):
            continue
        owner, _, code = plain.rstrip(b"\0").decode().partition(":")
        if owner == str(reward):
            return code
    raise Unreadable


def digest(reward: int, code: str) -> str:
    """Tells that a code is there already, without telling which it is: keyed like the seal."""
    key = _key(settings.SECRET_KEY, b"voucher-mark")
    return hashlib.blake2b(f"{reward}:{code}".encode(), key=key, digest_size=32).hexdigest()


def _secrets() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _key(secret: str, purpose: bytes) -> bytes:
    return hashlib.blake2b(
        purpose, key=hashlib.sha256(secret.encode()).digest(), person=b"trivium-codes", digest_size=32
    ).digest()
