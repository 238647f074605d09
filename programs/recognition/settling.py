"""What becomes of a gift: withdrawn within minutes, or arrived; and of an allowance when its time is up."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.recognition import hook_events, hooks, lots, posting, rules, telling
from programs.recognition.feed_models import KudosPicture, KudosReaction, KudosReply
from programs.recognition.models import Account, Kudos, KudosReceiver
from programs.recognition.posting import Place, Reason

Kind = Account.Kind
BATCH = 200


def withdrawable_until(kudos: Kudos, minutes: int) -> dt.datetime:
    return kudos.at + dt.timedelta(minutes=minutes)


@transaction.atomic
def withdraw(*, kudos: Kudos, by: Employee, now: dt.datetime) -> Kudos:
    """The giver takes a gift back while it is on its way; its points return to where they came from.

    Again: nothing happens. Raises ``ValidationError`` when it has arrived, or is somebody else's.
    """
    locked = Kudos.objects.select_for_update(of=("self",)).get(pk=kudos.pk)
    if locked.giver_id != by.pk:
        raise ValidationError(_("Only who gave thanks can withdraw them."))
    if locked.state == Kudos.State.WITHDRAWN:
        return locked
    minutes = rules.current().withdraw_minutes
    if locked.state == Kudos.State.SETTLED or now > withdrawable_until(locked, minutes):
        raise ValidationError(
            _("Thanks can be withdrawn for %(minutes)d minutes. These have arrived.") % {"minutes": minutes}
        )
    if locked.points:
        _return(locked, by, now)
    locked.state = Kudos.State.WITHDRAWN
    locked.save(update_fields=["state"])
    # Nobody sees it any more, so nothing that hangs on it is kept.
    KudosPicture.objects.filter(kudos=locked).delete()
    KudosReaction.objects.filter(kudos=locked).delete()
    KudosReply.objects.filter(receipt__kudos=locked).delete()
    audit.record(by, "kudos.withdrawn", locked, points=locked.points)
    return locked


def _return(kudos: Kudos, by: Employee, now: dt.datetime) -> None:
    waiting = Place(Kind.PENDING, kudos.giver_id)
    purse = kudos.purse
    assert purse is not None
    back = Place(purse.kind, purse.employee_id, purse.period, purse.label)
    accounts = posting.lock(waiting, back)
    total = kudos.points * kudos.receipts.filter(without_points=False).count()
    posting.move(accounts[waiting], accounts[back], total, now=now, reason=Reason.WITHDRAWN, kudos=kudos, by=by)


def settle(*, now: dt.datetime) -> int:
    """Let the gifts arrive that can no longer be withdrawn; returns how many. Claims what nobody else works on."""
    limit = now - dt.timedelta(minutes=rules.current().withdraw_minutes)
    done = 0
    while part := _settle_some(limit, now):
        done += part
    return done


@transaction.atomic
def _settle_some(limit: dt.datetime, now: dt.datetime) -> int:
    due = Kudos.objects.filter(state=Kudos.State.PENDING, at__lt=limit).order_by("at")
    claimed = list(due.select_for_update(skip_locked=True, of=("self",)).prefetch_related("receipts")[:BATCH])
    if not claimed:
        return 0
    months = rules.current().lot_months
    with_points = [kudos for kudos in claimed if kudos.points]
    places = {Place(Kind.PENDING, kudos.giver_id) for kudos in with_points}
    places |= {Place(Kind.PERSONAL, one.receiver_id) for kudos in with_points for one in _paid(kudos)}
    accounts = posting.lock(*places) if places else {}
    for kudos in with_points:
        for receipt in _paid(kudos):
            entry = posting.move(
                accounts[Place(Kind.PENDING, kudos.giver_id)],
                accounts[Place(Kind.PERSONAL, receipt.receiver_id)],
                kudos.points,
                now=now,
                reason=Reason.ARRIVED,
                kudos=kudos,
            )
            lots.receive(entry, now=now, months=months)
    Kudos.objects.filter(pk__in=[kudos.pk for kudos in claimed]).update(state=Kudos.State.SETTLED)
    telling.note([receipt.pk for kudos in claimed for receipt in kudos.receipts.all()], now=now)
    hooks.tell(hook_events.THANKS, [kudos.pk for kudos in claimed if kudos.public], now=now)
    return len(claimed)


def _paid(kudos: Kudos) -> list[KudosReceiver]:
    return [one for one in kudos.receipts.all() if not one.without_points]


def lapse(*, now: dt.datetime) -> int:
    """What is left of allowances and budgets whose period is over lapses; returns the points.

    Two days later than the last day: then it is over in every zone, and no gift of it is still on its way.
    """
    over = (now - dt.timedelta(days=2)).date()
    due = Account.objects.filter(balance__gt=0, ends__lt=over, kind__in=[Kind.ALLOWANCE, Kind.BUDGET])
    return sum(_lapse_of(account, now) for account in due.order_by("pk")[: BATCH * 10])


@transaction.atomic
def _lapse_of(account: Account, now: dt.datetime) -> int:
    place = Place(account.kind, account.employee_id, account.period, account.label)
    accounts = posting.lock(place, posting.EXPIRED)
    amount = accounts[place].balance
    if amount:
        posting.move(accounts[place], accounts[posting.EXPIRED], amount, now=now, reason=Reason.LAPSED)
    return amount
