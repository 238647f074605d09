"""From sealed rows to released cells. Pure: the wave's frozen snapshot and its rows in, groups of cells out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Any

from surveys.instruments.scales import Scale
from surveys.results import disclosure, scoring
from surveys.results.disclosure import HIDDEN, NOT_ASKED, Forest, Leaf, LeafScores
from surveys.results.measures import (
    Measure,
    add_index,
    add_single,
    cell_of,
    classes_of,
    item_lists,
    item_look,
    own_measures,
    scales_of,
    service_measures,
)
from surveys.results.scoring import Tally

Answers = Sequence[int | None]
EVERYBODY = 0  # the row above several top units
ONE = 0  # own answers have one "what"


@dataclass(frozen=True)
class Group:
    """One row of the release."""

    family: str
    unit: int
    name: str
    other: int | None = None
    parent: int | None = None
    depth: int = 0
    cells: dict = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Node:
    id: int
    name: str
    parent: int | None
    depth: int
    block: int | None = None


@dataclass(frozen=True)
class Sealed:
    """What sealing left behind, and what the invitations still say."""

    own: Sequence[tuple[int, Answers]]
    ratings: Sequence[tuple[int, int, Answers]]  # provider unit, customer block
    comments: Sequence[tuple[int, str]]  # home block
    respondents: Mapping[int, int]  # by block
    raters: Mapping[int, int]  # distinct people who rated something in a group, by group
    invited: Mapping[int, int]
    asked_about: frozenset[int]  # provider units


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


def compute(snapshot: Mapping[str, Any], rules: Mapping[str, int], sealed: Sealed) -> list[Group]:
    """Every number that will ever be shown of a wave."""
    tree = reporting_tree(snapshot)
    own_items, provider_items = item_lists(snapshot)
    cells: dict[int, dict] = {node.id: {} for node in tree}
    _own_cells(cells, tree, own_items, sealed.own, rules)
    matrix = _service_cells(cells, tree, snapshot, provider_items, sealed, rules)
    _participation_cells(cells, tree, sealed)
    comments = _comments(sealed, rules)
    groups = [
        Group(
            "tree",
            node.id,
            node.name,
            parent=node.parent,
            depth=node.depth,
            cells=cells[node.id],
            comments=comments.get(node.block, []) if node.block is not None else [],
        )
        for node in tree
    ]
    return groups + matrix


def _own_cells(
    cells: dict[int, dict],
    tree: Sequence[Node],
    items: Sequence[Mapping[str, Any]],
    rows: Iterable[tuple[int, Answers]],
    rules: Mapping[str, int],
) -> None:
    forest = Forest(
        {node.id: node.parent for node in tree},
        {node.id: [(node.block, ONE)] for node in tree if node.block is not None},
    )
    position = {item["code"]: at for at, item in enumerate(items)}
    scales, measures = scales_of(items), own_measures(items)
    scores: dict[str, dict[Leaf, LeafScores]] = {measure.key: {} for measure in measures}
    barriers: dict[Leaf, Tally] = {}
    for block, answers in rows:
        leaf = (block, ONE)
        means: dict[str, float | None] = {}
        for measure in measures:
            at = _leaf_scores(scores[measure.key], leaf, measure, scales)
            if measure.codes:
                means[measure.key] = add_index(at, {code: answers[position[code]] for code in measure.codes}, scales)
            elif (answer := answers[position[measure.item]]) is not None:
                add_single(at, measure, answer, scales[measure.item])
        if first := scoring.barrier(means.get("want"), means.get("know"), means.get("can")):
            barriers.setdefault(leaf, Tally(len(scoring.BARRIERS))).add(0, scoring.BARRIERS.index(first))
    for measure in measures:
        _release(cells, forest, measure, scores[measure.key], rules, scales)
    if not {measure.key for measure in measures} >= set(scoring.DIMENSIONS):
        for node in forest.order:
            cells[node]["barrier"] = dict(NOT_ASKED)
        return
    shown = disclosure.protect_counts(forest, {leaf: tally.n for leaf, tally in barriers.items()}, rules["k"])
    for node in forest.order:
        found = [barriers[leaf] for leaf in forest.all_leaves[node] if leaf in barriers]
        tally = Tally.sum(found, len(scoring.BARRIERS))
        hidden = node not in shown
        cells[node]["barrier"] = (
            dict(HIDDEN) if hidden else disclosure.shares_cell(tally, tally.n, rules, scoring.BARRIERS)
        )


def _leaf_scores(
    scores: dict[Leaf, LeafScores], leaf: Leaf, measure: Measure, scales: Mapping[str, Scale]
) -> LeafScores:
    if leaf not in scores:
        scores[leaf] = LeafScores(Tally(classes_of(measure, scales)))
    return scores[leaf]


def _release(
    cells: Mapping[Any, dict],
    forest: Forest,
    measure: Measure,
    scores: Mapping[Leaf, LeafScores],
    rules: Mapping[str, int],
    scales: Mapping[str, Scale],
    *,
    told: Mapping[int, int] | None = None,
) -> None:
    """Fill the cells of one measure (and its items) for every group of the forest that has a row in ``cells``."""
    shown = disclosure.protect_counts(forest, {leaf: at.index.n for leaf, at in scores.items()}, rules["k"])
    with_items = disclosure.protect_items(forest, scores, measure.codes, rules["k"], shown) if measure.codes else set()
    classes = classes_of(measure, scales)
    spread = Tally.sum((at.index for at in scores.values()), classes).spread
    spreads = {code: _item_sum(scores.values(), code, scales).spread for code in measure.codes}
    for node in forest.order:
        if node not in cells:
            continue
        leaves = [leaf for leaf in forest.all_leaves[node] if leaf in scores]
        row = cells[node]
        row[measure.key] = dict(HIDDEN)
        if node in shown:
            n = disclosure.people((leaf, scores[leaf].index.n) for leaf in leaves)
            # Never more than was counted before separation, never fewer than the sealed rows prove.
            n = max(n, min((told or {}).get(node, n), sum(scores[leaf].index.n for leaf in leaves)))
            tally = Tally.sum((scores[leaf].index for leaf in leaves), classes)
            row[measure.key] = cell_of(measure, tally, n, rules, spread, scales)
        for code in measure.codes:
            row[code] = dict(HIDDEN)
            if node in with_items:
                found = [(leaf, scores[leaf].items[code]) for leaf in leaves if code in scores[leaf].items]
                n = disclosure.people((leaf, tally.n) for leaf, tally in found)
                tally = _item_sum((scores[leaf] for leaf in leaves), code, scales)
                row[code] = disclosure.score_cell(tally, n, rules, spreads[code], item_look(scales[code]))


def _item_sum(scores: Iterable[LeafScores], code: str, scales: Mapping[str, Scale]) -> Tally:
    return Tally.sum((at.items[code] for at in scores if code in at.items), scales[code].categories)


def _service_cells(
    cells: dict[int, dict],
    tree: Sequence[Node],
    snapshot: Mapping[str, Any],
    items: Sequence[Mapping[str, Any]],
    sealed: Sealed,
    rules: Mapping[str, int],
) -> list[Group]:
    """*Served* beside the provider's tree, and the matrix below it.

    Matrix cells hang in the forest under their provider, so totals and cells are protected as one system. Totals of
    customers cross that forest; they are only given where they add nothing: where all of their cells are shown.
    """
    if not items:
        return []
    place = node_of_unit(snapshot, tree)
    by_id = {node.id: node for node in tree}
    block_node = {node.block: node for node in tree if node.block is not None}
    scales, measures = scales_of(items), service_measures(items)
    position = {item["code"]: at for at, item in enumerate(items)}
    parents: dict[Any, Any] = {node.id: node.parent for node in tree}
    leaves: dict[Any, list[Leaf]] = {}
    scores: dict[str, dict[Leaf, LeafScores]] = {measure.key: {} for measure in measures}
    for provider, customer, answers in sealed.ratings:
        if provider not in place or customer not in block_node:
            continue
        leaf = (customer, provider)
        cell = (place[provider], customer)
        if cell not in parents:
            parents[cell] = cell[0]
        if leaf not in leaves.setdefault(cell, []):
            leaves[cell].append(leaf)
        for measure in measures:
            at = _leaf_scores(scores[measure.key], leaf, measure, scales)
            if measure.codes:
                add_index(at, {code: answers[position[code]] for code in measure.codes}, scales)
            elif (answer := answers[position[measure.item]]) is not None:
                add_single(at, measure, answer, scales[measure.item])
    forest = Forest(parents, leaves)
    pairs: dict[Any, dict] = {cell: {} for cell in parents if isinstance(cell, tuple)}
    for measure in measures:
        # Raters were counted for the index alone; of an item that stands for itself fewer may have spoken.
        told = sealed.raters if measure.codes else None
        _release(dict(cells) | pairs, forest, measure, scores[measure.key], rules, scales, told=told)
    keys = sorted({key for measure in measures for key in (measure.key, *measure.codes)})
    above = ancestors(tree)
    asked = {up for unit in sealed.asked_about if unit in place for up in above[place[unit]]}
    for node in tree:
        if node.id not in asked:
            cells[node.id].update({key: dict(NOT_ASKED) for key in keys})
    groups = []
    for (provider, customer), found in sorted(pairs.items()):
        name = f"{by_id[provider].name} ← {block_node[customer].name}"
        given = {measure.key: found[measure.key] for measure in measures}
        groups.append(Group("matrix", provider, name, other=block_node[customer].id, cells=given))
    for customer in sorted({customer for _, customer in pairs}):
        mine = {cell: found for cell, found in pairs.items() if cell[1] == customer}
        node = block_node[customer]
        totals = {
            measure.key: _customer_total(measure, mine, forest, scores[measure.key], rules, scales)
            for measure in measures
        }
        groups.append(Group("customer", node.id, node.name, cells=totals))
    return groups


def _customer_total(
    measure: Measure,
    mine: Mapping[Any, dict],
    forest: Forest,
    scores: Mapping[Leaf, LeafScores],
    rules: Mapping[str, int],
    scales: Mapping[str, Scale],
) -> dict:
    """What one block says of all its providers together: only where each of its cells is shown anyway."""
    if not all(found[measure.key]["shown"] for found in mine.values()):
        return dict(HIDDEN)
    classes = classes_of(measure, scales)
    own = [(leaf, scores[leaf].index) for cell in mine for leaf in forest.all_leaves[cell]]
    n = disclosure.people((leaf, tally.n) for leaf, tally in own)
    spread = Tally.sum((at.index for at in scores.values()), classes).spread
    return cell_of(measure, Tally.sum((tally for _, tally in own), classes), n, rules, spread, scales)


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


def _comments(sealed: Sealed, rules: Mapping[str, int]) -> dict[int, list[str]]:
    """Comments at home in blocks with enough respondents, in no order."""
    found: dict[int, list[str]] = {}
    for home, text in sealed.comments:
        if sealed.respondents.get(home, 0) >= rules["comment_home"]:
            found.setdefault(home, []).append(text)
    for texts in found.values():
        SystemRandom().shuffle(texts)
    return found
