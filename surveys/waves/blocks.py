"""Reporting blocks: the smallest groups a wave is reported for. Pure: no ORM, no clock, same input same output.

Units with fewer than ``k`` invited people are merged with their siblings. The result is laminar: a unit with at least
two blocks below it is an *upper unit* and exactly a union of blocks; every other unit is reported as part of its block.
So no difference of two reported units is ever smaller than a block.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

NAMES_SHOWN = 3
NAME_LENGTH = 300


@dataclass(frozen=True)
class UnitNode:
    id: int
    name: str
    parent: int | None = None


@dataclass(frozen=True)
class Block:
    """``id``: its first unit's; minus that id if the block is only the own people of an upper unit."""

    id: int
    name: str
    units: tuple[int, ...]
    parent: int | None
    size: int


@dataclass
class _Part:
    """People who stay together: a whole small subtree, or the people directly in a unit (``own``)."""

    top: UnitNode
    units: list[int]
    size: int
    own: bool = False

    @property
    def name(self) -> str:
        return f"{self.top.name} (own team)" if self.own else self.top.name

    @property
    def order(self) -> tuple[bool, str, int]:
        return self.own, self.top.name.casefold(), self.top.id


@dataclass
class _Group:
    """A block in the making: at least ``k`` people, reported under ``parent``."""

    parts: list[_Part]
    parent: int | None

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)

    @property
    def order(self) -> tuple[int, tuple[bool, str, int]]:
        return self.size, self.parts[0].order


@dataclass
class _Tree:
    nodes: dict[int, UnitNode]
    children: dict[int | None, list[UnitNode]] = field(default_factory=dict)

    @classmethod
    def of(cls, units: Iterable[UnitNode]) -> _Tree:
        tree = cls({unit.id: unit for unit in units})
        for unit in sorted(tree.nodes.values(), key=lambda unit: (unit.name.casefold(), unit.id)):
            parent = unit.parent if unit.parent in tree.nodes else None
            tree.children.setdefault(parent, []).append(unit)
        return tree

    def bottom_up(self) -> list[UnitNode]:
        order: list[UnitNode] = []
        waiting = list(self.children.get(None, []))
        while waiting:
            unit = waiting.pop()
            order.append(unit)
            waiting.extend(self.children.get(unit.id, []))
        return order[::-1]


def make_blocks(
    units: Iterable[UnitNode], sizes: Mapping[int, int], k: int, merges: Iterable[Iterable[int]] = ()
) -> list[Block]:
    """Blocks of at least ``k`` people each (one smaller one if there are fewer than ``k`` people altogether).

    ``sizes``: people directly in each unit. Units without people belong to a block only inside a merged subtree.
    ``merges``: units HR wants reported together; they are as far as they lie in blocks under the same unit.
    """
    tree = _Tree.of(units)
    return _joined(_blocks_of(tree, sizes, k), merges, tree)


def _blocks_of(tree: _Tree, sizes: Mapping[int, int], k: int) -> list[Block]:
    groups: dict[int, list[_Group]] = {}
    small: dict[int, _Part] = {}
    for unit in tree.bottom_up():
        below = tree.children.get(unit.id, [])
        parts = [small.pop(child.id) for child in below if child.id in small]
        done = [group for child in below for group in groups.pop(child.id, [])]
        if own := sizes.get(unit.id, 0):
            parts.append(_Part(unit, [unit.id], own, own=True))
        people = sum(part.size for part in parts) + sum(group.size for group in done)
        empty = [] if own else [unit.id]
        if people < k:
            small[unit.id] = _Part(unit, empty + [i for part in parts for i in part.units], people)
            continue
        merged = _merge(parts, done, k, parent=unit.id)
        if len(merged) == 1 and not done:
            whole = _Part(unit, empty + [i for part in parts for i in part.units], people)
            merged = [_Group([whole], unit.parent if unit.parent in tree.nodes else None)]
        groups[unit.id] = merged
    roots = tree.children.get(None, [])
    parts = [small[root.id] for root in roots if root.id in small]
    top = _merge(parts, [group for root in roots for group in groups.get(root.id, [])], k, parent=None)
    return [_block(group) for group in top]


def _merge(parts: list[_Part], done: list[_Group], k: int, parent: int | None) -> list[_Group]:
    """Small siblings together; what stays too small joins its parent's own people or the smallest group nearby."""
    parts = [part for part in parts if part.size]
    groups = [_Group([part], parent) for part in parts if part.size >= k]
    waiting = _Group([], parent)
    packed: list[_Group] = []
    for part in sorted((part for part in parts if part.size < k), key=lambda part: part.order):
        waiting.parts.append(part)
        if waiting.size >= k:
            packed.append(waiting)
            waiting = _Group([], parent)
    if waiting.parts:
        # Nearest first: merged siblings, then the parent's own people, then a sibling's blocks.
        hosts = packed or groups or [group for group in done if group.parent == parent] or done
        if hosts:
            min(hosts, key=lambda group: group.order).parts.extend(waiting.parts)
        else:
            packed.append(waiting)
    return done + packed + groups


def _block(group: _Group) -> Block:
    first = next((part for part in group.parts if not part.own), None)
    names = [part.name for part in group.parts]
    if len(names) > NAMES_SHOWN + 1:
        names = [*names[:NAMES_SHOWN], f"{len(names) - NAMES_SHOWN} more"]
    return Block(
        id=first.top.id if first else -group.parts[0].top.id,
        name=" + ".join(names)[:NAME_LENGTH],
        units=tuple(unit for part in group.parts for unit in part.units),
        parent=group.parent,
        size=group.size,
    )


def _joined(blocks: list[Block], merges: Iterable[Iterable[int]], tree: _Tree) -> list[Block]:
    """Neighbouring blocks HR wants together as one; a unit left with a single block becomes that block."""
    for wanted in merges:
        units = set(wanted)
        touched = [block for block in blocks if units & set(block.units)]
        for parent in {block.parent for block in touched}:
            group = [block for block in touched if block.parent == parent]
            if len(group) > 1:
                blocks = [block for block in blocks if block not in group]
                blocks.append(_lifted(_one(group), blocks, tree))
    return blocks


def _one(group: list[Block]) -> Block:
    """The block of the largest, so that its name and place go on."""
    group = sorted(group, key=lambda block: (-block.size, block.id))
    return Block(
        id=next((block.id for block in group if block.id > 0), group[0].id),
        name=" + ".join(block.name for block in group)[:NAME_LENGTH],
        units=tuple(unit for block in group for unit in block.units),
        parent=group[0].parent,
        size=sum(block.size for block in group),
    )


def _lifted(block: Block, others: list[Block], tree: _Tree) -> Block:
    """While nobody else is reported under its unit, the block is that unit."""
    while block.parent is not None and not any(_lies_under(one.units[0], block.parent, tree) for one in others):
        unit = tree.nodes[block.parent]
        above = unit.parent if unit.parent in tree.nodes else None
        units = block.units if unit.id in block.units else (unit.id, *block.units)
        block = Block(id=unit.id, name=unit.name, units=units, parent=above, size=block.size)
    return block


def _lies_under(unit: int, upper: int, tree: _Tree) -> bool:
    at: int | None = unit
    while at is not None and at in tree.nodes:
        if at == upper:
            return True
        at = tree.nodes[at].parent
    return False
