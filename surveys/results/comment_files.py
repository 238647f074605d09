"""Released comments as files: CSV, JSON and spreadsheet under the same head as files of released cells (exports.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from culture.access.audit import record
from surveys.results import comments, exports
from surveys.results.comment_forms import SearchForm
from surveys.results.comment_views import released
from surveys.results.export_pages import XLSX
from surveys.results.sharing import door

COLUMNS: Sequence[tuple[str, str]] = (
    ("group", "the one group the comment stands in"),
    ("about", "own work (written by the group's people) or service (about the group, by those it serves)"),
    ("question", "code of the question it answers"),
    ("question_in_words", "the question, in the reader's language; … stands for the department"),
    ("themes", "found by words, separated by semicolons"),
    ("masked", "how many names were blacked out"),
    ("comment", "as released"),
)
HEADER = tuple(name for name, _words in COLUMNS)
Rows = Iterator[list[Any]]


def _opened(request: HttpRequest, wave_id: int, kind: str) -> tuple[Mapping[str, Any], Rows, str]:
    """What is common to the files: the comments that are looked for; recorded before the first byte leaves."""
    wave, release = released(request, wave_id)
    release.wave = wave
    wanted = SearchForm(request.GET or None).wanted()
    found = comments.narrowed(comments.readable(wave, request.user), wanted)
    with transaction.atomic():
        record(request.user, "comments.exported", wave, comments=found.count())  # type: ignore[arg-type]
    looked_for = {name: value for name, value in vars(wanted).items() if value not in ("", None, comments.WORDS)}
    said = exports.about(release) | {"looked_for": looked_for or "everything that may be read"}
    name = f'attachment; filename="{_("comments")}-wave-{wave.pk}.{kind}"'
    return said, comments.lines(wave, found, get_language() or "en"), name


def _streamed(pieces: Iterable[bytes], kind: str, name: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(pieces, content_type=kind, headers={"Content-Disposition": name})


@require_safe
@door
def as_csv(request: HttpRequest, wave_id: int) -> StreamingHttpResponse:
    said, rows, name = _opened(request, wave_id, "csv")
    return _streamed(exports.csv_of(said, HEADER, rows), "text/csv; charset=utf-8", name)


@require_safe
@door
def as_json(request: HttpRequest, wave_id: int) -> StreamingHttpResponse:
    said, rows, name = _opened(request, wave_id, "json")
    return _streamed(exports.json_of(said, HEADER, rows), "application/json", name)


@require_safe
@door
def as_xlsx(request: HttpRequest, wave_id: int) -> HttpResponseBase:
    said, rows, name = _opened(request, wave_id, "xlsx")
    try:
        file = exports.xlsx_of(said, COLUMNS, rows, "comments", exports.MOST_IN_SHEET)
    except exports.TooLarge:
        words = _("These are more than %(most)s comments: too many for a spreadsheet. Take CSV, or search first.")
        messages.error(request, words % {"most": exports.MOST_IN_SHEET})
        return redirect("results:comments", wave_id)
    return FileResponse(file, content_type=XLSX, headers={"Content-Disposition": name})
