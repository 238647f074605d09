"""The catalogue's data files → the database. Codes are stable; a second load changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from culture.access.audit import record
from culture.framework.models import Behaviour, CatalogueEntry, Condition, Practice, Requirement

FOLDER = Path(__file__).resolve().parent / "catalogue"
FILES: dict[str, type[CatalogueEntry]] = {
    "requirements": Requirement,
    "behaviours": Behaviour,
    "conditions": Condition,
    "practices": Practice,
}


def read(name: str) -> list[dict[str, Any]]:
    """The entries of one data file."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@transaction.atomic
def load_catalogue() -> dict[str, int]:
    """Create and correct the entries; counts by kind, and ``changed``: how many rows were written."""
    counts: dict[str, int] = {}
    changed = 0
    for name, model in FILES.items():
        entries = read(name)
        counts[name] = len(entries)
        known = model._default_manager.in_bulk(field_name="code")
        for entry in entries:
            row = known.get(entry["code"]) or model(code=entry["code"])
            if row.pk and all(getattr(row, key) == value for key, value in entry.items()):
                continue
            for key, value in entry.items():
                setattr(row, key, value)
            row.save()
            changed += 1
    if changed:
        record(None, "framework.load", "catalogue", **counts)
    return {**counts, "changed": changed}
