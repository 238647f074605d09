"""The flows behind ``assignment``: which cells are opened, and how many of a group are asked about whom. Pure.

Blocks whose people all use the same providers are alike and counted in groups; one min-cost flow over all of them
settles how many blocks of a group are asked about which provider. Blocks of people with different providers are few
and small: for each the largest set of cells that can get enough people is found by augmenting paths, and by integer
programming where that leaves doubt (the sets are no matroid, so that the first largest one may be too small).
"""

from __future__ import annotations

import functools
import math
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

# Shares of a provider's fair number of cells, and what a cell beyond it costs. Between the first two the turn decides:
# its own cost is below 1.
STEPS = ((0.85, 0.0), (1.15, 1.0), (1.5, 3.0))
BEYOND = 6.0
SECONDS = 2.0  # at most, for one block; what was found by then is checked and taken if it is more


@dataclass(frozen=True)
class Group:
    """``blocks`` blocks with the same ``providers``; each can be asked about ``cells`` of them."""

    providers: tuple[int, ...]
    cells: int
    blocks: int


@dataclass(frozen=True)
class Kin:
    """The people of a block who use the same providers; each is asked about ``each`` of them."""

    providers: tuple[int, ...]
    members: tuple[int, ...]
    each: int


@dataclass(frozen=True)
class Mixed:
    """A block of several kins; ``needs``: how many must be asked about a provider for its cell to be shown."""

    kins: tuple[Kin, ...]
    needs: Mapping[int, int]


def rotated(providers: Sequence[int], turn: int, each: int) -> list[int]:
    """The providers, beginning where this turn begins: after ``len / each`` turns everyone was among the first."""
    start = turn * each % len(providers)
    return [*providers[start:], *providers[:start]]


# -- blocks that are alike: one min-cost flow --------------------------------------------------------------------------


def allot(groups: Sequence[Group], users: Mapping[int, int], most: int, turn: int) -> list[list[tuple[int, int]]]:
    """For each group the providers in this turn's order with the number of its blocks that are asked about them.

    A flow from groups (each sends ``cells * blocks`` units) to providers (at most ``blocks`` from a group), at the
    least cost: a provider's unit costs more the further its total is above its share, which follows ``users``.
    """
    order = [rotated(group.providers, turn, min(most, len(group.providers))) for group in groups]
    limits = [_limits(group) for group in groups]
    free = [at for at, (low, high) in enumerate(limits) if low < high]
    amounts = [[limits[at][0]] * len(order[at]) for at in range(len(groups))]
    if free:
        for at, found in zip(free, _flow(groups, order, limits, free, users), strict=True):
            amounts[at] = found
    return [list(zip(order[at], amounts[at], strict=True)) for at in range(len(groups))]


def _limits(group: Group) -> tuple[int, int]:
    """Around the even share, so that no provider is left out of a large group."""
    fair = group.cells * group.blocks / len(group.providers)
    return math.floor(fair / 2) if group.cells < len(group.providers) else group.blocks, min(
        group.blocks, math.ceil(fair * 1.5)
    )


def _flow(
    groups: Sequence[Group],
    order: Sequence[Sequence[int]],
    limits: Sequence[tuple[int, int]],
    free: Sequence[int],
    users: Mapping[int, int],
) -> list[list[int]]:
    """The flow as a linear program; its matrix is that of a network, so a corner of it is in whole numbers."""
    edges = [(at, provider, rank / len(order[at])) for at in free for rank, provider in enumerate(order[at])]
    providers = {provider: index for index, provider in enumerate(sorted({edge[1] for edge in edges}))}
    rows = {at: index for index, at in enumerate(free)}
    supply = [groups[at].cells * groups[at].blocks for at in free]
    stairs = _stairs([users[p] for p in providers], supply)
    count, base = len(edges), len(free)
    i = [rows[at] for at, _, _ in edges] + [base + providers[p] for _, p, _ in edges]
    j = [*range(count), *range(count)]
    v = [1.0] * (2 * count)
    for step, (index, _room, _cost) in enumerate(stairs):
        i.append(base + index)
        j.append(count + step)
        v.append(-1.0)
    matrix = scipy.sparse.coo_array((v, (i, j)), shape=(base + len(providers), count + len(stairs))).tocsr()
    solved = scipy.optimize.linprog(
        c=[rank for _, _, rank in edges] + [cost for _, _, cost in stairs],
        A_eq=matrix,
        b_eq=[*supply, *([0] * len(providers))],
        bounds=[limits[at] for at, _, _ in edges] + [(0, room) for _, room, _ in stairs],
        method="highs-ds",
    )
    if solved.x is None or np.abs(solved.x[:count] - np.rint(solved.x[:count])).max() > 1e-6:
        # A wave must open whatever the solver says: an even share is a flow as well, only not the cheapest.
        return [_even(groups[at]) for at in free]
    whole = np.rint(solved.x[:count]).astype(int)
    found, at_edge = [], 0
    for at in free:
        found.append([int(amount) for amount in whole[at_edge : at_edge + len(order[at])]])
        at_edge += len(order[at])
    return found


def _even(group: Group) -> list[int]:
    base, over = divmod(group.cells * group.blocks, len(group.providers))
    return [base + (rank < over) for rank in range(len(group.providers))]


def _stairs(heads: Sequence[int], supply: Sequence[int]) -> list[tuple[int, int | None, float]]:
    """(provider's index, room in whole cells, cost of each): a rising cost, so that totals follow ``heads``."""
    fair = sum(supply) / max(1, sum(heads))
    stairs: list[tuple[int, int | None, float]] = []
    for index, people in enumerate(heads):
        taken = 0
        for share, cost in STEPS:
            upto = math.ceil(share * fair * people)
            if upto > taken:
                stairs.append((index, upto - taken, cost))
                taken = upto
        stairs.append((index, None, BEYOND))
    return stairs


# -- blocks of people with different providers -------------------------------------------------------------------------


def fill(
    one: Mixed, load: Mapping[int, int], users: Mapping[int, int], turn: int, *, exact: bool = True
) -> list[dict[int, int]]:
    """How many of each kin are asked about each provider: every member of a kin about exactly ``each``.

    Opened cells get at least what they need, and what is over evenly; what nobody can use there goes to as few other
    cells as possible. ``exact``: where augmenting paths leave doubt whether more cells could be opened, make sure.
    """
    every = sorted(one.needs)
    first = {provider: rank for rank, provider in enumerate(rotated(every, turn, max(kin.each for kin in one.kins)))}
    ranked = sorted(every, key=lambda p: (load.get(p, 0) * 20 // max(1, users[p]), first[p]))
    shape = tuple((kin.providers, len(kin.members), kin.each) for kin in one.kins)
    opened = _opened(shape, tuple((p, one.needs[p]) for p in ranked), exact)
    flow = _Flow(shape)
    for provider in opened:
        flow.push(provider, one.needs[provider])
    total = Counter({p: sum(asked[p] for asked in flow.asked) for p in every})
    potential = {p: sum(len(kin.members) for kin in one.kins if p in kin.providers) for p in every}
    rank = {provider: at for at, provider in enumerate(ranked)}

    def next_best(provider: int) -> tuple:
        if provider in opened:
            return 0, total[provider] / max(1, one.needs[provider]), rank[provider]
        return 1, -total[provider], -potential[provider], rank[provider]

    for index, kin in enumerate(one.kins):
        asked, people = flow.asked[index], len(kin.members)
        for _ in range(flow.left[index]):
            best = min((p for p in kin.providers if asked[p] < people), key=next_best)
            asked[best] += 1
            total[best] += 1
    return [{p: asked[p] for p in sorted(kin.providers, key=rank.__getitem__) if asked[p]} for kin, asked in
            zip(one.kins, flow.asked, strict=True)]  # fmt: skip


class _Flow:
    """People of kins → providers. ``asked``: by kin, provider → people; ``left``: ratings a kin has yet to give."""

    def __init__(self, shape: Sequence[tuple[tuple[int, ...], int, int]]) -> None:
        self.shape = shape
        self.asked: list[Counter[int]] = [Counter() for _ in shape]
        self.left = [people * each for _, people, each in shape]

    def push(self, provider: int, amount: int) -> bool:
        """Ask ``amount`` more about ``provider``, others moving over where they can; nothing changes if not all can."""
        before = ([Counter(asked) for asked in self.asked], list(self.left))
        while amount > 0:
            moved = self._augment(provider, amount)
            if not moved:
                self.asked, self.left = before
                return False
            amount -= moved
        return True

    def _augment(self, provider: int, amount: int) -> int:
        """Along the shortest path provider ← kin (→ other provider ← other kin …) to a kin with ratings left."""
        came: dict[int, tuple[int, int] | None] = {}  # kin → (provider it takes over, kin that gives it up)
        waiting: deque[int] = deque()
        for index, (providers, people, _) in enumerate(self.shape):
            if provider in providers and self.asked[index][provider] < people:
                came[index] = None
                waiting.append(index)
        while waiting:
            index = waiting.popleft()
            if self.left[index] > 0:
                return self._shift(provider, index, came, amount)
            for other, held in sorted(self.asked[index].items()):
                if held <= 0 or other == provider:
                    continue
                for beside, (providers, people, _) in enumerate(self.shape):
                    if beside not in came and other in providers and self.asked[beside][other] < people:
                        came[beside] = (other, index)
                        waiting.append(beside)
        return 0

    def _shift(self, provider: int, end: int, came: Mapping[int, tuple[int, int] | None], amount: int) -> int:
        path, index = [], end
        while (step := came[index]) is not None:
            path.append((index, *step))
            index = step[1]
        room = min(amount, self.left[end], self.shape[index][1] - self.asked[index][provider])
        for taker, other, giver in path:
            room = min(room, self.shape[taker][1] - self.asked[taker][other], self.asked[giver][other])
        for taker, other, giver in path:
            self.asked[taker][other] += room
            self.asked[giver][other] -= room
        self.asked[index][provider] += room
        self.left[end] -= room
        return room


@functools.lru_cache(maxsize=4096)
def _opened(
    shape: tuple[tuple[tuple[int, ...], int, int], ...], needs: tuple[tuple[int, int], ...], exact: bool
) -> tuple[int, ...]:
    """A largest set of providers that can all get what they need; among those of one size, the first in ``needs``."""
    can = [
        (provider, need)
        for provider, need in needs
        if sum(people for providers, people, _ in shape if provider in providers) >= need
    ]
    flow = _Flow(shape)
    found = tuple(provider for provider, need in can if flow.push(provider, need))
    good = {provider for provider, _ in can}
    capacity, most = sum(people * min(each, len(good & {*providers})) for providers, people, each in shape), 0
    for need in sorted(need for _, need in can):
        capacity -= need
        most += capacity >= 0
    return max(found, _programmed(shape, can), key=len) if exact and len(found) < most else found


def _programmed(shape: Sequence[tuple[tuple[int, ...], int, int]], needs: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The same by integer programming: a binary variable a provider, a flow variable for each kin and provider."""
    count = len(needs)
    edges = [
        (at, index) for index, (providers, _, _) in enumerate(shape) for at in range(count) if needs[at][0] in providers
    ]
    i, j, v = [], [], []
    for edge, (at, index) in enumerate(edges):
        i += [at, count + index]
        j += [count + edge, count + edge]
        v += [1.0, 1.0]
    for at, (_, need) in enumerate(needs):
        i.append(at)
        j.append(at)
        v.append(-float(need))
    matrix = scipy.sparse.coo_array((v, (i, j)), shape=(count + len(shape), count + len(edges))).tocsr()
    capacity = [float(people * each) for _, people, each in shape]
    solved = scipy.optimize.milp(
        c=[-1 + at / (count * count + 1) for at in range(count)] + [0.0] * len(edges),
        constraints=scipy.optimize.LinearConstraint(
            matrix, [0.0] * count + [0.0] * len(shape), [np.inf] * count + capacity
        ),
        integrality=[1] * count + [0] * len(edges),
        options={"time_limit": SECONDS},
        bounds=([0.0] * (count + len(edges)), [1.0] * count + [float(shape[index][1]) for _, index in edges]),
    )
    if solved.x is None:
        return ()
    chosen = tuple(needs[at][0] for at in range(count) if solved.x[at] > 0.5)
    # What floats said is checked in whole numbers.
    flow, need_of = _Flow(shape), dict(needs)
    return chosen if all(flow.push(provider, need_of[provider]) for provider in chosen) else ()
