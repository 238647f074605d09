"""Empties the database after a test that committed."""

from __future__ import annotations

from django.db import connection

# Written by the migrations, the same for every test.
KEPT = ("django_migrations", "django_content_type", "auth_permission")
# From this size on a table is faster truncated; a truncated one costs new files for itself and each of its indexes.
LARGE = 4_000_000

TABLES = """
select relname, pg_relation_size(oid) > %s
from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not relname = any(%s)
order by relname
"""


def empty() -> None:
    """Every table of the schema, whoever made it; sequences go on."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [LARGE, list(KEPT)])
        tables = [(connection.ops.quote_name(name), large) for name, large in cursor.fetchall()]
        cursor.execute(" union all ".join(f"(select '{name}' from {name} limit 1)" for name, _ in tables))
        filled = {row[0] for row in cursor.fetchall()}
        statements = [
            f"truncate {name} cascade" if large else f"delete from {name}" for name, large in tables if name in filled
        ]
        if statements:
            # Replica role: triggers that refuse to delete, and foreign keys, stay quiet.
            cursor.execute("set session_replication_role = replica")
            cursor.execute(f"do $$ begin {'; '.join(statements)}; end $$")
            cursor.execute("reset session_replication_role")
