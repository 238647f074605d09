"""Released cells in templates: scores, hidden cells with their way to why, spreads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from culture.access.permissions import Permission, can
from surveys.results import cell_html

register = template.Library()


@register.simple_tag
def released_score(
    cell: Mapping[str, Any] | None, label: str = "", why: str = "", slim: bool = False, plain: bool = False
) -> SafeString:
    """One ``td``: a score with its colour, hidden (a link to ``why``), or not asked."""
    return cell_html.score(cell, label=label, why=why, slim=bool(slim), plain=bool(plain))


@register.simple_tag
def released_hidden(label: str = "", why: str = "", colspan: int = 1, slim: bool = False) -> SafeString:
    """One ``td`` that is hidden for privacy."""
    return cell_html.hidden(label, why, colspan=int(colspan), slim=bool(slim))


@register.simple_tag
def why_hidden(wave: int, family: str, unit: int, measure: str, other: int | None = None) -> str:
    """The address that explains a hidden cell."""
    return cell_html.why_address(wave, family, unit, measure, other)


@register.simple_tag(takes_context=True)
def sees_cuts(context: dict[str, Any]) -> bool:
    """Whether the categories of everybody are for this reader: not for plain employees a wave is shared with."""
    return can(context["request"].user, Permission.SEE_RESULTS)


@register.simple_tag
def spread_bar(dist: list[int] | None) -> SafeString:
    return cell_html.spread_bar(dist)
