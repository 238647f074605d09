"""What one version of the charter says otherwise than another. Pure: plain texts and standards in, pieces out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Words, and single characters of scripts that put no space between words.
SPACELESS = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
TOKEN = re.compile(rf"[{SPACELESS}]|[^\W{SPACELESS}]+|\s+|[^\w\s]")
# Beyond this a word-by-word comparison would take seconds; then lines are compared.
MOST_TOKENS = 4000

Kind = Literal["same", "added", "removed"]
State = Literal["same", "changed", "added", "removed"]


@dataclass(frozen=True)
class Piece:
    kind: Kind
    text: str


@dataclass(frozen=True)
class Promise:
    """A service standard in one language: ``target`` is the whole measurable promise as it is shown."""

    key: str
    text: str
    measure: str
    target: str


@dataclass(frozen=True)
class StandardChange:
    state: State
    text: list[Piece]
    measure: list[Piece]
    target: list[Piece]


def words(old: str, new: str) -> list[Piece]:
    """``new`` against ``old``, word by word (line by line where they are very long); equal pieces joined."""
    before, after = TOKEN.findall(old), TOKEN.findall(new)
    if len(before) + len(after) > MOST_TOKENS:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(after[j1:j2])))
            continue
        if i2 > i1:
            pieces.append(Piece("removed", "".join(before[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("added", "".join(after[j1:j2])))
    return _without_crumbs(pieces)


def _without_crumbs(pieces: list[Piece]) -> list[Piece]:
    """A lone space between two changes is no common ground: the changes around it are joined, which reads better."""
    result: list[Piece] = []
    gone, come = "", ""

    def flush() -> None:
        nonlocal gone, come
        if gone:
            result.append(Piece("removed", gone))
        if come:
            result.append(Piece("added", come))
        gone, come = "", ""

    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        if piece.kind == "removed":
            gone += piece.text
        elif piece.kind == "added":
            come += piece.text
        elif piece.text.isspace() and "\n" not in piece.text and gone and come and not last:
            gone += piece.text
            come += piece.text
        else:
            flush()
            result.append(piece)
    flush()
    return result


def standards(old: Sequence[Promise], new: Sequence[Promise]) -> list[StandardChange]:
    """The new standards in their order, then those given up."""
    before = {promise.key: promise for promise in old}
    found = []
    for promise in new:
        was = before.pop(promise.key, None)
        found.append(_change(was, promise, "added" if was is None else "same" if was == promise else "changed"))
    return found + [_change(was, None, "removed") for was in before.values()]


def _change(old: Promise | None, new: Promise | None, state: State) -> StandardChange:
    def pieces(name: str) -> list[Piece]:
        return words(getattr(old, name, ""), getattr(new, name, ""))

    return StandardChange(state, pieces("text"), pieces("measure"), pieces("target"))


def differs(pieces: Sequence[Piece]) -> bool:
    return any(piece.kind != "same" for piece in pieces)
