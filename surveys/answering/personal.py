"""Unsent answers of somebody who is erased, and of waves that ended. They name nobody; only his link leads to them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from culture.people import retention, rights
from culture.people.models import Employee
from surveys.answering.models import Draft
from surveys.waves import keys
from surveys.waves.models import Invitation, Wave
from surveys.waves.personal import ENDED


def _delete_drafts(person: Employee) -> int:
    """Never counted or shown before: whether a draft exists tells how far somebody got."""
    asked = Invitation.objects.filter(employee=person, wave__state=Wave.State.OPEN)
    for wave_id, invitation_id in asked.values_list("wave_id", "pk"):
        if keys.exists(wave_id):
            lookup, _key = keys.draft_key(keys.link_token(wave_id, invitation_id))
            Draft.objects.filter(key=lookup).delete()
    # How many there were would tell that he had begun: the record of the erasure does not learn it.
    return 0


def _leftover(before: dt.datetime) -> Any:
    return Draft.objects.filter(wave__state__in=ENDED, wave__closes_on__lt=before)


def register() -> None:
    """Called when the apps are ready."""
    rights.scrub(
        rights.Scrub(
            key="drafts",
            title=_("Answers not sent yet"),
            after=_("Deleted, if there are any; nobody can see whether there were."),
            count=lambda person: Invitation.objects.filter(employee=person, wave__state=Wave.State.OPEN).count(),
            erase=_delete_drafts,
        )
    )
    retention.register(
        retention.Kind(
            key="drafts",
            title=_("Answers not sent before a survey closed"),
            counted_from=_("after the survey closed"),
            reason=_("Deleted at closing already; this sweeps what a crash left behind. Nobody can read them."),
            default=1,
            minimum=1,
            maximum=7,
            due=_leftover,
        )
    )
    for label in ("Wave", "Release", "CellGroup"):
        rights.published(f"surveys.{label}", reason="Frozen or released: nothing in it ever changes.")
    for label in ("EditStep", "Instrument", "InstrumentVersion", "Item", "Series", "ServiceLink"):
        rights.published(f"surveys.{label}", reason="What the organisation asks, not data about a person.")
    retention.unlimited(
        retention.Unlimited(
            key="sealed",
            title=_("Sealed answers and released results"),
            reason=_("They belong to nobody: no row leads to a person, and a released number never changes."),
        )
    )
