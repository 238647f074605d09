"""Promises between units, judged by those they were made to: which ones a wave asks about, and whom.

This wing knows no promises. Whoever keeps them offers those that are due at each opening (:func:`register`); what is
asked is frozen into the wave. Rules, so that nobody can be singled out by putting judgements side by side:

- Who judges is a whole unit with everything below it, without the provider's own people, of whom at least k are asked.
- Of one provider (and units above and below him, whose service is his) only promises to units that have nobody in
  common, or are the same, are asked in a wave; and within three months the same people judge him in one wave only. The
  others wait.
- Nobody judges more than three in a wave. What was shown of a promise is never asked again, what stayed hidden once
  more.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import connection

from culture.people import asof
from surveys.waves.asked_models import AskedPromise
from surveys.waves.blocks import Block, UnitNode
from surveys.waves.models import Wave

MOST = 3
MOST_OFTEN = 2
LOCK = 7_014_002  # openings that ask promises write one after the other


@dataclass(frozen=True)
class Offer:
    """A promise of ``provider`` to ``customer`` (unit ids). ``text``: {language: text}."""

    id: int
    provider: int
    customer: int
    text: Mapping[str, str]
    due_on: dt.date


@dataclass(frozen=True)
class Chosen:
    """A promise a wave asks about. ``units``: those with invited people. ``whole``: they are whole blocks."""

    offer: Offer
    units: frozenset[int]
    whole: bool


Source = Callable[[dt.date], Iterable[Offer]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """``source(today)``: the promises whose day has come and that nobody withdrew. Called when the apps are ready."""
    if source not in _sources:
        _sources.append(source)


def offers(today: dt.date) -> list[Offer]:
    return [one for source in _sources for one in source(today)]


def asks(items: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a questionnaire is one in which promises are judged: it asks about the service of departments."""
    return any(item.get("about") == "provider" for item in items)


def expected(items: Iterable[Mapping[str, Any]], today: dt.date) -> int:
    """So many promises somebody is asked about at most, for telling how long the questionnaire takes."""
    if not asks(items):
        return 0
    of_customer = Counter(one.customer for one in waiting(today))
    return min(MOST, max(of_customer.values(), default=0))


# -- choosing: pure --------------------------------------------------------------------------------------------------


def choose(
    offered: Iterable[Offer],
    nodes: Sequence[UnitNode],
    blocks: Sequence[Block],
    sizes: Mapping[int, int],
    k: int,
    lately: Iterable[tuple[int, frozenset[int]]] = (),
) -> list[Chosen]:
    """What is asked, those due first before the others. ``sizes``: invited people by unit.

    ``lately``: (provider, units) of what other waves of the last three months ask.
    """
    below, home = _below(nodes), [frozenset(block.units) for block in blocks]
    burden: Counter[int] = Counter()
    barred, found = list(lately), list[Chosen]()
    for offer in sorted(offered, key=lambda one: (one.due_on, one.id)):
        units = frozenset(unit for unit in _judges(offer, below) if sizes.get(unit))
        if sum(sizes[unit] for unit in units) < k or any(burden[unit] >= MOST for unit in units):
            continue
        if any(units & other and _akin(offer.provider, provider, below) for provider, other in barred):
            continue
        if any(_clash(offer, units, other) and _akin(offer.provider, other.offer.provider, below) for other in found):
            continue
        burden.update(units)
        touched = [block for block in home if block & units]
        peopled = (unit for block in touched for unit in block if sizes.get(unit))
        found.append(Chosen(offer, units, all(unit in units for unit in peopled)))
    return found


def _akin(one: int, other: int, below: Mapping[int, set[int]]) -> bool:
    """The same provider, or one a part of the other."""
    return one == other or one in below.get(other, ()) or other in below.get(one, ())


def _clash(offer: Offer, units: frozenset[int], other: Chosen) -> bool:
    """Whether two promises of one provider may not stand side by side: their people overlap, or it is the same."""
    if units != other.units:
        return bool(units & other.units)
    return _plain(offer) == _plain(other.offer)


def _plain(offer: Offer) -> set[str]:
    return {" ".join(text.casefold().split()) for text in offer.text.values()}


def _below(nodes: Sequence[UnitNode]) -> dict[int, set[int]]:
    """Each unit with everything below it."""
    parents = {node.id: node.parent for node in nodes}
    found: dict[int, set[int]] = {node.id: set() for node in nodes}
    for unit in parents:
        at: int | None = unit
        while at is not None and at in found and unit not in found[at]:
            found[at].add(unit)
            at = parents[at]
    return found


def _judges(offer: Offer, below: Mapping[int, set[int]]) -> set[int]:
    """The customer's units; nobody judges himself, so the provider's own are not among them."""
    customer, provider = below.get(offer.customer, set()), below.get(offer.provider, set())
    return customer - provider if offer.customer not in provider else customer


# -- the database ----------------------------------------------------------------------------------------------------


def due(
    items: Sequence[Mapping[str, Any]],
    nodes: Sequence[UnitNode],
    blocks: Sequence[Block],
    sizes: Mapping[int, int],
    k: int,
    today: dt.date,
) -> list[Chosen]:
    """What a wave that opens today asks. Two queries; none where nothing is offered."""
    if not asks(items):
        return []
    offered = waiting(today)
    if not offered:
        return []
    return choose(offered, nodes, blocks, sizes, k, _lately(today))


def waiting(today: dt.date) -> list[Offer]:
    """What the next waves will ask about, as far as it is known today. Two queries at most."""
    return _waiting(offers(today))


def _waiting(offered: list[Offer]) -> list[Offer]:
    """Those that no wave asks about now, that were not shown yet, and not asked in vain too often."""
    if not offered:
        return []
    rows = AskedPromise.objects.alive().filter(promise__in=[one.id for one in offered])
    often: Counter[int] = Counter()
    for promise, judged in rows.values_list("promise", "judged"):
        often[promise] += 1 if judged is False else MOST_OFTEN
    return [one for one in offered if often[one.id] < MOST_OFTEN]


def _lately(today: dt.date) -> list[tuple[int, frozenset[int]]]:
    """(provider, units) of what other waves of the last three months ask; merged units as what they became."""
    rows = AskedPromise.objects.alive().filter(wave__opens_on__gte=today - dt.timedelta(days=93))
    found = list(rows.values_list("provider", "units", "wave__opens_on"))
    into = asof.successors() if found else {}
    return [
        (into.get(provider, provider), frozenset(into.get(unit, unit) for unit in units))
        for provider, units, opened in found
        if is_recent(opened, today)
    ]


def is_recent(earlier: dt.date, later: dt.date) -> bool:
    """Less than three months ago; a quarter is a quarter, however short its months are."""
    return later < min(earlier + dt.timedelta(days=90), earlier + relativedelta(months=3))


def freeze(wave: Wave, chosen: Sequence[Chosen], nodes: Sequence[UnitNode], today: dt.date) -> list[Chosen]:
    """Write what the wave asks, in the transaction that opens it; returns what is left of it.

    Another wave that opened meanwhile may have been quicker with some of it.
    """
    if not chosen:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    free = {one.id for one in _waiting([one.offer for one in chosen])}
    taken, below = _lately(today), _below(nodes)
    left = [
        one
        for one in chosen
        if one.offer.id in free
        and not any(units & one.units and _akin(provider, one.offer.provider, below) for provider, units in taken)
    ]
    AskedPromise.objects.bulk_create(
        AskedPromise(
            wave=wave,
            promise=one.offer.id,
            provider=one.offer.provider,
            customer=one.offer.customer,
            text=dict(one.offer.text),
            due_on=one.offer.due_on,
            units=sorted(one.units),
            whole=one.whole,
        )
        for one in left
    )
    return left


def told(chosen: Sequence[Chosen]) -> dict[str, Any]:
    """What stands of them in the wave's snapshot: nothing where none is asked."""
    rows = [
        {
            "id": one.offer.id,
            "provider": one.offer.provider,
            "customer": one.offer.customer,
            "text": dict(one.offer.text),
            "due_on": one.offer.due_on.isoformat(),
            "whole": one.whole,
        }
        for one in chosen
    ]
    return {"promises": rows} if rows else {}


def by_unit(chosen: Sequence[Chosen]) -> dict[int, list[int]]:
    """Unit → the promises its people are asked about."""
    found: dict[int, list[int]] = {}
    for one in chosen:
        for unit in one.units:
            found.setdefault(unit, []).append(one.offer.id)
    return found
