"""The part of a program figures are told of, and with whom they are shared: the whole, or a unit with all below it.

Scorecard, number pages, API and reports read their released cells here: one place, one audience, the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper
from django.utils import translation
from django.utils.translation import get_language

from culture.access import reach
from culture.people.models import Unit
from programs.planning.models import Program
from programs.reports.findings import DIMENSIONS, Change, Score
from surveys.results import places, sharing
from surveys.results import queries as results
from surveys.results.insight import change as decided
from surveys.results.insight import words
from surveys.waves.models import Wave

Cells = Mapping[str, Any]
Scores = dict[str, Score]


@dataclass(frozen=True)
class Stand:
    """What was released of the place in one wave. ``alone``: of it alone; else ``name`` names what it was told with."""

    wave: Wave
    scores: Scores
    cells: Cells
    group: int
    name: str
    release: int
    alone: bool = True

    @property
    def cell(self) -> str:
        """The name its cells are cited by."""
        return f"wave:{self.wave.pk} release:{self.release} tree:{self.group}"


class Place:
    """``unit`` None: the whole organisation. ``audience``: of sharing, whose waves these are; worked out once."""

    def __init__(self, program: Program, unit: Unit | None = None, audience: str = sharing.LEADERS) -> None:
        self.program, self.unit, self.audience = program, unit, audience

    @cached_property
    def every(self) -> list[Wave]:
        """The waves of the program's series, whatever their state, oldest first; ``told`` to the audience or not."""
        if self.program.series_id is None:  # type: ignore[attr-defined]
            return []
        waves = Wave.objects.filter(series=self.program.series_id).order_by("number")  # type: ignore[attr-defined,misc]
        told = ExpressionWrapper(sharing.reached(self.audience), output_field=BooleanField())
        return list(waves.select_related("series").defer("snapshot").annotate(told=told))

    @cached_property
    def waves(self) -> list[Wave]:
        """The released ones that the audience sees by today, oldest first."""
        return [wave for wave in self.every if wave.state == Wave.State.RELEASED and wave.told]  # type: ignore[attr-defined]

    @property
    def wave(self) -> Wave | None:
        return self.waves[-1] if self.waves else None

    @cached_property
    def _course(self) -> list[tuple[Wave, Any]]:
        return places.course(self.waves, self.unit.pk if self.unit else None) if self.waves else []

    @cached_property
    def course(self) -> list[Stand]:
        """What was released of it, wave by wave, oldest first; waves that did not know the unit are left out."""
        scored = history_of([{"wave": wave, "cells": row.cells} for wave, row in self._course])
        return [
            Stand(wave, scores, row.cells, row.unit, row.name, row.release_id, self._alone(row))
            for (wave, row), (_wave, scores) in zip(self._course, scored, strict=True)
        ]

    def _alone(self, row: Any) -> bool:
        return self.unit is None or (row.unit == self.unit.pk and " + " not in row.name) or row.name == self.unit.name

    @property
    def history(self) -> list[tuple[Wave, Scores]]:
        """Want, know and can, wave by wave, in the words their release decided."""
        return [(one.wave, one.scores) for one in self.course]

    @cached_property
    def top(self) -> Any | None:
        """The group that tells of it in the latest wave; None where that wave did not know it."""
        return next((row for wave, row in self._course if wave == self.wave), None)

    @property
    def cells(self) -> Cells:
        return self.told(self.top.cells) if self.top else {}

    def outline(self, keys: Iterable[str]) -> list[places.Part]:
        """What lies one and two levels below it in the latest wave; of the first level with the cells of ``keys``."""
        if self.top is None or self.wave is None:
            return []
        return places.outline(self.wave, self.top, self.below, keys)

    def read(self, parts: Sequence[places.Part], keys: Iterable[str]) -> None:
        """The cells of ``keys`` of these ``parts``; one query."""
        if parts:
            places.read(parts, keys)

    @cached_property
    def below(self) -> set[int] | None:
        """The unit and all below it today; None: everything."""
        if self.unit is None:
            return None
        return set(reach.below([self.unit.pk]).order_by().values_list("pk", flat=True))

    @cached_property
    def _bare(self) -> bool:
        """Whether the wave before the latest is kept from the audience: then what moved since would tell of it."""
        if self.wave is None:
            return False
        number = self.wave.number
        before = [one for one in self.every if one.state == Wave.State.RELEASED and one.number < number]
        return bool(before) and before[-1] not in self.waves

    def told(self, cells: Cells) -> Cells:
        """Cells of the latest wave as they may be told here."""
        return results.without_change(dict(cells)) if self._bare else cells

    def in_language(self, language: str) -> list[Stand]:
        """As ``course``, its words in another language than the page's."""
        with translation.override(language):
            scored = history_of([{"wave": one.wave, "cells": one.cells} for one in self.course])
        return [replace(one, scores=scores) for one, (_wave, scores) in zip(self.course, scored, strict=True)]


def history_of(entries: Sequence[Mapping[str, Any]]) -> list[tuple[Wave, Scores]]:
    """Scores with their changes of ``{"wave", "cells"}`` of one group, oldest first, in the active language."""
    numbers = [entry["wave"].number for entry in entries]
    history = []
    for at, entry in enumerate(entries):
        before = entries[at - 1]["cells"] if at else {}
        scores = {name: scored(name, entry["cells"], before, numbers[: at + 1]) for name in DIMENSIONS}
        history.append((entry["wave"], {name: score for name, score in scores.items() if score}))
    return history


def scored(name: str, cells: Cells, before: Cells, numbers: Sequence[int]) -> Score | None:
    """A score with its changes, in the words its own page has; none since a wave that is not among ``numbers``."""
    score = score_of(cells.get(name))
    if score is None or len(numbers) < 2:
        return score
    moved = results.card(name, dict(cells), dict(before))["change"]
    since, whole = decided.since(cells.get(name)), decided.read_first(cells.get(name))
    if since is not None and since != numbers[-2]:
        moved = None
    if whole is not None and whole[0] != numbers[0]:
        whole = None
    first = whole[1] if whole else moved if len(numbers) == 2 else None
    return replace(score, last=told_change(moved), first=told_change(first))


def told_change(moved: decided.Change | None) -> Change | None:
    if moved is None:
        return None
    word = words.pick(moved.word, get_language() or "en")
    return Change(moved.delta, moved.clear, word, few=moved.word == decided.FEW)


def score_of(cell: Any) -> Score | None:
    """A released cell as a score; None when it is hidden or was not asked."""
    if not cell or not cell.get("shown") or cell.get("index") is None:
        return None
    return Score(cell["index"], cell.get("low"), cell.get("high"), band=cell.get("band", ""))


def asked(name: str, cells: Cells) -> bool:
    """Whether the wave of these cells asked for it; what was asked and is not shown is hidden."""
    return cells[name].get("why") != "not asked" if name in cells else not cells


def unasked(cells: Cells) -> set[str]:
    """Those of want, know and can that the wave of these cells did not ask for."""
    return {name for name in DIMENSIONS if not asked(name, cells)}


def clear_moves(cells: Cells, keys: Iterable[str]) -> dict[str, Change]:
    """What clearly rose or fell since the last wave, by key."""
    return {key: one for key, one in changes(cells, keys).items() if one is not None and one.clear}


def changes(cells: Cells, keys: Iterable[str]) -> dict[str, Change | None]:
    """What was released of each one's change since the last wave; None where nothing could be compared."""
    return {key: told_change(results.card(key, dict(cells), {})["change"]) for key in keys if key in cells}
