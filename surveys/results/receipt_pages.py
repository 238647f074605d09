"""The page on which anybody looks whether his envelope arrived. It needs no account and learns nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from surveys.answering.doors import door, render, speak
from surveys.answering.visits import day
from surveys.answering.words_receipts import receipt_words
from surveys.results.receipt_models import ReceiptList
from surveys.waves import receipts
from surveys.waves.models import Wave

# Counts under 20 are told as classes only: a shorter list would be an exact one.
LEAST = 20
SHOWN_ON_PAGE = 500


def published(wave: Wave) -> ReceiptList | None:
    """The wave's receipts, once they may be seen; their number is a released count."""
    if wave.state != Wave.State.RELEASED:
        return None
    found = ReceiptList.objects.filter(wave=wave).first()
    return found if found is not None and len(found) >= LEAST else None


@door
def check(request: HttpRequest, wave_id: int) -> HttpResponse:
    """Type a code, see whether it is counted. Only POST looks anything up, so that no address holds a code."""
    language = speak(request)
    words = receipt_words(language)
    wave = Wave.objects.select_related("series").defer("snapshot").filter(pk=wave_id).first()
    found = published(wave) if wave else None
    if wave is None or found is None:
        return _not_here(wave, language)
    typed = request.POST.get("code", "") if request.method == "POST" else ""
    code = receipts.clean(typed)
    context = {
        "r": words,
        "lead": words["check_lead"].format(n=len(found), survey=wave.series.name),
        "typed": receipts.grouped(code) if code else typed[:80],
        "prints": found.all() if len(found) <= SHOWN_ON_PAGE else [],
        "wave": wave,
    }
    status = 200
    if request.method == "POST" and not code:
        context["problem"], status = words["short"], 400
    elif code:
        digest = receipts.digest(wave.pk, code)
        context["good" if found.holds(digest) else "problem"] = words["found" if found.holds(digest) else "not_found"]
        context["print"] = words["your_print"].format(print=digest.hex())
    return render(language, "receipts", status=status, **context)


@door
def as_text(request: HttpRequest, wave_id: int) -> HttpResponse:
    """All fingerprints, one a line, sorted."""
    wave = Wave.objects.defer("snapshot").filter(pk=wave_id).first()
    found = published(wave) if wave else None
    if found is None:
        return _not_here(wave, speak(request))
    return HttpResponse("".join(f"{one}\n" for one in found.all()), content_type="text/plain; charset=utf-8")


def _not_here(wave: Wave | None, language: str) -> HttpResponse:
    """The same page for a wave that never was, that gives no receipts, and that has too few."""
    words = receipt_words(language)
    waits = wave is not None and wave.state in (Wave.State.OPEN, Wave.State.CLOSED) and wave.rules.get("receipts")
    if waits and wave is not None:
        title, note = words["not_yet"], words["not_yet_note"].format(date=day(wave.closes_on, language))
    else:
        title, note = words["none"], words["none_note"].format(n=LEAST)
    return render(language, "message", status=404, title=title, note=note, tone="lost")
