"""The estimator against published numbers, against laws it must obey, and against programs whose effect is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.reports.effect import bootstrap, estimator, lots, simulation
from programs.reports.effect.estimator import LATER, Cells, by_time, estimate, of_cohort, overall, simple, useful
from programs.reports.effect.judging import CLEAR, EARLY, LIKELY, NONE, _goes_on, among_many, judge
from programs.reports.effect.uncertainty import Clusters, Told

# Teen employment (log) in 500 US counties whose states raised the minimum wage in 2004, 2006, 2007 or not at all:
# Callaway & Sant'Anna (2021). What the R package ``did`` 2.x answers without covariates, against the never-treated
# (its README, https://github.com/bcallaway11/did) and, to more places and also against the not-yet-treated, in the
# tests of https://github.com/d2cml-ai/csdid (csdid/test_csdid/r_ref/ref_attgt.csv and ref_aggte.csv, mpdta_nev_dr and
# mpdta_nyt_dr). The counties themselves are not copied here: the first table gives each group's course against the
# never-treated; from it and the number of counties the second must follow.
COUNTIES = {2004: 20, 2006: 40, 2007: 131, None: 309}
AGAINST_NEVER = {
    (2004, 2004): -0.0105032462209624, (2004, 2005): -0.0704231581031467, (2004, 2006): -0.137258738889403,
    (2004, 2007): -0.100811363085404, (2006, 2004): 0.00652011242423301, (2006, 2005): -0.00275081875051882,
    (2006, 2006): -0.00459460695286304, (2006, 2007): -0.0412244715462175, (2007, 2004): 0.0305066555832928,
    (2007, 2005): -0.00272589288611625, (2007, 2006): -0.0310871193896889, (2007, 2007): -0.0260544107191966,
}  # fmt: skip
AGAINST_NOT_YET = {
    (2004, 2004): -0.0193723636759221, (2004, 2005): -0.0783190990620607, (2004, 2006): -0.136274346328678,
    (2004, 2007): -0.100811363085404, (2006, 2006): 0.00466087631997615, (2006, 2007): -0.0412244715462175,
    (2007, 2007): -0.0260544107191966,
}  # fmt: skip
SIMPLE, GROUP = -0.0397636256230437, -0.030462228112565
BY_GROUP = {2004: -0.0836942930380162, 2006: -0.0182817976131207, 2007: -0.0260544107191966}
DYNAMIC = {0: -0.0189221990834249, 1: -0.0535893473848319, 2: -0.136274346328678, 3: -0.100811363085404}


def counties() -> Cells:
    """Each group's course against the never-treated, put together from the published differences."""
    years = range(2003, 2008)
    rows = []
    for group in (2004, 2006, 2007):
        course = {2003: 0.0}
        for year in years[1:]:
            base = year - 1 if year < group else group - 1  # the package's base before the start is the year before
            course[year] = course[base] + AGAINST_NEVER[group, year]
        rows.append([course[year] for year in years])
    rows.append([0.0] * 5)
    return Cells((1, 3, 4, LATER), tuple(map(float, COUNTIES.values())), np.array(rows))


def test_published_numbers_of_the_r_package_are_reproduced():
    cells = counties()
    places = {2004: 0, 2006: 1, 2007: 2}
    for (group, year), published in AGAINST_NOT_YET.items():
        found = estimate(estimator.att(cells, places[group], year - 2003), cells)
        assert found == pytest.approx(published, abs=1e-12), (group, year)
    assert estimate(simple(cells), cells) == pytest.approx(SIMPLE, abs=1e-12)
    assert estimate(overall(cells), cells) == pytest.approx(GROUP, abs=1e-12)
    for group, published in BY_GROUP.items():
        assert estimate(of_cohort(cells, places[group]), cells) == pytest.approx(published, abs=1e-12)
    found = {since: estimate(one, cells) for since, one in by_time(cells).items() if since >= 0}
    assert found == pytest.approx(DYNAMIC, abs=1e-12)


def test_effects_that_differ_by_cohort_do_not_turn_the_sign():
    """Early cohorts gain and go on gaining: the usual regression with levels for units and waves says it does harm."""
    starts, waves = (1, 4), 6
    gain = np.array([[0, 1, 2, 3, 4, 5], [0, 0, 0, 0, 1, 1]], dtype=float) * 3
    cells = Cells(starts, (100.0, 100.0), 40 + np.arange(waves) * 2.0 + gain)
    cohort, wave = np.indices(gain.shape)
    treated = (wave >= np.array(starts)[:, None]).ravel()
    columns = [(cohort == n).ravel() for n in range(2)] + [(wave == n).ravel() for n in range(1, waves)]
    design = np.array([*columns, treated], dtype=float).T
    assert np.linalg.lstsq(design, cells.values.ravel(), rcond=None)[0][-1] < 0
    used = useful(cells)
    assert [estimate(estimator.att(used, c, w), used) for c, w in used.effects] == pytest.approx([3, 6, 9])
    assert estimate(overall(used), used) == pytest.approx(6)


DESIGN = simulation.DESIGNS[0]
DRAWN = st.integers(0, 10_000)


def cells_of(seed: int, effect: simulation.Effect = simulation.steady) -> Cells:
    return simulation.draw(DESIGN, np.random.default_rng(seed), shock=0.3, effect=effect)


@settings(max_examples=30)
@given(seed=DRAWN, level=st.lists(st.floats(-50, 50), min_size=4, max_size=4), scale=st.floats(0.1, 10))
def test_levels_of_cohorts_and_seasons_do_not_matter_and_units_of_measure_do_as_they_should(seed, level, scale):
    cells = cells_of(seed)
    season = np.random.default_rng(seed).normal(0, 20, cells.waves)
    moved = Cells(cells.starts, cells.people, scale * (cells.values + np.array(level)[:, None] + season))
    one, other = (Clusters(used).tell(overall(used)) for used in (useful(cells), useful(moved)))
    assert other.points == pytest.approx(scale * one.points, abs=1e-6)
    assert other.se == pytest.approx(scale * one.se, rel=1e-6)
    assert other.df == one.df


@settings(max_examples=30)
@given(seed=DRAWN, order=st.permutations(range(4)))
def test_the_order_of_cohorts_does_not_matter(seed, order):
    cells = cells_of(seed)
    turned = Cells(
        tuple(cells.starts[n] for n in order), tuple(cells.people[n] for n in order), cells.values[list(order)]
    )
    one, other = judge(cells, seed=1), judge(turned, seed=1)
    assert (one.word, one.low, one.high) == (other.word, other.low, other.high)
    assert one.points == pytest.approx(other.points)


def test_one_cohort_in_two_parts_weighs_as_one():
    """Two cohorts of one start and one course, each with half the people, give what the one would."""
    cells = cells_of(3)
    half = cells.people[0] / 2
    split = Cells(
        (cells.starts[0], *cells.starts), (half, half, *cells.people[1:]), np.vstack([cells.values[:1], cells.values])
    )
    for found in (overall, simple):
        one, other = useful(cells), useful(split)
        assert estimate(found(one), one) == pytest.approx(estimate(found(other), other))


def test_a_picture_has_one_band_that_is_no_narrower_than_each_interval():
    found = judge(cells_of(5), seed=7)
    again = judge(cells_of(5), seed=7)
    assert found == again, "seeded"
    used = useful(cells_of(5))
    clusters = Clusters(used)
    for one in found.times:
        told = clusters.tell(by_time(used)[one.waves])
        assert one.low <= told.low + 1e-9 and one.high >= told.high - 1e-9
    assert [one.waves for one in found.times] == [-5, -4, -3, -2, 0, 1, 2, 3, 4, 5, 6]
    assert bootstrap.critical([], [], 1) == []


# -- words ------------------------------------------------------------------------------------------------------------


def flat(starts: tuple[int, ...], waves: int = 6, gain: float = 0.0, noise: float = 0.4) -> Cells:
    rng = np.random.default_rng(4)
    values = 50 + rng.normal(0, noise, (len(starts), waves))
    for cohort, start in enumerate(starts):
        values[cohort, min(start, waves) :] += gain
    return Cells(starts, (100.0,) * len(starts), values)


@pytest.mark.parametrize(
    ("cells", "word", "why"),
    [
        (Cells((), (), np.zeros((0, 0))), EARLY, ("no_blocks",)),
        (flat((1, LATER), waves=1), EARLY, ("one_wave",)),
        (flat((2,)), EARLY, ("one_cohort",)),
        (flat((LATER, LATER)), EARLY, ("not_started",)),
        (flat((2, 2, 2)), EARLY, ("all_at_once",)),
        (flat((0, 0, 0)), EARLY, ("no_baseline",)),
        (flat((0, 2, 2)), EARLY, ("rest_before",)),
        (flat((0, LATER, LATER)), EARLY, ("no_baseline",)),
        (flat((2, LATER)), EARLY, ("few_cohorts",)),
        (flat((1, 2, 3, LATER), gain=8), CLEAR, ()),
        (flat((1, 2, 3, LATER), gain=-8), CLEAR, ()),
        (flat((1, 3, LATER), gain=8), LIKELY, ("few_cohorts",)),
        (flat((1, 2, 3, LATER)), NONE, ()),
        (flat((1, 2, 3, LATER), noise=9.0), EARLY, ("wide",)),
    ],
)  # fmt: skip
def test_the_word_follows_from_the_numbers(cells, word, why):
    found = judge(cells, seed=1)
    assert (found.word, found.why) == (word, why)
    if word == CLEAR:
        assert found.low > 0 or found.high < 0
    if "few_cohorts" in why and found.cohorts < 3:
        assert found.points is not None and found.low is None, "a number, but no interval that nobody could trust"


def test_who_moved_before_the_start_is_not_called_clear():
    """Cohorts that rose a wave early, all alike: the wave before the start is no starting point."""
    cells = flat((3, 3, 4, 4, 5, 5, LATER, LATER, LATER), waves=8, gain=8)
    for cohort in range(6):
        cells.values[cohort, cells.starts[cohort] - 1 :] += 8.0
    found = judge(cells, seed=1)
    assert found.drift[1] > 0 and found.word == EARLY and found.why[0] == "moved_before"


def test_no_difference_is_not_said_of_who_moved_before_the_start():
    """They rose towards the start and then stood still, as if nothing had been gained."""
    cells = flat((3, 3, 4, 4, 5, 5, LATER, LATER, LATER), waves=8, noise=0.2)
    for cohort in range(6):
        cells.values[cohort] += np.minimum(np.arange(8), cells.starts[cohort] - 1) * 2.0
    found = judge(cells, seed=1)
    assert found.low > -5 and found.high < 5 and not (found.low > 0 or found.high < 0), "it would have been none"
    assert found.drift[1] > 0 and (found.word, found.why) == (EARLY, ("moved_before",))


def test_a_return_to_what_was_is_not_called_a_growing_difference():
    """Down before the start and up again after it: half of the gain could be the way back; of a small dip it is not."""
    before = Told(-3.8, 3.0, 6.0)
    cells = flat((3, 4, LATER, LATER, LATER), waves=8)
    assert _goes_on(before, Told(6.2, 1.0, 6.0), cells) == "rebound"
    assert _goes_on(before, Told(8.0, 1.0, 6.0), cells) == ""
    assert _goes_on(before, Told(-6.2, 1.0, 6.0), cells) == "drifting"
    rng = np.random.default_rng(3)
    for _ in range(600):
        found = judge(simulation.draw(DESIGN, rng, shock=0.5, effect=simulation.steady), seed=1, picture=False)
        if found.why == ("rebound",):
            assert found.word == LIKELY and found.drift[0] * found.points < 0
            return
    pytest.fail("no program in 600 came back")


@given(
    before=st.floats(-20, 20), points=st.floats(-20, 20), starts=st.sampled_from([(3, 4, LATER), (2, 6, LATER, LATER)])
)
def test_the_reason_has_the_sign_of_what_it_says(before, points, starts):
    found = _goes_on(Told(before, 1.0, 5.0), Told(points, 1.0, 5.0), flat(starts, waves=8))
    assert found != "drifting" or before * points >= 0
    assert found != "rebound" or before * points < 0


def test_a_trend_of_before_that_goes_on_is_at_most_likely():
    cells = flat((3, 4, LATER, LATER, LATER), waves=8, gain=2)
    for cohort in range(2):
        cells.values[cohort] += np.arange(8) * 4.0
    found = judge(cells, seed=1)
    assert found.low > 0 and found.word == LIKELY and found.why == ("drifting",)


def test_what_could_be_the_going_on_of_before_is_not_called_clear():
    """Too little to be sure that they had moved before, too much to be sure that they had not."""
    rng = np.random.default_rng(3)
    for _ in range(300):
        found = judge(simulation.draw(DESIGN, rng, shock=0.3, effect=simulation.unlike), seed=1, picture=False)
        if found.why == ("drifting",):
            assert found.word == LIKELY and found.drift[1] <= 0 <= found.drift[2] and abs(found.drift[0]) > 0
            return
    pytest.fail("no program in 300 drifted")


def test_rounding_does_not_make_clear_what_is_not():
    assert judge(flat((1, 2, 3, LATER), gain=8), seed=1).low <= useful_low(flat((1, 2, 3, LATER), gain=8))


def useful_low(cells: Cells) -> float:
    used = useful(cells)
    return Clusters(used).tell(overall(used)).low


def test_of_many_outcomes_each_must_hold_among_all():
    found = {key: judge(flat((1, 2, 3, LATER), gain=8), seed=1) for key in "ab"}
    close = {**found, "c": type(found["a"])(**{**found["a"].__dict__, "p": 0.04})}
    close["d"] = type(found["a"])(**{**found["a"].__dict__, "p": 0.03})
    judged = among_many(close)
    assert judged["a"].word == CLEAR
    assert judged["c"].word == judged["d"].word == LIKELY and judged["c"].why == ("many",)
    assert among_many({"c": close["c"]})["c"].word == CLEAR, "alone it holds"


# -- lots -------------------------------------------------------------------------------------------------------------


def test_all_ways_the_lots_could_have_fallen_are_looked_at():
    cells = flat((1, 2, 3, 4, LATER), gain=8)
    found = lots.permuted(cells, range(5), seed=1)
    assert found.draws == 120 and found.p == pytest.approx(1 / 120)
    assert judge(cells, seed=1, pool=range(5)).word == CLEAR
    assert not lots.permuted(cells, range(3), seed=1).can_tell, "six ways can tell nothing"
    assert lots.permuted(cells, [0], seed=1) is None
    assert lots.permuted(flat((LATER, LATER, LATER)), range(3), seed=1) is None


def test_a_draw_that_shows_no_more_than_others_is_not_called_clear():
    """Half of the draws show as much: whatever the interval says."""
    cells = Cells((1, 2, 3, 4, LATER), (100.0,) * 5, np.random.default_rng(1).normal(50, 3, (5, 6)))
    found = judge(cells, seed=1, pool=range(5))
    assert found.lots is not None and found.lots.p > 0.05 and found.word != CLEAR


def test_many_cohorts_are_drawn_from_not_counted():
    cells = flat(tuple(range(1, 10)) + (LATER,), waves=10, gain=8)
    found = lots.permuted(cells, range(10), seed=1, most=50)
    assert found.draws == 51 and found == lots.permuted(cells, range(10), seed=1, most=50)


# -- known programs: the long version is `manage.py bench reports --size 2000` -----------------------------------------


@pytest.mark.parametrize("shock", [0.2, 0.5])
def test_nothing_is_seldom_called_clear_and_a_known_effect_lies_in_its_interval(shock):
    runs = 150
    for design in simulation.DESIGNS[:2]:
        found = simulation.rates(design, runs=runs, seed=11, shock=shock)
        assert found.clear <= 0.065, design.name
        known = simulation.rates(design, runs=runs, seed=12, shock=shock, effect=simulation.unlike)
        assert known.inside >= 0.93, design.name
        assert abs(known.bias) < 0.1 and known.clear > found.clear


def test_clustering_by_unit_would_call_much_of_nothing_clear():
    """What the module guards against: units' own spread says nothing of shocks that hit a whole cohort."""
    rng, runs, wrong = np.random.default_rng(2), 200, 0
    for _ in range(runs):
        cells = simulation.draw(DESIGN, rng, shock=0.5)
        used = useful(cells)
        weights = overall(used)
        spread = simulation.SD * np.sqrt((weights**2 / np.array(DESIGN.blocks)[:, None]).sum())
        wrong += abs(estimate(weights, used)) > 1.96 * spread
    assert wrong / runs > 0.25
