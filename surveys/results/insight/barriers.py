"""What people meet first: want → know → can, from each respondent's own answers, never from a mean of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from surveys.results.insight.intervals import share_interval

DIMENSIONS = ("want", "know", "can")
NONE, UNCLASSIFIED = "none", "unclassified"
FIRST = (*DIMENSIONS, NONE, UNCLASSIFIED)
THRESHOLD = 3.0
FROM = 8
# Five shares side by side tell more than one: under 20 people they are rounded to so many per cent.
TOGETHER = 20


def first(means: Mapping[str, float | None], threshold: float = THRESHOLD) -> str:
    """One respondent's first dimension at or below ``threshold`` (scale 1–5), "none", or "unclassified".

    In the order want → know → can: a dimension he answered too little of ends the search, because the barrier could be
    there. Too little is half of its items or fewer (see :func:`surveys.results.scoring.person_mean`).
    Source: the service-culture framework, section 7.
    """
    for dimension in DIMENSIONS:
        mean = means.get(dimension)
        if mean is None:
            return UNCLASSIFIED
        if mean <= threshold:
            return dimension
    return NONE


def told_share(hits: int, n: int, rules: Mapping[str, Any]) -> int:
    """A share in per cent as it may be told of n ≥ 8 people.

    Never that (nearly) all or nobody is in it: at least two people on either side. Under 20 people to the nearest
    :func:`step`, so that it does not give the exact number of people away.
    """
    to, least = step(n, rules), _least(n, rules)
    return round(min(max(hits / n, 2 / least), (least - 2) / least) * 100 / to) * to


def step(n: int, rules: Mapping[str, Any]) -> int:
    """To how many per cent shares of n people are rounded: 1 from 20 people, 10 from 12, 20 below.

    So coarse that each share told could be one of any count of people in the class (see the tests).
    """
    return 1 if n >= rules["distribution_from"] else 10 if _class_low(n, rules) >= 12 else 20


def _least(n: int, rules: Mapping[str, Any]) -> int:
    """The count that stands for n where it is told as a class: the class's lower end."""
    return n if n >= rules["distribution_from"] else _class_low(n, rules)


def _class_low(n: int, rules: Mapping[str, Any]) -> int:
    """The lower end of the class that a count under 20 is told as."""
    low = int(rules["score_detail_from"])
    for end in (11, 15, 19):
        if end >= low and n <= end:
            return low
        low = max(low, end + 1)
    return low


def below_cell(hits: int, n: int, said: int | str, rules: Mapping[str, Any]) -> dict[str, Any] | None:
    """The released share of people at or below the threshold in one dimension, with Wilson's interval; None under 8."""
    if n < max(FROM, rules["score_detail_from"]):
        return None
    percent = told_share(hits, n, rules)
    people = _least(n, rules)
    low, high = share_interval(percent / 100 * people, people)
    return {"shown": True, "n": said, "percent": percent, "low": round(low * 100), "high": round(high * 100)}


def first_cell(counts: Sequence[int], said: int | str, rules: Mapping[str, Any]) -> dict[str, Any] | None:
    """The released distribution of first barriers, in the order of :data:`FIRST`; None under 8 people.

    From 20 people in whole per cent of about 100 together; below to the nearest 20 per cent, marked ``rounded``: finer,
    and the five shares together would tell the exact number of people.
    """
    n = sum(counts)
    if n < max(FROM, rules["score_detail_from"]):
        return None
    to, least = 1 if n >= rules["distribution_from"] else TOGETHER, _least(n, rules)
    # Of all alike: who said too little of one dimension may have told of another.
    told = [min(max(hits / n, 2 / least), (least - 2) / least) for hits in counts]
    whole = sum(told)
    shares = {name: round(share / whole * 100 / to) * to for name, share in zip(FIRST, told, strict=True)}
    cell: dict[str, Any] = {"shown": True, "n": said, "shares": shares}
    return cell if to == 1 else {**cell, "rounded": to}


def commonest(cell: Mapping[str, Any] | None) -> tuple[str, int] | None:
    """The dimension most people meet first, and its share in per cent; None where hidden or nobody meets one."""
    shares = (cell or {}).get("shares") or {}
    known = [(shares[name], -at, name) for at, name in enumerate(DIMENSIONS) if shares.get(name)]
    if not known:
        return None
    share, _, name = max(known)
    return name, share
