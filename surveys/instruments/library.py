"""The library of questionnaires that ships with the product: one JSON file each. No database.

An item may be taken over from another one of the library: ``{"use": [key, code], …}``, with what differs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from surveys.instruments import timing
from surveys.instruments.content import Content, complete, section

FOLDER = Path(__file__).parent / "library"
ORDER = (
    "service-culture",
    "culture-pulse",
    "internal-service",
    "expectation-gap",
    "two-factor-review",
    "sins-and-signs",
    "readiness",
    "after-training",
)


@dataclass(frozen=True)
class Entry:
    """One questionnaire of the library. ``name`` and ``purpose`` are {language: text}, ``sources`` plain citations."""

    key: str
    name: dict[str, str]
    purpose: dict[str, str]
    sources: tuple[str, ...]
    content: Content

    @property
    def minutes(self) -> int:
        return timing.minutes(self.content["items"])

    @property
    def about_providers(self) -> bool:
        return any(item["about"] == "provider" for item in self.content["items"])


@cache
def raw(key: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{key.replace('-', '_')}.json").read_text(encoding="utf-8"))


@cache
def entry(key: str) -> Entry:
    """Raises KeyError for what the library does not have."""
    if key not in ORDER:
        raise KeyError(key)
    found = raw(key)
    sections = [
        section(one["key"], one["title"], one.get("intro"), one.get("shuffled", False))
        for one in found.get("sections", [])
    ]
    items = [complete(_whole(item)) for item in found["items"]]
    sources = tuple(found.get("sources", ()))
    return Entry(key, found["name"], found["purpose"], sources, {"sections": sections, "items": items})


def _whole(item: dict[str, Any]) -> dict[str, Any]:
    if "use" not in item:
        return item
    key, code = item["use"]
    origin = next(one for one in raw(key)["items"] if one["code"] == code)
    return {**origin, **{name: value for name, value in item.items() if name != "use"}}


def entries() -> list[Entry]:
    return [entry(key) for key in ORDER]
