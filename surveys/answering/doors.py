"""What holds for every answering page: who may come in, and what the answer to him must never carry."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from surveys.answering.languages import direction, known, offered, words

log = logging.getLogger(__name__)

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}


class Refused(Exception):
    """Ends a request with a message page: ``words`` has ``reason`` and ``reason``_note."""

    def __init__(self, reason: str, status: int, language: str = "", **values: Any) -> None:
        super().__init__(reason)
        self.reason, self.status, self.language, self.values = reason, status, language, values


def speak(request: HttpRequest, *wishes: str | None) -> str:
    """The language asked for in the address, else the first known of ``wishes``, else the browser's."""
    for wish in (request.GET.get("lang"), *wishes, get_language()):
        if language := known(wish):
            return language
    return "en"


def markup(language: str, template: str, **context: Any) -> str:
    """Without the request and its context processors: no session, no account, no cookie can get in."""
    context |= {
        "w": words(language),
        "language": language,
        "languages": context.get("languages") or offered(),
        "direction": direction(language),
    }
    return render_to_string(f"surveys/answering/{template}.html", context)


def render(language: str, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    response = HttpResponse(markup(language, template, **context), status=status)
    response["Content-Language"] = language
    return response


def message(request: HttpRequest, refused: Refused) -> HttpResponse:
    language = refused.language or speak(request)
    text = words(language)
    title, note = text[refused.reason], text[f"{refused.reason}_note"].format(**refused.values)
    if request.headers.get("X-Autosave"):
        return JsonResponse({"message": f"{title}. {note}"}, status=refused.status)
    return render(language, "message", status=refused.status, title=title, note=note, tone=refused.reason)


def door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Public, and silent: errors become pages, and neither logs nor reports learn the link or an answer.

    No CSRF token: there is no cookie and no account behind these pages, so a foreign site has no standing of the
    reader's to abuse; who knows the unguessable link may act, and who does not cannot forge a request.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.method not in {"GET", "HEAD", "POST"}:
                raise Refused("lost", 405)
            _ = request.POST  # read here, so that a body that is too large or broken gets a page
            response = view(request, *args, **kwargs)
        except Refused as refused:
            response = message(request, refused)
        except (SuspiciousOperation, BadRequest, MultiPartParserError, UnicodeError):
            response = message(request, Refused("too_big", 413))
        except Exception as error:
            # Neither message nor traceback: both can carry an answer or the link.
            log.error("An answering page failed: %s at %s", type(error).__name__, _place(error))
            response = message(request, Refused("broken", 500))
        for name, value in HEADERS.items():
            response[name] = value
        # Django logs the path of every 4xx and 5xx, and here the path is the credential.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    return login_not_required(csrf_exempt(guarded))


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace is not None else "?"
