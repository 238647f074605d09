"""Masking names in a comment: stretches of its text, as (start, end) in signs. Pure.

A text is cut into pieces that can be marked one by one: words, and single signs where a script writes no spaces.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from surveys.results.themes import fold

MASK = "[name]"
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
PIECE = re.compile(rf"[{HAN}]|[^\W{HAN}][^\W{HAN}'’\-]*(?:['’\-][^\W{HAN}'’\-]+)*")
GAP = re.compile(r"[\s.]*\Z")
SHORTEST_NAME = 3
Span = tuple[int, int]


@dataclass(frozen=True)
class Piece:
    """A word of a text (``number`` counts them) or what stands between two (``number`` None)."""

    text: str
    start: int
    end: int
    number: int | None = None
    masked: bool = False


def pieces(text: str, masks: Sequence[int] = ()) -> list[Piece]:
    """The whole text, word by word; ``masked`` where a mask covers some of the word."""
    spans, found, at = read(masks), [], 0
    for number, match in enumerate(PIECE.finditer(text)):
        if match.start() > at:
            found.append(Piece(text[at : match.start()], at, match.start()))
        covered = any(start < match.end() and match.start() < end for start, end in spans)
        found.append(Piece(match.group(), match.start(), match.end(), number, covered))
        at = match.end()
    if at < len(text):
        found.append(Piece(text[at:], at, len(text)))
    return found


def read(masks: Sequence[int]) -> list[Span]:
    return [(masks[at], masks[at + 1]) for at in range(0, len(masks) - 1, 2)]


def write(spans: Iterable[Span]) -> list[int]:
    return [at for span in spans for at in span]


def joined(text: str, spans: Iterable[Span]) -> list[Span]:
    """In order, without overlap; those with nothing but spaces or dots between them are one: a first and last name."""
    found: list[Span] = []
    for start, end in sorted((max(0, a), min(len(text), b)) for a, b in spans if a < b and a < len(text)):
        if found and (start <= found[-1][1] or GAP.match(text[found[-1][1] : start])):
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def of_words(text: str, numbers: Collection[int]) -> list[Span]:
    """The stretches of the words that were ticked."""
    return [(one.start, one.end) for one in pieces(text) if one.number is not None and one.number in numbers]


def of_typed(text: str, typed: str) -> list[Span]:
    """Every place of what was typed (several: between commas), whatever its case."""
    found = []
    for part in re.split(r"[,;，；、\n]", typed):
        if part.strip():
            found += [match.span() for match in re.finditer(re.escape(part.strip()), text, re.IGNORECASE)]
    return found


def applied(text: str, masks: Sequence[int]) -> tuple[str, int]:
    """The text with every mask in place of what it covers, and how many there are."""
    spans = joined(text, read(masks))
    for start, end in reversed(spans):
        text = text[:start] + MASK + text[end:]
    return text, len(spans)


def names(people: Iterable[tuple[str, str]]) -> frozenset[str]:
    """What (given, family) names are told by, as :func:`suggest` compares it: their words, and Chinese names as they
    are written (family name first; a given name of one sign is no name by itself)."""
    found: set[str] = set()
    for given, family in people:
        if _is_han(given + family):
            found |= {whole for whole in (family + given, given) if len(whole) > 1}
        else:
            found |= {word for word in fold(f"{given} {family}").split() if len(word) > 1}
    return frozenset(found)


def _beside(text: str, one: Span, other: Span) -> bool:
    first, second = sorted((one, other))
    return bool(GAP.match(text[first[1] : second[0]]))


def _is_han(text: str) -> bool:
    return bool(re.search(f"[{HAN}]", text))


def suggest(text: str, known: Collection[str]) -> list[Span]:
    """Words that look like a name of somebody here: written large and one of ``known`` names; Chinese names whole.

    What has two letters only ("Li", and "Mi" in Italian) is taken for a name beside another one.
    """
    found: list[Span] = []
    short: list[Span] = []
    for one in pieces(text):
        parts = [part for part in fold(one.text).split() if part in known] if one.number is not None else []
        if parts and one.text[:1].isupper():
            (found if max(map(len, parts)) >= SHORTEST_NAME else short).append((one.start, one.end))
    found += [span for span in short if any(_beside(text, span, other) for other in found)]
    if _is_han(text):
        for start in range(len(text)):
            for length in (4, 3, 2):
                if text[start : start + length] in known and _is_han(text[start]):
                    found.append((start, start + length))
                    break
    return joined(text, found)
