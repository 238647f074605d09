"""Charts of this room as Vega-Lite specifications. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

COLOURS = {"want": "#c4510a", "know": "#0b63a5", "can": "#0a7d5a"}


def trend(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Want, know and can over the waves, each line labelled at its end."""
    values = [
        {"wave": row["wave"], "when": f"{row['date']:%b %y}", "dimension": name, "index": row[name]}
        for row in rows
        for name in COLOURS
        if row[name] is not None
    ]
    last = rows[-1]["wave"]
    ends = [value for value in values if value["wave"] == last]
    for value, shifted in zip(sorted(ends, key=lambda v: v["index"]), _apart(ends), strict=True):
        value["label"], value["at"] = f"{value['dimension']} {value['index']}", shifted
    lowest, highest = min(v["index"] for v in values), max(v["index"] for v in values)
    scale = {"domain": [max(0, lowest // 10 * 10), min(100, highest // 10 * 10 + 10)], "nice": False}
    colour = {
        "field": "dimension",
        "type": "nominal",
        "scale": {"domain": list(COLOURS), "range": list(COLOURS.values())},
        "legend": None,
    }
    order = [f"{row['date']:%b %y}" for row in rows]
    x = {
        "field": "when",
        "type": "ordinal",
        "sort": order,
        "title": None,
        "axis": {"labelAngle": 0, "grid": False, "labelOverlap": "parity"},
    }
    y = {"type": "quantitative", "scale": scale, "title": None, "axis": {"tickCount": 4, "domain": False}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 250,
        "height": 150,
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "line", "strokeWidth": 2.5, "point": len(rows) == 1},
                "encoding": {"x": x, "y": {**y, "field": "index"}, "color": colour},
            },
            {
                "data": {"values": ends},
                "mark": {"type": "text", "align": "left", "dx": 8, "fontWeight": "bold", "fontSize": 13},
                "encoding": {
                    "x": x,
                    "y": {**y, "field": "at"},
                    "color": colour,
                    "text": {"field": "label", "type": "nominal"},
                },
            },
        ],
        "config": {"view": {"stroke": None}},
    }


def _apart(ends: Sequence[dict[str, Any]], distance: float = 4.0) -> list[float]:
    """Heights for the labels, from the lowest up, that do not run into each other."""
    heights: list[float] = []
    for value in sorted(end["index"] for end in ends):
        heights.append(max(value, heights[-1] + distance) if heights else value)
    return heights
