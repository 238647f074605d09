"""When the worker and beat were last seen alive, in the shared cache."""

import time

from django.core.cache import cache

KINDS = ("worker", "beat")
OLDEST = 150.0  # beat ticks once a minute; two missed ones and a little
_last: dict[str, float] = {}


def beat(kind: str, *, every: float = 0.0) -> None:
    """Record that ``kind`` lives; calls within ``every`` seconds of the last one do nothing."""
    now = time.time()
    if now - _last.get(kind, 0.0) >= every:
        _last[kind] = now
        cache.set(f"heartbeat:{kind}", now, timeout=None)


def ages() -> dict[str, float | None]:
    """Seconds since each was last seen; None when never."""
    now = time.time()
    found = cache.get_many([f"heartbeat:{kind}" for kind in KINDS])
    return {kind: round(now - at, 1) if (at := found.get(f"heartbeat:{kind}")) else None for kind in KINDS}
