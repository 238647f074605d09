"""Laws that must hold whatever the data: intervals, change, reliability, drivers, barriers, trends."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.results.insight import barriers, change, drivers, intervals, reliability, sealing, trends
from surveys.results.insight.barriers import FIRST

RULES = {"k": 5, "band_to": 7, "score_detail_from": 8, "distribution_from": 20}
quick = settings(max_examples=150, deadline=None)


def scores(n: int, k: int, seed: int, common: float = 1.0) -> np.ndarray:
    """Answers of n people to k questions that share something."""
    chance = np.random.default_rng(seed)
    return common * chance.normal(size=(n, 1)) + chance.normal(size=(n, k))


def cell(index: int, half: int, n: int | str = 50) -> dict:
    return {"shown": True, "n": n, "index": index, "low": index - half, "high": index + half}


# -- intervals -------------------------------------------------------------------------------------------------------


@quick
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_mirrors_itself(given_):
    hits, n = given_
    low, high = intervals.share_interval(hits, n)
    assert -1e-12 <= low <= hits / n + 1e-12 and hits / n - 1e-12 <= high <= 1 + 1e-12
    mirrored = intervals.share_interval(n - hits, n)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-9)


@quick
@given(st.floats(0, 1), st.floats(0.1, 30), st.floats(0, 100))
def test_a_finite_population_only_ever_narrows(fraction, half, mean):
    low, high = intervals.finite(mean - half, mean, mean + half, fraction)
    assert mean - half - 1e-9 <= low <= mean + 1e-9 and mean - 1e-9 <= high <= mean + half + 1e-9
    assert intervals.finite(mean - half, mean, mean + half, 0) == pytest.approx((mean - half, mean + half))
    assert intervals.finite(mean - half, mean, mean + half, 1) == pytest.approx((mean, mean))


def test_the_interval_of_these_people_uses_the_released_step_only():
    participation = {"shown": True, "percent": 80, "words": "80 %"}
    assert intervals.of_these_people(cell(60, 10), participation) == (55, 65)  # √(1 − 0.775) = 0.474
    assert intervals.of_these_people(cell(60, 10), {"shown": True, "percent": 10, "words": "under 10 %"}) == (50, 70)
    assert intervals.of_these_people(cell(60, 10), {"shown": False}) is None
    assert intervals.of_these_people({"shown": True, "index": 65, "band": "60–69"}, participation) is None


clusters = st.lists(
    st.lists(st.lists(st.integers(0, 100), min_size=1, max_size=12), min_size=1, max_size=6), min_size=1, max_size=5
)


def as_clusters(groups: list[list[list[int]]]) -> list[list[tuple[int, float, float]]]:
    return [[(len(one), float(sum(one)), float(sum(x * x for x in one))) for one in group] for group in groups]


@quick
@given(clusters)
def test_a_design_effect_never_narrows(groups):
    assert 0 <= intervals.intraclass(as_clusters(groups)) <= 1
    assert intervals.design_effect(as_clusters(groups)) >= 1


def test_clusters_that_think_alike_widen_and_good_providers_alone_do_not():
    alike = [[[10] * 8, [90] * 8, [30] * 8, [70] * 8]]
    assert intervals.intraclass(as_clusters(alike)) == 1
    assert intervals.design_effect(as_clusters(alike)) == 8
    chance = np.random.default_rng(1)
    providers = [[list(chance.normal(level, 10, 10)) for _ in range(30)] for level in (20, 80)]
    assert intervals.intraclass(as_clusters(providers)) < 0.05  # two providers differ, their raters do not


def test_widening_keeps_the_score_and_the_scale():
    assert intervals.widen(cell(60, 4), 4.0) == cell(60, 8)
    assert intervals.widen(cell(97, 3), 4.0)["high"] == 100
    assert intervals.widen({"shown": True, "index": 65, "band": "60–69"}, 4.0) == {
        "shown": True, "index": 65, "band": "60–69",
    }  # fmt: skip


# -- change ----------------------------------------------------------------------------------------------------------

cells = st.builds(cell, st.integers(10, 90), st.integers(1, 25))


@quick
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=12), st.integers(1, 10))
def test_a_word_never_says_more_than_its_interval(pairs, matters):
    decided = change.decide(
        [(at, "family", now, before) for at, (now, before) in enumerate(pairs)], lambda _whose: matters
    )
    assert set(decided) == set(range(len(pairs)))
    for one in decided.values():
        if one.word == change.ROSE:
            assert one.delta > 0 and one.low > 0
        elif one.word == change.FELL:
            assert one.delta < 0 and one.high < 0
        elif one.word == change.SAME:
            assert one.high - one.low <= 2 * matters + 2


@quick
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=10))
def test_more_tests_never_make_more_clear(pairs):
    """What is clear among many is clear by itself, and time runs both ways."""
    decided = change.decide([(at, "family", now, before) for at, (now, before) in enumerate(pairs)])
    back = change.decide([(at, "family", before, now) for at, (now, before) in enumerate(pairs)])
    turned = {change.ROSE: change.FELL, change.FELL: change.ROSE}
    for at, (now, before) in enumerate(pairs):
        alone = change.alone(now, before)
        assert alone is not None and (not decided[at].clear or alone.clear)
        assert back[at].word == turned.get(decided[at].word, decided[at].word)
        assert (back[at].delta, back[at].low, back[at].high) == (
            -decided[at].delta,
            -decided[at].high,
            -decided[at].low,
        )


@quick
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0.01, 0.2))
def test_discoveries_are_the_smallest(ps, q):
    found = change.benjamini_hochberg(ps, q)
    if any(found):
        worst = max(p for p, yes in zip(ps, found, strict=True) if yes)
        assert all(yes for p, yes in zip(ps, found, strict=True) if p <= worst)
        assert worst <= q * sum(found) / len(ps) + 1e-12
    assert all(yes or p > q / len(ps) for p, yes in zip(ps, found, strict=True))


def test_the_four_words():
    assert change.alone(cell(70, 3), cell(58, 4)).word == "rose"
    assert change.alone(cell(58, 3), cell(70, 4)).word == "fell"
    assert change.alone(cell(62, 2), cell(60, 3)).word == "no clear change"
    assert change.alone(cell(62, 6), cell(58, 6)).word == "too few to tell"
    assert change.alone(cell(62, 6), cell(58, 6), matters=10).word == "no clear change"
    assert change.alone(cell(62, 6), {"shown": False}) is None
    assert change.alone({"shown": True, "band": "60–69", "index": 65}, cell(50, 5)) is None


def test_one_change_among_many_that_are_none_loses_its_word():
    """p = .02 by itself; one of twenty such is expected to look so by chance."""
    alone = (cell(66, 3), cell(60, 3))
    assert change.alone(*alone).clear
    many = [("it", "f", *alone), *((at, "f", cell(60, 3), cell(60, 3)) for at in range(19))]
    assert not change.decide(many)["it"].clear


# -- reliability -----------------------------------------------------------------------------------------------------


@quick
@given(st.integers(3, 60), st.integers(2, 8), st.integers(0, 10**6))
def test_moments_add_up_and_order_does_not_matter(n, k, seed):
    rows = scores(n, k, seed)
    whole = reliability.Moments.of(rows).covariance()
    parts = reliability.Moments.sum([reliability.Moments.of(rows[:2]), reliability.Moments.of(rows[2:])], k)
    assert parts.covariance() == pytest.approx(np.cov(rows.T), abs=1e-8)
    alpha = reliability.alpha(whole)
    if alpha is not None:
        assert alpha <= 1 + 1e-9
        turned = list(range(k))[::-1]
        assert reliability.alpha(whole[np.ix_(turned, turned)]) == pytest.approx(alpha)
        low, high = reliability.alpha_interval(alpha, n, k)
        assert low <= alpha <= high <= 1


def test_contradicting_items_have_a_negative_alpha_that_is_shown():
    rows = scores(60, 1, 3) * np.array([[1.0, -1.0, 1.0]]) + scores(60, 3, 4, common=0) * 0.3
    made = told_of(rows, "abc", step=1.0)
    assert made["alpha"] < 0 and made["items"][1][0] == "b"
    assert made["items"][1][1] > 0.8 and made["items"][1][2] < 0  # without the turned one all is well


def told_of(rows, codes, step=25.0, lot=1):
    """The released reliability of these answers (0–100), on five points."""
    n, steps = len(rows), np.full(len(codes), step)
    return reliability.cell(reliability.Moments.of(rows), list(codes), n, n, steps, np.random.default_rng(lot))


def test_whoever_left_one_out_is_not_in_alpha():
    rows = np.array([[1, 2.0], [3, 3], [np.nan, 4], [5, 4]])
    assert reliability.Moments.of(rows).n == 3


@quick
@given(st.integers(20, 200), st.integers(2, 7), st.integers(0, 7), st.integers(0, 10**6))
def test_alpha_is_told_whatever_was_answered(n, k, constant, seed):
    """Some questions answered alike by all, or all of them, or each person's answers all alike, or opposed."""
    rows = np.random.default_rng(seed).integers(0, 5, (n, k)) * 25.0
    rows[:, :constant] = 100.0
    for turned in (rows, np.repeat(rows[:, -1:], k, axis=1), np.column_stack([rows[:, -1], 100 - rows[:, -1]])):
        made = told_of(turned, "abcdefg"[: turned.shape[1]], lot=seed)
        assert -1 <= made["alpha"] <= 1 and len(made["items"]) == turned.shape[1]
        assert made["low"] <= made["alpha"] <= made["high"]
        for _code, dropped, rest in made["items"]:
            assert (dropped is None) == (turned.shape[1] == 2) and -1 <= rest <= 1


def test_a_question_answered_alike_by_all_looks_like_one_where_two_stand_a_step_off():
    """Neither an empty place nor a correlation of 0.00 tells of it: what is told scatters as it does of two people."""
    alike, two = [], []
    for seed in range(300):
        chance = np.random.default_rng(seed)
        rows = np.clip(chance.integers(1, 5, (30, 1)) + chance.integers(-1, 2, (30, 4)), 0, 4) * 25.0
        rows[:, 0] = 100.0
        alike.append(told_of(rows, "abcd", lot=seed)["items"][0][2])
        rows[chance.choice(30, 2, replace=False), 0] = 75.0
        two.append(told_of(rows, "abcd", lot=seed)["items"][0][2])
    assert np.std(alike) == pytest.approx(np.std(two), rel=0.15) and abs(np.mean(alike)) < 0.03
    assert sum(one == 0 for one in alike) <= sum(one == 0 for one in two) + 6


# -- drivers ---------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 7), st.integers(0, 10**6))
def test_shares_sum_to_what_is_explained(p, seed):
    matrix = np.corrcoef(scores(40, p + 1, seed).T)
    among, outcome = matrix[:p, :p], matrix[:p, p]
    r2 = drivers.explained(among, outcome)
    weights, shares = drivers.relative_weights(among, outcome), drivers.lmg(among, outcome)
    assert weights.sum() == pytest.approx(r2) and shares.sum() == pytest.approx(r2)
    assert (weights >= -1e-9).all() and (shares >= -1e-9).all()
    order = list(range(p))[::-1]
    assert drivers.lmg(among[np.ix_(order, order)], outcome[order]) == pytest.approx(shares[order])


def test_predictors_that_go_with_nothing_else_get_their_squares():
    among, outcome = np.eye(3), np.array([0.5, 0.3, 0.0])
    assert drivers.relative_weights(among, outcome) == pytest.approx([0.25, 0.09, 0])
    assert drivers.lmg(among, outcome) == pytest.approx([0.25, 0.09, 0])


def test_the_same_question_twice_shares_its_weight():
    one = scores(200, 1, 5)
    rows = np.hstack([one, one, one + scores(200, 1, 6)])
    r2, found = drivers.find(["a", "b"], np.cov(rows.T), 200)
    assert found[0].weight == pytest.approx(0.5) and found[1].weight == pytest.approx(0.5)
    assert [one.lmg for one in found] == pytest.approx([0.5, 0.5])


def test_chance_is_told_from_what_drives():
    """Of 300 questions of pure chance hardly one is called a driver; a real one is found each time."""
    false, true = 0, 0
    for seed in range(50):
        chance = np.random.default_rng(seed)
        rows = chance.normal(size=(200, 8))
        rows[:, 7] += 0.8 * rows[:, 0]
        _, found = drivers.find(list("abcdefg"), np.cov(rows.T), 200)
        true += next(one.clear for one in found if one.code == "a")
        false += sum(one.clear for one in found if one.code != "a")
    assert true == 50 and false <= 0.03 * 300


def test_a_suppressor_is_no_positive_driver():
    """b goes with nothing by itself, but takes the noise out of a (Horst's classical suppressor, 1941)."""
    chance = np.random.default_rng(7)
    skill, noise = chance.normal(size=(2, 500))
    rows = np.column_stack([skill + noise, noise, skill + 0.3 * chance.normal(size=500)])
    _, found = drivers.find(["a", "b"], np.cov(rows.T), 500)
    by_code = {one.code: one for one in found}
    assert by_code["a"].clear and by_code["a"].sign == 1 and not by_code["a"].suppressor
    assert by_code["b"].clear and by_code["b"].suppressor and by_code["b"].sign == 0


def test_too_few_people_have_no_drivers():
    rows = scores(99, 4, 1)
    assert drivers.find(list("abc"), np.cov(rows.T), 99) is None
    assert drivers.find(list("abc"), np.cov(rows.T), 100) is not None
    assert not drivers.enough(120, 13) and drivers.enough(130, 13)
    with pytest.raises(ValueError, match="at most 12"):
        drivers.lmg(np.eye(13), np.zeros(13))


def test_a_repeated_release_gives_the_same_drivers():
    covariance = np.cov(scores(150, 6, 2).T)
    assert drivers.find(list("abcde"), covariance, 150) == drivers.find(list("abcde"), covariance, 150)


def test_drivers_name_every_question_and_are_told_where_all_say_the_same():
    chance = np.random.default_rng(5)
    rows = chance.integers(0, 5, (120, 4)) * 25.0
    steps = np.full(4, 25.0)
    for turned in (rows, np.where(np.arange(4) == 1, 100.0, rows), np.where(np.arange(4) == 3, 0.0, rows), rows * 0):
        lot = np.random.default_rng(3)
        made = drivers.cell(list("abc"), "t", reliability.Moments.of(turned), 120, steps, lot)
        assert sorted(row[0] for row in made["items"]) == list("abc") and 0 <= made["r2"] < 100
        assert not any(None in row for row in made["items"])


# -- barriers --------------------------------------------------------------------------------------------------------

means = st.one_of(st.none(), st.floats(1, 5))


@quick
@given(means, means, means)
def test_the_first_barrier_looks_no_further_than_it_knows(want, know, can):
    found = barriers.first({"want": want, "know": know, "can": can})
    if found == "none":
        assert min(want, know, can) > 3
    elif found in barriers.DIMENSIONS:
        given_ = {"want": want, "know": know, "can": can}
        before = barriers.DIMENSIONS[: barriers.DIMENSIONS.index(found)]
        assert given_[found] <= 3 and all(given_[name] > 3 for name in before)
    else:
        assert None in (want, know, can)


@quick
@given(st.lists(st.integers(0, 60), min_size=5, max_size=5))
def test_barrier_shares_never_announce_an_edge(counts):
    made = barriers.first_cell(counts, "n", RULES)
    n = sum(counts)
    if n < 8:
        assert made is None
        return
    shares = made["shares"]
    assert list(shares) == list(FIRST)
    if n >= 20:
        assert 97 <= sum(shares.values()) <= 103 and "rounded" not in made
        assert all(0 < shares[name] < 100 for name in FIRST if n < 100)
    else:
        assert made["rounded"] == 20 and all(share % 20 == 0 for share in shares.values())
        assert max(shares.values()) <= 80


CLASSES = ((8, 11), (12, 15), (16, 19))


@pytest.mark.parametrize("low,high", CLASSES)
def test_a_small_share_could_be_of_any_count_in_its_class(low, high):
    told = [{barriers.told_share(hits, n, RULES) for hits in range(n + 1)} for n in range(low, high + 1)]
    assert all(shares == told[0] for shares in told)


def divided(n: int, parts: int) -> list[list[int]]:
    """All ways to put n people into so many boxes."""
    if parts == 1:
        return [[n]]
    return [[first, *rest] for first in range(n + 1) for rest in divided(n - first, parts - 1)]


@pytest.mark.parametrize("low,high", CLASSES)
def test_small_barriers_could_be_of_any_count_in_their_class(low, high):
    """All 41,712 ways 8 to 19 people can fall into the five: none told fits one count only, most fit all."""
    fits: dict[tuple[int, ...], set[int]] = {}
    for n in range(low, high + 1):
        for counts in divided(n, 5):
            shares = barriers.first_cell(counts, "", RULES)["shares"]
            fits.setdefault(tuple(shares.values()), set()).add(n)
    assert all(len(counts) >= 2 for counts in fits.values())
    assert sum(len(counts) == high - low + 1 for counts in fits.values()) >= 0.75 * len(fits)


# -- trends ----------------------------------------------------------------------------------------------------------


@quick
@given(st.lists(st.tuples(st.integers(10, 90), st.integers(1, 20), st.sampled_from([9, 40, "8–11"])), min_size=1))
def test_a_composed_score_lies_among_its_parts(parts):
    given_ = [cell(index, half, n) for index, half, n in parts]
    mean, low, high = trends.compose(given_)
    assert min(c["index"] for c in given_) - 1e-9 <= mean <= max(c["index"] for c in given_) + 1e-9
    assert high - mean <= max(half for _, half, _ in parts) + 1e-9 and math.isclose(mean - low, high - mean)


def test_composing_refuses_what_is_hidden():
    assert trends.compose([cell(50, 5), {"shown": False}]) is None
    assert trends.compose([cell(50, 5), {"shown": True, "n": "5–7", "index": 65, "band": "60–69"}]) is None
    assert trends.compose([]) is None


# -- arrays ----------------------------------------------------------------------------------------------------------


def test_indices_turn_answers_round_where_the_scale_is():
    items = [
        {"kind": "agreement", "options": {}},
        {"kind": "agreement", "options": {"reversed": True, "points": 7}},
        {"kind": "pair", "options": {"points": 5}},
        {"kind": "single", "options": {"choices": [{"value": 1}, {"value": 2}]}},
    ]
    found = sealing.indices([(5, 1, 51, 2), (None, 7, None, None)], items)
    assert found[0, :3] == pytest.approx([100, 100, 0]) and np.isnan(found[0, 3])
    assert np.isnan(found[1, 0]) and found[1, 1] == 0 and np.isnan(found[1, 2])
