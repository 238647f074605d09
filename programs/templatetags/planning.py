"""What one has promised to do, for the pages where somebody's day begins."""

from __future__ import annotations

from typing import Any

from django import template

from culture.access import clock
from programs.planning import actions
from programs.planning.action_models import Action

register = template.Library()
MOST = 4


@register.inclusion_tag("programs/planning/_mine.html", takes_context=True)
def my_actions(context: template.Context) -> dict[str, Any]:
    """The reader's own actions that are overdue or due soon; nothing when there are none. One query."""
    today = clock.today()
    mine = Action.objects.filter(owner=context["request"].user, state=Action.State.OPEN)
    rows = mine.filter(due_on__lte=today + actions.SOON).select_related("unit", "promised_to")
    return {"rows": list(rows.order_by("due_on", "pk")[:MOST]), "today": today}
