"""What other programs are told: the words of each event, read when it is sent."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from programs.recognition import choices, countries, hooks, rules
from programs.recognition.models import Kudos
from programs.recognition.point_models import Proof
from programs.recognition.reward_models import Redemption

State = Redemption.State
REDEMPTIONS: dict[str, Any] = {
    State.RESERVED: _("A reward was redeemed"),
    State.TO_FULFIL: _("A redemption was approved"),
    State.FULFILLED: _("A reward was handed over (for the payroll)"),
    State.REJECTED: _("A redemption was rejected"),
    State.CANCELLED: _("A redemption was cancelled"),
}
THANKS, BOOKS = "thanks.arrived", "books.wrong"


def event_of(state: str) -> str:
    return f"redemption.{state}"


def _thanks(pk: int) -> dict[str, Any] | None:
    """Public thanks only, as the feed shows them to somebody who is no part of them."""
    found = Kudos.objects.filter(pk=pk, public=True, hidden_at=None, state=Kudos.State.SETTLED)
    row = found.select_related("giver", "behaviour", "requirement").prefetch_related("receipts__receiver").first()
    if row is None:
        return None
    people = [one.receiver for one in row.receipts.all()]
    hidden = choices.amounts_hidden([row], None, everywhere=rules.current().amounts_hidden)
    return {
        "thanks": row.pk,
        "at": row.at.isoformat(),
        "giver": {"employee_number": row.giver.number, "name": row.giver.name},
        "receivers": [{"employee_number": one.number, "name": one.name} for one in people],
        "behaviour": row.behaviour.code,
        "requirement": row.requirement.code if row.requirement else None,
        "story": row.story,
        "language": row.language,
        "points": None if row.pk in hidden else row.points,
    }


def _redemption(pk: int) -> dict[str, Any] | None:
    """For payroll and procurement; a voucher's code is never told."""
    row = Redemption.objects.filter(pk=pk).select_related("employee").first()
    if row is None:
        return None
    country = row.country_of(countries.of_sites())
    return {
        "redemption": row.pk,
        "state": row.state,
        "at": row.at.isoformat(),
        "employee": {"employee_number": row.employee.number, "name": row.employee.name, "site": row.employee.site},
        "country": country or None,
        "reward": {"id": row.reward_id, "name": row.label, "kind": row.kind},
        "points": row.price,
        "value": None if row.value is None else str(row.value),
        "currency": row.currency or None,
        "payroll_note": row.tax_note(country),
        "note": row.note,
    }


def _books(pk: int) -> dict[str, Any] | None:
    row = Proof.objects.filter(pk=pk).first()
    return {"on": row.on.isoformat(), "findings": len(row.findings), "entries": row.entries} if row else None


def register() -> None:
    """Called when the apps are ready."""
    hooks.register(hooks.Event(THANKS, _("Public thanks arrived"), _thanks))
    for state, words in REDEMPTIONS.items():
        hooks.register(hooks.Event(event_of(state), words, _redemption))
    hooks.register(hooks.Event(BOOKS, _("The points do not add up"), _books))
