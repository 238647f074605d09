"""How a comment's text is shown: masked stretches marked, line breaks kept, everything else escaped; and the cards of a
group's comments."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from surveys.results import comments, sharing
from surveys.results.comment_release import CORRECTED
from surveys.results.masking import MASK
from surveys.waves.models import Wave

register = template.Library()
MASKS = re.compile(f"({re.escape(escape(MASK))}|{re.escape(escape(CORRECTED))})")


@register.filter(needs_autoescape=False)
def masked(text: str) -> SafeString:
    """The text as HTML."""
    safe = MASKS.sub(lambda match: f'<mark class="masked">{_words(match.group())}</mark>', conditional_escape(text))
    return mark_safe("<br>".join(safe.splitlines()))  # noqa: S308 - escaped above


def _words(mask: str) -> str:
    return str(escape(_("[name]"))) if mask == escape(MASK) else mask


@register.inclusion_tag("surveys/results/comments_here.html", takes_context=True)
def unit_comments(context: dict[str, Any], wave: Wave, unit: int) -> dict[str, Any]:
    """The first comments at a group, as far as the reader may read them, and the way to the others."""
    said = comments.of_unit(wave, context["request"].user, unit, release=context.get("release"))
    return {"wave": wave, "unit": unit, "said": said}


@register.inclusion_tag("surveys/results/sharing_news.html", takes_context=True)
def results_shared(context: dict[str, Any]) -> dict[str, Any]:
    """The waves whose results came to be shared with the reader lately; else the way to those shared before."""
    found = sharing.latest_for(context["request"].user)
    return {"news": sharing.news_of(found, context["request"].user)[:3], "older": bool(found)}
