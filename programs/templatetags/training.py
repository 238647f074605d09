"""What pages of other rooms show of training, and languages by their own names."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from culture.people.models import Employee
from programs.training import languages, refreshing, self_views

register = template.Library()


@register.filter
def own_name(code: str) -> str:
    """A language by its own name: ``it`` → Italiano."""
    return languages.name(code)


@register.inclusion_tag("programs/training/_refreshers.html", takes_context=True)
def refreshers_waiting(context: dict[str, Any]) -> dict[str, Any]:
    """A line for each refresher that waits for the reader; nothing if there is none."""
    user = context["request"].user
    found = refreshing.waiting(user, timezone.localdate()) if isinstance(user, Employee) else []
    return {"waiting": found}


@register.inclusion_tag("programs/training/_shared_views.html", takes_context=True)
def shared_views(context: dict[str, Any], person: Employee) -> dict[str, Any]:
    """How ``person`` sees himself, as far as he shares it with the reader; nothing if he does not."""
    user = context["request"].user
    return {"rows": self_views.shared(user, person) if isinstance(user, Employee) else [], "person": person}
