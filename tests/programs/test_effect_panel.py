"""One partition that is shown in every wave used: hidden, merged and split units, cohorts, questions that changed."""

from __future__ import annotations

import datetime as dt

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.reports.effect import panel
from programs.reports.effect.estimator import LATER
from programs.reports.effect.panel import Block, Score, Wave, build

DAY = dt.date(2024, 1, 1)
STARTS = {1: DAY + dt.timedelta(days=100), 2: DAY + dt.timedelta(days=5000)}


def on(number: int) -> dt.date:
    return DAY + dt.timedelta(days=90 * (number - 1))


def wave(number: int, scores: dict[tuple[int, ...], float | None], *, uppers=(), **more) -> Wave:
    """Blocks by their units, None hidden; ``uppers``: scores of groups of several blocks."""
    blocks = [Block("+".join(f"U{unit}" for unit in units), frozenset(units), 10 * len(units)) for units in scores]
    told = {frozenset(units): Score(value, 10) for units, value in scores.items() if value is not None}
    told |= {frozenset(units): Score(value, 10) for units, value in dict(uppers).items()}
    return Wave(number, on(number), blocks, told, **more)


def homes(**cohorts: tuple[int, ...]) -> dict[int, dict[int | None, float]]:
    return {unit: {int(name[1:]) or None: 10.0} for name, units in cohorts.items() for unit in units}


HOMES = homes(c1=(1, 2, 3), c2=(4, 5, 6))


def told(found: panel.Panel) -> dict[str, tuple[float, ...]]:
    return {piece.name: piece.scores for piece in found.pieces}


def test_blocks_shown_in_every_wave_are_used():
    waves = [wave(n, {(1,): 50 + n, (4,): 40, (5,): None}) for n in (1, 2, 3)]
    found = build(waves, HOMES, STARTS)
    assert told(found) == {"U1": (51, 52, 53), "U4": (40, 40, 40)}
    assert found.cohorts == (1, 2) and found.starts == (2, LATER), "the first wave that opens after the start"
    assert [(one.name, one.why, one.waves) for one in found.left] == [("U5", "hidden", (1, 2, 3))]
    cells = found.cells()
    assert cells.people == (10, 10) and cells.values.tolist() == [[51, 52, 53], [40, 40, 40]]


def test_a_cohort_is_the_mean_of_its_blocks_by_people_invited():
    waves = [wave(n, {(1,): 60, (2, 3): 30, (4,): 40}) for n in (1, 2)]
    assert build(waves, HOMES, STARTS).cells().values[0].tolist() == [40, 40]


def test_units_that_were_reported_together_once_stay_together():
    waves = [wave(1, {(1, 2): 50, (4,): 40}), wave(2, {(1,): 60, (2,): 70, (4,): 40})]
    assert told(build(waves, HOMES, STARTS)) == {"U1 + U2": (50, 65), "U4": (40, 40)}


def test_a_unit_that_was_split_is_followed_with_what_came_of_it():
    waves = [wave(1, {(1,): 50, (4,): 40}), wave(2, {(1,): 60, (3,): 80, (4,): 40})]
    assert told(build(waves, HOMES, STARTS, became=[(3, 1)])) == {"U1 + U3": (50, 70), "U4": (40, 40)}
    unknown = build(waves, HOMES, STARTS)
    assert told(unknown) == {"U1": (50, 60), "U4": (40, 40)}
    assert [(one.name, one.why) for one in unknown.left] == [("U3", "not_there")]


def test_units_merged_into_one_are_followed_back():
    waves = [wave(1, {(1,): 50, (2,): 60, (4,): 40}), wave(2, {(2,): 70, (4,): 40})]
    assert told(build(waves, HOMES, STARTS, became=[(1, 2)])) == {"U1 + U2": (55, 70), "U4": (40, 40)} or told(
        build(waves, HOMES, STARTS, became=[(1, 2)])
    ) == {"U2": (55, 70), "U4": (40, 40)}


def test_what_holds_people_of_two_cohorts_is_left_out_and_what_is_in_none():
    waves = [wave(n, {(1, 4): 50, (2,): 60, (5,): 40, (9,): 30}) for n in (1, 2)]
    found = build(waves, HOMES, STARTS)
    assert set(told(found)) == {"U2", "U5"}
    assert {(one.name, one.why) for one in found.left} == {("U1+U4", "mixed"), ("U9", "outside")}


def test_a_few_people_of_another_cohort_do_not_matter():
    nearly = HOMES | {1: {1: 9.0, 2: 1.0}, 2: {1: 7.0, 2: 3.0}}
    waves = [wave(n, {(1,): 50, (2,): 60, (5,): 40}) for n in (1, 2)]
    assert set(told(build(waves, nearly, STARTS))) == {"U1", "U5"}


def test_where_a_block_is_hidden_the_unit_above_stands_for_it():
    waves = [wave(n, {(1,): 50, (2,): None, (4,): 40}, uppers={(1, 2): 55 + n}) for n in (1, 2)]
    assert list(told(build(waves, HOMES, STARTS)).values()) == [(56, 57), (40, 40)]
    assert build(waves, HOMES, STARTS).left == ()


def test_the_unit_above_is_not_taken_where_it_reaches_into_another_cohort():
    waves = [wave(n, {(1,): 50, (2,): None, (4,): 40}, uppers={(1, 2, 4): 55}) for n in (1, 2)]
    found = build(waves, HOMES, STARTS)
    assert set(told(found)) == {"U1", "U4"} and [one.name for one in found.left] == ["U2"]


def test_a_wave_that_hides_much_is_given_up_for_the_blocks_it_would_cost():
    full = {(n,): 50.0 for n in range(1, 7)}
    waves = [wave(n, full) for n in (1, 2, 3, 4)]
    waves[2] = wave(3, {units: (50.0 if units == (1,) else None) for units in full})
    found = build(waves, HOMES, STARTS)
    assert [one.number for one in found.waves] == [1, 2, 4] and len(found.pieces) == 6
    assert found.left_waves == ((3, "costs"),)


def test_waves_after_questions_changed_are_not_compared_with_those_before():
    waves = [wave(n, {(1,): 50, (4,): 40}, comparable=n != 3) for n in (1, 2, 3, 4, 5)]
    found = build(waves, HOMES, STARTS)
    assert [one.number for one in found.waves] == [3, 4, 5]
    assert found.left_waves == ((1, "changed"), (2, "changed"))


def test_nothing_asked_is_told_apart_from_hidden():
    asked = frozenset({frozenset({2})})
    waves = [wave(n, {(1,): 50, (2,): None, (4,): 40}, not_asked=asked) for n in (1, 2)]
    assert [(one.name, one.why) for one in build(waves, HOMES, STARTS).left] == [("U2", "not_asked")]


def test_nothing_at_all():
    assert build([], HOMES, STARTS).cells().cohorts == 0
    hidden = [wave(n, {(1,): None, (4,): None}) for n in (1, 2)]
    found = build(hidden, HOMES, STARTS)
    assert found.pieces == () and found.left_waves == ((1, "hidden"), (2, "hidden"))
    assert found.cells().values.shape == (0, 0)


@st.composite
def organisations(draw):
    """Waves whose blocks are drawn anew each time, some hidden; six units in two cohorts."""
    waves = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        units = draw(st.permutations(range(1, 7)))
        cuts = sorted(draw(st.sets(st.integers(1, 5), max_size=5)))
        blocks = [tuple(units[a:b]) for a, b in zip([0, *cuts], [*cuts, 6], strict=True)]
        waves.append(wave(number, {block: draw(st.one_of(st.none(), st.floats(0, 100))) for block in blocks}))
    return waves


@settings(max_examples=60)
@given(organisations())
def test_pieces_are_disjoint_and_told_in_every_wave_used(waves):
    found = build(waves, HOMES, STARTS)
    assert all(len(piece.scores) == len(found.waves) for piece in found.pieces)
    names = [name for piece in found.pieces for block in piece.name.split(" + ") for name in block.split("+")]
    assert len(names) == len(set(names))
    assert all(0 <= value <= 100 for piece in found.pieces for value in piece.scores)
    for piece in found.pieces:
        assert {1 if int(unit[1:]) <= 3 else 2 for unit in piece.name.replace(" ", "").split("+")} == {piece.cohort}
    assert np.isfinite(found.cells().values).all()
