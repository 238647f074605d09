"""The groups of a release as what is worked out from respondents takes them: which may be told, and who is in them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Items = Sequence[Mapping[str, Any]]
Node = Any
Leaf = tuple[int, int]
Cells = dict[Node, dict[str, dict[str, Any]]]
HIDDEN = {"shown": False, "why": "hidden for privacy"}
NOT_ASKED = {"shown": False, "why": "not asked"}


@dataclass(frozen=True)
class Crossing:
    """Groups that cross the tree, each row in one or none of every kind of them.

    ``of``: for each kind, every row's place in ``columns``, −1 for none. ``show(people, nodes, wanted)``: of the
    ``wanted`` columns (with their people) those that may be told of these people beside the ``nodes`` of the tree.
    """

    columns: Sequence[Any]
    of: Sequence[NDArray[np.int64]]
    show: Callable[[Mask, set[Node], Mapping[int, int]], set[int]]

    def count(self, mask: Mask) -> list[int]:
        """How many rows of each column are in ``mask``."""
        found = np.zeros(len(self.columns), dtype=np.int64)
        for kind in self.of:
            found += np.bincount(kind[mask & (kind >= 0)], minlength=len(self.columns))
        return found.tolist()

    def kept(self, mask: Mask, nodes: set[Node], least: int) -> dict[int, int]:
        """The columns of at least ``least`` people that may be told, with how many these are."""
        return self.together([mask], nodes, least, self.columns)

    def together(self, masks: Sequence[Mask], nodes: set[Node], least: int, allowed: Container[Any]) -> dict[int, int]:
        """Of the ``allowed`` columns those that may be told of several bases in one cell, with the people of the
        first, which are at least ``least``."""
        first = self.count(masks[0])
        kept = {at for at, n in enumerate(first) if n >= least and self.columns[at] in allowed}
        for mask in masks:
            wanted = {at: n for at, n in enumerate(self.count(mask)) if n and at in kept}
            # Whom nobody of a column told it of stays as it is.
            kept = kept - wanted.keys() | (self.show(mask, nodes, wanted) if wanted else set())
        return {at: first[at] for at in sorted(kept)}


@dataclass(frozen=True)
class Groups:
    """The groups of a release: ``parents`` child → parent (children first), ``leaves`` of a group's own.

    ``show(counts, least)``: the groups that may be told of a base, ``counts`` people per leaf, each with at least
    ``least`` of them. ``together(bases, least, allowed)``: the same of several bases told in one cell, among the
    ``allowed`` groups. ``people(counts of leaves)``: how many distinct people these are at least. ``said``: how a count
    is told. ``indexed``: for each dimension the groups, of the tree and crossing it, that show its index. ``crossing``:
    groups that cross the tree. ``heard``: filled with who is in the base of a measure and into which of how many
    classes he falls, for a last look at what is shown together.
    """

    parents: Mapping[Node, Node | None]
    leaves: Mapping[Node, Sequence[Leaf]]
    show: Callable[[Mapping[Leaf, int], int], set[Node]]
    together: Callable[[Sequence[Mapping[Leaf, int]], int, set[Node]], set[Node]]
    people: Callable[[Iterable[tuple[Leaf, int]]], int]
    said: Callable[[int], int | str]
    indexed: Mapping[str, set[Node]] = field(default_factory=dict)
    crossing: Crossing | None = None
    heard: dict[str, tuple[Mask, NDArray[np.int64], int]] = field(default_factory=dict)

    @property
    def columns(self) -> Sequence[Any]:
        return self.crossing.columns if self.crossing else ()

    def all_leaves(self, counts: Mapping[Leaf, int]) -> dict[Node, list[Leaf]]:
        """Each group with the leaves in ``counts`` at and below it."""
        found: dict[Node, list[Leaf]] = {node: [] for node in self.parents}
        for node, parent in self.parents.items():
            found[node].extend(leaf for leaf in self.leaves.get(node, ()) if leaf in counts)
            if parent is not None:
                found[parent].extend(found[node])
        return found


@dataclass(frozen=True)
class Rows:
    """Answers with where they come from: ``leaves`` without repeats, ``at`` each row's place in them."""

    leaves: Sequence[Leaf]
    at: NDArray[np.int64]
    values: Array

    @classmethod
    def of(cls, leaves: Sequence[Leaf], values: Array) -> Rows:
        unique = sorted(set(leaves))
        places = {leaf: at for at, leaf in enumerate(unique)}
        return cls(unique, np.array([places[leaf] for leaf in leaves], dtype=np.int64), values)

    def count(self, mask: Mask) -> dict[Leaf, int]:
        """How many rows of each leaf are in ``mask``; leaves without any are left out."""
        found = np.bincount(self.at[mask], minlength=len(self.leaves))
        return {leaf: int(n) for leaf, n in zip(self.leaves, found, strict=True) if n}
