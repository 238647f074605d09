"""Which languages the answering pages speak."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from culture.access import organisation
from surveys.answering.words import WORDS

LANGUAGES = {"en": "English", "it": "Italiano", "ro": "Română", "zh-hans": "简体中文", "fr": "Français"}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
ORDER = tuple(LANGUAGES)


def pseudo() -> Mapping[str, str]:
    """Made-up languages by code, for tests of pages in scripts we have no words in: English, marked."""
    return getattr(settings, "PSEUDO_LANGUAGES", {})


def offered() -> dict[str, str]:
    """Every language by its own name."""
    return {**LANGUAGES, **pseudo()}


def known(language: str | None) -> str:
    """One of ours, or '': ``it-IT`` is ``it``, ``zh`` and ``zh-CN`` are ``zh-hans``."""
    wanted = (language or "").lower().replace("_", "-")
    if wanted in LANGUAGES or wanted in pseudo():
        return wanted
    start = wanted.split("-")[0]
    return "zh-hans" if start == "zh" else start if start in LANGUAGES else ""


def spoken(language: str) -> str:
    """The language whose words and dates a page in ``language`` has."""
    return language if language in LANGUAGES else "en"


def direction(language: str) -> str:
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def words(language: str) -> Mapping[str, str]:
    """All words in one language; not to be changed."""
    if language in LANGUAGES:
        return _words(language)
    return {key: f"⟦{word}⟧" for key, word in _words("en").items()}


@functools.cache
def _words(language: str) -> Mapping[str, str]:
    index = ORDER.index(language)
    found = {key: row[index] for key, row in WORDS.items()}
    if language != "fr":
        return found
    # French quotation marks never stand alone at the end of a line.
    return {key: word.replace("« ", "«\u00a0").replace(" »", "\u00a0»") for key, word in found.items()}


def languages_of(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """In which of ours a questionnaire has at least one question; of a questionnaire without words, all."""
    there = {language for item in items for language, text in (item.get("text") or {}).items() if text}
    return [code for code in offered() if code in there or code in pseudo()] or list(LANGUAGES)


def menu(items: Iterable[Mapping[str, Any]], current: str) -> dict[str, str]:
    """What the language menu offers: what the questionnaire has, and what is spoken now."""
    has = languages_of(items)
    return {code: name for code, name in offered().items() if code in has or code == current}


def first_of(has: Sequence[str], request: HttpRequest, *wishes: str | None) -> str:
    """The language asked for in the address, else the first of ``wishes`` (draft, person), the browser's and the
    organisation's that the questionnaire has; '' if it has none of them."""
    if asked := known(request.GET.get("lang")):
        return asked
    for wish in (*wishes, get_language(), organisation.current().language):
        if (language := known(wish)) in has:
            return language
    return has[0] if has else ""
