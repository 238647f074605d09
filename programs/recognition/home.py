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
from programs.recognition import decisions, giving, moderating, post_moderating, suggesting
from programs.recognition.models import Kudos, KudosReceiver
from programs.recognition.post_models import ThanksNotice
from programs.recognition.reward_models import Redemption

SINCE = dt.timedelta(days=90)
TOLD_FOR = dt.timedelta(days=14)
MOST = 2
MOST_NEAR = 3
State = Redemption.State


@contribute
def thanks(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """The newest thanks one received, and whom one may want to thank; what HR decided. Seven queries."""
    if not can(user, Permission.GIVE_KUDOS):
        return
    mine = KudosReceiver.objects.filter(receiver=user, kudos__at__gte=now - SINCE, kudos__hidden_at=None)
    mine = mine.exclude(kudos__state=Kudos.State.WITHDRAWN)
    receipts = list(mine.select_related("kudos__giver", "kudos__behaviour").order_by("-kudos_id")[: MOST + 1])
    count = mine.count() if len(receipts) > MOST else len(receipts)
    near = suggesting.suggestions(user, giving.day_of(user, now), MOST_NEAR)
    told = {"rows": [one.kudos for one in receipts[:MOST]], "count": count, "near": near}
    yield Card("programs/recognition/_home_thanks.html", told, Place.SIDE, 20)
    yield from _decided(user, now)


def _decided(user: Employee, now: dt.datetime) -> Iterator[Need]:
    """For two weeks, or until the page is opened: what HR decided on what is his, or on what he reported. One query."""
    lines = {
        ThanksNotice.Kind.HIDDEN: _("HR has hidden thanks of yours from others"),
        ThanksNotice.Kind.SHOWN: _("HR shows thanks of yours to others again"),
        ThanksNotice.Kind.REPORT_HIDDEN: _("HR has hidden what you reported"),
        ThanksNotice.Kind.REPORT_KEPT: _("HR has looked at what you reported and left it"),
    }
    for one in decisions.unseen(user, now - TOLD_FOR):
        title = lines[ThanksNotice.Kind(one.kind)]
        if one.post_id is not None and one.kind == ThanksNotice.Kind.HIDDEN:
            title = _("HR has hidden news about you from others")
        elif one.post_id is not None and one.kind == ThanksNotice.Kind.SHOWN:
            title = _("HR shows news about you to others again")
        yield Need(title, _("Read the reason"), reverse("recognition:decisions"), 25)


@contribute
def reported(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """Two queries, for HR."""
    if not can(user, Permission.MANAGE_RECOGNITION):
        return
    url = reverse("recognition:reports")
    if count := moderating.waiting(user).count():
        told = ngettext("%(n)s reported thank-you waits for you", "%(n)s reported thank-yous wait for you", count)
        yield Need(told % {"n": count}, _("Somebody asks HR to look at it"), url, 60)
    if count := post_moderating.waiting(user).count():
        told = ngettext(
            "%(n)s reported piece of news waits for you", "%(n)s reported pieces of news wait for you", count
        )
        yield Need(told % {"n": count}, _("Somebody asks HR to look at it"), url, 60)


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
