"""The questionnaires to read: the list, what is asked in every language, what changed, the library, on paper."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from culture.access.audit import record
from culture.access.permissions import Permission, require
from culture.framework.texts import pick
from surveys.instruments import comparing, library, showing, xlsform_export
from surveys.instruments.loading import content_of, draft_of, latest_version, load_library
from surveys.instruments.models import Instrument, InstrumentVersion

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require(Permission.MANAGE_SURVEYS)
@require_safe
def instrument_list(request: HttpRequest) -> HttpResponse:
    drafts = InstrumentVersion.objects.filter(instrument=OuterRef("pk"), draft=True)
    instruments = Instrument.objects.annotate(
        edition=Max("versions__number", filter=Q(versions__draft=False)),
        used=Count("versions__waves", distinct=True),
        has_draft=Exists(drafts),
    ).order_by("key")
    language = showing.language_of(request)
    rows: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    for one in instruments:
        told = {"instrument": one, "name": pick(one.name, language), "purpose": pick(one.purpose, language)}
        rows[one.archived_at is not None].append(told)
    context = {"rows": rows[False], "archived": rows[True]}
    return render(request, "surveys/instruments/list.html", context)


@require(Permission.MANAGE_SURVEYS)
@require_POST
def load(request: HttpRequest) -> HttpResponse:
    load_library()
    return redirect("instruments:list")


def chosen_version(request: HttpRequest, instrument: Instrument, name: str = "edition") -> InstrumentVersion | None:
    """The edition of ``?edition=``, else the one in use, else the draft."""
    wanted = request.GET.get(name, "")
    if wanted:
        number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else -1
        return get_object_or_404(instrument.versions, number=number)
    return latest_version(instrument) or draft_of(instrument)


@require(Permission.MANAGE_SURVEYS)
@require_safe
def instrument_detail(request: HttpRequest, key: str) -> HttpResponse:
    instrument = get_object_or_404(Instrument, key=key)
    version, language = chosen_version(request, instrument), showing.language_of(request)
    content = content_of(version) if version else {"sections": [], "items": []}
    found = showing.groups(content, language)
    context = {
        "instrument": instrument,
        "name": pick(instrument.name, language),
        "purpose": pick(instrument.purpose, language),
        "version": version,
        "draft": draft_of(instrument),
        "versions": instrument.versions.annotate(used=Count("waves")).order_by("-number"),
        "groups": found,
        "fallback": sum(item.fallback for group in found for item in group.items),
        "language": language,
        "languages": showing.LANGUAGES,
        "latest": latest_version(instrument),
        **showing.facts(content),
    }
    return render(request, "surveys/instruments/detail.html", context)


@require(Permission.MANAGE_SURVEYS)
@require_safe
def languages(request: HttpRequest, key: str) -> HttpResponse:
    """Which text is there in which language."""
    instrument = get_object_or_404(Instrument, key=key)
    version = draft_of(instrument) if "edition" not in request.GET else chosen_version(request, instrument)
    version = version or latest_version(instrument)
    if version is None:
        raise Http404
    context = showing.completeness(content_of(version))
    context |= {"instrument": instrument, "version": version, "languages": showing.LANGUAGES}
    return render(request, "surveys/instruments/languages.html", context)


@require(Permission.MANAGE_SURVEYS)
@require_safe
def compare(request: HttpRequest, key: str) -> HttpResponse:
    """What changed from one edition to another; without being told, from the one before."""
    instrument = get_object_or_404(Instrument, key=key)
    versions = list(instrument.versions.order_by("-number"))
    after = chosen_version(request, instrument, "to") if request.GET.get("to") else next(iter(versions), None)
    if after is None:
        raise Http404
    earlier = next((one for one in versions if one.number < after.number), None)
    before = chosen_version(request, instrument, "from") if request.GET.get("from") else earlier
    language = showing.language_of(request)
    new = content_of(after)
    old = content_of(before) if before else new
    units = {**showing.unit_names(old), **showing.unit_names(new)}
    changes: list[dict[str, Any]] = [
        {
            "change": one,
            "languages": [showing.LANGUAGES.get(code, code) for code in one.languages],
            "before": one.before and showing.shown(one.before, language, _by_code(old), units),
            "after": one.after and showing.shown(one.after, language, _by_code(new), units),
            "texts": _reworded(one),
        }
        for one in comparing.compare(old["items"], new["items"])
    ]
    context = {
        "instrument": instrument,
        "before": before,
        "after": after,
        "versions": versions,
        "changes": changes,
        "sections": old["sections"] != new["sections"],
        "same": len(new["items"]) - sum(one["change"].after is not None for one in changes),
    }
    return render(request, "surveys/instruments/compare.html", context)


def _by_code(content: dict) -> dict:
    return {item["code"]: item for item in content["items"]}


def _reworded(change: comparing.Change) -> list[tuple[str, str, str]]:
    """(language, words before, words after) of a question's own text where it differs."""
    if change.before is None or change.after is None:
        return []
    old, new = change.before["text"], change.after["text"]
    pairs = ((code, old.get(code, ""), new.get(code, "")) for code in showing.LANGUAGES)
    return [(code, before, after) for code, before, after in pairs if before and before != after]


@require(Permission.MANAGE_SURVEYS)
@require_safe
def paper(request: HttpRequest, key: str) -> HttpResponse:
    """A questionnaire as one prints it."""
    instrument = get_object_or_404(Instrument, key=key)
    version, language = chosen_version(request, instrument), showing.language_of(request)
    if version is None:
        raise Http404
    content = content_of(version)
    context = {
        "name": pick(instrument.name, language),
        "purpose": pick(instrument.purpose, language),
        "instrument": instrument,
        "version": version,
        "groups": showing.groups(content, language),
        "language": language,
        "languages": showing.LANGUAGES,
        **showing.facts(content),
    }
    return render(request, "surveys/instruments/print.html", context)


@require(Permission.MANAGE_SURVEYS)
@require_safe
def export(request: HttpRequest, key: str) -> HttpResponse:
    """The questionnaire as an XLSForm."""
    instrument = get_object_or_404(Instrument, key=key)
    version = chosen_version(request, instrument)
    if version is None:
        raise Http404
    about = xlsform_export.About(
        instrument.key, version.number, instrument.name, instrument.purpose, tuple(instrument.sources)
    )
    response = HttpResponse(xlsform_export.workbook(about, content_of(version)), content_type=XLSX)
    name = f"{slugify(instrument.key)}-{version.number}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    record(request.user, "instrument.exported", instrument, edition=version.number)  # type: ignore[arg-type]
    return response


@require(Permission.MANAGE_SURVEYS)
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """The library: every questionnaire with what it is for, how long it takes and what it rests on."""
    mine = Instrument.objects.filter(Q(library_key__in=library.ORDER) | Q(key__in=library.ORDER)).order_by("-pk")
    taken = {origin or key: key for origin, key in mine.values_list("library_key", "key")}
    language = showing.language_of(request)
    rows = [
        {
            "entry": one,
            "name": pick(one.name, language),
            "purpose": pick(one.purpose, language),
            "taken": taken.get(one.key),
            **showing.facts(one.content),
        }
        for one in library.entries()
    ]
    return render(request, "surveys/instruments/library.html", {"rows": rows})


@require(Permission.MANAGE_SURVEYS)
@require_safe
def shelf_entry(request: HttpRequest, key: str) -> HttpResponse:
    """One questionnaire of the library, word for word."""
    if key not in library.ORDER:
        raise Http404
    entry, language = library.entry(key), showing.language_of(request)
    context = {
        "entry": entry,
        "name": pick(entry.name, language),
        "purpose": pick(entry.purpose, language),
        "groups": showing.groups(entry.content, language),
        "language": language,
        "languages": showing.LANGUAGES,
        **showing.facts(entry.content),
    }
    return render(request, "surveys/instruments/library_entry.html", context)
