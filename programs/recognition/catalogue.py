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
from programs.recognition.reward_models import Redemption, Reward, RewardCode

CODES = 20_000


@dataclass(frozen=True)
class Terms:
    """What a reward is and for whom; texts by language. ``stock`` None: without end; ``per_person`` 0: any number."""

    kind: str
    name: dict[str, str]
    price: int
    description: dict[str, str] = field(default_factory=dict)
    stock: int | None = None
    per_person: int = 0
    approval: bool = True
    sites: list[str] = field(default_factory=list)
    managers_only: bool = False
    value: Decimal | None = None
    currency: str = ""
    tax_note: str = ""


@transaction.atomic
def save(*, terms: Terms, units: list[Unit], by: Employee, reward: Reward | None = None) -> Reward:
    """Make a reward, or change one: what was redeemed before keeps its price. A lower stock never undoes anything."""
    made = reward is None
    row = Reward() if reward is None else Reward.objects.select_for_update(of=("self",)).get(pk=reward.pk)
    for name in ("kind", "name", "description", "price", "stock", "per_person", "approval", "sites", "managers_only"):
        setattr(row, name, getattr(terms, name))
    row.value, row.currency = terms.value, terms.currency
    row.tax_notes = {"*": terms.tax_note} if terms.tax_note else {}
    row.save()
    row.units.set(units)
    audit.record(by, "reward.made" if made else "reward.changed", row, price=row.price, stock=row.stock)
    return row


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
    codes = []
    for number, line in enumerate(text.replace("\0", "").splitlines(), 1):
        code = line.strip()
        if len(code) > 200:
            words = _("Line %(line)d is longer than 200 characters: put one code on each line.")
            raise ValidationError(words % {"line": number})
        if code:
            codes.append(code)
    if not codes:
        raise ValidationError(_("Paste at least one code, one on each line."))
    if len(codes) > CODES:
        raise ValidationError(_("At most %(limit)d codes at once.") % {"limit": CODES})
    before = RewardCode.objects.filter(reward=reward).count()
    rows = [RewardCode(reward=reward, code=code) for code in dict.fromkeys(codes)]
    RewardCode.objects.bulk_create(rows, ignore_conflicts=True, batch_size=2000)
    added = RewardCode.objects.filter(reward=reward).count() - before
    audit.record(by, "reward.codes", reward, added=added)
    return added, len(codes) - added


def offered() -> QuerySet[Reward]:
    return Reward.objects.filter(retired_at=None).prefetch_related("units")


def managed() -> QuerySet[Reward]:
    """All rewards with ``open_count`` redemptions, ``done_count`` handed over and ``free_codes``; retired ones last."""
    return Reward.objects.annotate(
        open_count=Count("redemptions", Q(redemptions__state__in=Redemption.OPEN), distinct=True),
        done_count=Count("redemptions", Q(redemptions__state=Redemption.State.FULFILLED), distinct=True),
        free_codes=Count("codes", Q(codes__redemption=None), distinct=True),
    ).order_by("retired_at", "price", "pk")
