"""The profile as a picture: the median of each condition, every single judgment, and the threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from culture.framework.readiness_profile import HIGHEST, Line, number

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
# The light colours of the tokens; on a page they follow the reader's scheme.
BRAND, BAD, INK = "#0d4f4f", "#b3261e", "#1c2430"
ROW, BELOW = 40, 9
LONGEST = 70


def spec(lines: Sequence[Line], threshold: float | None) -> dict[str, Any]:
    """A Vega-Lite specification; lines in the order given, zero-based bars 0–4."""
    names = [f"{line.code}  {line.label}" for line in lines]
    bars: list[dict[str, Any]] = [
        {
            "name": name,
            "words": _short(name),
            "median": line.median,
            "low": line.low,
            "high": line.high,
            "weak": threshold is not None and line.median < threshold,
            "zero": 0,
        }
        for name, line in zip(names, lines, strict=True)
    ]
    dots = [
        {"name": name, "level": judgment.level}
        for name, line in zip(names, lines, strict=True)
        for judgment in line.judgments
    ]
    # The words stand above their bar, so that they can be read on a phone, too.
    y = {"field": "name", "type": "nominal", "sort": names, "axis": None}
    x = {"type": "quantitative", "scale": {"domain": [0, HIGHEST]}, "title": None, "axis": {"values": [0, 1, 2, 3, 4]}}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": bars},
            "mark": {"type": "bar", "height": 10, "yOffset": BELOW, "opacity": 0.45},
            "encoding": {
                "x": {**x, "field": "median"},
                "y": y,
                "color": {"condition": {"test": "datum.weak", "value": BAD}, "value": BRAND},
            },
        },
        {
            "data": {"values": bars},
            "mark": {"type": "text", "align": "left", "baseline": "bottom", "dx": 1, "dy": 1, "fontWeight": "normal"},
            "encoding": {"x": {**x, "field": "zero"}, "y": y, "text": {"field": "words"}},
        },
        {
            "data": {"values": [bar for bar in bars if bar["high"] > bar["low"]]},
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5, "yOffset": BELOW},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y},
        },
        {
            "data": {"values": dots},
            "mark": {"type": "point", "shape": "diamond", "size": 55, "color": INK, "filled": True, "yOffset": BELOW},
            "encoding": {"x": {**x, "field": "level"}, "y": y},
        },
    ]
    if threshold is not None:
        layers.insert(
            0,
            {
                "data": {"values": [{"threshold": threshold}]},
                "mark": {"type": "rule", "color": BAD, "strokeDash": [5, 4]},
                "encoding": {"x": {**x, "field": "threshold"}},
            },
        )
    return {"$schema": SCHEMA, "width": 460, "height": ROW * len(lines), "layer": layers}


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"


def table(lines: Sequence[Line]) -> list[list[str]]:
    """The same numbers, for "Show as table"."""
    head = [_("Condition"), _("Median"), _("Lowest"), _("Highest"), _("Judgments")]
    return [
        head,
        *(
            [f"{line.code} {line.label}", number(line.median), str(line.low), str(line.high), str(len(line.judgments))]
            for line in lines
        ),
    ]


def history(points: Sequence[tuple[str, float, int]]) -> dict[str, Any]:
    """The mean of the medians of the conditions by assessment: (ISO day, mean, judged by how many)."""
    values = [{"day": day, "mean": round(mean, 2), "shown": f"{mean:.1f}"} for day, mean, _n in points]
    x = {"field": "day", "type": "temporal", "title": None, "axis": {"format": "%m/%Y", "tickCount": 5, "grid": False}}
    y = {"field": "mean", "type": "quantitative", "scale": {"domain": [0, HIGHEST]}, "title": None}
    return {
        "$schema": SCHEMA,
        "width": 430,
        "height": 150,
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "line", "point": {"filled": True, "size": 60, "color": BRAND}},
                "encoding": {"x": x, "y": y},
            },
            {
                "mark": {"type": "text", "dy": -12},
                "encoding": {"x": x, "y": y, "text": {"field": "shown"}},
            },
        ],
    }
