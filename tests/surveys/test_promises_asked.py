"""Promises judged in a wave: which are asked, of whom, and what an attacker gets out of what is shown of them."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.results import kept
from surveys.results.disclosure import HIDDEN
from surveys.waves import asked_promises
from surveys.waves.asked_promises import Chosen, Offer, choose, is_recent
from surveys.waves.blocks import UnitNode, make_blocks
from tests.surveys.attacker import smallest_support
from tests.surveys.protection_world import RULES

DAY = dt.date(2026, 3, 1)
# Company 1; division 2 (2 people of its own) with teams 3 (12) and 4 (20); IT 5 (9), its desk 6 (6); division 7 (3).
NODES = [UnitNode(1, "Company"), UnitNode(2, "Sales", 1), UnitNode(3, "North", 2), UnitNode(4, "South", 2)]
NODES += [UnitNode(5, "IT", 1), UnitNode(6, "Desk", 5), UnitNode(7, "Legal", 1)]
SIZES = {2: 2, 3: 12, 4: 20, 5: 9, 6: 6, 7: 3}
K = 5


def offer(pk: int, customer: int, provider: int = 5, day: int = 0) -> Offer:
    return Offer(pk, provider, customer, {"en": f"We answer within a day ({pk})"}, DAY + dt.timedelta(days=day))


def chosen(*offers: Offer, lately: list | None = None, sizes: dict[int, int] = SIZES) -> dict[int, Chosen]:
    blocks = make_blocks(NODES, sizes, K)
    return {one.offer.id: one for one in choose(offers, NODES, blocks, sizes, K, lately or [])}


# -- who is asked what -----------------------------------------------------------------------------------------------


def test_everybody_below_the_customer_judges_but_not_the_provider_himself():
    found = chosen(offer(1, 2), offer(2, 1, provider=7))
    assert found[1].units == {2, 3, 4} and found[1].whole
    assert found[2].units == {2, 3, 4, 5, 6}  # Legal's promise to the company: not Legal
    assert chosen(offer(3, 6, provider=5))[3].units == {6}  # from above to one of its own teams


def test_too_few_people_are_not_asked_in_vain():
    assert chosen(offer(1, 7)) == {} and chosen(offer(2, 99)) == {}
    assert chosen(offer(3, 3), sizes={**SIZES, 3: 4}) == {}


def test_a_part_of_a_block_is_known_as_one():
    """North is reported together with the two of Sales itself: a count of North alone would count those two."""
    assert not chosen(offer(1, 3))[1].whole and chosen(offer(2, 4))[2].whole


def test_nobody_judges_more_than_three_those_due_first():
    offers = [offer(pk, 4, provider, day=-pk) for pk, provider in ((1, 3), (2, 5), (3, 6), (4, 7), (5, 2))]
    found = chosen(*offers)
    assert sorted(found) == [3, 4, 5]


def test_of_one_provider_nested_customers_wait_for_another_wave():
    assert sorted(chosen(offer(1, 2), offer(2, 3))) == [1]
    assert sorted(chosen(offer(1, 2, day=1), offer(2, 3), offer(3, 4))) == [2, 3]  # those due first, side by side
    assert sorted(chosen(offer(1, 3), offer(2, 3))) == [1, 2]  # the same people judge two promises
    assert sorted(chosen(offer(1, 2), offer(2, 3, provider=7))) == [1, 2]  # another provider's is another matter
    # A part of the provider is the provider: IT without IT, and IT without its desk, would leave IT itself.
    assert sorted(chosen(offer(1, 1), offer(2, 1, provider=6))) == [1]
    again = Offer(2, 5, 3, {"en": "WE answer within a day (1) "}, DAY)
    assert sorted(chosen(offer(1, 3), again)) == [1]  # the same in other words only


def test_within_three_months_the_same_people_judge_a_provider_in_one_wave():
    lately = [(5, frozenset({3, 9}))]
    assert chosen(offer(1, 2), lately=lately) == {} and chosen(offer(1, 3), lately=lately) == {}
    assert sorted(chosen(offer(1, 4), offer(2, 3, provider=7), lately=lately)) == [1, 2]
    assert is_recent(dt.date(2026, 1, 10), dt.date(2026, 4, 9)) and not is_recent(
        dt.date(2026, 1, 10), dt.date(2026, 4, 10)
    )
    assert not is_recent(dt.date(2026, 2, 1), dt.date(2026, 5, 1))  # 89 days, and a quarter


# -- the attacker ----------------------------------------------------------------------------------------------------


def attack(asked: list[Chosen], people: dict[int, int], silent: set, k: int, under: dict[int, set[int]]) -> set | None:
    """He takes all that is shown of a provider's and his parts' promises for answers to one and the same question.

    Of several promises to the same people he can use only one at a time: they say different things of them.
    """
    for provider in {one.offer.provider for one in asked}:
        groups: dict[frozenset[int], list[Chosen]] = {}
        for one in asked:
            if one.offer.provider == provider or one.offer.provider in under.get(provider, ()):
                groups.setdefault(one.units, []).append(one)
        for some in product(*groups.values()):
            rows = []
            for one in some:
                row = {
                    ((unit, n), "kept"): Fraction(1)
                    for unit in one.units
                    for n in range(people[unit])
                    if (unit, n, one.offer.id) not in silent
                }
                if len(row) >= k:
                    rows.append(row)
            if (found := smallest_support(rows, k)) is not None:
                return found
    return None


def test_without_the_rule_the_attacker_wins():
    """Sales and North, shown side by side, leave the two of Sales itself and, of few, whoever South has."""
    both = [Chosen(offer(1, 2), frozenset({2, 3, 4}), True), Chosen(offer(2, 3), frozenset({3}), False)]
    both.append(Chosen(offer(3, 4), frozenset({4}), True))
    assert attack(both, SIZES, set(), K, {}) == {(2, 0), (2, 1)}


@settings(max_examples=60)
@given(st.data())
def test_no_promises_side_by_side_single_out_fewer_than_k(data):
    parents = data.draw(st.lists(st.integers(0, 5), min_size=3, max_size=9))
    nodes = [UnitNode(1, "1")] + [UnitNode(n, str(n), min(n - 1, 1 + up)) for n, up in enumerate(parents, 2)]
    ids = [node.id for node in nodes]
    sizes = {unit: data.draw(st.integers(0, 9)) for unit in ids}
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), min_size=2, max_size=12))
    offers = [offer(pk, customer, provider) for pk, (provider, customer) in enumerate(pairs) if provider != customer]
    asked = choose(offers, nodes, make_blocks(nodes, sizes, K), sizes, K)
    everybody = [(unit, n, one.offer.id) for one in asked for unit in sorted(one.units) for n in range(sizes[unit])]
    silent = set(data.draw(st.lists(st.sampled_from(everybody), max_size=30))) if everybody else set()
    under = {unit: asked_promises._below(nodes)[unit] for unit in ids}
    assert attack(asked, sizes, silent, K, under) is None
    burden = {unit: sum(unit in one.units for one in asked) for unit in ids}
    assert max(burden.values()) <= asked_promises.MOST
    assert all(sum(sizes[unit] for unit in one.units) >= K for one in asked)


# -- what is told ----------------------------------------------------------------------------------------------------


def test_a_cell_grows_with_its_people():
    assert kept.cell([2, 1, 1], RULES, whole=True) == HIDDEN and kept.cell([], RULES, whole=True) == HIDDEN
    few = kept.cell([5, 1, 0], RULES, whole=True)
    assert few == {"shown": True, "n": "5–7", "index": 85, "band": "80–89"}
    some = kept.cell([7, 2, 1], RULES, whole=True)
    assert (some["n"], some["fav"], some["neu"], some["unf"]) == ("8–11", 70, 15, 15)
    many = kept.cell([14, 6, 4], RULES, whole=True)
    assert (many["n"], many["fav"], many["neu"], many["unf"]) == (24, 58, 25, 17)
    assert many["fav_low"] < 58 < many["fav_high"]


def test_all_alike_is_never_told():
    """It looks as if two had said otherwise, whoever they are and whatever they said."""
    for n, whole in product(range(5, 40), (True, False)):
        for alike, others in (([n, 0, 0], ([n - 1, 1, 0], [n - 1, 0, 1])), ([0, 0, n], ([0, 1, n - 1], [1, 0, n - 1]))):
            told = kept.cell(alike, RULES, whole=whole)
            assert told["shown"] and all(told == kept.cell(other, RULES, whole=whole) for other in others)


def test_of_a_part_of_a_block_no_exact_number_is_told():
    """22 of North beside 24 of North and Sales together would say that both of Sales answered."""
    cells = {n: kept.cell([n - 6, 4, 2], RULES, whole=False) for n in range(20, 30)}
    assert {cell["n"] for cell in cells.values()} == {"20–29"}
    assert all(cell[key] % 5 == 0 for cell in cells.values() for key in ("fav", "neu", "unf", "fav_low", "fav_high"))
    assert kept.cell([8, 2, 2], RULES, whole=False) == kept.cell([8, 2, 2], RULES, whole=True)


PROMISES = {"promises": [{"id": 4}, {"id": 9}]}


@pytest.mark.parametrize("foreign", [None, [], {"4": "3"}, {"4": True}, {"4": 7}, {"5": 3}, {"9": None}])
def test_only_judgements_of_what_was_asked_count(foreign):
    good = [{"promises": {"4": 3, "9": 1}}] * 3 + [{"promises": {"4": 2, "9": None}}] * 2
    assert kept.tally(PROMISES, [*good, {"promises": foreign}, {}], 5) == {"4": [3, 2, 0]}
    assert kept.tally({}, [{"promises": {"4": 3}}] * 9, 5) == {}
