"""The service map as a drawing: providers on the left, their customers on the right, a band for each link. Pure.

Server-rendered SVG that takes its colours from the page (light, dark, print). A large map shows the links most people
use; the table beside it has them all.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

TOP = 30  # more bands than this cannot be told apart
THIN, THICK = 1.5, 11.0


@dataclass(frozen=True)
class Band:
    provider: int
    customer: int
    provider_name: str
    customer_name: str
    people: int


@dataclass(frozen=True)
class Size:
    """Of a drawing in its own units: ``letters`` fit beside a node."""

    width: int
    column: int
    letters: int
    row: int
    font: int
    key: str


WIDE = Size(width=760, column=262, letters=29, row=34, font=14, key="w")
NARROW = Size(width=330, column=122, letters=13, row=32, font=13, key="n")


def top(bands: Iterable[Band], most: int = TOP) -> list[Band]:
    """Those most people use. First one for each provider, as far as they go: no provider vanishes behind a big one."""
    ordered = sorted(bands, key=lambda band: (-band.people, band.provider, band.customer))
    first: list[Band] = []
    rest: list[Band] = []
    seen: set[int] = set()
    for band in ordered:
        (rest if band.provider in seen else first).append(band)
        seen.add(band.provider)
    return (first + rest)[:most]


def layout(bands: Sequence[Band]) -> tuple[list[int], list[int]]:
    """The order of providers and of customers, with few crossings: each stands beside the mean of its partners."""
    left = list(dict.fromkeys(band.provider for band in bands))
    right = list(dict.fromkeys(band.customer for band in bands))
    to_right: defaultdict[int, list[int]] = defaultdict(list)
    to_left: defaultdict[int, list[int]] = defaultdict(list)
    for band in bands:
        to_right[band.provider].append(band.customer)
        to_left[band.customer].append(band.provider)
    for _ in range(12):
        left = _beside(left, to_right, right)
        right = _beside(right, to_left, left)
    return left, right


def _beside(mine: list[int], to: dict[int, list[int]], others: list[int]) -> list[int]:
    # Relative places: a column of three and one of twenty are of one height.
    place = {other: (index + 0.5) / len(others) for index, other in enumerate(others)}
    return sorted(mine, key=lambda one: sum(place[other] for other in to[one]) / len(to[one]))


def draw(bands: Sequence[Band], size: Size, *, title: str, description: str, heads: tuple[str, str] = ("", "")) -> str:
    """The SVG. Every text in it is escaped; each band has a title for who hovers. ``heads``: over the two columns."""
    left, right = layout(bands)
    rows = max(len(left), len(right), 1)
    above = size.font * 2
    height = above + rows * size.row + 4
    y_left, y_right = _rows(left, above, height), _rows(right, above, height)
    names = {b.provider: b.provider_name for b in bands} | {b.customer: b.customer_name for b in bands}
    names_left = {b.provider: b.provider_name for b in bands}
    most = max((band.people for band in bands), default=1) or 1
    key = f"map-{size.key}"
    parts = [
        f'<svg class="map-picture" role="img" viewBox="0 0 {size.width} {height}" width="{size.width}" '
        f'height="{height}" aria-labelledby="{key}-t" aria-describedby="{key}-d" font-size="{size.font}">'
        f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(description)}</desc>'
    ]
    start, end = size.column, size.width - size.column
    for word, x, anchor in ((heads[0], start, "end"), (heads[1], end, "start")):
        parts.append(f'<text class="map-head" x="{x}" y="{size.font}" text-anchor="{anchor}">{escape(word)}</text>')
    tone = {provider: index % 5 for index, provider in enumerate(left)}
    for band in sorted(bands, key=lambda band: -band.people):
        one, other, middle = y_left[band.provider], y_right[band.customer], (start + end) / 2
        thick = THIN + (THICK - THIN) * (band.people / most) ** 0.5
        told = f"{band.customer_name} ← {band.provider_name} ({band.people})"
        parts.append(
            f'<path class="map-band map-tone-{tone[band.provider]}" stroke-width="{thick:.1f}" '
            f'd="M{start + 7} {one:.1f}C{middle:.0f} {one:.1f} {middle:.0f} {other:.1f} {end - 7} {other:.1f}">'
            f"<title>{escape(told)}</title></path>"
        )
    for unit, y in y_left.items():
        parts.append(_node(names_left[unit], start, y, size, f"map-tone-{tone[unit]}", before=True))
    for unit, y in y_right.items():
        parts.append(_node(names[unit], end, y, size, "map-customer", before=False))
    return "".join([*parts, "</svg>"])


def _rows(units: Sequence[int], above: int, height: int) -> dict[int, float]:
    return {unit: above + (index + 0.5) * (height - above) / len(units) for index, unit in enumerate(units)}


def _node(name: str, x: float, y: float, size: Size, tone: str, *, before: bool) -> str:
    at, anchor = (x - 12, "end") if before else (x + 12, "start")
    return (
        f'<circle class="map-node {tone}" cx="{x}" cy="{y:.1f}" r="5"></circle>'
        f'<text x="{at}" y="{y + size.font * 0.36:.1f}" text-anchor="{anchor}">'
        f"{escape(shortened(name, size.letters))}<title>{escape(name)}</title></text>"
    )


def shortened(name: str, letters: int) -> str:
    """At most so many letters wide; an ideogram is as wide as two. Cut in the middle: units often differ at the end."""
    if _width(name) <= letters:
        return name
    tail = (letters - 1) // 3
    return f"{_first(name, letters - 1 - tail).rstrip()}…{_first(name[::-1], tail)[::-1].lstrip()}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _first(text: str, room: int) -> str:
    kept = ""
    for sign in text:
        if _width(kept + sign) > room:
            break
        kept += sign
    return kept


def bands_of(lines: Iterable[Any]) -> list[Band]:
    """From ``link_map.lines``."""
    return [Band(line.provider, line.customer, line.provider_name, line.customer_name, line.people) for line in lines]
