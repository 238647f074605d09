"""Everything about a person as files: JSON for programs, one readable page, and both in a zip."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from culture.people import rights
from culture.people.models import Employee

# Rows of a list on the page: longer ones go on in the download.
SHOWN = 20


def _plain(value: Any) -> Any:
    """``value`` as JSON carries it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    return str(value)


def told(value: Any) -> Any:
    """``value`` as a page says it."""
    if value is None or value == "" or value == {} or value == []:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{key}: {told(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(told(item)) for item in value)
    return value


def sections(person: Employee, *, limit: int | None = None) -> list[dict[str, Any]]:
    """The groups as a page shows them: heading, words, blocks with headings and rows of told values."""
    found = []
    for group, filled in rights.everything(person):
        heading, words = rights.GROUPS[group]
        found.append({"key": group.value, "heading": heading, "words": words, "blocks": _blocks(filled, limit)})
    if not any(section["key"] == rights.Group.SURVEYS for section in found):
        heading, words = rights.GROUPS[rights.Group.SURVEYS]
        found.append({"key": rights.Group.SURVEYS.value, "heading": heading, "words": words, "blocks": []})
    order = [group.value for group in rights.Group]
    return sorted(found, key=lambda section: order.index(section["key"]))


def _blocks(filled: list[tuple[rights.Holding, list[rights.Row]]], limit: int | None) -> list[dict[str, Any]]:
    blocks = []
    for one, rows in filled:
        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        # The newest come first on a page that does not show all.
        shown = rows if limit is None else rows[::-1][:limit]
        blocks.append(
            {
                "title": one.title,
                "kept": one.kept,
                "seen_by": one.seen_by,
                "single": len(rows) == 1,
                "headings": headings,
                "rows": [[(heading, told(row.get(heading))) for heading in headings] for row in shown],
                "more": len(rows) - len(shown),
            }
        )
    return blocks


def as_data(person: Employee, *, now: dt.datetime) -> dict[str, Any]:
    """Everything, ready for JSON; headings are words in the reader's language, ``key`` and ``model`` are stable."""
    return {
        "about": _("Everything Trivium stores about you. Your survey answers are stored without a name and not here."),
        "made_at": now.isoformat(),
        "language": get_language(),
        "groups": [
            {
                "key": group.value,
                "name": str(rights.GROUPS[group][0]),
                "why": str(rights.GROUPS[group][1]),
                "holdings": [
                    {
                        "model": one.model,
                        "name": str(one.title),
                        "kept": str(one.kept),
                        "seen_by": str(one.seen_by),
                        "rows": [_plain(row) for row in rows],
                    }
                    for one, rows in filled
                ],
            }
            for group, filled in rights.everything(person)
        ],
    }


def as_json(person: Employee, *, now: dt.datetime) -> bytes:
    return json.dumps(as_data(person, now=now), ensure_ascii=False, indent=2).encode()


def as_page(person: Employee, *, now: dt.datetime) -> bytes:
    """One page that needs nothing but a browser."""
    context = {"sections": sections(person), "person": person, "now": now}
    return render_to_string("culture/people/rights_file.html", context).encode()


def as_zip(person: Employee, *, now: dt.datetime) -> bytes:
    """``my-data.html`` to read and ``my-data.json`` to take elsewhere."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.html", as_page(person, now=now))
        archive.writestr("my-data.json", as_json(person, now=now))
    return out.getvalue()
