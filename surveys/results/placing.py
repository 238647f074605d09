"""How exactly a sealed row may say where it comes from: never so that fewer than k people could have written it. Pure.

The thief of confidentiality.md holds a copy of the database from the time the wave was open. It says who answered,
where he works and which providers he was asked about. So a stored row must fit at least k people who *answered*, not
only k who were invited: rows of smaller groups are pooled further up before they are written for the first time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.results.trees import Node

# Rows kept after the release fit at least so many people.
KEPT = 30
# "Somebody": a customer, or a comment's home, that is not told.
NOWHERE = 0
# Below it a place is an upper unit with rows pooled there. Blocks have ids above it, on either side of 0.
POOLED = -(10**12)


@dataclass
class _Pool:
    """Groups below one node: ``kept`` stand for themselves; ``rest`` is to be pooled at the node or further up."""

    rest: list[Any] = field(default_factory=list)
    kept: list[tuple[int, Hashable, list[Any]]] = field(default_factory=list)


def pool(
    parents: Mapping[Any, Any], leaves: Mapping[Hashable, tuple[Any, int]], least: int
) -> dict[Hashable, tuple[str, Any] | None]:
    """Where each leaf's rows are put so that every place holds at least ``least`` people or nobody.

    ``parents``: node → parent, parents before children. ``leaves``: leaf → (its node, people). A result is
    ("leaf", leaf) as before, ("node", node): pooled there with others, or None: all together are too few.
    """
    count = {leaf: people for leaf, (_node, people) in leaves.items()}
    pools: dict[Any, _Pool] = {node: _Pool() for node in parents}
    for leaf, (node, people) in leaves.items():
        if people >= least:
            pools[node].kept.append((people, ("leaf", leaf), [leaf]))
        elif people:
            pools[node].rest.append(leaf)
    found: dict[Hashable, tuple[str, Any] | None] = {leaf: None for leaf, people in count.items() if people}
    for node in reversed(list(parents)):
        mine = pools[node]
        while mine.rest and sum(count[leaf] for leaf in mine.rest) < least and mine.kept:
            # Who is too few alone takes the smallest neighbour along: else they would be what is left of the others.
            smallest = min(mine.kept, key=lambda group: (group[0], str(group[1])))
            mine.kept.remove(smallest)
            mine.rest += smallest[2]
        if mine.rest and sum(count[leaf] for leaf in mine.rest) >= least:
            mine.kept.append((sum(count[leaf] for leaf in mine.rest), ("node", node), mine.rest))
            mine.rest = []
        if (above := parents[node]) is not None:
            pools[above].rest += mine.rest
            pools[above].kept += mine.kept
        else:
            for _people, place, members in mine.kept:
                found.update(dict.fromkeys(members, place))  # type: ignore[arg-type]
    return found


def place_of_node(node: int) -> int:
    """How ``SealedOwn.block`` says "somewhere below this upper unit, in one of the blocks too small"."""
    return POOLED - node


def node_of_place(place: int, tree: Iterable[Node]) -> int | None:
    """The node of the reporting tree a stored place belongs to; None for one that is not in the tree."""
    for node in tree:
        if node.block == place or (node.block is None and place == place_of_node(node.id)):
            return node.id
    return None


def own_places(tree: list[Node], people: Mapping[int, int], least: int) -> dict[int, int | None]:
    """Stored place → stored place that holds at least ``least`` people; None: rows not to be kept.

    ``people``: how many rows each place holds; at sealing the blocks.
    """
    nodes = {place_of_node(node.id) if node.block is None else node.block: node.id for node in tree}
    leaves = {place: (nodes[place], n) for place, n in people.items() if place in nodes}
    found = pool({node.id: node.parent for node in tree}, leaves, least)
    return {place: _stored(found.get(place)) for place in people}


def _stored(found: tuple[str, Any] | None) -> int | None:
    if found is None:
        return None
    kind, which = found
    return int(which) if kind == "leaf" else place_of_node(which)


def rating_places(raters: Mapping[tuple[int, int], int], least: int) -> dict[tuple[int, int], tuple[int, int] | None]:
    """(provider, customer block) → the same, (provider, NOWHERE): some customer, or None: rows not to be kept.

    ``raters``: people per cell. Nobody rates a provider twice, so a provider's cells share nobody.
    """
    parents: dict[Any, Any] = {provider: None for provider, _customer in raters}
    found = pool(parents, {cell: (cell[0], n) for cell, n in raters.items()}, least)
    places: dict[tuple[int, int], tuple[int, int] | None] = {}
    for cell in raters:
        place = found.get(cell)
        places[cell] = None if place is None else cell if place[0] == "leaf" else (cell[0], NOWHERE)
    return places
