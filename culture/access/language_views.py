"""The page on which anybody chooses the language of the pages: for himself, or before signing in for this browser."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from culture.access import language as languages
from culture.access import organisation, signin
from culture.people.models import Employee

YEAR = 365 * 24 * 3600


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose one of the languages."),
            "invalid_choice": gettext_lazy("Choose one of the languages."),
        },
    )

    def __init__(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        used = organisation.current().languages
        own = [(code, name) for code, name in settings.LANGUAGES if code in used]
        self.fields["language"].choices = own or settings.LANGUAGES  # type: ignore[attr-defined]


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """A signed-in person's own language is kept with the record; a visitor's in a cookie of the browser."""
    person = request.user if isinstance(request.user, Employee) and not signin.has_left(request.user) else None
    if person:
        translation.activate(languages.of_person(person))
    form = LanguageForm(
        request.POST if request.method == "POST" else None, initial={"language": translation.get_language()}
    )
    if request.method == "POST" and form.is_valid():
        return _keep(request, person, form.cleaned_data["language"])
    context = {"form": form, "next": _next(request), "base": "base.html" if person else "public.html"}
    return render(request, "culture/access/language.html", context, status=422 if form.errors else 200)


def _keep(request: HttpRequest, person: Employee | None, chosen: str) -> HttpResponse:
    answer = redirect(_next(request) or ("home" if person else "account_login"))
    if person is None:
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR, samesite="Lax", httponly=True)
        return answer
    languages.choose(person, language=chosen)
    with translation.override(chosen):
        messages.success(request, _("Saved: pages and messages come in this language."))
    return answer


def _next(request: HttpRequest) -> str:
    """Where he came from, if that is a page of ours."""
    asked = request.POST.get("next", "") if request.method == "POST" else request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith("/")
    return asked if safe and not asked.startswith("/language/") else ""
