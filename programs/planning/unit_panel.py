"""What a unit plans and what is late, on the unit's own page, for who plans for it."""

from __future__ import annotations

from culture.access import clock
from culture.access.permissions import Permission, can
from culture.people import panels
from culture.people.models import Employee, Unit
from culture.people.panels import Panel
from culture.people.units import descendants
from programs.planning import actions, judging
from programs.planning.action_models import Action

MOST = 5


@panels.contribute
def planned(unit: Unit, user: Employee) -> Panel | None:
    """Open actions of the unit with everything below, the most overdue first. Three queries."""
    if not can(user, Permission.PLAN_ACTIONS, unit):
        return None
    today = clock.today()
    rows = Action.objects.filter(
        actions.among(Unit.objects.filter(pk__in=descendants([unit.pk])), "unit"), state=Action.State.OPEN
    )
    found = list(rows.select_related("unit", "promised_to", "owner").order_by("due_on", "pk")[: MOST + 1])
    late = [one for one in found if one.due_on < today]
    context = {
        "rows": found[:MOST],
        "more": len(found) > MOST,
        "late": actions.overdue(rows, today).count() if len(late) > MOST else len(late),
        "today": today,
        "unit": unit,
    }
    return Panel("programs/planning/_unit.html", context)


@panels.contribute
def promised(unit: Unit, user: Employee) -> Panel | None:
    """What the unit promised others, and whether they say it was kept: for who plans for it or sees its results."""
    if not (can(user, Permission.PLAN_ACTIONS, unit) or can(user, Permission.SEE_RESULTS, unit)):
        return None
    rows = judging.of_unit(unit, clock.today())
    if not rows:
        return None
    judged = judging.of(user, rows)
    told = [{"action": row, "judged": judged.get(row.pk)} for row in rows]
    return Panel("programs/planning/_unit_promises.html", {"rows": told, "unit": unit})
