"""The filter ``date`` as a language writes days: "22 Nov 2026" is 2026年11月22日 in Chinese, "22 nov 2026" in French.

Replaces Django's in every template (settings.TEMPLATES, builtins); its named formats (DATE_FORMAT …) know that already.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.defaultfilters import date as plain
from django.utils.translation import get_language

register = template.Library()
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
}


@register.filter(expects_localtime=True, is_safe=False)
def date(value: Any, arg: str | None = None) -> str:
    language = (get_language() or "").split("-")[0]
    if arg in CHINESE and language == "zh":
        arg = CHINESE[arg]
    elif arg in CHINESE and language in SMALL:
        arg = arg.replace("M", "b")
    text = plain(value, arg)
    # Django writes their months and weekdays with a capital, as at the beginning of a sentence.
    return text.lower() if language in ("it", "ro") and arg != "c" else text
