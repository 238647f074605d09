"""The cuts that were declared before opening: everybody by category, each division by category, one category alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.results import branches, cell_html, charts, heat_pages, queries, reading, sharing, showing, telling
from surveys.results.insight import words


@require_safe
@sharing.door
def cuts(request: HttpRequest, wave_id: int) -> HttpResponse:
    """Each cut: its categories by the summary's scores."""
    seen = reading.seen_or_404(request.user, wave_id)
    language = get_language() or "en"
    views = heat_pages.views_of(seen.items, language)
    view = next((one for one in views if one.key == request.GET.get("by") and _own(one)), None)
    view = view or next((one for one in views if _own(one)), None)
    columns = [column for column in view.columns if column.key != "served"] if view else []
    lines = seen.lines(reading.CUT, keys=[column.key for column in columns]) if columns else []
    return render(
        request,
        "surveys/results/cuts.html",
        {
            "wave": seen.wave,
            "release": seen.release,
            "cuts": [_cut(seen, cut, lines, columns) for cut in seen.cuts],
            "columns": columns,
            "view": view,
            "tabs": [one for one in views if _own(one)],
            "allowed": seen.whole,
        },
    )


def _own(view: heat_pages.View) -> bool:
    """Cuts are of what people say of their own work: who serves whom has its own page."""
    return view.key != heat_pages.SERVED


def _cut(
    seen: reading.Seen, cut: dict[str, Any], lines: Sequence[reading.Line], columns: Sequence[heat_pages.Column]
) -> dict[str, Any]:
    found = {line.other: line for line in lines if line.cut == cut["key"]}
    rows = []
    for category in cut["categories"]:
        line = found.get(category["id"])
        rows.append({"id": category["id"], "name": category["name"], "there": line is not None,
                     "cells": _cells(seen, line, columns)})  # fmt: skip
    return {"key": cut["key"], "name": cut["name"], "rows": rows}


def _cells(seen: reading.Seen, line: reading.Line | None, columns: Sequence[heat_pages.Column]) -> list[Any]:
    """One row of scores. A group that the release has nothing of is hidden like any other."""
    found = []
    for column in columns:
        cell = line.cells.get(column.key) if line else {"shown": False}
        why = _why(seen, line, column.key)
        found.append(cell_html.score(cell, label=column.head, why=why, plain=column.key == "talk"))
    return found


def _why(seen: reading.Seen, line: reading.Line | None, key: str) -> str:
    if line is None:
        return cell_html.why_address(seen.wave.pk, reading.UNIT_CUT, 0, key)
    return cell_html.why_address(seen.wave.pk, line.family, line.unit, key, line.other)


def _cut_or_404(seen: reading.Seen, key: str) -> dict[str, Any]:
    cut = next((one for one in seen.cuts if one["key"] == key), None)
    if cut is None:
        raise Http404
    return cut


@require_safe
@sharing.door
def cut(request: HttpRequest, wave_id: int, key: str) -> HttpResponse:
    """One cut within each division: divisions down, categories across, one score at a time."""
    seen = reading.seen_or_404(request.user, wave_id)
    found = _cut_or_404(seen, key)
    views = [one for one in heat_pages.views_of(seen.items, get_language() or "en") if _own(one)]
    choices = list({column.key: column for view in views for column in view.columns if column.key != "served"}.values())
    score = next((one for one in choices if one.key == request.GET.get("score")), choices[0] if choices else None)
    context: dict[str, Any] = {"wave": seen.wave, "release": seen.release, "cut": found, "choices": choices,
                               "score": score, "tree": seen.partial}  # fmt: skip
    if score is not None:
        lines = seen.lines(reading.UNIT_CUT, reading.CUT, keys=[score.key], cut=key)
        context["rows"] = _within(seen, found, lines, score)
    return render(request, "surveys/results/cut.html", context)


def _within(
    seen: reading.Seen, found: dict[str, Any], lines: Sequence[reading.Line], score: heat_pages.Column
) -> list[dict[str, Any]]:
    """A row for everybody and one for each division that has anything shown."""
    groups: dict[tuple[str, int], dict[int | None, reading.Line]] = {}
    for line in lines:
        groups.setdefault((line.family, line.unit), {})[line.other] = line
    rows = []
    for (family, unit), mine in sorted(groups.items(), key=lambda one: (one[0][0] != reading.CUT, one[0][1])):
        first = next(iter(mine.values()))
        name = _("Everybody") if family == reading.CUT else seen.names.get(unit) or first.name.rpartition(" · ")[0]
        cells = [
            cell_html.score(
                mine[one["id"]].cells.get(score.key) if one["id"] in mine else {"shown": False},
                label=one["name"],
                why=cell_html.why_address(seen.wave.pk, family, unit, score.key, one["id"]),
                plain=score.key == "talk",
            )
            for one in found["categories"]
        ]
        rows.append({"name": name, "unit": unit if family == reading.UNIT_CUT else None, "cells": cells})
    return rows[:1] + sorted(rows[1:], key=lambda row: str(row["name"]).casefold())


@require_safe
@sharing.door
def category(request: HttpRequest, wave_id: int, key: str, category: int) -> HttpResponse:
    """One category of everybody, or of one division (?unit=): its scores and each question."""
    seen = reading.seen_or_404(request.user, wave_id)
    found = _cut_or_404(seen, key)
    named = next((one["name"] for one in found["categories"] if one["id"] == category), None)
    unit = request.GET.get("unit", "")
    family = reading.UNIT_CUT if unit else reading.CUT
    having: dict[str, Any] = {"cut": key, "other": category}
    if unit:
        having["unit"] = branches.id_in(unit)
    row = seen.row(family, **having) if named is not None else None
    if row is None:
        raise Http404
    language = get_language() or "en"
    items = [one for one in telling.tell(seen.items, row.cells, language, named or "") if one.about == "own"]
    name = _("%(cut)s: %(category)s") % {"cut": found["name"], "category": named}
    if unit:
        name = _("%(unit)s · %(category)s") % {"unit": seen.names.get(row.unit, ""), "category": name}
    short = f"{seen.names.get(row.unit, '')} · {named}" if unit else named
    context = {
        "wave": seen.wave,
        "release": seen.release,
        "cut": found,
        "row": row,
        "name": name,
        "heading": _("%(unit)s: %(finding)s") % {"unit": short, "finding": showing.inside(queries.finding(row.cells))},
        "cards": queries.cards(row.cells, {}),
        "items": items,
        "below": showing.below(row.cells),
        "barrier": charts.barrier(row.cells.get("barrier")),
        "noise_note": words.pick("noise_note", language),
        "drivers": showing.drivers(row.cells.get("drivers"), seen.items, language, name),
        "thirds": charts.thirds([{"code": item.code, "cell": item.cell} for item in items]),
        "trust": showing.trust(row.cells, seen.items, language, name),
        "trust_hidden": showing.trust_hidden(row.cells),
        "divisions": _divisions(seen, key, category),
        "within": bool(unit),
    }
    return render(request, "surveys/results/category.html", context)


def _divisions(seen: reading.Seen, key: str, category: int) -> list[tuple[int, str]]:
    """The divisions in which this category is told, by name."""
    rows = seen.groups(reading.UNIT_CUT).filter(cut=key, other=category).values_list("unit", "name")
    return sorted(
        ((unit, seen.names.get(unit) or name.rpartition(" · ")[0]) for unit, name in rows), key=lambda one: one[1]
    )
