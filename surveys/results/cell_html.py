"""A released cell as a cell of a table. Plain strings, because a heatmap has thousands of them.

What is hidden looks the same whatever the reason, and leads to the same explanation; only *not asked* differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from surveys.results.insight import change

Cell = Mapping[str, Any]
# The same steps as the heat of all other pages (config/templatetags/ui.py).
MIDDLE, STEP, STEPS = 58.0, 8.0, 4


def tone(index: float) -> str:
    """The class of an index 0–100: from low (orange) over the middle to high (blue)."""
    step = max(-STEPS, min(STEPS, round((index - MIDDLE) / STEP)))
    return f"heat-{'low' if step < 0 else 'high' if step else 'middle'}-{abs(step)}"


def why_address(wave: int, family: str, unit: int, measure: str, other: int | None = None) -> str:
    """Where a hidden cell is explained."""
    told: dict[str, Any] = {"family": family, "unit": unit, "of": measure}
    if other is not None:
        told["other"] = other
    return f"{_why_page(wave)}?{urlencode(told)}"


@lru_cache(maxsize=64)
def _why_page(wave: int) -> str:
    return reverse("results:why", args=[wave])


def not_asked(cell: Cell | None) -> bool:
    return cell is None or cell.get("why") == "not asked"


def hidden(label: str = "", why: str = "", *, colspan: int = 1, slim: bool = False, short: bool = True) -> SafeString:
    """A hatched cell that says it is hidden for privacy, and leads to why."""
    words = _("hidden") if short else _("hidden for privacy")
    rest = f'<span class="visually-hidden"> {escape(_("for privacy"))}</span>' if short else ""
    inner = f"<span>{escape(words)}{rest}</span>"
    if why:
        asked = f'<span class="visually-hidden">: {escape(_("why?"))}</span>'
        inner = f'<a href="{escape(why)}" rel="nofollow"><span>{escape(words)}{rest}{asked}</span></a>'
    named = f' data-label="{escape(label)}"' if label else ""
    span = f' colspan="{colspan}"' if colspan > 1 else ""
    return mark_safe(f'<td class="hidden-cell{" slim" if slim else ""}"{span}{named}>{inner}</td>')  # noqa: S308


def score(cell: Cell | None, *, label: str = "", why: str = "", slim: bool = True, plain: bool = False) -> SafeString:
    """A score with its colour (``plain``: without), its interval and people on hover, and a mark of clear change."""
    named = f' data-label="{escape(label)}"' if label else ""
    narrow = " slim" if slim else ""
    if not_asked(cell):
        return mark_safe(f'<td class="muted center{narrow}"{named}>{escape(pgettext("survey", "not asked"))}</td>')  # noqa: S308
    assert cell is not None
    if not cell.get("shown"):
        return hidden(label, why, slim=slim)
    if cell.get("band"):
        told = escape(_("%(n)s people") % {"n": cell["n"]})
        return mark_safe(  # noqa: S308
            f'<td class="center nowrap{narrow}"{named} title="{told}">{escape(cell["band"])}</td>'
        )
    index = cell.get("index")
    if index is None:
        return mark_safe(f'<td class="center muted{narrow}"{named}>–</td>')  # noqa: S308
    title = f' title="{escape(_spread(cell))}"' if cell.get("low") is not None else ""
    number = str(index).replace("-", "−")
    if plain:
        return mark_safe(f'<td class="num{narrow}"{named}{title}>{number}{moved(cell)}</td>')  # noqa: S308
    return mark_safe(f'<td class="heat {tone(index)}"{named}{title}>{number}{moved(cell)}</td>')  # noqa: S308


def _spread(cell: Cell) -> str:
    told = {"low": cell["low"], "high": cell["high"], "n": cell["n"]}
    return _("95 %% interval %(low)s to %(high)s; %(n)s people") % told


def moved(cell: Cell) -> str:
    """A small arrow where the change since the last wave was decided to be clear at the release."""
    one = change.read(cell)
    if one is None or not one.clear:
        return ""
    words = _("rose since the last wave") if one.delta > 0 else _("fell since the last wave")
    sign = "▲" if one.delta > 0 else "▼"
    return (
        f' <small class="heat-change" aria-hidden="true">{sign}</small>'
        f'<span class="visually-hidden"> {escape(words)}</span>'
    )


def spread_bar(dist: list[int] | None) -> SafeString:
    """How answers spread from worst to best: a bar, and the per cents under it in words for who cannot see it."""
    if not dist:
        return mark_safe("–")
    parts, at = [], 0.0
    whole = sum(dist) or 1
    for place, share in enumerate(dist):
        width = share * 100 / whole
        tone_at = round(place * 4 / max(1, len(dist) - 1))
        parts.append(f'<rect class="spread-{tone_at}" x="{at:.1f}" y="0" width="{width:.1f}" height="10"></rect>')
        at += width
    told = " · ".join(map(str, dist))
    return mark_safe(  # noqa: S308 - numbers only
        f'<svg class="spread-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{"".join(parts)}'
        f'</svg><span class="small nowrap">{told}</span>'
    )
