"""On the home page: what waits for one's vote or decision, awards open for nominations, what HR has to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access import clock
from culture.access.days import date_text
from culture.access.home_panels import Card, Need, contribute
from culture.access.permissions import Permission, can
from culture.people.models import Employee
from programs.recognition.award_models import Award, AwardCandidate, AwardJuror, AwardRound, AwardVote
from programs.recognition.milestone_models import TeamProposal

State = AwardRound.State


@contribute
def awards(user: Employee, now: dt.datetime) -> Iterator[Need | Card]:
    """One query for everybody, one more for who may have to judge."""
    if not can(user, Permission.GIVE_KUDOS):
        return
    running = list(
        AwardRound.objects.filter(state__in=AwardRound.RUNNING)
        .select_related("award")
        .annotate(sits=Count("award__jury", Q(award__jury__employee=user)))
        .order_by("decide_by", "pk")
    )
    yield from _judging(user, running)
    if can(user, Permission.MANAGE_RECOGNITION):
        yield from _desk(running, timezone.localdate(now, clock.zone()))


def _judging(user: Employee, running: Sequence[AwardRound]) -> Iterator[Need]:
    votes = [one for one in running if one.state == State.VOTING and one.sits]  # type: ignore[attr-defined]
    if votes:
        voted = AwardCandidate.objects.filter(round__in=votes, votes__juror=user).values_list("round", flat=True)
        done = set(voted)
        for one in votes:
            if one.pk not in done:
                title = _("Vote: %(award)s") % {"award": one.award.label}
                text = _("The jury decides by %(day)s") % {"day": date_text(one.decide_by, "j F")}
                yield Need(title, text, reverse("recognition:award_ballot", args=[one.pk]), 62)
    decides = [one for one in running if one.state == State.VOTING and one.award.decides == Award.Decides.MANAGER]
    if decides:
        mine = AwardCandidate.objects.filter(
            round__in=decides, employee__manager=user, state__in=AwardCandidate.OPEN
        ).count()
        if mine:
            told = ngettext(
                "%(n)s nomination in your team waits for your decision",
                "%(n)s nominations in your team wait for your decision",
                mine,
            )
            text = _("By %(day)s") % {"day": date_text(decides[0].decide_by, "j F")}
            yield Need(told % {"n": mine}, text, reverse("recognition:award_jury"), 62)


def _juries_that_lost_somebody(running: Sequence[AwardRound], today: dt.date) -> set[int]:
    """Running rounds of which a juror who has not voted has left the company. One query, where a jury judges."""
    judged = [one.pk for one in running if one.award.decides == Award.Decides.JURY]
    if not judged:
        return set()
    left = Q(employee__is_active=False) | Q(employee__left_on__lt=today)
    voted = AwardVote.objects.filter(candidate__round=OuterRef("round"), juror=OuterRef("employee"))
    seats = AwardJuror.objects.filter(left).annotate(round=F("award__rounds")).filter(round__in=judged)
    return set(seats.exclude(Exists(voted)).order_by().values_list("round", flat=True))


def _desk(running: Sequence[AwardRound], today: dt.date) -> Iterator[Need]:
    lost = _juries_that_lost_somebody(running, today)
    for one in running:
        url = reverse("recognition:award_desk_round", args=[one.pk])
        by = _("To decide by %(day)s") % {"day": date_text(one.decide_by, "j F")}
        if one.pk in lost:
            yield Need(_("A juror has left: %(award)s") % {"award": one.award.label}, by, url, 59)
        if one.state == State.SHORTLIST:
            yield Need(_("Make the shortlist: %(award)s") % {"award": one.award.label}, by, url, 60)
        elif one.state == State.VOTING and one.decide_by - today <= dt.timedelta(days=5):
            yield Need(_("%(award)s is not decided yet") % {"award": one.award.label}, by, url, 58)
    count = TeamProposal.objects.filter(state=TeamProposal.State.OPEN).count()
    if count:
        told = ngettext("%(n)s team might be recognised", "%(n)s teams might be recognised", count) % {"n": count}
        yield Need(told, _("A promise was kept, or a barrier fell"), reverse("recognition:proposals"), 20)
