"""`manage.py bench assignment`: who is asked about whom, for a large organisation, beside a greedy and a bare loop."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.core.management.base import CommandError

from config import proof
from surveys.waves.assignment import Person, assign, cells_forecast, needed, used_by
from surveys.waves.blocks import UnitNode, make_blocks

K, MOST = 5, 3
Parents = Mapping[int, int | None]
Links = Mapping[int, Iterable[int]]


def bench_assignment(size: int) -> Iterator[str]:
    """``size`` respondents (default 20,000) and 500 links: seconds, and cells that reach k with 90 % probability."""
    size = size or 20_000
    people, parents, links = organisation(size)
    proof.progress(f"assignment: {size} people, {sum(map(len, links.values()))} links")
    bare, _ = timed(lambda: bare_loop(people, parents, links))
    seconds, asked = timed(lambda: assign(people, parents, links, max_providers=MOST, k=K, turn=1))
    slow, simple = timed(lambda: greedy(people, parents, links, max_providers=MOST, k=K, turn=1))
    yield proof.bench_line(name="assignment.flow", value=seconds, unit="s", size=size, baseline=bare)
    yield proof.bench_line(name="assignment.greedy", value=slow, unit="s", size=size, baseline=bare)
    reached, before = reaching(people, asked), reaching(people, simple)
    yield proof.bench_line(name="assignment.cells", value=reached, unit="cells", size=size, baseline=before)
    took, _ = timed(lambda: cells_forecast(people, asked, k=K))
    yield proof.bench_line(name="assignment.forecast", value=took, unit="s", size=size, baseline=bare)
    if reached < before:
        raise CommandError("The greedy reached more cells than the flow.")


def timed(what: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = what()
    return time.perf_counter() - begun, found


def organisation(size: int) -> tuple[list[Person], dict[int, int | None], dict[int, list[int]]]:
    """Teams of 3 to 40 in 200 areas in 20 divisions, forty providers beside them; 500 links at all three levels."""
    dice = random.Random(4)
    parents: dict[int, int | None] = {1: None, 2: 1}
    providers = list(range(10, 50))
    parents |= dict.fromkeys(providers, 2)
    divisions = list(range(100, 120))
    parents |= dict.fromkeys(divisions, 1)
    areas = list(range(1000, 1200))
    parents |= {area: divisions[index % 20] for index, area in enumerate(areas)}
    teams: list[int] = []
    sizes: dict[int, int] = {}
    while sum(sizes.values()) < size:
        team = 10_000 + len(teams)
        teams.append(team)
        parents[team] = areas[len(teams) % 200]
        sizes[team] = min(dice.choice([3, 4, 6, 8, 12, 15, 20, 25, 30, 40]), size - sum(sizes.values()))
    links: defaultdict[int, list[int]] = defaultdict(list)
    for customers, each in ((divisions, 8), (areas, 1), (dice.choices(teams, k=140), 1)):
        for customer in customers:
            links[customer] += dice.sample([p for p in providers if p not in links[customer]], each)
    nodes = [UnitNode(unit, f"Unit {unit}", parent) for unit, parent in parents.items()]
    home = {unit: block.id for block in make_blocks(nodes, sizes, K) for unit in block.units}
    spread = [unit for unit, count in sizes.items() for _ in range(count)]
    return [Person(number, unit, home[unit]) for number, unit in enumerate(spread)], parents, dict(links)


def bare_loop(people: Iterable[Person], parents: Parents, links: Links) -> dict[int, tuple[int, ...]]:
    """Everybody gets the first providers of his unit: no assignment can take less."""
    first: dict[int, tuple[int, ...]] = {}
    result = {}
    for person in people:
        if person.unit not in first:
            first[person.unit] = used_by(person.unit, parents, links)[:MOST]
        result[person.id] = first[person.unit]
    return result


def reaching(people: Iterable[Person], asked: Mapping[int, Iterable[int]], *, p: float = 0.6) -> int:
    """How many cells are asked often enough to be shown with 90 % probability."""
    counts = Counter((person.block, provider) for person in people for provider in asked[person.id])
    return sum(count >= needed(K, p) for count in counts.values())


def greedy(
    people: Iterable[Person], parents: Parents, links: Links, *, max_providers: int, k: int, turn: int = 0
) -> dict[int, tuple[int, ...]]:
    """What was used before the flow: group by group, the least asked providers first, ``k`` asked for ``k``."""
    choice: dict[int, tuple[int, ...]] = {}
    groups: defaultdict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
    for person in people:
        if person.unit not in choice:
            choice[person.unit] = used_by(person.unit, parents, links)
        groups[person.block, choice[person.unit]].append(person.id)
    load: Counter[int] = Counter()
    result: dict[int, tuple[int, ...]] = {}
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
