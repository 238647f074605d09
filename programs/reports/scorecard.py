"""The scorecard of a program: released cells, put in order, beside what was done. It computes no result of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy

from culture.framework.models import Requirement
from programs.planning.models import Program
from programs.reports import findings, readings
from programs.reports.findings import DIMENSIONS, Change, Headline, Score
from programs.reports.readings import Kept
from surveys.results import queries as results
from surveys.results.insight import change as decided
from surveys.results.insight import words
from surveys.waves.models import Wave

RECOGNISED_DAYS = 90
PROTECTED_FROM = 10
BARRIER_FROM = 25
MEASURES = (*DIMENSIONS, "served")
WORDS = {
    "want": gettext_lazy("Want"),
    "know": gettext_lazy("Know"),
    "can": gettext_lazy("Can"),
    "served": gettext_lazy("Served by colleagues"),
}

Cells = Mapping[str, Any]


@dataclass(frozen=True)
class Card:
    """One dimension of the whole organisation in the latest wave."""

    dimension: str
    score: Score | None
    change: Change | None
    why: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the units table. ``values`` in the order of ``MEASURES``, None where hidden."""

    unit: int
    name: str
    answered: str
    values: list[float | None]
    barrier: str
    barrier_share: int
    hidden: str
    depth: int
    served_asked: bool


@dataclass(frozen=True)
class Moved:
    """Something that clearly rose or fell since the last wave, in the word of its release."""

    key: str
    label: Any
    change: Change


@dataclass
class Scorecard:
    program: Program
    today: dt.date
    leading: list[Kept] = field(default_factory=list)
    lagging: list[Kept] = field(default_factory=list)
    whole: Row | None = None
    company: Cells = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)
    wave: Wave | None = None
    waves: int = 0
    next_wave: Wave | None = None
    answered: str = ""
    headline: Headline | None = None
    remark: str = ""
    cards: list[Card] = field(default_factory=list)
    trend: list[dict[str, Any]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    @property
    def frozen_on(self) -> dt.date | None:
        """The day from which the survey figures never change."""
        return timezone.localdate(self.wave.released_at) if self.wave and self.wave.released_at else None


def build(program: Program, *, now: dt.datetime) -> Scorecard:
    """The scorecard as of ``now``: survey figures as released, what is counted as it was kept last night."""
    today = timezone.localdate(now)
    kept = readings.latest(program, today)
    card = Scorecard(
        program=program,
        today=today,
        leading=[kept[key] for key in readings.LEADING if key in kept],
        lagging=[kept[key] for key in readings.LAGGING if key in kept],
    )
    if program.series_id:
        _add_results(card, program)
    return card


def leaders_waves(program: Program) -> list[Wave]:
    """The released waves of its series that leaders see by today, oldest first."""
    if program.series_id is None:
        return []
    return list(results.shared_with_leaders(program.series_id).select_related("series").order_by("number"))


def _add_results(card: Scorecard, program: Program) -> None:
    waves = list(
        Wave.objects.filter(series=program.series_id).order_by("number").select_related("series").defer("snapshot")
    )
    card.waves = sum(1 for wave in waves if wave.state != Wave.State.CANCELLED)
    # A scorecard goes to leaders: only waves that are shared with them by now.
    shared = set(results.shared_with_leaders(program.series).values_list("pk", flat=True))
    released = [wave for wave in waves if wave.pk in shared]
    card.next_wave = next((w for w in waves if w.state in {Wave.State.OPEN, Wave.State.SCHEDULED}), None)
    if not released:
        return
    card.wave = released[-1]
    history = _history(program, shared)
    complete = [(wave, point) for wave, point in history if set(DIMENSIONS) <= set(point)]
    card.headline = findings.headline([point for _, point in complete])
    card.trend = [_trend_row(wave, point) for wave, point in history]
    groups = results.upper_rows(card.wave, 2)
    top = next((group for group in groups if group.parent is None), None)
    latest = history[-1][1] if history else {}
    cells = top.cells if top else {}
    if (last := results.previous(card.wave)) is not None and last.pk not in shared:
        cells = results.without_change(cells)
    card.cards = [_card(dimension, cells.get(dimension), latest.get(dimension)) for dimension in DIMENSIONS]
    card.answered = _participation(cells.get("participation"))
    card.rows = _rows(groups)
    card.whole, card.company = (_row(top) if top else None), cells
    requirements = {one.code: one for one in Requirement.objects.all()}
    card.remark = _remark(cells, groups, requirements)
    card.moved = list(_moved(cells, requirements))


def _history(program: Program, shared: Iterable[int]) -> list[tuple[Wave, dict[str, Score]]]:
    """The organisation's released scores, wave by wave, with what was released of their changes."""
    entries = results.trend(program.series, shared)
    numbers = [entry["wave"].number for entry in entries]
    history = []
    for at, entry in enumerate(entries):
        before = entries[at - 1]["cells"] if at else {}
        scores = {name: _scored(name, entry["cells"], before, numbers[: at + 1]) for name in DIMENSIONS}
        history.append((entry["wave"], {name: score for name, score in scores.items() if score}))
    return history


def _scored(name: str, cells: Cells, before: Cells, numbers: Sequence[int]) -> Score | None:
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
    return replace(score, last=_told(moved), first=_told(first))


def _told(moved: decided.Change | None) -> Change | None:
    if moved is None:
        return None
    return Change(moved.delta, moved.clear, words.pick(moved.word, get_language() or "en"))


def score_of(cell: Any) -> Score | None:
    """A released cell as a score; None when it is hidden or was not asked."""
    if cell is None:
        return None
    if not cell.get("shown") or cell.get("index") is None:
        return None
    return Score(cell["index"], cell.get("low"), cell.get("high"))


def _trend_row(wave: Wave, point: Mapping[str, Score]) -> dict[str, Any]:
    values = {name: round(point[name].index) if name in point else None for name in DIMENSIONS}
    return {"wave": wave.number, "date": wave.closes_on, **values}


def _card(dimension: str, cell: Cells | None, score: Score | None) -> Card:
    if score is None:
        return Card(dimension, None, None, (cell or {}).get("why", ""))
    return Card(dimension, score, score.last)


def _rows(groups: Sequence[Any]) -> list[Row]:
    """The units of the first level, each followed by its own parts: the lowest first, the hidden last."""
    rows = []
    for top in _in_order(group for group in groups if group.depth == 1):
        rows.append(top)
        rows += _in_order(group for group in groups if group.depth == 2 and group.parent == top.unit)
    return rows


def _in_order(groups: Iterable[Any]) -> list[Row]:
    return sorted(map(_row, groups), key=lambda row: (bool(row.hidden), _mean(row), row.name))


def _mean(row: Row) -> float:
    known = [value for value in row.values[: len(DIMENSIONS)] if value is not None]
    return sum(known) / len(known) if known else 0.0


def _row(group: Any) -> Row:
    values = [score.index if (score := score_of(group.cells.get(name))) else None for name in MEASURES]
    barrier, share = _barrier(group.cells)
    nothing = all(value is None for value in values)
    why = next((cell["why"] for cell in group.cells.values() if isinstance(cell, dict) and cell.get("why")), "")
    return Row(
        unit=group.unit,
        name=group.name,
        answered=_participation(group.cells.get("participation")),
        values=values,
        barrier=barrier,
        barrier_share=share,
        hidden=(why or "hidden for privacy") if nothing else "",
        depth=group.depth,
        served_asked=(group.cells.get("served") or {}).get("why") != "not asked",
    )


def _participation(cell: Any) -> str:
    """The released participation, in the words it may be told in."""
    return cell.get("words", "") if isinstance(cell, dict) and cell.get("shown") else ""


def _barrier(cells: Cells) -> tuple[str, int]:
    """The most frequent barrier of the people in the group and its share; never the barrier of a mean.

    "none" when no barrier is met by at least a quarter of them; "" where the distribution is hidden.
    """
    cell = cells.get("barrier")
    if not isinstance(cell, dict) or not cell.get("shown"):
        return "", 0
    shares = {name: cell["shares"].get(name, 0) for name in DIMENSIONS}
    most = max(DIMENSIONS, key=lambda name: shares[name])
    return (most, shares[most]) if shares[most] >= BARRIER_FROM else ("none", 0)


def _remark(cells: Cells, groups: Sequence[Any], requirements: Mapping[str, Requirement]) -> str:
    """The requirement with the lowest score, and the units where it is lowest."""
    scores = {code: score for code in requirements if (score := score_of(cells.get(code)))}
    if not scores:
        return ""
    code = min(scores, key=lambda one: scores[one].index)
    below = [(score.index, g.name) for g in groups if g.depth == 2 and (score := score_of(g.cells.get(code)))]
    places = " and ".join(name for _, name in sorted(below)[:2])
    where = f", lowest in {places}" if places else ""
    told = f"{scores[code].index:.0f} of 100"
    return f"The lowest requirement is “{requirements[code].label}” ({code}), at {told}{where}."


def _moved(cells: Cells, requirements: Mapping[str, Requirement]) -> Iterable[Moved]:
    """What clearly rose or fell since the last wave: the three and the service first, then requirements, most first."""
    found = {
        key: _told(results.card(key, dict(cells), {})["change"]) for key in (*MEASURES, *requirements) if key in cells
    }
    clear = {key: one for key, one in found.items() if one is not None and one.clear}
    order = sorted(clear, key=lambda key: (key in requirements, -abs(clear[key].points), key))
    for key in order:
        yield Moved(key, requirements[key].label if key in requirements else WORDS[key], clear[key])
