"""Drawing by lot who starts when, so that anybody can draw it again. Pure: no database, no clock, no hidden chance."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

METHOD = "sha256-1"


def order(seed: str, keys: Sequence[str]) -> list[str]:
    """``keys`` shuffled by ``seed``: sorted by SHA-256 of ``seed:key``, so that each order is equally likely for a seed
    chosen by chance and everybody who has both gets the same one. Raises ``ValueError`` on doubled keys."""
    if len(set(keys)) != len(keys):
        raise ValueError("what is drawn must differ")
    return sorted(keys, key=lambda key: (hashlib.sha256(f"{seed}:{key}".encode()).hexdigest(), key))


def draw(seed: str, keys: Sequence[str], days: Sequence[dt.date]) -> dict[str, dt.date]:
    """Give the first days out: the earliest to whoever is drawn first. As many days as keys."""
    if len(days) != len(keys):
        raise ValueError("one day for each")
    return dict(zip(order(seed, keys), sorted(days), strict=True))
