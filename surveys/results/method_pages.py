"""How every number is worked out, the rules this wave was frozen with, and what is never computed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from surveys.results import method_rules, method_words, reading, sharing
from surveys.results.models import Release


@require_safe
@sharing.door
def method(request: HttpRequest, wave_id: int) -> HttpResponse:
    """All of it on one page, each formula with an anchor that captions of numbers lead to."""
    seen = reading.seen_or_404(request.user, wave_id)
    rules = seen.release.rules
    context = {
        "wave": seen.wave,
        "release": seen.release,
        "earlier": list(Release.objects.filter(wave=seen.wave).exclude(pk=seen.release.pk).order_by("number")),
        "parts": method_words.parts(rules),
        "rules": method_rules.rule_words(rules),
        "never": method_rules.never(),
        "instrument": seen.instrument,
        "questions": len(seen.items),
        "cuts": [cut["name"] for cut in seen.cuts],
    }
    return render(request, "surveys/results/method.html", context)
