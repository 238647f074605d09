"""Giving thanks: one gift to one or several people, its points, and what somebody may still give."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access import audit
from culture.framework.models import Behaviour
from culture.people.models import Employee
from programs.recognition import capping, ledger, posting, rules
from programs.recognition.feed_models import KudosPicture
from programs.recognition.gifts import RECEIVERS, TEAM, Gift
from programs.recognition.models import Account, Kudos, KudosReceiver
from programs.recognition.point_models import AllowanceRule
from programs.recognition.posting import ISSUER, Place, Reason

Kind = Account.Kind
Customer = Kudos.Customer


def balance(employee: Employee) -> int:
    """The points ``employee`` has received and still holds."""
    held = Account.objects.filter(kind=Kind.PERSONAL, employee=employee).values_list("balance", flat=True)
    return held.first() or 0


def left(
    giver: Employee, now: dt.datetime, purse: str = AllowanceRule.Purse.ALLOWANCE, book: rules.Book | None = None
) -> int:
    """The points ``giver`` may still give in this period. Not yet issued means all of them."""
    found = rules.purse(giver, day_of(giver, now), purse, book)
    if found is None:
        return 0
    account = posting.find(found.place)
    return found.points if account is None or account.issued_at is None else account.balance


class Standing(NamedTuple):
    """``left``: what somebody may still give in this period; ``own``: what he has received and holds."""

    left: int
    own: int


def standing(person: Employee, now: dt.datetime, book: rules.Book | None = None) -> Standing:
    """:func:`left` and :func:`balance` at once: both accounts by one query."""
    purse = rules.purse(person, day_of(person, now), book=book)
    mine = Place(Kind.PERSONAL, person.pk)
    found = posting.read([mine, purse.place] if purse else [mine])
    held = found.get(purse.place) if purse else None
    issued = held is not None and held.issued_at is not None
    whole = purse.points if purse else 0
    return Standing(held.balance if held and issued else whole, found[mine].balance if mine in found else 0)


def day_of(person: Employee, now: dt.datetime) -> dt.date:
    """The day it is where ``person`` is: his month begins with it."""
    return timezone.localdate(now, zoneinfo.ZoneInfo(person.time_zone))


@transaction.atomic
def give(*, giver: Employee, gift: Gift, now: dt.datetime, book: rules.Book | None = None) -> Kudos:
    """``giver`` thanks. The same ``key`` again (a double click) gives the first gift back.

    The points wait on their way until the gift can no longer be withdrawn (``settling``). Raises ``ValidationError``
    by field: receivers, behaviour, requirement, story, customer_unit, points, key. ``book``: where the caller has
    read the rules already.
    """
    book, day = book or rules.Book(giver), day_of(giver, now)
    purse = book.purse(giver, day, gift.purse)
    waiting = Place(Kind.PENDING, giver.pk)
    # The giver's pending account is the lock of his caps: a gift of no points, too, counts under it.
    accounts = posting.lock(waiting, *([purse.place] if purse else []))
    # Asked only now: the lock may have waited for the twin of this very request.
    before = capping.done(giver, gift.receivers, ledger.period_of(day), gift.key)
    if before.twin is not None:
        return _earlier(before.twin, giver)
    _refuse_nonsense(giver, gift, day)
    source = _issued(accounts[purse.place], purse, now) if purse else None
    over = capping.passed_over(gift, book, before)
    paid = len(gift.receivers) - len(over)
    capping.refuse_beyond(gift, paid=paid, left=source.balance if source else 0)
    capping.refuse(giver, gift, ledger.period_of(day), purse, book, before, over)
    kudos = _written(giver, gift, day, now, source, over)
    if gift.points and source is not None:
        total = gift.points * paid
        posting.move(source, accounts[waiting], total, now=now, reason=Reason.KUDOS, kudos=kudos)
    told: dict[str, object] = {"receivers": [one.pk for one in gift.receivers], "points": gift.points}
    if gift.points and over:
        told["without_points"] = sorted(over)
    audit.record(giver, "kudos.given", kudos, **told)
    return kudos


def _issued(account: Account, purse: rules.Purse, now: dt.datetime) -> Account:
    """The period's points, issued with its first gift."""
    if account.issued_at is None:
        account.issued_at, account.ends = now, purse.ends
        account.save(update_fields=["issued_at", "ends"])
        if purse.points:
            issuer = posting.lock(ISSUER)[ISSUER]
            posting.move(issuer, account, purse.points, now=now, reason=Reason.ALLOWANCE)
    return account


def _written(
    giver: Employee, gift: Gift, day: dt.date, now: dt.datetime, source: Account | None, over: set[int]
) -> Kudos:
    """``over``: ids of those whom the points pass over."""
    kudos = Kudos.objects.create(
        giver=giver,
        behaviour=gift.behaviour,
        requirement=gift.requirement,
        story=gift.story.strip(),
        language=gift.language,
        points=gift.points,
        purse=source if gift.points else None,
        public=gift.public,
        at=now,
        period=ledger.period_of(day),
        idempotency_key=gift.key,
        customer=gift.customer,
        customer_unit=gift.customer_unit,
        team=gift.team,
    )
    KudosReceiver.objects.bulk_create(
        KudosReceiver(
            kudos=kudos,
            giver=giver,
            receiver=one,
            unit_id=one.unit_id,
            without_points=bool(gift.points) and one.pk in over,
        )
        for one in gift.receivers
    )
    if (drawn := gift.picture) is not None:
        sides = {"width": drawn.width, "height": drawn.height}
        KudosPicture.objects.create(kudos=kudos, content=drawn.content, alt=drawn.alt, **sides)
    return kudos


def _earlier(twin: int, giver: Employee) -> Kudos:
    earlier = Kudos.objects.get(pk=twin)
    if earlier.giver_id != giver.pk:
        raise ValidationError({"key": _("This form was already used by somebody else. Open it again.")})
    return earlier


def _refuse_nonsense(giver: Employee, gift: Gift, day: dt.date) -> None:
    if not gift.receivers:
        raise ValidationError({"receivers": _("Choose whom you want to thank.")})
    most = TEAM if gift.team else RECEIVERS
    if len(gift.receivers) > most:
        raise ValidationError({"receivers": _("Thank at most %(limit)d people at once.") % {"limit": most}})
    for one in gift.receivers:
        if not one.is_active or not one.is_here(day):
            raise ValidationError({"receivers": _("%(name)s does not work here now.") % {"name": one.name}})
        if gift.purse == AllowanceRule.Purse.BUDGET and one.manager_id != giver.pk:
            words = _("%(name)s does not report to you: your budget is for your own people.") % {"name": one.name}
            raise ValidationError({"receivers": words})
    _refuse_words(gift)


def _refuse_words(gift: Gift) -> None:
    story = gift.story.strip()
    if gift.behaviour.kind != Behaviour.Kind.ATTITUDE or not gift.behaviour.is_active:
        raise ValidationError({"behaviour": _("Choose one of the attitudes offered.")})
    if gift.requirement is None or not gift.requirement.is_active:
        raise ValidationError({"requirement": _("Choose what it stands for.")})
    if not story:
        raise ValidationError({"story": _("Tell what happened. One sentence is enough.")})
    if len(story) > ledger.STORY_LIMIT:
        raise ValidationError({"story": _("Keep it under %(limit)d characters.") % {"limit": ledger.STORY_LIMIT}})
    if gift.customer not in {"", *Customer.values}:
        raise ValidationError({"customer": _("Say for whom it was: colleagues, or a customer from outside.")})
    if gift.customer_unit is not None and gift.customer != Customer.INTERNAL:
        raise ValidationError({"customer_unit": _("A unit is a customer inside: choose “Colleagues”.")})
