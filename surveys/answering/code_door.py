"""The doors for people with a printed code, and the way out of reminders that stands in every mail."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from surveys.answering import drafts, guesses, limits, submitting
from surveys.answering.doors import Refused, door, render, speak
from surveys.answering.words_doors import door_words
from surveys.waves import codes, keys
from surveys.waves.models import Invitation, Wave


def see_other(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


@door
def code(request: HttpRequest, printed: str = "") -> HttpResponse:
    """Type a code (or come by the QR beside it, which fills it in). Only POST looks it up."""
    language = speak(request)
    if request.method != "POST":
        return _form(language, codes.clean(printed))
    waves = list(Wave.objects.filter(state=Wave.State.OPEN).values_list("pk", flat=True))
    typed = request.POST.get("code", "")
    clean = codes.clean(typed)
    if not clean:
        return _form(language, typed, "code_short", 400)
    if not guesses.allowed(request, waves):
        return _form(language, typed, "too_often", 429)
    invitation = codes.resolve(clean)
    if invitation is None:
        guesses.wrong(request, waves)
        return _form(language, typed, "code_wrong", 404)
    if not limits.code_may_open(clean):
        return _form(language, typed, "too_often", 429)
    chosen = f"?lang={language}" if request.GET.get("lang") else ""
    # Who printed the code knows it, too: it opens no draft begun elsewhere and does not tell whether he has answered.
    return see_other(reverse("answering:start", args=[keys.visit_token(invitation.wave_id, invitation.pk)]) + chosen)


def _form(language: str, typed: str, problem: str = "", status: int = 200) -> HttpResponse:
    d = door_words(language)
    shown = codes.grouped(codes.clean(typed)) if codes.clean(typed) else typed[:40]
    return render(language, "code", status=status, d=d, typed=shown, problem=d.get(problem, ""))


@door
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """List-Unsubscribe: POST (RFC 8058, one click in the mail program) means *I do not take part*. A GET only asks."""
    found = keys.resolve_token(token)
    if found is None:
        raise Refused("lost", 404)
    start = reverse("answering:start", args=[token])
    if request.method != "POST":
        return see_other(start + "#decline")
    invitation = Invitation.objects.filter(pk=found[1], wave_id=found[0]).first()
    if invitation is None:
        raise Refused("over", 410)
    try:
        submitting.decline(invitation=invitation, token=token)
    except drafts.Closed:
        raise Refused("over", 410) from None
    return see_other(start)
