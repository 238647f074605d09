"""Taking released cells along: what a file holds, and the files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from culture.access.audit import record
from surveys.results import exports, reading, sharing, showing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def families() -> list[tuple[str, str]]:
    """The kinds of groups a file may hold, in words."""
    return [
        (reading.TREE, _("Units")),
        (reading.MATRIX, _("Who serves whom, between units")),
        (reading.DIVISION, _("Who serves whom, between divisions")),
        (reading.CUSTOMER, _("How each group is served by all")),
        (reading.CUT, _("Site, tenure and other cuts of everybody")),
        (reading.UNIT_CUT, _("The same within divisions")),
    ]


def _wanted(request: HttpRequest) -> list[str]:
    """The families the address asks for; all, where it names none that there is."""
    return [one for one in request.GET.getlist("family") if one in reading.FAMILIES] or list(reading.FAMILIES)


@require_safe
@sharing.door
def about(request: HttpRequest, wave_id: int) -> HttpResponse:
    """What the files hold, how to read them, and which part of it to take."""
    seen = reading.seen_or_404(request.user, wave_id)
    counts = seen.counts()
    context = {
        "wave": seen.wave,
        "release": seen.release,
        "partial": seen.partial,
        "families": [(key, words, counts.get(key, 0)) for key, words in families()],
        "columns": exports.COLUMNS,
        "most": exports.MOST_IN_SHEET,
    }
    return render(request, "surveys/results/export.html", context)


@require_safe
@sharing.door
def choose(request: HttpRequest, wave_id: int) -> HttpResponse:
    """The form's button: on to the file in the format that was chosen."""
    kind = request.GET.get("format", "csv")
    query = request.GET.copy()
    query.pop("format", None)
    names = {"csv": "results:export", "xlsx": "results:export_xlsx", "json": "results:export_json"}
    answer = redirect(names.get(kind, names["csv"]), wave_id)
    if query:
        answer["Location"] += f"?{query.urlencode()}"
    return answer


def _opened(request: HttpRequest, wave_id: int, kind: str) -> tuple[dict[str, Any], Any, dict[str, str], str]:
    """What is common to all files; that somebody took one is recorded before the first byte leaves."""
    seen = reading.seen_or_404(request.user, wave_id)
    record(request.user, "results.exported", seen.wave)  # type: ignore[arg-type]
    questions = showing.texts_of(seen.items, get_language() or "en", _("the unit"))
    name = f'attachment; filename="{_("results")}-wave-{seen.wave.pk}.{kind}"'
    said = exports.about(seen.release, seen.instrument)
    return said, seen.streamed(*_wanted(request)), questions, name


@require_safe
@sharing.door
def as_csv(request: HttpRequest, wave_id: int) -> StreamingHttpResponse:
    """Every cell the reader may see, as CSV."""
    said, groups, questions, name = _opened(request, wave_id, "csv")
    made = exports.csv_stream(said, groups, questions)
    return StreamingHttpResponse(made, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


@require_safe
@sharing.door
def as_json(request: HttpRequest, wave_id: int) -> StreamingHttpResponse:
    """The same as JSON."""
    said, groups, questions, name = _opened(request, wave_id, "json")
    made = exports.json_stream(said, groups, questions)
    return StreamingHttpResponse(made, content_type="application/json", headers={"Content-Disposition": name})


@require_safe
@sharing.door
def as_xlsx(request: HttpRequest, wave_id: int) -> HttpResponseBase:
    """The same as a spreadsheet; of very many cells it is asked to take another format, or fewer kinds."""
    said, groups, questions, name = _opened(request, wave_id, "xlsx")
    try:
        file = exports.as_xlsx(said, groups, questions, exports.MOST_IN_SHEET)
    except exports.TooLarge:
        words = _(
            "These are more than %(most)s numbers: too many for a spreadsheet. Take CSV, or fewer kinds of groups."
        )
        messages.error(request, words % {"most": exports.MOST_IN_SHEET})
        return redirect("results:export_about", wave_id)
    return FileResponse(file, content_type=XLSX, headers={"Content-Disposition": name})
