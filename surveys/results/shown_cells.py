"""One measure in nested groups: which cells are shown, and what they tell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    for node in forest.order:
        if node in cells:
            cells[node][measure.key] = made[node] if node in shown else dict(HIDDEN)
    if measure.codes:
        _show_items(cells, forest, measure, scores, rules, scales, shown)
    return shown


def score_of(measure: Measure, scores: Sequence[LeafScores], scales: Scales) -> Tally:
    """The tally of a measure over several leaves; of an index with the mean of all answers to its items."""
    tally = Tally.sum((at.index for at in scores), classes_of(measure, scales))
    if not measure.codes:
        return tally
    return pooled(tally, (item for at in scores for item in at.items.values()))


def _show_items(
    cells: Mapping[Id, dict],
    forest: Forest,
    measure: Measure,
    scores: Mapping[Leaf, LeafScores],
    rules: Rules,
    scales: Scales,
    shown: set[Id],
) -> None:
    """The items of an index, beside it wherever enough people answered them."""
    for code in measure.codes:
        nodes = disclosure.item_groups(forest, scores, code, rules["k"], shown)
        made = _item_cells(forest, code, scores, rules, scales, nodes)
        counts = {leaf: at.items[code].n for leaf, at in scores.items() if code in at.items}
        nodes -= narrowed(forest, nodes, counts, made, rules["k"], item_look(scales[code]).bottom)
        for node in forest.order:
            if node in cells:
                cells[node][code] = made[node] if node in nodes else dict(HIDDEN)


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
    parts: Mapping[Any, tuple[Tally, int]],
    kept: Iterable[Any],
    whole: tuple[Tally, int],
    measure: Measure,
    rules: Rules,
    spread: float,
    scales: Scales,
    item: str = "",
) -> dict[Any, dict]:
    """The cells of groups that lie beside each other in ``whole`` (categories of a cut): (tally, people) of each.

    ``kept``: those the protection lets pass. A small hidden one must not be narrowed down by the whole less the rest.
    ``item``: of the measure's items this one, instead of the measure.
    """
    look = item_look(scales[item]) if item else look_of(measure, scales)

    def tell(tally: Tally, n: int) -> dict[str, Any]:
        if item:
            return disclosure.score_cell(tally, n, rules, spread, look)
        return cell_of(measure, tally, n, rules, spread, scales)

    told = {part: tell(*parts[part]) for part in kept}
    top = ("whole",)
    leaves: dict[Id, list[Leaf]] = {part: [(at, 1)] for at, part in enumerate(parts, 1)}
    counts = {(at, 1): n for at, (_tally, n) in enumerate(parts.values(), 1)}
    if (rest := whole[1] - sum(counts.values())) > 0:  # people of no category
        leaves[top], counts[-1, 1] = [(-1, 1)], rest
    forest = Forest({top: None, **dict.fromkeys(parts, top)}, leaves)
    cells = {**told, top: tell(*whole)}
    hide = narrowed(forest, {*told, top}, counts, cells, rules["k"], look.bottom)
    return {part: told[part] if part in told and part not in hide else dict(HIDDEN) for part in parts}
