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
    user = context["request"].user
    found = [one for one in mine.of(user) if one.waits] if isinstance(user, Employee) else []
    return {"waiting": found, "csrf_token": context.get("csrf_token")}
