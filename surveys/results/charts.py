"""Vega-Lite specifications of the results pages, each with the rows of its table. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from culture.access.days import date_text

COLOURS = {"want": "#c4510a", "know": "#0b63a5", "can": "#0a7d5a", "none": "#5b6675", "unclassified": "#a9a59b"}
WORDS = {
    "want": gettext_noop("Want"),
    "know": gettext_noop("Know"),
    "can": gettext_noop("Can"),
    "none": gettext_noop("None of these"),
    "unclassified": gettext_noop("Too few answers"),
    "served": gettext_noop("Serves others"),
}
BARRIERS = ("want", "know", "can", "none", "unclassified")
DIMENSIONS = ("want", "know", "can")
THIRDS = (gettext_noop("favourable"), gettext_noop("neutral"), gettext_noop("unfavourable"))
THIRD_COLOURS = ["#3d92cf", "#e6e3dc", "#d9733a"]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
# Points of the index that two labels at the ends of lines keep from each other.
APART = 4.0


def word(key: str) -> str:
    """What a measure is called in a chart, in the reader's language."""
    return _(WORDS[key])


def trend(points: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Want, know and can of the company from wave to wave; None with fewer than two waves."""
    rows = [
        {"wave": point["wave"].number, "date": point["wave"].closes_on, **{key: point[key] for key in DIMENSIONS}}
        for point in points
    ]
    if sum(any(row[key] is not None for key in DIMENSIONS) for row in rows) < 2:
        return None
    table = [
        {_("Wave"): row["wave"], _("Closed"): day(row["date"]), **{word(key): _told(row[key]) for key in DIMENSIONS}}
        for row in rows
    ]
    return {"spec": lines(rows, width=540), "table": table}


def lines(rows: Sequence[dict[str, Any]], *, width: int = 330) -> dict[str, Any]:
    """One line each for want, know and can, labelled at its end with its last value.

    ``rows`` are the waves in their order: ``wave`` (its number), ``date`` and the three indices, None where hidden.
    """
    days = months([row["date"] for row in rows])
    values = [
        {"wave": row["wave"], "when": when, "dimension": key, "index": row[key]}
        for row, when in zip(rows, days, strict=True)
        for key in DIMENSIONS
        if row[key] is not None
    ]
    last = max(value["wave"] for value in values)
    ends = sorted((value for value in values if value["wave"] == last), key=lambda value: value["index"])
    for value, height in zip(ends, _heights([end["index"] for end in ends]), strict=True):
        value["label"], value["at"] = f"{word(value['dimension'])} {value['index']}", height
    lowest, highest = min(value["index"] for value in values), max(value["index"] for value in values)
    scale = {"domain": [max(0, lowest // 10 * 10), min(100, highest // 10 * 10 + 10)], "nice": False}
    axis = {"labelAngle": 0, "grid": False, "labelOverlap": "greedy", "labelSeparation": 6}
    x = {"field": "when", "type": "ordinal", "sort": days, "title": None, "axis": axis}
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
    order = months([point.about.closes_on for point in points])
    values = [
        {
            "when": when,
            "index": round(point.index),
            "low": max(bottom, round(point.low)),
            "high": min(100, round(point.high)),
            "label": str(round(point.index)),
        }
        for point, when in zip(points, order, strict=True)
        if point.index is not None
    ]
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


def day(on: dt.date) -> str:
    return date_text(on, "j M Y")


def months(days: Sequence[dt.date]) -> list[str]:
    """The days as a chart's axis tells them: by month, unless two would stand on the same place."""
    told = [date_text(on, "M y") for on in days]
    return told if len(set(told)) == len(days) else [date_text(on, "d M y") for on in days]


def _heights(indices: Sequence[float]) -> list[float]:
    """Heights for the labels, from the lowest up, that do not run into each other."""
    heights: list[float] = []
    for value in indices:
        heights.append(max(value, heights[-1] + APART) if heights else value)
    return heights


def _told(score: int | None) -> int | str:
    return _("hidden for privacy") if score is None else score


def barrier(cell: dict[str, Any] | None) -> dict[str, Any] | None:
    """What people meet first; None when hidden."""
    if not cell or not cell.get("shown"):
        return None
    shares = {key: cell["shares"][key] for key in BARRIERS if key in cell["shares"]}
    if not shares.get("unclassified"):
        shares.pop("unclassified", None)
    label = _("about %(share)s %%") if cell.get("rounded") else "%(share)s %%"
    values = [{"what": word(key), "share": share, "label": label % {"share": share}} for key, share in shares.items()]
    bars = {
        "field": "what",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": [word(key) for key in shares], "range": [COLOURS[key] for key in shares]},
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
            "y": {"field": "what", "type": "nominal", "sort": [word(key) for key in shares], "title": None},
            "x": x,
        },
        "layer": [
            {"mark": {"type": "bar", "height": 20}, "encoding": {"color": bars}},
            {"mark": {"type": "text", "align": "left", "dx": 6}, "encoding": {"text": {"field": "label"}}},
        ],
    }
    table = [{_("First barrier"): value["what"], _("share of people, in %"): value["share"]} for value in values]
    return {"spec": spec, "table": table}


def thirds(items: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Favourable, neutral and unfavourable shares of each shown question; None when there is none."""
    shown = [item for item in items if item["cell"].get("shown") and "fav" in item["cell"]]
    if not shown:
        return None
    names = [_(name) for name in THIRDS]
    values = [
        {"item": item["code"], "what": name, "order": at, "share": item["cell"][key]}
        for item in shown
        for at, (name, key) in enumerate(zip(names, ("fav", "neu", "unf"), strict=True))
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
                "scale": {"domain": names, "range": THIRD_COLOURS},
                "legend": {"orient": "top", "columnPadding": 8},
            },
        },
    }
    table = [
        {_("Question"): item["code"], **dict(zip(names, (item["cell"][k] for k in ("fav", "neu", "unf")), strict=True))}
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
    names = {point["key"]: word(point["key"]) for point in points}
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
            _("Score"): names[point["key"]],
            **{
                label: f"{cell['index']} ({cell['low']}–{cell['high']})"
                for label, cell in zip(labels, (point["one"], point["other"]), strict=True)
            },
        }
        for point in points
    ]
    return {"spec": spec, "table": table}
