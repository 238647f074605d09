"""What people say of their own unit: the unit tree, the cuts, and divisions by one cut. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from surveys.results import disclosure, tallying
from surveys.results.disclosure import Forest, Leaf
from surveys.results.groups import Answers, Group
from surveys.results.joint_cells import hide_narrow
from surveys.results.measures import Measure, own_measures, scales_of
from surveys.results.placing import node_of_place
from surveys.results.scoring import Tally
from surveys.results.shown_cells import show_measure, show_parts
from surveys.results.tallying import Heard, Rows
from surveys.results.trees import Node, division_of

ONE = 0  # own answers have one "what"
WHOLE = "whole"


@dataclass(frozen=True)
class Told:
    """Where rows stand in the cuts: ``category[row, cut]`` (0: not told), ``division[row]`` (−1: in none)."""

    cuts: Sequence[Mapping[str, Any]]
    category: tallying.Array
    division: tallying.Array
    divisions: list[int]
    labels: list[frozenset]
    label_of: tallying.Array

    @property
    def width(self) -> int:
        """One more than the highest category id."""
        return 1 + max((one["id"] for cut in self.cuts for one in cut["categories"]), default=0)


def forest_of(tree: Sequence[Node], places: Iterable[int]) -> Forest:
    """The reporting tree over the stored places: its blocks, and people pooled further up."""
    leaves: dict[Any, list[Leaf]] = {node.id: [(node.block, ONE)] for node in tree if node.block is not None}
    known = {leaf for found in leaves.values() for leaf in found}
    nodes = list(tree)
    for place in sorted(set(places)):
        if (place, ONE) not in known and (node := node_of_place(place, nodes)) is not None:
            leaves.setdefault(node, []).append((place, ONE))
    return Forest({node.id: node.parent for node in tree}, leaves)


def own_cells(
    cells: dict[int, dict],
    tree: Sequence[Node],
    items: Sequence[Mapping[str, Any]],
    own: Sequence[tuple[int, Answers]],
    own_cuts: Sequence[Sequence[int]],
    cuts: Sequence[Mapping[str, Any]],
    rules: Mapping[str, int],
) -> list[Group]:
    """Fill the tree's cells; returns the groups of the cuts."""
    forest = forest_of(tree, (place for place, _answers in own))
    position = {item["code"]: at for at, item in enumerate(items)}
    scales, measures = scales_of(items), own_measures(items)
    answers = tallying.matrix([row for _place, row in own], len(items))
    rows = Rows.of([(place, ONE) for place, _answers in own], answers)
    told = told_of(tree, forest, rows, own_cuts, cuts)
    crossing: dict[Any, dict] = {}
    for measure in measures:
        heard = tallying.hear(measure, rows, position, scales)
        scores = tallying.leaf_scores(heard, rows)
        shown = show_measure(cells, forest, measure, scores, rules, scales)
        if told is not None:
            for key, found in _cut_cells(measure, heard, rows, told, forest, shown, rules, scales).items():
                for column, cell in found.items():
                    crossing.setdefault(column, {})[key] = cell
        labels = (told.labels, told.label_of) if told is not None else None
        hide_narrow(cells, crossing, forest, shown, measure, heard, rows, labels, rules, scales)
    return _cut_groups(tree, told, crossing) if told is not None else []


# -- cuts ------------------------------------------------------------------------------------------------------------


def told_of(
    tree: Sequence[Node],
    forest: Forest,
    rows: Rows,
    own_cuts: Sequence[Sequence[int]],
    cuts: Sequence[Mapping[str, Any]],
) -> Told | None:
    """Where rows stand in the cuts; None where there are none."""
    if not any(cut["categories"] for cut in cuts) or not len(rows.at):
        return None
    width = len(cuts)
    category = np.array([[*mine, *[0] * width][:width] for mine in own_cuts], dtype=np.int64)
    inside = division_of(tree)
    numbers = {node: at for at, node in enumerate(dict.fromkeys(inside.values()))}
    node_of = {leaf: node for node, leaves in forest.leaves.items() for leaf in leaves}
    of_leaf = np.array([numbers.get(inside.get(node_of.get(leaf, 0), 0), -1) for leaf in rows.leaves], dtype=np.int64)
    division = of_leaf[rows.at]
    combined = np.concatenate([division[:, None], category], axis=1)
    found, label_of = np.unique(combined, axis=0, return_inverse=True)
    labels = [
        frozenset(
            column
            for number in mine
            if number
            for column in ([("cut", number), ("unit", at, number)] if at >= 0 else [("cut", number)])
        )
        for at, *mine in found.tolist()
    ]
    return Told(cuts, category, division, list(numbers), labels, label_of.reshape(-1))


def _cut_cells(
    measure: Measure,
    heard: Heard,
    rows: Rows,
    told: Told,
    forest: Forest,
    shown: set[Any],
    rules: Mapping[str, int],
    scales: Any,
) -> dict[str, dict[Any, dict]]:
    """One measure's cells (and its items') of all categories, and of all categories within each division."""
    places = forest.places(shown)
    systems = {measure.key: heard, **heard.items}
    parts = {key: _parts(part, rows, told) for key, part in systems.items()}
    kept = {column for column in parts[measure.key] if column[0] != WHOLE}
    for key, part in systems.items():
        # One system per item, and an index is made of all of them. Whom nobody of a group told it of stays as it is.
        crowds = tallying.crowds(part.has, rows, told.labels, told.label_of, places)
        people = {column: parts[key][column].n for column in kept if column in parts[key] and parts[key][column].n}
        silent = {column for column in kept if column not in people} if key != measure.key else set()
        kept = disclosure.protect_crossing(crowds, people, rules["k"]) | silent
    if heard.items:
        for column, tally in list(parts[measure.key].items()):
            items = (parts[code][column] for code in heard.items if column in parts[code])
            parts[measure.key][column] = tallying.pooled(tally, items)
    found = {}
    for key, mine in parts.items():
        spread, item = mine[WHOLE, -1].spread, "" if key == measure.key else key
        columns = {column: tally for column, tally in mine.items() if column[0] != WHOLE}
        found[key] = show_parts(columns, kept, measure, rules, spread, scales, item)
    return found


def _parts(heard: Heard, rows: Rows, told: Told) -> dict[Any, Tally]:
    """The tally of everybody (WHOLE, −1), of each division (WHOLE, n), and of the categories of both."""
    width, count = told.width, len(told.divisions)
    found: dict[Any, Tally] = {(WHOLE, -1): tallying.by(heard, np.zeros(len(rows.at), dtype=np.int64), 1)[0]}
    for division, tally in enumerate(tallying.by(heard, told.division, count) if count else []):
        found[WHOLE, division] = tally
    for at, cut in enumerate(told.cuts):
        mine = told.category[:, at]
        whole = tallying.by(heard, np.where(mine > 0, mine, -1), width)
        groups = np.where((mine > 0) & (told.division >= 0), told.division * width + mine, -1)
        within = tallying.by(heard, groups, width * max(1, count))
        for one in cut["categories"]:
            number = one["id"]
            found["cut", number] = whole[number]
            for division in range(count):
                if (tally := within[division * width + number]).n:
                    found["unit", division, number] = tally
    return found


def _cut_groups(tree: Sequence[Node], told: Told, crossing: Mapping[Any, dict]) -> list[Group]:
    names = {node.id: node.name for node in tree}
    top = next((node for node in tree if node.parent is None), None)
    groups = []
    for cut in told.cuts:
        for one in cut["categories"]:
            number, name = one["id"], one["name"]
            if ("cut", number) in crossing and top is not None:
                cells = crossing["cut", number]
                groups.append(Group("cut", top.id, f"{cut['name']}: {name}", other=number, cut=cut["key"], cells=cells))
            for at, division in enumerate(told.divisions):
                cells = crossing.get(("unit", at, number), {})
                if any(cell.get("shown") for cell in cells.values()):
                    label = f"{names[division]} · {name}"
                    groups.append(Group("unit_cut", division, label, other=number, cut=cut["key"], cells=cells))
    return groups
