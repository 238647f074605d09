"""Pages of released results. Every number on them is a released cell, read through the gate (reading, queries)."""

from __future__ import annotations

from dataclasses import dataclass
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
    queries,
    reading,
    service_facts,
    service_pages,
    sharing,
    showing,
    telling,
)
from surveys.results.disclosure import NOT_ASKED
from surveys.results.insight import change, words
from surveys.results.models import CellGroup

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
    hr = sharing.standing(request.user).hr
    said = showing.findings_of(cells, seen.items, language, company.name if company else "")
    service = None
    if company and not any(key in seen.asked for key in queries.HEADLINE):
        # Nothing is asked of one's own work: what colleagues met with each other is the news.
        service = service_facts.service(seen.items, cells, cells, seen.release.rules, language, _("a department"))
    context: dict[str, Any] = {
        "wave": seen.wave,
        "release": seen.release,
        "company": company,
        "heading": _finding(cells, said, service),
        "service": service,
        "cards": _cards(cells, seen.cells_before(company) if company else {}, language),
        "said": said,
        "trend": charts.trend([_point(row) for row in course]),
        "barrier": charts.barrier(cells.get("barrier")),
        "partial": seen.partial,
        "hr": hr,
        "unreadable": seen.unreadable if hr else 0,
        "alone": seen.earlier_is_kept,
    }
    context |= _units(request, seen)
    mine = context["mine"]
    if len(mine) == 1:
        told = {"unit": mine[0]["name"], "finding": showing.inside(mine[0]["finding"])}
        context |= {"company_heading": showing.inside(context["heading"]), "heading": _("%(unit)s: %(finding)s") % told}
    return render(request, "surveys/results/wave.html", context)


def _finding(cells: dict[str, Any], said: list[showing.Said], service: service_facts.Service | None) -> str:
    """The headline of a page; of a wave without scores that sum up, what most people met, or what stands out."""
    found = queries.finding(cells)
    if found != queries.NO_FINDING:
        return found
    if service and service.met:
        told = {"words": service.met[0].share.words, "share": service.met[0].share.percent}
        return _("What most people met: “%(words)s” (%(share)s %%)") % told
    return said[-1].sentence.rstrip(".") if said else found


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
    table = _Table.of(seen)
    mine = _mine(seen)
    units = {one.place.unit for one in shown} | {place.unit for place in mine}
    cells = seen.tree(units, table.keys)
    return {
        "mine": [_own_unit(place, cells.get(place.unit, {})) for place in mine],
        "rows": [_unit_line(seen, one, cells.get(one.place.unit, {}), opened, table) for one in shown],
        "heads": table.heads,
        "has_people": bool(table.people),
        "has_barrier": table.barrier,
        "more": more,
        "total": len(places),
        "folded": len(places) > branches.ALL_OPEN,
    }


MOST_MINE = 3


def _mine(seen: reading.Seen) -> list[reading.Place]:
    """The units of a reader who sees a few only, the uppermost: what he came for stands before the whole."""
    if not seen.partial:
        return []
    own = {place.unit for place in seen.places if place.own and place.parent is not None}
    found = [place for place in seen.places if place.unit in own and place.parent not in own]
    return found if len(found) <= MOST_MINE else []


def _own_unit(place: reading.Place, cells: reading.Cells) -> dict[str, Any]:
    told = dict(cells)
    return {
        "unit": place.unit,
        "name": place.name,
        "finding": queries.finding(told),
        "people": next((told[key]["n"] for key in queries.COLUMNS if told.get(key, {}).get("shown")), None),
        "scores": [
            (key, told[key]) for key in queries.COLUMNS if key in told and told[key].get("why") != NOT_ASKED["why"]
        ],
    }


def _heads(seen: reading.Seen) -> list[tuple[str, str]]:
    """The summary's scores that this wave asked about, in words."""
    told = {
        "want": _("Want"), "know": _("Know"), "can": _("Can"), "served": _("Serves others"), "talk": _("Talk index")
    }  # fmt: skip
    return [(key, told[key]) for key in queries.COLUMNS if key in seen.asked]


@dataclass(frozen=True)
class _Table:
    """The columns of the table of units. ``people``: by what it is told how many answered, the first that is shown.

    A wave may ask nothing of the summary (what went wrong, say): then its units are a list with ways to their pages.
    """

    heads: list[tuple[str, str]]
    people: list[str]
    barrier: bool

    @classmethod
    def of(cls, seen: reading.Seen) -> _Table:
        own = [key for key in queries.HEADLINE if key in seen.asked]
        others = [item["code"] for item in seen.items if item["about"] == "own" and item["code"] in seen.asked]
        # Where none of the three was asked, who answered the first question of the own work stands for who answered.
        first = own or [key for key in ("talk",) if key in seen.asked] or others[:1]
        return cls(_heads(seen), first or [key for key in ("served",) if key in seen.asked], len(own) == 3)

    @property
    def keys(self) -> list[str]:
        return list(dict.fromkeys([*(key for key, _words in self.heads), *self.people, "participation", "barrier"]))


def _unit_line(
    seen: reading.Seen, one: branches.Branch, cells: reading.Cells, opened: set[int] | str, table: _Table
) -> dict[str, Any]:
    unit = one.place.unit

    def why(key: str) -> str:
        return cell_html.why_address(seen.wave.pk, reading.TREE, unit, key)

    scores = [
        cell_html.score(cells.get(key, NOT_ASKED), label=words, why=why(key), plain=key == "talk")
        for key, words in table.heads
    ]
    counted = [cells.get(key, NOT_ASKED) for key in table.people]
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
        "people": next((cell["n"] for cell in counted if cell.get("shown")), None),
        "people_asked": any(cell.get("why") != NOT_ASKED["why"] for cell in counted),
        "participation": cells.get("participation", {}),
        "barrier": first,
        "barrier_asked": cells.get("barrier", NOT_ASKED).get("why") != NOT_ASKED["why"],
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
    said = showing.findings_of(row.cells, asked, language, row.name)
    service = service_facts.service(
        asked, row.cells, whole.cells if whole else {}, seen.release.rules, language, row.name
    )
    inner = showing.inside(_finding(row.cells, said, service))
    context = {
        "wave": seen.wave,
        "release": seen.release,
        "row": row,
        "said": said,
        "below": showing.below(row.cells),
        "noise_note": words.pick("noise_note", language),
        "trust": showing.trust(row.cells, asked, language, row.name),
        "trust_hidden": showing.trust_hidden(row.cells),
        "drivers": driven.get(DRIVERS[0]),
        "served_drivers": driven.get(DRIVERS[1]),
        "service": service,
        "heading": _("%(unit)s: %(finding)s") % {"unit": row.name, "finding": inner},
        "cards": _cards(row.cells, seen.cells_before(row), language),
        "own": [item for item in items if item.about == "own"],
        "served": [item for item in items if item.about == "provider"],
        # Of a wave without a question that judges the service there is nothing to hide.
        "served_cell": row.cells.get("served", NOT_ASKED),
        "served_asked": "served" in seen.asked,
        "served_shown": any(item.cell.get("why") != NOT_ASKED["why"] for item in items if item.about == "provider"),
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
        hidden = any(not row.cells[key].get("shown") for key in DRIVERS if key in row.cells)
        self.line = seen.line_above(row.unit) if hidden else []  # first: it reads the whole tree
        self.inside = [place for place in seen.places if place.parent == row.unit]
        units = [*self.line, *(place.unit for place in self.inside[:MOST_PARTS])]
        tree = Q(family=reading.TREE, unit__in=units)
        pairs = ~Q(family=reading.TREE) & (Q(unit=row.unit) | Q(other=row.unit))
        families = (reading.TREE, *service_pages.LEVELS)
        found = seen.lines(*families, keys=[*queries.COLUMNS, *DRIVERS], among=tree | pairs)
        self.lines = {one.unit: one for one in found if one.family == reading.TREE}
        self.pairs = [one for one in found if one.family != reading.TREE]


def _parts(seen: reading.Seen, around: _Around) -> dict[str, Any]:
    """What lies right below a unit, with the summary's scores."""
    heads, rows = _heads(seen), []
    for place in around.inside[:MOST_PARTS]:
        line = around.lines.get(place.unit)
        scores = [
            cell_html.score(
                line.cells.get(key) if line else None,
                label=words,
                why=cell_html.why_address(seen.wave.pk, reading.TREE, place.unit, key),
                plain=key == "talk",
            )
            for key, words in heads
        ]
        rows.append({"unit": place.unit, "name": place.name, "scores": scores})
    return {"rows": rows, "heads": heads, "more": max(0, len(around.inside) - MOST_PARTS)}


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
