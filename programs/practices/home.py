"""Practices on the home page: one line for who keeps them, what waits for who decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access.home_panels import Card, Need, Place, contribute
from culture.access.permissions import Permission, Persona, can, personas
from culture.people.models import Employee
from programs.practices import approving, figures, notes, switching
from programs.practices.models import Idea, Recovery

TOLD_FOR = dt.timedelta(days=7)


@contribute
def my_practices(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """One line and a button; what one owes a customer, and what was decided. Four queries, one where they are off."""
    if not can(user, Permission.DO_TRAINING):
        return
    today = figures.today_of(now)
    if not switching.keeps(user, today):
        return
    yield Card(
        "programs/practices/_home.html", {"written": notes.of_day(user, today), "wanted": notes.WANTED}, Place.SIDE, 15
    )
    mine = Recovery.objects.running().filter(employee=user)
    late, allowed = Q(due_at__lt=now), Q(state=Recovery.State.OPEN, decided_at__gte=now - TOLD_FOR)
    refused = Q(state=Recovery.State.REFUSED)
    for row in mine.filter(late | allowed | refused).order_by("due_at")[:3]:
        yield Need(_told(row, now), row.what[:120], reverse("practices:recovery", args=[row.pk]), _weight(row, now))
    decided = Idea.objects.filter(proposer=user, decided_at__gte=now - TOLD_FOR).order_by("-decided_at")
    for idea in decided.filter(state__in=[Idea.State.APPROVED, Idea.State.DECLINED])[:2]:
        told = (
            _("Your idea was approved: %(title)s")
            if idea.state == Idea.State.APPROVED
            else _("Your idea was declined: %(title)s")
        )
        yield Need(told % {"title": idea.title}, idea.reason, reverse("practices:idea", args=[idea.pk]), 15)


def _told(row: Recovery, now: dt.datetime) -> str:
    if row.state == Recovery.State.REFUSED:
        return _("Your amends were not allowed: offer something else")
    if row.due_at < now:
        return _("A customer still waits for amends")
    return _("Your amends were allowed: give them now")


def _weight(row: Recovery, now: dt.datetime) -> int:
    return 64 if row.due_at < now else 50


@contribute
def to_decide(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """What waits for a manager or for HR, and where a team's complaint is past due. Three queries."""
    leads, hr = Persona.MANAGER in personas(user), approving.is_hr(user)
    if not (leads or hr):
        return
    url = reverse("practices:team")
    if count := approving.recoveries(user).count():
        told = ngettext("%(n)s amends wait for your permission", "%(n)s amends wait for your permission", count)
        yield Need(told % {"n": count}, _("A customer waits with them"), url, 66)
    if count := approving.ideas(user).count():
        told = ngettext("%(n)s idea waits for your permission", "%(n)s ideas wait for your permission", count)
        yield Need(told % {"n": count}, _("Something memorable for customers"), url, 40)
    if leads and (count := approving.late(user, now).count()):
        told = ngettext("%(n)s complaint in your team is past due", "%(n)s complaints in your team are past due", count)
        yield Need(told % {"n": count}, _("Help to make it good"), url, 58)
