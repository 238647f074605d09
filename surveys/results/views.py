"""Pages of released results. Every number on them is a released cell, read through the gate in queries."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from culture.access.audit import record
from culture.access.permissions import Permission, require
from surveys.results import charts, exports, history, provider_comments, queries, showing, telling
from surveys.results.disclosure import NOT_ASKED
from surveys.results.insight import trends, words
from surveys.results.models import CellGroup
from surveys.waves.models import Wave


@require_safe
@require(Permission.SEE_RESULTS)
def waves(request: HttpRequest) -> HttpResponse:
    """Released waves, newest first."""
    return render(request, "surveys/results/list.html", {"waves": list(queries.released_waves(request.user))})


def _wave(request: HttpRequest, wave_id: int) -> Wave:
    return get_object_or_404(queries.released_waves(request.user), pk=wave_id)


@require_safe
@require(Permission.SEE_RESULTS)
def wave(request: HttpRequest, wave_id: int) -> HttpResponse:
    """What a wave found: the finding, want/know/can, and the units that may be seen."""
    found = _wave(request, wave_id)
    visible = queries.visible_ids(request.user)
    context = queries.overview(found, visible)
    context |= {
        "wave": found,
        "release": queries.release_of(found, request.user),
        "rows": [_heat_row(row) for row in context["rows"]],
        "trend": charts.trend(queries.trend(found.series)),
        "barrier": charts.barrier((context["company"].cells if context["company"] else {}).get("barrier")),
        "partial": visible is not None,
    }
    return render(request, "surveys/results/wave.html", context)


def _heat_row(row: CellGroup) -> dict[str, Any]:
    cells = [{"key": key, **row.cells.get(key, NOT_ASKED)} for key in queries.COLUMNS]
    # Where none of the three was asked, who told about the service stands for who answered.
    bases = [cell for cell in cells[:3] if cell.get("why") != NOT_ASKED["why"]] or cells[4:]
    shares = row.cells.get("barrier", {}).get("shares")
    first = max(("want", "know", "can"), key=lambda key: shares[key]) if shares else None
    return {
        "unit": row.unit,
        "name": row.name,
        "depth": min(row.depth, 8),
        "cells": cells,
        "people": next((cell["n"] for cell in bases if cell["shown"]), None),
        "participation": row.cells.get("participation", {}),
        "barrier": first,
        "barrier_asked": row.cells.get("barrier", {}).get("why") != NOT_ASKED["why"],
        "barrier_share": shares[first] if shares and first else None,
    }


@require_safe
@require(Permission.SEE_RESULTS)
def unit(request: HttpRequest, wave_id: int, unit: int) -> HttpResponse:
    """One unit: its scores, each question, who it serves how well, its comments."""
    found = _wave(request, wave_id)
    row = queries.unit_row(found, request.user, unit)
    if row is None:
        raise Http404
    before = queries.previous(found)
    earlier = queries.unit_row(before, request.user, unit) if before else None
    old = earlier.cells if earlier else {}
    asked_before = queries.items_of(before) if before else []
    language = get_language() or "en"
    asked = queries.items_of(found)
    items = telling.tell(asked, row.cells, language, row.name, asked_before)
    whole = queries.whole_cells(row)
    context = {
        "wave": found,
        "row": row,
        "said": showing.findings_of(row.cells, asked, language, row.name),
        "below": showing.below(row.cells),
        "noise_note": words.pick("noise_note", language),
        "trust": showing.trust(row.cells, asked, language, row.name),
        "drivers": _drivers(request, row, "drivers", asked, language),
        "served_drivers": _drivers(request, row, "drivers:served", asked, language),
        "service": showing.service(asked, row.cells, whole, found.rules, language, row.name),
        "heading": _("%(unit)s: %(finding)s") % {"unit": row.name, "finding": _inside(queries.finding(row.cells))},
        "cards": queries.cards(row.cells, old),
        "own": [item for item in items if item.about == "own"],
        "served": [item for item in items if item.about == "provider"],
        "served_cell": row.cells.get("served", {"shown": False}),
        "thirds": charts.thirds([{"code": item.code, "cell": item.cell} for item in items if item.about == "own"]),
        "barrier": charts.barrier(row.cells.get("barrier")),
        "said_of_it": provider_comments.of(found, request.user, unit),
    }
    return render(request, "surveys/results/unit.html", context)


def _drivers(
    request: HttpRequest, row: CellGroup, key: str, items: list[dict[str, Any]], language: str
) -> showing.Drivers | None:
    """What drives an outcome in the group, else in the nearest group above that has enough people and may be seen."""
    if key not in row.cells or row.cells[key].get("why") == NOT_ASKED["why"]:
        return None
    if row.cells[key].get("shown"):
        return showing.drivers(row.cells[key], items, language, row.name)
    upper = history.above(row, key, queries.seen_nodes(row.release.wave, request.user))
    return showing.drivers(upper.cells[key], items, language, upper.name, of=upper.name) if upper else None


@require_safe
@require(Permission.SEE_RESULTS)
def trend(request: HttpRequest, wave_id: int, unit: int) -> HttpResponse:
    """One score of a unit from wave to wave: as it was, as it is now, or over what stayed the same."""
    found = _wave(request, wave_id)
    row = queries.unit_row(found, request.user, unit)
    if row is None:
        raise Http404
    language = get_language() or "en"
    items = queries.items_of(found)
    choices = showing.measures(row.cells, items, language, row.name)
    known = {key for key, _words in choices}
    key = request.GET.get("score", "")
    key = key if key in known else (choices[0][0] if choices else "")
    way = request.GET.get("way", "")
    way = way if way in trends.WAYS else trends.WAS
    codes = {one: inside for one, inside in queries.codes_of(items).items() if one in known}
    points = trends.trend(history.waves_of(found.series, found.number), unit, key, way, codes.get(key, ()))
    context = {
        "wave": found,
        "row": row,
        "score": key,
        "score_words": dict(choices).get(key, ""),
        "choices": choices,
        "way": way,
        "ways": showing.WAYS,
        "way_words": dict(showing.WAYS)[way],
        "points": points,
        "chart": charts.course(points, showing.bottom(key)),
    }
    return render(request, "surveys/results/trend.html", context)


def _inside(finding: str) -> str:
    """A finding as it stands in the middle of a line."""
    return finding[:1].lower() + finding[1:]


@require_safe
@require(Permission.SEE_RESULTS)
def services(request: HttpRequest, wave_id: int) -> HttpResponse:
    """The service matrix: who serves whom, and how well."""
    found = _wave(request, wave_id)
    visible = queries.visible_ids(request.user)
    rows = [
        {"provider": row.name.split(" ← ")[0], "customer": row.name.split(" ← ")[-1], "cell": row.cells["served"]}
        for row in queries.matrix_rows(found, visible)
        if "served" in row.cells
    ]
    tree = queries.tree_rows(found, visible)
    whole = {row.name: row.cells.get("served") for row in tree}
    providers = _by_provider(rows, whole)
    items, language = queries.items_of(found), get_language() or "en"
    stands = {row.name: showing.standing(items, row.cells, found.rules, language) for row in tree}
    for provider in providers:
        provider["standing"] = stands.get(provider["name"])
    known = [one for one in providers if one["cell"] and one["cell"].get("shown") and "index" in one["cell"]]
    context = {
        "wave": found,
        "providers": providers,
        "lowest": known[0] if len(known) > 1 else None,
        "customers": sorted(
            (row for row in queries.customer_rows(found, visible) if "served" in row.cells),
            key=lambda row: _score(row.cells["served"]),
        ),
    }
    return render(request, "surveys/results/services.html", context)


def _by_provider(rows: list[dict[str, Any]], whole: dict[str, dict[str, Any] | None]) -> list[dict[str, Any]]:
    """The matrix by provider, with its score from all it serves; the lowest first, inside and outside."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row["provider"], []).append(row)
    found = [
        {"name": name, "cell": whole.get(name), "rows": sorted(own, key=lambda row: _score(row["cell"]))}
        for name, own in grouped.items()
    ]
    return sorted(found, key=lambda one: (_score(one["cell"]), one["name"]))


def _score(cell: dict[str, Any] | None) -> tuple[int, float]:
    """Where a cell stands in a list that begins with the lowest: the unknown at the end."""
    known = cell and cell.get("shown") and cell.get("index") is not None
    return (0, cell["index"]) if cell and known else (1, 0.0)


@require_safe
@require(Permission.SEE_RESULTS)
def export(request: HttpRequest, wave_id: int) -> HttpResponse:
    """The released cells the reader may see, as CSV."""
    found = _wave(request, wave_id)
    release = queries.release_of(found, request.user)
    if release is None:
        raise Http404
    record(request.user, "results.exported", found)  # type: ignore[arg-type]
    visible = queries.visible_ids(request.user)
    groups = queries.rows_for(found, visible) + queries.matrix_rows(found, visible)
    groups += queries.customer_rows(found, visible, upper=True) + queries.crossing_rows(found, visible)
    response = HttpResponse(exports.to_csv(release, groups), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_("results")}-wave-{found.pk}.csv"'
    return response
