"""Why a number is hidden: in plain words, the same whatever the reason.

What hides a number is one of: too few answered, nobody did, it would uncover a neighbour by subtraction, it could be
subtracted from another wave. Which one it was is told to nobody, HR included: "too few" tells that under k people
answered, "because of a neighbour" that k or more did and that the neighbour has few, and together with invited counts
and participation (which HR has) that narrows both down to what the release keeps open (promise, sections 2 and 3). So
the page is made from the kind of number and the wave's frozen rules alone; it never reads why a cell is hidden. A group
the release has no row of gets the same page as one it has.

HR is told besides what she knows or may see anyway, and what follows from it for the next wave: how many people were
asked in the group (her own list of people; of units only, because whom somebody was asked about is kept nowhere),
participation as released, and where the next wave's forecast and merging of units are. None of it comes from answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from culture.access.permissions import Permission, sees_everything
from surveys.results import branches, reading, sharing, showing
from surveys.results.disclosure import reasons
from surveys.results.insight import drivers, words
from surveys.results.queries import COLUMNS
from surveys.waves.models import Wave

WHOLE_GROUP = "people"  # the column that says how many people a row rests on


@require_safe
@sharing.door
def why(request: HttpRequest, wave_id: int) -> HttpResponse:
    """?family=…&unit=…&of=measure[&other=…]: the rule that hides this number, and what can be seen instead."""
    seen = reading.seen_or_404(request.user, wave_id)
    family, measure = request.GET.get("family", ""), request.GET.get("of", "")[:100]
    unit = _number(request.GET.get("unit", ""))
    other = _number(request.GET["other"]) if request.GET.get("other") else None
    if family not in reading.FAMILIES or not measure or not _may(seen, family, unit, other):
        raise Http404
    row = seen.groups(family).filter(unit=unit, other=other).first()
    cell = (row.cells.get(measure) if row else None) or {"shown": False, "why": "hidden for privacy"}
    rules = seen.release.rules
    context: dict[str, Any] = {
        "wave": seen.wave,
        "release": seen.release,
        "group": _group(seen, family, unit, other, row.name if row else ""),
        "measure": _measure(seen, measure, row.name if row else ""),
        "asked": cell.get("why") != "not asked",
        "shown": bool(cell.get("shown")),
        "rule": _rule(family, measure, cell, rules),
        "unit": unit if family == reading.TREE else None,
        "instead": _instead(seen, family, unit, measure),
        "hr": _for_hr(seen, row, family, unit) if sees_everything(request.user, Permission.MANAGE_SURVEYS) else None,
    }
    return render(request, "surveys/results/why.html", context)


# Made of whole answers of several questions: told from so many people on (the rule's name), whatever the family.
WHOLE_ANSWERS = {
    "barrier": "score_detail_from",
    "below": "score_detail_from",
    "reliability": "distribution_from",
    "straight": "distribution_from",
}


def _rule(family: str, measure: str, cell: Mapping[str, Any], rules: Mapping[str, int]) -> str:
    """The rule of this kind of number in one sentence; of the cell only whether it was asked."""
    asked = {"shown": False, "why": cell.get("why")}
    kind = measure.partition(":")[0]
    if cell.get("why") == "not asked" or (kind not in WHOLE_ANSWERS and kind != "drivers"):
        return reasons.why(family, measure, asked, rules)
    least = rules[WHOLE_ANSWERS[kind]] if kind in WHOLE_ANSWERS else drivers.FEWEST
    return _("Shown from %(n)s people, and only where no smaller group follows from it and its neighbours.") % {
        "n": least
    }


def _number(text: str) -> int:
    number = branches.id_in(text)
    if number is None:
        raise Http404
    return number


def _may(seen: reading.Seen, family: str, unit: int, other: int | None) -> bool:
    """Whether the reader may see a group of this kind at this place, were it there."""
    if seen.nodes is None:
        return True
    if family == reading.CUT:
        return seen.whole
    if family == reading.TREE:
        return any(place.unit == unit for place in seen.places)
    return seen.sees(unit) or (family in (reading.MATRIX, reading.DIVISION) and seen.sees(other or 0))


def _group(seen: reading.Seen, family: str, unit: int, other: int | None, name: str) -> str:
    """The group in words. Of a group without a row the places it is made of are named, as far as they may be."""
    if name:
        if family in (reading.MATRIX, reading.DIVISION):
            provider, _arrow, customer = name.partition(reading.ARROW)
            return _("the service of %(provider)s in the eyes of %(customer)s") % {
                "provider": provider, "customer": customer
            }  # fmt: skip
        if family == reading.CUSTOMER:
            return _("how %(name)s is served by all its providers") % {"name": name}
        return name
    of = seen.names.get(unit, "")
    if family in (reading.CUT, reading.UNIT_CUT):
        category = next((one["name"] for cut in seen.cuts for one in cut["categories"] if one["id"] == other), "")
        return " · ".join(part for part in (of if family == reading.UNIT_CUT else "", category) if part)
    return of


def _measure(seen: reading.Seen, measure: str, name: str) -> str:
    language = get_language() or "en"
    told = {
        WHOLE_GROUP: _("how many people answered"),
        "participation": _("participation"),
        "barrier": _("what people meet first"),
        "comments": _("comments"),
        "straight": _("the same answer to every statement"),
        "drivers": _("what goes with an outcome"),
    }
    if measure in told:
        return told[measure]
    kind, _colon, of = measure.partition(":")
    if of:
        about = {
            "below": _("share of people who fall short"),
            "drivers": _("what goes with an outcome"),
            "reliability": _("how well the questions hang together"),
        }
        texts = showing.texts_of(seen.items, language, name)
        return f"{about.get(kind, texts.get(kind, kind))} ({words.pick(of, language)})"
    if measure in COLUMNS:
        return words.pick(measure, language)
    return showing.texts_of(seen.items, language, name).get(measure, measure)


def _instead(seen: reading.Seen, family: str, unit: int, measure: str) -> dict[str, Any] | None:
    """The nearest group of the tree above that shows the same number and may be seen."""
    key = "want" if measure == WHOLE_GROUP else measure
    if family in (reading.CUT, reading.UNIT_CUT):
        row = seen.company
        return {"unit": row.unit, "name": row.name} if row and (row.cells.get(key) or {}).get("shown") else None
    own = seen.tree([unit], [key]).get(unit, {}) if family != reading.TREE else {}
    if (own.get(key) or {}).get("shown"):
        return {"unit": unit, "name": seen.names[unit]}
    upper = seen.above(unit, key)
    return {"unit": upper.unit, "name": upper.name} if upper else None


def _for_hr(seen: reading.Seen, row: Any, family: str, unit: int) -> dict[str, Any]:
    """What HR may know besides; see the head of this module."""
    found: dict[str, Any] = {"asked": None, "participation": None}
    if family == reading.TREE and row is not None:
        found["asked"] = _asked(seen, unit)
        participation = row.cells.get("participation") or {}
        found["participation"] = participation.get("words") if participation.get("shown") else None
    upcoming = Wave.objects.filter(series_id=seen.wave.series_id, state__in=[Wave.State.DRAFT, Wave.State.SCHEDULED])
    found["next"] = upcoming.defer("snapshot").order_by("number").first()
    return found


def _asked(seen: reading.Seen, unit: int) -> int:
    """How many people were asked in a group of the tree: of its own block and of all below."""
    blocks = Wave.objects.values_list("snapshot__blocks", flat=True).get(pk=seen.wave.pk) or []
    upper = {place.unit for place in seen.places}
    node = {block["id"]: -abs(block["id"]) if -abs(block["id"]) in upper else block["id"] for block in blocks}
    parents = {place.unit: place.parent for place in seen.places}
    total = 0
    for block in blocks:
        at: int | None = node[block["id"]]
        while at is not None and at != unit:
            at = parents.get(at)
        total += block["invited"] if at == unit else 0
    return total
