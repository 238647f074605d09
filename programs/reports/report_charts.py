"""The pictures of a report: one description of a chart becomes a Vega-Lite drawing here, a native chart on slides.

Drawing is the matter of whoever wires the site (``settings.DRAW_CHART``): pages, files and mail share one look.
"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from programs.reports.report_model import BARS, DRAWN, LINES, SHARES, Chart
from surveys.results import charts

BRAND = "#0d4f4f"
COLOURS = {**charts.COLOURS, "served": BRAND, "talk": "#8a5a00"}
MOST_LABEL = 34
FAMILY = re.compile(r'font-family="[^"]*"')


class NotDrawn(Exception):
    """A chart that could not be drawn: the report goes out with a note instead."""


def colour(key: str) -> str:
    return COLOURS.get(key, BRAND)


def spec(chart: Chart) -> dict[str, Any]:
    """The Vega-Lite specification of a chart."""
    if chart.form == DRAWN:
        return dict(chart.spec or {})
    return _lines(chart) if chart.form == LINES else _bars(chart)


def _short(name: str) -> str:
    return name if len(name) <= MOST_LABEL else f"{name[: MOST_LABEL - 1]}…"


def domain(chart: Chart) -> tuple[float, float]:
    """From where to where the values of lines are drawn."""
    known = [value for one in chart.series for value in one.values if value is not None]
    lowest, highest = min(known), max(known)
    bottom, top = max(chart.lowest, lowest // 10 * 10), min(chart.highest, highest // 10 * 10 + 10)
    return bottom, max(top, bottom + 10)


def _lines(chart: Chart) -> dict[str, Any]:
    values = [
        {"at": place, "when": name, "series": one.key, "name": one.name, "value": round(value)}
        for one in chart.series
        for place, (name, value) in enumerate(zip(chart.categories, one.values, strict=True))
        if value is not None
    ]
    last: dict[str, dict[str, Any]] = {str(row["series"]): row for row in values}
    ends = sorted(last.values(), key=lambda row: row["value"])
    heights = charts._heights([row["value"] for row in ends])
    labels = [
        {**row, "label": f"{row['name']} {row['value']}", "y": height}
        for row, height in zip(ends, heights, strict=True)
    ]
    keys = [one.key for one in chart.series]
    axis = {"labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 6}
    x = {"field": "when", "type": "ordinal", "sort": list(chart.categories), "title": None, "axis": axis}
    y = {
        "type": "quantitative",
        "scale": {"domain": list(domain(chart)), "nice": False},
        "title": None,
        "axis": {"tickCount": 4},
    }
    paint = {
        "field": "series",
        "type": "nominal",
        "scale": {"domain": keys, "range": [colour(key) for key in keys]},
        "legend": None,
    }
    return {
        "$schema": charts.SCHEMA,
        "width": 520,
        "height": 190,
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "line", "strokeWidth": 2.5, "point": True},
                "encoding": {"x": x, "y": {**y, "field": "value"}, "color": paint},
            },
            {
                "data": {"values": labels},
                "mark": {"type": "text", "align": "left", "dx": 8, "fontWeight": "bold", "fontSize": 13},
                "encoding": {"x": x, "y": {**y, "field": "y"}, "color": paint, "text": {"field": "label"}},
            },
        ],
    }


def _bars(chart: Chart) -> dict[str, Any]:
    # Two that are cut to the same words stay two bars.
    names = [f"{_short(name)}{chr(0x200B) * place}" for place, name in enumerate(chart.categories)]
    values = [
        {"what": name, "series": one.key, "name": one.name, "value": round(value)}
        for one in chart.series
        for name, value in zip(names, one.values, strict=True)
        if value is not None
    ]
    keys = [one.key for one in chart.series]
    stacked = chart.form == SHARES
    axis = {"labelLimit": 260, "ticks": False, "domain": False}
    y = {"field": "what", "type": "nominal", "sort": names, "title": None, "axis": axis}
    x: dict[str, Any] = {"field": "value", "type": "quantitative", "title": None, "axis": {"tickCount": 5}}
    x |= {"scale": {"domain": [min(0, chart.lowest), chart.highest], "nice": False}}
    paint: dict[str, Any] = {"value": colour(keys[0] if keys else "")}
    if stacked:
        x["stack"] = "zero"
        paint = {
            "field": "name",
            "type": "nominal",
            "sort": None,
            "title": None,
            "scale": {"domain": [one.name for one in chart.series], "range": [colour(key) for key in keys]},
            "legend": {"orient": "top", "columnPadding": 8},
        }
    bars: dict[str, Any] = {"mark": {"type": "bar"}, "encoding": {"y": y, "x": x, "color": paint}}
    layer = [bars]
    if not stacked:
        label = {"y": y, "x": x, "text": {"field": "value"}}
        layer.append({"mark": {"type": "text", "align": "left", "dx": 4}, "encoding": label})
    return {
        "$schema": charts.SCHEMA,
        "width": 380,
        "height": {"step": 22},
        "data": {"values": values},
        "layer": layer,
    }


def drawable(chart: Chart) -> bool:
    """Whether there is anything to draw."""
    return chart.form == DRAWN or any(value is not None for one in chart.series for value in one.values)


def svg(chart: Chart) -> str:
    """The chart as SVG. Raises NotDrawn whatever went wrong."""
    try:
        return str(import_string(settings.DRAW_CHART)(spec(chart)))
    except Exception as error:
        # The drawing library has errors of its own; a report must not fail for a picture.
        raise NotDrawn(type(error).__name__) from error


__all__ = ["BARS", "DRAWN", "LINES", "SHARES", "NotDrawn", "colour", "drawable", "spec", "svg"]
