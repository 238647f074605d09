"""How released cells are told: classes of counts, bands, censored ends. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.results.scoring import FIVE_POINTS, Tally, Thirds, answer_thirds, mean_interval, share_interval
from surveys.waves import turnout

HIDDEN = {"shown": False, "why": "hidden for privacy"}
NOT_ASKED = {"shown": False, "why": "not asked"}
CLASS_ENDS = (7, 11, 15, 19)
PARTICIPATION_BASE = turnout.SMALLEST


def count_class(n: int, rules: Mapping[str, int]) -> tuple[int, int] | None:
    """The class that stands for a count under 20: 5–7, 8–11, 12–15, 16–19 where k is 5."""
    low = rules["k"]
    for high in (rules["band_to"], *(end for end in CLASS_ENDS if end > rules["band_to"])):
        if low <= n <= high:
            return low, high
        low = high + 1
    return None


def said_count(n: int, rules: Mapping[str, int]) -> int | str:
    """How a count is told: a class under 20, the number from 20."""
    found = count_class(n, rules)
    return f"{found[0]}–{found[1]}" if found else n


def censor_share(share: float, n: int) -> float:
    """At least two people in a category and two out of it, always, so that the edge announces nothing."""
    return min(max(share, 2 / n), (n - 2) / n)


def censor_mean(mean: float, n: int, bottom: float = 0.0, top: float = 100.0, steps: int = 4) -> float:
    """The mean as if two people stood one step off either end of a scale of ``steps`` + 1 points."""
    step = 2 / n * (top - bottom) / steps
    return min(max(mean, bottom + step), top - step)


def band(score: float) -> tuple[int, str]:
    """The ten-point band of a score: its middle, and its words."""
    low = min(int(score // 10) * 10, 90)
    words = f"{low}–{low + 9}" if low < 90 else "90–100"
    return (low + 5, words)


@dataclass(frozen=True)
class Look:
    """How the answers of one measure are told: the index at its bottom, the steps of its scale, its favourable classes.

    ``thirds`` None: no classes (a number).
    """

    bottom: float = 0.0
    steps: int = 4
    thirds: Thirds | None = FIVE_POINTS


def score_cell(tally: Tally, n: int, rules: Mapping[str, int], spread: float, look: Look = Look()) -> dict:
    """The released cell of a shown score. ``n``: distinct people; ``spread``: the wave's, used for counts under 20."""
    if n < rules["k"] or not tally.n:
        return dict(HIDDEN)
    found = count_class(n, rules)
    # The lower end of the class, never n itself: neither the censoring nor the interval may give n away.
    told = found[0] if found else n
    bottom = look.bottom
    mean = censor_mean(tally.mean, told, bottom, steps=look.steps)
    if n <= rules["band_to"]:
        middle, words = band(mean)
        return {"shown": True, "n": said_count(n, rules), "index": middle, "band": words}
    # Never narrower than with two people one step off: a narrow interval announces unanimity like a full score.
    least = (100 - bottom) / look.steps * math.sqrt(2 * (told - 2) / (told * (told - 1)))
    low, high = mean_interval(mean, spread if found else max(tally.spread, least), told)
    cell: dict[str, Any] = {
        "shown": True,
        "n": said_count(n, rules),
        "index": round(mean),
        "low": max(round(low), round(bottom)),
        "high": min(round(high), 100),
    }
    if look.thirds is None:
        return cell
    if n >= rules["score_detail_from"]:
        shares = [censor_share(count / tally.n, told) for count in answer_thirds(tally.counts, look.thirds)]
        cell |= dict(zip(("fav", "neu", "unf"), percentages(shares), strict=True))
        low, high = share_interval(shares[0] * told, told)
        cell |= {"fav_low": round(low * 100), "fav_high": round(high * 100)}
    if n >= rules["distribution_from"]:
        cell["dist"] = percentages([censor_share(count / tally.n, told) for count in tally.counts])
    return cell


def shares_cell(tally: Tally, n: int, rules: Mapping[str, int], names: Sequence[str]) -> dict:
    """The released cell of a distribution over named categories: only where distributions may be shown."""
    if n < rules["distribution_from"]:
        return dict(HIDDEN)
    shares = percentages([censor_share(count / n, n) for count in tally.counts])
    return {"shown": True, "n": said_count(n, rules), "shares": dict(zip(names, shares, strict=True))}


def picks_cell(tally: Tally, n: int, rules: Mapping[str, int], names: Sequence[str]) -> dict:
    """The released cell of several choices: each option's share of answers, which need not add up to 100.

    ``n`` people: of ratings there may be more than people, and a share is one of ratings.
    """
    if n < rules["distribution_from"] or not tally.n:
        return dict(HIDDEN)
    shares = [round(censor_share(count / tally.n, n) * 100) for count in tally.counts]
    return {"shown": True, "n": said_count(n, rules), "shares": dict(zip(names, shares, strict=True))}


def percentages(shares: Sequence[float]) -> list[int]:
    """Shares in whole per cent, rescaled after censoring to about 100."""
    total = sum(shares) or 1
    return [round(share / total * 100) for share in shares]


def participation_cell(invited: int, answered: int) -> dict:
    """Participation in steps of 5 points, its ends censored: as it was told while the wave was open."""
    if invited < PARTICIPATION_BASE:
        return dict(HIDDEN)
    percent = turnout.percent(answered, invited)
    return {"shown": True, "percent": percent, "words": turnout.end(answered, invited) or f"{percent} %"}
