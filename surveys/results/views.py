"""Pages of released results. Every number on them is a released cell, read through the gate in queries."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from culture.access.permissions import Permission, require
from culture.framework.texts import pick
from surveys.results import charts, exports, queries
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
    }
    return render(request, "surveys/results/wave.html", context)


def _heat_row(row: CellGroup) -> dict[str, Any]:
    cells = [{"key": key, **row.cells.get(key, {"shown": False})} for key in queries.COLUMNS]
    shares = row.cells.get("barrier", {}).get("shares")
    first = max(("want", "know", "can"), key=lambda key: shares[key]) if shares else None
    return {
        "unit": row.unit,
        "name": row.name,
        "indent": "\u2003" * row.depth,
        "cells": cells,
        "people": next((cell["n"] for cell in cells[:3] if cell["shown"]), None),
        "participation": row.cells.get("participation", {}),
        "barrier": first,
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
    items = [
        {
            "code": item["code"],
            "text": pick(item["text"]).replace("{provider}", row.name),
            "about": item["about"],
            "dimension": item.get("dimension", ""),
            "cell": row.cells.get("talk" if item["kind"] == "outcome" else item["code"], {"shown": False}),
        }
        for item in queries.items_of(found)
    ]
    before = queries.previous(found)
    earlier = queries.unit_row(before, request.user, unit) if before else None
    old = earlier.cells if earlier else {}
    context = {
        "wave": found,
        "row": row,
        "heading": f"{row.name}: {queries.finding(row.cells)}",
        "cards": [queries.card(key, row.cells.get(key), old.get(key)) for key in queries.HEADLINE],
        "own": [item for item in items if item["about"] == "own"],
        "served": [item for item in items if item["about"] == "provider"],
        "served_cell": row.cells.get("served", {"shown": False}),
        "thirds": charts.thirds([item for item in items if item["about"] == "own"]),
        "barrier": charts.barrier(row.cells.get("barrier")),
    }
    return render(request, "surveys/results/unit.html", context)


@require_safe
@require(Permission.SEE_RESULTS)
def services(request: HttpRequest, wave_id: int) -> HttpResponse:
    """The service matrix: who serves whom, and how well."""
    found = _wave(request, wave_id)
    visible = queries.visible_ids(request.user)
    rows = [
        {"provider": row.name.split(" ← ")[0], "customer": row.name.split(" ← ")[-1], "cell": row.cells["served"]}
        for row in queries.matrix_rows(found, visible)
    ]
    customers = queries.customer_rows(found, visible)
    return render(request, "surveys/results/services.html", {"wave": found, "rows": rows, "customers": customers})


@require_safe
@require(Permission.SEE_RESULTS)
def export(request: HttpRequest, wave_id: int) -> HttpResponse:
    """The released cells the reader may see, as CSV."""
    found = _wave(request, wave_id)
    release = queries.release_of(found, request.user)
    if release is None:
        raise Http404
    visible = queries.visible_ids(request.user)
    groups = queries.rows_for(found, visible) + queries.matrix_rows(found, visible)
    groups += queries.customer_rows(found, visible)
    response = HttpResponse(exports.to_csv(release, groups), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_("results")}-wave-{found.pk}.csv"'
    return response
