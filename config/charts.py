"""Vega-Lite specifications as accessible inline SVG, in our colours, in both schemes, drawn once and kept."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import vl_convert
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

VEGA_LITE = "6.4"
# Drawn colour -> token. Specifications write the light colours; on a page the SVG follows the reader's scheme.
TOKENS = {
    "#1c2430": "ink",
    "#5b6675": "soft",
    "#e6e3dc": "line",
    "#0d4f4f": "brand",
    "#e3efed": "brand-soft",
    "#c4510a": "want",
    "#0b63a5": "know",
    "#0a7d5a": "can",
    "#b3261e": "bad",
    "#8a5a00": "warn",
    "#ffffff": "card",
    "#faf9f6": "paper",
    "#d9733a": "low",
    "#3d92cf": "high",
}
COLOURS = {token: colour for colour, token in TOKENS.items()}
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
THEME: dict[str, Any] = {
    "background": None,
    "font": FONT,
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "labelColor": COLOURS["soft"],
        "titleColor": COLOURS["soft"],
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": COLOURS["line"],
        "domainColor": COLOURS["line"],
        "tickColor": COLOURS["line"],
        "labelPadding": 6,
        "ticks": False,
    },
    "axisX": {"grid": False, "labelAngle": 0},
    "axisY": {"domain": False},
    "legend": {"labelColor": COLOURS["ink"], "titleColor": COLOURS["soft"], "labelFontSize": 12, "orient": "top"},
    "header": {"labelColor": COLOURS["ink"], "titleColor": COLOURS["soft"], "labelFontSize": 12},
    "title": {"color": COLOURS["ink"], "fontSize": 14, "anchor": "start"},
    "text": {"color": COLOURS["ink"], "fontSize": 12, "fontWeight": 600},
    "line": {"color": COLOURS["brand"], "strokeWidth": 2.5, "strokeCap": "round"},
    "bar": {"color": COLOURS["brand"], "cornerRadiusEnd": 3},
    "point": {"color": COLOURS["brand"], "filled": True, "size": 50},
    "rule": {"color": COLOURS["soft"]},
    "area": {"color": COLOURS["brand"], "opacity": 0.2},
    "range": {"category": [COLOURS[name] for name in ("want", "know", "can", "brand", "warn", "soft", "bad")]},
}
# The drawing library describes every mark to screen readers; the whole picture has one description and a table instead.
ARIA = re.compile(r'\s(?:role|aria-[a-z]+)="[^"]*"')
COLOUR = re.compile(r'\b(fill|stroke|stop-color)="(#[0-9a-fA-F]{6}|white|black)"')
ID = re.compile(r'(\bid="|url\(#)((?:clip|gradient)[\w-]*)')
NAMES = {"white": "#ffffff", "black": COLOURS["ink"]}


def as_dict(spec: Any) -> dict[str, Any]:
    """A specification from a dict, JSON text or an Altair chart."""
    if hasattr(spec, "to_dict"):
        return spec.to_dict()
    return json.loads(spec) if isinstance(spec, str) else dict(spec)


def themed(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The specification with our theme under its own settings."""
    own = dict(spec.get("config") or {})
    # Altair writes the size of its default view into every chart; that is no wish of the author.
    if own.get("view") == {"continuousWidth": 300, "continuousHeight": 300}:
        own.pop("view")
    config = {**THEME, **own}
    for key in THEME.keys() & own.keys():
        if isinstance(THEME[key], dict) and isinstance(own[key], dict):
            config[key] = {**THEME[key], **own[key]}
    return {"width": 560, "height": 240, **spec, "config": config} if _sized(spec) else {**spec, "config": config}


def _sized(spec: Mapping[str, Any]) -> bool:
    """Whether a width belongs at the top; concatenated and faceted charts have it inside."""
    return not {"hconcat", "vconcat", "concat", "facet", "repeat"} & spec.keys()


def svg(spec: Any) -> str:
    """The drawing with fixed light colours (for documents); drawn once, then kept in DATA_DIR/charts."""
    return _drawn(json.dumps(themed(as_dict(spec)), sort_keys=True, default=str))


# Files and memory, not Django's cache: that lives in Redis, and no page should fail because Redis is away.
@lru_cache(maxsize=128)
def _drawn(source: str) -> str:
    digest = hashlib.sha256(f"{VEGA_LITE} {vl_convert.__version__} {source}".encode()).hexdigest()[:32]
    kept = Path(settings.DATA_DIR) / "charts" / f"{digest}.svg"
    if kept.exists():
        return kept.read_text(encoding="utf-8")
    drawn = vl_convert.vegalite_to_svg(json.loads(source), vl_version=VEGA_LITE)
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and renamed: another worker never reads half a picture.
    part = kept.with_suffix(f".{uuid4().hex}.part")
    part.write_text(drawn, encoding="utf-8")
    part.replace(kept)
    return drawn


def inline(spec: Any, *, title: str, description: str) -> str:
    """The drawing for a page: colours follow the scheme, one name and one description, ids of its own."""
    drawn = svg(spec)
    key = hashlib.sha256(f"{drawn}{title}".encode()).hexdigest()[:8]
    drawn = COLOUR.sub(_token, ARIA.sub("", drawn))
    drawn = ID.sub(lambda match: f"{match[1]}c{key}-{match[2]}", drawn)
    names = f'<title id="c{key}-t">{html.escape(title)}</title><desc id="c{key}-d">{html.escape(description)}</desc>'
    opening = f'<svg role="img" aria-labelledby="c{key}-t" aria-describedby="c{key}-d"'
    head, _, rest = drawn[drawn.index("<svg") + 4 :].partition(">")
    return f"{opening}{head}>{names}{rest}"


def _token(match: re.Match[str]) -> str:
    colour = NAMES.get(match[2], match[2]).lower()
    return f'{match[1]}="var(--{TOKENS[colour]})"' if colour in TOKENS else match[0]


def table_of(rows: Any, spec: Mapping[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """Head and body of the table: from dicts, from lists (the first is the head), or from the chart's own values."""
    if rows is None:
        data = spec.get("data") or {}
        named = next(iter((spec.get("datasets") or {}).values()), [])
        rows = data.get("values", named) if isinstance(data, dict) else named
    rows = list(rows)
    if not rows:
        return [], []
    if isinstance(rows[0], Mapping):
        head = list(rows[0])
        return [str(name) for name in head], [[row.get(name) for name in head] for row in rows]
    body: Sequence[Any] = rows[1:]
    return [str(name) for name in rows[0]], [list(row) for row in body]


# Below this width a drawing would be shrunk until its words cannot be read: a narrower one is drawn beside it.
NARROW, NARROW_DRAWN = 300, 230


def pictures(spec: Mapping[str, Any], *, title: str, description: str) -> SafeString:
    """The drawing; a wide one twice, the second for narrow places (``usermeta.narrow`` wide), and CSS shows one."""
    wide = inline(spec, title=title, description=description)
    width = spec.get("width", 560) if _sized(spec) else 0
    if not isinstance(width, int) or width <= NARROW:
        return mark_safe(f'<div class="chart-picture">{wide}</div>')  # noqa: S308 - text is escaped by Vega and us
    slim = {**spec, "width": (spec.get("usermeta") or {}).get("narrow", NARROW_DRAWN)}
    narrow = inline(slim, title=title, description=description)
    return mark_safe(  # noqa: S308 - text is escaped by Vega and us
        f'<div class="chart-picture chart-both"><div class="chart-wide">{wide}</div>'
        f'<div class="chart-narrow">{narrow}</div></div>'
    )


def figure(spec: Any, *, title: str = "", description: str = "", table: Any = None) -> SafeString:
    """A figure: the drawing, and the numbers behind "Show as table"."""
    spec = as_dict(spec)
    head, body = table_of(table, spec)
    # A drawing always has a name of its own, also where the heading above it is its title.
    picture = pictures(spec, title=title or description, description=description)
    context = {"picture": picture, "title": title, "description": description, "head": head, "body": body}
    return mark_safe(render_to_string("ui/chart.html", context))  # noqa: S308 - a rendered template
