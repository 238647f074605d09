"""The picture of an effect over the time since the start, as a Vega-Lite specification with its table. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from programs.reports.effect import words
from surveys.results.charts import SCHEMA

NUMBER = "datum.value === 0 ? '0' : format(datum.value, '+.0f')"
BEFORE, AFTER, LINE = "#5b6675", "#0d4f4f", "#1c2430"


def course(times: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Points with their common 95 % band, waves before the start in grey; None where there is nothing to draw.

    ``times``: as ``judging.Since``. The last wave before the start is zero by definition and drawn as such.
    """
    if not times:
        return None
    rows = [
        {
            "since": row["waves"],
            "points": round(row["points"], 2),
            "low": row["low"],
            "high": row["high"],
            "when": "before" if row["waves"] < 0 else "after",
            "label": words.signed(row["points"]),
        }
        for row in times
    ]
    rows.append({"since": -1, "points": 0.0, "low": None, "high": None, "when": "before", "label": ""})
    rows.sort(key=lambda row: row["since"])
    ends = [value for row in rows for value in (row["low"], row["high"], row["points"]) if value is not None]
    room = max(2.0, (max(ends) - min(ends)) * 0.15)
    places = [row["since"] for row in rows]
    x = {
        "field": "since",
        "type": "quantitative",
        "title": _("waves since the start (0: the first one after it)"),
        "scale": {"domain": [min(places) - 0.5, max(places) + 0.5], "nice": False},
        "axis": {"values": list(range(min(places), max(places) + 1)), "format": "d", "grid": False},
    }
    y = {
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [min(0, min(ends)) - room, max(0, max(ends)) + room], "nice": True},
        "axis": {"tickCount": 5, "domain": False, "labelExpr": NUMBER},
    }
    colour = {
        "field": "when",
        "type": "nominal",
        "scale": {"domain": ["before", "after"], "range": [BEFORE, AFTER]},
        "legend": None,
    }
    banded = [row for row in rows if row["low"] is not None]
    return {
        "$schema": SCHEMA,
        "width": 520,
        "height": 240,
        "usermeta": {"narrow": 230},
        "layer": [
            {"data": {"values": [{"zero": 0}]}, "mark": {"type": "rule", "color": LINE, "strokeWidth": 1},
             "encoding": {"y": {**y, "field": "zero"}}},
            {"data": {"values": [{"start": -0.5}]},
             "mark": {"type": "rule", "color": BEFORE, "strokeDash": [4, 4], "strokeWidth": 1},
             "encoding": {"x": {**x, "field": "start"}}},
            {"data": {"values": banded}, "mark": {"type": "rule", "strokeWidth": 6, "opacity": 0.3},
             "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour}},
            {"data": {"values": rows}, "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
             "encoding": {"x": x, "y": {**y, "field": "points"}, "color": colour}},
            {"data": {"values": [row for row in rows if row["when"] == "after"][-1:]},
             "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 12, "fontWeight": "bold", "color": LINE},
             "encoding": {"x": x, "y": {**y, "field": "points"}, "text": {"field": "label", "type": "nominal"}}},
        ],
    }  # fmt: skip


def table(times: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same numbers, for "Show as table"."""
    return [
        {
            _("Waves since the start"): row["waves"],
            _("Effect"): words.signed(row["points"]),
            _("95 % band"): "–" if row["low"] is None else f"{words.signed(row['low'])} … {words.signed(row['high'])}",
            _("Cohorts"): row["cohorts"],
        }
        for row in times
    ]
