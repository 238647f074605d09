"""The proof of the books: every kept figure is what the ledger, the gifts, the redemptions and the lots say."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from programs.recognition import ledger
from programs.recognition.models import Account

# Sums of five million entries: one pass over each side, no row brought here but the accounts that differ.
BALANCES = """
    WITH moved AS (
        SELECT account, sum(change) AS total FROM (
            SELECT target_id AS account, sum(amount) AS change FROM programs_ledgerentry GROUP BY 1
            UNION ALL SELECT source_id, -sum(amount) FROM programs_ledgerentry GROUP BY 1
        ) sides GROUP BY 1
    )
    SELECT a.id, a.balance, coalesce(m.total, 0) FROM programs_account a LEFT JOIN moved m ON m.account = a.id
    WHERE a.kind <> ALL(%s) AND a.balance <> coalesce(m.total, 0) ORDER BY a.id
"""
RESERVED = """
    SELECT coalesce(a.employee_id, r.employee_id), coalesce(a.balance, 0), coalesce(r.total, 0)
    FROM (SELECT employee_id, balance FROM programs_account WHERE kind = 'reserved') a
    FULL JOIN (SELECT employee_id, sum(price) AS total FROM programs_redemption
               WHERE state IN ('reserved', 'to_fulfil') GROUP BY 1) r USING (employee_id)
    WHERE coalesce(a.balance, 0) <> coalesce(r.total, 0) ORDER BY 1
"""
PENDING = """
    SELECT coalesce(a.employee_id, k.giver_id), coalesce(a.balance, 0), coalesce(k.total, 0)
    FROM (SELECT employee_id, balance FROM programs_account WHERE kind = 'pending') a
    FULL JOIN (SELECT k.giver_id, sum(k.points) AS total FROM programs_kudos k
               JOIN programs_kudosreceiver t ON t.kudos_id = k.id
               WHERE k.state = 'pending' AND NOT t.without_points GROUP BY 1) k
    ON k.giver_id = a.employee_id
    WHERE coalesce(a.balance, 0) <> coalesce(k.total, 0) ORDER BY 1
"""
LOTS = """
    SELECT coalesce(a.id, l.account_id), coalesce(a.balance, 0), coalesce(l.total, 0)
    FROM (SELECT id, balance FROM programs_account WHERE kind = 'personal') a
    FULL JOIN (SELECT account_id, sum(remaining) AS total FROM programs_lot GROUP BY 1) l ON l.account_id = a.id
    WHERE coalesce(a.balance, 0) <> coalesce(l.total, 0) ORDER BY 1
"""
USES = """
    SELECT l.id, l.remaining, l.amount - coalesce(sum(u.amount), 0) FROM programs_lot l
    LEFT JOIN programs_lotuse u ON u.lot_id = l.id GROUP BY l.id
    HAVING l.remaining <> l.amount - coalesce(sum(u.amount), 0) ORDER BY 1
"""


@dataclass(frozen=True)
class Finding:
    """``what`` of ``whose`` (an account, an employee or a lot) is kept as ``kept`` but should be ``derived``."""

    what: str
    whose: int
    kept: int
    derived: int

    def __str__(self) -> str:
        return f"{self.what} {self.whose}: kept {self.kept}, should be {self.derived}"


def drifts() -> list[ledger.Drift]:
    """Accounts whose kept balance is not the sum of their entries. Empty is right."""
    return [ledger.Drift(*row) for row in _rows(BALANCES, [list(map(str, Account.UNCACHED))])]


def findings() -> list[Finding]:
    """Everything that does not agree; empty is right."""
    found = [Finding("balance of account", one.account, one.kept, one.derived) for one in drifts()]
    for what, query in (
        ("points reserved for employee", RESERVED),
        ("points on their way from employee", PENDING),
        ("lots of account", LOTS),
        ("remaining points of lot", USES),
    ):
        found += [Finding(what, *row) for row in _rows(query)]
    return found


def derived(kind: str) -> int:
    """The balance of all accounts of ``kind`` together, from the entries: for the hot ones, which keep none."""
    query = """
        SELECT coalesce(sum(CASE WHEN t.kind = %s THEN e.amount ELSE 0 END)
                        - sum(CASE WHEN s.kind = %s THEN e.amount ELSE 0 END), 0)
        FROM programs_ledgerentry e JOIN programs_account s ON s.id = e.source_id
        JOIN programs_account t ON t.id = e.target_id WHERE %s IN (s.kind, t.kind)
    """
    return _rows(query, [kind, kind, kind])[0][0]


def _rows(query: str, values: list | None = None) -> list[tuple[int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [tuple(int(value) for value in row) for row in cursor.fetchall()]  # type: ignore[misc]
