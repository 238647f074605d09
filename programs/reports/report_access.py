"""Who may read which report: of the whole program whoever sees its scorecard, of a unit whoever sees its results.

A published report is shown as long as every wave it tells of is shared with the reader: what HR takes back is taken
back here, too (HR keeps it). What was not shared with its audience when it was made is not in it. As on the pages of
results, somebody reads a unit as a leader where he holds a leader's role, else as its manager: what was taken back from
managers is not opened by a role held elsewhere.

A unit's report tells of the unit as it was: whoever leads it today reads also what lay in it then and was moved since.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from culture.access import reach
from culture.access.permissions import Permission, can, sees_everything, visible_units
from culture.people.models import Employee, Unit
from programs.planning.models import Program
from programs.reports.report_models import PublishedReport
from surveys.results import sharing
from surveys.waves.models import Wave


def may_see_whole(user: Employee) -> bool:
    return sees_everything(user, Permission.SEE_SCORECARD)


def may_publish(user: Employee) -> bool:
    """Whoever answers for programs of the whole organisation."""
    return sees_everything(user, Permission.MANAGE_PROGRAMS) and may_see_whole(user)


def may_manage(user: Employee) -> bool:
    """Templates, others' subscriptions, problems: HR."""
    return may_publish(user) and sees_everything(user, Permission.MANAGE_SURVEYS)


def may_enter(user: Employee) -> bool:
    return can(user, Permission.SEE_RESULTS)


def may_read(user: Employee, unit: Unit | int | None) -> bool:
    """Whether ``user`` may read reports of the whole program (None) or of ``unit`` at all."""
    return may_see_whole(user) if unit is None else can(user, Permission.SEE_RESULTS, unit)


def units(user: Employee) -> QuerySet[Unit]:
    """Those of which ``user`` may read reports."""
    return visible_units(user, Permission.SEE_RESULTS)


def programs() -> QuerySet[Program]:
    return Program.objects.launched().select_related("series").order_by("-starts_on", "name")


def readable(user: Employee) -> QuerySet[PublishedReport]:
    """The published reports ``user`` may open today."""
    mine = Q(unit__in=units(user).order_by().values("pk"))
    if may_see_whole(user):
        mine |= Q(unit__isnull=True)
    found = PublishedReport.objects.filter(mine)
    stand = sharing.standing(user)
    if stand.hr:
        return found
    of_all = _told_within(sharing.shared_with(user))
    if sharing.LEADERS in stand.everywhere:
        return found.filter(of_all)
    led = Q(unit__in=reach.below(stand.roots.get(sharing.LEADERS, frozenset())).order_by().values("pk"))
    as_leader, as_manager = (_told_within(sharing.reached(name)) for name in (sharing.LEADERS, sharing.MANAGERS))
    return found.filter(Q(unit__isnull=True) & of_all | led & as_leader | Q(unit__isnull=False) & ~led & as_manager)


def _told_within(waves: Q) -> Q:
    """Of published reports: those that tell of no other released waves. One query."""
    known = Wave.objects.filter(waves, state=Wave.State.RELEASED).order_by()
    return Q(waves__contained_by=list(known.values_list("pk", flat=True)))
