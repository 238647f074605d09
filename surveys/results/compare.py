"""Two groups, or one group in two waves, side by side: released numbers only, and no difference of our own. Pure.

A difference needs an interval of its own and its share in the false discoveries of all that are looked at; both were
settled once at the release, for a group and the wave before. So the word decided then is shown, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from surveys.results import telling
from surveys.results.insight import change, words

Cell = Mapping[str, Any]
Cells = Mapping[str, Cell]
Items = Sequence[Mapping[str, Any]]
NOT_ASKED: Cell = {"shown": False, "why": "not asked"}


@dataclass(frozen=True)
class Side:
    """One of the two: a group in a wave, with what was asked in it."""

    name: str
    wave: int
    number: int
    family: str
    unit: int
    other: int | None
    cells: Cells
    items: Items = ()


@dataclass(frozen=True)
class Pair:
    """One measure of both. ``moved``: the change between the two, where the release decided one; ``changed``: the
    question was reworded or given another scale in between."""

    key: str
    words: str
    one: Cell
    other: Cell
    kind: str = "index"  # or question, share
    moved: change.Change | None = None
    moved_words: str = ""
    changed: str = ""


@dataclass(frozen=True)
class Compared:
    indices: Sequence[Pair]
    questions: Sequence[Pair]
    served: Sequence[Pair]
    barrier: Sequence[tuple[str, int | None, int | None]] = field(default_factory=tuple)


def compare(one: Side, other: Side, language: str) -> Compared:
    """``one`` beside ``other``; the questions of ``one`` first, then those only the other was asked."""
    decided = same_group(one, other)
    rewritten = telling.changes(other.items, one.items) if one.wave != other.wave else {}
    indices = [
        _pair(key, words.pick(key, language), one, other, decided, language)
        for key in ("want", "know", "can", "served", "talk")
        if key in one.cells or key in other.cells
    ]
    return Compared(
        indices,
        _questions(one, other, "own", decided, rewritten, language),
        _questions(one, other, "provider", decided, rewritten, language),
        _barriers(one.cells.get("barrier"), other.cells.get("barrier"), language),
    )


def same_group(one: Side, other: Side) -> bool:
    """Whether it is one group in two waves: then the release of the later may have decided on its change."""
    return (one.family, one.unit, one.other) == (other.family, other.unit, other.other) and one.number != other.number


def _pair(key: str, said: str, one: Side, other: Side, decided: bool, language: str, **more: Any) -> Pair:
    mine, theirs = one.cells.get(key, NOT_ASKED), other.cells.get(key, NOT_ASKED)
    moved = None
    if decided:
        later, before = (mine, other.number) if one.number > other.number else (theirs, one.number)
        first = change.read_first(later)
        if (later.get("change") or {}).get("since") == before:
            moved = change.read(later)
        elif first and first[0] == before:
            moved = first[1]
    told = words.told_change(moved, language) if moved else ""
    return Pair(key, said[:1].upper() + said[1:], mine, theirs, moved=moved, moved_words=told, **more)


def _questions(
    one: Side, other: Side, about: str, decided: bool, rewritten: Mapping[str, str], language: str
) -> list[Pair]:
    found = []
    # The questions name the provider they are about; two of them share a line.
    name = one.name if one.name == other.name else _("the unit")
    known = {item["code"] for item in one.items}
    for item in [*one.items, *(item for item in other.items if item["code"] not in known)]:
        code = item["code"]
        talk = telling.talk_code(one.items)
        if item["about"] != about or code == talk or not (code in one.cells or code in other.cells):
            continue
        told = telling.tell([item], {}, language, name)[0]
        found.append(
            _pair(code, told.text, one, other, decided, language, kind="question", changed=rewritten.get(code, ""))
        )
    return found


def _barriers(one: Cell | None, other: Cell | None, language: str) -> list[tuple[str, int | None, int | None]]:
    """First barriers of both in per cent; nothing where neither is told."""
    mine, theirs = ((cell or {}).get("shares") or {} for cell in (one, other))
    if not mine and not theirs:
        return []
    return [(key, mine.get(key), theirs.get(key)) for key in ("want", "know", "can", "none")]
