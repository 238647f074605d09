"""Who serves whom as a drawing: providers left, customers right, each band in the colour of its score. Pure.

Server-rendered SVG in the page's colours; the score stands on the band, and the table beside it has every pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from surveys.results.cell_html import tone
from surveys.waves.links_picture import NARROW, WIDE, Band, Size, layout, shortened

# More bands with a number on each cannot be read; on a phone fewer.
MOST, MOST_NARROW = 24, 12


@dataclass(frozen=True)
class Rated:
    """One pair: who says how well whom serves. ``index``: the middle of its band where only a band is told."""

    provider: int
    customer: int
    provider_name: str
    customer_name: str
    index: int
    told: str
    n: str


def chosen(pairs: Sequence[Rated], most: int = MOST) -> list[Rated]:
    """The pairs to draw: each provider's lowest first, so that none vanishes; then the lowest of all."""
    ordered = sorted(pairs, key=lambda one: (one.index, one.provider_name, one.customer_name))
    first, rest, seen = [], [], set()
    for one in ordered:
        (rest if one.provider in seen else first).append(one)
        seen.add(one.provider)
    return (first + rest)[:most]


def draw(pairs: Sequence[Rated], size: Size, *, title: str, description: str, heads: tuple[str, str]) -> str:
    """The SVG; every text in it is escaped."""
    bands = [Band(one.provider, one.customer, one.provider_name, one.customer_name, 1) for one in pairs]
    left, right = layout(bands)
    above = size.font * 2
    height = above + max(len(left), len(right), 1) * size.row + 4
    y_left, y_right = _rows(left, above, height), _rows(right, above, height)
    start, end = size.column, size.width - size.column
    key = f"served-{size.key}"
    parts = [
        f'<svg class="map-picture" role="img" viewBox="0 0 {size.width} {height}" width="{size.width}" '
        f'height="{height}" aria-labelledby="{key}-t" aria-describedby="{key}-d" font-size="{size.font}">'
        f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(description)}</desc>'
    ]
    for word, x, anchor in ((heads[0], start, "end"), (heads[1], end, "start")):
        parts.append(f'<text class="map-head" x="{x}" y="{size.font}" text-anchor="{anchor}">{escape(word)}</text>')
    numbers: list[str] = []
    taken: list[tuple[float, float]] = []
    for one in pairs:
        from_y, to_y, middle = y_left[one.provider], y_right[one.customer], (start + end) / 2
        told = f"{one.customer_name} → {one.provider_name}: {one.told} ({one.n})"
        parts.append(
            f'<path class="served-band {tone(one.index)}" d="M{start + 7} {from_y:.1f}C{middle:.0f} {from_y:.1f} '
            f'{middle:.0f} {to_y:.1f} {end - 7} {to_y:.1f}"><title>{escape(told)}</title></path>'
        )
        x, y = _free((start + 7, from_y, end - 7, to_y), taken, size.font)
        taken.append((x, y))
        numbers.append(
            f'<text class="served-number" x="{x:.1f}" y="{y + size.font * 0.34:.1f}" text-anchor="middle">'
            f"{escape(one.told)}</text>"
        )
    parts += numbers
    names = {one.provider: one.provider_name for one in pairs}
    customers = {one.customer: one.customer_name for one in pairs}
    parts += [_node(names[unit], start, y, size, before=True) for unit, y in y_left.items()]
    parts += [_node(customers[unit], end, y, size, before=False) for unit, y in y_right.items()]
    return "".join([*parts, "</svg>"])


def both_sizes(pairs: Sequence[Rated], *, title: str, description: str, heads: tuple[str, str]) -> tuple[str, str]:
    """For wide and for narrow places."""
    wide = draw(pairs, WIDE, title=title, description=description, heads=heads)
    return wide, draw(pairs[:MOST_NARROW], NARROW, title=title, description=description, heads=heads)


PLACES = (0.62, 0.7, 0.54, 0.78, 0.46, 0.84, 0.38, 0.9)


def _free(
    band: tuple[float, float, float, float], taken: Sequence[tuple[float, float]], font: int
) -> tuple[float, float]:
    """Where on its band a number stands in nobody's way; if nowhere, where it is furthest from the others."""
    points = [_on_band(*band, t) for t in PLACES]

    def room(point: tuple[float, float]) -> float:
        gaps = (max(abs(point[0] - x) / 2.1, abs(point[1] - y) / 1.1) for x, y in taken)
        return min(gaps, default=float(font))

    return next((point for point in points if room(point) >= font), max(points, key=room))


def _on_band(x0: float, y0: float, x1: float, y1: float, t: float) -> tuple[float, float]:
    """A point of the curve: both its inner points lie half way across."""
    half = (x0 + x1) / 2
    a, b, c, d = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3
    return a * x0 + (b + c) * half + d * x1, (a + b) * y0 + (c + d) * y1


def _rows(units: Sequence[int], above: int, height: int) -> dict[int, float]:
    return {unit: above + (at + 0.5) * (height - above) / len(units) for at, unit in enumerate(units)}


def _node(name: str, x: float, y: float, size: Size, *, before: bool) -> str:
    at, anchor = (x - 12, "end") if before else (x + 12, "start")
    return (
        f'<circle class="map-node served-node" cx="{x}" cy="{y:.1f}" r="5"></circle>'
        f'<text x="{at}" y="{y + size.font * 0.36:.1f}" text-anchor="{anchor}">'
        f"{escape(shortened(name, size.letters))}<title>{escape(name)}</title></text>"
    )
