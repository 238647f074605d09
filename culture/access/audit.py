"""The record of what was done. Written by the services themselves, inside their own transaction; no signals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models

from culture.access import where
from culture.access.models import AuditEntry
from culture.people.models import Employee


def _plain(value: Any) -> Any:
    """``value`` as JSON can carry it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return name_of(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)


def name_of(subject: models.Model | str) -> str:
    """How the record names a subject: ``wave:12`` for a row, the text itself otherwise."""
    if isinstance(subject, models.Model):
        return f"{subject._meta.model_name}:{subject.pk}"
    return str(subject)


def record(by: Employee | None, verb: str, subject: models.Model | str, **detail: Any) -> AuditEntry:
    """Note that ``by`` (``None``: the system) did ``verb`` to ``subject``. ``detail`` holds no answer and no token.

    Nor names of people: an entry cannot be erased, so it points at them by id. Every verb has its sentence in
    sentences.py.
    """
    here = where.current()
    return AuditEntry.objects.create(
        actor=by if by is not None and by.pk else None,
        verb=verb[:60],
        subject=name_of(subject)[:120],
        detail=_plain(detail),
        channel=here.channel,
        address=here.address,
    )


def record_many(by: Employee | None, verb: str, done: Iterable[tuple[str, dict[str, Any]]]) -> int:
    """As :func:`record`, for many subjects at once: (name of the subject, detail) of each. Returns how many."""
    here = where.current()
    actor = by if by is not None and by.pk else None
    entries = (
        AuditEntry(
            actor=actor,
            verb=verb[:60],
            subject=subject[:120],
            detail=_plain(detail),
            channel=here.channel,
            address=here.address,
        )
        for subject, detail in done
    )
    return len(AuditEntry.objects.bulk_create(entries, batch_size=1000))
