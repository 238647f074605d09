"""The only writer of the ledger: accounts under row locks in the order of their ids, one entry per movement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import F, Q

from culture.people.models import Employee
from programs.recognition import ledger
from programs.recognition.models import Account, Kudos, LedgerEntry
from programs.recognition.reward_models import Redemption

Kind = Account.Kind


class Reason(StrEnum):
    """Why points moved; ``ledger_views.REASONS`` has the words."""

    ALLOWANCE = "monthly allowance"
    KUDOS = "kudos"
    ARRIVED = "arrived"
    WITHDRAWN = "withdrawn"
    LAPSED = "allowance lapsed"
    EXPIRED = "expired"
    RESERVED = "reserved"
    REFUND = "refund"
    FULFILLED = "fulfilled"
    AWARD_BUDGET = "award budget"
    AWARD_RESERVED = "award reserved"
    AWARD_RETURNED = "award returned"
    AWARD = "award"
    CORRECTION = "correction"


@dataclass(frozen=True)
class Place:
    """An account named by what it is, whether its row exists yet or not."""

    kind: str
    employee: int | None = None
    period: dt.date | None = None
    label: str = ""

    def __lt__(self, other: Place) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[str, int, str, str]:
        return self.kind, self.employee or 0, str(self.period or ""), self.label

    @property
    def cached(self) -> bool:
        return self.kind not in Account.UNCACHED


ISSUER = Place(Kind.ISSUER)
SPENT = Place(Kind.SPENT)
EXPIRED = Place(Kind.EXPIRED)
WRITTEN_OFF = Place(Kind.WRITTEN_OFF)


def lock(*places: Place) -> dict[Place, Account]:
    """The accounts of ``places`` for the rest of the transaction; what is missing is made.

    Taken in the order of their ids, so that no two movements wait for each other; for the same reason missing ones
    are made before the first lock is taken, in one order. Hot ones are only read. Call it once in a transaction.
    """
    known = _read(places, locked=False)
    missing = sorted(place for place in places if place not in known)
    if missing:
        Account.objects.bulk_create([_row(place) for place in missing], ignore_conflicts=True)
    return _read(places, locked=True)


def find(place: Place) -> Account | None:
    """The account of ``place`` if it exists, not locked."""
    return _read([place], locked=False).get(place)


def _row(place: Place) -> Account:
    return Account(kind=place.kind, employee_id=place.employee, period=place.period, label=place.label)


def _read(places: Iterable[Place], *, locked: bool) -> dict[Place, Account]:
    hot = [place for place in places if not place.cached]
    kept = [place for place in places if place.cached]
    rows: list[Account] = list(Account.objects.filter(_one_of(hot))) if hot else []
    if kept:
        query = Account.objects.filter(_one_of(kept)).order_by("pk")
        rows += query.select_for_update() if locked else query
    return {Place(row.kind, row.employee_id, row.period, row.label): row for row in rows}


def _one_of(places: Iterable[Place]) -> Q:
    found = Q()
    for place in places:
        one = Q(kind=place.kind, label=place.label)
        one &= Q(employee=place.employee) if place.employee is not None else Q(employee__isnull=True)
        one &= Q(period=place.period) if place.period is not None else Q(period__isnull=True)
        found |= one
    return found


def move(
    source: Account,
    target: Account,
    amount: int,
    *,
    now: dt.datetime,
    reason: Reason,
    kudos: Kudos | None = None,
    redemption: Redemption | None = None,
    note: str = "",
    by: Employee | None = None,
) -> LedgerEntry:
    """``amount`` points go from ``source`` to ``target``, as :func:`lock` gave them. The database refuses debts."""
    movement = ledger.Movement(source.pk, target.pk, amount)
    entry = LedgerEntry.objects.create(
        source=source,
        target=target,
        amount=movement.amount,
        at=now,
        reason=reason,
        kudos=kudos,
        redemption=redemption,
        note=note,
        by=by,
    )
    for account, change in ((source, -amount), (target, amount)):
        if account.kind in Account.UNCACHED:
            continue
        Account.objects.filter(pk=account.pk).update(balance=F("balance") + change)
        account.balance += change
    return entry
