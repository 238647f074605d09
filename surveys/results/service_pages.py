"""Who serves whom, and how well: the picture, the matrix, both directions, and everybody's totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.results import cell_html, reading, service_facts, service_hours, service_picture, sharing
from surveys.results.disclosure import HIDDEN
from surveys.results.service_picture import Rated

SERVED = "served"
# More pairs than this and the page begins with divisions instead of units.
MANY = 400
# Each table beside the picture shows so many, the lowest first.
TOTALS = 120
# Of very many pairs the lowest are shown; all are in the download and on each unit's page.
MOST_PAIRS = 2000
ROWS, COLUMNS, PER_PAGE = 40, 12, 60
LEVELS = (reading.MATRIX, reading.DIVISION)
UNITS, DIVISIONS = LEVELS


@dataclass(frozen=True)
class Pair:
    """What ``customer`` says of the service of ``provider``."""

    provider: int
    customer: int
    provider_name: str
    customer_name: str
    cell: Mapping[str, Any]
    why: str

    @property
    def place(self) -> tuple[int, float, str]:
        """In a list that begins with the lowest; the hidden at the end."""
        return (*order(self.cell), f"{self.provider_name} {self.customer_name}".casefold())


def order(cell: Mapping[str, Any] | None) -> tuple[int, float]:
    """Where a cell stands in a list that begins with the lowest: the unknown at the end."""
    known = cell and cell.get("shown") and cell.get("index") is not None
    return (0, float(cell["index"])) if cell and known else (1, 0.0)


def pairs_of(seen: reading.Seen, level: str, **having: Any) -> list[Pair]:
    """Every pair of the level that may be seen, in no order."""
    return _pairs(seen, level, seen.lines(level, keys=[SERVED], **having))


def _pairs(seen: reading.Seen, level: str, lines: Iterable[reading.Line]) -> list[Pair]:
    found = []
    for line in lines:
        if SERVED not in line.cells or line.other is None:
            continue
        provider, customer = line.sides
        cell = line.cells[SERVED]
        why = cell_html.why_address(seen.wave.pk, level, line.unit, SERVED, line.other)
        found.append(Pair(line.unit, line.other, provider, customer, cell, why))
    return found


def looks(items: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The ways to look at it, the first by default."""
    found = [
        ("picture", pgettext("chart", "Picture")),
        ("matrix", _("Matrix")),
        ("list", _("List")),
        ("both", _("Both ways")),
    ]
    return found + [("hours", _("Hours lost"))] if service_facts.lost_time_item(items) else found


@require_safe
@sharing.door
def services(request: HttpRequest, wave_id: int) -> HttpResponse:
    """The service matrix between units, or between the largest parts of the organisation, with all totals."""
    seen = reading.seen_or_404(request.user, wave_id)
    level = request.GET.get("level", "")
    numbers = dict.fromkeys(LEVELS, 0) | seen.counts(*LEVELS)
    if level not in LEVELS or not numbers[level]:
        level = DIVISIONS if numbers[DIVISIONS] and (numbers[UNITS] > MANY or not numbers[UNITS]) else UNITS
    look = request.GET.get("look", "")
    choices = looks(seen.items)
    look = look if look in dict(choices) else "picture"
    asked = numbers[level]
    lines = seen.lines(level, keys=[SERVED], lowest=SERVED, most=MOST_PAIRS, remember="pairs") if asked else []
    pairs = sorted(_pairs(seen, level, lines), key=lambda one: one.place)
    given = _given(seen)
    context: dict[str, Any] = {
        "wave": seen.wave,
        "release": seen.release,
        "partial": seen.partial,
        "level": level,
        "levels": [(one, words) for one, words in _levels() if numbers[one]],
        "look": look,
        "looks": choices,
        "pairs": pairs,
        "left_out": max(0, asked - MOST_PAIRS),
        "lowest": _lowest(given, pairs),
    }
    if look == "picture":
        context |= {"picture": picture_of(pairs)} | _totals(seen, given)
    elif look == "matrix":
        context |= matrix_of(pairs, request.GET)
    elif look == "hours":
        context["hours"] = service_hours.interfaces(seen, level, request.GET.get("page"))
    elif look == "both":
        context["both"] = Paginator(both_ways(pairs), PER_PAGE).get_page(request.GET.get("page"))
    else:
        context["page"] = Paginator(pairs, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "surveys/results/services.html", context)


def _levels() -> list[tuple[str, str]]:
    return [(UNITS, _("Between units")), (DIVISIONS, _("Between divisions"))]


def _given(seen: reading.Seen) -> list[reading.Line]:
    """The groups whose service somebody was asked about, the one served least well first."""
    facets = [item["code"] for item in seen.items if item["about"] == "provider" and item.get("facet")]
    # Not by excluding "not asked": of shown cells the why is NULL, and so would be the answer.
    asked = Q(cells__served__shown=True) | Q(cells__served__why=HIDDEN["why"])
    keys = [SERVED, *facets]
    return seen.lines(reading.TREE, keys=keys, among=asked, lowest=SERVED, most=TOTALS, remember="given")


def _lowest(given: Sequence[reading.Line], pairs: Sequence[Pair]) -> dict[str, Any] | None:
    """The provider of these that is served least well by all together, if at least two have a score."""
    units = {pair.provider for pair in pairs}
    known = [line for line in given if line.unit in units and not order(line.cells.get(SERVED))[0]]
    return {"name": known[0].name, "cell": known[0].cells[SERVED]} if len(known) > 1 else None


def picture_of(pairs: Sequence[Pair]) -> dict[str, Any] | None:
    """The drawing of the pairs that have a score; None with none."""
    told = [
        Rated(
            pair.provider,
            pair.customer,
            pair.provider_name,
            pair.customer_name,
            pair.cell["index"],
            str(pair.cell.get("band") or pair.cell["index"]),
            str(pair.cell["n"]),
        )
        for pair in pairs
        if not order(pair.cell)[0]
    ]
    if not told:
        return None
    drawn = service_picture.chosen(told)
    title = _("Who serves whom, and how well")
    description = _("From each provider on the left a band to each customer on the right, in the colour of the score"
                    " the customer gives; the same numbers are in the matrix.")  # fmt: skip
    heads = (_("gives the service"), _("receives it and says"))
    wide, narrow = service_picture.both_sizes(drawn, title=title, description=description, heads=heads)
    return {
        "wide": mark_safe(wide),  # noqa: S308 - every text in it is escaped
        "narrow": mark_safe(narrow),  # noqa: S308
        "shown": len(drawn),
        "hidden": len(pairs) - len(told),
        "more": len(told) - len(drawn),
    }


def matrix_of(pairs: Sequence[Pair], query: Mapping[str, str]) -> dict[str, Any]:
    """Customers down, providers across, one page of each."""
    by_pair = {(pair.customer, pair.provider): pair for pair in pairs}
    names = {pair.provider: pair.provider_name for pair in pairs} | {
        pair.customer: pair.customer_name for pair in pairs
    }
    across = sorted({pair.provider for pair in pairs}, key=lambda unit: names[unit].casefold())
    down = sorted({pair.customer for pair in pairs}, key=lambda unit: names[unit].casefold())
    columns = Paginator(across, COLUMNS).get_page(query.get("providers"))
    lines = Paginator(down, ROWS).get_page(query.get("page"))
    rows = [
        {"name": names[unit], "cells": [by_pair.get((unit, provider)) for provider in columns], "unit": unit}
        for unit in lines
    ]
    return {"heads": [names[unit] for unit in columns], "rows": rows, "columns": columns, "lines": lines}


@dataclass(frozen=True)
class BothWays:
    """Two groups that serve each other: ``they`` say of ``we``, ``we`` say of ``they``; None where nobody was asked."""

    one_name: str
    other_name: str
    of_one: Pair | None
    of_other: Pair | None


def both_ways(pairs: Sequence[Pair]) -> list[BothWays]:
    """Groups that serve each other, each two once; those with the lowest score first."""
    by_pair = {(pair.provider, pair.customer): pair for pair in pairs}
    found = []
    for pair in pairs:
        back = by_pair.get((pair.customer, pair.provider))
        if back is not None and pair.provider < pair.customer:
            found.append(BothWays(pair.provider_name, pair.customer_name, pair, back))
    return sorted(found, key=lambda one: min(pair.place for pair in (one.of_one, one.of_other) if pair))


def _totals(seen: reading.Seen, given: Sequence[reading.Line]) -> dict[str, Any]:
    """Each provider in the eyes of all it serves, and each group as it is served by all its providers together."""
    items, language = seen.items, get_language() or "en"
    received = seen.lines(reading.CUSTOMER, keys=[SERVED], lowest=SERVED, most=TOTALS, remember="received")
    return {
        "providers": [_total(seen, line, items, language) for line in given],
        "customers": [_total(seen, line) for line in received if SERVED in line.cells],
        "most": TOTALS if max(len(given), len(received)) == TOTALS else 0,
    }


def _total(
    seen: reading.Seen, line: reading.Line, items: Sequence[dict[str, Any]] = (), language: str = ""
) -> dict[str, Any]:
    cell = line.cells.get(SERVED)
    why = cell_html.why_address(seen.wave.pk, line.family, line.unit, SERVED)
    return {
        "unit": line.unit,
        "name": line.name,
        "upper": line.depth,
        "cell": cell,
        "html": cell_html.score(cell, why=why, label=_("Score")),
        "standing": service_facts.standing(items, line.cells, seen.release.rules, language) if items else None,
    }


# -- one unit's two sides --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Partner:
    """Another group: what it says of this one (``they``), and what this one says of it (``we``)."""

    unit: int
    name: str
    they: Pair | None
    we: Pair | None


def partners(seen: reading.Seen, unit: int, lines: Sequence[reading.Line]) -> list[Partner]:
    """Every group that serves this one or is served by it, of the pairs in ``lines``; the lowest score first."""
    if not seen.sees(unit):
        return []
    # Between units where there are any; a division that is a whole branch has pairs with other divisions only.
    level = UNITS if any(line.family == UNITS for line in lines) else DIVISIONS
    pairs = _pairs(seen, level, (line for line in lines if line.family == level))
    of_it = {pair.customer: pair for pair in pairs if pair.provider == unit}
    by_it = {pair.provider: pair for pair in pairs if pair.customer == unit}
    names = {other: pair.customer_name for other, pair in of_it.items()}
    names |= {other: pair.provider_name for other, pair in by_it.items()}
    found = [Partner(other, name, of_it.get(other), by_it.get(other)) for other, name in names.items()]
    return sorted(found, key=lambda one: min(pair.place for pair in (one.they, one.we) if pair))
