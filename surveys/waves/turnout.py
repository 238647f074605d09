"""How a share of those asked may be told (confidentiality.md, §2 and §3): of an open wave and in its release. Pure.

Of at least 10 asked, as if at least two had answered and two had not, in steps of 5 points, its ends "under 10 %" and
"over 90 %". So either end that is told stands for three counts or more: nobody reads "all" or "nobody" out of it.
"""

from __future__ import annotations

SMALLEST = 10
STEP = 5
ENDS = (10, 90)
UNDER, OVER = f"under {ENDS[0]} %", f"over {ENDS[1]} %"


def percent(answered: int, invited: int) -> int:
    """The share in steps of 5 points, from 10 to 90. ``invited``: at least :data:`SMALLEST`."""
    return min(max(STEP * round(100 * _censored(answered, invited) / STEP), ENDS[0]), ENDS[1])


def end(answered: int, invited: int) -> str:
    """``under 10 %`` or ``over 90 %``; "" between them."""
    share = 100 * _censored(answered, invited)
    return UNDER if share < ENDS[0] else OVER if share > ENDS[1] else ""


def _censored(answered: int, invited: int) -> float:
    return min(max(answered, 2), invited - 2) / invited
