"""How many wrong codes pass: counted by network and by wave, in the cache, under keys that name no address.

The reckoning why this is enough stands in waves/codes.py.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from culture.access import where

# A whole branch shares a network, and some of it mistypes.
OF_A_NETWORK, NETWORK_SECONDS = 30, 600
OF_A_WAVE, WAVE_SECONDS = 500, 3600


def _network(request: HttpRequest) -> str:
    """The caller's network (its last part cut off), hashed: the cache learns no address and it is gone in minutes."""
    network = where.network(where.client_address(request))
    key = hashlib.sha256(f"guesses/{settings.SECRET_KEY}".encode()).digest()
    return "guess:n:" + hashlib.blake2b(network.encode(), key=key, digest_size=12).hexdigest()


def allowed(request: HttpRequest, waves: Iterable[int]) -> bool:
    """Whether another code may be tried. A cache that is down fails the request: nothing is let through uncounted."""
    if int(cache.get(_network(request)) or 0) >= OF_A_NETWORK:
        return False
    return all(int(cache.get(f"guess:w:{pk}") or 0) < OF_A_WAVE for pk in waves)


def wrong(request: HttpRequest, waves: Iterable[int]) -> None:
    _count(_network(request), NETWORK_SECONDS)
    for pk in waves:
        _count(f"guess:w:{pk}", WAVE_SECONDS)


def _count(key: str, seconds: int) -> None:
    if not cache.add(key, 1, seconds):
        try:
            cache.incr(key)
        except ValueError:  # ran out just now
            cache.add(key, 1, seconds)
