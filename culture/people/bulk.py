"""Writing many rows at once by COPY: one statement for thousands, whatever columns other rooms add to a model."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from django.db import connection, models
from django.utils import timezone

CHUNK = 5000
# What the driver writes as it is; the rest is asked of the field.
PLAIN = frozenset({str, int, bool, type(None), dt.date})
Row = Mapping[str, Any]
"""Column's attribute name → value; what is missing has the field's default."""


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """``count`` fresh primary keys, so that rows can point at each other before they are written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def copy_in(model: type[models.Model], rows: Iterable[Row]) -> int:
    """Write new rows; returns how many. Every column the model has is filled; signals are not sent."""
    first = next(iter(rows := iter(rows)), None)
    if first is None:
        return 0
    fields: list[Any] = [
        field
        for field in model._meta.concrete_fields
        if field.attname in first or not (field.generated or field.primary_key or _by_database(field))
    ]
    defaults = [None if field.attname in first else _default(field) for field in fields]
    names = [field.attname for field in fields]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    plan = list(zip(names, defaults, fields, strict=True))
    written = 0
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {connection.ops.quote_name(model._meta.db_table)} ({columns}) FROM STDIN") as copy:
            for row in chain([first], rows):
                copy.write_row([_value(field, row.get(name, default)) for name, default, field in plan])
                written += 1
    return written


def _by_database(field: models.Field) -> bool:
    return field.has_db_default() and not field.has_default()


def _default(field: models.Field) -> Any:
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return timezone.now()
    return field.get_default()


def _value(field: Any, value: Any) -> Any:
    if value.__class__ in PLAIN:
        return value
    if isinstance(field, models.JSONField):
        return json.dumps(value, ensure_ascii=False, cls=field.encoder)
    return field.get_db_prep_save(value, connection)


def update_in(model: type[models.Model], columns: Sequence[str], rows: Mapping[int, Sequence[Any]]) -> int:
    """Set ``columns`` (attribute names) of the rows by primary key; returns how many were there."""
    if not rows:
        return 0
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = [quote(field.column) for field in fields]
    listed = ", ".join(names)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE import_update ON COMMIT DROP AS SELECT id, {listed} FROM {table} LIMIT 0")
        with cursor.copy(f"COPY import_update (id, {listed}) FROM STDIN") as copy:
            for pk, values in rows.items():
                copy.write_row([pk, *(_value(field, value) for field, value in zip(fields, values, strict=True))])
        cursor.execute("ANALYZE import_update")
        assigned = ", ".join(f"{name} = import_update.{name}" for name in names)
        cursor.execute(f"UPDATE {table} SET {assigned} FROM import_update WHERE {table}.id = import_update.id")
        changed = cursor.rowcount
        cursor.execute("DROP TABLE import_update")
    return changed


def chunks(items: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
