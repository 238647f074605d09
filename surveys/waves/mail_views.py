"""HR's page of the survey mails: who they come from, how they are signed, how they look."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from culture.access import clock, organisation
from culture.access.permissions import Permission, require
from culture.people.models import Employee
from surveys.waves import signatures
from surveys.waves.channel_forms import SignatureForm
from surveys.waves.mails import Letter, sample
from surveys.waves.models import Wave

IN_A_FORTNIGHT = dt.timedelta(days=14)


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def survey_mails(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Employee)
    known = organisation.current()
    form = SignatureForm(known.languages, request.POST or None, initial=signatures.all_of())
    if request.method == "POST" and form.is_valid():
        try:
            changed = signatures.write(form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved. It stands below the next mails.") if changed else _("Nothing changed."))
            return redirect("waves:mails")
    language = request.GET.get("language", "")
    language = language if language in known.languages else known.language
    kind = "reminder" if request.GET.get("kind") == "reminder" else "invitation"
    context: dict[str, Any] = {
        "form": form,
        "sender": known.sender,
        "bounces": settings.EMAIL_BOUNCES,
        "languages": [(code, get_language_info(code)["name_local"].capitalize()) for code in known.languages],
        "language": language,
        "kind": kind,
        "mail": sample(_letter(request.user, language, kind)),
        "unsigned": not signatures.all_of(),
    }
    return render(request, "surveys/waves/mails.html", context, status=400 if form.errors else 200)


def _letter(reader: Employee, language: str, kind: str) -> Letter:
    """As the reader would get it, of the wave that is asked next (or of one to come, if none is planned)."""
    waves = Wave.objects.filter(state__in=[Wave.State.OPEN, Wave.State.SCHEDULED]).select_related("series")
    wave = waves.defer("snapshot", "participation").order_by("opens_on").first()
    return Letter(
        message_id=0,
        invitation_id=0,
        wave_id=0,
        kind=kind,
        series=wave.series.name if wave else _("Culture pulse"),
        k=wave.series.k if wave else organisation.current().k,
        closes_on=wave.closes_on if wave else clock.today() + IN_A_FORTNIGHT,
        given_name=reader.given_name,
        email=reader.email or "",
        language=language,
    )
