"""Who needs what: the matrix of job families and requirements, and one profile."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.framework import profiles, reading, sections
from culture.framework.edit_views import tailor
from culture.framework.models import KINDS, CatalogueEntry, Level, RequirementProfile, TailoringChange

# Django takes a thousand fields of a form; a page of the matrix stays well below.
CELLS = 800
MOST_ROWS = 40
HISTORY_SHOWN = 20


def _group(name: str) -> sections.Group:
    return next((group for group in sections.ASKED if group.key == name), sections.ASKED[0])


def _columns(group: sections.Group) -> list[CatalogueEntry]:
    entries = KINDS[group.kind]._default_manager.all()
    return [entry for entry in sections.of_group(group, entries) if entry.is_active]


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_FRAMEWORK)
def matrix(request: HttpRequest) -> HttpResponse:
    """One group of requirements or behaviours for every job family, to read and to change."""
    by = tailor(request)
    group = _group(request.GET.get("group", ""))
    if request.method != "POST":
        return _matrix_page(request, group)
    try:
        changes = _typed(request.POST)
        conflicts = profiles.set_levels(changes=changes, by=by)
    except ValidationError as refused:
        return _matrix_page(request, group, typed=request.POST, problem=" ".join(refused.messages))
    if conflicts:
        return _matrix_page(request, group, typed=request.POST, problem=_conflict(conflicts))
    changed = sum(1 for seen, wanted in changes.values() if seen != wanted)
    told = ngettext("%(n)s level changed.", "%(n)s levels changed.", changed) % {"n": changed}
    messages.success(request, told if changed else _("Nothing was different."))
    return redirect(request.get_full_path())


def _typed(data: QueryDict) -> dict[profiles.Cell, tuple[int, int]]:
    """The cells that were changed: level seen and level wanted."""
    broken = ValidationError(_("The page came back incomplete. Load it again; nothing was saved."))
    try:
        seen = json.loads(data.get("seen", ""))
        shown = {str(cell): int(level) for cell, level in seen.items()}
        found = {}
        for cell, before in shown.items():
            profile, code = cell.split(":")
            wanted = int(data.get(f"level-{cell}", before))
            if wanted != before:
                found[int(profile), code] = (before, wanted)
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise broken from None
    if any(not 0 < profile < 2**63 or "\0" in code for profile, code in found):
        raise broken
    return found


def _conflict(cells: list[profiles.Cell]) -> str:
    names = {p.pk: p.name for p in RequirementProfile.objects.filter(pk__in={pk for pk, _code in cells})}
    listed = ", ".join(f"{names[pk]}: {code}" for pk, code in cells[:10])
    return _(
        "Somebody else changed these levels meanwhile: %(cells)s. Nothing was saved; your choices are still here. "
        "Save again to overwrite."
    ) % {"cells": listed}


def _matrix_page(
    request: HttpRequest, group: sections.Group, typed: QueryDict | None = None, problem: str = ""
) -> HttpResponse:
    columns = _columns(group)
    search = reading.search_of(request)
    found = RequirementProfile.objects.all()
    if search:
        found = found.filter(job_family__icontains=search)
    page = Paginator(found, max(5, min(MOST_ROWS, CELLS // max(1, len(columns))))).get_page(request.GET.get("page"))
    families = profiles.families(timezone.localdate())
    rows, seen = _rows(page, columns, families, typed)
    context = {
        "group": group,
        "groups": sections.ASKED,
        "columns": [reading.Line(entry, group.kind, reading.language_of(request)) for entry in columns],
        "rows": rows,
        "seen": json.dumps(seen, separators=(",", ":")),
        "page": page,
        "search": search,
        "problem": problem,
        "levels": [(0, "–"), *((level.value, str(level.value)) for level in Level)],
        "level_names": [(level.value, level.label) for level in Level],
        "without": [one for one in families if one["profile"] is None],
        "total": RequirementProfile.objects.count() if search else page.paginator.count,
    }
    return render(request, "culture/framework/profiles.html", context, status=409 if problem else 200)


def _rows(
    page: Page, columns: list[CatalogueEntry], families: list[dict[str, Any]], typed: QueryDict | None
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Rows for the template, and the stored level of every cell shown."""
    shown = list(page.object_list)
    stored = profiles.levels_of(shown)
    people = {one["profile"].pk: one["people"] for one in families if one["profile"]}
    rest = sum(one["people"] for one in families if one["profile"] is None)
    rest += profiles.without_family(timezone.localdate())
    rows, seen = [], {}
    for profile in shown:
        cells = []
        for entry in columns:
            name = f"{profile.pk}:{entry.code}"
            seen[name] = stored[profile.pk].get(entry.code, 0)
            value = (typed.get(f"level-{name}") if typed else None) or str(seen[name])
            cells.append({"name": f"level-{name}", "value": value, "code": entry.code})
        count = rest if profile.is_default else people.get(profile.pk, 0)
        rows.append({"profile": profile, "cells": cells, "people": count})
    return rows, seen


@require_safe
@require(Permission.MANAGE_FRAMEWORK)
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    """One profile in words, with its history."""
    tailor(request)
    return _profile_page(request, get_object_or_404(RequirementProfile, pk=pk))


def _profile_page(request: HttpRequest, found: RequirementProfile, problem: str = "") -> HttpResponse:
    language = reading.language_of(request)
    levels = profiles.expectations(found).levels
    known = profiles.choosable()
    groups = []
    for group in sections.ASKED:
        entries = [one for one in sections.of_group(group, known.values()) if isinstance(one, KINDS[group.kind])]
        entries = sorted((one for one in entries if one.code in levels), key=lambda one: one.position)
        if entries:
            lines = [reading.Line(one, group.kind, language, levels[one.code]) for one in entries]
            groups.append({"group": group, "lines": lines})
    changes = TailoringChange.objects.filter(kind="profiles", code=found.job_family or "*").select_related("by")
    families = profiles.families(timezone.localdate())
    covered = [one for one in families if (one["profile"] is None if found.is_default else one["profile"] == found)]
    nameless = profiles.without_family(timezone.localdate()) if found.is_default else 0
    context = {
        "profile": found,
        "groups": groups,
        "count": len(levels),
        "people": sum(one["people"] for one in covered) + nameless,
        "nameless": nameless,
        "families": covered if found.is_default else [],
        "others": RequirementProfile.objects.exclude(pk=found.pk),
        "changes": reading.told(changes[:HISTORY_SHOWN]),
        "problem": problem,
    }
    return render(request, "culture/framework/profile.html", context, status=422 if problem else 200)


def _chosen(value: str) -> RequirementProfile | None:
    return RequirementProfile.objects.filter(pk=int(value)).first() if value.isdecimal() and len(value) < 18 else None


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_FRAMEWORK)
def profile_add(request: HttpRequest) -> HttpResponse:
    """A profile for a job family, starting from another one or from nothing."""
    by = tailor(request)
    name = request.POST.get("job_family", request.GET.get("family", "")).replace("\0", "")
    source, problem = request.POST.get("copy_of", ""), ""
    if request.method == "POST":
        try:
            if len(name) > 120:
                raise ValidationError(_("A job family has 120 characters at most."))
            made = profiles.create(job_family=name, copy_of=_chosen(source), by=by)
        except ValidationError as refused:
            problem = " ".join(refused.messages)
        else:
            messages.success(request, _("%(name)s has a profile now.") % {"name": made.name})
            return redirect(f"{reverse('framework:profiles')}?{urlencode({'q': made.job_family})}")
    everybody = RequirementProfile.objects.filter(is_default=True).first()
    context = {
        "name": name[:120],
        "problem": problem,
        "existing": RequirementProfile.objects.all(),
        "source": source if request.method == "POST" else str(everybody.pk if everybody else ""),
        "without": [one for one in profiles.families(timezone.localdate()) if one["profile"] is None],
    }
    return render(request, "culture/framework/profile_add.html", context, status=422 if problem else 200)


@require_POST
@require(Permission.MANAGE_FRAMEWORK)
def profile_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over all levels of another profile."""
    by = tailor(request)
    target, source = get_object_or_404(RequirementProfile, pk=pk), _chosen(request.POST.get("source", ""))
    if source is None:
        return _profile_page(request, target, _("Choose the profile to copy from."))
    try:
        changed = profiles.copy(source=source, target=target, by=by)
    except ValidationError as refused:
        return _profile_page(request, target, " ".join(refused.messages))
    told = ngettext("%(n)s level taken over from %(name)s.", "%(n)s levels taken over from %(name)s.", changed)
    messages.success(request, told % {"n": changed, "name": source.name})
    return redirect("framework:profile", pk)


@require_POST
@require(Permission.MANAGE_FRAMEWORK)
def profile_remove(request: HttpRequest, pk: int) -> HttpResponse:
    by = tailor(request)
    found = get_object_or_404(RequirementProfile, pk=pk)
    try:
        profiles.remove(profile=found, by=by)
    except ValidationError as refused:
        return _profile_page(request, found, " ".join(refused.messages))
    messages.success(
        request, _("%(name)s falls under the profile for everybody else now.") % {"name": found.job_family}
    )
    return redirect("framework:profiles")
