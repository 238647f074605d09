"""What colleagues say of the service of units: beside the provider's tree, and the matrix at four level pairs. Pure.

Matrix cells hang in the forest under their provider, so totals and cells are protected as one system. Totals of
customers and of divisions cross that forest: they are shown where the certificate of ``disclosure.spans`` holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.results import disclosure, tallying
from surveys.results.disclosure import HIDDEN, NOT_ASKED, SOMEBODY, Crowd, Forest, Leaf, LeafScores
from surveys.results.groups import Group, Sealed
from surveys.results.joint_cells import hide_narrow
from surveys.results.measures import Measure, cell_of, classes_of, scales_of, service_measures
from surveys.results.scoring import Tally
from surveys.results.shown_cells import score_of, show_measure
from surveys.results.tallying import Rows
from surveys.results.trees import Node, ancestors, division_of, node_of_unit


@dataclass(frozen=True)
class Service:
    """Ratings as a forest of providers and their cells; ``columns``: the crossing groups each customer block is in."""

    forest: Forest
    rows: Rows
    pairs: list[tuple[int, int]]  # provider node, customer block
    node_of_block: Mapping[int, Node]
    place: Mapping[int, int]
    customers: Mapping[int, list[int]]  # customer block → its node and those above, without the top
    divisions: Mapping[int, int]
    telling: bool  # whether divisions are something else than blocks


def service_cells(
    cells: dict[int, dict],
    tree: Sequence[Node],
    snapshot: Mapping[str, Any],
    items: Sequence[Mapping[str, Any]],
    sealed: Sealed,
    rules: Mapping[str, int],
) -> list[Group]:
    """Fill *served* in the tree's cells; returns the groups of the matrix."""
    if not items:
        return []
    scales, measures = scales_of(items), service_measures(items)
    position = {item["code"]: at for at, item in enumerate(items)}
    service = _service(tree, snapshot, sealed, len(items))
    pairs: dict[Any, dict] = {pair: {} for pair in service.pairs}
    crossing: dict[Any, dict] = {}
    for measure in measures:
        heard = tallying.hear(measure, service.rows, position, scales)
        scores = tallying.leaf_scores(heard, service.rows)
        # Raters were counted for the index alone; of an item that stands for itself fewer may have spoken.
        told = sealed.raters if measure.codes else None
        shown = show_measure(dict(cells) | pairs, service.forest, measure, scores, rules, scales, told=told)
        for column, cell in _crossing(measure, scores, service, shown, rules, scales).items():
            crossing.setdefault(column, {})[measure.key] = cell
        labels = ([frozenset(_columns(service, leaf)) for leaf in service.rows.leaves], service.rows.at)
        hide_narrow(
            dict(cells) | pairs, crossing, service.forest, shown, measure, heard, service.rows, labels, rules, scales
        )
    _not_asked(cells, tree, service.place, sealed.asked_about, measures)
    return _groups(tree, service, pairs, crossing, measures)


def _service(tree: Sequence[Node], snapshot: Mapping[str, Any], sealed: Sealed, width: int) -> Service:
    place = node_of_unit(snapshot, tree)
    node_of_block = {node.block: node for node in tree if node.block is not None}
    known = [
        (provider, customer, answers)
        for provider, customer, answers in sealed.ratings
        if provider in place and (customer in node_of_block or customer == SOMEBODY)
    ]
    parents: dict[Any, Any] = {node.id: node.parent for node in tree}
    leaves: dict[Any, list[Leaf]] = {}
    pairs = set()
    for provider, customer in dict.fromkeys((provider, customer) for provider, customer, _answers in known):
        group: Any = place[provider]
        if customer != SOMEBODY:
            group = (place[provider], customer)
            pairs.add(group)
            parents[group] = group[0]
        leaves.setdefault(group, []).append((customer, provider))
    answers = tallying.matrix([row for _provider, _customer, row in known], width)
    rows = Rows.of([(customer, provider) for provider, customer, _answers in known], answers)
    above, depth = ancestors(tree), {node.id: node.depth for node in tree}
    inside = division_of(tree)
    return Service(
        forest=Forest(parents, leaves),
        rows=rows,
        pairs=sorted(pairs),
        node_of_block=node_of_block,
        place=place,
        customers={block: [up for up in above[node.id] if depth[up]] for block, node in node_of_block.items()},
        divisions={node: inside[node] for node in inside},
        telling=any(node.parent in inside for node in tree if node.parent is not None),
    )


def _columns(service: Service, leaf: Leaf) -> list[tuple]:
    """The crossing groups a rating counts in."""
    customer, provider = leaf
    if customer == SOMEBODY:
        return []
    found: list[tuple] = [("customer", node) for node in service.customers[customer]]
    one = service.divisions.get(service.place[provider])
    other = service.divisions.get(service.node_of_block[customer].id)
    if service.telling and one is not None and other is not None:
        found.append(("division", one, other))
    return found


def _crossing(
    measure: Measure,
    scores: Mapping[Leaf, LeafScores],
    service: Service,
    shown: set[Any],
    rules: Mapping[str, int],
    scales: Any,
) -> dict[Any, dict]:
    """One measure's cells of customers and of pairs of divisions."""
    places = service.forest.places(shown)
    labels = {leaf: frozenset(_columns(service, leaf)) for leaf in scores}
    groups: dict[Any, list[Leaf]] = {}
    for leaf, columns in labels.items():
        for column in columns:
            groups.setdefault(column, []).append(leaf)
    counts = [{leaf: at.index.n for leaf, at in scores.items()}]
    for code in measure.codes:  # one system per item, and an index is made of all of them
        counts.append({leaf: at.items[code].n for leaf, at in scores.items() if code in at.items})
    base = [
        {column: disclosure.people((leaf, mine.get(leaf, 0)) for leaf in leaves) for column, leaves in groups.items()}
        for mine in counts
    ]
    kept = {column for column in groups if base[0][column]}
    for mine, people in zip(counts, base, strict=True):
        crowds = [Crowd(places.get(leaf), labels[leaf], n, owner=leaf[0]) for leaf, n in mine.items() if n]
        silent = {column for column in kept if not people[column]}
        heard = {column: people[column] for column in kept if people[column]}
        kept = disclosure.protect_crossing(crowds, heard, rules["k"]) | silent
    spread = Tally.sum((at.index for at in scores.values()), classes_of(measure, scales)).spread
    found = {}
    for column, leaves in groups.items():
        found[column] = dict(HIDDEN)
        if column in kept:
            tally = score_of(measure, [scores[leaf] for leaf in leaves], scales)
            found[column] = cell_of(measure, tally, base[0][column], rules, spread, scales)
    return found


def _not_asked(
    cells: dict[int, dict],
    tree: Sequence[Node],
    place: Mapping[int, int],
    asked_about: Iterable[int],
    measures: Sequence[Measure],
) -> None:
    keys = sorted({key for measure in measures for key in (measure.key, *measure.codes)})
    above = ancestors(tree)
    asked = {up for unit in asked_about if unit in place for up in above[place[unit]]}
    for node in tree:
        if node.id not in asked:
            cells[node.id].update({key: dict(NOT_ASKED) for key in keys})


def _groups(
    tree: Sequence[Node],
    service: Service,
    pairs: Mapping[Any, dict],
    crossing: Mapping[Any, dict],
    measures: Sequence[Measure],
) -> list[Group]:
    by_id = {node.id: node for node in tree}
    keys = [measure.key for measure in measures]
    groups = []
    for (provider, customer), found in sorted(pairs.items()):
        other = service.node_of_block[customer]
        name = f"{by_id[provider].name} ← {other.name}"
        groups.append(Group("matrix", provider, name, other=other.id, cells={key: found[key] for key in keys}))
    for kind, *ids in sorted(crossing):
        found = crossing[kind, *ids]
        told = {key: found.get(key, dict(HIDDEN)) for key in keys}
        if kind == "customer":
            node = by_id[ids[0]]
            groups.append(Group("customer", node.id, node.name, parent=node.parent, depth=node.depth, cells=told))
        else:
            name = f"{by_id[ids[0]].name} ← {by_id[ids[1]].name}"
            groups.append(Group("division", ids[0], name, other=ids[1], cells=told))
    return groups
