"""What may be shown. Pure rules: groups in, the shown set and released cells out (see the promise, section 3).

Groups form a forest over *leaves*, each leaf the people of one reporting block who rated one thing: ``(home, what)``.
Own answers have one ``what``. A person has one home but may rate several things, so people of several leaves are
counted per home by the largest of them: a lower bound that is never above the truth.
In a forest every vector in the row space of what is shown is a combination of *remainders* (a shown group less the
largest shown groups inside it), which share nobody. So no remainder may hold between 1 and k − 1 people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.results.scoring import FIVE_POINTS, Tally, Thirds, answer_thirds, mean_interval, share_interval

Leaf = tuple[int, int]
Id = Any  # a group: a unit, or (provider, customer)
HIDDEN = {"shown": False, "why": "hidden for privacy"}
NOT_ASKED = {"shown": False, "why": "not asked"}
CLASS_ENDS = (7, 11, 15, 19)
PARTICIPATION_BASE = 10


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


def people(counts: Iterable[tuple[Leaf, int]]) -> int:
    """At least so many distinct people stand behind the counts of these leaves."""
    most: dict[int, int] = {}
    for (home, _), n in counts:
        most[home] = max(most.get(home, 0), n)
    return sum(most.values())


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
    ancestor.
    """
    shown: set[Id] = set()
    remainder: dict[Id, list[Leaf]] = {}
    border: dict[Id, list[Id]] = {}
    for node in forest.order:
        rest, inside = list(forest.leaves.get(node, ())), []
        for child in forest.children[node]:
            if child in shown:
                inside.append(child)
            else:
                rest.extend(remainder[child])
                inside.extend(border[child])
        if (allowed is None or node in allowed) and big_enough(forest.all_leaves[node]):
            shown.add(node)
            while not safe(rest):
                if not inside:
                    shown.discard(node)
                    break
                smallest = min(inside, key=lambda group: (size(forest.all_leaves[group]), str(group)))
                inside.remove(smallest)
                shown.discard(smallest)
                rest.extend(remainder[smallest])
                inside.extend(border[smallest])
        remainder[node], border[node] = rest, inside
    return shown


def protect_counts(forest: Forest, counts: Mapping[Leaf, int], k: int) -> set[Id]:
    """Groups to show for one base: ``counts`` people per leaf."""

    def base(leaves: Sequence[Leaf]) -> int:
        return people((leaf, counts.get(leaf, 0)) for leaf in leaves)

    return protect(forest, lambda leaves: base(leaves) >= k, lambda rest: not 0 < base(rest) < k, base)


@dataclass
class LeafScores:
    """What one leaf holds for a group of measures: the index, its items, and who answered which items.

    ``patterns`` counts people by the set of items they answered; those with more than half of them carry the index.
    """

    index: Tally = field(default_factory=Tally)
    items: dict[str, Tally] = field(default_factory=dict)
    patterns: Counter[frozenset[str]] = field(default_factory=Counter)


def protect_items(
    forest: Forest, scores: Mapping[Leaf, LeafScores], codes: Sequence[str], k: int, shown: set[Id]
) -> set[Id]:
    """Groups where the items of an index may be shown beside it.

    An index is the mean of people's means. Items taken off it leave exactly the people who answered another number of
    items than the rest, often one or two: so within every remainder those must be nobody or at least k. As people with
    an index answered more than half, the answers of any two overlap, and only one number of items can cancel.
    """
    owner: dict[Leaf, Id] = {}
    for node in forest.order:  # children first: the nearest shown group keeps the leaf
        if node in shown:
            for leaf in forest.all_leaves[node]:
                owner.setdefault(leaf, node)

    def base(leaves: Sequence[Leaf], code: str) -> int:
        return people((leaf, scores[leaf].items[code].n) for leaf in leaves if code in scores[leaf].items)

    def has_index(pattern: frozenset[str]) -> bool:
        return 2 * len(pattern) > len(codes)

    def leftover(leaves: Sequence[Leaf]) -> int:
        """The fewest people with an index whom no choice of a common number of items cancels."""
        sizes = {len(p) for leaf in leaves for p in scores[leaf].patterns if has_index(p)}
        return min(
            (
                people(
                    (leaf, sum(n for p, n in scores[leaf].patterns.items() if has_index(p) and len(p) != m))
                    for leaf in leaves
                )
                for m in sizes
            ),
            default=0,
        )

    def safe(rest: Sequence[Leaf]) -> bool:
        rest = [leaf for leaf in rest if leaf in scores]
        if any(0 < base(rest, code) < k for code in codes):
            return False
        parts: dict[Id, list[Leaf]] = {}
        for leaf in rest:
            parts.setdefault(owner[leaf], []).append(leaf)
        left = max(map(leftover, parts.values()), default=0)
        if left:
            return left >= k
        covered = {c for leaf in rest for p in scores[leaf].patterns if has_index(p) for c in p}
        outside = people(
            (leaf, sum(n for p, n in scores[leaf].patterns.items() if not has_index(p) and p & covered))
            for leaf in rest
        )
        return not 0 < outside < k

    def big_enough(leaves: Sequence[Leaf]) -> bool:
        known = [leaf for leaf in leaves if leaf in scores]
        return all(base(known, code) >= k for code in codes)

    def size(leaves: Sequence[Leaf]) -> int:
        return people((leaf, scores[leaf].index.n) for leaf in leaves if leaf in scores)

    return protect(forest, big_enough, safe, size, allowed=shown)


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
    low, high = mean_interval(mean, spread if found else max(tally.spread, 1.0), told)
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
    """The released cell of several choices: each option's share of people, which need not add up to 100."""
    if n < rules["distribution_from"]:
        return dict(HIDDEN)
    shares = [round(censor_share(count / n, n) * 100) for count in tally.counts]
    return {"shown": True, "n": said_count(n, rules), "shares": dict(zip(names, shares, strict=True))}


def percentages(shares: Sequence[float]) -> list[int]:
    """Shares in whole per cent, rescaled after censoring to about 100."""
    total = sum(shares) or 1
    return [round(share / total * 100) for share in shares]


def participation_cell(invited: int, answered: int) -> dict:
    """Participation in steps of 5 points, its ends censored."""
    if invited < PARTICIPATION_BASE:
        return dict(HIDDEN)
    percent = round(answered / invited * 20) * 5
    words = "under 10 %" if percent < 10 else "over 90 %" if percent > 90 else f"{percent} %"
    return {"shown": True, "percent": min(max(percent, 10), 90), "words": words}
