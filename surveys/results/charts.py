"""Vega-Lite specifications of the results pages, each with the rows of its table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

COLOURS = {"want": "#c4510a", "know": "#0b63a5", "can": "#0a7d5a", "none": "#5b6675", "unclassified": "#a9a59b"}
WORDS = {
    "want": "Want", "know": "Know", "can": "Can", "none": "None of these", "unclassified": "Too few answers"
}  # fmt: skip
DIMENSIONS = ("want", "know", "can")
THIRDS = ("favourable", "neutral", "unfavourable")
THIRD_COLOURS = ["#3d92cf", "#e6e3dc", "#d9733a"]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
# Points of the index that two labels at the ends of lines keep from each other.
APART = 4.0


def trend(points: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Want, know and can of the company from wave to wave; None with fewer than two waves."""
    rows = [
        {"wave": point["wave"].number, "date": point["wave"].closes_on, **{key: point[key] for key in DIMENSIONS}}
        for point in points
    ]
    if sum(any(row[key] is not None for key in DIMENSIONS) for row in rows) < 2:
        return None
    table = [
        {"Wave": row["wave"], "Closed": _day(row["date"]), **{WORDS[key]: _told(row[key]) for key in DIMENSIONS}}
        for row in rows
    ]
    return {"spec": lines(rows, width=540), "table": table}


def lines(rows: Sequence[dict[str, Any]], *, width: int = 330) -> dict[str, Any]:
    """One line each for want, know and can, labelled at its end with its last value.

    ``rows`` are the waves in their order: ``wave`` (its number), ``date`` and the three indices, None where hidden.
    """
    # Two waves that closed in one month would stand on the same place.
    told = "%b %y" if len({f"{row['date']:%b %y}" for row in rows}) == len(rows) else "%d %b %y"
    values = [
        {"wave": row["wave"], "when": f"{row['date']:{told}}", "dimension": key, "index": row[key]}
        for row in rows
        for key in DIMENSIONS
        if row[key] is not None
    ]
    last = max(value["wave"] for value in values)
    ends = sorted((value for value in values if value["wave"] == last), key=lambda value: value["index"])
    for value, height in zip(ends, _heights([end["index"] for end in ends]), strict=True):
        value["label"], value["at"] = f"{WORDS[value['dimension']]} {value['index']}", height
    lowest, highest = min(value["index"] for value in values), max(value["index"] for value in values)
    scale = {"domain": [max(0, lowest // 10 * 10), min(100, highest // 10 * 10 + 10)], "nice": False}
    axis = {"labelAngle": 0, "grid": False, "labelOverlap": "greedy", "labelSeparation": 6}
    order = [f"{row['date']:{told}}" for row in rows]
    x = {"field": "when", "type": "ordinal", "sort": order, "title": None, "axis": axis}
    y = {"type": "quantitative", "scale": scale, "title": None, "axis": {"tickCount": 4, "domain": False}}
    colours = {"domain": list(DIMENSIONS), "range": [COLOURS[key] for key in DIMENSIONS]}
    colour = {"field": "dimension", "type": "nominal", "scale": colours, "legend": None}
    return {
        "$schema": SCHEMA,
        "width": width,
        "height": 170,
        # So much and the labels fit into a card on a phone.
        "usermeta": {"narrow": 210},
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "line", "strokeWidth": 2.5, "point": True},
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
    }


def course(points: Sequence[Any], bottom: int = 0) -> dict[str, Any] | None:
    """One score from wave to wave with its interval; None with fewer than two waves where it is told.

    ``points``: of :mod:`surveys.results.insight.trends`, ``about`` the wave.
    """
    told = [point for point in points if point.index is not None]
    if len(told) < 2:
        return None
    days = [point.about.closes_on for point in points]
    pattern = "%b %y" if len({f"{day:%b %y}" for day in days}) == len(days) else "%d %b %y"
    values = [
        {
            "when": f"{point.about.closes_on:{pattern}}",
            "index": round(point.index),
            "low": max(bottom, round(point.low)),
            "high": min(100, round(point.high)),
            "label": str(round(point.index)),
        }
        for point in told
    ]
    order = [f"{day:{pattern}}" for day in days]
    lowest, highest = min(value["low"] for value in values), max(value["high"] for value in values)
    scale = {"domain": [max(bottom, lowest // 10 * 10), min(100, highest // 10 * 10 + 20)], "nice": False}
    axis = {"labelAngle": 0, "grid": False, "labelOverlap": "greedy", "labelSeparation": 6}
    x = {"field": "when", "type": "ordinal", "sort": order, "scale": {"domain": order}, "title": None, "axis": axis}
    y = {"type": "quantitative", "scale": scale, "title": None, "axis": {"tickCount": 4, "domain": False}}
    colour = {"value": COLOURS["know"]}
    return {
        "$schema": SCHEMA,
        "width": 560,
        "height": 200,
        "usermeta": {"narrow": 240},
        "data": {"values": values},
        "encoding": {"x": x},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.25},
                "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour},
            },
            {
                "mark": {"type": "line", "strokeWidth": 2.5, "point": True},
                "encoding": {"y": {**y, "field": "index"}, "color": colour},
            },
            {
                "mark": {"type": "text", "dy": -8, "baseline": "bottom", "fontWeight": "bold", "fontSize": 13},
                "encoding": {"y": {**y, "field": "high"}, "text": {"field": "label"}, "color": colour},
            },
        ],
    }


def _day(day: Any) -> str:
    return f"{day.day} {day:%b %Y}"


def _heights(indices: Sequence[float]) -> list[float]:
    """Heights for the labels, from the lowest up, that do not run into each other."""
    heights: list[float] = []
    for value in indices:
        heights.append(max(value, heights[-1] + APART) if heights else value)
    return heights


def _told(score: int | None) -> int | str:
    return "hidden for privacy" if score is None else score


def barrier(cell: dict[str, Any] | None) -> dict[str, Any] | None:
    """What people meet first; None when hidden."""
    if not cell or not cell.get("shown"):
        return None
    shares = {key: cell["shares"][key] for key in WORDS if key in cell["shares"]}
    if not shares.get("unclassified"):
        shares.pop("unclassified", None)
    about = "about " if cell.get("rounded") else ""
    values = [{"what": WORDS[key], "share": share, "label": f"{about}{share} %"} for key, share in shares.items()]
    bars = {
        "field": "what",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": [WORDS[key] for key in shares], "range": [COLOURS[key] for key in shares]},
    }
    # The bars carry their numbers, so that there is no axis to read; room is kept for the number of the longest.
    room = {"domain": [0, max(1, *shares.values()) * 1.2]}
    x = {"field": "share", "type": "quantitative", "axis": None, "scale": room}
    spec = {
        "$schema": SCHEMA,
        "width": 420,
        "height": 150,
        "usermeta": {"narrow": 150},
        "data": {"values": values},
        "encoding": {
            "y": {"field": "what", "type": "nominal", "sort": [WORDS[key] for key in shares], "title": None},
            "x": x,
        },
        "layer": [
            {"mark": {"type": "bar", "height": 20}, "encoding": {"color": bars}},
            {"mark": {"type": "text", "align": "left", "dx": 6}, "encoding": {"text": {"field": "label"}}},
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
    axis = {"format": "%", "tickCount": 4}
    spec = {
        "$schema": SCHEMA,
        "width": 560,
        "height": {"step": 24},
        "usermeta": {"narrow": 230},
        "data": {"values": values},
        "mark": "bar",
        "encoding": {
            "y": {"field": "item", "type": "nominal", "sort": None, "title": None},
            "x": {"field": "share", "type": "quantitative", "title": None, "stack": "normalize", "axis": axis},
            "order": {"field": "order"},
            "color": {
                "field": "what",
                "type": "nominal",
                "title": None,
                "scale": {"domain": list(THIRDS), "range": THIRD_COLOURS},
                "legend": {"orient": "top", "columnPadding": 8},
            },
        },
    }
    table = [
        {"Question": item["code"], **dict(zip(THIRDS, (item["cell"][k] for k in ("fav", "neu", "unf")), strict=True))}
        for item in shown
    ]
    return {"spec": spec, "table": table}


# The first of two is drawn in the brand's colour, the second softly: not by want, know and can, which mean something.
SIDES = ("#0d4f4f", "#8a5a00")


def side_by_side(points: Sequence[dict[str, Any]], labels: tuple[str, str]) -> dict[str, Any] | None:
    """Two groups' scores with their intervals, measure by measure; None with nothing to draw.

    ``points``: {"key", "one": cell, "other": cell}, both with an interval.
    """
    if not points:
        return None
    names = {**WORDS, "served": "Serves others"}
    values = [
        {"what": names[point["key"]], "who": label, "index": cell["index"], "low": cell["low"], "high": cell["high"]}
        for point in points
        for label, cell in zip(labels, (point["one"], point["other"]), strict=True)
    ]
    lowest, highest = min(value["low"] for value in values), max(value["high"] for value in values)
    order = [names[point["key"]] for point in points]
    scale = {"domain": [max(0, lowest // 10 * 10), min(100, highest // 10 * 10 + 10)], "nice": False}
    colour = {
        "field": "who",
        "type": "nominal",
        "title": None,
        "sort": None,
        "scale": {"domain": list(labels), "range": list(SIDES)},
        "legend": {"orient": "top", "columns": 1, "labelLimit": 300},
    }
    shape = {"field": "who", "type": "nominal", "scale": {"domain": list(labels), "range": ["circle", "diamond"]}}
    x = {"type": "quantitative", "scale": scale, "title": None, "axis": {"tickCount": 5, "grid": True}}
    spec = {
        "$schema": SCHEMA,
        "width": 480,
        "height": {"step": 22},
        "usermeta": {"narrow": 190},
        "data": {"values": values},
        "encoding": {
            "y": {"field": "what", "type": "nominal", "sort": order, "title": None, "axis": {"labelLimit": 120}},
            "yOffset": {"field": "who", "type": "nominal", "sort": list(labels)},
            "color": colour,
        },
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 4, "opacity": 0.35},
                "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "size": 90, "filled": True, "opacity": 1},
                "encoding": {"x": {**x, "field": "index"}, "shape": {**shape, "legend": None}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 8, "baseline": "middle"},
                "encoding": {"x": {**x, "field": "high"}, "text": {"field": "index"}},
            },
        ],
    }
    table = [
        {
            "Score": names[point["key"]],
            **{
                label: f"{cell['index']} ({cell['low']}–{cell['high']})"
                for label, cell in zip(labels, (point["one"], point["other"]), strict=True)
            },
        }
        for point in points
    ]
    return {"spec": spec, "table": table}
