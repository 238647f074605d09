"""Receipts: a code that proves to its holder that his envelope arrived, and nothing else. Pure.

The code has 100 bits and comes from the link and the wave's secret (keys.receipt_code), so the form shows the same one
however often it is opened, and nothing has to be stored. What lies in the envelope, and is published after closing, is
its digest. When the secret is destroyed after the release, nobody can work out any more whose a code was.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

# Crockford's: no I, L, O, U. 20 signs of 5 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 20
BITS = 100
SIZE = 16
MISREAD = str.maketrans("ILO", "110", " -.\t\r\n\u00a0\u2010\u2011\u2013")
DIGEST = re.compile(r"[0-9a-f]{32}\Z")


def code_of(raw: bytes) -> str:
    """The first 100 bits of ``raw`` as a code."""
    number = int.from_bytes(raw[:13], "big") >> (13 * 8 - BITS)
    return "".join(ALPHABET[number >> 5 * at & 31] for at in reversed(range(LENGTH)))


def clean(typed: str) -> str:
    """What was typed as the code it can only mean; '' if it is none."""
    code = typed[:80].upper().translate(MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def grouped(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def digest(wave_id: int, code: str) -> bytes:
    """What is published of a code. Without a key: anybody may work it out from his own code."""
    message = f"{wave_id}:{code}".encode()
    return hashlib.blake2b(message, person=b"trivium-receipt", digest_size=SIZE).digest()


def is_digest(value: Any) -> bool:
    return isinstance(value, str) and bool(DIGEST.match(value))
