"""The library of questionnaires that ships with the product, loaded from JSON and versioned."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from culture.framework.models import Dimension
from surveys.instruments.models import Instrument, InstrumentVersion, Item

LIBRARY = Path(__file__).parent / "library" / "service_culture.json"
FIELDS = (
    "code",
    "section",
    "kind",
    "options",
    "about",
    "text",
    "help",
    "show_if",
    "required",
    "cannot_judge",
    "requirements",
    "dimension",
    "facet",
)
DIMENSIONS = {"W": Dimension.WANT, "K": Dimension.KNOW, "C": Dimension.CAN}


@cache
def library() -> dict[str, Any]:
    return json.loads(LIBRARY.read_text(encoding="utf-8"))


@transaction.atomic
def load_library() -> Instrument:
    """The instrument ``service-culture`` as the library has it now.

    Does nothing when nothing changed. An edition that a wave uses is never touched: a changed library makes a new one.
    """
    content = library()
    wanted = [_complete(item) for item in content["items"]]
    instrument, _ = Instrument.objects.select_for_update().get_or_create(key=content["key"])
    if (instrument.name, instrument.purpose) != (content["name"], content["purpose"]):
        instrument.name, instrument.purpose = content["name"], content["purpose"]
        instrument.save(update_fields=["name", "purpose"])
    latest = latest_version(instrument)
    if latest is None or (latest.frozen_at and frozen_items(latest) != wanted):
        latest = InstrumentVersion.objects.create(instrument=instrument, number=latest.number + 1 if latest else 1)
    if frozen_items(latest) != wanted:
        latest.items.all().delete()
        Item.objects.bulk_create(Item(version=latest, position=n, **item) for n, item in enumerate(wanted, 1))
    return instrument


def latest_version(instrument: Instrument) -> InstrumentVersion | None:
    return instrument.versions.order_by("-number").first()


def frozen_items(version: InstrumentVersion) -> list[dict[str, Any]]:
    """The items as plain data, in order: what a wave freezes into its snapshot."""
    return list(version.items.order_by("position").values(*FIELDS))


def _complete(item: dict[str, Any]) -> dict[str, Any]:
    requirements = item.get("requirements", [])
    return {
        "code": item["code"],
        "section": item["section"],
        "kind": item["kind"],
        "options": item.get("options", {}),
        "about": item.get("about", Item.About.OWN.value),
        "text": item["text"],
        "help": item.get("help", {}),
        "show_if": item.get("show_if", {}),
        "required": item.get("required", True),
        "cannot_judge": item.get("cannot_judge", True),
        "requirements": requirements,
        "dimension": DIMENSIONS[requirements[0][0]].value if requirements else "",
        "facet": item.get("facet", ""),
    }
