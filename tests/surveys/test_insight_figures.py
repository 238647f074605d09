"""The statistics against figures that others published; each test names its source."""

from __future__ import annotations

import numpy as np
import pytest

from surveys.results.insight import change, drivers, intervals, reliability
from tests.surveys.insight_data import ATTITUDE, BENJAMINI_HOCHBERG, MTCARS, MTCARS_NAMES, QUEST, SHROUT_FLEISS


def correlations(*names: str) -> tuple[np.ndarray, np.ndarray]:
    """Of mtcars: the correlations of the predictors, and theirs with mpg."""
    whole = np.corrcoef(MTCARS.T)
    at = [MTCARS_NAMES.index(name) for name in names]
    return whole[np.ix_(at, at)], whole[at, 0]


@pytest.mark.parametrize(
    "hits,n,low,high",
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_newcombe_has_it(hits, n, low, high):
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    assert [round(end, 4) for end in intervals.share_interval(hits, n)] == [low, high]


def test_the_finite_population_as_cochran_has_it():
    """Cochran (1977), section 2.8: 676 petition sheets, 50 drawn, total 19,888, s 15.13: limits 18,107 to 21,669."""
    half = 1.28 * 676 * 15.13 / 50**0.5
    low, high = intervals.finite(19888 - half, 19888, 19888 + half, 50 / 676)
    assert (round(low, -1), round(high, -1)) == (18110, 21670)


def test_agreement_of_judges_as_shrout_and_fleiss_have_it():
    """Shrout & Fleiss (1979), table 4: ICC(1,1) = .17; R package psych, ICC of the same ratings: 0.166."""
    clusters = [(4, float(sum(row)), float(sum(x * x for x in row))) for row in SHROUT_FLEISS]
    assert round(intervals.intraclass([clusters]), 3) == 0.166


def test_discoveries_as_benjamini_and_hochberg_have_them():
    """Benjamini & Hochberg (1995), section 4.1: the four smallest of fifteen at q = .05."""
    assert change.benjamini_hochberg(BENJAMINI_HOCHBERG) == [True] * 4 + [False] * 11
    assert change.benjamini_hochberg(BENJAMINI_HOCHBERG[::-1]) == [False] * 11 + [True] * 4


def test_alpha_as_psych_has_it():
    """R package psych, alpha(attitude), as its vignette "overview" runs it; figures as printed to three digits in a
    public course on reliability (section "Cronbach's alpha with the psych package")."""
    covariance = reliability.Moments.of(ATTITUDE).covariance()
    assert round(reliability.alpha(covariance), 3) == 0.843
    dropped = [round(x, 3) for x in reliability.if_dropped(covariance)]
    assert dropped == [0.810, 0.797, 0.828, 0.803, 0.795, 0.864, 0.840]


def test_item_rest_is_what_its_words_say():
    """The correlation of each question with the sum of the others, worked out from the answers themselves."""
    by_hand = [np.corrcoef(ATTITUDE[:, at], np.delete(ATTITUDE, at, axis=1).sum(axis=1))[0, 1] for at in range(7)]
    assert reliability.item_rest(reliability.Moments.of(ATTITUDE).covariance()) == pytest.approx(by_hand)


@pytest.mark.parametrize(
    "alpha,low,high",
    [(0.7380191693290734, 0.447, 0.911), (0.732660835214447, 0.435, 0.909), (0.8016949152542373, 0.581, 0.933)],
)
def test_the_interval_of_feldt(alpha, low, high):
    """Pingouin's manual of cronbach_alpha ("tested against psych"): 12 students, 11 questions."""
    assert [round(end, 3) for end in reliability.alpha_interval(alpha, 12, 11)] == [low, high]


def test_alpha_of_a_worked_example():
    """fmsb::CronbachAlpha's example, worked by hand from Bland & Altman's formula (BMJ 314 (1997), 572)."""
    variances = QUEST.var(axis=0, ddof=1)
    by_hand = 3 / 2 * (1 - variances.sum() / QUEST.sum(axis=1).var(ddof=1))
    assert reliability.alpha(reliability.Moments.of(QUEST).covariance()) == pytest.approx(by_hand)
    assert round(by_hand, 3) == 0.930


def test_relative_weights_as_rwa_has_them():
    """R package rwa, article "regression methods": mpg on cyl, disp, hp, wt."""
    weights = drivers.relative_weights(*correlations("cyl", "disp", "hp", "wt"))
    assert weights == pytest.approx([0.2096904, 0.1883043, 0.1799590, 0.2706812], abs=1e-6)
    assert 100 * weights / weights.sum() == pytest.approx([24.70914, 22.18908, 21.20570, 31.89607], abs=1e-4)


def test_lmg_as_relaimpo_has_it():
    """R package relaimpo, as told in the manual of domir: mpg on am, vs, cyl; 76.2 % explained."""
    among, outcome = correlations("am", "vs", "cyl")
    assert drivers.lmg(among, outcome) == pytest.approx([0.1774892, 0.2027032, 0.3817849], abs=1e-6)
    assert drivers.explained(among, outcome) == pytest.approx(0.762, abs=0.0005)


def test_students_interval():
    """NIST/SEMATECH e-Handbook 1.3.5.2: mean 9.261460, s .02278881, n 195: 9.258242 to 9.264679."""
    low, high = intervals.mean_interval(9.261460, 0.2278881e-1, 195)
    assert (low, high) == pytest.approx((9.258242, 9.264679), abs=2e-6)
