"""Which languages the answering pages speak, and the labels of the scales in them."""

from __future__ import annotations

from collections.abc import Mapping

from surveys.answering.words import WORDS

LANGUAGES = {"en": "English", "it": "Italiano", "ro": "Română", "zh-hans": "简体中文", "fr": "Français"}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
ORDER = tuple(LANGUAGES)

AGREEMENT: Mapping[int, tuple[str, ...]] = {
    5: ("Strongly agree", "Pienamente d'accordo", "Total de acord", "非常同意", "Tout à fait d'accord"),
    4: ("Agree", "D'accordo", "De acord", "同意", "D'accord"),
    3: (
        "Neither agree nor disagree",
        "Né d'accordo né in disaccordo",
        "Nici acord, nici dezacord",
        "一般",
        "Ni d'accord ni pas d'accord",
    ),
    2: ("Disagree", "In disaccordo", "Dezacord", "不同意", "Pas d'accord"),
    1: ("Strongly disagree", "Per niente d'accordo", "Dezacord total", "非常不同意", "Pas du tout d'accord"),
}
OUTCOME: Mapping[int, tuple[str, ...]] = {
    5: ("Something great", "Qualcosa di splendido", "Ceva minunat", "非常好的事", "Quelque chose de formidable"),
    4: ("Something good", "Qualcosa di buono", "Ceva bun", "好的事", "Quelque chose de bien"),
    3: ("Nothing", "Niente", "Nimic", "什么也不说", "Rien"),
    2: ("Something bad", "Qualcosa di brutto", "Ceva rău", "不好的事", "Quelque chose de mauvais"),
    1: ("Something awful", "Qualcosa di pessimo", "Ceva groaznic", "很糟糕的事", "Quelque chose d'affreux"),
}


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


def scale(kind: str, language: str) -> list[tuple[int, str]]:
    """(value, label), the best first."""
    index = ORDER.index(language)
    labels = OUTCOME if kind == "outcome" else AGREEMENT
    return [(value, row[index]) for value, row in labels.items()]
