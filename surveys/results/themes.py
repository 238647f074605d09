"""What a comment is about, by its words; and its words as searching compares them. Pure, local, always the same.

No text leaves the server and nothing learns from any: a comment belongs to the themes whose words it has (see
theme_words). One with no such word belongs to none.

A theme says nothing of anybody that the comments themselves do not: it is counted only over comments the reader may
read, each in its one home (comments.py).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from surveys.results.theme_words import CHINESE, LATIN

THEMES: Mapping[str, object] = {
    "waiting": _("Waiting and speed"),
    "tone": _("Tone and courtesy"),
    "willingness": _("Wanting: care and initiative"),
    "information": _("Knowing: answers and information"),
    "permission": _("Being able: rules and permission"),
    "training": _("Training"),
    "tools": _("Tools and systems"),
    "workload": _("Workload and staff"),
    "together": _("Working together"),
    "leadership": _("Leadership and trust"),
    "thanks": _("Thanks and praise"),
}
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """The words in small letters without accents, one space before and after each; Chinese signs stay together."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = NOT_WORD.sub(" ", plain).strip()
    return f" {words} " if words else ""


def of(folded: str) -> list[str]:
    """The themes of a folded text, in the order of ``THEMES``."""
    found = {name for name, pattern in _latin().items() if pattern.search(folded)}
    if HAN.search(folded):
        found |= {name for name, words in CHINESE.items() if any(word in folded for word in words.split("|"))}
    return [name for name in THEMES if name in found]


@functools.cache
def _latin() -> dict[str, re.Pattern[str]]:
    return {name: _pattern(words) for name, words in LATIN.items()}


def _pattern(words: str) -> re.Pattern[str]:
    """Words, or beginnings of words, as folded text has them: each stands behind a space."""
    parts = [part.lstrip() for line in words.strip().splitlines() for part in line.strip(" |\n").split("|")]
    ends = {part: " " if part.endswith(" ") else "" for part in parts}
    return re.compile("|".join(f" {re.escape(fold(part).strip())}{end}" for part, end in ends.items()))


def wanted(query: str) -> list[str]:
    """What a search for words looks for in folded text: each must be there. Latin words by their beginning."""
    return [word if HAN.search(word) else f" {word}" for word in fold(query).split()]


def wanted_exactly(query: str) -> str:
    """What a search for a phrase looks for: these whole words, one after the other; '' where there are none."""
    folded = fold(query)
    return folded.strip() if HAN.search(folded) else folded
