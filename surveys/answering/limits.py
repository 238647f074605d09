"""How often one link may save and one code may open a visit: against scripts, never felt by a person.

Counted in the cache under keyed hashes that are gone in minutes; no address and no link is written anywhere. (Wrong
codes are counted by network and by wave in guesses.py.) What each is for:

- A link has one draft, which every save rewrites (some 12 to 30 kB in the database and its WAL). A person saves at
  most once an answer: 40 in the fastest minute ever seen in trials. 120 a minute stop a loop, not a person.
- A code opens a new visit each time, and each visit has a draft of its own: 20 an hour are 20 drafts. Sharing a tablet
  or a bad connection needs two or three.
- Whoever invents links gains nothing to count: a link carries 144 bits under the wave's secret. At a million tries a
  second the expected time to hit one of 100,000 links is 2^144 / 1e5 / 1e6 seconds, some 7e24 years.
"""

from __future__ import annotations

import hashlib
import time

from django.conf import settings
from django.core.cache import cache

LINK_SAVES, LINK_SECONDS = 120, 60
CODE_VISITS, CODE_SECONDS = 20, 3600
REST_SECONDS = 5.0
_resting_until = 0.0


def link_may_save(token: str) -> bool:
    """Count one save by this link; False if there were too many in the last minute."""
    return _spend("link", token, LINK_SAVES, LINK_SECONDS)


def code_may_open(code: str) -> bool:
    """Count one visit by this (good) code; False if it opened too many in the last hour."""
    return _spend("code", code, CODE_VISITS, CODE_SECONDS)


def _spend(kind: str, of: str, most: int, seconds: int) -> bool:
    global _resting_until
    if time.monotonic() < _resting_until:
        return True
    secret = hashlib.sha256(f"limits/{settings.SECRET_KEY}".encode()).digest()
    key = f"limit:{kind}:" + hashlib.blake2b(of.encode(), key=secret, digest_size=12).hexdigest()
    try:
        return bool(cache.add(key, 1, seconds)) or int(cache.incr(key)) <= most
    except ValueError:  # ran out just now
        return True
    except Exception:  # noqa: BLE001 - each cache raises its own
        # Nobody's answer waits for a cache: without one nothing is limited, and it is left alone for a while.
        _resting_until = time.monotonic() + REST_SECONDS
        return True
