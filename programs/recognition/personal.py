"""What recognition holds about a person: thanks and points.

At erasure the points ledger is not touched: its entries point at accounts, these at an employee row that names nobody.
Stories *about* him are replaced; stories he wrote belong to whom he thanked, so they stay with his name covered.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from culture.people import retention, rights
from culture.people.models import Employee
from culture.people.rights import FOR_EVER, WITH_IDENTITY, Fate, Group, Holding, Row
from programs.recognition.models import Account, Kudos


def removed_story() -> str:
    """What stands in the place of a story about somebody who was erased, in the organisation's first language."""
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("(The story is gone with the colleague it was about.)")


def _given(row: Kudos, person: Employee) -> Row:
    return {_("To"): row.receiver.name, **_thanks(row)}


def _received(row: Kudos, person: Employee) -> Row:
    return {_("From"): row.giver.name, **_thanks(row)}


def _thanks(row: Kudos) -> Row:
    return {
        _("When"): row.at,
        _("For"): row.behaviour.label,
        _("Story"): row.story,
        _("Points"): row.points,
        _("Shown to everybody"): row.public,
    }


def _account(row: Account, person: Employee) -> Row:
    return {_("Account"): row.get_kind_display(), _("Month"): row.period, _("Balance"): row.balance}


def _movement(row: Any, person: Employee) -> Row:
    """Out of his accounts negative; whose the other account is, is not told."""
    out = row.source.employee_id == person.pk
    into = row.target.employee_id == person.pk
    amount = row.amount if into and not out else -row.amount if out and not into else 0
    return {_("When"): row.at, _("Points"): amount or row.amount, _("Why"): row.reason}


def _replace_stories(person: Employee) -> int:
    words = removed_story()
    return Kudos.objects.filter(receiver=person).exclude(story=words).update(story=words)


def register() -> None:
    """Called when the apps are ready."""
    rights.hold(
        Holding(
            model="programs.Kudos",
            fields=("receiver",),
            group=Group.THANKS,
            title=_("Thanks received"),
            kept=WITH_IDENTITY,
            seen_by=_("Everybody when public, otherwise you and who thanked you"),
            after=_("Shown as thanks to “a former colleague”; the story about him is removed, the points stay."),
            fate=Fate.CLEARED,
            show=_received,
            erase=_replace_stories,
            related=("giver", "behaviour"),
        )
    )
    rights.hold(
        Holding(
            model="programs.Kudos",
            fields=("giver",),
            group=Group.THANKS,
            title=_("Thanks given"),
            kept=WITH_IDENTITY,
            seen_by=_("Everybody when public, otherwise you and whom you thanked"),
            after=_("Stay with whom he thanked, as from “a former colleague”; his name in the story is covered."),
            fate=Fate.KEPT,
            show=_given,
            related=("receiver", "behaviour"),
        )
    )
    rights.hold(
        Holding(
            model="programs.Account",
            fields=("employee",),
            group=Group.THANKS,
            title=_("Points"),
            kept=FOR_EVER,
            seen_by=_("Only you"),
            after=_("Stay, so that the ledger adds up; they belong to “a former colleague”."),
            fate=Fate.KEPT,
            show=_account,
        )
    )
    rights.hold(
        Holding(
            model="programs.LedgerEntry",
            fields=("source__employee", "target__employee"),
            group=Group.THANKS,
            title=_("Every movement of points"),
            kept=FOR_EVER,
            seen_by=_("Only you"),
            after=_("Stay: the ledger cannot be changed. It names accounts, not people."),
            fate=Fate.KEPT,
            show=_movement,
            related=("source", "target"),
        )
    )
    retention.unlimited(
        retention.Unlimited(
            key="ledger",
            title=_("Points ledger"),
            reason=_("Append-only: balances must add up. It names accounts, and that of an erased person nobody."),
        )
    )
