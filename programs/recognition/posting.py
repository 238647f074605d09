"""The only writer of the ledger: accounts under row locks in the order of their ids, one entry per movement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Q

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


COLUMNS = ("id", "kind", "employee_id", "period", "ends", "label", "issued_at", "balance")
# So many are looked for and locked by one statement; more are looked for in parts first.
FEW, PART = 8, 2000
ACCOUNTS = f"SELECT {', '.join(COLUMNS)} FROM programs_account"
LOCK_FEW = (
    ACCOUNTS + " WHERE ({places}) AND (SELECT count(*) FROM programs_account WHERE {places}) = %s"
    " ORDER BY id FOR UPDATE"
)
LOCK = ACCOUNTS + " WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
ENTRY = (
    "INSERT INTO programs_ledgerentry (source_id, target_id, amount, at, reason, note, kudos_id, redemption_id, by_id)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id"
)
BALANCES = "WITH kept AS (UPDATE programs_account SET balance = balance + CASE id {changes} END WHERE id = ANY(%s)) "


def lock(*places: Place) -> dict[Place, Account]:
    """The accounts of ``places`` for the rest of the transaction; what is missing is made.

    Taken in the order of their ids, so that no two movements wait for each other; for the same reason missing ones
    are made before the first lock is taken, in one order. Hot ones are only read. Call it once in a transaction.
    """
    kept = [place for place in dict.fromkeys(places) if place.cached]
    hot = [place for place in dict.fromkeys(places) if not place.cached]
    locked = _lock_few(kept) if len(kept) <= FEW else {}
    found = (read(hot) if hot else {}) | (locked or read(kept))
    if missing := sorted({*kept, *hot} - found.keys()):
        Account.objects.bulk_create([_row(place) for place in missing], ignore_conflicts=True)
        found |= read(missing)
    if len(locked) < len(kept):
        found |= _locked(LOCK, [sorted(found[place].pk for place in kept)])
    return found


def find(place: Place) -> Account | None:
    """The account of ``place`` if it exists, not locked."""
    return read([place]).get(place)


def _lock_few(places: list[Place]) -> dict[Place, Account]:
    """All of ``places`` by one statement; where one is missing none, and then none is locked either."""
    if not places:
        return {}
    parts, values = [], []
    for place in places:
        told = {"kind": str(place.kind), "employee_id": place.employee, "period": place.period, "label": place.label}
        named = [f"{name} IS NULL" if value is None else f"{name} = %s" for name, value in told.items()]
        parts.append(f"({' AND '.join(named)})")
        values += [value for value in told.values() if value is not None]
    return _locked(LOCK_FEW.format(places=" OR ".join(parts)), [*values, *values, len(places)])


def _locked(query: str, values: list[Any]) -> dict[Place, Account]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        rows = [Account.from_db(connection.alias, COLUMNS, row) for row in cursor.fetchall()]
    return {_place(row): row for row in rows}


def _row(place: Place) -> Account:
    return Account(kind=place.kind, employee_id=place.employee, period=place.period, label=place.label)


def _place(row: Account) -> Place:
    return Place(row.kind, row.employee_id, row.period, row.label)


def read(places: Sequence[Place]) -> dict[Place, Account]:
    """Those of ``places`` that exist, not locked."""
    parts = (places[at : at + PART] for at in range(0, len(places), PART))
    return {_place(row): row for part in parts for row in Account.objects.filter(_one_of(part))}


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
    told = {"amount": movement.amount, "at": now, "reason": str(reason), "note": note}
    whose = {"kudos": kudos, "redemption": redemption, "by": by}
    entry = LedgerEntry(source=source, target=target, **told, **whose)
    kept = [(one, change) for one, change in ((source, -amount), (target, amount)) if one.kind not in Account.UNCACHED]
    values = [source.pk, target.pk, *told.values(), *(one and one.pk for one in whose.values())]
    with connection.cursor() as cursor:
        cursor.execute(*_movement(kept, values))
        entry.pk = cursor.fetchone()[0]
    entry._state.adding, entry._state.db = False, connection.alias
    for account, change in kept:
        account.balance += change
    return entry


def _movement(kept: list[tuple[Account, int]], values: list[Any]) -> tuple[str, list[Any]]:
    """The statement that writes the entry and, where any is kept, the balances of both sides with it."""
    if not kept:
        return ENTRY, values
    cases = " ".join(["WHEN %s THEN %s::int"] * len(kept))
    changes = [value for account, change in kept for value in (account.pk, change)]
    ids = [account.pk for account, _change in kept]
    return BALANCES.format(changes=cases) + ENTRY, [*changes, ids, *values]
