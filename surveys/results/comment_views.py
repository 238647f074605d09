"""The page of released comments: looking through them. Taking them along: comment_files.py."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.results import comments, queries
from surveys.results.comment_forms import SearchForm
from surveys.results.comment_release import SAID, TREE
from surveys.results.models import Release
from surveys.results.sharing import door
from surveys.waves.models import Wave

ON_A_PAGE = 25
MOST_UNITS = 400


def released(request: HttpRequest, wave_id: int) -> tuple[Wave, Release]:
    wave = get_object_or_404(queries.released_waves(request.user), pk=wave_id)
    release = queries.release_of(wave, request.user)
    if release is None:
        raise Http404
    return wave, release


class _Counted(Paginator):
    """A paginator that is told how many there are: the page counted them already, by what they are about."""

    count = 0


@require_safe
@door
def comments_page(request: HttpRequest, wave_id: int) -> HttpResponse:
    """The comments of a wave that the reader may read: searched, by question, by theme, by group."""
    wave, release = released(request, wave_id)
    form = SearchForm(request.GET or None)
    wanted = form.wanted()
    language = get_language() or "en"
    every = comments.readable(wave, request.user, release)
    families = comments.by_family(every, wanted)
    units = comments.by_unit(every, wanted, wave)
    texts = comments.questions(wave, language)
    found = _Counted(comments.narrowed(every, wanted), ON_A_PAGE)
    found.count = families.get(wanted.family, 0) if wanted.family else sum(families.values())
    page = found.get_page(request.GET.get("page"))
    themes = comments.by_theme(every, wanted)
    context = {
        "wave": wave,
        "release": release,
        "form": form,
        "wanted": wanted,
        "page": page,
        "rows": _under_headings(list(page.object_list), {int(one.value): one.words for one in units}, texts),
        "total": every.count() if wanted.is_any else found.count,
        "families": [
            comments.Choice(TREE, _("Their own work"), families.get(TREE, 0), wanted.family == TREE),
            comments.Choice(SAID, _("The service of a department"), families.get(SAID, 0), wanted.family == SAID),
        ],
        "items": comments.by_item(every, wanted, texts),
        "themes": themes,
        "most": max((one.count for one in themes), default=1) or 1,
        "units": units[:MOST_UNITS],
        "heading": _heading(wanted, found.count, units),
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


def _under_headings(rows: list[Any], homes: dict[int, str], texts: dict[str, str]) -> list[dict[str, Any]]:
    """Comments with their homes, and with a heading where another question begins."""
    found, last = [], None
    for comment in rows:
        begins = (comment.family, comment.item) != last
        last = (comment.family, comment.item)
        heading = {"about": ABOUT[comment.family], "question": texts.get(comment.item, "")} if begins else None
        found.append({"comment": comment, "home": homes.get(comment.unit, ""), "heading": heading})
    return found


def _without_page(request: HttpRequest) -> str:
    given = request.GET.copy()
    given.pop("page", None)
    return given.urlencode()
