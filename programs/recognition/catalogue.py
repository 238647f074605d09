"""The rewards of the organisation: made, changed, retired, and their pools of voucher codes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee, Unit
from programs.recognition import codes
from programs.recognition.reward_models import Redemption, Reward, RewardCode

CODES = 20_000


@dataclass(frozen=True)
class Terms:
    """What a reward is and for whom; texts by language. ``stock`` None: without end; ``per_person`` 0: any number.

    ``tax_notes``: by country, ``*`` for the others.
    """

    kind: str
    name: dict[str, str]
    price: int
    description: dict[str, str] = field(default_factory=dict)
    stock: int | None = None
    per_person: int = 0
    approval: bool = True
    approver: str = Reward.Approver.HR
    countries: list[str] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    managers_only: bool = False
    value: Decimal | None = None
    currency: str = ""
    tax_notes: dict[str, str] = field(default_factory=dict)


PLAIN = (
    *("kind", "name", "description", "price", "stock", "per_person", "approval", "approver", "sites", "countries"),
    *("managers_only", "value", "currency", "tax_notes"),
)


@transaction.atomic
def save(
    *, terms: Terms, units: list[Unit], by: Employee, reward: Reward | None = None, shown: int | None = None
) -> Reward:
    """Make a reward, or change one: what was redeemed before keeps its terms. A lower stock never undoes anything.

    ``shown``: the stock the change was made from. What people took since then stays taken.
    """
    made = reward is None
    row = Reward() if reward is None else Reward.objects.select_for_update(of=("self",)).get(pk=reward.pk)
    stock = terms.stock if made else stock_now(there=row.stock, shown=shown, wanted=terms.stock)
    for name in PLAIN:
        setattr(row, name, getattr(terms, name))
    row.stock = stock
    row.save()
    row.units.set(units)
    audit.record(by, "reward.made" if made else "reward.changed", row, price=row.price, stock=row.stock)
    return row


def stock_now(*, there: int | None, shown: int | None, wanted: int | None) -> int | None:
    """What is left when somebody who saw ``shown`` wants ``wanted`` and ``there`` are left by now; None: no limit."""
    if wanted == shown:
        return there
    if there is None or shown is None or wanted is None:
        return wanted
    return max(0, there + wanted - shown)


@transaction.atomic
def retire(*, reward: Reward, by: Employee, now: dt.datetime) -> None:
    """Offer it no more. What is open goes on; nothing is deleted, so the ledger keeps what it points at."""
    row = Reward.objects.select_for_update(of=("self",)).get(pk=reward.pk)
    if row.retired_at is None:
        row.retired_at = now
        row.save(update_fields=["retired_at"])
        audit.record(by, "reward.retired", row)


@transaction.atomic
def offer_again(*, reward: Reward, by: Employee) -> None:
    if Reward.objects.filter(pk=reward.pk, retired_at__isnull=False).update(retired_at=None):
        audit.record(by, "reward.offered_again", reward)


@transaction.atomic
def add_codes(*, reward: Reward, text: str, by: Employee) -> tuple[int, int]:
    """Codes, one on each line, into the pool of a voucher; returns (added, known already).

    Raises ``ValidationError`` with the line that cannot be a code; then none is added.
    """
    if reward.kind != Reward.Kind.VOUCHER:
        raise ValidationError(_("Only vouchers have codes."))
    wanted: list[str] = []
    for number, line in enumerate(text.replace("\0", "").splitlines(), 1):
        code = line.strip()
        if len(code) > codes.LONGEST:
            words = _("Line %(line)d is longer than 200 characters: put one code on each line.")
            raise ValidationError(words % {"line": number})
        if code:
            wanted.append(code)
    if not wanted:
        raise ValidationError(_("Paste at least one code, one on each line."))
    if len(wanted) > CODES:
        raise ValidationError(_("At most %(limit)d codes at once.") % {"limit": CODES})
    before = RewardCode.objects.filter(reward=reward).count()
    rows = [
        RewardCode(reward=reward, sealed=codes.seal(reward.pk, code), mark=codes.digest(reward.pk, code))
        for code in dict.fromkeys(wanted)
    ]
    RewardCode.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    added = RewardCode.objects.filter(reward=reward).count() - before
    audit.record(by, "reward.codes", reward, added=added)
    return added, len(wanted) - added


@transaction.atomic
def reseal() -> int:
    """Bring every code under the present SECRET_KEY; returns how many. All or (``codes.Unreadable``) none."""
    rows = list(RewardCode.objects.select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        code = codes.unseal(row.reward_id, row.sealed)
        row.sealed, row.mark = codes.seal(row.reward_id, code), codes.digest(row.reward_id, code)
    RewardCode.objects.bulk_update(rows, ["sealed", "mark"], batch_size=500)
    return len(rows)


def offered() -> QuerySet[Reward]:
    return Reward.objects.filter(retired_at=None).prefetch_related("units")


def managed() -> QuerySet[Reward]:
    """All rewards with ``open_count`` redemptions, ``done_count`` handed over and ``free_codes``; retired ones last."""
    return Reward.objects.annotate(
        open_count=Count("redemptions", Q(redemptions__state__in=Redemption.OPEN), distinct=True),
        done_count=Count("redemptions", Q(redemptions__state=Redemption.State.FULFILLED), distinct=True),
        free_codes=Count("codes", Q(codes__redemption=None), distinct=True),
    ).order_by("retired_at", "price", "pk")
