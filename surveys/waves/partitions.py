"""Partitions of the tables that are kept per wave: made at opening, dropped whole."""

from __future__ import annotations

from django.db import connection
from psycopg import sql

INBOX = "surveys_inboxenvelope"
TABLES = frozenset({INBOX, "surveys_sealedown", "surveys_sealedrating", "surveys_sealedcomment"})


def create(table: str, wave_id: int) -> None:
    """Make the wave's partition unless it is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TABLE IF NOT EXISTS {} PARTITION OF {} FOR VALUES IN ({})")
            .format(sql.Identifier(_name(table, wave_id)), sql.Identifier(table), sql.Literal(int(wave_id)))
            .as_string(None)
        )


def drop(table: str, wave_id: int) -> None:
    """Drop the wave's partition with its rows, if it is there."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(_name(table, wave_id))).as_string(None))


def exists(table: str, wave_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [_name(table, wave_id)])
        return bool(cursor.fetchone()[0])


def _name(table: str, wave_id: int) -> str:
    if table not in TABLES:
        raise ValueError(f"{table} is not kept per wave.")
    return f"{table}_{int(wave_id)}"
