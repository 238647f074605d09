"""The page that puts two groups, or one group in two waves, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.results import branches, charts, history, queries, reading, sharing
from surveys.results.compare import Side, compare
from surveys.results.models import CellGroup
from surveys.waves.models import Wave

# In a longer list nobody finds a unit: it is searched by name first.
MOST_CHOICES = 300


@dataclass(frozen=True)
class Choice:
    """A group as an option of the form: ``value`` is its address."""

    value: str
    words: str
    depth: int = 0


@require_safe
@sharing.door
def compare_page(request: HttpRequest, wave_id: int) -> HttpResponse:
    """?one=tree:4&other=tree:7&wave=5: the first in this wave, the second in that one (this one, if not said)."""
    waves = list(queries.released_waves(request.user).filter(series__waves=wave_id).order_by("-number"))
    wave = next((one for one in waves if one.pk == wave_id), None)
    seen = reading.Seen.of(request.user, wave) if wave else None
    if seen is None:
        raise Http404
    then = next((one for one in waves if str(one.pk) == request.GET.get("wave")), seen.wave)
    queries.alike(seen.wave, then)
    other_seen = seen if then.pk == seen.wave.pk else reading.Seen.of(request.user, then)
    if other_seen is None:
        raise Http404
    named = request.GET.get("name", "").strip()
    choices, cut_off = _choices(seen, named)
    first = request.GET.get("one") or _first(seen)
    second = request.GET.get("other") or ("" if then.pk == seen.wave.pk else first)
    context: dict[str, Any] = {
        "wave": seen.wave,
        "release": seen.release,
        "waves": waves,
        "then": then,
        "choices": _kept(choices, seen, first),
        "other_choices": _kept(choices, seen, second),
        "one": first,
        "other": second,
        "named": named,
        "cut_off": cut_off,
    }
    if first and second:
        mine, theirs = _side(seen, first, seen), _side(other_seen, second, seen)
        context |= {"mine": mine, "theirs": theirs, "missing": theirs is None or mine is None}
        if mine is not None and theirs is not None:
            language = get_language() or "en"
            context |= {
                "compared": compare(mine, theirs, language),
                "across": mine.wave != theirs.wave,
                "same_units": _same_units(mine, theirs, [seen.wave, other_seen.wave]),
                "chart": charts.side_by_side(_points(mine, theirs), _labels(mine, theirs)),
                "labels": _labels(mine, theirs),
                "itself": (mine.wave, first) == (theirs.wave, second),
            }
    return render(request, "surveys/results/compare.html", context)


def _first(seen: reading.Seen) -> str:
    place = next((place for place in seen.places if place.own), None)
    return f"{reading.TREE}:{place.unit}" if place else ""


def _choices(seen: reading.Seen, named: str) -> tuple[list[Choice], int]:
    """Groups to choose from whose name has ``named`` in it, and how many more there are."""
    places = [place for place in seen.places if named.casefold() in place.name.casefold()]
    found = [Choice(f"{reading.TREE}:{place.unit}", place.name, min(place.depth, 6)) for place in places]
    if seen.whole:
        for cut in seen.cuts:
            found += [
                Choice(f"{reading.CUT}:{one['id']}", f"{cut['name']}: {one['name']}")
                for one in cut["categories"]
                if named.casefold() in f"{cut['name']}: {one['name']}".casefold()
            ]
    return found[:MOST_CHOICES], max(0, len(found) - MOST_CHOICES)


def _kept(choices: list[Choice], seen: reading.Seen, value: str) -> list[Choice]:
    """The choices with the one that is chosen, also where the search leaves it out."""
    if not value or any(one.value == value for one in choices):
        return choices
    unit = _unit_of(value)
    name = seen.names.get(unit) if unit is not None else None
    return [Choice(value, name), *choices] if name else choices


def _unit_of(value: str) -> int | None:
    family, _colon, number = value.partition(":")
    return branches.id_in(number) if family in (reading.TREE, reading.CUT) else None


def _side(seen: reading.Seen, value: str, first: reading.Seen) -> Side | None:
    """A group of a wave; None where it is not there or may not be seen: the page says the same of both."""
    number = _unit_of(value)
    if number is None:
        return None
    row: CellGroup | None
    if value.startswith(reading.TREE):
        row = seen.unit(number)
    else:
        there = _same_category(first, seen, number)
        row = None if there is None else seen.row(reading.CUT, other=there)
    if row is None:
        return None
    wave, other = seen.wave, None if row.other is None else number
    return Side(row.name, wave.pk, wave.number, row.family, row.unit, other, row.cells, first.items_in(seen))


def _same_category(first: reading.Seen, seen: reading.Seen, number: int) -> int | None:
    """The id in ``seen`` of the category that has ``number`` in ``first``: each wave numbers them anew."""
    if seen.wave.pk == first.wave.pk:
        return number
    known = {one["id"]: (cut["key"], one["name"]) for cut in first.cuts for one in cut["categories"]}
    there = {(cut["key"], one["name"]): one["id"] for cut in seen.cuts for one in cut["categories"]}
    return there.get(known.get(number, ("", "")))


def _same_units(one: Side, other: Side, waves: list[Wave]) -> bool:
    """Whether a group of the tree was made of the same units in both waves."""
    if one.wave == other.wave or (one.family, one.unit) != (other.family, other.unit) or one.family != reading.TREE:
        return True
    frozen = history.frozen(waves)
    return frozen[one.wave].units.get(one.unit) == frozen[other.wave].units.get(other.unit)


def _labels(one: Side, other: Side) -> tuple[str, str]:
    """What the two columns are called: by group, by wave, or both."""
    if one.wave == other.wave:
        return one.name, other.name
    waves = (_("Wave %(n)s") % {"n": one.number}, _("Wave %(n)s") % {"n": other.number})
    if (one.family, one.unit, one.other) == (other.family, other.unit, other.other):
        return waves
    return f"{one.name}, {waves[0]}", f"{other.name}, {waves[1]}"


def _points(one: Side, other: Side) -> list[dict[str, Any]]:
    """What the picture shows: the scores of both with their intervals, where both are told with one."""
    return [
        {"key": key, "one": one.cells[key], "other": other.cells[key]}
        for key in ("want", "know", "can", "served")
        if all((side.cells.get(key) or {}).get("low") is not None for side in (one, other))
    ]
