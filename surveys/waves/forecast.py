"""Before opening: who is asked, what will likely stay hidden, what helps, and whom no mail reaches."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from culture.people.models import Employee
from surveys.instruments.loading import frozen_items
from surveys.waves import asked_promises, audience, history, opening, reach
from surveys.waves.assignment import Person, at_least, cells_forecast
from surveys.waves.blocks import Block, UnitNode
from surveys.waves.models import Series, UnitMerge, Wave

# Shown: at least nine times in ten. Hidden: rather than not.
SURE, EVEN = 0.9, 0.5
EXACT_UP_TO = 400


@dataclass(frozen=True)
class Row:
    """A reporting block on the day. ``chance``: that enough answer for its results to be shown."""

    name: str
    units: tuple[int, ...]
    parent: int | None
    asked: int
    left_out: int
    without_mail: int
    rate: float
    chance: float
    merged: bool

    @property
    def verdict(self) -> str:
        return "shown" if self.chance >= SURE else "hidden" if self.chance < EVEN else "unsure"


@dataclass(frozen=True)
class Suggestion:
    """Units to report together, so that their results can likely be shown."""

    names: tuple[str, ...]
    units: tuple[int, ...]
    asked: int
    chance: float


@dataclass(frozen=True)
class Mails:
    """``least`` to ``most`` mails leave on a day."""

    day: dt.date
    kind: str
    number: int
    about: int


@dataclass
class Forecast:
    on: dt.date
    asked: int
    left_out: Counter[str]
    minutes: int
    reachable: int
    without_mail: int
    rate: float
    from_history: bool
    rows: list[Row] = field(default_factory=list)
    mails: list[Mails] = field(default_factory=list)
    cells: Counter[str] = field(default_factory=Counter)
    hidden_cells: list[dict[str, Any]] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)
    merges: list[dict[str, Any]] = field(default_factory=list)
    problem: str = ""

    def of(self, verdict: str) -> list[Row]:
        return [row for row in self.rows if row.verdict == verdict]

    @property
    def hidden(self) -> list[Row]:
        return self.of("hidden")

    @property
    def unsure(self) -> list[Row]:
        return self.of("unsure")

    @property
    def unreached(self) -> list[Row]:
        return [row for row in self.rows if row.without_mail]


def chance_of(asked: int, rate: float, k: int) -> float:
    """The probability that at least ``k`` of ``asked`` answer, each with probability ``rate``."""
    if asked < k:
        return 0.0
    if asked <= EXACT_UP_TO:
        return at_least(k, ((rate, asked),))
    mean, spread = asked * rate, math.sqrt(max(1e-9, asked * rate * (1 - rate)))
    return 0.5 * math.erfc((k - 0.5 - mean) / (spread * math.sqrt(2)))


def of_wave(wave: Wave, *, today: dt.date) -> Forecast:
    """What would happen if the wave opened on its day (or today, when that is over)."""
    series = wave.series
    on = max(today, wave.opens_on)
    links = audience.active_links(on)
    items: list[dict[str, Any]] = []
    problem = ""
    try:
        items = frozen_items(opening.version_of(wave))
    except opening.CannotOpen as error:
        problem = str(error)
    minutes = audience.minutes_for(items, series, links, promises=asked_promises.expected(items, on)) if items else 0
    choice = audience.choose(series, on, minutes=minutes, turn=audience.turn_of(series))
    if not choice.people:
        problem = problem or opening.nobody(choice)
    nodes = audience.unit_nodes()
    blocks = audience.blocks_of(choice, nodes, series.k) if choice.people else []
    told = history.told_rates(series)
    rates = history.expected_rates(series, blocks)
    unreachable = _unreachable(series, on, choice)
    made = Forecast(
        on=on,
        asked=len(choice.people),
        left_out=choice.left_out,
        minutes=minutes,
        reachable=len(choice.people) - sum(unreachable.values()),
        without_mail=sum(unreachable.values()),
        rate=history.usual_rate(told),
        from_history=bool(told),
        problem=problem,
    )
    made.rows = [_row(block, rates, choice, unreachable, series.k) for block in blocks]
    made.rows.sort(key=lambda row: (row.chance >= EVEN, row.chance >= SURE, row.name.casefold()))
    made.suggestions = suggest(made.rows, series.k)
    made.merges = _merges(nodes)
    made.mails = mails(wave, made)
    if any(item.get("about") == "provider" for item in items) and links and choice.people:
        _add_cells(made, choice, blocks, nodes, links, rates, wave)
    return made


def _unreachable(series: Series, on: dt.date, choice: audience.Choice) -> Counter[int]:
    """Unit id → how many of those asked no mail reaches."""
    asked = {one.id for one in choice.people}
    rows = reach.unreachable(audience.audience_of(series, on)).order_by().values_list("pk", "unit_id")
    return Counter(unit for pk, unit in rows if pk in asked)


def _row(block: Block, rates: Mapping[int, float], choice: audience.Choice, unreachable: Counter[int], k: int) -> Row:
    rate = rates.get(block.units[0], history.USUAL_RATE)
    return Row(
        name=block.name,
        units=block.units,
        parent=block.parent,
        asked=block.size,
        left_out=sum(choice.left_out_units[unit] for unit in block.units),
        without_mail=sum(unreachable[unit] for unit in block.units),
        rate=rate,
        chance=chance_of(block.size, rate, k),
        merged=" + " in block.name,
    )


def suggest(rows: Sequence[Row], k: int) -> list[Suggestion]:
    """Which neighbours to report together: each group that may stay hidden with the smallest ones beside it."""
    found: list[Suggestion] = []
    used: set[tuple[int, ...]] = set()
    for row in sorted(rows, key=lambda one: (one.chance, one.asked)):
        if row.chance >= SURE or row.units in used:
            continue
        beside = [one for one in rows if one.parent == row.parent and one.units != row.units and one.units not in used]
        group = [row]
        for one in sorted(beside, key=lambda one: (one.asked, one.name)):
            if _chance_together(group, k) >= SURE:
                break
            group.append(one)
        if len(group) > 1 and _chance_together(group, k) > row.chance:
            used.update(one.units for one in group)
            found.append(
                Suggestion(
                    names=tuple(one.name for one in group),
                    units=tuple(one.units[0] for one in group),
                    asked=sum(one.asked for one in group),
                    chance=_chance_together(group, k),
                )
            )
    return found


def _chance_together(group: Sequence[Row], k: int) -> float:
    asked = sum(row.asked for row in group)
    return chance_of(asked, sum(row.rate * row.asked for row in group) / max(1, asked), k)


def _merges(nodes: list[UnitNode]) -> list[dict[str, Any]]:
    names = {node.id: node.name for node in nodes}
    return [
        {"merge": one, "names": [names[unit] for unit in one.units if unit in names]}
        for one in UnitMerge.objects.order_by("pk")
    ]


def mails(wave: Wave, made: Forecast) -> list[Mails]:
    """How many leave on which day: invitations to everybody reached, reminders to who has not answered by then."""
    curve = history.mean_curve(wave.series)
    length = max(1, (wave.closes_on - wave.opens_on).days)
    # As if it opened on the day of the forecast.
    moved = made.on - wave.opens_on
    found = []
    for kind, number, day in opening.message_dates(wave):
        answered = 0.0 if number == 0 else history.share_by(curve, (day - wave.opens_on).days, length, made.rate)
        found.append(Mails(day + moved, kind, number, round(made.reachable * (1 - answered))))
    return found


def _add_cells(
    made: Forecast,
    choice: audience.Choice,
    blocks: list[Block],
    nodes: list[UnitNode],
    links: dict[int, list[int]],
    rates: Mapping[int, float],
    wave: Wave,
) -> None:
    """How many cells of the matrix customers × providers can likely be shown."""
    home = {unit: block.id for block in blocks for unit in block.units}
    people = [Person(one.id, one.unit, home[one.unit]) for one in choice.people]
    asked = opening.providers_for(choice, blocks, nodes, links, wave.series, turn=wave.number)
    names = {node.id: node.name for node in nodes}
    block_names = {block.id: block.name for block in blocks}
    for cell in cells_forecast(people, asked, k=wave.series.k, participation=dict(rates)):
        verdict = "shown" if cell.probability >= SURE else "hidden" if cell.probability < EVEN else "unsure"
        made.cells[verdict] += 1
        if verdict == "hidden":
            made.hidden_cells.append(
                {"customer": block_names[cell.block], "provider": names[cell.provider], "asked": cell.asked}
            )
    made.hidden_cells.sort(key=lambda cell: (-cell["asked"], cell["customer"], cell["provider"]))


def headcount(series: Series, on: dt.date) -> int:
    """How many the series is meant for on the day; one query."""
    return audience.audience_of(series, on).count()


def known_families(limit: int = 200) -> list[str]:
    """The job families people have, for the form."""
    names = Employee.objects.exclude(job_family="").order_by("job_family").values_list("job_family", flat=True)
    return list(names.distinct()[:limit])
