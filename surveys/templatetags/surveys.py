"""What the start pages show of the surveys that wait for their reader."""

from __future__ import annotations

from typing import Any

from django import template

from culture.people.models import Employee
from surveys.answering import mine

register = template.Library()


@register.inclusion_tag("surveys/answering/_waiting.html", takes_context=True)
def surveys_waiting(context: dict[str, Any]) -> dict[str, Any]:
    """A line for each survey the reader is asked in and has not answered; nothing if there is none."""
    return _waiting(context)


@register.inclusion_tag("surveys/answering/_waiting.html", takes_context=True)
def surveys_waiting_on(context: dict[str, Any], *names: str) -> dict[str, Any]:
    """As :func:`surveys_waiting`, on the pages with these names (those somebody lands on after signing in) alone."""
    match = getattr(context.get("request"), "resolver_match", None)
    return _waiting(context) if match and match.view_name in names else {}


def _waiting(context: dict[str, Any]) -> dict[str, Any]:
    user = context["request"].user
    found = [one for one in mine.of(user) if one.waits] if isinstance(user, Employee) else []
    return {"waiting": found, "csrf_token": context.get("csrf_token")}
