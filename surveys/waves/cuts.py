"""Cuts: by what else than units a wave is told (site, time in the company …). Pure: no ORM, no clock.

They are declared in the series and frozen when a wave opens. Unit, site, job family and tenure together name a good
part of any company. So what is stored with an answer is made coarser until every stored combination of block and
categories is shared by at least ``k`` people; what was left out of it counts nowhere but in the units.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOT_TOLD = 0
NAMES: dict[str, str | Promise] = {
    "site": _("Site"),
    "job_family": _("Job family"),
    "tenure": _("Time in the company"),
    "customer_facing": _("Works with customers"),
}
KEYS = tuple(NAMES)
# Years in the company: up to, words.
TENURE = ((1, "under 1 year"), (3, "1 to 2 years"), (10, "3 to 9 years"), (200, "10 years and more"))

Combination = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Traits:
    """Somebody who is asked: his block, and his value for each cut ('' where nobody knows)."""

    id: int
    block: int
    values: tuple[str, ...]


@dataclass(frozen=True)
class Frozen:
    """``cuts``: as the snapshot keeps them. ``of``: person → the category id of each cut, 0 where not told."""

    cuts: list[dict[str, Any]]
    of: dict[int, Combination]


def default() -> list[str]:
    return ["site", "job_family", "tenure"]


def tenure(hired_on: dt.date | None, today: dt.date) -> str:
    """The band of years since ``hired_on``."""
    if hired_on is None or hired_on > today:
        return ""
    years = today.year - hired_on.year - ((today.month, today.day) < (hired_on.month, hired_on.day))
    return next(words for below, words in TENURE if years < below)


def freeze(people: Sequence[Traits], keys: Sequence[str], k: int) -> Frozen:
    """The cuts of a wave with their categories, and what is stored of each person.

    A category needs 2 ``k`` people asked whose category is stored; a cut needs two such categories.
    """
    wanted = list(dict.fromkeys(key for key in keys if key in NAMES))
    columns = [keys.index(key) for key in wanted]
    ids = _number(people, columns, 2 * k)
    raw = {one.id: tuple(ids[at].get(one.values[c], NOT_TOLD) for at, c in enumerate(columns)) for one in people}
    told = generalise(Counter((one.block, raw[one.id]) for one in people), k)
    of = {one.id: told.take(one.block, raw[one.id]) for one in people}
    kept = _kept(of.values(), len(wanted), 2 * k)
    of = {person: tuple(kept[at].get(c, NOT_TOLD) for at, c in enumerate(mine)) for person, mine in of.items()}
    counts = Counter(c for mine in of.values() for c in mine if c)
    cuts = []
    for at, key in enumerate(wanted):
        names = {kept[at][number]: value for value, number in ids[at].items() if number in kept[at]}
        categories = [{"id": c, "name": names[c], "invited": counts[c]} for c in sorted(names)]
        cuts.append({"key": key, "name": str(NAMES[key]), "categories": categories})
    return Frozen(cuts, of)


def _number(people: Sequence[Traits], columns: Sequence[int], least: int) -> list[dict[str, int]]:
    """Value → a number over all cuts, for the values of at least ``least`` people."""
    found: list[dict[str, int]] = []
    following = 1
    for column in columns:
        counts = Counter(one.values[column] for one in people)
        order = [words for _below, words in TENURE]
        values = sorted(
            (value for value, n in counts.items() if value and n >= least),
            key=lambda value: (order.index(value) if value in order else -1, value.casefold(), value),
        )
        found.append({value: following + at for at, value in enumerate(values)})
        following += len(values)
    return found


def _kept(combinations: Iterable[Combination], width: int, least: int) -> list[dict[int, int]]:
    """Per cut: number → number among those categories that stay; none of a cut that has fewer than two."""
    counts = [Counter[int]() for _at in range(width)]
    for mine in combinations:
        for at, category in enumerate(mine):
            if category:
                counts[at][category] += 1
    found: list[dict[int, int]] = []
    following = 1
    for count in counts:
        stay = sorted(category for category, n in count.items() if n >= least)
        stay = stay if len(stay) > 1 else []
        found.append({category: following + at for at, category in enumerate(stay)})
        following += len(stay)
    return found


class Stored:
    """What may be stored of the people of each (place, combination): so many of them this, so many that."""

    def __init__(self, shares: dict[tuple[Hashable, Combination], list[tuple[Combination, int]]]) -> None:
        self.left = {key: list(portions) for key, portions in shares.items()}

    def take(self, place: Hashable, combination: Combination) -> Combination:
        """The combination to store of the next one of these people."""
        portions = self.left[place, combination]
        stored, n = portions[0]
        if n > 1:
            portions[0] = (stored, n - 1)
        else:
            portions.pop(0)
        return stored


def generalise(counts: Mapping[tuple[Hashable, Combination], int], k: int) -> Stored:
    """What may be stored of the people counted by (place, combination).

    Every stored combination is shared by at least ``k`` people of its place (or by all of them, where they are fewer).
    Who is odd is told by nothing, and together with just enough others that ``k`` people are.
    """
    places: dict[Hashable, dict[Combination, int]] = {}
    for (place, combination), n in counts.items():
        if n:
            places.setdefault(place, {})[combination] = n
    shares: dict[tuple[Hashable, Combination], list[tuple[Combination, int]]] = {}
    for place, mine in places.items():
        for combination, stored, n in _coarser(mine, k):
            shares.setdefault((place, combination), []).append((stored, n))
    return Stored(shares)


Portion = tuple[Combination, int]


def _coarser(counts: Mapping[Combination, int], k: int) -> Iterable[tuple[Combination, Combination, int]]:
    """(combination, what is stored of it, of how many)."""
    width = len(next(iter(counts)))
    waiting: list[tuple[list[Portion], tuple[int, ...], dict[int, int]]] = [
        (sorted(counts.items()), tuple(range(width)), {})
    ]
    while waiting:
        group, left, fixed = waiting.pop()
        best, parts = _best(group, left, k)
        if len(parts) == 1 and NOT_TOLD in parts:
            stored = tuple(fixed.get(at, NOT_TOLD) for at in range(width))
            yield from ((combination, stored, n) for combination, n in group)
            continue
        rest = tuple(at for at in left if at != best)
        waiting.extend((part, rest, {**fixed, best: value}) for value, part in parts.items())


def _best(group: Sequence[Portion], left: Sequence[int], k: int) -> tuple[int, dict[int, list[Portion]]]:
    """The cut that keeps the most people's categories in this group, and the group divided by it."""
    best, most, chosen = -1, 0, {NOT_TOLD: list(group)}
    for at in left:
        parts = _divided(group, at, k)
        known = sum(n for value, part in parts.items() if value for _combination, n in part)
        if known > most:
            best, most, chosen = at, known, parts
    return best, chosen


def _divided(group: Sequence[Portion], at: int, k: int) -> dict[int, list[Portion]]:
    """The group by category of one cut: nobody is not told, or at least ``k`` are."""
    parts: dict[int, list[Portion]] = {}
    for combination, n in group:
        parts.setdefault(combination[at], []).append((combination, n))
    sizes = {value: sum(n for _combination, n in part) for value, part in parts.items()}
    for value in sorted(sizes):
        if value and sizes[value] < k:
            parts.setdefault(NOT_TOLD, []).extend(parts.pop(value))
    odd = sum(n for _combination, n in parts.get(NOT_TOLD, []))
    while 0 < odd < k and len(parts) > 1:
        order = sorted((sizes[value], value) for value in parts if value)
        able = [value for n, value in order if n - (k - odd) >= k]
        value = able[0] if able else order[0][1]
        moved = k - odd if able else sizes[value]
        parts[value], gone = _taken(parts[value], moved)
        parts[NOT_TOLD].extend(gone)
        odd += moved
        if not parts[value]:
            del parts[value]
    return parts


def _taken(part: Sequence[Portion], wanted: int) -> tuple[list[Portion], list[Portion]]:
    """``wanted`` people out of these, of the most frequent combinations first."""
    kept, gone = [], []
    for combination, n in sorted(part, key=lambda portion: (-portion[1], portion[0])):
        take = min(n, wanted)
        wanted -= take
        if take:
            gone.append((combination, take))
        if n > take:
            kept.append((combination, n - take))
    return kept, gone
