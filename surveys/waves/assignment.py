"""Who is asked about which providers. Pure, deterministic and fair.

Everybody is asked about at most ``max_providers``; colleagues with the same choice get equally many, and each provider
is rated by equally many of them. Where there are too few people to give every provider ``k`` ratings from a group,
fewer providers are asked about (others next time): a cell that stays under ``k`` is hidden and was asked for nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    id: int
    unit: int
    block: int


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


def assign(
    people: Iterable[Person],
    parents: Mapping[int, int | None],
    links: Mapping[int, Iterable[int]],
    *,
    max_providers: int,
    k: int,
    turn: int = 0,
) -> dict[int, tuple[int, ...]]:
    """Provider ids for each person's id. ``turn`` (the wave's number) moves everybody on to other providers."""
    choice: dict[int, tuple[int, ...]] = {}
    groups: defaultdict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
    for person in people:
        if person.unit not in choice:
            choice[person.unit] = used_by(person.unit, parents, links)
        groups[person.block, choice[person.unit]].append(person.id)
    load: Counter[int] = Counter()
    result: dict[int, tuple[int, ...]] = {}
    # Small groups choose first: large ones can even out what they leave.
    for (_, providers), members in sorted(groups.items(), key=lambda entry: (len(entry[1]), entry[0])):
        shared = _share(sorted(members), providers, load, max_providers, k, turn)
        load.update(provider for given in shared.values() for provider in given)
        result.update(shared)
    return result


def _share(
    members: list[int], providers: tuple[int, ...], load: Counter[int], max_providers: int, k: int, turn: int
) -> dict[int, tuple[int, ...]]:
    each = min(max_providers, len(providers))
    if each <= 0:
        return {member: () for member in members}
    reachable = max(each, len(members) * each // max(1, min(k, len(members))))
    moved = [providers[(index + turn * each) % len(providers)] for index in range(len(providers))]
    asked = sorted(moved, key=lambda provider: load[provider])[: min(reachable, len(providers))]
    return {
        member: tuple(sorted(asked[(index * each + step) % len(asked)] for step in range(each)))
        for index, member in enumerate(members)
    }
