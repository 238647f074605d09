"""What recognition holds about a person: thanks and points.

At erasure the points ledger is not touched: its entries point at accounts, these at an employee row that names nobody.
Stories *about* him are replaced; stories he wrote belong to whom he thanked, so they stay with his name covered.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from culture.people import retention, rights
from culture.people.models import Employee
from culture.people.rights import FOR_EVER, WITH_IDENTITY, Fate, Group, Holding, Row
from programs.recognition import personal_feed, personal_news
from programs.recognition.fairness_models import Pattern, PatternPerson
from programs.recognition.models import Account, Kudos, KudosReceiver
from programs.recognition.point_models import Lot
from programs.recognition.reward_models import Redemption, RedemptionStep


def removed_story() -> str:
    """What stands in the place of a story about somebody who was erased, in the organisation's first language."""
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("(The story is gone with the colleague it was about.)")


def _given(row: Kudos, person: Employee) -> Row:
    return _thanks(row)


def _whom(row: KudosReceiver, person: Employee) -> Row:
    return {_("When"): row.kudos.at, pgettext_lazy("receiver", "To"): row.receiver.name}


def _received(row: KudosReceiver, person: Employee) -> Row:
    told = {_("From"): row.giver.name, **_thanks(row.kudos)}
    return {**told, _("Points"): 0} if row.without_points else told


def _thanks(row: Kudos) -> Row:
    return {
        _("When"): row.at,
        _("For"): row.behaviour.label,
        _("Story"): row.story,
        _("For which customer"): row.get_customer_display(),
        _("Points"): row.points,
        _("Shown to everybody"): row.public,
    }


def _account(row: Account, person: Employee) -> Row:
    return {_("Account"): row.get_kind_display(), _("Month"): row.period, _("Balance"): row.balance}


def _movement(row: Any, person: Employee) -> Row | None:
    """Out of his accounts negative; whose the other account is, is not told. None: from one of his to another."""
    out = row.source.employee_id == person.pk
    if out and row.target.employee_id == person.pk:
        return None
    return {_("When"): row.at, _("Points"): -row.amount if out else row.amount, _("Why"): row.note or row.reason}


def _replace_stories(person: Employee) -> int:
    words = removed_story()
    # Thanks to several are others' story, too: there only his name is covered, until the last of them is erased.
    to_others = KudosReceiver.objects.filter(kudos=OuterRef("pk"), receiver__erasure=None).exclude(receiver=person)
    only_his = Kudos.objects.filter(~Exists(to_others), receipts__receiver=person)
    return only_his.exclude(story=words).update(story=words)


def _lot(row: Lot, person: Employee) -> Row:
    return {
        _("Received"): row.earned_on,
        _("Points"): row.amount,
        _("Not spent yet"): row.remaining,
        _("To be spent until"): row.expires_on,
    }


def _redemption(row: Redemption, person: Employee) -> Row:
    return {
        _("When"): row.at,
        _("Reward"): row.label,
        _("Points"): row.price,
        _("Worth"): f"{row.value} {row.currency}" if row.value is not None else "",
        _("Country"): row.country,
        _("State"): row.get_state_display(),
        _("Note"): row.note,
    }


def _decision(row: RedemptionStep, person: Employee) -> Row:
    return {_("When"): row.at, _("State"): row.get_state_display(), _("Note"): row.note}


def _pattern(row: PatternPerson, person: Employee) -> Row:
    told = row.pattern
    return {_("Found"): told.found_on, _("What"): told.get_kind_display(), _("State"): told.get_state_display()}


def _judged(row: Pattern, person: Employee) -> Row:
    return {_("When"): row.decided_at, _("What"): row.get_kind_display(), _("Note"): row.note}


def _forget_patterns(person: Employee) -> int:
    return Pattern.objects.filter(people__employee=person).delete()[0]


def _forget_notes(person: Employee) -> int:
    RedemptionStep.objects.filter(redemption__employee=person).exclude(note="").update(note="")
    told = Redemption.objects.filter(employee=person).exclude(note="", country="")
    return told.update(note="", country="")


def _hold_rewards() -> None:
    rights.hold(
        Holding(
            model="programs.Lot",
            fields=("employee",),
            group=Group.THANKS,
            title=_("Points by the day you received them"),
            kept=FOR_EVER,
            seen_by=_("Only you"),
            after=_("Stay, so that the ledger adds up; they belong to “a former colleague”."),
            fate=Fate.KEPT,
            show=_lot,
        )
    )
    rights.hold(
        Holding(
            model="programs.Redemption",
            fields=("employee",),
            group=Group.THANKS,
            title=_("Rewards"),
            kept=FOR_EVER,
            seen_by=_("You, who approves and who hands over"),
            after=_("Stay, so that the ledger adds up, as of “a former colleague”; their notes are emptied."),
            fate=Fate.CLEARED,
            show=_redemption,
            erase=_forget_notes,
        )
    )
    rights.hold(
        Holding(
            model="programs.PatternPerson",
            fields=("employee",),
            group=Group.THANKS,
            title=_("Patterns in thanks you were part of"),
            kept=WITH_IDENTITY,
            seen_by=_("HR, with sums of points, never a single thank-you"),
            after=_("Removed with all of the pattern."),
            fate=Fate.REMOVED,
            show=_pattern,
            erase=_forget_patterns,
            related=("pattern",),
        )
    )
    rights.hold(
        Holding(
            model="programs.Pattern",
            fields=("decided_by",),
            group=Group.DONE,
            title=_("Patterns in thanks you decided on"),
            kept=WITH_IDENTITY,
            seen_by=_("HR"),
            after=_("Stays as decided by “a former colleague”."),
            fate=Fate.KEPT,
            show=_judged,
        )
    )
    rights.hold(
        Holding(
            model="programs.RedemptionStep",
            fields=("by",),
            group=Group.DONE,
            title=_("Rewards you decided on"),
            kept=WITH_IDENTITY,
            seen_by=_("Who redeemed, who approves and who hands over"),
            after=_("Stay as decided by “a former colleague”."),
            fate=Fate.KEPT,
            show=_decision,
        )
    )
    rights.hold(
        Holding(
            model="programs.LedgerEntry",
            fields=("by",),
            group=Group.DONE,
            title=_("Points you corrected or gave back"),
            kept=FOR_EVER,
            seen_by=_("HR and auditors"),
            after=_("Stay: the ledger cannot be changed; they point at “a former colleague”."),
            fate=Fate.KEPT,
            show=_correction,
        )
    )


def _correction(row: Any, person: Employee) -> Row:
    return {_("When"): row.at, _("Points"): row.amount, _("Why"): row.note or row.reason}


def register() -> None:
    """Called when the apps are ready."""
    rights.hold(
        Holding(
            model="programs.KudosReceiver",
            fields=("receiver",),
            group=Group.THANKS,
            title=_("Thanks received"),
            kept=WITH_IDENTITY,
            seen_by=_("Everybody when public, otherwise you and who thanked you"),
            after=_("Shown as thanks to “a former colleague”; the story about him is removed, the points stay."),
            fate=Fate.CLEARED,
            show=_received,
            erase=_replace_stories,
            related=("giver", "kudos__behaviour"),
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
            related=("behaviour",),
        )
    )
    rights.hold(
        Holding(
            model="programs.KudosReceiver",
            fields=("giver",),
            group=Group.THANKS,
            title=_("Whom you thanked"),
            kept=WITH_IDENTITY,
            seen_by=_("Everybody when public, otherwise you and whom you thanked"),
            after=_("Stays with whom he thanked, as from “a former colleague”."),
            fate=Fate.KEPT,
            show=_whom,
            related=("receiver", "kudos"),
        )
    )
    _hold_rewards()
    personal_feed.register()
    personal_news.register()
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
