"""What recognition puts on a manager's home page of his own people, and on HR's where a web hook has stopped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access.home_panels import Card, Need, Place, contribute
from culture.access.permissions import Permission, Persona, can, personas
from culture.people.models import Employee
from programs.recognition import redeeming, team
from programs.recognition.hook_models import Hook

NAMED = 3


@contribute
def my_people(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """For who leads somebody: rewards to approve, and whom nobody has thanked for long. Two queries."""
    if Persona.MANAGER not in personas(user):
        return
    url = reverse("recognition:team")
    if waiting := redeeming.waits_for(user).count():
        told = ngettext("%(n)s of your people redeemed a reward", "%(n)s rewards of your people wait", waiting)
        yield Need(told % {"n": waiting}, _("You approve it"), url, 62)
    found = list(team.not_thanked(user, now)[: NAMED + 1])
    if found:
        context = {"people": found[:NAMED], "more": len(found) > NAMED}
        yield Card("programs/recognition/_home_team.html", context, Place.SIDE, 35)


@contribute
def stopped_hooks(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """One query, for HR."""
    if not can(user, Permission.MANAGE_RECOGNITION):
        return
    for hook in Hook.objects.exclude(disabled_at=None).filter(failures__gt=0)[:3]:
        told = _("The web hook “%(name)s” has stopped") % {"name": hook.name}
        yield Need(told, hook.problem, reverse("recognition:hook", args=[hook.pk]), 55)
