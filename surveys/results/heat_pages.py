"""The heatmap: units by dimensions or questions, sorted, opened branch by branch, a number in every cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.results import branches, cell_html, queries, reading, sharing, showing
from surveys.results.insight import words
from surveys.results.queries import COLUMNS

PER_PAGE = 100
FIRST = "summary"
SERVED = "service"


@dataclass(frozen=True)
class Column:
    """A column: the key of its cells, a short head, and all its words."""

    key: str
    head: str
    words: str
    dimension: str = ""


@dataclass(frozen=True)
class View:
    """What the columns are about, as a choice on the page."""

    key: str
    words: str
    columns: Sequence[Column]


def views_of(items: Sequence[dict[str, Any]], language: str) -> list[View]:
    """The ways to look: the summary first, then the questions of each dimension, the others, and of the service."""
    texts = showing.texts_of(items, language, _("this unit"))
    asked = {item.get("dimension") for item in items if item["about"] == "own"}
    named = {
        "want": _("Want"), "know": _("Know"), "can": _("Can"), "served": _("Serves others"), "talk": _("Talk index")
    }  # fmt: skip
    talk = next((item["code"] for item in items if item["kind"] == "outcome" and item["about"] == "own"), "")
    there = set(queries.codes_of(list(items))) & set(COLUMNS)
    summary = [
        Column(key, named[key], words.pick(key, language), key if key in asked else "")
        for key in COLUMNS
        if key in there
    ]
    found = [View(FIRST, _("Summary"), summary)] if summary else []
    scored = [item for item in items if showing.scored(item) and item["code"] != talk]
    for name in ("want", "know", "can"):
        mine = [item for item in scored if item["about"] == "own" and item.get("dimension") == name]
        if mine:
            first = [Column(name, named[name], words.pick(name, language), name)]
            found.append(View(name, named[name], first + _questions(mine, texts)))
    others = [
        item for item in scored if item["about"] == "own" and item.get("dimension") not in ("want", "know", "can")
    ]
    if others:
        found.append(View("others", _("Other questions"), _questions(others, texts)))
    service = [item for item in scored if item["about"] == "provider"]
    if service:
        first = [Column("served", named["served"], words.pick("served", language))] if "served" in there else []
        found.append(View(SERVED, _("Service"), first + _questions(service, texts)))
    return found


def _questions(items: Sequence[dict[str, Any]], texts: dict[str, str]) -> list[Column]:
    return [Column(item["code"], item["code"], texts[item["code"]]) for item in items]


@require_safe
@sharing.door
def heatmap(request: HttpRequest, wave_id: int) -> HttpResponse:
    """Units down, scores across. Sorted by a column, brothers stay together; as a list, all stand in one row."""
    seen = reading.seen_or_404(request.user, wave_id)
    views = views_of(seen.items, get_language() or "en")
    view = next((one for one in views if one.key == request.GET.get("by")), views[0] if views else None)
    context: dict[str, Any] = {"wave": seen.wave, "release": seen.release, "views": views, "view": view}
    if view is not None:
        sort = Sort.of(request.GET, view)
        context |= {"sort": sort, "flat": sort.flat, "query": request.GET, "searched": request.GET.get("q", "").strip()}
        table = _flat(seen, view, sort, request) if sort.flat else _tree(seen, view, sort, request.GET)
        context |= table | {"heads": _heads(view, sort, request.GET)}
        context["ways"] = [
            {"words": _("As a tree"), "url": _with(request.GET, flat="", page="", q=""), "current": not sort.flat},
            {"words": _("Ranked"), "url": _with(request.GET, flat="yes", open=""), "current": sort.flat},
        ]
        context["tabs"] = [
            {"words": one.words, "url": _with(request.GET, by=one.key, sort="", down="", page=""), "key": one.key}
            for one in views
        ]
    return render(request, "surveys/results/heatmap.html", context)


@dataclass(frozen=True)
class Sort:
    """Sorted by which column ("": as the tree stands), from the top down or from the lowest up; ``flat``: no tree."""

    key: str
    down: bool
    flat: bool

    @classmethod
    def of(cls, query: QueryDict, view: View) -> Sort:
        flat = query.get("flat") == "yes"
        known = {column.key for column in view.columns}
        key = query.get("sort", "") if query.get("sort") in known else ""
        # A ranking is of something.
        return cls(key or (view.columns[0].key if flat else ""), query.get("down") == "yes", flat)

    def order(self, scores: Mapping[int, float | None]) -> Any:
        """A sorting key for places: the unknown at the end whichever way."""

        def key(place: Any) -> tuple[int, float, str]:
            score = scores.get(place.unit)
            if score is None:
                return (1, 0.0, place.name.casefold())
            return (0, float(-score if self.down else score), place.name.casefold())

        return key


def _with(query: QueryDict, **changes: str) -> str:
    """The address of this page with some words of its query changed; the empty ones left out."""
    changed = query.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return f"?{changed.urlencode()}"


def _heads(view: View, sort: Sort, query: QueryDict) -> list[dict[str, Any]]:
    """Column heads, each a link that sorts by it; the sorted one turns round."""
    found = []
    for column in view.columns:
        mine = column.key == sort.key
        down = "yes" if mine and not sort.down else ""
        state = ("descending" if sort.down else "ascending") if mine else "none"
        url = _with(query, sort=column.key, down=down, page="")
        found.append({"column": column, "url": url, "state": state, "mine": mine})
    return found


def _tree(seen: reading.Seen, view: View, sort: Sort, query: QueryDict) -> dict[str, Any]:
    places = seen.places
    asked = branches.chosen(query.get("open", ""))
    opened = branches.first_open(places) if asked is None else asked
    order = sort.order(seen.scores(sort.key)) if sort.key else None
    shown, more = branches.lines(places, opened, order)
    keys = [column.key for column in view.columns]
    cells = seen.tree((one.place.unit for one in shown), keys)
    rows = [
        _row(seen, one.place, view, cells.get(one.place.unit, {}), one.depth)
        | {
            "below": one.below,
            "opened": one.opened,
            "toggle": _with(query, open=branches.toggled(opened, one.place.unit, places)) if one.below else "",
        }
        for one in shown
    ]
    return {
        "rows": rows,
        "more": more,
        "total": len(places),
        "all_open": _with(query, open=branches.ALL) if len(shown) < len(places) <= branches.MOST else "",
        "all_closed": _with(query, open=branches.NONE) if any(one.opened for one in shown) else "",
    }


def _flat(seen: reading.Seen, view: View, sort: Sort, request: HttpRequest) -> dict[str, Any]:
    wanted = request.GET.get("q", "").strip().casefold()
    places = [place for place in seen.places if wanted in place.name.casefold()]
    ranked = sorted(places, key=sort.order(seen.scores(sort.key)))
    page = Paginator(ranked, PER_PAGE).get_page(request.GET.get("page"))
    cells = seen.tree((place.unit for place in page), [column.key for column in view.columns])
    rows = [_row(seen, place, view, cells.get(place.unit, {}), 0) for place in page]
    return {"rows": rows, "page": page, "total": len(seen.places), "found": len(places)}


def _row(seen: reading.Seen, place: reading.Place, view: View, cells: reading.Cells, depth: int) -> dict[str, Any]:
    return {
        "unit": place.unit,
        "name": place.name,
        "depth": min(depth, 8),
        "cells": [
            cell_html.score(
                cells.get(column.key),
                label=column.head,
                why=cell_html.why_address(seen.wave.pk, reading.TREE, place.unit, column.key),
                plain=column.key == "talk",
            )
            for column in view.columns
        ],
    }
