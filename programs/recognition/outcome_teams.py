"""Which team of today a wave's released groups were: renamed, moved or merged since, and its score before. Pure.

A group is a team's when it is made of exactly the units that are the team's today, followed through mergers
(``successors``), and of all of them that the wave knew. What stayed the same keeps the word decided with the release;
what was merged or moved is composed of released cells (trends.compose), and judged alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from surveys.results.insight import change, trends

Cell = Mapping[str, Any]
Parents = Mapping[int, int | None]


@dataclass(frozen=True)
class Team:
    """A unit of today: ``units`` of the last wave it is made of, those of the wave before, and the last wave's group.

    ``group``: None where it is spread over several groups of the wave. ``followed``: whether something was merged,
    moved or new since, so that its score must be composed.
    """

    unit: int
    units: frozenset[int]
    before: frozenset[int]
    group: int | None
    followed: bool


@dataclass(frozen=True)
class Rise:
    """A measure that clearly rose: ``cell`` as released or composed, and how it moved; ``composed`` of which groups."""

    key: str
    cell: Mapping[str, Any]
    moved: change.Change
    composed: list[int] = field(default_factory=list)


def teams(here: Parents, into: Mapping[int, int], last: trends.Wave, before: trends.Wave | None) -> list[Team]:
    """Every open unit below the top (``here``: unit → parent, today) that the last wave asked as a group of its own.

    ``into``: merged unit → what it became. Where two units are the same people (one has nobody but those below it),
    the one the group is named after is the team.
    """
    now, then = _below(here, into, last), _below(here, into, before) if before else {}
    groups: dict[frozenset[int], list[int]] = {}
    for known, units in last.units.items():
        groups.setdefault(units, []).append(known)
    as_asked = _below(last.tree, {}, last)
    found: dict[frozenset[int], Team] = {}
    for unit, parent in here.items():
        units = now.get(unit, frozenset())
        if parent is None or not units:
            continue
        earlier = then.get(unit, frozenset())
        # An upper unit of which one block alone is told is another name for that block.
        same = groups.get(units, [])
        group = next((one for one in same if into.get(one, one) == unit), same[0] if same else None)
        followed = units != as_asked.get(unit) or (bool(before) and units != earlier)
        if group is None and not followed:
            continue  # too small to be told alone: reported with others in one group
        team = Team(unit, units, earlier, group, followed)
        other = found.get(units)
        if other is None or into.get(group or 0, group) == unit:
            found[units] = team
    return list(found.values())


def _below(here: Parents, into: Mapping[int, int], wave: trends.Wave) -> dict[int, frozenset[int]]:
    """Of each unit of ``here`` the wave's units that are it, or below it, by what they became."""
    known: frozenset[int] = frozenset().union(*wave.units.values()) if wave.units else frozenset()
    found: dict[int, set[int]] = {}
    for unit in known:
        at: int | None = into.get(unit, unit)
        seen: set[int] = set()
        while at is not None and at in here and at not in seen:
            found.setdefault(at, set()).add(unit)
            seen.add(at)
            at = here[at]
    return {unit: frozenset(units) for unit, units in found.items()}


def rise(team: Team, key: str, into: Mapping[int, int], last: trends.Wave, before: trends.Wave | None) -> Rise | None:
    """``key`` of a team, if it is shown and clearly rose since the wave before; ``last`` has its cells as released."""
    if not team.followed:
        cell = last.cells.get(team.group or 0, {}).get(key) or {}
        moved = change.read(cell) if cell.get("shown") else None
        return Rise(key, cell, moved) if moved and moved.word == change.ROSE else None
    if before is None or _became(team.units, into) != _became(team.before, into):
        return None  # a unit that is new has no score of before: not the same people
    one, other = _composed(last, team.units, key), _composed(before, team.before, key)
    if one is None or other is None:
        return None
    moved = change.alone(one[0], other[0])
    return Rise(key, one[0], moved, other[1]) if moved and moved.word == change.ROSE else None


def _became(units: Iterable[int], into: Mapping[int, int]) -> set[int]:
    return {into.get(unit, unit) for unit in units}


def _composed(wave: trends.Wave, units: frozenset[int], key: str) -> tuple[dict[str, Any], list[int]] | None:
    """(a score like a released cell, the groups it is made of); None where some of it is hidden."""
    groups: Sequence[int] | None = trends.cover(wave, units, key)
    found = trends.compose([wave.cells[at][key] for at in groups]) if groups else None
    if found is None:
        return None
    index, low, high = found
    cell: dict[str, Any] = {"shown": True, "index": round(index), "low": round(low), "high": round(high)}
    if groups and len(groups) == 1 and "n" in wave.cells[groups[0]][key]:
        cell["n"] = wave.cells[groups[0]][key]["n"]
    return cell, list(groups or [])
