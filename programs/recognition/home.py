"""Thanks one received, and rewards that wait for HR, on the home page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access.home_panels import Card, Need, Place, contribute
from culture.access.permissions import Permission, can
from culture.people.models import Employee
from programs.recognition import queries
from programs.recognition.reward_models import Redemption

SINCE = dt.timedelta(days=90)
MOST = 2
State = Redemption.State


@contribute
def thanks(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """The newest thanks one received; three queries."""
    if not can(user, Permission.GIVE_KUDOS):
        return
    mine = queries.received(user).filter(at__gte=now - SINCE).order_by("-at", "-pk")
    found = list(mine[: MOST + 1])
    count = mine.count() if len(found) > MOST else len(found)
    yield Card("programs/recognition/_home_thanks.html", {"rows": found[:MOST], "count": count}, Place.SIDE, 20)


@contribute
def rewards(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """One query, for HR."""
    if not can(user, Permission.MANAGE_RECOGNITION):
        return
    waits, hand = Q(state=State.RESERVED), Q(state=State.TO_FULFIL)
    found = Redemption.objects.filter(waits | hand).aggregate(
        waiting=Count("pk", waits), points=Sum("price", filter=waits), handing=Count("pk", hand)
    )
    url = reverse("recognition:desk")
    if count := found["waiting"]:
        told = ngettext("%(n)s reward request waits for approval", "%(n)s reward requests wait for approval", count)
        points = number_format(found["points"], force_grouping=True)
        yield Need(told % {"n": count}, _("%(points)s points in all") % {"points": points}, url, 65)
    if count := found["handing"]:
        told = ngettext("%(n)s reward is to be handed over", "%(n)s rewards are to be handed over", count)
        yield Need(told % {"n": count}, _("Approved, and not handed over yet"), f"{url}?show=handing", 35)
