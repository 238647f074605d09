"""Everything shown of a question together: small hidden groups with a name stay open by half the scale.

``PROTECTION_WORLDS=2000`` makes the run as long as wanted.
"""

from __future__ import annotations

import os
import random

from surveys.results import own_cells, service_cells
from surveys.results.disclosure import joint
from surveys.results.disclosure.cells import score_cell
from tests.surveys.attacker import smallest_support
from tests.surveys.attacker_joint import disclosures, shape_of
from tests.surveys.protection_world import BASES, RULES, _own_members, build, recounts, tally

WORLDS = int(os.environ.get("PROTECTION_WORLDS", "40"))
SCALE = joint.Scale((0.0, 25.0, 50.0, 75.0, 100.0), (frozenset({3, 4}), frozenset({0, 1})))


def test_no_small_hidden_group_is_narrowed_down_by_all_families_together():
    found, tried = [], 0
    for seed in range(WORLDS):
        mine, targets = disclosures(build(random.Random(seed), shape_of(seed)))
        found += [(seed, *one) for one in mine]
        tried += targets
    assert not found and tried > WORLDS


def test_without_the_last_look_the_same_attacker_wins(monkeypatch):
    """Seeds in which remainders, certificate and the bounds of each family alone gave a small group away."""
    for module in (own_cells, service_cells):
        monkeypatch.setattr(module, "hide_narrow", lambda *_args: set())
    assert sum(bool(disclosures(build(random.Random(seed), shape_of(seed)))[0]) for seed in (6, 11, 23, 47, 53)) >= 3


def shown(rows: dict[str, list[int]], hidden: dict[str, tuple[str, ...]]) -> joint.Shown:
    """``rows``: counts of the answers of each group of people; ``hidden``: shown row → the groups it is made of."""
    crowds = [
        joint.Crowd(frozenset(row for row, parts in hidden.items() if name in parts), tuple(n))
        for name, n in rows.items()
    ]
    people = {row: sum(sum(rows[name]) for name in parts) for row, parts in hidden.items()}

    def read(_row, counts):
        scores = [at + 1 for at, n in enumerate(counts) for _ in range(n)]
        return joint.told_of(score_cell(tally(*scores), len(scores), RULES, 20.0), counts, SCALE, RULES)

    return joint.Shown(crowds, people, read)


def narrow(world: joint.Shown, target: list[int]) -> set:
    return joint.too_narrow(world, [target], SCALE, 5, lambda row: (world.people[row], str(row)))


def test_two_groups_that_cross_leave_four_of_five():
    """Unit and cut share all but five people, four of whom have a name: alone each is safe, together they are not."""
    rows = {"four": [4, 0, 0, 0, 0], "one": [1, 0, 0, 0, 0], "rest": [2, 2, 2, 2, 2]}
    both = shown(rows, {"unit": ("four", "one", "rest"), "cut": ("rest",)})
    assert narrow(both, [0]) == {"cut"}
    alone = shown(rows, {"unit": ("four", "one", "rest")})
    assert narrow(alone, [0]) == set()


def test_a_group_within_a_large_one_is_open():
    """The rounding of 200 people alone is worth half the scale for any four."""
    rows = {"four": [4, 0, 0, 0, 0], "one": [1, 0, 0, 0, 0], "rest": [40] * 5}
    assert narrow(shown(rows, {"unit": ("four", "one", "rest"), "cut": ("rest",)}), [0]) == set()
    assert joint.limit(5) == 200


def test_equal_answers_of_all_are_not_told_of_who_holds_a_small_hidden_group():
    """Ten people all of whom answered alike, four of them a hidden group: any mean of the ten tells theirs."""
    alike = {"four": [0, 0, 0, 0, 4], "six": [0, 0, 0, 0, 6]}
    assert narrow(shown(alike, {"unit": ("four", "six")}), [0]) == {"unit"}
    mixed = {"four": [0, 0, 0, 0, 4], "six": [3, 0, 0, 0, 3]}
    assert narrow(shown(mixed, {"unit": ("four", "six")}), [0]) == set()


def test_a_choice_is_not_known_of_more_than_half_of_a_group():
    """Of a question without better and worse: nobody may know what most of a hidden group chose."""
    scale = joint.Scale(None)
    rules = {**RULES, "distribution_from": 5}

    def read(_row, counts):
        n = sum(counts)
        share = [min(max(one / n, 2 / n), (n - 2) / n) for one in counts]
        return joint.told_of(
            {"shares": dict(enumerate(round(100 * one / sum(share)) for one in share))}, counts, scale, rules
        )

    crowds = [
        joint.Crowd(frozenset({"whole"}), (4, 0)),
        joint.Crowd(frozenset({"whole"}), (1, 0)),
        joint.Crowd(frozenset({"whole", "part"}), (10, 10)),
    ]
    world = joint.Shown(crowds, {"whole": 25, "part": 20}, read)
    assert joint.too_narrow(world, [[0]], scale, 5, lambda row: world.people[row]) == {"part"}


def test_an_item_that_is_hidden_hides_its_index_too():
    """An index of three items less two of them is the third: where an item is hidden, its index is."""
    for seed in range(12):
        world = build(random.Random(seed), shape_of(seed))
        for group in world.groups:
            cells = group.cells
            if not cells.get("want", {}).get("shown") or group.family not in ("tree", "cut", "unit_cut"):
                continue
            people = [one for one in world.people if one.place is not None]
            for code in ("W1", "W2", "W3"):
                assert cells[code]["shown"] or not people or _nobody(world, group, code), (seed, group.name, code)


def _nobody(world, group, code) -> bool:
    return not any(one.own[code] is not None for one in _own_members(world, group))


def test_barriers_of_cuts_are_protected_like_scores():
    """No combination of all released cells that count people again, of tree and cuts, is about fewer than k people."""
    told = 0
    for seed in range(max(10, WORLDS // 4)):
        world = build(random.Random(1000 + seed), shape_of(seed))
        found = []
        for group in world.groups:
            for key in BASES:
                if group.family in ("tree", "cut", "unit_cut") and group.cells.get(key, {}).get("shown"):
                    told += group.family != "tree"
                    found += [row for row in recounts(world, group, key) if row]
        assert smallest_support(found, 5) is None, seed
    assert told > 10
