"""Corrections: what was corrected when and why, making one, and the release as it was before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from culture.access.audit import record
from culture.access.permissions import Permission, require, sees_everything
from surveys.results import correcting, queries, showing
from surveys.results.comment_forms import CorrectionForm
from surveys.results.correcting import CannotCorrect
from surveys.results.models import CellGroup, Release
from surveys.results.sharing import door
from surveys.waves.models import Wave

ON_A_PAGE = 50
LISTED = 500
SHOWN = ("want", "know", "can", "served", "talk")


@require_safe
@door
def corrections(request: HttpRequest, wave_id: int) -> HttpResponse:
    """Every release of a wave: its day, why it was made, and what it changed, as far as the reader sees the groups."""
    wave = get_object_or_404(queries.released_waves(request.user), pk=wave_id)
    newest = queries.release_of(wave, request.user)
    if newest is None:
        raise Http404
    seen = queries.seen_nodes(wave, request.user)
    names = None if seen is None else _names(wave, seen)
    releases = [
        {"release": one, "changes": told_changes(one.changes, wave, names), "shown": one.replaced_at is None}
        for one in Release.objects.filter(wave=wave).order_by("-number")
    ]
    context = {
        "wave": wave,
        "release": newest,
        "releases": releases,
        "corrects": sees_everything(request.user, Permission.MANAGE_SURVEYS),
        "reads_old": sees_everything(request.user, Permission.SEE_AUDIT),
    }
    return render(request, "surveys/results/corrections.html", context)


def _names(wave: Wave, seen: set[int]) -> set[str]:
    """The names of groups somebody sees, in every release."""
    rows = CellGroup.objects.filter(release__wave=wave, family="tree", unit__in=seen)
    top = CellGroup.objects.filter(release__wave=wave, family="tree", parent=None)
    return set(rows.values_list("name", flat=True)) | set(top.values_list("name", flat=True))


WHAT = {
    "withdrawn": lambda one: _("“%(measure)s” of %(group)s withdrawn"),
    "withdrawn everywhere": lambda one: _("“%(measure)s” withdrawn in every group"),
    "comments withdrawn": lambda one: _("Comments of %(group)s withdrawn (%(n)s)"),
    "words masked": lambda one: _("Words masked in comments of %(group)s (%(n)s)"),
    "changes withdrawn": lambda one: _("What had changed since then withdrawn from wave %(measure)s (%(n)s)"),
    "change withdrawn": lambda one: _("The change of “%(measure)s” of %(group)s: the number before it was withdrawn"),
    "renamed": lambda one: _("%(before)s renamed to %(group)s"),
}


def told_changes(changes: list[dict[str, Any]], wave: Wave, names: set[str] | None) -> list[str]:
    """What a correction changed, a sentence each; of groups the reader does not see nothing is said but that."""
    language = get_language() or "en"
    words = {key: told.rstrip(".") for key, told in _measures(wave, language)}
    mine = [one for one in changes if names is None or not one["group"] or one["group"] in names]
    told = []
    withdrawn: dict[str, list[str]] = {}
    for one in mine:
        if one["what"] == "withdrawn":
            withdrawn.setdefault(one["group"], []).append(words.get(one["measure"], one["measure"]))
        elif one["what"] in WHAT:
            values = {"n": "", "before": "?", **one, "measure": words.get(one["measure"], one["measure"])}
            told.append(WHAT[one["what"]](one) % values)
    for group, measures in withdrawn.items():
        if len(measures) > 3:
            told.append(_("%(n)s numbers of %(group)s withdrawn") % {"n": len(measures), "group": group})
        else:
            told += [WHAT["withdrawn"](None) % {"measure": one, "group": group} for one in measures]
    if len(mine) < len(changes):
        told.append(_("Something in groups you do not see"))
    return told


def _measures(wave: Wave, language: str) -> list[tuple[str, str]]:
    """The numbers of a wave that can be withdrawn, (key, words): indices and questions."""
    row = CellGroup.objects.shown().filter(release__wave=wave, family="tree", parent=None).first()
    return showing.measures(row.cells, queries.items_of(wave), language, "…") if row else []


def _groups(wave: Wave) -> list[tuple[int, str]]:
    """The groups of the tree by name; where two have the same, with the group above."""
    rows = list(
        CellGroup.objects.shown()
        .filter(release__wave=wave, family="tree")
        .order_by("pk")
        .values_list("unit", "name", "parent")
    )
    names = {unit: name for unit, name, _parent in rows}
    counts: dict[str, int] = {}
    for _unit, name, _parent in rows:
        counts[name.casefold()] = counts.get(name.casefold(), 0) + 1
    return [
        (unit, f"{name} · {names.get(parent, '')}" if counts[name.casefold()] > 1 and parent is not None else name)
        for unit, name, parent in rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_SURVEYS)
def correct(request: HttpRequest, wave_id: int) -> HttpResponse:
    """Write a correction, look at what it changes, publish it."""
    wave = get_object_or_404(queries.released_waves(request.user), pk=wave_id)
    groups = _groups(wave)
    measures = _measures(wave, get_language() or "en")
    form = CorrectionForm(request.POST if request.method == "POST" else None, groups=groups, measures=measures)
    changes: list[str] = []
    if request.method == "POST" and form.is_valid():
        why, by, now = form.cleaned_data["why"], request.user, timezone.now()
        sure = request.POST.get("do") == "publish"
        deed = correcting.correct if sure else correcting.preview
        try:
            made: Any = deed(wave, form.correction(), why=why, now=now, by=by)  # type: ignore[operator]
        except CannotCorrect as error:
            form.add_error(None, str(error))
        else:
            if sure:
                messages.success(request, _("The correction is published. Everybody reads why."))
                return redirect("results:corrections", wave.pk)
            changes = told_changes(made, wave, None)
    context = {
        "wave": wave,
        "form": form,
        "changes": changes[:LISTED],
        "more": max(0, len(changes) - LISTED),
        "groups": [name for _unit, name in groups[:LISTED]],
    }
    status = 400 if form.is_bound and not changes else 200
    return render(request, "surveys/results/corrections_new.html", context, status=status)


def _words() -> list[str]:
    """The columns of the old release, for phones, where each number stands beside its word."""
    return [_("Want"), _("Know"), _("Can"), _("Serves others"), _("Talk index")]


@require_safe
@require(Permission.SEE_AUDIT)
def as_it_was(request: HttpRequest, wave_id: int, number: int) -> HttpResponse:
    """A release that was corrected, as it was read then: for HR and auditors. Its comments are not shown again."""
    if not sees_everything(request.user, Permission.SEE_AUDIT):
        raise PermissionDenied
    releases = Release.objects.select_related("wave__series").defer("wave__snapshot")
    old = get_object_or_404(releases, wave=wave_id, number=number, replaced_at__isnull=False)
    after = get_object_or_404(Release, wave=wave_id, number=number + 1)
    with transaction.atomic():
        record(request.user, "results.read_as_it_was", old.wave, number=number)  # type: ignore[arg-type]
    rows = CellGroup.objects.filter(release=old, family="tree").order_by("pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    items = queries.items_of(old.wave)
    top = rows.filter(parent=None).first()
    language = get_language() or "en"
    context = {
        "wave": old.wave,
        "old": old,
        "after": after,
        "changes": told_changes(after.changes, old.wave, None),
        "page": page,
        "rows": [
            {"row": row, "cells": [(words, row.cells.get(key)) for key, words in zip(SHOWN, _words(), strict=True)]}
            for row in page
        ],
        "questions": [
            (words, top.cells.get(key) or {})
            for key, words in showing.measures(top.cells, items, language, top.name)
            if key not in SHOWN
        ]
        if top and page.number == 1
        else [],
        "comments": old.said.count(),  # type: ignore[attr-defined]
    }
    return render(request, "surveys/results/corrections_old.html", context)
