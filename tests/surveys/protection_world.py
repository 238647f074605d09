"""Generated organisations for the attacker: people with homes, cuts, answers and ratings, sealed and released.

Everything runs through the product's own pure code: blocks, cuts, pooling at sealing, the release with all that is
worked out from respondents (barriers, reliability, drivers). What is released is then written down as rows over
people's answers, from the truth the product no longer has.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from surveys.results import meaning, placing, scoring
from surveys.results.computing import compute
from surveys.results.groups import Group, Sealed
from surveys.results.insight import sealing
from surveys.results.measures import SERVICE_KINDS, own_measures, service_measures
from surveys.results.own_cells import forest_of
from surveys.results.scoring import Tally
from surveys.results.trees import ancestors, division_of, node_of_unit, reporting_tree
from surveys.waves import cuts
from surveys.waves.audience import tree_snapshot
from surveys.waves.blocks import UnitNode, make_blocks
from tests.surveys.attacker import Row

RULES = {"k": 5, "band_to": 7, "score_detail_from": 8, "distribution_from": 20, "comment_home": 10, "max_providers": 3}


def item(code: str, kind: str = "agreement", about: str = "own", dimension: str = "") -> dict[str, Any]:
    return {"code": code, "kind": kind, "about": about, "dimension": dimension, "text": {"en": code}}


ITEMS = [
    item("W1", dimension="want"),
    item("W2", dimension="want"),
    item("W3", dimension="want"),
    item("K1", dimension="know"),
    item("C1", dimension="can"),
    item("T1", kind="outcome"),
    item("P1", kind="satisfaction", about="provider"),
    item("P2", kind="satisfaction", about="provider"),
    item("P3", kind="effort", about="provider"),
]


def tally(*scores: int) -> Tally:
    """Answers from 1 to 5."""
    result = Tally()
    for score in scores:
        result.add(scoring.to_index(score), score - 1)
    return result


@dataclass
class Shape:
    """What an organisation is made of."""

    units: int = 6
    size: int = 9
    depth: int = 2
    answering: float = 0.8
    missing: float = 0.08
    traits: int = 3
    mixed: float = 0.5  # how often somebody's trait is not that of his unit
    ratings: int = 2
    agreeing: float = 0.0  # how often somebody answers as everybody does
    k: int = 5


@dataclass
class Person:
    id: int
    unit: int
    block: int
    categories: tuple[int, ...]
    own: dict[str, int | None] = field(default_factory=dict)
    ratings: dict[int, dict[str, int | None]] = field(default_factory=dict)
    place: int | None = None
    stored: tuple[int, ...] = ()
    rated_as: dict[int, tuple[int, int] | None] = field(default_factory=dict)


@dataclass
class World:
    snapshot: dict[str, Any]
    people: list[Person]
    sealed: Sealed
    groups: list[Group]
    rules: dict[str, int]

    @property
    def shown(self) -> int:
        return sum(bool(cell.get("shown")) for group in self.groups for cell in group.cells.values())


def build(chance: random.Random, shape: Shape, alike: Collection[str] = ()) -> World:
    """``alike``: questions that whoever answers them answers in the same way."""
    rules = {**RULES, "k": shape.k, "band_to": max(7, shape.k + 2), "score_detail_from": max(8, shape.k + 3)}
    nodes = [UnitNode(1, "Company")]
    level = {1: 0}
    for number in range(2, shape.units + 2):
        parent = chance.choice([unit for unit, depth in level.items() if depth < shape.depth])
        nodes.append(UnitNode(number, f"Unit {number}", parent))
        level[number] = level[parent] + 1
    sizes = {node.id: chance.randint(0, shape.size) for node in nodes}
    if not sum(sizes.values()):
        sizes[nodes[-1].id] = shape.size
    blocks = make_blocks(nodes, sizes, shape.k)
    home = {unit: block.id for block in blocks for unit in block.units}
    usual = {node.id: [str(chance.randint(1, 3)) for _ in range(shape.traits)] for node in nodes}
    traits = []
    for unit, size in sizes.items():
        for _one in range(size):
            mine = tuple(value if chance.random() > shape.mixed else str(chance.randint(1, 3)) for value in usual[unit])
            traits.append((unit, cuts.Traits(len(traits), home[unit], mine)))
    keys = ["site", "job_family", "tenure"][: shape.traits]
    frozen = cuts.freeze([one for _unit, one in traits], keys, shape.k)
    snapshot = {**tree_snapshot(nodes, blocks), "items": ITEMS, "cuts": frozen.cuts}
    people = [
        Person(one.id, unit, one.block, frozen.of[one.id]) for unit, one in traits if chance.random() < shape.answering
    ]
    for person in people:
        _answer(person, chance, shape, [node.id for node in nodes])
        for given in (person.own, *person.ratings.values()):
            given |= {code: 4 for code in alike if given.get(code) is not None}
    sealed = seal(people, snapshot, rules, Counter(one.block for _unit, one in traits))
    groups = meaning.complete(compute(snapshot, rules, sealed), snapshot, rules, sealed)
    return World(snapshot, people, sealed, groups, rules)


def _answer(person: Person, chance: random.Random, shape: Shape, units: list[int]) -> None:
    def pick() -> int | None:
        if chance.random() < shape.missing:
            return None
        return 5 if chance.random() < shape.agreeing else chance.randint(1, 5)

    person.own = {one["code"]: pick() for one in ITEMS if one["about"] == "own"}
    for provider in chance.sample(units, min(len(units), chance.randint(0, shape.ratings))):
        given = {one["code"]: pick() for one in ITEMS if one["about"] == "provider"}
        if any(answer is not None for answer in given.values()):
            person.ratings[provider] = given


def seal(people: list[Person], snapshot: dict, rules: dict[str, int], invited: Counter) -> Sealed:
    """As surveys.results.sealing does it, in memory."""
    k, tree = rules["k"], reporting_tree(snapshot)
    respondents = Counter(one.block for one in people)
    places = placing.own_places(tree, respondents, k)
    for one in people:
        one.place = places[one.block]
    kept = [one for one in people if one.place is not None]
    told = cuts.generalise(Counter((one.place, one.categories) for one in kept), k)
    for one in kept:
        one.stored = told.take(one.place, one.categories)
    raters = Counter((provider, one.block) for one in people for provider in one.ratings)
    stored = placing.rating_places(raters, k)
    ratings = []
    for one in people:
        for provider, given in one.ratings.items():
            one.rated_as[provider] = found = stored[provider, one.block]
            if found is not None:
                ratings.append((found[0], found[1], [given[i["code"]] for i in ITEMS if i["about"] == "provider"]))
    return Sealed(
        own=[(one.place, [one.own[i["code"]] for i in ITEMS if i["about"] == "own"]) for one in kept],
        own_cuts=[one.stored for one in kept],
        ratings=ratings,
        respondents=respondents,
        raters=_raters(people, snapshot, tree),
        invited=invited,
        asked_about=frozenset(unit["id"] for unit in snapshot["units"]),
    )


def _raters(people: Iterable[Person], snapshot: dict, tree: list) -> Counter:
    place, above = node_of_unit(snapshot, tree), ancestors(tree)
    found: Counter[int] = Counter()
    for one in people:
        rated = [
            p
            for p, given in one.ratings.items()
            if 2 * sum(a is not None for a in given.values()) > len(given) and one.rated_as[p] is not None
        ]
        found.update({node for provider in rated for node in above[place[provider]]})
    return found


# -- the truth behind what is released -------------------------------------------------------------------------------


def rows(world: World, families: Iterable[str] = (), shown: Any = None) -> list[Row]:
    """Every shown cell as coefficients over (person, question)."""
    wanted = set(families)
    found = []
    for group in world.groups:
        if wanted and group.family not in wanted:
            continue
        for key, cell in group.cells.items():
            if cell.get("shown") and key != "participation":
                told = recounts(world, group, key) or [row_of(world, group, key), _classes(world, group, key)]
                found += [row for row in told if row]
    return found


def row_of(world: World, group: Group, key: str) -> Row:
    row: Row = {}
    for person, about, given in _heard(world, group, key):
        _add(row, person.id, given, about)
    return row


def _heard(world: World, group: Group, key: str) -> list[tuple[Person, int | None, dict[str, int | None]]]:
    """(person, what about, his answers behind the cell)."""
    own = [one for one in ITEMS if one["about"] == "own"]
    provider = [one for one in ITEMS if one["about"] == "provider"]
    mine = {measure.key: measure for measure in own_measures(own)}
    theirs = {measure.key: measure for measure in service_measures(provider)}
    if key in mine or any(key in one.codes for one in mine.values()):
        codes = mine[key].codes or (mine[key].item,) if key in mine else (key,)
        return [(one, None, {code: one.own[code] for code in codes}) for one in _own_members(world, group)]
    codes = theirs[key].codes or (theirs[key].item,) if key in theirs else (key,)
    return [(one, rated, {code: one.ratings[rated][code] for code in codes}) for one, rated in _raters_in(world, group)]


def _add(row: Row, person: int, given: dict[str, int | None], about: int | None) -> None:
    """The score of an index is the mean of all answers to its items: all have one coefficient, as an item's have."""
    for code, answer in given.items():
        if answer is not None:
            row[person, (about, code)] = Fraction(1)


def _classes(world: World, group: Group, key: str) -> Row:
    """How the people of an index divide into its classes: further numbers, about those who answered more than half."""
    row: Row = {}
    for person, about, given in _heard(world, group, key):
        answered = sum(answer is not None for answer in given.values())
        if len(given) > 1 and 2 * answered > len(given):
            row[person.id, (about, "class", key)] = Fraction(1)
    return row


def recounts(world: World, group: Group, key: str) -> list[Row]:
    """Rows of a cell that counts people again: by dimension, by their first barrier, or who answered all questions.

    A class of an index, the share at or below its threshold and the same share among the barriers are one unknown. Of
    the barriers after the first nobody else can be in one than who stands for that dimension and for those before it.
    """
    kind, _, index = key.partition(":")
    if key in BASES or kind in ("reliability", "drivers"):
        about, codes = _base(world, group, key)
        return [
            {(person.id, (rated, *unknown)): Fraction(1) for person, rated, given in about if has(given)}
            for unknown, has in _unknowns(kind, index, codes)
        ]
    return []


BASES = ("barrier", "straight", "below:want", "below:know", "below:can")
Has = Callable[[dict[str, int | None]], bool]


def _base(
    world: World, group: Group, key: str
) -> tuple[list[tuple[Person, int | None, dict[str, int | None]]], list[str]]:
    if key.endswith(":served"):
        provider = [one for one in ITEMS if one["about"] == "provider"]
        inside = next(one.codes for one in service_measures(provider) if one.key == "served")
        return [(one, rated, one.ratings[rated]) for one, rated in _raters_in(world, group)], list(inside)
    own = [one["code"] for one in ITEMS if one["about"] == "own"]
    return [(one, None, one.own) for one in _own_members(world, group)], own


def _unknowns(kind: str, index: str, codes: list[str]) -> list[tuple[tuple, Has]]:
    def judged(*dimensions: str) -> Has:
        lists = [[one["code"] for one in ITEMS if one["dimension"] == name] for name in dimensions]
        return lambda given: all(2 * sum(given[code] is not None for code in mine) > len(mine) for mine in lists)

    def enough(codes: list[str], least: int) -> Has:
        return lambda given: sum(given[code] is not None for code in codes) >= least

    scored = [one["code"] for one in ITEMS if one["dimension"]]
    if kind == "below":
        return [(("class", index), judged(index))]
    if kind == "barrier":
        return [
            (("class", "want"), judged("want")),
            (("first", "know"), judged("want", "know")),
            (("first", "can"), judged("want", "know", "can")),
            (("first", "any"), enough(scored, 1)),
        ]
    if kind == "straight":
        return [(("straight",), enough([one["code"] for one in ITEMS if one["kind"] == "agreement"], 5))]
    if kind == "reliability" and index != "served":
        codes = [one["code"] for one in ITEMS if one["dimension"] == index]
    elif index != "served":
        codes = [*scored, "T1"]
    return [((kind, index), enough(codes, len(codes)))]


def announced(world: World) -> list[tuple]:
    """Cells of reliability or drivers that leave a question out, or its place empty: so that all answered it alike."""
    found = []
    for group in world.groups:
        for key, cell in group.cells.items():
            kind = key.partition(":")[0]
            if not cell.get("shown") or kind not in ("reliability", "drivers"):
                continue
            asked = _asked(key)
            told = [row[0] for row in cell["items"]]
            empty = [row[0] for row in cell["items"] if kind == "reliability" and row[2] is None]
            empty += [row[0] for row in cell["items"] if row[1] is None and len(asked) > 2]
            if sorted(told) != asked or empty:
                found.append((group.family, group.unit, group.other, key, told, empty))
    return found


def settled(world: World) -> set[tuple]:
    """Which cells of reliability and drivers are shown."""
    return {
        (group.family, group.unit, group.other, key)
        for group in world.groups
        for key, cell in group.cells.items()
        if key.partition(":")[0] in ("reliability", "drivers") and cell.get("shown")
    }


def _asked(key: str) -> list[str]:
    kind, _, index = key.partition(":")
    outcome = sealing.outcome_of
    if index == "served":
        provider = [one for one in ITEMS if one["about"] == "provider"]
        inside = [at for at, one in enumerate(provider) if one["kind"] in SERVICE_KINDS]
        at = outcome(provider, inside) if kind == "drivers" else None
        return sorted(provider[one]["code"] for one in inside if one != at)
    if kind == "reliability":
        return sorted(one["code"] for one in ITEMS if one["dimension"] == index)
    return sorted(one["code"] for one in ITEMS if one["dimension"])


def _own_members(world: World, group: Group) -> list[Person]:
    tree = reporting_tree(world.snapshot)
    kept = [one for one in world.people if one.place is not None]
    forest = forest_of(tree, [one.place for one in kept])
    node_of = {leaf[0]: node for node, leaves in forest.leaves.items() for leaf in leaves}
    above = ancestors(tree)
    if group.family == "tree":
        return [one for one in kept if group.unit in above[node_of[one.place]]]
    members = [one for one in kept if group.other in one.stored]
    if group.family == "unit_cut":
        inside = division_of(tree)
        members = [one for one in members if inside.get(node_of[one.place]) == group.unit]
    return members


def _raters_in(world: World, group: Group) -> list[tuple[Person, int]]:
    tree = reporting_tree(world.snapshot)
    place, above = node_of_unit(world.snapshot, tree), ancestors(tree)
    node_of_block = {node.block: node.id for node in tree if node.block is not None}
    inside = division_of(tree)
    found = []
    for person in world.people:
        for rated, stored in person.rated_as.items():
            if stored is None:
                continue
            provider, customer = place[stored[0]], node_of_block.get(stored[1]) if stored[1] else None
            fits = {
                "tree": lambda p=provider: group.unit in above[p],
                "matrix": lambda p=provider, c=customer: (p, c) == (group.unit, group.other),
                "customer": lambda c=customer: c is not None and group.unit in above[c],
                "division": lambda p=provider, c=customer: (
                    c is not None and (inside.get(p), inside.get(c)) == (group.unit, group.other)
                ),
            }[group.family]
            if fits():
                found.append((person, rated))
    return found
