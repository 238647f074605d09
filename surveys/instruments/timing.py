"""About how long questions take. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

# Reading and answering one question, in seconds, from response-time studies of short statements; rounded up.
SECONDS = {
    "agreement": 7,
    "outcome": 8,
    "recommendation": 8,
    "pair": 12,
    "single": 9,
    "multiple": 12,
    "lost_time": 8,
    "number": 10,
    "yes_no": 5,
    "comment": 25,
}
ANY = 7
# Beyond this people answer carelessly or stop; the editor warns.
LONGEST_MINUTES = 5
USUAL_PROVIDERS = 3


def seconds(kind: str) -> int:
    return SECONDS.get(kind, ANY)


def minutes_of(kinds: Iterable[str]) -> int:
    """About how many minutes questions of these kinds take, rounded up."""
    return max(1, math.ceil(sum(seconds(kind) for kind in kinds) / 60))


def minutes(items: Iterable[Mapping[str, Any]], providers: int = USUAL_PROVIDERS) -> int:
    """About how long a questionnaire takes somebody who is asked about ``providers`` and sees every question."""
    return minutes_of(
        item["kind"] for item in items for _ in range(providers if item.get("about") == "provider" else 1)
    )
