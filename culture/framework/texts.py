"""Text kept in several languages: ``{"en": "…", "it": "…"}`` with a fallback chain."""

from collections.abc import Mapping

from django.utils.translation import get_language

from culture.access import organisation

FALLBACK = "en"


def pick(texts: Mapping[str, str], language: str | None = None) -> str:
    """The text in ``language`` (default: the active one), else in the organisation's, in English, in any, else ''."""
    wanted = (language or get_language() or FALLBACK).lower()
    if texts.get(wanted):
        return texts[wanted]
    for code in (wanted.split("-")[0], organisation.current().language, FALLBACK):
        if texts.get(code):
            return texts[code]
    return next((text for text in texts.values() if text), "")
