"""Covers a person's name in what others wrote: every text and JSON column, unless published."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import translation
from django.utils.translation import gettext as _

from culture.people import erasure_text, rights
from culture.people.models import Employee

WINGS = ("culture", "surveys", "programs")
SHORTEST_COLUMN = 40


def needles_of(person: Employee) -> list[str]:
    """What names ``person`` in running text. A name another person bears, too, stays: it may be about the other."""
    namesakes = Employee.objects.filter(
        given_name__iexact=person.given_name, family_name__iexact=person.family_name
    ).exclude(pk=person.pk)
    names = [] if namesakes.exists() else erasure_text.names_of(person.given_name, person.family_name)
    return erasure_text.needles(number=person.number, email=person.email, names=names)


def instead() -> str:
    """What stands in the place of a name, in the organisation's first language."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("a former colleague")


def _searched(field: Any) -> bool:
    if isinstance(field, ArrayField):
        return _searched(field.base_field)
    if isinstance(field, models.SlugField) or field.choices:
        return False
    if isinstance(field, models.CharField):
        return (field.max_length or SHORTEST_COLUMN) >= SHORTEST_COLUMN
    return isinstance(field, models.TextField | models.JSONField)


def _append_only() -> set[str]:
    """Tables whose rows the database refuses to change."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgname LIKE 'append_only%%'"
        )
        return {row[0] for row in cursor.fetchall()}


def searched_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """(model, its columns that are searched). Not: people's own row, published texts, append-only and sealed tables."""
    published, frozen = rights.published_texts(), _append_only()
    for label in WINGS:
        for model in apps.get_app_config(label).get_models():
            meta = model._meta
            if not meta.managed or meta.proxy or model is Employee:
                continue
            if meta.label_lower in published or meta.db_table in frozen:
                continue
            if columns := [f.attname for f in meta.concrete_fields if not f.is_relation and _searched(f)]:
                yield model, columns


def _mentioning(model: type[models.Model], columns: list[str], wanted: list[str]) -> Any:
    """Rows where one of ``wanted`` may stand: the database narrows down, the pattern decides."""
    found, casts = Q(), {}
    for column in columns:
        casts[f"text_{column}"] = Cast(column, models.TextField())
        for needle in wanted:
            # Two words may be parted by a line's end, so each is looked for by itself.
            every = Q()
            for word in needle.split():
                inside = json.dumps(word, ensure_ascii=False)[1:-1]
                every &= Q(**{f"text_{column}__icontains": inside})
            found |= every
    return model._base_manager.annotate(**casts).filter(found).order_by("pk").values("pk", *columns)


def _changes(row: dict[str, Any], columns: list[str], found: re.Pattern[str], put: str) -> dict[str, Any]:
    covered = {column: erasure_text.cover(row[column], found, put) for column in columns}
    return {column: value for column, value in covered.items() if value != row[column]}


def mentions(person: Employee) -> int:
    """How many texts name ``person``. Writes nothing."""
    wanted = needles_of(person)
    found = erasure_text.pattern(wanted)
    if found is None:
        return 0
    return sum(
        bool(_changes(row, columns, found, ""))
        for model, columns in searched_columns()
        for row in _mentioning(model, columns, wanted).iterator(500)
    )


def cover_mentions(wanted: list[str]) -> dict[str, int]:
    """Put "a former colleague" in the place of every mention: {model label: rows changed}.

    Rows the database refuses to change count under ``label (unchangeable)``: the erasure says so.
    """
    found, put = erasure_text.pattern(wanted), instead()
    counts: dict[str, int] = {}
    if found is None:
        return counts
    for model, columns in searched_columns():
        for row in list(_mentioning(model, columns, wanted)):
            if changed := _changes(row, columns, found, put):
                key = model._meta.label
                try:
                    with transaction.atomic():
                        model._base_manager.filter(pk=row["pk"]).update(**_fitting(model, changed))
                except DatabaseError:
                    key += " (unchangeable)"
                counts[key] = counts.get(key, 0) + 1
    return counts


def _fitting(model: type[models.Model], changed: dict[str, Any]) -> dict[str, Any]:
    """The covering words may be longer than the name: short columns are cut."""

    def cut(name: str, value: Any) -> Any:
        limit = getattr(model._meta.get_field(name), "max_length", None)
        return value[:limit] if limit and isinstance(value, str) else value

    return {name: cut(name, value) for name, value in changed.items()}
