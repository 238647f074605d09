"""Which languages the answering pages speak."""

from __future__ import annotations

from surveys.answering.words import WORDS

LANGUAGES = {"en": "English", "it": "Italiano", "ro": "Română", "zh-hans": "简体中文", "fr": "Français"}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
ORDER = tuple(LANGUAGES)


def known(language: str | None) -> str:
    """One of ours, or '': ``it-IT`` is ``it``, ``zh`` and ``zh-CN`` are ``zh-hans``."""
    wanted = (language or "").lower().replace("_", "-")
    if wanted in LANGUAGES:
        return wanted
    start = wanted.split("-")[0]
    return "zh-hans" if start == "zh" else start if start in LANGUAGES else ""


def words(language: str) -> dict[str, str]:
    """All words in one language."""
    index = ORDER.index(language)
    return {key: row[index] for key, row in WORDS.items()}
