"""Units: the tree on any day, a unit's page, and every change of the tree with its preview."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from culture.access import clock
from culture.access.permissions import Permission, can, require, sees_everything, visible_units
from culture.people import asof, names, panels
from culture.people.dated import DAY
from culture.people.models import BEGINNING, Employee, PlannedChange, Unit, UnitState
from culture.people.shown import Sight

P = Permission
ALL_AT_ONCE = 300  # a tree up to this size is drawn whole; a larger one level by level
MOST_FOUND = 100
MOST_PEOPLE = 50
MOST_SUGGESTED = 12
MOST_TO_SPLIT = 500
PLACES = ("unit", "target", "people_to", "units_to")


@dataclass
class Branch:
    """A unit of the tree page with what lies below it."""

    node: asof.Node
    here: int
    below: int
    children: list[Branch] = field(default_factory=list)
    drawn: bool = True
    """Whether the children are part of the page, or fetched when somebody opens them."""
    opened: bool = False

    @property
    def size(self) -> int:
        return len(self.children)


def day_of(request: HttpRequest) -> tuple[dt.date, bool]:
    """The day a page shows, and whether it is today. A day nobody can read, or to come, is today."""
    today = clock.today()
    try:
        on = dt.date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return today, True
    return (today, True) if on >= today or on < BEGINNING else (on, False)


def words_of(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:100]


def tree_units(user: Employee | AnonymousUser) -> QuerySet[Unit]:
    """The units somebody finds in the tree: those of which he sees results or the team."""
    results, team = visible_units(user, P.SEE_RESULTS), visible_units(user, P.SEE_TEAM_TRAINING)
    if sees_everything(user, P.SEE_RESULTS) or not can(user, P.SEE_TEAM_TRAINING):
        return results
    if sees_everything(user, P.SEE_TEAM_TRAINING) or not can(user, P.SEE_RESULTS):
        return team
    return Unit.objects.filter(Q(pk__in=results.values("pk")) | Q(pk__in=team.values("pk")))


def sees_tree(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse (403) who sees neither results nor teams anywhere."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (can(request.user, P.SEE_RESULTS) or can(request.user, P.SEE_TEAM_TRAINING)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.permission = P.SEE_RESULTS  # type: ignore[attr-defined]
    return guarded


def managed_units(request: HttpRequest) -> QuerySet[Unit]:
    return visible_units(request.user, P.MANAGE_PEOPLE)


def actor(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    return request.user


def _branches(request: HttpRequest, on: dt.date) -> tuple[list[Branch], list[Branch]]:
    """The top branches one may see on the day, and all of them in order."""
    nodes, here = asof.tree(on), asof.headcounts(on)
    below = {node.pk: here.get(node.pk, 0) for node in nodes}
    for node in reversed(nodes):  # children come after their parents, so backwards they are complete
        if node.parent_id is not None:
            below[node.parent_id] += below[node.pk]
    if not (sees_everything(request.user, P.SEE_RESULTS) or sees_everything(request.user, P.SEE_TEAM_TRAINING)):
        visible = set(tree_units(request.user).order_by().values_list("pk", flat=True))
        nodes = [node for node in nodes if node.pk in visible]
    known: dict[int, Branch] = {}
    tops: list[Branch] = []
    for node in nodes:
        branch = known[node.pk] = Branch(node, here.get(node.pk, 0), below[node.pk])
        parent = known.get(node.parent_id) if node.parent_id is not None else None
        (parent.children if parent else tops).append(branch)
    return tops, list(known.values())


def _draw(tops: list[Branch], total: int) -> None:
    """Decide what of the tree is on the page and what of it is open."""
    level, depth = tops, 0
    while level:
        for branch in level:
            branch.opened = depth == 0 or (depth == 1 and total <= ALL_AT_ONCE)
            branch.drawn = total <= ALL_AT_ONCE or depth == 0
        level = [child for branch in level for child in branch.children]
        depth += 1


@require_GET
@sees_tree
def units(request: HttpRequest) -> HttpResponse:
    """The tree, today or on another day, with how many people work in each unit and below it."""
    on, today = day_of(request)
    tops, everything = _branches(request, on)
    search = words_of(request)
    found: list[Branch] = []
    if search:
        wanted = names.plain(search)
        found = [branch for branch in everything if wanted in names.plain(branch.node.name)]
    else:
        _draw(tops, len(everything))
    context = {
        "tops": tops,
        "search": search,
        "found": found[:MOST_FOUND],
        "found_total": len(found),
        "units_total": len(everything),
        "people_total": sum(branch.here for branch in everything),
        "on": on,
        "today": today,
        "suffix": "" if today else f"?on={on.isoformat()}",
        "may_change": can(request.user, P.MANAGE_PEOPLE),
        "planned": _planned(request) if today else [],
        "latest_day": clock.today() - DAY,
    }
    return render(request, "culture/people/units.html", context)


def _planned(request: HttpRequest) -> list[PlannedChange]:
    """What is ahead for the units one manages, and what could not be done lately."""
    if not can(request.user, P.MANAGE_PEOPLE):
        return []
    shown = [PlannedChange.Status.PLANNED, PlannedChange.Status.FAILED]
    recent = clock.today() - 30 * DAY
    rows = (
        PlannedChange.objects.filter(status__in=shown, on__gte=recent)
        .select_related("unit", "target", "people_to", "units_to")
        .order_by("on", "pk")
    )
    if not sees_everything(request.user, P.MANAGE_PEOPLE):
        rows = rows.filter(unit__in=managed_units(request)) | rows.filter(unit=None, target__in=managed_units(request))
    return _told(request, rows[:MOST_FOUND])


def _told(request: HttpRequest, rows: Iterable[PlannedChange]) -> list[PlannedChange]:
    """``rows`` for a page: each knows whether the reader may cancel it, and names no unit beyond his."""
    sight = Sight(request.user, P.MANAGE_PEOPLE)
    shown = []
    for row in rows:
        row.may_cancel = could_plan(request, row)  # type: ignore[attr-defined]
        shown.append(sight.cover(row, *PLACES))
    return shown


def could_plan(request: HttpRequest, planned: PlannedChange) -> bool:
    """Whether the reader could have planned this himself: every unit it names is his, and it puts nothing on top."""
    if sees_everything(request.user, P.MANAGE_PEOPLE):
        return True
    if planned.kind in {PlannedChange.Kind.CREATE, PlannedChange.Kind.MOVE} and planned.target_id is None:
        return False
    named = [getattr(planned, f"{place}_id") for place in PLACES]
    return all(can(request.user, P.MANAGE_PEOPLE, unit) for unit in named if unit is not None)


@require_GET
@sees_tree
def unit_children(request: HttpRequest, pk: int) -> HttpResponse:
    """The subunits of one unit as they stand in the tree, for opening it."""
    on, today = day_of(request)
    branch = next((one for one in _branches(request, on)[1] if one.node.pk == pk), None)
    if branch is None:
        raise Http404
    for child in branch.children:
        child.drawn = False
    context = {"branches": branch.children, "suffix": "" if today else f"?on={on.isoformat()}"}
    return render(request, "culture/people/unit_children.html", context)


@require_GET
@require(P.SEE_TEAM_TRAINING)
def suggest_units(request: HttpRequest) -> JsonResponse:
    """Paths of open units that hold what is typed, for the fields that ask for a unit."""
    wanted = names.plain(words_of(request))
    allowed = visible_units(request.user, P.SEE_TEAM_TRAINING).filter(until__isnull=True)
    rows = allowed.order_by("path").values_list("name", "path")
    found = [(not names.plain(name).startswith(wanted), path) for name, path in rows if wanted in names.plain(path)]
    return JsonResponse(
        {"values": [path for _rank, path in sorted(found)[:MOST_SUGGESTED]]} if wanted else {"values": []}
    )


@require_GET
@sees_tree
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: who is in it, what lies in it, what it was, what is planned, what can be done."""
    shown = get_object_or_404(tree_units(request.user).select_related("parent", "merged_into"), pk=pk)
    today = clock.today()
    managed = can(request.user, P.MANAGE_PEOPLE, shown)
    sees_people = can(request.user, P.SEE_TEAM_TRAINING, shown)
    everywhere = _counts(shown, today)
    children = list(Unit.objects.open().filter(parent=shown))
    people = (
        Employee.objects.here(today)
        .filter(unit=shown)
        .in_order(translation.get_language())
        .select_related("manager")
        .only("number", "given_name", "family_name", "job_title", "kind", "hired_on", "manager__given_name",
              "manager__family_name", "manager__number")[: MOST_PEOPLE + 1]
    )  # fmt: skip
    listed = list(people) if sees_people else []
    plans = PlannedChange.objects.filter(unit=shown) | PlannedChange.objects.filter(target=shown)
    visible_parents = _above(request, shown)
    sight = Sight(request.user, P.SEE_RESULTS, P.SEE_TEAM_TRAINING)
    context = {
        "unit": shown,
        "above": visible_parents,
        "children": [{"unit": child, "people": everywhere.get(child.pk, 0)} for child in children],
        "people": listed[:MOST_PEOPLE],
        "more_people": len(listed) > MOST_PEOPLE,
        "here": everywhere.get("here", 0),
        "below": everywhere.get("all", 0),
        "sees_people": sees_people,
        "history": _history(shown, sight),
        "merged_from": [{"unit": one, "seen": sight.sees(one), "name": sight.name(one)}
                        for one in shown.merged_from.order_by("until")],
        "merged_into": {"unit": shown.merged_into, "seen": sight.sees(shown.merged_into),
                        "name": sight.name(shown.merged_into)} if shown.merged_into else None,
        "planned": _told(request, plans.filter(status__in=["planned", "failed"]).select_related(*PLACES))
                   if managed else [],
        "managed": managed,
        "is_open": shown.until is None,
        "beginning": BEGINNING,
        "panels": panels.panels(shown, cast(Employee, request.user)),
    }  # fmt: skip
    return render(request, "culture/people/unit.html", context)


def _counts(unit: Unit, on: dt.date) -> dict[Any, int]:
    """``here``: people exactly in the unit; ``all``: with everything below; and by child id, with all below it."""
    from_child = asof.headcounts_below(unit.pk, on)
    here = from_child.pop(unit.pk, 0)
    return {"here": here, "all": here + sum(from_child.values()), **from_child}


def _above(request: HttpRequest, shown: Unit) -> list[dict[str, Any]]:
    """What lies above, the top first; only what one may see is a link."""
    if shown.until is not None:
        return []
    chain = asof.chain(shown.pk)
    allowed = set(tree_units(request.user).filter(pk__in=[pk for pk, _name in chain]).values_list("pk", flat=True))
    return [{"pk": pk, "name": name, "link": pk in allowed} for pk, name in chain if pk != shown.pk]


def _history(unit: Unit, sight: Sight) -> list[dict[str, Any]]:
    """The states of the unit, the newest first, each with what changed; units beyond ``sight`` have no name."""
    rows: list[dict[str, Any]] = []
    before: UnitState | None = None
    for state in unit.states.select_related("parent").order_by("since"):
        if before is None:
            what = _("Began as %(name)s") % {"name": state.name}
            if state.parent:
                what = _("Began as %(name)s in %(parent)s") % {"name": state.name, "parent": sight.name(state.parent)}
        else:
            parts = []
            if state.name != before.name:
                parts.append(_("Renamed from %(old)s to %(new)s") % {"old": before.name, "new": state.name})
            if state.parent_id != before.parent_id:
                place = sight.name(state.parent) if state.parent else _("the top")
                parts.append(_("Moved to %(place)s") % {"place": place})
            what = "; ".join(parts) or _("Confirmed as it was")
        rows.append({"day": None if state.since == BEGINNING else state.since, "what": what})
        before = state
    if unit.until is not None:
        into = unit.merged_into
        ending = _("Merged into %(unit)s") % {"unit": sight.name(into)} if into else pgettext("unit", "Closed")
        rows.append({"day": unit.until + DAY, "what": ending})
    return rows[::-1]
