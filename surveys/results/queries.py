"""The one gate: pages, API, exports and other rooms read released cells here, and nothing else.

Company level is for everybody who may see the wave at all; below it, a group is visible to who sees its unit, a merged
block to who sees one of its units (there is no smaller result for them). Of each wave only what is shared with the
reader by today (sharing.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import JSONField, QuerySet
from django.db.models.fields.json import KeyTransform
from django.utils.translation import get_language

from culture.people.models import Employee
from surveys.instruments.scales import SCALES
from surveys.results import history, meaning, sharing
from surveys.results.computing import EVERYBODY
from surveys.results.insight import change, trends, words
from surveys.results.models import CellGroup, Release
from surveys.waves.models import Series, Wave

User = Employee | AnonymousUser
HEADLINE = ("want", "know", "can")
COLUMNS = (*HEADLINE, "served", "talk")


def released_waves(user: User) -> QuerySet[Wave]:
    """Released waves that are shared with ``user``, newest first; without their bulky snapshots."""
    waves = Wave.objects.select_related("series", "sharing").defer("snapshot").order_by("-opens_on", "-pk")
    return waves.filter(sharing.shared_with(user), state=Wave.State.RELEASED)


def shared_with_leaders(series: Series | int) -> QuerySet[Wave]:
    """The series' released waves that any leader sees by today: what may stand in a report to leaders."""
    return Wave.objects.filter(sharing.leaders_see(), series=series, state=Wave.State.RELEASED).defer("snapshot")


def shared_course(series: Series | int, key: str) -> list[trends.Wave]:
    """One measure in each wave that leaders see by today, oldest first: the released cells of the tree, the units of
    each group, and the wave (``about``). What was replaced by a correction is not among them. Three queries."""
    waves = list(shared_with_leaders(series).order_by("number"))
    cells: dict[int, dict[int, dict[str, Any]]] = {wave.pk: {} for wave in waves}
    rows = CellGroup.objects.shown().filter(release__wave__in=waves, family="tree", cells__has_key=key)
    cell = KeyTransform(key, "cells", output_field=JSONField())
    for wave, unit, told in rows.order_by().annotate(read=cell).values_list("release__wave_id", "unit", "read"):
        cells[wave][unit] = {key: told}
    known = history.frozen(waves)
    return [replace(known[wave.pk], cells=cells[wave.pk], about=wave) for wave in waves]


def company_courses(waves: Iterable[int], key: str) -> dict[int, dict[str, Any]]:
    """One measure of the whole organisation by wave id; of waves that the caller has from this gate. One query."""
    groups = CellGroup.objects.shown().filter(release__wave__in=list(waves), family="tree", parent=None)
    cell = KeyTransform(key, "cells", output_field=JSONField())
    rows = groups.filter(cells__has_key=key).annotate(read=cell)
    return dict(rows.values_list("release__wave_id", "read"))


def upper_rows(wave: Wave, depth: int) -> list[CellGroup]:
    """The tree's groups down to ``depth`` below the whole organisation; for whoever may see all of the wave."""
    groups = CellGroup.objects.shown().filter(release__wave=wave, family="tree", depth__lte=depth)
    return list(groups.order_by("pk"))


def company_cells(wave: Wave) -> dict[str, Any]:
    """The cells of the whole organisation in a wave that the caller has from this gate."""
    row = _company(wave)
    return row.cells if row else {}


def release_of(wave: Wave, user: User) -> Release | None:
    """The wave's release, if there is one and it is shared with ``user``."""
    if not sharing.standing(user).hr and not sharing.open_to(wave, user):
        return None
    return Release.objects.filter(wave=wave, wave__state=Wave.State.RELEASED, replaced_at=None).first()


def visible_ids(user: User, wave: Wave) -> set[int] | None:
    """The units whose results of a wave ``user`` may see; None means all."""
    return sharing.units_of(wave, user)


def tree_rows(wave: Wave, unit_ids: Iterable[int] | None) -> list[CellGroup]:
    """The tree's groups, parents before children: all (None), or those of ``unit_ids``."""
    rows = _tree(wave)
    if unit_ids is None:
        return rows
    seen = _nodes_of(wave, set(unit_ids), {row.unit for row in rows})
    return [row for row in rows if row.unit in seen]


def rows_for(wave: Wave, unit_ids: set[int] | None) -> list[CellGroup]:
    """The company's row, and the rows of the units that may be seen."""
    rows = _tree(wave)
    if unit_ids is None:
        return rows
    seen = _nodes_of(wave, unit_ids, {row.unit for row in rows})
    return [row for row in rows if row.parent is None or row.unit in seen]


def _tree(wave: Wave) -> list[CellGroup]:
    groups = CellGroup.objects.shown().filter(release__wave=wave, family="tree")
    return list(groups.order_by("pk"))


def _nodes_of(wave: Wave, unit_ids: set[int], ids: set[int]) -> set[int]:
    """Of the groups ``ids`` those that are seen."""
    return _nodes(wave, unit_ids) & ids


@lru_cache(maxsize=16)
def _blocks(wave_id: int, opened_at: dt.datetime | None) -> dict[int, frozenset[int]]:
    """Frozen at the opening; out of a snapshot of 5,000 units they take 50 ms to read."""
    blocks = Wave.objects.values_list("snapshot__blocks", flat=True).get(pk=wave_id) or []
    return {block["id"]: frozenset(block["units"]) for block in blocks}


def company_row(rows: Iterable[CellGroup]) -> CellGroup | None:
    return next((row for row in rows if row.parent is None), None)


def previous(wave: Wave) -> Wave | None:
    """The released wave before this one in its series."""
    return _before(wave).order_by("-number").first()


def _before(wave: Wave) -> QuerySet[Wave]:
    before = Wave.objects.filter(series_id=wave.series_id, number__lt=wave.number, state=Wave.State.RELEASED)
    return before.select_related("series", "sharing").defer("snapshot")


def earlier(wave: Wave) -> list[Wave]:
    """The released waves before this one in its series, oldest first, whether they are shared with anybody or not."""
    return list(_before(wave).order_by("number"))


def without_change(cells: dict[str, Any]) -> dict[str, Any]:
    """Cells for who may not see the wave before: what moved since then would tell its numbers."""
    return {
        key: {name: value for name, value in cell.items() if name != "change"} if "change" in cell else cell
        for key, cell in cells.items()
    }


def overview(wave: Wave, visible: Iterable[int] | None, before: Wave | None = None) -> dict[str, Any]:
    """What a wave's page says: the finding, the three cards with their change since ``before``, the visible rows."""
    rows = rows_for(wave, None if visible is None else set(visible))
    company = company_row(rows)
    earlier = _company(before) if before else None
    cells = company.cells if company else {}
    told = cards(cells, earlier.cells if earlier else {})
    return {"heading": finding(cells), "cards": told, "rows": rows, "company": company, "previous": before}


def _company(wave: Wave) -> CellGroup | None:
    return CellGroup.objects.shown().filter(release__wave=wave, family="tree", parent=None).first()


def cards(cells: dict[str, Any], before: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the three that the wave asked about; all of them where there are no cells at all."""
    return [card(key, cells, before) for key in HEADLINE if key in cells or not cells]


def card(key: str, cells: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """One of the three: its cell, and how it moved since the last wave, in the word decided at the release."""
    now, then = cells.get(key), before.get(key)
    moved = change.read(now)
    if moved is None and not any(name.startswith("reliability:") for name in cells):
        # Released before words were decided with a release.
        moved = change.alone(now, then)
    word = words.pick(moved.word, get_language() or "en") if moved else ""
    return {"key": key, "cell": now or {"shown": False}, "change": moved, "word": word, "before": then}


def finding(cells: dict[str, Any]) -> str:
    """The headline: the barrier most people meet first, else the lowest index."""
    shares = cells.get("barrier", {}).get("shares")
    indices = {key: cells[key]["index"] for key in HEADLINE if cells.get(key, {}).get("shown")}
    if shares:
        first = max(HEADLINE, key=lambda key: shares[key])
        if shares[first] >= 20:
            return FINDINGS[first]
    asked = [key for key in HEADLINE if key in cells]
    if cells and len(asked) < len(HEADLINE):
        served = cells.get("served", {})
        return f"Colleagues rate the service {served['index']} of 100" if served.get("shown") else NO_FINDING
    if len(indices) < len(HEADLINE):
        return "Too few people answered to say what holds them back"
    if max(indices.values()) - min(indices.values()) <= 3:
        return "Wanting, knowing and being able are level"
    lowest = min(indices, key=lambda key: indices[key])
    return FINDINGS[lowest] if indices[lowest] < 50 else STRONG[lowest]


NO_FINDING = "What people said"
FINDINGS = {
    "want": "What holds them back is willingness",
    "know": "They want to, but do not know how",
    "can": "What holds them back is permission",
}
STRONG = {
    "want": "Things go well; willingness has the most room to grow",
    "know": "Things go well; knowing how has the most room to grow",
    "can": "Things go well; being able to has the most room to grow",
}


def unit_row(wave: Wave, user: User, unit: int) -> CellGroup | None:
    """One group, if ``user`` may see it; the company's row everybody may who sees the wave."""
    if not release_of(wave, user):
        return None
    rows = _tree(wave)
    visible = visible_ids(user, wave)
    every = {row.unit for row in rows}
    seen = every if visible is None else _nodes_of(wave, visible, every)
    return next((row for row in rows if row.unit == unit and (unit in seen or row.parent is None)), None)


def seen_nodes(wave: Wave, user: User, *, comments: bool = False) -> set[int] | None:
    """The groups of the tree that ``user`` may see (or whose ``comments`` he may read); None means all.

    With ids of groups the wave never had: who asks for these finds nothing.
    """
    kept: dict[Any, set[int] | None] = wave.__dict__.setdefault("_trivium_seen", {})
    reached = sharing.open_to(wave, user)
    # Numbers and comments differ only for who sees a group because he works there.
    own = sharing.EMPLOYEES in reached and (not comments or sharing.reads_comments(wave))
    key = (user.pk, reached, own)
    if key not in kept:
        known: dict[Any, set[int] | None] = wave.__dict__.setdefault("_trivium_units", {})
        if key not in known:
            known[key] = sharing.units_of(wave, user, comments=comments)
        visible = known[key]
        kept[key] = None if visible is None else _nodes(wave, visible)
    return kept[key]


def alike(one: Wave, other: Wave) -> None:
    """Two waves read together by one reader: which units he may see is asked once, where it is the same for both."""
    other.__dict__["_trivium_units"] = one.__dict__.setdefault("_trivium_units", {})


def _nodes(wave: Wave, units: set[int]) -> set[int]:
    """Upper units by themselves, blocks by any of their units."""
    blocks = _blocks(wave.pk, wave.opened_at)
    return {node for node, inside in blocks.items() if inside & units} | {unit for unit in units if unit not in blocks}


def whole_cells(group: CellGroup) -> dict[str, Any]:
    """The cells of the whole organisation in the release of ``group``; everybody who sees results may see them."""
    whole = CellGroup.objects.filter(release_id=group.release_id, family="tree", parent=None)
    return group.cells if group.parent is None else whole.values_list("cells", flat=True).first() or {}


def codes_of(items: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The questions behind each measure of a wave, by the measure's key."""
    return meaning.codes_of({"items": items})


def matrix_rows(wave: Wave, unit_ids: set[int] | None) -> list[CellGroup]:
    """Who serves whom: the cells whose provider may be seen."""
    groups = CellGroup.objects.shown().filter(release__wave=wave, family="matrix")
    rows = list(groups.order_by("name"))
    if unit_ids is None:
        return rows
    seen = {row.unit for row in tree_rows(wave, unit_ids)}
    return [row for row in rows if row.unit in seen]


def customer_rows(wave: Wave, unit_ids: set[int] | None, *, upper: bool = False) -> list[CellGroup]:
    """How well each block is served by all its providers together; with ``upper`` the units above blocks too."""
    groups = CellGroup.objects.shown().filter(release__wave=wave, family="customer")
    rows = list(groups.order_by("name"))
    if not upper:
        above = {row.parent for row in rows}
        rows = [row for row in rows if row.unit not in above]
    if unit_ids is None:
        return rows
    seen = {row.unit for row in tree_rows(wave, unit_ids)}
    return [row for row in rows if row.unit in seen]


def crossing_rows(wave: Wave, unit_ids: set[int] | None) -> list[CellGroup]:
    """Categories of the cuts, of everybody and of divisions, and divisions serving divisions.

    What is told of everybody is for all who may see results; of a division, for who sees it.
    """
    groups = CellGroup.objects.shown().filter(release__wave=wave, family__in=["cut", "unit_cut", "division"])
    rows = list(groups.order_by("family", "cut", "other", "name"))
    if unit_ids is None:
        return rows
    seen = {row.unit for row in tree_rows(wave, unit_ids)}
    return [row for row in rows if row.family == "cut" or row.unit in seen]


def trend(series: Series, waves: Iterable[int]) -> list[dict[str, Any]]:
    """The company's scores in those of the series' released waves whose ids are given, oldest first.

    A hidden score is None.
    """
    groups = CellGroup.objects.shown().filter(release__wave__series=series, family="tree", parent=None)
    groups = groups.filter(release__wave__in=list(waves))
    rows = groups.select_related("release__wave").defer("release__wave__snapshot")
    return [
        {
            "wave": group.release.wave,
            **{key: _index(group.cells, key) for key in (*HEADLINE, "talk", "served")},
            "cells": group.cells,
        }
        for group in rows.order_by("release__wave__number")
    ]


def _index(cells: dict[str, Any], key: str) -> int | None:
    cell = cells.get(key) or {}
    return cell["index"] if cell.get("shown") else None


def items_of(wave: Wave) -> list[dict[str, Any]]:
    """The frozen items that carry numbers, in order; without such as have no scale (see measures.item_lists)."""
    return with_scale(Wave.objects.values_list("snapshot__items", flat=True).get(pk=wave.pk) or [])


def with_scale(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of frozen items that carry numbers."""
    return [item for item in items if item["kind"] in SCALES]


__all__ = [
    "COLUMNS",
    "EVERYBODY",
    "card",
    "cards",
    "company_row",
    "finding",
    "items_of",
    "overview",
    "release_of",
    "trend",
]
