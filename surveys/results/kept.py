"""Whether promises were kept, as those they were made to say: counted at sealing, told in the release, read by both.

The people of one customer are the only ones who judge a promise, so its answers are one number of one group: nobody's
judgement is stored beside his other answers, or as a row at all. Promises with fewer than k answers leave no trace.
Which promises stand side by side is decided before anybody is asked (waves/asked_promises.py): of one provider only
such whose people are the same or have nobody in common, so that nothing can be subtracted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from surveys.answering.promised import KEPT, NOT_KEPT, PARTLY
from surveys.results import disclosure, sharing
from surveys.results.disclosure import HIDDEN
from surveys.results.groups import Group
from surveys.results.models import CellGroup
from surveys.results.scoring import share_interval
from surveys.waves.asked_models import AskedPromise
from surveys.waves.models import Wave

FAMILY, MEASURE = "promise", "kept"
ORDER = (KEPT, PARTLY, NOT_KEPT)
SCORES = {KEPT: 100.0, PARTLY: 50.0, NOT_KEPT: 0.0}
# Of few people, or of a part of a block, shares in whole per cent would give their exact number away.
STEP = 5
# Pooled numbers are told of so many promises at least.
POOLED_FROM = 3

Tallies = dict[str, list[int]]  # promise → people who say kept, partly, not kept


# -- sealing and release: pure ---------------------------------------------------------------------------------------


def tally(snapshot: Mapping[str, Any], contents: Iterable[Mapping[str, Any]], k: int) -> Tallies:
    """What the envelopes of a wave say of each promise; nothing of those that fewer than ``k`` people judged."""
    counts = {str(one["id"]): dict.fromkeys(ORDER, 0) for one in snapshot.get("promises") or ()}
    for content in contents if counts else ():
        given = content.get("promises")
        for promise, answer in given.items() if isinstance(given, dict) else ():
            if promise in counts and type(answer) is int and answer in SCORES:
                counts[promise][answer] += 1
    return {promise: list(found.values()) for promise, found in counts.items() if sum(found.values()) >= k}


def groups(snapshot: Mapping[str, Any], rules: Mapping[str, int]) -> list[Group]:
    """One group for each promise the wave asked about: the provider's, ``other`` is the promise."""
    tallies: Tallies = (snapshot.get("sealed") or {}).get("verdicts") or {}
    names = {unit["id"]: unit["name"] for unit in snapshot["units"]}
    return [
        Group(
            FAMILY,
            one["provider"],
            f"{names.get(one['provider'], '…')} → {names.get(one['customer'], '…')}",
            other=one["id"],
            cells={MEASURE: cell(tallies.get(str(one["id"]), ()), rules, whole=one["whole"])},
        )
        for one in snapshot.get("promises") or ()
    ]


def cell(counts: Sequence[int], rules: Mapping[str, int], *, whole: bool) -> dict[str, Any]:
    """The released cell: from k people a band of how far it was kept, from 8 the shares of kept, partly, not kept.

    ``whole``: of whole reporting blocks. Else their number is told as a class from 20, too: beside the block's own it
    would say how many of the few others answered.
    """
    n = sum(counts)
    if n < rules["k"]:
        return dict(HIDDEN)
    found = disclosure.count_class(n, rules)
    told = found[0] if found else n if whole else n // 10 * 10
    said: int | str = disclosure.said_count(n, rules) if found or whole else f"{told}–{told + 9}"
    mean = sum(count * SCORES[answer] for count, answer in zip(counts, ORDER, strict=True)) / n
    middle, words = disclosure.band(disclosure.censor_mean(mean, told, steps=2))
    if n < rules["score_detail_from"]:
        return {"shown": True, "n": said, "index": middle, "band": words}
    exact = [disclosure.censor_share(count / n, told) for count in counts]
    shares = _percentages(exact, 1 if whole and not found else STEP)
    low, high = share_interval(exact[0] * told, told)
    return {
        "shown": True,
        "n": said,
        "least": told,
        **dict(zip(("fav", "neu", "unf"), shares, strict=True)),
        "fav_low": round(low * 100 / STEP) * STEP,
        "fav_high": round(high * 100 / STEP) * STEP,
    }


def _percentages(shares: Sequence[float], step: int) -> list[int]:
    """In steps of so many per cent, about 100 together: the share of kept as it is, what is left to the others."""
    first, others = shares[0], sum(shares[1:])
    scaled = [first, *(share / others * (1 - first) for share in shares[1:])]
    return [round(share * 100 / step) * step for share in scaled]


def note(wave: Wave, found: Iterable[Group]) -> None:
    """Say of each promise the wave asked about whether it could be shown: it is not asked again then."""
    told = [one for one in found if one.family == FAMILY and one.cells[MEASURE]["shown"]]
    shown = [one.other for one in told if one.other is not None]
    rows = AskedPromise.objects.filter(wave=wave)
    rows.filter(promise__in=shown).update(judged=True)
    rows.exclude(promise__in=shown).update(judged=False)


# -- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judgement:
    """What became of a promise in a wave. ``cell`` only where the reader may see it (``state``: shown or hidden).

    ``state`` else: *asking* (the wave is open), *waiting* (closed, not released), *apart* (not for this reader, or not
    yet). ``text`` and ``due_on``: as they were asked.
    """

    promise: int
    wave: Wave
    provider: int
    customer: int
    text: Mapping[str, str]
    due_on: dt.date
    state: str
    cell: Mapping[str, Any]

    @property
    def is_shown(self) -> bool:
        return self.state == "shown"

    @property
    def share(self) -> int | None:
        """The per cent who say it was kept; None where only a band is told."""
        return self.cell.get("fav")

    @property
    def verdict(self) -> str:
        """*kept*, *partly* or *not*: on which third of the scale people stand in the middle."""
        if not self.is_shown:
            return ""
        index = self.cell["index"] if "index" in self.cell else self.cell["fav"] + self.cell["neu"] / 2
        return "kept" if index >= 65 else "partly" if index > 35 else "not"


def judgements(user: sharing.User, promises: Iterable[int]) -> dict[int, Judgement]:
    """By promise, of its latest wave, as ``user`` may see it. Four queries, however many."""
    asked = AskedPromise.objects.alive().filter(promise__in=list(promises)).defer("wave__snapshot")
    rows = list(asked.select_related("wave__series", "wave__sharing").order_by("wave__opens_on", "pk"))
    cells = _cells(rows)
    reach: dict[int, _Reach] = {}
    found: dict[int, Judgement] = {}
    for row in rows:
        if row.wave_id not in reach:
            reach[row.wave_id] = _Reach(row.wave, user)
        found[row.promise] = _judgement(row, reach[row.wave_id], cells)
    return found


def _cells(rows: Iterable[AskedPromise]) -> dict[tuple[int, int], dict[str, Any]]:
    """(wave, promise) → the released cell."""
    wanted = {(row.wave_id, row.provider, row.promise) for row in rows if row.wave.state == Wave.State.RELEASED}
    if not wanted:
        return {}
    shown = CellGroup.objects.shown().filter(
        family=FAMILY,
        release__wave__in={wave for wave, _provider, _promise in wanted},
        unit__in={provider for _wave, provider, _promise in wanted},
        other__in={promise for _wave, _provider, promise in wanted},
    )
    return {
        (wave, promise): cells[MEASURE] for wave, promise, cells in shown.values_list("release__wave", "other", "cells")
    }


def _judgement(row: AskedPromise, reach: _Reach, cells: Mapping[tuple[int, int], dict[str, Any]]) -> Judgement:
    state, told = "apart", dict[str, Any]()
    if row.wave.state == Wave.State.OPEN:
        state = "asking"
    elif row.wave.state != Wave.State.RELEASED:
        state = "waiting"
    elif reach.sees(row):
        told = cells.get((row.wave_id, row.promise), dict(HIDDEN))
        state = "shown" if told.get("shown") else "hidden"
    return Judgement(row.promise, row.wave, row.provider, row.customer, row.text, row.due_on, state, told)


class _Reach:
    """What one reader may see of the promises of one wave: those of units whose results he sees, from either side."""

    def __init__(self, wave: Wave, user: sharing.User) -> None:
        self.own: int | None = None
        self.units: set[int] | None = set()
        if wave.state != Wave.State.RELEASED:
            return
        mine, reached = sharing.standing(user), sharing.open_to(wave, user)
        if mine.hr or reached:
            self.units = sharing.units_of(wave, user)
        if sharing.EMPLOYEES in reached:
            self.own = mine.own

    def sees(self, row: AskedPromise) -> bool:
        if self.units is None or self.units & {row.provider, row.customer}:
            return True
        return self.own is not None and self.own in row.units


@dataclass(frozen=True)
class Pooled:
    """Promises between departments taken together. ``share``: the per cent of all who judged who say kept.

    ``people``: at least so many judgements stand behind it; somebody who judged two promises counts twice. ``hidden``:
    asked about and hidden for privacy, or told as a band only. ``since``, ``until``: the days the waves closed.
    """

    promises: int
    hidden: int
    people: int
    share: int | None
    since: dt.date | None = None
    until: dt.date | None = None


def pooled(waves: Iterable[int], providers: Iterable[int] | None = None) -> Pooled:
    """Of waves that are shared with leaders by today. It only puts released cells together. Two queries.

    ``providers``: of these units only.
    """
    asked = AskedPromise.objects.alive().filter(
        _told_to_leaders(), wave__in=list(waves), wave__state=Wave.State.RELEASED, judged__isnull=False
    )
    if providers is not None:
        asked = asked.filter(provider__in=list(providers))
    rows = list(asked.select_related("wave").defer("wave__snapshot"))
    cells = _cells(rows)
    told = [(row, cells.get((row.wave_id, row.promise), {})) for row in rows]
    exact = [(row, one) for row, one in told if one.get("fav") is not None]
    people = sum(one["least"] for _row, one in exact)
    days = [row.wave.closes_on for row, _one in exact]
    enough = len(exact) >= POOLED_FROM
    return Pooled(
        promises=len(exact),
        hidden=len(told) - len(exact),
        people=people if enough else 0,
        share=round(sum(one["fav"] * one["least"] for _row, one in exact) / people) if enough else None,
        since=min(days, default=None),
        until=max(days, default=None),
    )


def _told_to_leaders() -> Q:
    """Of asked promises: those of waves any leader sees by today."""
    leaders = Wave.objects.filter(sharing.leaders_see()).order_by().values("pk")
    return Q(wave__in=leaders)
