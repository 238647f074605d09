"""Pages of released results. Every number on them is a released cell, read through the gate (reading, queries)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.results import (
    branches,
    cell_html,
    charts,
    history,
    queries,
    reading,
    service_pages,
    sharing,
    showing,
    telling,
)
from surveys.results.disclosure import NOT_ASKED
from surveys.results.insight import change, trends, words
from surveys.results.models import CellGroup

KEYS = (*queries.COLUMNS, "participation", "barrier")
DRIVERS = ("drivers", "drivers:served")
MOST_PARTS = 40


@require_safe
@sharing.door
def waves(request: HttpRequest) -> HttpResponse:
    """Released waves, newest first."""
    return render(request, "surveys/results/list.html", {"waves": list(queries.released_waves(request.user))})


# -- a wave ----------------------------------------------------------------------------------------------------------


@require_safe
@sharing.door
def wave(request: HttpRequest, wave_id: int) -> HttpResponse:
    """What a wave found: the finding, want/know/can, and the units that may be seen."""
    seen = reading.seen_or_404(request.user, wave_id)
    language, course = get_language() or "en", seen.course()
    company = seen.company  # read with the course
    cells = company.cells if company else {}
    context = {
        "wave": seen.wave,
        "release": seen.release,
        "company": company,
        "heading": queries.finding(cells),
        "cards": _cards(cells, seen.cells_before(company) if company else {}, language),
        "said": showing.findings_of(cells, seen.items, language, company.name if company else ""),
        "trend": charts.trend([_point(row) for row in course]),
        "barrier": charts.barrier(cells.get("barrier")),
        "partial": seen.partial,
        "hr": sharing.standing(request.user).hr,
        "alone": seen.earlier_is_kept,
    }
    return render(request, "surveys/results/wave.html", context | _units(request, seen))


def _cards(cells: dict[str, Any], before: dict[str, Any], language: str) -> list[dict[str, Any]]:
    """The three with their change since the last wave and, if that is another, since the first."""
    found = queries.cards(cells, before)
    for card in found:
        first = change.read_first(card["cell"])
        if first and first[0] != card["cell"]["change"].get("since"):
            card["first"] = {"since": first[0], "words": words.told_change(first[1], language)}
    return found


def _point(row: CellGroup) -> dict[str, Any]:
    """The three of the whole organisation in one wave; None where hidden."""
    cells = {key: row.cells.get(key) or {} for key in queries.HEADLINE}
    return {"wave": row.release.wave} | {
        key: cell["index"] if cell.get("shown") else None for key, cell in cells.items()
    }


def _units(request: HttpRequest, seen: reading.Seen) -> dict[str, Any]:
    """The table of units: all of a small tree, of a large one the branches that are open."""
    places = seen.places
    asked = branches.chosen(request.GET.get("open", ""))
    opened = branches.first_open(places) if asked is None else asked
    shown, more = branches.lines(places, opened)
    cells = seen.tree((one.place.unit for one in shown), KEYS)
    return {
        "rows": [_unit_line(seen, one, cells.get(one.place.unit, {}), opened) for one in shown],
        "heads": [(key, words) for key, words in _heads().items()],
        "more": more,
        "total": len(places),
        "folded": len(places) > branches.ALL_OPEN,
    }


def _heads() -> dict[str, str]:
    return {
        "want": _("Want"), "know": _("Know"), "can": _("Can"), "served": _("Serves others"), "talk": _("Talk index")
    }  # fmt: skip


def _unit_line(
    seen: reading.Seen, one: branches.Branch, cells: reading.Cells, opened: set[int] | str
) -> dict[str, Any]:
    heads, unit = _heads(), one.place.unit

    def why(key: str) -> str:
        return cell_html.why_address(seen.wave.pk, reading.TREE, unit, key)

    told = {key: cells.get(key, NOT_ASKED) for key in queries.COLUMNS}
    scores = [cell_html.score(cell, label=heads[key], why=why(key), plain=key == "talk") for key, cell in told.items()]
    # Where none of the three was asked, who told about the service stands for who answered.
    three = [told[key] for key in queries.HEADLINE if told[key].get("why") != NOT_ASKED["why"]] or [told["talk"]]
    shares = cells.get("barrier", {}).get("shares")
    first = max(queries.HEADLINE, key=lambda key: shares[key]) if shares else None
    return {
        "unit": unit,
        "name": one.place.name,
        "depth": min(one.depth, 8),
        "below": one.below,
        "opened": one.opened,
        "toggle": branches.toggled(opened, unit, seen.places) if one.below else "",
        "scores": scores,
        "people": next((cell["n"] for cell in three if cell.get("shown")), None),
        "participation": cells.get("participation", {}),
        "barrier": first,
        "barrier_asked": cells.get("barrier", {}).get("why") != NOT_ASKED["why"],
        "barrier_share": shares[first] if shares and first else None,
        "why": {key: why(key) for key in ("people", "participation", "barrier")},
    }


# -- a unit ----------------------------------------------------------------------------------------------------------


@require_safe
@sharing.door
def unit(request: HttpRequest, wave_id: int, unit: int) -> HttpResponse:
    """One unit: its scores, each question, who it serves how well, its parts, its comments."""
    seen = reading.seen_or_404(request.user, wave_id)
    row = seen.unit_and_company(unit)
    if row is None:
        raise Http404
    language, asked = get_language() or "en", seen.items
    items = telling.tell(asked, row.cells, language, row.name, seen.items_before)
    whole, around = seen.company, _Around(seen, row)
    driven = _drivers(row, around, asked, language)
    inner = showing.inside(queries.finding(row.cells))
    context = {
        "wave": seen.wave,
        "release": seen.release,
        "row": row,
        "said": showing.findings_of(row.cells, asked, language, row.name),
        "below": showing.below(row.cells),
        "noise_note": words.pick("noise_note", language),
        "trust": showing.trust(row.cells, asked, language, row.name),
        "drivers": driven.get(DRIVERS[0]),
        "served_drivers": driven.get(DRIVERS[1]),
        "service": showing.service(
            asked, row.cells, whole.cells if whole else {}, seen.release.rules, language, row.name
        ),
        "heading": _("%(unit)s: %(finding)s") % {"unit": row.name, "finding": inner},
        "cards": _cards(row.cells, seen.cells_before(row), language),
        "own": [item for item in items if item.about == "own"],
        "served": [item for item in items if item.about == "provider"],
        "served_cell": row.cells.get("served", {"shown": False}),
        "own_cells": [(key, row.cells[key]) for key in queries.HEADLINE if key in row.cells],
        "partners": service_pages.partners(seen, unit, around.pairs),
        "thirds": charts.thirds([{"code": item.code, "cell": item.cell} for item in items if item.about == "own"]),
        "barrier": charts.barrier(row.cells.get("barrier")),
        "parts": _parts(seen, around),
        "alone": seen.earlier_is_kept,
    }
    return render(request, "surveys/results/unit.html", context)


class _Around:
    """What lies right below a unit and above it, and whom it serves, with the cells the page needs. One query."""

    def __init__(self, seen: reading.Seen, row: CellGroup) -> None:
        self.inside = [place for place in seen.places if place.parent == row.unit]
        hidden = any(not row.cells[key].get("shown") for key in DRIVERS if key in row.cells)
        self.line = seen.line_above(row.unit) if hidden else []
        units = [*self.line, *(place.unit for place in self.inside[:MOST_PARTS])]
        tree = Q(family=reading.TREE, unit__in=units)
        pairs = ~Q(family=reading.TREE) & (Q(unit=row.unit) | Q(other=row.unit))
        families = (reading.TREE, *service_pages.LEVELS)
        found = seen.lines(*families, keys=[*queries.COLUMNS, *DRIVERS], among=tree | pairs)
        self.lines = {one.unit: one for one in found if one.family == reading.TREE}
        self.pairs = [one for one in found if one.family != reading.TREE]


def _parts(seen: reading.Seen, around: _Around) -> dict[str, Any]:
    """What lies right below a unit, with the summary's scores."""
    heads, rows = _heads(), []
    for place in around.inside[:MOST_PARTS]:
        line = around.lines.get(place.unit)
        scores = [
            cell_html.score(
                line.cells.get(key) if line else None,
                label=heads[key],
                why=cell_html.why_address(seen.wave.pk, reading.TREE, place.unit, key),
                plain=key == "talk",
            )
            for key in queries.COLUMNS
        ]
        rows.append({"unit": place.unit, "name": place.name, "scores": scores})
    return {"rows": rows, "heads": list(heads.items()), "more": max(0, len(around.inside) - MOST_PARTS)}


def _drivers(
    row: CellGroup, around: _Around, items: list[dict[str, Any]], language: str
) -> dict[str, showing.Drivers | None]:
    """What drives each outcome in the group, else in the nearest group above that has enough people and may be seen."""
    found: dict[str, showing.Drivers | None] = {}
    for key in DRIVERS:
        cell = row.cells.get(key) or NOT_ASKED
        if cell.get("why") == NOT_ASKED["why"]:
            continue
        if cell.get("shown"):
            found[key] = showing.drivers(cell, items, language, row.name)
        elif (upper := reading.nearest(around.line, around.lines, key)) is not None:
            found[key] = showing.drivers(upper.cells[key], items, language, upper.name, of=upper.name)
    return found


# -- from wave to wave -----------------------------------------------------------------------------------------------


@require_safe
@sharing.door
def trend(request: HttpRequest, wave_id: int, unit: int) -> HttpResponse:
    """One score of a unit from wave to wave: as it was, as it is now, or over what stayed the same."""
    seen = reading.seen_or_404(request.user, wave_id)
    row = seen.unit(unit)
    if row is None:
        raise Http404
    language = get_language() or "en"
    choices = showing.measures(row.cells, seen.items, language, row.name)
    known = {key for key, _words in choices}
    key = request.GET.get("score", "")
    key = key if key in known else (choices[0][0] if choices else "")
    way = request.GET.get("way", "")
    way = way if way in trends.WAYS else trends.WAS
    codes = {one: inside for one, inside in queries.codes_of(seen.items).items() if one in known}
    points = trends.trend(_waves_seen(request, seen, key), unit, key, way, codes.get(key, ()))
    context = {
        "wave": seen.wave,
        "release": seen.release,
        "row": row,
        "score": key,
        "score_words": dict(choices).get(key, ""),
        "choices": choices,
        "way": way,
        "ways": showing.WAYS,
        "way_words": dict(showing.WAYS)[way],
        "points": points,
        "chart": charts.course(points, showing.bottom(key)),
        "no_table": [],  # the page's own table says more
    }
    return render(request, "surveys/results/trend.html", context)


def _waves_seen(request: HttpRequest, seen: reading.Seen, key: str) -> list[trends.Wave]:
    """The waves of the series up to this one, those that are shared with the reader."""
    mine = queries.released_waves(request.user).filter(series_id=seen.wave.series_id)
    shared = set(mine.order_by().values_list("pk", flat=True))
    return [one for one in history.waves_of(seen.wave.series, seen.wave.number, key=key) if one.about.pk in shared]
