"""The pages of released comments: looking through them, and taking them along."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from culture.access.audit import record
from surveys.results import comments, exports, queries
from surveys.results.comment_forms import SearchForm
from surveys.results.comment_release import SAID, TREE
from surveys.results.models import Release
from surveys.results.sharing import door
from surveys.waves.models import Wave

ON_A_PAGE = 25
MOST_UNITS = 400
HEADER = ("group", "about", "question", "question in words", "themes", "masked", "comment")


def _released(request: HttpRequest, wave_id: int) -> tuple[Wave, Release]:
    wave = get_object_or_404(queries.released_waves(request.user), pk=wave_id)
    release = queries.release_of(wave, request.user)
    if release is None:
        raise Http404
    return wave, release


@require_safe
@door
def comments_page(request: HttpRequest, wave_id: int) -> HttpResponse:
    """The comments of a wave that the reader may read: searched, by question, by theme, by group."""
    wave, release = _released(request, wave_id)
    form = SearchForm(request.GET or None)
    wanted = form.wanted()
    language = get_language() or "en"
    every = comments.readable(wave, request.user)
    page = Paginator(comments.narrowed(every, wanted), ON_A_PAGE).get_page(request.GET.get("page"))
    families = comments.by_family(every, wanted)
    units = comments.by_unit(every, wanted, wave)
    context = {
        "wave": wave,
        "release": release,
        "form": form,
        "wanted": wanted,
        "page": page,
        "rows": _under_headings(comments.named(list(page.object_list), wave), comments.questions(wave, language)),
        "total": every.count() if wanted.is_any else page.paginator.count,
        "families": [
            comments.Choice(TREE, _("Their own work"), families.get(TREE, 0), wanted.family == TREE),
            comments.Choice(SAID, _("The service of a department"), families.get(SAID, 0), wanted.family == SAID),
        ],
        "items": comments.by_item(every, wanted, wave, language),
        "themes": (listed := comments.by_theme(every, wanted)),
        "most": max((one.count for one in listed), default=1) or 1,
        "units": units[:MOST_UNITS],
        "heading": _heading(wanted, page.paginator.count, units),
        "query": _without_page(request),
    }
    return render(request, "surveys/results/comments.html", context)


def _heading(wanted: comments.Wanted, count: int, units: list[comments.Choice]) -> str:
    """What the page shows, as its finding."""
    if wanted.query:
        return _("%(n)s comments with “%(words)s”") % {"n": count, "words": wanted.query}
    if wanted.unit is not None and (name := next((one.words for one in units if one.chosen), "")):
        return _("What people wrote in %(unit)s") % {"unit": name}
    return _("What people wrote")


ABOUT = {TREE: gettext_lazy("About their own work"), SAID: gettext_lazy("About the service of a department")}


def _under_headings(rows: list[tuple[Any, str]], texts: dict[str, str]) -> list[dict[str, Any]]:
    """Comments with their homes, and with a heading where another question begins."""
    found, last = [], None
    for comment, home in rows:
        begins = (comment.family, comment.item) != last
        last = (comment.family, comment.item)
        heading = {"about": ABOUT[comment.family], "question": texts.get(comment.item, "")} if begins else None
        found.append({"comment": comment, "home": home, "heading": heading})
    return found


def _without_page(request: HttpRequest) -> str:
    given = request.GET.copy()
    given.pop("page", None)
    return given.urlencode()


@require_safe
@door
def comments_export(request: HttpRequest, wave_id: int) -> Any:
    """The comments the reader may read (and looks for), as CSV under lines that name the wave, rules and release."""
    wave, release = _released(request, wave_id)
    wanted = SearchForm(request.GET or None).wanted()
    found = comments.narrowed(comments.readable(wave, request.user), wanted)
    with transaction.atomic():
        count = found.count()
        record(request.user, "comments.exported", wave, comments=count)  # type: ignore[arg-type]
    response = StreamingHttpResponse(
        _csv(wave, release, comments.lines(wave, found, get_language() or "en"), count),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{_("comments")}-wave-{wave.pk}.csv"'
    return response


def _csv(wave: Wave, release: Release, lines: Iterator[list[Any]], count: int) -> Iterator[str]:
    """Streamed; the last line says how many comments there are, so that a broken download is noticed."""
    # Excel reads UTF-8 only behind a byte order mark.
    yield "\ufeff"
    rules = "; ".join(f"{key} {value}" for key, value in sorted(release.rules.items()))
    yield _line(["Wave", str(wave), wave.opens_on.isoformat(), wave.closes_on.isoformat()])
    yield _line(["Rules", rules])
    yield _line(["Fingerprint", release.rules_hash, "formulas", release.formula_version, "release", release.number])
    if release.why:
        yield _line(["Corrected", release.at.date().isoformat(), release.why])
    yield _line(HEADER)
    for line in lines:
        yield _line(line)
    yield _line(["Rows", count])


def _line(values: Any) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([exports.plain(value) for value in values])
    return out.getvalue()
