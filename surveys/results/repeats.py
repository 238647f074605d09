"""The same question asked again within three months: two waves that could be subtracted from each other.

Nobody's answers are linked over waves, so nobody can know how many people two groups have in common. What was rounded
twice is open by one point per person of either wave. So a number whose question the same people were asked less than
90 days before is shown only where that openness keeps any k − 1 people open by half the scale: from 25 (k − 1) people.
How the same answers spread (favourable, neutral, unfavourable, each answer's share) are further roundings of them:
together they narrow several times as much, so they come from 200 (k − 1) people, and below only the score is told.
How many are at or below a threshold, and how many answered all alike, are such shares, too.
Waves that asked other people (another turn of a panel, other units) or other questions do not count. Which of two waves
began first does not matter, nor which is released first: the one that comes second is protected.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Q

from surveys.results.disclosure import HIDDEN
from surveys.results.disclosure.bounds import HALF, count_of
from surveys.results.groups import Group
from surveys.results.measures import Measure, item_lists, own_measures, service_measures
from surveys.waves.models import Wave

DAYS = 90
# Beside the score, how answers spread; told again only of so many times as many people.
SPREAD = frozenset({"fav", "neu", "unf", "fav_low", "fav_high", "dist", "effect"})
SHARES = frozenset({"shares", "percent"})  # a cell of nothing else
TIMES = 8
WHOLE = ("barrier", "straight", "drivers")  # cells that rest on all own questions


def least_people(rules: Mapping[str, int]) -> int:
    """From so many people on two rounded numbers keep any k − 1 of them open."""
    return round(HALF / 2 * (rules["k"] - 1))


def inside(one: dt.date, other: dt.date) -> bool:
    """Less than 90 days apart; a quarter is a quarter, however short its months are."""
    earlier, later = sorted((one, other))
    return later < min(earlier + dt.timedelta(days=DAYS), earlier + relativedelta(months=3))


def protect(wave: Wave, groups: Sequence[Group]) -> list[Group]:
    """The groups of a wave with what could be subtracted from another release hidden. Hiding is always safe."""
    codes = set[str]()
    for other in near(wave):
        codes |= shared_codes(wave.snapshot, other.snapshot)
    if not codes:
        return list(groups)
    keys = keys_of(wave.snapshot, codes)
    least = least_people(wave.rules)
    return [replace(one, cells=hide(one.cells, keys, least)) for one in groups]


def near(wave: Wave) -> list[Wave]:
    """Released waves that asked some of the same people within 90 days, before or after, or at the same time."""
    quarter = dt.timedelta(days=DAYS)
    lately = Q(opens_on__gte=wave.opens_on - quarter, opens_on__lte=wave.opens_on + quarter)
    together = Q(opens_on__lte=wave.closes_on, closes_on__gte=wave.opens_on)
    found = Wave.objects.filter(lately | together, state=Wave.State.RELEASED).exclude(pk=wave.pk)
    return [other for other in found.order_by("pk") if _at_a_time(wave, other) and _same_people(wave, other)]


def _at_a_time(wave: Wave, other: Wave) -> bool:
    together = wave.opens_on <= other.closes_on and other.opens_on <= wave.closes_on
    return together or inside(wave.opens_on, other.opens_on)


def _same_people(wave: Wave, other: Wave) -> bool:
    return not _other_turn(wave, other) and bool(_units(wave.snapshot) & _units(other.snapshot))


def _other_turn(wave: Wave, other: Wave) -> bool:
    """Whether both asked, by what they froze when they opened, different parts of one panel."""
    if wave.series_id != other.series_id or "panel" not in wave.rules:
        return False
    dealt = all(wave.rules[key] == other.rules.get(key) for key in ("panel", "panel_since"))
    return dealt and wave.rules["panel_turn"] != other.rules["panel_turn"]


def _units(snapshot: Mapping[str, Any]) -> set[int]:
    return {unit for block in snapshot.get("blocks") or () for unit in block["units"]}


def shared_codes(one: Mapping[str, Any], other: Mapping[str, Any]) -> set[str]:
    """Questions of both; texts are never subtracted."""
    known = {(item["code"], item["about"]) for item in other.get("items") or () if item["kind"] != "comment"}
    return {item["code"] for item in one.get("items") or () if (item["code"], item["about"]) in known}


def keys_of(snapshot: Mapping[str, Any], codes: Iterable[str]) -> set[str]:
    """The cells that rest on these questions."""
    again = set(codes)
    own, provider = item_lists(snapshot)
    mine = own_measures(own)
    keys = {key for measure in (*mine, *service_measures(provider)) for key in _keys(measure, again)}
    return keys | set(WHOLE) if any(_keys(measure, again) for measure in mine) else keys


def _keys(measure: Measure, again: set[str]) -> set[str]:
    inside_it = again & {*measure.codes, measure.item}
    return {measure.key, *measure.codes} if inside_it and measure.codes else {measure.key} if inside_it else set()


def hide(cells: Mapping[str, dict], keys: set[str], least: int) -> dict[str, dict]:
    """The cells with those of ``keys`` hidden that rest on fewer than ``least`` people; up to 8 times it, coarser."""

    def again(key: str) -> bool:
        return key in keys or key.rpartition(":")[2] in keys or key.partition(":")[0] in keys

    return {key: _coarser(cell, least) if cell.get("shown") and again(key) else cell for key, cell in cells.items()}


def _coarser(cell: dict, least: int) -> dict:
    """A cell told again: hidden, or its score alone, or as it is."""
    people = count_of(cell).low
    if people < least or (SHARES & cell.keys() and people < TIMES * least):
        return dict(HIDDEN)
    if people < TIMES * least:
        return {name: value for name, value in cell.items() if name not in SPREAD}
    return cell
