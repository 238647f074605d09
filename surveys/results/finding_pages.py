"""What stands out, unit by unit: a few sentences each, with the released cells they rest on."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from surveys.results import reading, sharing, showing

PER_PAGE = 30


@require_safe
@sharing.door
def findings(request: HttpRequest, wave_id: int) -> HttpResponse:
    """Every unit that may be seen, in the order of the tree; ?q= by name."""
    seen = reading.seen_or_404(request.user, wave_id)
    language = get_language() or "en"
    searched = request.GET.get("q", "").strip()
    places = [place for place in seen.places if searched.casefold() in place.name.casefold()]
    page = Paginator(places, PER_PAGE).get_page(request.GET.get("page"))
    cells = {line.unit: line.cells for line in seen.lines(reading.TREE, unit__in=[place.unit for place in page])}
    rows = [
        {"place": place, "said": showing.findings_of(cells.get(place.unit, {}), seen.items, language, place.name)}
        for place in page
    ]
    context = {
        "wave": seen.wave,
        "release": seen.release,
        "rows": rows,
        "page": page,
        "searched": searched,
        "total": len(seen.places),
    }
    return render(request, "surveys/results/standing_out.html", context)
