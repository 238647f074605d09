"""The components every page is built from, as template tags; `/styleguide/` shows them all."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Sequence
from typing import Any

import nh3
from django import forms, template
from django.forms import BaseForm, BoundField
from django.utils.formats import number_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lucide import IconDoesNotExist
from lucide.templatetags.lucide import lucide
from markdown_it import MarkdownIt

from config import charts

register = template.Library()

TONES = {"good", "warn", "bad", "neutral", "brand"}
# The index at which a heat cell has no colour; from there every eight points are one step darker.
HEAT_MIDDLE, HEAT_STEP, HEAT_STEPS = 58.0, 8.0, 4
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@register.simple_tag
def icon(name: str, size: int = 20, label: str = "") -> SafeString:
    """A lucide icon; hidden from screen readers unless it has a label. An unknown name draws a plain circle."""
    return _icon(name, size, str(label))


@functools.lru_cache(maxsize=1024)
def _icon(name: str, size: int, label: str) -> SafeString:
    """Kept: lucide parses an icon's file each time, which was some 40 % of a page's template time."""
    attributes: dict[str, str] = {"class": "icon", "focusable": "false"}
    attributes |= {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    try:
        return mark_safe(lucide(name, size=size, **attributes))  # noqa: S308 - attributes are escaped by ElementTree
    except IconDoesNotExist:
        return mark_safe(lucide("circle", size=size, **attributes))  # noqa: S308


@register.simple_tag
def chart(spec: Any, title: str = "", description: str = "", table: Any = None) -> SafeString:
    """A Vega-Lite specification (dict or Altair chart) as a figure: inline SVG and the same numbers as a table."""
    return charts.figure(spec, title=title, description=description, table=table)


def heat_step(value: float) -> int:
    """From -4 (low) to 4 (high); 0 is the uncoloured middle."""
    return max(-HEAT_STEPS, min(HEAT_STEPS, round((value - HEAT_MIDDLE) / HEAT_STEP)))


@register.simple_tag
def heat(value: float | None, change: float | None = None, label: str = "") -> SafeString:
    """A table cell coloured by an index 0–100, the number always in it; ``label`` is its column, for phones."""
    named = format_html(' data-label="{}"', label) if label else ""
    if value is None or value == "":
        return format_html('<td class="num muted"{}>–</td>', named)
    step = heat_step(float(value))
    side = "low" if step < 0 else "high" if step > 0 else "middle"
    moved = format_html(' <small class="heat-change">{}</small>', f"{round(change):+d}") if change is not None else ""
    return format_html(
        '<td class="heat heat-{}-{}"{}>{}{}</td>', side, abs(step), named, number_format(round(float(value))), moved
    )


@register.simple_tag
def hidden_cell(colspan: int = 1, reason: str = "", label: str = "", slim: bool = False) -> SafeString:
    """A table cell hidden for privacy: a hatch and the words.

    On phones a ``label`` names its column, and ``slim`` puts it beside its neighbours in a ``table-heat``.
    """
    words = reason or _("hidden for privacy")
    span = format_html(' colspan="{}"', colspan) if int(colspan) > 1 else ""
    named = format_html(' data-label="{}"', label) if label else ""
    narrow = " slim" if slim else ""
    return format_html('<td class="hidden-cell{}"{}{}><span>{}</span></td>', narrow, span, named, words)


@register.simple_tag
def dimension(key: str, word: str = "") -> SafeString:
    """The coloured square of want, know or can, always with the word."""
    words = {"want": _("Want"), "know": _("Know"), "can": _("Can")}
    if key not in words:
        return escape(word or key)
    return format_html('<span class="dimension dimension-{}">{}</span>', key, word or words[key])


@register.simple_tag
def progress(value: float | None, maximum: float = 100, label: str = "", tone: str = "") -> SafeString:
    """A bar with its label and its share in words."""
    top = float(maximum or 0)
    share = 0.0 if top <= 0 else max(0.0, min(1.0, float(value or 0) / top))
    return format_html(
        '<div class="progress{}"><span class="progress-label"><span>{}</span> <span class="num">{} %</span></span>'
        '<progress max="100" value="{}" aria-label="{}"></progress></div>',
        f" progress-{tone}" if tone in {"want", "know", "can"} else "",
        label,
        round(share * 100),
        f"{share * 100:.1f}",
        label or _("Progress"),
    )


@register.simple_tag
def segments(current: int, total: int, label: str = "") -> SafeString:
    """Progress through the pages of a form, one segment a page."""
    bars = format_html_join("", '<span class="{}"></span>', (("done" if n < current else "",) for n in range(total)))
    words = label or _("Page %(current)s of %(total)s") % {"current": current, "total": total}
    return format_html('<div class="segments" role="img" aria-label="{}">{}</div>', words, bars)


@register.simple_tag
def badge(text: Any, tone: str = "neutral") -> SafeString:
    return format_html('<span class="badge badge-{}">{}</span>', tone if tone in TONES else "neutral", text)


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Label, help, control and errors of a form field, described for browsers and screen readers."""
    widget = bound.field.widget
    if isinstance(widget, forms.DateInput) and widget.input_type == "text":
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    grouped = bool(widget.use_fieldset)
    single_box = isinstance(widget, forms.CheckboxInput)
    described = []
    if bound.help_text:
        described.append(f"{bound.auto_id}_helptext")
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    return {"field": bound, "grouped": grouped, "single_box": single_box, "described": " ".join(described)}


@register.inclusion_tag("ui/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """What is wrong with a form, on top of it, each with a link to its field."""
    found = [(form[name], errors) for name, errors in form.errors.items() if name in form.fields] if form else []
    general = form.non_field_errors() if form else []
    # Errors of hidden fields have no visible field to link to.
    return {"found": found, "general": general, "any": bool(found or general)}


@register.inclusion_tag("ui/empty.html")
def empty(title: str, text: str = "", url: str = "", label: str = "", icon: str = "sprout") -> dict[str, str]:
    return {"title": title, "text": text, "url": url, "label": label, "icon_name": icon}


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Any, name: str = "page") -> dict[str, Any]:
    """Links to the other pages of a paginator's page; every other parameter of the address stays."""
    request = context.get("request")
    kept = request.GET.copy() if request else None
    if kept is not None:
        kept.pop(name, None)
    prefix = f"?{kept.urlencode()}&{name}=" if kept else f"?{name}="
    window = list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
    return {"page": page, "prefix": prefix, "window": window, "gap": page.paginator.ELLIPSIS}


@register.simple_tag
def avatar(person: Any, size: str = "") -> SafeString:
    """Initials in a circle; decorative, the name stands beside it."""
    name = person if isinstance(person, str) else f"{person.given_name} {person.family_name}"
    initials = "".join(part[0] for part in name.split()[:1] + name.split()[1:][-1:]).upper()
    hue = sum(map(ord, name)) % 5
    large = " avatar-large" if size == "large" else ""
    return format_html('<span class="avatar avatar-{}{}" aria-hidden="true">{}</span>', hue, large, initials)


@register.filter
def prose(text: str | None) -> SafeString:
    """Markdown as clean HTML: raw HTML is shown as text, and only harmless elements survive."""
    return mark_safe(f'<div class="prose">{nh3.clean(MARKDOWN.render(text or ""))}</div>')  # noqa: S308 - nh3 cleans


def _value(thing: Any, *names: str) -> Any:
    for name in names:
        found = thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)
        if found not in (None, ""):
            return found() if callable(found) else found
    return None


@register.inclusion_tag("ui/timeline.html")
def timeline(stages: Iterable[Any], cohorts: Iterable[Any], today: dt.date, title: str = "") -> dict[str, Any]:
    """Stages and cohorts of a program on one time axis.

    A stage has ``label`` (or ``get_kind_display``), ``starts_on``, ``ends_on``; a cohort ``name`` and ``starts_on``.
    """
    stages, cohorts = list(stages), list(cohorts)
    if not stages:
        return {"stages": []}
    first = min([_value(s, "starts_on") for s in stages] + [_value(c, "starts_on") for c in cohorts])
    last = max(_value(s, "ends_on") for s in stages)
    days = max(1, (last - first).days)

    def at(day: dt.date) -> float:
        return round(max(0.0, min(100.0, (day - first).days * 100 / days)), 2)

    def state(start: dt.date, end: dt.date) -> str:
        return "past" if end < today else "future" if start > today else "now"

    def bar(label: Any, start: dt.date, end: dt.date) -> dict[str, Any]:
        share = round(at(end) - at(start), 2)
        return {"label": label, "from": start, "to": end, "at": at(start), "share": share, "state": state(start, end)}

    years: Sequence[dict[str, Any]] = [{"label": first.year, "at": 0}] + [
        {"label": year, "at": at(dt.date(year, 1, 1))}
        for year in range(first.year + 1, last.year + 1)
        if 6 < at(dt.date(year, 1, 1)) < 97
    ]
    return {
        "title": title,
        "years": years,
        "today": {"at": at(today), "date": today} if first <= today <= last else None,
        "stages": [
            bar(_value(s, "label", "get_kind_display", "name", "kind"), _value(s, "starts_on"), _value(s, "ends_on"))
            for s in stages
        ],
        "cohorts": [bar(_value(c, "name", "label"), _value(c, "starts_on"), last) for c in cohorts],
    }
