"""Who is asked about which providers. Pure, deterministic and fair.

Everybody is asked about the same number of providers, at most ``max_providers`` of those his unit uses. A *cell* is a
reporting block of customers and one provider. It can be shown when ``k`` answer; so many are asked about it that this
happens with the wanted confidence at the expected participation (``needed``). As many cells as possible get that many;
which ones is settled by a min-cost flow (assignment_flow.py) that gives each provider ratings in proportion to the
people who use it, and moves on from wave to wave (``turn``). A cell that cannot reach ``k`` is asked for nothing.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from surveys.waves.assignment_flow import Group, Kin, Mixed, allot, fill

EXPECTED = 0.6  # the share who answer, where nobody knows better
CONFIDENCE = 0.9
NEVER = 10**9  # so many cannot be asked: nobody is expected to answer
UNLIKELY = 0.001
EXACT = 1000  # so many blocks of mixed people are worth an integer program each; of more, time decides

Participation = float | Mapping[int, float]


@dataclass(frozen=True)
class Person:
    id: int
    unit: int
    block: int


@dataclass(frozen=True)
class CellForecast:
    """Of ``users`` in the block who use the provider, ``asked`` are asked; ``probability`` that ``k`` answer."""

    block: int
    provider: int
    users: int
    asked: int
    probability: float


def line_of(unit: int, parents: Mapping[int, int | None]) -> list[int]:
    """The unit and those above it, nearest first."""
    line: list[int] = []
    current: int | None = unit
    while current is not None and current not in line:
        line.append(current)
        current = parents.get(current)
    return line


def used_by(unit: int, parents: Mapping[int, int | None], links: Mapping[int, Iterable[int]]) -> tuple[int, ...]:
    """Providers by the links of the unit and those above it; never itself, nor who is above or below it."""
    above = line_of(unit, parents)
    candidates = {provider for customer in above for provider in links.get(customer, ())}
    return tuple(
        sorted(
            provider
            for provider in candidates
            if provider in parents and provider not in above and unit not in line_of(provider, parents)
        )
    )


def may_add(unit: int, parents: Mapping[int, int | None], links: Mapping[int, Iterable[int]]) -> tuple[int, ...]:
    """Whom somebody of ``unit`` may add on the questionnaire's first page: any provider of the map that is neither
    his own unit nor above or below it, and is not on his list anyway."""
    every = {provider for providers in links.values() for provider in providers}
    return tuple(sorted(set(used_by(unit, parents, {unit: every})) - set(used_by(unit, parents, links))))


def after_screener(
    asked: Sequence[int],
    *,
    skipped: Iterable[int] = (),
    added: Iterable[int] = (),
    allowed: Iterable[int],
    max_providers: int,
) -> tuple[int, ...]:
    """The providers somebody rates after the question whose service he used.

    ``skipped``: those of ``asked`` he did not use. ``added``: others he did use; only those ``allowed`` (``may_add``,
    ``used_by``) count, and only while he has fewer than ``max_providers``. What he keeps is never pushed out.
    """
    left_out, open_to_all = set(skipped), set(allowed)
    kept = [provider for provider in dict.fromkeys(asked) if provider not in left_out][: max(0, max_providers)]
    for provider in dict.fromkeys(added):
        if len(kept) >= max_providers:
            break
        if provider in open_to_all and provider not in left_out and provider not in kept:
            kept.append(provider)
    return tuple(kept)


@functools.lru_cache(maxsize=4096)
def needed(k: int, p: float, confidence: float = CONFIDENCE) -> int:
    """How many must be asked so that ``k`` answer with at least ``confidence``, when each does so with ``p``.

    The quantile of the negative binomial (Pascal) distribution: the smallest n with P(Binomial(n, p) >= k) >=
    confidence; see Johnson, Kemp, Kotz, *Univariate Discrete Distributions*, 3rd ed., 5.2. Eleven for 5 at 60 %.
    """
    if k <= 0:
        return 0
    if p >= 1:
        return k
    if p < UNLIKELY:
        return NEVER
    n, just_now = k, p**k  # probability that the k-th answer is the n-th person's
    reached = just_now
    while reached < confidence:
        n += 1
        just_now *= (1 - p) * (n - 1) / (n - k)
        reached += just_now
        if n >= 1_000_000 or (just_now < 1e-18 and n > k / p):  # rounding eats the rest: as near as floats come
            break
    return n


def assign(
    people: Iterable[Person],
    parents: Mapping[int, int | None],
    links: Mapping[int, Iterable[int]],
    *,
    max_providers: int,
    k: int,
    turn: int = 0,
    participation: Participation = EXPECTED,
    confidence: float = CONFIDENCE,
) -> dict[int, tuple[int, ...]]:
    """Provider ids for each person's id. ``turn`` (the wave's number) moves everybody on to other providers.

    ``participation``: the expected share of answers, one for all or by unit id (a unit that is missing: 0.6).
    """
    everybody = list(people)
    blocks, users = _customers(everybody, parents, links)
    result: dict[int, tuple[int, ...]] = {person.id: () for person in everybody}
    groups: defaultdict[tuple[tuple[int, ...], int], list[int]] = defaultdict(list)
    even: dict[int, list[int]] = {}
    mixed: list[Mixed] = []
    for block, kinds in blocks.items() if max_providers > 0 else ():
        if len(kinds) > 1:
            mixed.append(_mixed(kinds, max_providers, k, participation, confidence))
            continue
        ((providers, members),) = kinds
        each = min(max_providers, len(providers))
        enough = needed(k, expected_of((person.unit for person in members), participation), confidence)
        cells = min(len(providers), max(each, len(members) * each // max(1, enough)))
        groups[providers, cells].append(block)
        even[block] = [person.id for person in members]
    load: Counter[int] = Counter()

    def deal(members: Sequence[int], amounts: Sequence[tuple[int, int]]) -> None:
        for person_id, given in _dealt(members, amounts, turn):
            result[person_id] = given
            load.update(given)

    for block, opened in _opened(groups, users, max_providers, turn):
        deal(even[block], _amounts(opened, len(even[block]) * min(max_providers, len(opened))))
    for index, one in enumerate(mixed):
        for kin, asked in zip(one.kins, fill(one, load, users, turn, exact=index < EXACT), strict=True):
            deal(kin.members, list(asked.items()))
    return result


Kinds = list[tuple[tuple[int, ...], list[Person]]]


def _customers(
    people: Iterable[Person], parents: Mapping[int, int | None], links: Mapping[int, Iterable[int]]
) -> tuple[dict[int, Kinds], Counter[int]]:
    """Block → its people who use something, by what they use; and how many use each provider."""
    choice: dict[int, tuple[int, ...]] = {}
    found: defaultdict[int, defaultdict[tuple[int, ...], list[Person]]] = defaultdict(lambda: defaultdict(list))
    for person in people:
        if person.unit not in choice:
            choice[person.unit] = used_by(person.unit, parents, links)
        if choice[person.unit]:
            found[person.block][choice[person.unit]].append(person)
    users: Counter[int] = Counter()
    blocks: dict[int, Kinds] = {}
    for block in sorted(found):
        blocks[block] = [(providers, _interleaved(found[block][providers])) for providers in sorted(found[block])]
        for providers, members in blocks[block]:
            users.update(dict.fromkeys(providers, len(members)))
    return blocks, users


def _interleaved(members: list[Person]) -> list[Person]:
    """So that any stretch holds people of each unit in proportion: then each cell's people answer like the block."""
    by_unit: defaultdict[int, list[Person]] = defaultdict(list)
    for person in sorted(members, key=lambda person: person.id):
        by_unit[person.unit].append(person)
    if len(by_unit) == 1:
        return next(iter(by_unit.values()))
    placed = [
        ((index + 0.5) / len(mates), unit, index, person)
        for unit, mates in by_unit.items()
        for index, person in enumerate(mates)
    ]
    return [person for *_, person in sorted(placed, key=lambda entry: entry[:3])]


def expected_of(units: Iterable[int], participation: Participation) -> float:
    """The mean expected share of the people whose ``units`` these are, one entry a person."""
    if not isinstance(participation, Mapping):
        return participation
    shares = [participation.get(unit, EXPECTED) for unit in units]
    # Rounded, so that sums in another order ask for the same number.
    return round(sum(shares) / len(shares), 6) if shares else EXPECTED


def _mixed(
    rating: Kinds,
    max_providers: int,
    k: int,
    participation: Participation,
    confidence: float,
) -> Mixed:
    kins = tuple(
        Kin(providers, tuple(person.id for person in members), min(max_providers, len(providers)))
        for providers, members in rating
    )
    needs = {}
    for provider in sorted({provider for kin in kins for provider in kin.providers}):
        units = [person.unit for providers, members in rating if provider in providers for person in members]
        needs[provider] = needed(k, expected_of(units, participation), confidence)
    return Mixed(kins, needs)


def _opened(
    groups: Mapping[tuple[tuple[int, ...], int], list[int]], users: Mapping[int, int], most: int, turn: int
) -> Iterable[tuple[int, list[int]]]:
    """The providers each block is asked about: the flow settles how many blocks of a group get which provider."""
    keys = sorted(groups)
    shares = allot(
        [Group(providers, cells, len(groups[providers, cells])) for providers, cells in keys], users, most, turn
    )
    for key, share in zip(keys, shares, strict=True):
        blocks = groups[key]
        row = [provider for provider, times in share for _ in range(times)]
        for index, block in enumerate(blocks):
            yield block, row[(index + turn) % len(blocks) :: len(blocks)]


def _amounts(opened: Sequence[int], ratings: int) -> list[tuple[int, int]]:
    """``ratings`` spread evenly: what is over goes to the first."""
    base, over = divmod(ratings, len(opened))
    return [(provider, base + (index < over)) for index, provider in enumerate(opened)]


def _dealt(
    members: Sequence[int], amounts: Sequence[tuple[int, int]], turn: int
) -> Iterable[tuple[int, tuple[int, ...]]]:
    """Dealt like cards: as no provider has more cards than there are people, nobody gets one twice."""
    cards = [provider for provider, amount in amounts for _ in range(amount)]
    count = len(members)
    step = max((amount for _, amount in amounts), default=0)
    for index, member in enumerate(members):
        yield member, tuple(sorted(cards[(index + turn * step) % count :: count]))


def cells_forecast(
    people: Iterable[Person],
    asked: Mapping[int, Sequence[int]],
    *,
    k: int,
    participation: Participation = EXPECTED,
    users: Mapping[tuple[int, int], int] | None = None,
) -> list[CellForecast]:
    """Each cell that somebody is asked about, with the probability that at least ``k`` answer; by block and provider.

    ``asked``: what ``assign`` returned. ``users`` (optional): how many of a block use a provider, from ``users_of``.
    """
    rates: defaultdict[tuple[int, int], Counter[float]] = defaultdict(Counter)
    for person in people:
        rate = participation.get(person.unit, EXPECTED) if isinstance(participation, Mapping) else participation
        for provider in asked.get(person.id, ()):
            rates[person.block, provider][rate] += 1
    known = users or {}
    return [
        CellForecast(
            block,
            provider,
            known.get((block, provider), sum(counts.values())),
            sum(counts.values()),
            at_least(k, tuple(sorted(counts.items()))),
        )
        for (block, provider), counts in sorted(rates.items())
    ]


def users_of(
    people: Iterable[Person], parents: Mapping[int, int | None], links: Mapping[int, Iterable[int]]
) -> dict[tuple[int, int], int]:
    """(block, provider) → how many people of the block use the provider: the weights of a provider's total."""
    heads = Counter((person.block, person.unit) for person in people)
    found: Counter[tuple[int, int]] = Counter()
    for (block, unit), count in heads.items():
        for provider in used_by(unit, parents, links):
            found[block, provider] += count
    return dict(found)


@functools.lru_cache(maxsize=16384)
def at_least(k: int, groups: tuple[tuple[float, int], ...]) -> float:
    """The probability that at least ``k`` answer of several groups of (share, people): a sum of binomials."""
    below = [1.0] + [0.0] * (k - 1)  # probability of exactly 0, 1, … k-1 answers so far
    if k <= 0:
        return 1.0
    for share, count in groups:
        for _ in range(count):
            for answers in range(k - 1, 0, -1):
                below[answers] = below[answers] * (1 - share) + below[answers - 1] * share
            below[0] *= 1 - share
    return min(1.0, max(0.0, 1.0 - sum(below)))
