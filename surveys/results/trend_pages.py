"""One score of a unit from wave to wave: as it was, as it is now, or over what stayed the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from surveys.results import cell_html, charts, history, queries, reading, sharing, showing
from surveys.results.insight import trends
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
    rows = _rows(_Reach(request.user, waves, unit), points, way, key)
    context = {
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


def _rows(reach: _Reach, points: list[trends.Point], way: str, key: str) -> list[dict[str, Any]]:
    """Each point with the address that explains a hidden one ("": there is no page on which the reader could see it).

    Without its number, where the reader may not see the group in that wave.
    """
    found = []
    for wave, point in zip(reach.waves, points, strict=True):
        then = reach.then(wave)
        may = then if way == trends.WAS and reach.unit in wave.units else reach.now(wave)
        if not may:
            point = replace(point, index=None, low=None, high=None, band="", why=KEPT)
        same = way == trends.WAS or wave.units.get(reach.unit) == trends.target(reach.waves[-1], reach.unit)
        why = cell_html.why_address(wave.about.pk, reading.TREE, reach.unit, key) if then and same else ""
        found.append({"point": point, "why": why})
    return found
