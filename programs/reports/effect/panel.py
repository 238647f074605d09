"""Blocks × waves: one partition of the organisation that was shown in every wave used. Pure.

Reporting blocks are drawn anew for each wave: small units are merged, units are split and merged by the organisation.
A *piece* is the smallest set of units that is a union of whole blocks in every wave: what was ever reported together,
or became one another, stays together. In each wave a piece's score is what was released for it, or is composed from the
released scores of its blocks, by their released counts. Where a piece is hidden, the smallest unit above it that is
shown in every wave and lies in one cohort stands for all its pieces. Only released cells are used; what is hidden all
the same in a wave that is used is left out of all waves, and told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from programs.reports.effect.estimator import LATER, Array, Cells

Units = frozenset[int]
Shown = NDArray[np.bool_]
Belongs = Mapping[int, Mapping[int | None, float]]
# A group counts for a cohort to which so many of its people belong; a unit without people weighs next to nothing.
NEARLY_ALL, NOBODY = 0.8, 0.01
# A wave is given up when the blocks that come back with it are worth this much more.
WORTH = 1.15


@dataclass(frozen=True)
class Block:
    """A reporting block of one wave: its units, how many people of them were invited."""

    name: str
    units: Units
    invited: int


@dataclass(frozen=True)
class Score:
    """A released score of a group, and how many people it stands for (the middle of a released class)."""

    points: float
    weight: float


@dataclass(frozen=True)
class Wave:
    """One wave of one outcome. ``scores``: by the units of a group (a block or several); what is hidden is missing.

    ``not_asked``: groups nobody was asked about. ``names``: of groups that are several blocks. ``comparable``: whether
    it was asked the same way as in the wave before.
    """

    number: int
    opens_on: dt.date
    blocks: Sequence[Block]
    scores: Mapping[Units, Score]
    comparable: bool = True
    key: int = 0
    not_asked: frozenset[Units] = frozenset()
    names: Mapping[Units, str] = field(default_factory=dict)

    @cached_property
    def _home(self) -> dict[int, Block]:
        return {unit: block for block in self.blocks for unit in block.units}

    def inside(self, units: Units) -> list[Block]:
        """The blocks that lie wholly within ``units``."""
        found = {block.units: block for unit in sorted(units) if (block := self._home.get(unit)) is not None}
        return [block for block in found.values() if block.units <= units]


@dataclass(frozen=True)
class Piece:
    """A piece of the partition that is used: its cohort, people invited at the first wave used, a score per wave."""

    name: str
    cohort: int
    people: int
    scores: tuple[float, ...]


@dataclass(frozen=True)
class Left:
    """A piece that is not used, and why (code of ``words``); ``waves``: numbers of the waves it was hidden in."""

    name: str
    why: str
    people: int = 0
    waves: tuple[int, ...] = ()


@dataclass(frozen=True)
class Panel:
    """``cohorts``: ids in the order of ``starts``; ``left_waves``: (number, why)."""

    waves: tuple[Wave, ...] = ()
    pieces: tuple[Piece, ...] = ()
    left: tuple[Left, ...] = ()
    left_waves: tuple[tuple[int, str], ...] = ()
    cohorts: tuple[int, ...] = ()
    starts: tuple[int, ...] = field(default=())

    def cells(self) -> Cells:
        """The mean of each cohort's pieces in each wave, weighted by people invited at the first wave used."""
        if not self.cohorts:
            return Cells((), (), np.zeros((0, len(self.waves))))
        rows, people = [], []
        for cohort in self.cohorts:
            mine = [piece for piece in self.pieces if piece.cohort == cohort]
            weights = np.array([max(1, piece.people) for piece in mine], dtype=float)
            rows.append(weights @ np.array([piece.scores for piece in mine]) / weights.sum())
            people.append(float(weights.sum()))
        return Cells(self.starts, tuple(people), np.array(rows))


def build(
    waves: Sequence[Wave],
    belongs: Belongs,
    starts: Mapping[int, dt.date],
    *,
    became: Iterable[tuple[int, int]] = (),
) -> Panel:
    """``belongs``: unit → how many of its people are in which cohort (None: in none); ``starts``: cohort → first day;
    ``became``: pairs of units of which one took over people of the other (merged into it, split from it). Waves oldest
    first.
    """
    run, left_waves = _same_questions(waves)
    told = [wave for wave in run if wave.scores]
    left_waves += [(wave.number, "hidden") for wave in run if not wave.scores]
    pieces = _pieces(told, became)
    homes = [_cohort(units, belongs) for units in pieces]
    good = [at for at in range(len(pieces)) if not homes[at][1]]
    uppers = [units for units in _uppers(told, pieces) if not _cohort(units, belongs)[1]]
    people = np.array([max(1, _invited(told, pieces[at])) for at in good], dtype=float)
    kept = _kept_waves(_covered(told, [pieces[at] for at in good], uppers), people)
    left_waves += [(wave.number, "costs") for at, wave in enumerate(told) if at not in kept]
    used = [told[at] for at in kept]
    left = [
        Left(_name(told, units), why, _invited(told, units))
        for units, (_cohort_of, why) in zip(pieces, homes, strict=True)
        if why
    ]
    chosen, hidden = _chosen(used, [pieces[at] for at in good], uppers)
    left += [_left(used, units) for units in hidden]
    found = [
        Piece(
            _name(used, units),
            _cohort(units, belongs)[0],
            _invited(used, units),
            tuple(float(one.points) for wave in used if (one := _score(wave, units)) is not None),
        )
        for units in chosen
    ]
    order = sorted({piece.cohort for piece in found}, key=lambda cohort: (starts[cohort], cohort))
    return Panel(
        waves=tuple(used),
        pieces=tuple(sorted(found, key=lambda piece: (order.index(piece.cohort), piece.name))),
        left=tuple(sorted(left, key=lambda one: (one.why, one.name))),
        left_waves=tuple(sorted(left_waves)),
        cohorts=tuple(order),
        starts=tuple(first_wave(starts[cohort], used) for cohort in order),
    )


def first_wave(day: dt.date, waves: Sequence[Wave]) -> int:
    """The place of the first wave that was opened on the day or after it; ``LATER`` where there is none yet."""
    return next((at for at, wave in enumerate(waves) if wave.opens_on >= day), LATER)


def _same_questions(waves: Sequence[Wave]) -> tuple[list[Wave], list[tuple[int, str]]]:
    """The longest run of waves that asked the same way; of equally long ones the last."""
    runs: list[list[Wave]] = []
    for wave in waves:
        if not runs or not wave.comparable:
            runs.append([])
        runs[-1].append(wave)
    if not runs:
        return [], []
    longest = max(runs, key=lambda run: (len(run), run[0].number))
    return longest, [(wave.number, "changed") for run in runs if run is not longest for wave in run]


def _pieces(waves: Sequence[Wave], became: Iterable[tuple[int, int]]) -> list[Units]:
    """The finest partition of all units ever reported in which every block of every wave lies within one part."""
    parent: dict[int, int] = {}

    def root(unit: int) -> int:
        parent.setdefault(unit, unit)
        while parent[unit] != unit:
            parent[unit] = parent[parent[unit]]
            unit = parent[unit]
        return unit

    for wave in waves:
        for block in wave.blocks:
            first, *others = sorted(block.units)
            for unit in others:
                parent[root(unit)] = root(first)
            root(first)
    for one, other in became:
        if one in parent and other in parent:
            parent[root(one)] = root(other)
    found: dict[int, set[int]] = {}
    for unit in parent:
        found.setdefault(root(unit), set()).add(unit)
    return sorted((frozenset(units) for units in found.values()), key=min)


def _score(wave: Wave, units: Units) -> Score | None:
    """What the wave released of exactly those of ``units`` it knew; composed where they were several blocks."""
    blocks = wave.inside(units)
    if not blocks:
        return None
    whole = frozenset().union(*(block.units for block in blocks))
    if whole in wave.scores:
        return wave.scores[whole]
    parts = [wave.scores.get(block.units) for block in blocks]
    told = [one for one in parts if one is not None]
    if len(told) < len(parts):
        return None
    weight = sum(one.weight for one in told)
    return Score(sum(one.points * one.weight for one in told) / weight, weight) if weight else None


def _uppers(waves: Sequence[Wave], pieces: Sequence[Units]) -> list[Units]:
    """Unions of several pieces that some wave told a score of, the smaller ones first."""
    home = {unit: units for units in pieces for unit in units}
    found = set()
    for wave in waves:
        known = frozenset().union(*(block.units for block in wave.blocks))
        for units in wave.scores:
            touched = {home[unit] for unit in units if unit in home}
            whole = frozenset().union(*touched)
            if len(touched) > 1 and whole & known == units:
                found.add(whole)
    return sorted(found, key=lambda units: (len(units), sorted(units)))


def _covered(waves: Sequence[Wave], pieces: Sequence[Units], uppers: Sequence[Units]) -> Shown:
    """Piece × wave: whether the wave tells a score of it, or of a unit above it that can stand for it."""
    above = [[_score(wave, units) is not None for wave in waves] for units in uppers]
    rows = []
    for units in pieces:
        row = np.array([_score(wave, units) is not None for wave in waves], dtype=bool)
        for upper, told in zip(uppers, above, strict=True):
            if units <= upper:
                row |= np.array(told, dtype=bool)
        rows.append(row)
    return np.array(rows, dtype=bool).reshape(len(pieces), len(waves))


def _chosen(waves: Sequence[Wave], pieces: Sequence[Units], uppers: Sequence[Units]) -> tuple[list[Units], list[Units]]:
    """The partition that is told in all ``waves``, and the pieces it leaves out."""

    def told(units: Units) -> bool:
        return bool(waves) and all(_score(wave, units) is not None for wave in waves)

    chosen = [units for units in pieces if told(units)]
    hidden = [units for units in pieces if units not in chosen]
    for upper in uppers:  # the smaller ones first
        lost = [units for units in hidden if units <= upper]
        if lost and all(units <= upper or not units & upper for units in chosen) and told(upper):
            chosen = [units for units in chosen if not units <= upper] + [upper]
            hidden = [units for units in hidden if units not in lost]
    return chosen, hidden


def _left(waves: Sequence[Wave], units: Units) -> Left:
    missing = tuple(wave.number for wave in waves if _score(wave, units) is None)
    mine = [[block.units for block in wave.inside(units)] for wave in waves]
    if not all(mine):
        why = "not_there"
    elif all(one in wave.not_asked for wave, blocks in zip(waves, mine, strict=True) for one in blocks):
        why = "not_asked"
    else:
        why = "hidden"
    return Left(_name(waves, units), why, _invited(waves, units), missing)


def _invited(waves: Sequence[Wave], units: Units) -> int:
    """How many people of the piece the first wave that knew it invited."""
    for wave in waves:
        if blocks := wave.inside(units):
            return sum(block.invited for block in blocks)
    return 0


def _name(waves: Sequence[Wave], units: Units) -> str:
    """As the last wave that knew it called it."""
    for wave in reversed(waves):
        blocks = [block.units for block in wave.inside(units)]
        if len(blocks) > 1 and (name := wave.names.get(frozenset().union(*blocks))):
            return name
        if names := [block.name for block in wave.inside(units)]:
            return " + ".join(sorted(names))
    return "–"


def _cohort(units: Units, belongs: Belongs) -> tuple[int, str]:
    """The cohort of nearly all people of some units, else why there is none."""
    people: dict[int | None, float] = {}
    for unit in units:
        for cohort, n in belongs.get(unit, {None: NOBODY}).items():
            people[cohort] = people.get(cohort, 0.0) + n
    most = max(people, key=lambda cohort: (people[cohort], cohort is not None, -(cohort or 0)))
    if most is not None and people[most] >= NEARLY_ALL * sum(people.values()):
        return most, ""
    inside = [cohort for cohort in people if cohort is not None]
    return 0, "mixed" if inside and people.get(None, 0.0) < sum(people.values()) else "outside"


def _kept_waves(shown: Shown, people: Array) -> list[int]:
    """Which waves to use: a wave is given up where that brings back blocks worth more than the wave.

    The worth of a choice is its waves times the people of the blocks shown in all of them.
    """
    kept = list(range(shown.shape[1]))

    def worth(waves: list[int]) -> float:
        return len(waves) * float(people[shown[:, waves].all(axis=1)].sum()) if waves else 0.0

    while len(kept) > 2:
        now = worth(kept)
        best = max(([at for at in kept if at != out] for out in kept), key=worth)
        # With nothing to lose, the wave that hides most goes first.
        if now == 0 and worth(best) == 0:
            best = [at for at in kept if at != min(kept, key=lambda one: (people @ shown[:, one], one))]
        elif worth(best) <= WORTH * now:
            break
        kept = best
    return kept
