"""The framework as everybody reads it: all of it, and one entry."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from culture.access.permissions import Permission, require, sees_everything
from culture.framework import profiles, reading, sections, tailoring
from culture.framework.models import (
    AskedEntry,
    CatalogueEntry,
    CatalogueVersion,
    Figure,
    Level,
    ProfileLine,
    Requirement,
    TailoringChange,
    kind_of,
)
from culture.people.models import Employee

HISTORY_SHOWN = 20
NAMED = 6


def may_tailor(request: HttpRequest) -> bool:
    """The framework belongs to nobody's unit: only who may adapt it for the whole organisation does."""
    return sees_everything(request.user, Permission.MANAGE_FRAMEWORK)


def entry_or_404(kind: str, code: str) -> CatalogueEntry:
    entry = tailoring.find(kind, code) if "\0" not in code else None
    if entry is None:
        raise Http404
    return entry


@require_safe
@require(Permission.DO_TRAINING)
def catalogue(request: HttpRequest) -> HttpResponse:
    """Everything the culture asks of people and of the organisation. Everybody may read it."""
    assert isinstance(request.user, Employee)
    language, search = reading.language_of(request), reading.search_of(request)
    only_mine = request.GET.get("mine") == "1"
    levels = profiles.for_employee(request.user).levels
    found, count = reading.layout(language, search, levels, only_mine=only_mine)
    version = CatalogueVersion.objects.first()
    context = {
        "sections": found,
        "count": count,
        "search": search,
        "mine": only_mine,
        "has_levels": bool(levels),
        "language": language,
        "languages": reading.LANGUAGES,
        "sources": sections.SOURCES,
        "version": version,
        "empty": version is None and not Requirement.objects.exists(),
        "may_tailor": may_tailor(request),
    }
    return render(request, "culture/framework/catalogue.html", context)


@require_safe
@require(Permission.DO_TRAINING)
def entry(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """One entry in every language: of whom it is asked, at which level, and what became of it here."""
    found = entry_or_404(kind, code)
    language = reading.language_of(request)
    tailors = may_tailor(request)
    changes = TailoringChange.objects.filter(kind=kind, code=found.code).select_related("by")[:HISTORY_SHOWN]
    context: dict[str, Any] = {
        "entry": found,
        "line": reading.Line(found, kind, language),
        "kind": kind,
        "group": sections.group_of(found),
        "language": language,
        "languages": reading.LANGUAGES,
        "translations": [
            {"code": one, "name": name, "text": found.words.get(one, ""), "detail": found.explanations.get(one, "")}
            for one, name in reading.LANGUAGES.items()
        ],
        "circumstances": reading.circumstances(found, language),
        "source_title": ", ".join(str(sections.SOURCES.get(one, one)) for one in found.source.split(", ") if one),
        "may_tailor": tailors,
        "changes": reading.told(changes) if tailors else [],
        "disagree": _disagreeing(found, language),
        **_relations(found, language),
    }
    return render(request, "culture/framework/entry.html", context)


def _disagreeing(found: CatalogueEntry, language: str) -> list[reading.Line]:
    """Figures of other texts about the same thing."""
    if not isinstance(found, Figure):
        return []
    others = Figure.objects.filter(subject=found.subject).exclude(pk=found.pk)
    return [reading.Line(one, "figures", language) for one in others]


def _relations(found: CatalogueEntry, language: str) -> dict[str, Any]:
    """What must come before, what comes after, and for whom it matters."""
    if not isinstance(found, AskedEntry):
        return {}
    models = tailoring.ADDABLE.values()
    earlier = [one for model in models for one in model._default_manager.filter(code__in=found.prerequisites)]
    later = [one for model in models for one in model._default_manager.filter(prerequisites__contains=[found.code])]
    about = {"requirement": found} if isinstance(found, Requirement) else {"behaviour": found}
    lines = ProfileLine.objects.filter(**about).select_related("profile")
    return {
        "earlier": [reading.Line(one, kind_of(one), language) for one in earlier],
        "later": [reading.Line(one, kind_of(one), language) for one in later if one.is_active],
        "expected": _by_level(list(lines)),
        "asked": True,
    }


def _by_level(lines: list[ProfileLine]) -> list[dict[str, Any]]:
    """The deepest level first, with the names of the profiles that expect it, everybody else leading."""
    found = []
    for level in sorted({line.level for line in lines}, reverse=True):
        here = sorted((line.profile for line in lines if line.level == level), key=lambda p: (not p.is_default, p.name))
        names = [profile.name for profile in here]
        found.append({"level": level, "name": Level(level).label, "first": names[:NAMED], "more": names[NAMED:]})
    return found
