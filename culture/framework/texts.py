"""Text kept in several languages: ``{"en": "…", "it": "…"}`` with a fallback chain."""

from collections.abc import Mapping

from django.utils.translation import get_language

FALLBACK = "en"


def pick(texts: Mapping[str, str], language: str | None = None) -> str:
    """The text in ``language`` (default: the active one), else English, else any there is, else ''."""
    wanted = (language or get_language() or FALLBACK).lower()
    for code in (wanted, wanted.split("-")[0], FALLBACK):
        if texts.get(code):
            return texts[code]
    return next((text for text in texts.values() if text), "")
