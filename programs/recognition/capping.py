"""What the caps say of one gift: refused in words, or, in thanks to a whole team, whom its points pass over.

Thanks to a whole team go through though its giver has reached the month's limit with some of its people: those are
thanked with the others, without points. The limit is there against points that run between the same few, not against
words; a team is what it is, nobody can be left out of it; and who leads it would otherwise, once the limit with one
person is full, be unable to thank all of them. The limit of what may go to one team in a period still refuses the
whole gift: whom it would strike first among equals could only be an accident.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from culture.people.models import Employee
from programs.recognition import ledger, rules
from programs.recognition.gifts import Gift
from programs.recognition.ledger import Before, Denied, Refusal
from programs.recognition.models import Account, Kudos, KudosReceiver
from programs.recognition.point_models import AllowanceRule

# Both by one statement, sent once the giver's lock is held. Whom the points passed over had none of them.
DONE = """
    SELECT t.receiver_id, coalesce(sum(k.points) FILTER (WHERE NOT t.without_points), 0), count(*)
    FROM programs_kudos k JOIN programs_kudosreceiver t ON t.kudos_id = k.id
    WHERE k.giver_id = %s AND k.period = %s AND k.state <> 'withdrawn' AND t.receiver_id = ANY(%s) GROUP BY 1
    UNION ALL SELECT NULL, id, NULL FROM programs_kudos WHERE idempotency_key = %s
"""


@dataclass(frozen=True)
class Done:
    """What went before: the thanks of this very key, if any; (points, gifts) to each receiver this month."""

    twin: int | None = None
    pairs: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def done(giver: Employee, receivers: Sequence[Employee], month: dt.date, key: UUID | None = None) -> Done:
    """One query."""
    with connection.cursor() as cursor:
        cursor.execute(DONE, [giver.pk, month, [one.pk for one in receivers], key])
        rows = cursor.fetchall()
    twin = next((number for receiver, number, _gifts in rows if receiver is None), None)
    return Done(twin, {receiver: (points, gifts) for receiver, points, gifts in rows if receiver is not None})


def passed_over(gift: Gift, book: rules.Book, before: Done) -> set[int]:
    """Of a whole team those (ids) whom its points pass over; nobody of people who were chosen one by one.

    Raises ``ValidationError`` where it would be everybody.
    """
    if gift.team is None:
        return set()
    found = {
        one.pk: ledger.beyond_pair(gift.points, book.caps, *before.pairs.get(one.pk, (0, 0))) for one in gift.receivers
    }
    over = {pk: why for pk, why in found.items() if why is not None}
    if len(over) < len(gift.receivers):
        return set(over)
    name = {"name": gift.team.name}
    if all(why is Refusal.PAIR_GIFTS for why in over.values()):
        words = _("You have thanked everybody of %(name)s as often as one may in a month. Next month again.")
        raise ValidationError({"receivers": words % name})
    words = _("You cannot give anybody of %(name)s that many points any more this month; 0 always goes.")
    raise ValidationError({"points": words % name})


def refuse_beyond(gift: Gift, *, paid: int, left: int) -> None:
    """``paid``: how many of the receivers get points."""
    _refuse(ledger.beyond(points=gift.points, receivers=paid, left=left), paid)


def refuse(
    giver: Employee, gift: Gift, month: dt.date, purse: rules.Purse | None, book: rules.Book, before: Done,
    over: set[int],
) -> None:  # fmt: skip
    """Raises ``ValidationError`` for the first of the receivers, but those passed ``over``, a cap stands against."""
    caps, sent = book.caps, dict[int | None, int]()
    if gift.purse == AllowanceRule.Purse.BUDGET:
        # A manager's budget is there for one team: his own.
        caps = replace(caps, team_share=0)
    if caps.team_share and gift.points:
        sent = _to_units(giver, gift, purse.place.period if purse else month)
    for one in gift.receivers:
        if one.pk in over:
            continue
        points, gifts = before.pairs.get(one.pk, (0, 0))
        found = ledger.denied(
            giver=giver.pk,
            receiver=one.pk,
            points=gift.points,
            caps=caps,
            before=Before(points, gifts, sent.get(one.unit_id, 0)),
            allowance=purse.points if purse else 0,
        )
        _refuse(found, len(gift.receivers), one)
        # Further people of the same unit in this very gift count, too.
        sent[one.unit_id] = sent.get(one.unit_id, 0) + gift.points


def _to_units(giver: Employee, gift: Gift, since: dt.date | None) -> dict[int | None, int]:
    """The points ``giver`` sent to each of the receivers' units since ``since``, those of his budget apart."""
    units = {one.unit_id for one in gift.receivers if one.unit_id}
    valid = KudosReceiver.objects.filter(giver=giver, without_points=False, unit__in=units, kudos__period__gte=since)
    valid = valid.exclude(kudos__state=Kudos.State.WITHDRAWN).exclude(kudos__purse__kind=Account.Kind.BUDGET)
    same = valid.order_by().values_list("unit")
    return {unit: points or 0 for unit, points in same.annotate(Sum("kudos__points"))}


def room(giver: Employee, people: Sequence[Employee], month: dt.date, book: rules.Book) -> list[tuple[Employee, int]]:
    """Those of ``people`` to whom ``giver`` can give less than one gift may carry, and how much; the least first.

    Only whom he has thanked this month. One query.
    """
    caps, pairs = book.caps, done(giver, people, month).pairs
    found = [(one, ledger.room(caps, *pairs[one.pk])) for one in people if one.pk in pairs]
    return sorted(((one, most) for one, most in found if most < caps.per_gift), key=lambda pair: pair[1])


# -- in words --------------------------------------------------------------------------------------------------------


def _refuse(found: Denied | None, people: int, receiver: Employee | None = None) -> None:
    if found is None:
        return
    place = "receivers" if found.why in {Refusal.ONESELF, Refusal.PAIR_GIFTS} else "points"
    raise ValidationError({place: _words(found, people, receiver)})


def _words(found: Denied, people: int, receiver: Employee | None) -> str:
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
    return _beyond_words(limit, people)


def _beyond_words(limit: int, people: int) -> str:
    if not limit:
        return _("You have no points left. Give 0: the thanks arrive all the same.")
    if people == 1:
        return _("You have %(left)d points left. Give that many or fewer.") % {"left": limit}
    return _("Your points are enough for %(left)d to each of %(people)d people.") % {"left": limit, "people": people}
