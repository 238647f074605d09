"""The signs others leave at thanks and news, drawn at once: three at each of twenty were most of a page's work."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

register = template.Library()
ICONS = {"clap": "thumbs-up", "heart": "heart"}
Sign = tuple[str, str, int, bool]


@functools.cache
def _icon(kind: str) -> str:
    return str(
        lucide(ICONS.get(kind, "sprout"), size=16, **{"class": "icon", "focusable": "false", "aria-hidden": "true"})
    )


@register.simple_tag(takes_context=True)
def signs(context: dict[str, Any], found: Iterable[Sign], url: str, own: bool = False) -> SafeString:
    """``found``: (kind, word, count, whether the reader's). ``own``: nobody signs what is his own, he sees the counts.

    Otherwise one form with a button for each, that posts ``kind`` to ``url``.
    """
    if own:
        return _marked(f'<span class="reaction">{_inside(*one[:3])}</span>' for one in found if one[2])
    token, back = escape(context.get("csrf_token", "")), escape(context.get("back", ""))
    buttons = "".join(
        f'<button class="reaction" name="kind" value="{escape(one[0])}" aria-pressed="{"true" if one[3] else "false"}">'
        f"{_inside(*one[:3])}</button>"
        for one in found
    )
    return _marked(
        [
            f'<form class="kudos-signs" method="post" action="{escape(url)}">',
            f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">',
            f'<input type="hidden" name="back" value="{back}">{buttons}</form>',
        ]
    )


def _inside(kind: str, word: str, count: int) -> str:
    many = f' <strong class="num">{intcomma(count)}</strong>' if count else ""
    return f"{_icon(kind)}<span>{escape(word)}</span>{many}"


def _marked(parts: Iterable[str]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped above
