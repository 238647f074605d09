"""Charts of this room as Vega-Lite specifications. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from surveys.results import charts

DIMENSIONS = charts.DIMENSIONS


def trend(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Want, know and can over the waves, each line labelled at its end."""
    return charts.lines(rows, width=330)


def table(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same numbers, for "Show as table"."""
    hidden = "hidden for privacy"
    return [
        {
            "Wave": row["wave"],
            "Closed": f"{row['date'].day} {row['date']:%b %Y}",
            **{charts.WORDS[key]: hidden if row[key] is None else row[key] for key in DIMENSIONS},
        }
        for row in rows
    ]
