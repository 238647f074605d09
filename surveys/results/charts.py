"""Vega-Lite specifications of the results pages, each with the rows of its table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

COLOURS = {"want": "#c4510a", "know": "#0b63a5", "can": "#0a7d5a", "none": "#b9c0c8"}
WORDS = {"want": "Want", "know": "Know", "can": "Can", "none": "None of these"}
THIRDS = ("favourable", "neutral", "unfavourable")
THIRD_COLOURS = ["#2b7bba", "#d9d6cf", "#e08a4f"]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def trend(points: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Want, know and can of the company from wave to wave; None with fewer than two waves."""
    values = [
        {
            "wave": f"{point['wave'].number}",
            "at": point["wave"].opens_on.isoformat(),
            "what": WORDS[key],
            "score": score,
        }
        for point in points
        for key in ("want", "know", "can")
        if (score := point[key]) is not None
    ]
    if len({value["at"] for value in values}) < 2:
        return None
    keys = ("want", "know", "can")
    colour = {"domain": [WORDS[key] for key in keys], "range": [COLOURS[key] for key in keys]}
    last = max(value["at"] for value in values)
    encoding = {
        "x": {"field": "at", "type": "temporal", "title": None, "axis": {"format": "%b %Y"}},
        "y": {"field": "score", "type": "quantitative", "title": None, "scale": {"domain": [0, 100]}},
        "color": {"field": "what", "type": "nominal", "scale": colour, "legend": None},
    }
    label = {"mark": {"type": "text", "align": "left", "dx": 6}, "encoding": {"text": {"field": "what"}}}
    spec = {
        "$schema": SCHEMA,
        "width": 620,
        "height": 220,
        "data": {"values": values},
        "encoding": encoding,
        "layer": [
            {"mark": {"type": "line", "point": True}},
            {**label, "transform": [{"filter": f"datum.at == '{last}'"}]},
        ],
    }
    table = [
        {
            "Wave": point["wave"].number,
            **{WORDS[key]: _told(point[key]) for key in keys},
            "Opened": point["wave"].opens_on,
        }
        for point in points
    ]
    return {"spec": spec, "table": table}


def _told(score: int | None) -> int | str:
    return "hidden for privacy" if score is None else score


def barrier(cell: dict[str, Any] | None) -> dict[str, Any] | None:
    """What people meet first; None when hidden."""
    if not cell or not cell.get("shown"):
        return None
    values = [{"what": WORDS[key], "share": share} for key, share in cell["shares"].items()]
    spec = {
        "$schema": SCHEMA,
        "width": 420,
        "height": 140,
        "data": {"values": values},
        "encoding": {
            "y": {"field": "what", "type": "nominal", "sort": None, "title": None},
            "x": {"field": "share", "type": "quantitative", "title": "% of people", "scale": {"zero": True}},
            "color": {
                "field": "what",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": list(WORDS.values()), "range": list(COLOURS.values())},
            },
        },
        "layer": [
            {"mark": {"type": "bar", "height": 20}},
            {"mark": {"type": "text", "align": "left", "dx": 4}, "encoding": {"text": {"field": "share"}}},
        ],
    }
    table = [{"First barrier": value["what"], "% of people": value["share"]} for value in values]
    return {"spec": spec, "table": table}


def thirds(items: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Favourable, neutral and unfavourable shares of each shown question; None when there is none."""
    shown = [item for item in items if item["cell"].get("shown") and "fav" in item["cell"]]
    if not shown:
        return None
    values = [
        {"item": item["code"], "what": name, "order": at, "share": item["cell"][key]}
        for item in shown
        for at, (name, key) in enumerate(zip(THIRDS, ("fav", "neu", "unf"), strict=True))
    ]
    spec = {
        "$schema": SCHEMA,
        "width": 560,
        "height": {"step": 22},
        "data": {"values": values},
        "mark": "bar",
        "encoding": {
            "y": {"field": "item", "type": "nominal", "sort": None, "title": None},
            "x": {"field": "share", "type": "quantitative", "title": "% of people", "stack": "normalize"},
            "order": {"field": "order"},
            "color": {
                "field": "what",
                "type": "nominal",
                "title": None,
                "scale": {"domain": list(THIRDS), "range": THIRD_COLOURS},
                "legend": {"orient": "top"},
            },
        },
    }
    table = [
        {"Question": item["code"], **dict(zip(THIRDS, (item["cell"][k] for k in ("fav", "neu", "unf")), strict=True))}
        for item in shown
    ]
    return {"spec": spec, "table": table}
