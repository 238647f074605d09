"""Giving thanks: one gift to one or several people, its points, and what somebody may still give."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.access import audit
from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee, Unit
from programs.recognition import ledger, posting, rules
from programs.recognition.feed_models import KudosPicture
from programs.recognition.ledger import Before, Denied, Refusal
from programs.recognition.models import Account, Kudos, KudosReceiver
from programs.recognition.pictures import Drawn
from programs.recognition.point_models import AllowanceRule
from programs.recognition.posting import ISSUER, Place, Reason

Kind = Account.Kind
Customer = Kudos.Customer
# Picked one by one; and a whole team at once.
RECEIVERS = 30
TEAM = 300


@dataclass(frozen=True)
class Gift:
    """What somebody wants to give; ``points`` to each receiver. ``key``: of the form, so that twice is once.

    ``purse``: ``allowance``, or ``budget`` (a manager's, for his own people). ``customer``: for whom it was good;
    ``customer_unit``: colleagues of which unit. ``team``: the unit that is thanked as a whole, its people being the
    receivers. ``language``: that of the story.
    """

    receivers: Sequence[Employee]
    behaviour: Behaviour
    story: str
    points: int
    key: UUID
    requirement: Requirement | None = None
    public: bool = True
    purse: str = AllowanceRule.Purse.ALLOWANCE
    language: str = ""
    customer: str = ""
    customer_unit: Unit | None = None
    team: Unit | None = None
    picture: Drawn | None = None


def balance(employee: Employee) -> int:
    """The points ``employee`` has received and still holds."""
    held = Account.objects.filter(kind=Kind.PERSONAL, employee=employee).values_list("balance", flat=True)
    return held.first() or 0


def left(giver: Employee, now: dt.datetime, purse: str = AllowanceRule.Purse.ALLOWANCE) -> int:
    """The points ``giver`` may still give in this period. Not yet issued means all of them."""
    found = rules.purse(giver, day_of(giver, now), purse)
    if found is None:
        return 0
    account = posting.find(found.place)
    return found.points if account is None or account.issued_at is None else account.balance


def day_of(person: Employee, now: dt.datetime) -> dt.date:
    """The day it is where ``person`` is: his month begins with it."""
    return timezone.localdate(now, zoneinfo.ZoneInfo(person.time_zone))


@transaction.atomic
def give(*, giver: Employee, gift: Gift, now: dt.datetime) -> Kudos:
    """``giver`` thanks. The same ``key`` again (a double click) gives the first gift back.

    The points wait on their way until the gift can no longer be withdrawn (``settling``). Raises ``ValidationError``
    by field: receivers, behaviour, requirement, story, customer_unit, points, key.
    """
    if earlier := _earlier(gift.key, giver):
        return earlier
    day = day_of(giver, now)
    _refuse_nonsense(giver, gift, day)
    purse = rules.purse(giver, day, gift.purse)
    waiting = Place(Kind.PENDING, giver.pk)
    # The giver's pending account is the lock of his caps: a gift of no points, too, counts under it.
    accounts = posting.lock(waiting, *([purse.place] if purse else []))
    # The lock may have waited for the twin of this very request.
    if earlier := _earlier(gift.key, giver):
        return earlier
    source = _issued(accounts[purse.place], purse, now) if purse else None
    held = source.balance if source else 0
    _refuse(ledger.beyond(points=gift.points, receivers=len(gift.receivers), left=held), gift)
    _refuse_caps(giver, gift, day, purse)
    kudos = _written(giver, gift, day, now, source)
    if gift.points and source is not None:
        total = gift.points * len(gift.receivers)
        posting.move(source, accounts[waiting], total, now=now, reason=Reason.KUDOS, kudos=kudos)
    people = [one.pk for one in gift.receivers]
    audit.record(giver, "kudos.given", kudos, receivers=people, points=gift.points)
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


def _written(giver: Employee, gift: Gift, day: dt.date, now: dt.datetime, source: Account | None) -> Kudos:
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
        KudosReceiver(kudos=kudos, giver=giver, receiver=one, unit_id=one.unit_id) for one in gift.receivers
    )
    if (drawn := gift.picture) is not None:
        sides = {"width": drawn.width, "height": drawn.height}
        KudosPicture.objects.create(kudos=kudos, content=drawn.content, alt=drawn.alt, **sides)
    return kudos


def _earlier(key: UUID, giver: Employee) -> Kudos | None:
    earlier = Kudos.objects.filter(idempotency_key=key).first()
    if earlier is not None and earlier.giver_id != giver.pk:
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


def _refuse_caps(giver: Employee, gift: Gift, day: dt.date, purse: rules.Purse | None) -> None:
    caps = rules.caps(rules.current())
    before = _before(giver, gift, ledger.period_of(day), purse)
    for one in gift.receivers:
        found = ledger.denied(
            giver=giver.pk,
            receiver=one.pk,
            points=gift.points,
            caps=caps,
            before=before.get(one.pk, Before()),
            allowance=purse.points if purse else 0,
        )
        _refuse(found, gift, one)


def _before(giver: Employee, gift: Gift, month: dt.date, purse: rules.Purse | None) -> dict[int, Before]:
    """What ``giver`` gave before to each receiver this month, and to his unit in this period."""
    valid = KudosReceiver.objects.filter(giver=giver).exclude(kudos__state=Kudos.State.WITHDRAWN)
    pairs = valid.filter(kudos__period=month, receiver__in=gift.receivers).order_by().values_list("receiver")
    done = {one: (points or 0, gifts) for one, points, gifts in pairs.annotate(Sum("kudos__points"), Count("pk"))}
    units = {one.unit_id for one in gift.receivers if one.unit_id}
    since = purse.place.period if purse else month
    same = valid.filter(Q(kudos__period__gte=since), unit__in=units).order_by().values_list("unit")
    sent: dict[int | None, int] = {unit: points or 0 for unit, points in same.annotate(Sum("kudos__points"))}
    found = {}
    for one in gift.receivers:
        points, gifts = done.get(one.pk, (0, 0))
        found[one.pk] = Before(points, gifts, sent.get(one.unit_id, 0))
        # Further people of the same unit in this very gift count, too.
        sent[one.unit_id] = sent.get(one.unit_id, 0) + gift.points
    return found


def _refuse(found: Denied | None, gift: Gift, receiver: Employee | None = None) -> None:
    if found is None:
        return
    field = "receivers" if found.why in {Refusal.ONESELF, Refusal.PAIR_GIFTS} else "points"
    raise ValidationError({field: _words(found, gift, receiver)})


def _words(found: Denied, gift: Gift, receiver: Employee | None) -> str:
    limit, name = found.limit, receiver.name if receiver else ""
    if found.why is Refusal.ONESELF:
        return _("You cannot thank yourself. Choose a colleague.")
    if found.why is Refusal.NEGATIVE:
        return _("Points cannot be taken away. Give 0 or more.")
    if found.why is Refusal.TOO_MUCH:
        return _("One thank-you carries at most %(limit)d points.") % {"limit": limit}
    if found.why is Refusal.PAIR_GIFTS:
        words = ngettext(
            "You have thanked %(name)s %(limit)d time this month; that is the most. Next month again.",
            "You have thanked %(name)s %(limit)d times this month; that is the most. Next month again.",
            limit,
        )
        return words % {"limit": limit, "name": name}
    if found.why is Refusal.PAIR_POINTS:
        return _("You can give %(name)s at most %(limit)d more points this month; 0 always goes.") % {
            "limit": limit,
            "name": name,
        }
    if found.why is Refusal.TEAM_SHARE:
        return _("At most %(limit)d more of your points can go to the team of %(name)s; 0 always goes.") % {
            "limit": limit,
            "name": name,
        }
    return _beyond_words(limit, len(gift.receivers))


def _beyond_words(limit: int, receivers: int) -> str:
    if not limit:
        return _("You have no points left. Give 0: the thanks arrive all the same.")
    if receivers == 1:
        return _("You have %(left)d points left. Give that many or fewer.") % {"left": limit}
    return _("Your points are enough for %(left)d to each of %(people)d people.") % {
        "left": limit,
        "people": receivers,
    }
