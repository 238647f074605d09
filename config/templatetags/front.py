"""What the pages where somebody begins, and which are no home page, show of it."""

from __future__ import annotations

from typing import Any

from django import template

from culture.access import clock
from culture.framework import charter
from culture.people.models import Employee

register = template.Library()


@register.inclusion_tag("ui/charter_hint.html", takes_context=True)
def charter_hint_on(context: dict[str, Any], *names: str) -> dict[str, Any]:
    """A line while the reader has not said that he read the charter, on the pages with these names alone."""
    request = context.get("request")
    match, user = getattr(request, "resolver_match", None), getattr(request, "user", None)
    if not match or match.view_name not in names or not isinstance(user, Employee):
        return {}
    return {"version": charter.to_acknowledge(user, clock.today())}
