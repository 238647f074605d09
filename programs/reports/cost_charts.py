"""Pictures of an estimate of what poor service costs. Pure: Vega-Lite specifications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from surveys.results.charts import SCHEMA

BRAND, SOFT = "#0d4f4f", "#5b6675"
ROW = 34


def ranges(rows: Sequence[dict[str, Any]], currency: str) -> dict[str, Any]:
    """One line per part: from ``low`` to ``high``, its ``middle`` as a dot. ``rows``: label, low, middle, high."""
    y = {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 190}}
    x = {"type": "quantitative", "title": currency, "axis": _axis(), "scale": {"zero": True}}
    return {
        "$schema": SCHEMA,
        "width": 330,
        "height": max(60, ROW * len(rows)),
        "usermeta": {"narrow": 150},
        "data": {"values": list(rows)},
        "layer": [
            {
                "mark": {"type": "rule", "color": BRAND, "strokeWidth": 5, "opacity": 0.35},
                "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "color": BRAND, "filled": True, "size": 90},
                "encoding": {"y": y, "x": {**x, "field": "middle"}},
            },
        ],
    }


def tornado(rows: Sequence[dict[str, Any]], likely: float, currency: str) -> dict[str, Any]:
    """What moves the total most: a bar from its value at an input's low to that at its high, around ``likely``: the
    total with every input there."""
    y = {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 190}}
    x = {"type": "quantitative", "title": currency, "axis": _axis(), "scale": {"zero": False}}
    return {
        "$schema": SCHEMA,
        "width": 330,
        "height": max(60, ROW * len(rows)),
        "usermeta": {"narrow": 150},
        "layer": [
            {
                "data": {"values": list(rows)},
                "mark": {"type": "bar", "color": BRAND, "height": 16, "cornerRadius": 3},
                "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "data": {"values": [{"at": likely}]},
                "mark": {"type": "rule", "color": SOFT, "strokeDash": [4, 3]},
                "encoding": {"x": {"field": "at", "type": "quantitative"}},
            },
        ],
    }


def _axis() -> dict[str, Any]:
    return {"tickCount": 3, "format": "~s", "grid": True}
