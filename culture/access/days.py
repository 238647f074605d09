"""Days as a language writes them: "22 Nov 2026" is 2026年11月22日 in Chinese, "22 nov 2026" in French.

Django translates the names in a pattern, not its order, and begins Italian and Romanian months with a capital, as at
the beginning of a sentence. Templates get ``date_text`` as their filter ``date`` (config.templatetags.dates).
"""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import date as plain
from django.utils.translation import get_language

# These write months small.
SMALL = {"it", "ro", "fr"}
DAY, TIME = "Y年n月j日", "H:i"
CHINESE = {
    "j F Y": DAY,
    "j M Y": DAY,
    "D j M Y": f"{DAY} l",
    "l, j F Y": f"{DAY} l",
    "j F": "n月j日",
    "j M": "n月j日",
    "D j M": "n月j日 l",
    "j F Y, H:i": f"{DAY} {TIME}",
    "j M Y, H:i": f"{DAY} {TIME}",
    "j M Y H:i": f"{DAY} {TIME}",
    "D j M Y, H:i": f"{DAY} l {TIME}",
    "D j M, H:i": f"n月j日 l {TIME}",
    "j M H:i": f"n月j日 {TIME}",
    "j F, H:i": f"n月j日 {TIME}",
    "F Y": "Y年n月",
    "M Y": "Y年n月",
    "M y": "Y年n月",
    "d M y": DAY,
}


def date_text(value: Any, pattern: str | None = None) -> str:
    """A date or moment by ``pattern`` (Django's letters or the name of a format; None: DATE_FORMAT), "" for none."""
    language = (get_language() or "").split("-")[0]
    if pattern in CHINESE and language == "zh":
        pattern = CHINESE[pattern]
    elif pattern in CHINESE and language in SMALL:
        pattern = pattern.replace("M", "b")
    text = plain(value, pattern)
    return text.lower() if language in ("it", "ro") and pattern != "c" else text
