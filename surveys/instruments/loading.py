"""Questionnaires of the library in the database, and what a wave takes from an edition."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from surveys.instruments import library as shelf
from surveys.instruments.content import FIELDS, Content
from surveys.instruments.models import Instrument, InstrumentVersion, Item


def library(key: str = "service-culture") -> dict[str, Any]:
    """A questionnaire of the library as its file has it."""
    return shelf.raw(key)


@transaction.atomic
def load_library(key: str = "service-culture") -> Instrument:
    """The instrument ``key`` as the library has it now. Raises KeyError.

    Does nothing when nothing changed, nor to what was edited here. An edition that a wave uses is never touched: a
    changed library makes a new one.
    """
    entry = shelf.entry(key)
    told = {
        "name": entry.name, "purpose": entry.purpose, "sources": list(entry.sources), "library_key": entry.key,
    }  # fmt: skip
    instrument, _ = Instrument.objects.select_for_update().get_or_create(key=entry.key, defaults=told)
    latest = latest_version(instrument)
    if latest is not None and latest.edited:
        return instrument
    if any(getattr(instrument, name) != value for name, value in told.items()):
        Instrument.objects.filter(pk=instrument.pk).update(**told)
        instrument.refresh_from_db()
    if latest is None or (latest.frozen_at and content_of(latest) != entry.content):
        latest = InstrumentVersion.objects.create(instrument=instrument, number=next_number(instrument))
    if content_of(latest) != entry.content:
        store(latest, entry.content)
    return instrument


def next_number(instrument: Instrument) -> int:
    last = instrument.versions.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def latest_version(instrument: Instrument) -> InstrumentVersion | None:
    """The edition that the next wave asks: the newest that is not a draft."""
    return instrument.versions.filter(draft=False).order_by("-number").first()


def draft_of(instrument: Instrument) -> InstrumentVersion | None:
    return instrument.versions.filter(draft=True).first()


def frozen_items(version: InstrumentVersion) -> list[dict[str, Any]]:
    """The items as plain data, in order: what a wave freezes into its snapshot."""
    return list(version.items.order_by("position").values(*FIELDS))


def content_of(version: InstrumentVersion) -> Content:
    return {"sections": version.sections, "items": frozen_items(version)}


def store(version: InstrumentVersion, content: Content) -> None:
    """Make ``content`` what this edition holds. The database refuses it for an edition that a wave uses."""
    version.items.all().delete()
    Item.objects.bulk_create(
        Item(version=version, position=at, **{name: item[name] for name in FIELDS})
        for at, item in enumerate(content["items"], 1)
    )
    if version.sections != content["sections"]:
        version.sections = content["sections"]
        version.save(update_fields=["sections"])
