"""Nested groups: which of them may be shown. Pure (the promise, section 3).

Groups form a forest over *leaves*, each leaf the people of one home who rated one thing: ``(home, what)``. Own answers
have one ``what``. A person has one home but may rate several things, so people of several leaves are counted per home
by the largest of them: a lower bound that is never above the truth.
In a forest every vector in the row space of what is shown is a combination of *remainders* (a shown group less the
largest shown groups inside it), which share nobody. So no remainder may hold between 1 and k − 1 people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.results.scoring import Tally

Leaf = tuple[int, int]
Id = Any  # a group: a unit, or (provider, customer)
# Raters whose home is not told: they may be the same people as those of any other home.
SOMEBODY = 0


@dataclass
class Forest:
    """Nested groups. ``leaves`` names the leaves that belong to a group itself, below none of its children."""

    parents: dict[Id, Id | None]
    leaves: dict[Id, list[Leaf]]

    def __post_init__(self) -> None:
        self.children: dict[Id, list[Id]] = {node: [] for node in self.parents}
        self.roots: list[Id] = []
        for node, parent in self.parents.items():
            if parent is None:
                self.roots.append(node)
            else:
                self.children[parent].append(node)
        self.order: list[Id] = []
        stack = list(self.roots)
        while stack:
            node = stack.pop()
            self.order.append(node)
            stack.extend(self.children[node])
        self.order.reverse()  # children before parents
        self.all_leaves: dict[Id, list[Leaf]] = {}
        for node in self.order:
            found = list(self.leaves.get(node, ()))
            for child in self.children[node]:
                found.extend(self.all_leaves[child])
            self.all_leaves[node] = found

    def places(self, shown: Iterable[Id]) -> dict[Leaf, Id | None]:
        """Leaf → the smallest shown group that holds it: whose remainder it lies in. None: it is in nothing shown."""
        known = set(shown)
        nearest: dict[Id, Id | None] = {}
        found: dict[Leaf, Id | None] = {}
        for node in reversed(self.order):  # parents first
            parent = self.parents[node]
            nearest[node] = node if node in known else None if parent is None else nearest[parent]
            for leaf in self.leaves.get(node, ()):
                found[leaf] = nearest[node]
        return found


def people(counts: Iterable[tuple[Leaf, int]]) -> int:
    """At least so many distinct people stand behind the counts of these leaves."""
    most: dict[int, int] = {}
    for (home, _), n in counts:
        if n > most.get(home, 0):
            most[home] = n
    somebody = most.pop(SOMEBODY, 0)
    return max(somebody, sum(most.values()))


def protect(
    forest: Forest,
    big_enough: Callable[[Sequence[Leaf]], bool],
    safe: Callable[[Sequence[Leaf]], bool],
    size: Callable[[Sequence[Leaf]], int],
    allowed: set[Id] | None = None,
) -> set[Id]:
    """The groups that may be shown: each big enough, and every remainder safe.

    An unsafe remainder grows by hiding the smallest shown group next to it; upper groups are kept as long as possible.
    One pass from the bottom reaches the fixpoint: hiding a group changes only the remainder of its nearest shown
    ancestor. Near-linear: a group is hidden once, and its size is worked out once.
    """
    shown: set[Id] = set()
    remainder: dict[Id, list[Leaf]] = {}
    border: dict[Id, list[Id]] = {}
    sizes: dict[Id, int] = {}

    def weight(group: Id) -> tuple[int, str]:
        if group not in sizes:
            sizes[group] = size(forest.all_leaves[group])
        return sizes[group], str(group)

    for node in forest.order:
        rest, inside = list(forest.leaves.get(node, ())), []
        for child in forest.children[node]:
            if child in shown:
                inside.append(child)
            else:
                rest.extend(remainder.pop(child))
                inside.extend(border.pop(child))
        if (allowed is None or node in allowed) and big_enough(forest.all_leaves[node]):
            shown.add(node)
            if not safe(rest):
                inside.sort(key=weight, reverse=True)
            while not safe(rest):
                if not inside:
                    shown.discard(node)
                    break
                smallest = inside.pop()
                shown.discard(smallest)
                rest.extend(remainder[smallest])
                inside.extend(border[smallest])
                inside.sort(key=weight, reverse=True)
        remainder[node], border[node] = rest, inside
    return shown


def protect_counts(forest: Forest, counts: Mapping[Leaf, int], k: int, least: int = 0) -> set[Id]:
    """Groups to show for one base: ``counts`` people per leaf; each of at least ``least`` (or ``k``)."""
    enough = max(k, least)

    def base(leaves: Sequence[Leaf]) -> int:
        return people((leaf, counts.get(leaf, 0)) for leaf in leaves)

    return protect(forest, lambda leaves: base(leaves) >= enough, lambda rest: not 0 < base(rest) < k, base)


def protect_together(
    forest: Forest, bases: Sequence[Mapping[Leaf, int]], k: int, least: int, allowed: set[Id]
) -> set[Id]:
    """Of the ``allowed`` groups those to show for several bases told in one cell, the first of at least ``least``."""

    def base(leaves: Sequence[Leaf], at: int = 0) -> int:
        return people((leaf, bases[at].get(leaf, 0)) for leaf in leaves)

    return protect(
        forest,
        lambda leaves: base(leaves) >= max(k, least),
        lambda rest: not any(0 < base(rest, at) < k for at in range(len(bases))),
        base,
        allowed,
    )


@dataclass
class LeafScores:
    """What one leaf holds for a group of measures: the index by people (who answered more than half), its items, and
    (filled where people are counted one by one) who answered which items.
    """

    index: Tally = field(default_factory=Tally)
    items: dict[str, Tally] = field(default_factory=dict)
    patterns: Counter[frozenset[str]] = field(default_factory=Counter)


def protect_index(forest: Forest, scores: Mapping[Leaf, LeafScores], codes: Sequence[str], k: int) -> set[Id]:
    """The groups where an index, its classes and its items may be shown together.

    The score of an index is the mean of all answers to its items, so it is a sum of the items' rows and items taken off
    it leave nothing. Within one remainder everybody who answered an item has the same coefficient for it, in whatever
    combination: so each item is answered there by nobody or by at least k people, and so are the classes of the index.
    """

    def bases(leaves: Sequence[Leaf]) -> Iterable[int]:
        known = [(leaf, scores[leaf]) for leaf in leaves if leaf in scores]
        yield people((leaf, at.index.n) for leaf, at in known)
        for code in codes:
            yield people((leaf, at.items[code].n) for leaf, at in known if code in at.items)

    def size(leaves: Sequence[Leaf]) -> int:
        return next(iter(bases(leaves)))

    return protect(
        forest, lambda leaves: size(leaves) >= k, lambda rest: not any(0 < base < k for base in bases(rest)), size
    )


def item_groups(forest: Forest, scores: Mapping[Leaf, LeafScores], code: str, k: int, shown: Iterable[Id]) -> set[Id]:
    """Of the groups that show an index, those where at least k people answered this item."""
    return {
        node
        for node in shown
        if people(
            (leaf, scores[leaf].items[code].n)
            for leaf in forest.all_leaves[node]
            if leaf in scores and code in scores[leaf].items
        )
        >= k
    }
