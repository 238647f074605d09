"""The catalogue's data files → the database. Codes are stable; a second load changes nothing.

``catalogue/versions.json`` tells which entry changed in which version, by digest: ``[{number, on, note, entries:
{code: digest}, withdrawn: [codes]}]``. Loading writes the catalogue's layer of words only; what the organisation
tailored lies in fields of its own and is never touched.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from culture.access.audit import record
from culture.framework.models import KINDS, CatalogueEntry, CatalogueVersion, Figure
from culture.framework.profiles import create_default

FOLDER = Path(__file__).resolve().parent / "catalogue"
FILES = KINDS
VERSIONS = "versions.json"
LOCK = 0x7472_6976  # two loads at once would both insert


class CatalogueError(ValueError):
    """The data files contradict each other; the message says which entry and what to do."""


def read(name: str) -> list[dict[str, Any]]:
    """The entries of one data file."""
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def versions() -> list[dict[str, Any]]:
    """The catalogue's versions, oldest first."""
    return json.loads((FOLDER / VERSIONS).read_text(encoding="utf-8"))


def digest(entry: dict[str, Any]) -> str:
    """A fingerprint of everything an entry says; its place in the list does not matter."""
    said = {key: value for key, value in entry.items() if key != "position"}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def last_changes() -> dict[str, tuple[int, str]]:
    """``{code: (version that last changed it, its digest then)}``."""
    return {code: (one["number"], mark) for one in versions() for code, mark in one["entries"].items()}


def check() -> list[str]:
    """What is wrong with the data files: entries changed without a version, or gone without being withdrawn."""
    recorded, problems = last_changes(), []
    entries = {entry["code"]: entry for name in FILES for entry in read(name)}
    for code, entry in entries.items():
        if recorded.get(code, (0, ""))[1] != digest(entry):
            problems.append(
                f"{code} is not what versions.json records: add a version (manage.py load_catalogue --stamp)"
            )
    withdrawn = {code for one in versions() for code in one["withdrawn"]}
    problems += [
        f"{code} is in versions.json only" for code in recorded if code not in entries and code not in withdrawn
    ]
    return problems


def stamp(note: str, today: dt.date) -> int:
    """For authors of the catalogue: record whatever changed in the files as its next version; its number."""
    recorded, known = last_changes(), versions()
    entries = {entry["code"]: digest(entry) for name in FILES for entry in read(name)}
    changed = {code: mark for code, mark in entries.items() if recorded.get(code, (0, ""))[1] != mark}
    gone = sorted(set(recorded) - set(entries) - {code for one in known for code in one["withdrawn"]})
    if not changed and not gone:
        raise CatalogueError("Nothing changed since the last version.")
    number = known[-1]["number"] + 1
    known.append({"number": number, "on": today.isoformat(), "note": note, "entries": changed, "withdrawn": gone})
    (FOLDER / VERSIONS).write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return number


@transaction.atomic
def load_catalogue() -> dict[str, int]:
    """Create and correct the entries; counts by kind, and ``changed``: how many rows were written.

    Raises ``CatalogueError`` when an older catalogue would overwrite a newer one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    version = versions()[-1]["number"]
    newest = CatalogueVersion.objects.order_by("-number").first()
    if newest and newest.number > version:
        raise CatalogueError(
            f"Version {newest.number} of the catalogue is loaded; these files are version {version}. "
            "Nothing was changed: update the program first."
        )
    counts, changed = {}, []
    for name, model in FILES.items():
        entries = read(name)
        counts[name] = len(entries)
        changed += _load_kind(model, entries)
    create_default()
    _remember(version, counts, changed)
    return {**counts, "changed": len(changed)}


def _load_kind(model: type[CatalogueEntry], entries: list[dict[str, Any]]) -> list[str]:
    """The codes written."""
    recorded, changed = last_changes(), []
    known = {row.code: row for row in model._default_manager.filter(own=False)}
    for entry in entries:
        row = known.pop(entry["code"], None) or model(code=entry["code"])
        values = _values(model, entry) | {"changed_in": recorded.get(entry["code"], (1, ""))[0], "withdrawn_in": None}
        if row.pk and all(getattr(row, key) == value for key, value in values.items()):
            continue
        for key, value in values.items():
            setattr(row, key, value)
        row.save(update_fields=list(values) if row.pk else None)
        changed.append(row.code)
    return changed + _withdraw(model, list(known.values()))


def _values(model: type[CatalogueEntry], entry: dict[str, Any]) -> dict[str, Any]:
    values = {key: value for key, value in entry.items() if key != "code"} | {"detail": entry.get("detail", {})}
    if model is Figure:
        values["value"] = Decimal(entry["value"])
    return values


def _withdraw(model: type[CatalogueEntry], gone: list[CatalogueEntry]) -> list[str]:
    """Entries that left the files stay in the database: old records point at them."""
    number = versions()[-1]["number"]
    fresh = [row.code for row in gone if row.withdrawn_in is None]
    model._default_manager.filter(code__in=fresh).update(withdrawn_in=number)
    return fresh


def _remember(version: int, counts: dict[str, int], changed: list[str]) -> None:
    known, created = CatalogueVersion.objects.get_or_create(
        number=version, defaults={"counts": counts, "changed": changed}
    )
    if not created and changed:
        known.counts, known.changed = counts, sorted({*known.changed, *changed})
        known.save(update_fields=["counts", "changed"])
    if changed:
        record(None, "framework.load", "catalogue", version=version, changed=len(changed), **counts)
