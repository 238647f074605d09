"""What waves hold about a person while they are open: that he was invited, and the mails to him."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from culture.people import retention, rights
from culture.people.models import Employee
from culture.people.rights import Fate, Group, Holding, Row
from surveys.waves.message_models import DeadAddress
from surveys.waves.models import Burden, Invitation, Message, PanelPlace, Wave

ENDED = (Wave.State.CLOSED, Wave.State.RELEASED, Wave.State.CANCELLED)
UNSENT = (Message.State.DUE, Message.State.CLAIMED)


def _invitation(row: Any, person: Employee) -> Row:
    """Neither the mark whether he answered nor the reminders, which would tell the same to a boss behind him."""
    sent = any(m.kind == "invitation" and m.state == Message.State.SENT for m in row.messages.all())
    return {
        _("Survey"): str(row.wave),
        _("Opened"): row.wave.opens_on,
        _("Closes"): row.wave.closes_on,
        _("Invited by mail"): sent,
        _("Departments you were asked about"): len(row.providers),
        _("Promises you were asked about"): len(row.promises),
    }


def _settle(person: Employee) -> int:
    """The rows stay until the release, which counts them. He is not asked any more, and no mail leaves."""
    mails = Message.objects.filter(invitation__employee=person)
    touched = mails.filter(state__in=UNSENT).update(state=Message.State.SKIPPED, error="", claimed_at=None)
    touched += mails.exclude(error="").update(error="")
    asked = Invitation.objects.filter(employee=person, state=Invitation.State.ASKED)
    return touched + asked.update(state=Invitation.State.DECLINED)


def _old_mail(before: dt.datetime) -> Any:
    """Of waves that take no answers any more: a missing row of an open wave would be mailed again."""
    return Message.objects.filter(
        Q(invitation__wave__closed_at__lt=before) | Q(invitation__wave__closed_at__isnull=True, due_at__lt=before),
        invitation__wave__state__in=ENDED,
    )


def register() -> None:
    """Called when the apps are ready."""
    rights.hold(
        Holding(
            model="surveys.Invitation",
            fields=("employee",),
            group=Group.SURVEYS,
            title=_("Invitations"),
            kept=_("Until the results of that survey are released; then deleted, with all that names who was asked"),
            seen_by=_("Only you. HR sees how many were invited, in groups of ten and more"),
            after=_("He is not asked any more and gets no mail. The row counts until the release, then it is deleted."),
            fate=Fate.CLEARED,
            show=_invitation,
            erase=_settle,
            related=("wave__series",),
        )
    )
    rights.hold(
        Holding(
            model="surveys.DeadAddress",
            fields=("employee",),
            group=Group.SURVEYS,
            title=_("Mail to you came back"),
            kept=_("Until you have another address, or HR says that this one works again"),
            seen_by=_("HR, who then hands you a link or a code"),
            after=_("Removed."),
            fate=Fate.REMOVED,
            show=lambda row, person: {_("Since the survey of"): row.since, _("Answer of the mail server"): row.code},
            erase=lambda person: DeadAddress.objects.filter(employee=person).delete()[0],
        )
    )
    rights.hold(
        Holding(
            model="surveys.Burden",
            fields=("employee",),
            group=Group.SURVEYS,
            title=_("Minutes of surveys in this quarter"),
            kept=_("Until a week after the quarter"),
            seen_by=_("Nobody. It spares you from being asked too often"),
            after=_("Removed."),
            fate=Fate.REMOVED,
            show=lambda row, person: {_("Quarter from"): row.quarter, _("Minutes"): row.minutes},
            erase=lambda person: Burden.objects.filter(employee=person).delete()[0],
        )
    )
    rights.hold(
        Holding(
            model="surveys.PanelPlace",
            fields=("employee",),
            group=Group.SURVEYS,
            title=_("Turns in surveys that ask a part of all each time"),
            kept=_("As long as the survey goes on"),
            seen_by=_("Nobody. It sees to it that everybody's turn comes once"),
            after=_("Removed."),
            fate=Fate.REMOVED,
            show=lambda row, person: {_("Survey"): str(row.series), _("Turn"): row.slot + 1},
            erase=lambda person: PanelPlace.objects.filter(employee=person).delete()[0],
            related=("series",),
        )
    )
    retention.register(
        retention.Kind(
            key="survey-mail",
            title=_("Survey mails: when each was due and sent"),
            counted_from=_("after the survey closed"),
            reason=_("To find out why a mail did not arrive. Deleted earlier when the results are released."),
            default=30,
            minimum=7,
            maximum=180,
            due=_old_mail,
            person="invitation__employee",
        )
    )
