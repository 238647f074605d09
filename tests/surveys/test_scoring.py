from __future__ import annotations

import pytest

from surveys.results import scoring
from surveys.results.scoring import Tally


def test_the_index_runs_from_0_to_100():
    assert [scoring.to_index(mean) for mean in (1, 3, 5)] == [0, 50, 100]


def test_a_dimension_needs_more_than_half_of_its_items():
    assert scoring.person_mean([4, 2, None]) == 3
    assert scoring.person_mean([4, None]) is None
    assert scoring.person_mean([]) is None


def test_intervals_agree_with_the_textbook():
    low, high = scoring.mean_interval(50, 10, 25)
    assert (round(low, 2), round(high, 2)) == (45.87, 54.13)
    low, high = scoring.share_interval(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)


def test_tallies_add_up():
    one, two = Tally(), Tally()
    for score in (0, 25, 100):
        one.add(score, 0)
    two.add(75, 3)
    both = Tally.sum([one, two])
    assert (both.n, both.mean, both.counts) == (4, 50, [3, 0, 0, 1, 0])
    assert both.spread == pytest.approx(45.644, abs=0.001)


def test_the_talk_index_is_good_less_bad():
    assert [scoring.talk_score(answer) for answer in (1, 2, 3, 4, 5)] == [-100, -100, 0, 100, 100]
