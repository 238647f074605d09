"""What web hooks, and the country of sites, hold about a person: who added a hook."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from culture.people import rights
from culture.people.models import Employee
from culture.people.rights import WITH_IDENTITY, Fate, Group, Holding, Row
from programs.recognition.hook_models import Hook


def _hook(row: Hook, person: Employee) -> Row:
    return {_("When"): row.made_at, _("Name"): row.name}


def register() -> None:
    """Called when the apps are ready."""
    rights.hold(
        Holding(
            model="programs.Hook",
            fields=("made_by",),
            group=Group.DONE,
            title=_("Web hooks you added"),
            kept=WITH_IDENTITY,
            seen_by=_("HR"),
            after=_("Stay as added by “a former colleague”."),
            fate=Fate.KEPT,
            show=_hook,
        )
    )
