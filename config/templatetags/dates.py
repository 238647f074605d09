"""The filter ``date`` in the order a language expects: "22 Nov 2026" is 2026年11月22日 in Chinese, not "22 11月 2026".

Replaces Django's in every template (settings.TEMPLATES, builtins); its named formats (DATE_FORMAT …) know that already.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.defaultfilters import date as plain
from django.utils.translation import get_language

register = template.Library()
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
    if arg and (get_language() or "").startswith("zh"):
        arg = CHINESE.get(arg, arg)
    return plain(value, arg)
