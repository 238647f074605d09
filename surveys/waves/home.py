"""Open waves on the home page of HR: what came back, and what closes soon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access.days import date_text
from culture.access.home_panels import Card, Need, contribute
from culture.access.permissions import Permission, can
from culture.people.models import Employee
from surveys.waves.models import Message, Wave

SOON = dt.timedelta(days=7)
BACK = (Message.State.FAILED, Message.State.BOUNCED)


@contribute
def waves(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """Two queries. Nothing here says who has answered."""
    if not can(user, Permission.MANAGE_SURVEYS):
        return
    today = timezone.localdate(now)
    open_ = list(Wave.objects.filter(state=Wave.State.OPEN).select_related("series").defer("snapshot"))
    if not open_:
        return
    rows = Message.objects.filter(invitation__wave__in=open_, state__in=BACK).order_by()
    back = dict(rows.values_list("invitation__wave").annotate(Count("pk")))
    for wave in sorted(open_, key=lambda one: (one.closes_on, one.pk)):
        url = reverse("waves:detail", args=[wave.pk])
        name = _("%(name)s, wave %(n)s") % {"name": wave.series.name, "n": wave.number}
        if count := back.get(wave.pk, 0):
            told = ngettext("%(n)s invitation came back", "%(n)s invitations came back", count) % {"n": count}
            yield Need(told, _("%(wave)s: addresses to fix in People") % {"wave": name}, url, 70)
        if today <= wave.closes_on <= today + SOON:
            day = date_text(wave.closes_on, "j F")
            yield Need(
                _("%(wave)s closes on %(day)s") % {"wave": name, "day": day},
                _("Look at how many have answered, and at the reminders"),
                url,
                60,
            )
