"""Fills the columns people are searched and sorted by, for rows that were written without them."""

from __future__ import annotations

from typing import Any

from culture.people import names

BATCH = 5000
COLUMNS = ("search", "sort_name", "sort_ro", "sort_zh")
WRITE = """
UPDATE culture_employee e SET search = k.search, sort_name = k.sort_name, sort_ro = k.sort_ro, sort_zh = k.sort_zh
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[]) AS k(id, search, sort_name, sort_ro, sort_zh)
WHERE e.id = k.id
"""


def fill(connection: Any) -> int:
    """Make the keys of everybody whose ``search`` is empty; returns how many. Idempotent; raw SQL for migrations."""
    done, last = 0, 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT id, given_name, family_name, number, email FROM culture_employee"
                " WHERE search = '' AND id > %s ORDER BY id LIMIT %s",
                [last, BATCH],
            )
            rows = cursor.fetchall()
            if not rows:
                return done
            made = [names.keys(given_name=row[1], family_name=row[2], number=row[3], email=row[4]) for row in rows]
            cursor.execute(WRITE, [[row[0] for row in rows], *([one[name] for one in made] for name in COLUMNS)])
            # Somebody of whom nothing can be searched keeps an empty one: go on behind him, not round in a circle.
            done, last = done + len(rows), rows[-1][0]
