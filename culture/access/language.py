"""Which language a page speaks: the person's own, else the browser's, else the organisation's.

Pages on which people answer have their own rule (surveys/answering/languages.py): there it belongs to the
questionnaire, and nobody asks who is signed in.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

from culture.access import audit, organisation
from culture.people.models import Employee


def supported(code: str | None) -> str:
    """The language of the interface for ``code`` (``fr-CA``: ``fr``), else ''."""
    try:
        return get_supported_language_variant(code or "")
    except LookupError:
        return ""


def of_person(person: Employee) -> str:
    """A person's own language if the organisation uses it, else the organisation's."""
    house = organisation.current()
    own = supported(person.language)
    return own if own in house.languages else supported(house.language) or settings.LANGUAGE_CODE


def _browser_speaks_ours(accepted: str) -> bool:
    return any(code == "*" or supported(code) for code, _weight in parse_accept_lang_header(accepted.lower()))


class Middleware(LocaleMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        accepted = request.headers.get("Accept-Language", "")
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        if accepted and not chosen and not _browser_speaks_ours(accepted):
            self._speak(request, supported(organisation.current().language))

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        # Pages for anybody ask for no session; those of sign-in know it anyway.
        asks = getattr(view, "login_required", True) or request.path.startswith("/accounts/")
        if asks and isinstance(request.user, Employee):
            self._speak(request, of_person(request.user))
        return None

    def _speak(self, request: HttpRequest, language: str) -> None:
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]


@transaction.atomic
def choose(person: Employee, *, language: str) -> bool:
    """Somebody chooses the language of his own pages and mails; whether that changed anything."""
    if not Employee.objects.filter(pk=person.pk).exclude(language=language).update(language=language):
        return False
    audit.record(person, "language.chosen", person, language=language)
    person.language = language
    return True
