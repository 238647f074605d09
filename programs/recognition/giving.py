"""Giving thanks: one gift, its points, and what somebody may still give."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit
from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee
from programs.recognition import ledger
from programs.recognition.models import Account, Kudos, LedgerEntry


def balance(employee: Employee, now: dt.datetime) -> int:
    """The points ``employee`` has received and still holds."""
    del now  # points do not expire yet; the moment is part of the question all the same
    held = Account.objects.filter(kind=Account.Kind.PERSONAL, employee=employee).values_list("balance", flat=True)
    return held.first() or 0


def allowance(employee: Employee, now: dt.datetime) -> int:
    """The points ``employee`` may still give this month. Not yet issued means all of them."""
    accounts = Account.objects.filter(kind=Account.Kind.ALLOWANCE, employee=employee, period=_period(now))
    left = accounts.values_list("balance", flat=True).first()
    return ledger.MONTHLY_ALLOWANCE if left is None else left


@transaction.atomic
def give(
    *,
    giver: Employee,
    receiver: Employee,
    behaviour: Behaviour,
    requirement: Requirement | None = None,
    story: str,
    points: int,
    public: bool,
    key: UUID,
    now: dt.datetime,
) -> Kudos:
    """``giver`` thanks ``receiver``. The same ``key`` again (a double click) gives the first gift back."""
    if earlier := _earlier(key, giver):
        return earlier
    story = story.strip()
    _refuse_nonsense(giver, receiver, behaviour, story, points)
    issuer, source, target = _locked_accounts(giver, receiver, _period(now))
    # The lock may have waited for the twin of this very request.
    if earlier := _earlier(key, giver):
        return earlier
    if issuer is not None:
        _move(issuer, source, ledger.MONTHLY_ALLOWANCE, now, reason="monthly allowance")
    _refuse(ledger.refusal(giver=giver.pk, receiver=receiver.pk, points=points, left=source.balance), source.balance)
    kudos = Kudos.objects.create(
        giver=giver,
        receiver=receiver,
        behaviour=behaviour,
        requirement=requirement,
        story=story,
        points=points,
        public=public,
        at=now,
        period=_period(now),
        idempotency_key=key,
    )
    _move(source, target, points, now, reason="kudos", kudos=kudos)
    audit.record(giver, "kudos.given", kudos, receiver=receiver.pk, points=points)
    return kudos


def _period(now: dt.datetime) -> dt.date:
    return ledger.period_of(timezone.localdate(now))


def _earlier(key: UUID, giver: Employee) -> Kudos | None:
    earlier = Kudos.objects.filter(idempotency_key=key).first()
    if earlier is not None and earlier.giver_id != giver.pk:
        raise ValidationError({"key": _("This form was already used by somebody else. Open it again.")})
    return earlier


def _refuse_nonsense(giver: Employee, receiver: Employee, behaviour: Behaviour, story: str, points: int) -> None:
    if not receiver.is_active or (receiver.left_on and receiver.left_on < timezone.localdate()):
        raise ValidationError({"receiver": _("%(name)s does not work here any more.") % {"name": receiver.name}})
    if behaviour.kind != Behaviour.Kind.ATTITUDE:
        raise ValidationError({"behaviour": _("Choose one of the eight attitudes.")})
    if not story:
        raise ValidationError({"story": _("Tell what happened. One sentence is enough.")})
    if len(story) > ledger.STORY_LIMIT:
        raise ValidationError({"story": _("Keep it under %(limit)d characters.") % {"limit": ledger.STORY_LIMIT}})
    _refuse(ledger.refusal(giver=giver.pk, receiver=receiver.pk, points=points, left=ledger.MONTHLY_ALLOWANCE), 0)


def _refuse(reason: ledger.Refusal | None, left: int) -> None:
    if reason is None:
        return
    field = "receiver" if reason is ledger.Refusal.ONESELF else "points"
    words = {
        ledger.Refusal.ONESELF: _("You cannot thank yourself. Choose a colleague."),
        ledger.Refusal.NOTHING: _("Give at least 1 point."),
        ledger.Refusal.TOO_MUCH: _("One thank-you carries at most %(limit)d points.") % {"limit": ledger.GIFT_LIMIT},
        ledger.Refusal.BEYOND: _("You have %(left)d points left this month. Give that many or fewer.") % {"left": left}
        if left
        else _("You have given all your points of this month. The next ones come on the first."),
    }
    raise ValidationError({field: words[reason]})


def _locked_accounts(giver: Employee, receiver: Employee, period: dt.date) -> tuple[Account | None, Account, Account]:
    """The accounts of a gift under row locks, taken in the order of their ids so that no two gifts wait for each other.

    The issuer comes along only while this month's allowance is not issued yet: otherwise every gift in the company
    would queue for its one row.
    """
    kinds = Account.Kind
    wanted = {
        kinds.ISSUER: Account(kind=kinds.ISSUER),
        kinds.ALLOWANCE: Account(kind=kinds.ALLOWANCE, employee=giver, period=period),
        kinds.PERSONAL: Account(kind=kinds.PERSONAL, employee=receiver),
    }
    found = {kind: _id_of(account) for kind, account in wanted.items()}
    if None in found.values():
        Account.objects.bulk_create(wanted.values(), ignore_conflicts=True)
        found = {kind: _id_of(account) for kind, account in wanted.items()}
    issued = LedgerEntry.objects.filter(source=found[kinds.ISSUER], target=found[kinds.ALLOWANCE])
    if issued.exists():
        del found[kinds.ISSUER]
    locked = {
        account.pk: account
        for account in Account.objects.filter(pk__in=found.values()).order_by("pk").select_for_update()
    }
    issuer = locked.get(found.get(kinds.ISSUER))  # type: ignore[arg-type]
    if issuer is not None and issued.exists():
        issuer = None
    return issuer, locked[found[kinds.ALLOWANCE]], locked[found[kinds.PERSONAL]]  # type: ignore[index]


def _id_of(account: Account) -> int | None:
    found = Account.objects.filter(kind=account.kind, employee=account.employee_id, period=account.period)
    return found.values_list("pk", flat=True).first()


def _move(
    source: Account, target: Account, amount: int, now: dt.datetime, *, reason: str, kudos: Kudos | None = None
) -> None:
    movement = ledger.Movement(source.pk, target.pk, amount)
    LedgerEntry.objects.create(source=source, target=target, amount=movement.amount, at=now, kudos=kudos, reason=reason)
    for account, change in ((source, -amount), (target, amount)):
        Account.objects.filter(pk=account.pk).update(balance=F("balance") + change)
        account.balance += change
