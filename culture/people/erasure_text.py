"""Finding and covering somebody's name, number and address in running text. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

# Scripts without spaces between words: a word boundary would hide every name in them.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
SHORTEST_NAME = 5
SHORTEST_UNSPACED = 2
SHORTEST_NUMBER = 5


def names_of(given: str, family: str) -> list[str]:
    """The full name in every order people write it. A single name is never searched: too many share it."""
    given, family = given.strip(), family.strip()
    if not given or not family:
        return []
    found = [f"{given} {family}", f"{family} {given}", f"{family}, {given}"]
    if UNSPACED.search(given + family):
        found += [family + given, given + family]
    return [name for name in dict.fromkeys(found) if _long_enough(name)]


def _long_enough(name: str) -> bool:
    return len(name) >= (SHORTEST_UNSPACED if UNSPACED.search(name) else SHORTEST_NAME)


def needles(*, number: str, email: str | None, names: Iterable[str]) -> list[str]:
    """What to look for, longest first. A short number is left out: it would be found in dates and amounts."""
    found = list(names)
    if email:
        found.append(email)
    if len(number) >= SHORTEST_NUMBER:
        found.append(number)
    return sorted(dict.fromkeys(found), key=len, reverse=True)


def pattern(wanted: Iterable[str]) -> re.Pattern[str] | None:
    """Matches any of ``wanted`` as whole words, in any case; None when there is nothing to look for."""
    parts = []
    for needle in wanted:
        words = r"\s+".join(re.escape(part) for part in needle.split())
        if UNSPACED.search(needle):
            parts.append(words)
        elif "@" in needle:
            parts.append(rf"(?<![\w.+-]){words}(?!-?\w|\.\w)")
        else:
            parts.append(rf"(?<!\w){words}(?!\w)")
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def cover(value: Any, found: re.Pattern[str], instead: str) -> Any:
    """``value`` (text, or JSON of any depth) with every match replaced, in keys of objects, too."""
    if isinstance(value, str):
        return found.sub(lambda _match: instead, value)
    if isinstance(value, list | tuple):
        return [cover(item, found, instead) for item in value]
    if isinstance(value, dict):
        return {cover(key, found, instead): cover(item, found, instead) for key, item in value.items()}
    return value
