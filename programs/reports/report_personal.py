"""What reports hold about a person: what he receives, published, ordered, settled."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.people import rights
from culture.people.models import Employee
from culture.people.rights import HR_SEES, WHILE_EMPLOYED, Fate, Group, Holding, Row


def _subscription(row: Any, person: Employee) -> Row:
    place = row.unit.name if row.unit else _("Whole organisation")
    return {
        pgettext_lazy("document", "Report"): row.program.name,
        _("About"): place,
        _("Next"): row.next_on,
        _("Ended"): row.ended_at,
    }


def _problem_mail(row: Any, person: Employee) -> Row:
    return {_("Due"): row.due_at, _("State"): row.get_state_display()}


def register() -> None:
    """Called when the apps are ready."""
    rights.hold(
        Holding(
            model="programs.Subscription",
            fields=("reader",),
            group=Group.PROGRAM,
            title=_("Reports sent to me"),
            kept=WHILE_EMPLOYED,
            seen_by=HR_SEES,
            after=_("Removed, with when each was sent and read."),
            fate=Fate.REMOVED,
            show=_subscription,
            related=("program", "unit"),
        )
    )
    rights.hold(
        Holding(
            model="programs.ProblemMail",
            fields=("employee",),
            group=Group.PROGRAM,
            title=_("Mails about problems with reports"),
            kept=WHILE_EMPLOYED,
            seen_by=HR_SEES,
            after=_("Removed"),
            fate=Fate.REMOVED,
            show=_problem_mail,
        )
    )
    rights.authored("programs.Subscription", "made_by", title=_("Subscriptions I set up for others"))
    rights.authored("programs.PublishedReport", "by", title=_("Reports I published"), name="title")
    rights.authored("programs.ReportOrder", "by", title=_("Reports I asked for"))
    rights.authored("programs.ReportProblem", "settled_by", title=_("Problems with reports I saw to"))
    rights.authored("programs.SlideTemplate", "by", title=_("Slide templates I uploaded"), name="name")
    rights.published("programs.PublishedReport", reason="A published report is never changed; it names no person.")
    rights.published("programs.ReportFile", reason="A published report's files are never changed; they name no person.")
