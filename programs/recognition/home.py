"""Thanks one received, and what waits for HR (rewards, reported thanks), on the home page."""

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
from programs.recognition import giving, moderating, suggesting
from programs.recognition.feed_models import KudosModeration
from programs.recognition.models import Kudos, KudosReceiver
from programs.recognition.reward_models import Redemption

SINCE = dt.timedelta(days=90)
TOLD_FOR = dt.timedelta(days=14)
MOST = 2
MOST_NEAR = 3
State = Redemption.State


@contribute
def thanks(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """The newest thanks one received, and whom one may want to thank; what HR hid of one's own. Seven queries."""
    if not can(user, Permission.GIVE_KUDOS):
        return
    mine = KudosReceiver.objects.filter(receiver=user, kudos__at__gte=now - SINCE, kudos__hidden_at=None)
    mine = mine.exclude(kudos__state=Kudos.State.WITHDRAWN)
    receipts = list(mine.select_related("kudos__giver", "kudos__behaviour").order_by("-kudos_id")[: MOST + 1])
    count = mine.count() if len(receipts) > MOST else len(receipts)
    near = suggesting.suggestions(user, giving.day_of(user, now), MOST_NEAR)
    told = {"rows": [one.kudos for one in receipts[:MOST]], "count": count, "near": near}
    yield Card("programs/recognition/_home_thanks.html", told, Place.SIDE, 20)
    yield from _hidden(user, now)


def _hidden(user: Employee, now: dt.datetime) -> Iterator[Need]:
    """For two weeks: giver and receivers learn that HR hid thanks of theirs, and where they read why."""
    lately = KudosModeration.objects.filter(act=KudosModeration.Act.HIDE, at__gte=now - TOLD_FOR)
    own = Q(kudos__giver=user) | Q(kudos__receipts__receiver=user)
    rows = lately.filter(own, kudos__hidden_at__isnull=False).order_by("-at")
    found = rows.values_list("reason", "kudos__giver").first()
    if found is None:
        return
    reason, giver = found
    url = reverse("recognition:received") + ("?show=given" if giver == user.pk else "")
    yield Need(_("HR has hidden thanks of yours from others"), reason, url, 25)


@contribute
def reported(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """One query, for HR."""
    if not can(user, Permission.MANAGE_RECOGNITION):
        return
    if count := moderating.waiting(user).count():
        told = ngettext("%(n)s reported thank-you waits for you", "%(n)s reported thank-yous wait for you", count)
        yield Need(told % {"n": count}, _("Somebody asks HR to look at it"), reverse("recognition:reports"), 60)


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
