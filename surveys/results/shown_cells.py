"""One measure in nested groups: which cells are shown, and what they tell. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from surveys.instruments.scales import Scale
from surveys.results import disclosure
from surveys.results.disclosure import HIDDEN, Forest, Id, Leaf, LeafScores
from surveys.results.disclosure.bounds import narrowed
from surveys.results.measures import Measure, cell_of, classes_of, item_look, look_of
from surveys.results.scoring import Tally
from surveys.results.tallying import pooled

Scales = Mapping[str, Scale]
Rules = Mapping[str, int]


def show_measure(
    cells: Mapping[Id, dict],
    forest: Forest,
    measure: Measure,
    scores: Mapping[Leaf, LeafScores],
    rules: Rules,
    scales: Scales,
    *,
    told: Mapping[Id, int] | None = None,
) -> set[Id]:
    """Fill the cells of one measure (and its items) for every group of the forest that has a row in ``cells``.

    Returns the groups whose cell of the measure itself is part of what is shown.
    """
    counts = {leaf: at.index.n for leaf, at in scores.items()}
    shown = disclosure.protect_index(forest, scores, measure.codes, rules["k"])
    classes = classes_of(measure, scales)
    spread = Tally.sum((at.index for at in scores.values()), classes).spread
    made: dict[Id, dict] = {}
    for node in shown:
        leaves = [leaf for leaf in forest.all_leaves[node] if leaf in scores]
        n = disclosure.people((leaf, counts[leaf]) for leaf in leaves)
        # Never more than was counted before separation, never fewer than the sealed rows prove.
        n = max(n, min((told or {}).get(node, n), sum(counts[leaf] for leaf in leaves)))
        tally = score_of(measure, [scores[leaf] for leaf in leaves], scales)
        made[node] = cell_of(measure, tally, n, rules, spread, scales)
    shown -= narrowed(forest, shown, counts, made, rules["k"], look_of(measure, scales).bottom)
    items: dict[str, dict[Id, dict[str, Any]]] = {}
    for code in measure.codes:
        nodes = disclosure.item_groups(forest, scores, code, rules["k"], shown)
        items[code] = _item_cells(forest, code, scores, rules, scales, nodes)
        of_item = {leaf: at.items[code].n for leaf, at in scores.items() if code in at.items}
        # An index less its other items tells the one left out: what is hidden of one goes for all of them.
        shown -= narrowed(forest, nodes, of_item, items[code], rules["k"], item_look(scales[code]).bottom)
    for key, found in ((measure.key, made), *items.items()):
        for node in forest.order:
            if node in cells:
                cells[node][key] = found[node] if node in shown and node in found else dict(HIDDEN)
    return shown


def score_of(measure: Measure, scores: Sequence[LeafScores], scales: Scales) -> Tally:
    """The tally of a measure over several leaves; of an index with the mean of all answers to its items."""
    tally = Tally.sum((at.index for at in scores), classes_of(measure, scales))
    if not measure.codes:
        return tally
    return pooled(tally, (item for at in scores for item in at.items.values()))


def _item_cells(
    forest: Forest, code: str, scores: Mapping[Leaf, LeafScores], rules: Rules, scales: Scales, nodes: Iterable[Id]
) -> dict[Id, dict[str, Any]]:
    look, classes = item_look(scales[code]), scales[code].categories
    spread = Tally.sum((at.items[code] for at in scores.values() if code in at.items), classes).spread
    found = {}
    for node in nodes:
        mine = [
            (leaf, scores[leaf].items[code])
            for leaf in forest.all_leaves[node]
            if leaf in scores and code in scores[leaf].items
        ]
        n = disclosure.people((leaf, tally.n) for leaf, tally in mine)
        tally = Tally.sum((tally for _leaf, tally in mine), classes)
        found[node] = disclosure.score_cell(tally, n, rules, spread, look)
    return found


def show_parts(
    parts: Mapping[Any, Tally],
    kept: Container[Any],
    measure: Measure,
    rules: Rules,
    spread: float,
    scales: Scales,
    item: str = "",
) -> dict[Any, dict]:
    """The cells of groups that cross the forest. ``item``: of the measure's items this one, instead of the measure.

    ``kept``: those the protection lets pass.
    """
    found: dict[Any, dict] = {}
    for part, tally in parts.items():
        if part not in kept or tally.n < rules["k"]:
            found[part] = dict(HIDDEN)
        elif item:
            found[part] = disclosure.score_cell(tally, tally.n, rules, spread, item_look(scales[item]))
        else:
            found[part] = cell_of(measure, tally, tally.n, rules, spread, scales)
    return found
