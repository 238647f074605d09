"""How released cells are told: counts in classes, bands, censored ends, and nothing between the lines."""

from __future__ import annotations

import pytest

from surveys.results import disclosure
from surveys.results.disclosure.reasons import why
from surveys.waves import participation
from tests.surveys.protection_world import RULES, tally


def test_n_mean_and_interval_never_give_five_answers_away():
    """What a group of five is told as is told of thousands of sets of answers of five to seven people."""
    told = {}
    for n in (5, 6, 7):
        for answers in _multisets(n):
            cell = disclosure.score_cell(tally(*answers), n, RULES, 20)
            assert set(cell) == {"shown", "n", "index", "band"}
            told.setdefault(str(cell), set()).add(answers)
    assert min(len(found) for found in told.values()) >= 5
    assert all(len({len(answers) for answers in found}) == 3 for found in told.values())


def _multisets(n, low=1):
    if n == 0:
        return [()]
    return [(first, *rest) for first in range(low, 6) for rest in _multisets(n - 1, first)]


@pytest.mark.parametrize("n", [5, 7, 8, 11, 19, 20, 40, 500])
@pytest.mark.parametrize("answer,near", [(1, 2), (5, 4)])
def test_equal_answers_of_all_announce_nothing(n, answer, near):
    """Scores, shares and intervals are those of a group in which two stand one step off."""
    cell = disclosure.score_cell(tally(*[answer] * n), n, RULES, 20)
    assert cell == disclosure.score_cell(tally(*[answer] * (n - 2), near, near), n, RULES, 20)
    assert n > 100 or 0 < cell["index"] < 100


@pytest.mark.parametrize("n,told", [(5, "5–7"), (7, "5–7"), (8, "8–11"), (19, "16–19"), (20, 20)])
def test_counts_under_20_are_classes(n, told):
    assert disclosure.said_count(n, RULES) == told


def test_a_cell_shows_more_the_more_people_stand_behind_it():
    assert disclosure.score_cell(tally(*[4] * 4), 4, RULES, 20) == disclosure.HIDDEN
    assert disclosure.score_cell(tally(4, 4, 4, 3, 3), 5, RULES, 20) == {
        "shown": True,
        "n": "5–7",
        "index": 65,
        "band": "60–69",
    }
    eight = disclosure.score_cell(tally(*[4] * 5, 3, 3, 2), 8, RULES, 20)
    assert "fav" in eight and "low" in eight and "dist" not in eight
    assert len(disclosure.score_cell(tally(*[4] * 20), 20, RULES, 20)["dist"]) == 5


def test_within_a_class_unanimous_groups_look_the_same():
    cells = [disclosure.score_cell(tally(*[5] * n), n, RULES, 20) for n in (8, 9, 10, 11)]
    assert all(cell == cells[0] for cell in cells)


def test_participation_is_told_in_steps_with_censored_ends():
    assert disclosure.participation_cell(9, 9) == disclosure.HIDDEN
    assert disclosure.participation_cell(40, 40)["words"] == "over 90 %"
    assert disclosure.participation_cell(40, 0)["words"] == "under 10 %"
    assert disclosure.participation_cell(40, 25)["percent"] in (60, 65)


@pytest.mark.parametrize("invited", [*range(10, 60), 99, 100, 101, 1000])
def test_participation_never_says_all_or_nobody(invited):
    """Each end told stands for three counts or more, and the release says the same as the open wave did."""
    told: dict[str, list[int]] = {}
    for answered in range(invited + 1):
        cell = disclosure.participation_cell(invited, answered)
        told.setdefault(cell["words"], []).append(answered)
        assert participation.rounded(answered, invited).removeprefix("about ") == cell["words"]
        assert 10 <= cell["percent"] <= 90
    ends = [counts for counts in told.values() if {0, invited} & set(counts)]
    assert len(ends) == 2 and all(len(counts) >= 3 for counts in ends)


def test_the_reason_never_tells_which_part_of_the_rule_struck():
    said = {why("tree", "want", dict(disclosure.HIDDEN), RULES) for _nobody_or_too_few_or_secondary in range(3)}
    assert len(said) == 1 and "5" in said.pop()
    assert why("tree", "want", {"shown": True}, RULES) == ""
    assert why("tree", "served", dict(disclosure.NOT_ASKED), RULES) != why(
        "tree", "served", dict(disclosure.HIDDEN), RULES
    )
