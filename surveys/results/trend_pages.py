"""One score of a unit from wave to wave: as it was, as it is now, or over what stayed the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.results import cell_html, charts, history, queries, reading, sharing, showing
from surveys.results.insight import change, trends, words
from surveys.waves.models import Wave

MOST_WAVES = 12
KEPT = "kept"


@require_safe
@sharing.door
def trend(request: HttpRequest, wave_id: int, unit: int) -> HttpResponse:
    """?score=…&way=was|now|common."""
    seen = reading.seen_or_404(request.user, wave_id)
    row = seen.unit(unit)
    if row is None:
        raise Http404
    language = get_language() or "en"
    choices = showing.measures(row.cells, seen.items, language, row.name)
    known = {key for key, _words in choices}
    key = request.GET.get("score", "")
    key = key if key in known else (choices[0][0] if choices else "")
    way = request.GET.get("way", "")
    way = way if way in trends.WAYS else trends.WAS
    codes = {one: inside for one, inside in queries.codes_of(seen.items).items() if one in known}
    waves = history.course(_waves(request.user, seen), key, unit, way)
    points = trends.trend(waves, unit, key, way, codes.get(key, ()))
    rows = _rows(_Reach(request.user, waves, unit), points, way, key, language)
    context = {
        "heading": _heading(row.name, key, rows, seen.wave, language),
        "wave": seen.wave,
        "release": seen.release,
        "row": row,
        "score": key,
        "score_words": dict(choices).get(key, ""),
        "choices": choices,
        "way": way,
        "ways": showing.WAYS,
        "way_words": dict(showing.WAYS)[way],
        "rows": rows,
        "chart": charts.course([line["point"] for line in rows], showing.bottom(key)),
        "no_table": [],  # the page's own table says more
    }
    return render(request, "surveys/results/trend.html", context)


def _waves(user: queries.User, seen: reading.Seen) -> list[Wave]:
    """The last waves of the series up to this one that are shared with the reader, oldest first."""
    mine = queries.released_waves(user).filter(series_id=seen.wave.series_id, number__lte=seen.wave.number)
    return list(mine.order_by("-number")[:MOST_WAVES])[::-1]


@dataclass
class _Reach:
    """What of ``unit`` the reader may see in the waves that are shared with him.

    A wave may be shared with him for other units only: with leaders, while he leads this one as a manager.
    """

    user: queries.User
    waves: list[trends.Wave]
    unit: int
    kept: dict[tuple[str, ...], set[int] | None] = field(default_factory=dict)

    def units(self, wave: Wave) -> set[int] | None:
        audiences = sharing.open_to(wave, self.user)
        if audiences not in self.kept:
            self.kept[audiences] = sharing.units_of(wave, self.user)
        return self.kept[audiences]

    def then(self, wave: trends.Wave) -> bool:
        """The group of this name, as that wave reported it."""
        return trends.within(wave, self.unit, self.units(wave.about))

    def now(self, wave: trends.Wave) -> bool:
        """Today's units of the group, wherever they were reported then."""
        return trends.within(self.waves[-1], self.unit, self.units(wave.about))


def _heading(name: str, key: str, rows: list[dict[str, Any]], wave: Wave, language: str) -> str:
    """How the summary's score moved since the wave before, in the word of the release; else what the page is."""
    last = rows[-1] if rows else None
    if key not in queries.COLUMNS or last is None or not last["moved"] or last["point"].about.pk != wave.pk:
        return _("%(name)s from wave to wave") % {"name": name}
    told = {"name": name, "score": words.pick(key, language), "moved": last["moved"], "n": last["since"]}
    return _("%(name)s, %(score)s: %(moved)s since wave %(n)s") % told


def _rows(reach: _Reach, points: list[trends.Point], way: str, key: str, language: str) -> list[dict[str, Any]]:
    """Each point with the address that explains a hidden one ("": there is no page on which the reader could see it),
    with who answered and how it moved since the wave before, as it was released.

    Without its number, where the reader may not see the group in that wave.
    """
    found = []
    before: set[int] = set()
    for wave, point in zip(reach.waves, points, strict=True):
        then = reach.then(wave)
        may = then if way == trends.WAS and reach.unit in wave.units else reach.now(wave)
        if not may:
            point = replace(point, index=None, low=None, high=None, band="", why=KEPT)
        same = way == trends.WAS or wave.units.get(reach.unit) == trends.target(reach.waves[-1], reach.unit)
        why = cell_html.why_address(wave.about.pk, reading.TREE, reach.unit, key) if then and same else ""
        cell = (wave.cells.get(reach.unit) or {}).get(key) or {}
        told = may and way == trends.WAS and bool(cell.get("shown"))
        # A change tells the wave before, too: only where that is on this page.
        moved = change.read(cell) if told and change.since(cell) in before else None
        found.append(
            {
                "point": point,
                "why": why,
                "people": cell.get("n") if told else None,
                "moved": words.told_change(moved, language) if moved else "",
                "clear": moved.delta if moved and moved.clear else 0,
                "since": change.since(cell),
            }
        )
        before = {wave.number} if may and (point.index is not None or point.band) else set()
    return found
