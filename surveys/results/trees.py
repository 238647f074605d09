"""The tree a wave is reported for: its blocks, and above them the units that hold several of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

EVERYBODY = 0  # the row above several top units


@dataclass(frozen=True)
class Node:
    id: int
    name: str
    parent: int | None
    depth: int
    block: int | None = None


def reporting_tree(snapshot: Mapping[str, Any]) -> list[Node]:
    """Blocks, and above them the units that are unions of at least two blocks; parents before children."""
    units = {unit["id"]: unit for unit in snapshot["units"]}
    blocks = {block["id"]: block for block in snapshot["blocks"]}
    below: dict[int, set[int]] = {unit: set() for unit in units}
    home: dict[int, int] = {i: block["id"] for block in snapshot["blocks"] for i in block["units"]}
    for unit_id in units:
        at: int | None = unit_id
        while at is not None and at in units and unit_id in home:
            below[at].add(home[unit_id])
            at = units[at]["parent"]
    uppers = {unit for unit, found in below.items() if len(found) > 1}

    def nearest(unit: int | None) -> int | None:
        while unit is not None:
            if unit in uppers:
                return unit
            unit = units[unit]["parent"] if unit in units else None
        return None

    def above(block: Mapping[str, Any]) -> int | None:
        """The nearest upper unit that holds all of the block's units."""
        unit = nearest(block["units"][0])
        while unit is not None and not all(_within(i, unit, units) for i in block["units"]):
            unit = nearest(units[unit]["parent"])
        return unit

    parents: dict[int, int | None] = {unit: nearest(units[unit]["parent"]) for unit in uppers}
    names = {unit: units[unit]["name"] for unit in uppers}
    for block_id, block in blocks.items():
        key = -abs(block_id) if block_id in uppers else block_id
        parents[key], names[key] = above(block), block["name"]
    of_block = {(-abs(b) if b in uppers else b): b for b in blocks}
    roots = [node for node, parent in parents.items() if parent is None]
    if len(roots) > 1:
        parents = {node: EVERYBODY if parent is None else parent for node, parent in parents.items()}
        parents[EVERYBODY], names[EVERYBODY] = None, "Everybody asked"
    children: dict[int | None, list[int]] = {}
    for node, parent in parents.items():
        children.setdefault(parent, []).append(node)
    result: list[Node] = []
    stack = [(node, 0) for node in children.get(None, [])]
    while stack:
        node, depth = stack.pop()
        result.append(Node(node, names[node], parents[node], depth, of_block.get(node)))
        below_it = sorted(children.get(node, []), key=lambda child: (names[child].casefold(), child), reverse=True)
        stack.extend((child, depth + 1) for child in below_it)
    return result


def _within(unit: int, upper: int, units: Mapping[int, Any]) -> bool:
    at: int | None = unit
    while at is not None and at in units:
        if at == upper:
            return True
        at = units[at]["parent"]
    return False


def node_of_unit(snapshot: Mapping[str, Any], tree: Sequence[Node]) -> dict[int, int]:
    """Where a unit's people (or ratings of it) are reported: its block's node, else the nearest node above."""
    units = {unit["id"]: unit for unit in snapshot["units"]}
    by_block = {node.block: node.id for node in tree if node.block is not None}
    ids = {node.id for node in tree}
    found: dict[int, int] = {}
    for unit_id in units:
        at: int | None = unit_id
        while at is not None and at in units:
            block = units[at].get("block")
            if at in ids and at > 0:
                found[unit_id] = at
                break
            if block is not None and block in by_block:
                found[unit_id] = by_block[block]
                break
            at = units[at]["parent"]
        else:
            roots = [node.id for node in tree if node.parent is None]
            if roots:
                found[unit_id] = roots[0]
    return found


def ancestors(tree: Sequence[Node]) -> dict[int, list[int]]:
    """Each node with all above it."""
    result: dict[int, list[int]] = {}
    for node in tree:  # parents first
        result[node.id] = [node.id, *(result[node.parent] if node.parent is not None else [])]
    return result


def divisions(tree: Sequence[Node]) -> list[Node]:
    """The first level below the top that has at least two groups."""
    children: dict[int | None, list[Node]] = {}
    for node in tree:
        children.setdefault(node.parent, []).append(node)
    level = children.get(None, [])
    while len(level) == 1 and level[0].id in children:
        level = children[level[0].id]
    return level if len(level) > 1 else []


def division_of(tree: Sequence[Node]) -> dict[int, int]:
    """Node → the division it is or lies in; nodes above the divisions are left out."""
    top = {node.id for node in divisions(tree)}
    found: dict[int, int] = {}
    for node in tree:  # parents first
        if node.id in top:
            found[node.id] = node.id
        elif node.parent in found:
            found[node.id] = found[node.parent]
    return found
