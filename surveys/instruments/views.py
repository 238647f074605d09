"""The questionnaires: what is asked, in every language."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.framework.texts import pick
from surveys.instruments.loading import latest_version, load_library
from surveys.instruments.models import Instrument


@require(Permission.MANAGE_SURVEYS)
@require_safe
def instrument_list(request: HttpRequest) -> HttpResponse:
    instruments = Instrument.objects.annotate(
        edition=Max("versions__number"), used=Count("versions__waves", distinct=True)
    ).order_by("key")
    return render(request, "surveys/instruments/list.html", {"instruments": instruments})


@require(Permission.MANAGE_SURVEYS)
@require_POST
def load(request: HttpRequest) -> HttpResponse:
    load_library()
    return redirect("instruments:list")


@require(Permission.MANAGE_SURVEYS)
@require_safe
def instrument_detail(request: HttpRequest, key: str) -> HttpResponse:
    instrument = get_object_or_404(Instrument, key=key)
    version = latest_version(instrument)
    known = dict(settings.LANGUAGES)
    language = request.GET.get("language", "")
    if language not in known:
        language = get_language() if get_language() in known else "en"
    sections: dict[str, list[dict[str, object]]] = {}
    for item in version.items.order_by("position") if version else []:
        sections.setdefault(item.section, []).append({"item": item, "text": pick(item.text, language)})
    context = {
        "instrument": instrument,
        "purpose": pick(instrument.purpose, language),
        "version": version,
        "sections": sections,
        "language": language,
        "languages": settings.LANGUAGES,
    }
    return render(request, "surveys/instruments/detail.html", context)
