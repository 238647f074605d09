"""From sealed rows to released cells. Pure: the wave's frozen snapshot and its rows in, groups of cells out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from surveys.results import disclosure
from surveys.results.disclosure import HIDDEN, Forest
from surveys.results.groups import Group, Sealed
from surveys.results.measures import item_lists
from surveys.results.own_cells import ONE, own_cells
from surveys.results.service_cells import service_cells
from surveys.results.trees import EVERYBODY, Node, ancestors, node_of_unit, reporting_tree

__all__ = ["EVERYBODY", "Group", "Node", "Sealed", "ancestors", "compute", "node_of_unit", "reporting_tree"]


def compute(
    snapshot: Mapping[str, Any], rules: Mapping[str, int], sealed: Sealed, tell: Callable[[str], None] = lambda _: None
) -> list[Group]:
    """Every number that will ever be shown of a wave. ``tell`` hears which part is begun."""
    tree = reporting_tree(snapshot)
    own_items, provider_items = item_lists(snapshot)
    cells: dict[int, dict] = {node.id: {} for node in tree}
    tell("own")
    own_cuts = sealed.own_cuts or [()] * len(sealed.own)
    cut_groups = own_cells(cells, tree, own_items, sealed.own, own_cuts, snapshot.get("cuts") or (), rules)
    tell("services")
    matrix = service_cells(cells, tree, snapshot, provider_items, sealed, rules)
    _participation_cells(cells, tree, sealed)
    groups = [
        Group(
            "tree",
            node.id,
            node.name,
            parent=node.parent,
            depth=node.depth,
            cells=cells[node.id],
        )
        for node in tree
    ]
    return groups + matrix + cut_groups


def _participation_cells(cells: dict[int, dict], tree: Sequence[Node], sealed: Sealed) -> None:
    """Participation of groups of at least 10 invited, none of which gives a smaller one away by difference."""
    forest = Forest(
        {node.id: node.parent for node in tree},
        {node.id: [(node.block, ONE)] for node in tree if node.block is not None},
    )
    invited = {(block, ONE): n for block, n in sealed.invited.items()}
    shown = disclosure.protect_counts(forest, invited, disclosure.PARTICIPATION_BASE)
    for node in tree:
        blocks = [home for home, _ in forest.all_leaves[node.id]]
        cells[node.id]["participation"] = (
            disclosure.participation_cell(
                sum(sealed.invited.get(block, 0) for block in blocks),
                sum(sealed.respondents.get(block, 0) for block in blocks),
            )
            if node.id in shown
            else dict(HIDDEN)
        )
