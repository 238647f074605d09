"""What this room holds about a person: a mail to be sent about results, and that he finished looking at comments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from culture.people import rights
from culture.people.rights import Fate, Group, Holding
from surveys.results.sharing_models import ResultMail


def register() -> None:
    """Called when the apps are ready."""
    rights.hold(
        Holding(
            model="surveys.ResultMail",
            fields=("employee",),
            group=Group.SURVEYS,
            title=_("Mails about results that wait to be sent"),
            kept=_("Until the mail is sent"),
            seen_by=_("Nobody. It says that results are there, not which"),
            after=_("Removed."),
            fate=Fate.REMOVED,
            show=lambda row, person: {_("Survey"): str(row.wave)},
            erase=lambda person: ResultMail.objects.filter(employee=person).delete()[0],
            related=("wave__series",),
        )
    )
    rights.authored("surveys.Moderation", "finished_by", title=_("Comments looked through for names"))
