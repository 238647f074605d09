"""A last look at one measure over all its groups: small hidden ones must stay open to whoever adds everything up. Pure.

The rows of :mod:`surveys.results.disclosure.joint` are the groups of the forest and those that cross it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from surveys.instruments.scales import Scale
from surveys.results import disclosure
from surveys.results.disclosure import HIDDEN, Forest, Id, Leaf, joint
from surveys.results.measures import Measure, item_look, look_of
from surveys.results.tallying import Heard, Rows

NODE, ITEM = "node", "item"
# Of the mean of a person over the items of an index, per class (see scoring.dimension_category).
INDEX_ENDS = ((0.0, 25.0), (25.0, 50.0), (50.0, 75.0), (75.0, 87.5), (87.5, 100.0))
Cells = Mapping[Any, MutableMapping[str, dict]]
Labels = tuple[Sequence[frozenset], Any]


@dataclass(frozen=True)
class _World:
    """Where the people of one measure stand. ``chain``: leaf → the shown groups of the forest that hold it."""

    forest: Forest
    shown: set[Id]
    chain: Mapping[Leaf, frozenset]
    rows: Rows
    labels: Labels
    cells: Cells


def hide_narrow(
    cells: Cells,
    crossing: Cells,
    forest: Forest,
    shown: set[Id],
    measure: Measure,
    heard: Heard,
    rows: Rows,
    labels: Labels | None,
    rules: Mapping[str, int],
    scales: Mapping[str, Scale],
) -> set[Any]:
    """Hide the measure, with its items, in groups that would narrow a small hidden one down; returns these rows.

    ``labels``: the crossing groups of each kind of row, and each row's kind.
    """
    kinds = labels or ([frozenset()], np.zeros_like(rows.at))
    world = _World(forest, shown, _chains(forest, shown), rows, kinds, cells)
    keys = (measure.key, *heard.items)
    hidden: set[Any] = set()
    for key, one in ((measure.key, heard), *heard.items.items()):
        for scale, counted in _readings(measure, key, one, scales):
            hidden |= _narrow(world, crossing, key, scale, counted, rules, hidden)
    if heard.items:
        hidden |= _narrow_together(world, crossing, measure.key, heard.items, rules, hidden)
    for row in hidden:
        found = cells.get(row[1], {}) if row[0] == NODE else crossing[row]
        found.update({each: dict(HIDDEN) for each in keys if each in found})
    return hidden


def hide_classes(
    cells: Cells,
    crossing: Cells,
    forest: Forest,
    key: str,
    scale: joint.Scale,
    counted: tuple[Any, Any, int],
    rows: Rows,
    labels: Labels | None,
    rules: Mapping[str, int],
) -> None:
    """The same for one cell of its own: how the people who have it (``counted``) divide into classes."""
    shown = {node for node in forest.order if cells[node].get(key, HIDDEN).get("shown")}
    kinds = labels or ([frozenset()], np.zeros_like(rows.at))
    world = _World(forest, shown, _chains(forest, shown), rows, kinds, cells)
    for row in _narrow(world, crossing, key, scale, counted, rules, set()):
        (cells[row[1]] if row[0] == NODE else crossing[row])[key] = dict(HIDDEN)


def _chains(forest: Forest, shown: set[Id]) -> dict[Leaf, frozenset]:
    above: dict[Id, frozenset] = {}
    found: dict[Leaf, frozenset] = {}
    for node in reversed(forest.order):  # parents first
        parent = forest.parents[node]
        own = above[parent] if parent is not None else frozenset()
        above[node] = own | {(NODE, node)} if node in shown else own
        for leaf in forest.leaves.get(node, ()):
            found[leaf] = above[node]
    return found


def _readings(
    measure: Measure, key: str, heard: Heard, scales: Mapping[str, Scale]
) -> Iterable[tuple[joint.Scale, tuple[Any, Any, int]]]:
    """How the answers of a measure are told, with (who has one, each one's category, how many categories)."""
    width = heard.classes
    if heard.chosen is not None:
        for at in range(width):  # several choices: each option is a question of its own
            yield joint.Scale(None, secret=(1,), option=at), (heard.has, heard.chosen[:, at].astype(np.int64), 2)
        return
    plain = (heard.has, heard.category, width)
    if heard.items:
        yield joint.Scale(tuple(high for _low, high in INDEX_ENDS), look_of(measure, scales).thirds, INDEX_ENDS), plain
        return
    scale = scales[key] if key in scales and key != measure.key else scales[measure.item]
    if scale.kind == "single":
        yield joint.Scale(None), plain
    elif scale.kind == "number":
        yield (
            joint.Scale((0.0, 100.0), steps=look_of(measure, scales).steps),
            (heard.has, np.zeros_like(heard.category), 2),
        )
    else:
        look = item_look(scale) if key != measure.key else look_of(measure, scales)
        yield joint.Scale(_values(heard, look.bottom), look.thirds, steps=look.steps), plain


def _values(heard: Heard, bottom: float) -> tuple[float, ...]:
    """The score of each category: as it was given, else evenly between its neighbours."""
    width = heard.classes
    found = [bottom + (100 - bottom) * at / max(1, width - 1) for at in range(width)]
    category, first = np.unique(heard.category[heard.has], return_index=True)
    for at, score in zip(category.tolist(), heard.score[heard.has][first].tolist(), strict=True):
        found[at] = score
    return tuple(np.maximum.accumulate(found).tolist())


def _narrow(
    world: _World,
    crossing: Cells,
    key: str,
    scale: joint.Scale,
    counted: tuple[Any, Any, int],
    rules: Mapping[str, int],
    hidden: set[Any],
) -> set[Any]:
    has, category, width = counted
    wanted, small = _targets(world, crossing, key, has, rules["k"])
    if not wanted and not small:
        return set()
    crowds, places = _crowds(world, has, category, width)
    sizes = _sizes(world, crossing, key, crowds, rules["k"], hidden)

    def read(row: Any, counts: list[int]) -> joint.Told:
        return joint.told_of(_cell(world.cells, crossing, row, key), counts, scale, rules)

    targets = _crowds_of(world, wanted, small, crowds, places)
    return joint.too_narrow(joint.Shown(crowds, sizes, read), targets, scale, rules["k"], _by(sizes))


def _by(sizes: Mapping[Any, float]) -> Callable[[Any], Any]:
    """The lightest first; of two alike the one that crosses, so that the tree stays."""
    return lambda row: (sizes[row], row[0] == NODE, str(row))


def _narrow_together(
    world: _World,
    crossing: Cells,
    key: str,
    items: Mapping[str, Heard],
    rules: Mapping[str, int],
    hidden: set[Any],
) -> set[Any]:
    """An index and its items as one system: the index is the mean of all answers to them."""
    answered = np.any([one.has for one in items.values()], axis=0)
    wanted, small = _targets(world, crossing, key, answered, rules["k"])
    if not wanted and not small:
        return set()
    crowds: list[joint.Crowd] = []
    places: dict[Leaf, list[int]] = {}
    sizes: dict[Any, float] = {}
    line = joint.Scale((0.0, 100.0))
    for code, one in items.items():
        mine, where = _crowds(world, one.has, np.zeros_like(one.category), 2)
        of_item = _sizes(world, crossing, code, mine, rules["k"], hidden)
        sizes |= {(ITEM, code, row): n for row, n in of_item.items()}
        for leaf, found in where.items():
            places.setdefault(leaf, []).extend(at + len(crowds) for at in found)
        crowds += [
            joint.Crowd(crowd.rows | {(ITEM, code, row) for row in crowd.rows if row in of_item}, crowd.counts)
            for crowd in mine
        ]
    sizes |= _sizes(world, crossing, key, crowds, rules["k"], hidden, parts=len(items))

    def read(row: Any, counts: list[int]) -> joint.Told:
        of, where = (row[1], row[2]) if row[0] == ITEM else (key, row)
        return joint.told_of(_cell(world.cells, crossing, where, of), counts, line, rules)

    targets = _crowds_of(world, wanted, small, crowds, places)
    guilty: set[Any] = joint.too_narrow(joint.Shown(crowds, sizes, read), targets, line, rules["k"], _by(sizes))
    return {row[2] if row[0] == ITEM else row for row in guilty}


def _targets(world: _World, crossing: Cells, key: str, has: Any, k: int) -> tuple[list[Id], set[Any]]:
    """Groups with a name, not shown, of 1 to k − 1 people: of the forest, and crossing it."""
    count = np.bincount(world.rows.at[has], minlength=len(world.rows.leaves)).tolist()
    people = dict(zip(world.rows.leaves, count, strict=True))
    wanted = [
        node
        for node in world.forest.order
        if node not in world.shown
        and 0 < disclosure.people((leaf, people.get(leaf, 0)) for leaf in world.forest.all_leaves[node]) < k
    ]
    columns = _columns(world, has) if crossing else {}
    small = {row for row, n in columns.items() if n < k and not crossing.get(row, {}).get(key, HIDDEN).get("shown")}
    return wanted, {row for row in small if columns[row]}


def _crowds_of(
    world: _World,
    wanted: Iterable[Id],
    small: set[Any],
    crowds: Sequence[joint.Crowd],
    places: Mapping[Leaf, Sequence[int]],
) -> list[list[int]]:
    of_column: dict[Any, list[int]] = {}
    for at, crowd in enumerate(crowds):
        for row in crowd.rows & small:
            of_column.setdefault(row, []).append(at)
    targets = [[at for leaf in world.forest.all_leaves[node] for at in places.get(leaf, ())] for node in wanted]
    return targets + [of_column[row] for row in sorted(of_column, key=str)]


def _columns(world: _World, has: Any) -> dict[Any, int]:
    """How many answers each crossing group holds."""
    labels, label_of = world.labels
    found: dict[Any, int] = {}
    for label, n in zip(labels, np.bincount(label_of[has], minlength=len(labels)).tolist(), strict=True):
        for column in label:
            found[column] = found.get(column, 0) + n
    return found


def _crowds(world: _World, has: Any, category: Any, width: int) -> tuple[list[joint.Crowd], dict[Leaf, list[int]]]:
    labels, label_of = world.labels
    code = (world.rows.at[has] * len(labels) + label_of[has]) * width + category[has]
    values, numbers = np.unique(code, return_counts=True)
    counts: dict[tuple[int, int], list[int]] = {}
    for value, n in zip(values.tolist(), numbers.tolist(), strict=True):
        place, at = divmod(value, width)
        counts.setdefault(divmod(place, len(labels)), [0] * width)[at] = n
    crowds, places = [], {}
    for (leaf, label), mine in counts.items():
        rows = world.chain.get(world.rows.leaves[leaf], frozenset()) | labels[label]
        places.setdefault(world.rows.leaves[leaf], []).append(len(crowds))
        crowds.append(joint.Crowd(rows, tuple(mine)))
    return crowds, places


def _sizes(
    world: _World, crossing: Cells, key: str, crowds: Sequence[joint.Crowd], k: int, hidden: set[Any], parts: int = 1
) -> dict[Any, float]:
    """Small shown rows, and how many answers (to each of ``parts`` questions) each rests on."""
    counts: dict[Any, float] = {}
    for crowd in crowds:
        n = sum(crowd.counts) / parts
        for row in crowd.rows:
            counts[row] = counts.get(row, 0) + n
    return {
        row: n
        for row, n in counts.items()
        if n < joint.limit(k)
        and row not in hidden
        and row[0] != ITEM
        and _cell(world.cells, crossing, row, key).get("shown")
    }


def _cell(cells: Cells, crossing: Cells, row: Any, key: str) -> Mapping[str, Any]:
    return (cells.get(row[1], {}) if row[0] == NODE else crossing.get(row, {})).get(key, HIDDEN)
