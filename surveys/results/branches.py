"""A tree of groups of which some branches are open: what a page of thousands of units shows at once. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

# A page with so many lines is still read; of more, branches are opened one by one.
ALL_OPEN = 60
MOST = 300
ALL, NONE = "all", "none"


class Placed(Protocol):
    """Anything with its place in the tree."""

    @property
    def unit(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> int | None: ...


@dataclass(frozen=True)
class Branch:
    """A line that is shown: how deep it stands below the first, how many it has below it, whether these are shown."""

    place: Any
    depth: int
    below: int
    opened: bool


def children_of(places: Sequence[Placed]) -> dict[int | None, list[Any]]:
    """Places by what they lie below; who lies below nothing that is seen stands at the top (None)."""
    seen = {place.unit for place in places}
    found: dict[int | None, list[Any]] = {}
    for place in places:
        found.setdefault(place.parent if place.parent in seen else None, []).append(place)
    return found


def id_in(text: str) -> int | None:
    """The id of a group written in an address; None where it is none. Own teams of upper units have negative ones."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


def chosen(text: str) -> set[int] | str | None:
    """Which branches an address asks to be open: unit ids, ``ALL``, or None where it says nothing of it."""
    if text == ALL:
        return ALL
    if not text:
        return None
    return {number for part in text.split(",")[:MOST] if (number := id_in(part)) is not None}


def first_open(places: Sequence[Placed]) -> set[int]:
    """What is open when nobody has said: all of a small tree; of a large one its first two levels."""
    if len(places) <= ALL_OPEN:
        return {place.unit for place in places}
    children = children_of(places)
    top = [place.unit for place in children.get(None, ())]
    # One top alone says little: what lies below it is shown too, as far as it can be read.
    return set(top) if sum(len(children.get(unit, ())) for unit in top) <= MOST else set()


def lines(
    places: Sequence[Placed],
    opened: set[int] | str,
    order: Callable[[Any], Any] | None = None,
    most: int = MOST,
) -> tuple[list[Branch], int]:
    """The lines to show, parents before children, and how many there would be besides.

    ``order``: by what brothers are sorted, instead of the order they came in.
    """
    children = children_of(places)
    below = _below(children)
    found: list[Branch] = []

    def ordered(these: Iterable[Any]) -> list[Any]:
        return sorted(these, key=order) if order else list(these)

    stack = [(place, 0) for place in reversed(ordered(children.get(None, ())))]
    while stack:
        place, depth = stack.pop()
        is_open = bool(children.get(place.unit)) and (opened == ALL or place.unit in opened)
        found.append(Branch(place, depth, below.get(place.unit, 0), is_open))
        if is_open:
            stack.extend((child, depth + 1) for child in reversed(ordered(children[place.unit])))
    return found[:most], max(0, len(found) - most)


def _below(children: dict[int | None, list[Any]]) -> dict[int, int]:
    """How many places lie below each."""
    found: dict[int, int] = {}
    order: list[Any] = []
    stack = list(children.get(None, ()))
    while stack:
        place = stack.pop()
        order.append(place)
        stack.extend(children.get(place.unit, ()))
    for place in reversed(order):
        found[place.unit] = sum(1 + found[child.unit] for child in children.get(place.unit, ()))
    return found


def toggled(opened: set[int] | str, unit: int, places: Sequence[Placed]) -> str:
    """The word for an address in which one branch is the other way round."""
    known: set[int] = {place.unit for place in places} if isinstance(opened, str) else set(opened)
    return ",".join(map(str, sorted(known ^ {unit}))) or NONE
