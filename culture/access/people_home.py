"""Who came lately, on the home page of whoever looks after people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access.home_panels import Card, Need, contribute
from culture.access.permissions import Permission, can, sees_everything, visible_units
from culture.people.models import Employee

LATELY = dt.timedelta(days=7)


@contribute
def joiners(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """One query."""
    if not can(user, Permission.MANAGE_PEOPLE):
        return
    today = timezone.localdate(now)
    came = Employee.objects.here(today).filter(hired_on__gt=today - LATELY)
    if not sees_everything(user, Permission.MANAGE_PEOPLE):
        came = came.filter(unit__in=visible_units(user, Permission.MANAGE_PEOPLE))
    count = came.count()
    if count:
        told = ngettext("%(n)s person joined in the last 7 days", "%(n)s people joined in the last 7 days", count)
        text = _("They enter their unit's cohort and paths by themselves")
        yield Need(told % {"n": count}, text, reverse("people:employees"), 20)
