"""A shared tablet. Who stands before it is known by a cookie only, which names him to nobody but the server and is
gone after sending, leaving, or a minute without a touch.

No personal link ever appears in the tablet's address line or history. Somebody found by two details, which colleagues
may know, gets a draft of that visit alone: what he once began elsewhere, or what another began in his name, stays
shut. The cookie is SameSite=Strict: a foreign page cannot act with it, which stands in for the CSRF token.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from surveys.answering import guesses, limits, views
from surveys.answering.code_door import see_other
from surveys.answering.doors import Refused, door, render, speak
from surveys.answering.submitting import takes_answers
from surveys.answering.words_doors import door_words
from surveys.waves import codes, keys, kiosks
from surveys.waves.message_models import Kiosk

IDLE = 60
# A page under way when the minute ends is let through.
GRACE = 5
COOKIE = "kiosk"


@dataclass(frozen=True)
class Place:
    """A tablet that takes answers now."""

    kiosk: Kiosk
    key: str

    @property
    def path(self) -> str:
        return reverse("answering:kiosk", args=[self.key])

    def visitor(self, request: HttpRequest) -> tuple[str, bool]:
        """(the link of who stands here, '' for nobody; whether somebody stayed away too long)."""
        try:
            sealed = base64.urlsafe_b64decode(request.COOKIES.get(COOKIE, ""))
            token, seen = json.loads(self._box().decrypt(sealed))
        except (CryptoError, ValueError, TypeError, binascii.Error):
            return "", False
        if not 0 <= time.time() - seen <= IDLE + GRACE:
            return "", True
        return token, False

    def remember(self, response: HttpResponse, token: str) -> None:
        sealed = self._box().encrypt(json.dumps([token, time.time()]).encode())
        response.set_cookie(
            COOKIE,
            base64.urlsafe_b64encode(bytes(sealed)).decode(),
            max_age=IDLE + GRACE,
            path=self.path,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Strict",
        )

    def forget(self, response: HttpResponse) -> None:
        response.delete_cookie(COOKIE, path=self.path, samesite="Strict")

    def _box(self) -> SecretBox:
        return SecretBox(keys.kiosk_box(self.kiosk.wave_id, self.kiosk.pk))


def _place(request: HttpRequest, key: str) -> Place:
    found = keys.resolve_kiosk(key)
    kiosk = Kiosk.objects.select_related("wave__series").filter(pk=found[1], wave=found[0]).first() if found else None
    if kiosk is None:
        raise Refused("lost", 404)
    if kiosk.ended or not takes_answers(kiosk.wave, timezone.now()):
        raise Refused("over", 410, speak(request, kiosk.language))
    return Place(kiosk, key)


@door
def enter(request: HttpRequest, key: str) -> HttpResponse:
    """Say who you are; only POST looks anybody up."""
    place = _place(request, key)
    language = speak(request, place.kiosk.language)
    if request.method != "POST":
        response = _form(place, language, problem="kiosk_idle" if "idle" in request.GET else "")
        place.forget(response)
        return response
    wave = [place.kiosk.wave_id]
    if not guesses.allowed(request, wave):
        return _form(place, language, request, "too_often", 429)
    token, problem = _look_up(place, request)
    if not token:
        if problem not in ("code_short", "too_often"):
            guesses.wrong(request, wave)
        return _form(place, language, request, problem, 400 if problem == "code_short" else 404)
    chosen = f"?lang={language}" if request.GET.get("lang") else ""
    response = see_other(reverse("answering:kiosk_start", args=[key]) + chosen)
    place.remember(response, token)
    return response


def _look_up(place: Place, request: HttpRequest) -> tuple[str, str]:
    """(link, problem)."""
    kiosk = place.kiosk
    if kiosk.asks:
        invitation = kiosks.find(kiosk, {name: request.POST.get(name, "") for name in kiosk.asks})
        if invitation is None:
            return "", "kiosk_nobody"
        return keys.visit_token(kiosk.wave_id, invitation.pk), ""
    clean = codes.clean(request.POST.get("code", ""))
    if not clean:
        return "", "code_short"
    invitation = codes.resolve(clean, kiosk.wave_id)
    if invitation is None or not kiosks.asked(kiosk).filter(pk=invitation.pk).exists():
        return "", "code_wrong"
    if not limits.code_may_open(clean):
        return "", "too_often"
    return keys.visit_token(kiosk.wave_id, invitation.pk), ""


def _form(
    place: Place, language: str, request: HttpRequest | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    d = door_words(language)
    posted: Any = request.POST if request else {}
    return render(
        language,
        "kiosk",
        status=status,
        d=d,
        survey=place.kiosk.wave.series.name,
        fields=[(name, d[name], posted.get(name, "")[:200]) for name in place.kiosk.asks],
        typed=posted.get("code", "")[:40],
        problem=d.get(problem, ""),
        mild=problem == "kiosk_idle",
    )


def _within(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An answering page, shown to whoever the cookie names; without one, the way back to the start."""

    @door
    def inside(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
        place = _place(request, key)
        token, idle = place.visitor(request)
        if not token:
            if request.headers.get("X-Autosave"):
                return HttpResponse(status=410)
            response = see_other(place.path + ("?idle" if idle else ""))
            place.forget(response)
            return response
        d = door_words(speak(request, place.kiosk.language))
        request.kiosk = {  # type: ignore[attr-defined]
            "key": key,
            "end": reverse("answering:kiosk_end", args=[key]),
            "stay": reverse("answering:kiosk_stay", args=[key]),
            "idle": IDLE,
            "leave": d["kiosk_leave"],
            "soon": d["kiosk_soon"],
            "away": d["kiosk_away"],
        }
        response = view(request, token, **kwargs)
        place.remember(response, token)
        return response

    return inside


start = _within(views.start)
page = _within(views.page)
check = _within(views.check)


def _stayed(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse(status=204)


stay = _within(_stayed)


@door
def thanks(request: HttpRequest, key: str) -> HttpResponse:
    """After sending: nobody stands here any more."""
    place = _place(request, key)
    language = speak(request, place.kiosk.language)
    response = render(language, "kiosk_thanks", d=door_words(language), again=place.path)
    place.forget(response)
    return response


@door
def end(request: HttpRequest, key: str) -> HttpResponse:
    """Leave, or be forgotten."""
    place = _place(request, key)
    response = see_other(place.path + ("?idle" if "idle" in request.GET else ""))
    place.forget(response)
    return response
