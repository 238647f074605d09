"""Charts of this room as Vega-Lite specifications. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from surveys.results import charts

DIMENSIONS = charts.DIMENSIONS


def trend(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Want, know and can over the waves, each line labelled at its end: with a range where no more may be told."""
    spec = charts.lines(rows, width=330)
    bands = rows[-1].get("bands") or {}
    for end in spec["layer"][1]["data"]["values"]:
        if end["dimension"] in bands and end["wave"] == rows[-1]["wave"]:
            end["label"] = f"{charts.word(end['dimension'])} {bands[end['dimension']]}"
    return spec


def table(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same numbers, for "Show as table"."""
    hidden = _("hidden for privacy")
    return [
        {
            _("Wave"): row["wave"],
            _("Closed"): charts.day(row["date"]),
            **{
                charts.word(key): hidden if row[key] is None else (row.get("bands") or {}).get(key) or row[key]
                for key in DIMENSIONS
            },
        }
        for row in rows
    ]


def course(rows: Sequence[tuple[str, float | None]], width: int = 540) -> dict[str, Any]:
    """One number over time: (when, value from 0 to 100)."""
    values = [{"when": when, "value": value} for when, value in rows]
    low, high = min(value or 0 for _when, value in rows), max(value or 0 for _when, value in rows)
    scale = {
        "domain": [min(low, max(0, low // 10 * 10 - 10)), max(high, min(100, high // 10 * 10 + 10))],
        "nice": False,
    }
    x = {"field": "when", "type": "ordinal", "sort": None, "title": None, "axis": {"labelOverlap": "greedy"}}
    y = {"field": "value", "type": "quantitative", "title": None, "scale": scale, "axis": {"tickCount": 4}}
    return {
        "$schema": charts.SCHEMA,
        "width": width,
        "height": 170,
        "usermeta": {"narrow": 250},
        "data": {"values": values},
        "mark": {"type": "line", "point": True, "strokeWidth": 2.5},
        "encoding": {"x": x, "y": y},
    }
