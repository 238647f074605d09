"""The holder's page of a certificate, its PDF, and the public page anybody with the link can open."""

from __future__ import annotations

import hashlib
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from culture.access import organisation, where
from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.training import certificates, languages
from programs.training.certificate_texts import LANGUAGES, words
from programs.training.content_models import Certificate
from programs.training.models import Completion

# A whole office shares a network; a person looks at one certificate, a recruiter at a few.
LOOKS, SECONDS = 60, 60


class ShowForm(forms.Form):
    shows = forms.MultipleChoiceField(
        label=gettext_lazy("What the link shows"),
        choices=Certificate.Part.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("It always says which organisation issued it, and whether it is valid."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # To show nothing but that it is valid is an answer, too.
        self.fields["shows"].needed_when_used = True  # type: ignore[attr-defined]


@require(Permission.DO_TRAINING)
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    completion = _mine(request, pk)
    found = certificates.of(completion)
    start = {"shows": found.shows if found else certificates.USUAL}
    form = ShowForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            _act(request, completion, found, form.cleaned_data["shows"])
            return redirect("training:certificate", pk)
        except ValidationError as error:
            form.add_error(None, error.messages)
    person = _me(request)
    language = certificates.language_of(person)
    lacking = certificates.lacking(person.get_full_name() + words(language)["certificate"])
    context = {
        "completion": completion,
        "course": completion.version.course,
        "certificate": found,
        "link": certificates.link(found) if found else "",
        "until": certificates.until(completion),
        "revocation": getattr(completion, "revocation", None),
        "form": form,
        "language": languages.name(language),
        "lacking": lacking,
    }
    return render(request, "programs/training/certificate.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, completion: Completion, found: Certificate | None, shows: list[str]) -> None:
    do, me = request.POST.get("do", ""), _me(request)
    if do == "end" and found:
        certificates.end(by=me, certificate=found, now=timezone.now())
        messages.success(request, _("The link leads nowhere any more."))
    elif do == "show" and found:
        certificates.show(by=me, certificate=found, shows=shows)
        messages.success(request, _("The link shows what you chose."))
    elif do in {"make", "renew"}:
        certificates.issue(by=me, completion=completion, shows=shows, now=timezone.now())
        messages.success(request, _("The link is made. Whoever you give it to can open it, without signing in."))


@require(Permission.DO_TRAINING)
@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    completion = _mine(request, pk)
    if hasattr(completion, "revocation"):
        messages.error(request, _("This completion was revoked: there is nothing to certify."))
        return redirect("training:certificate", pk)
    language = languages.nearest(request.GET.get("lang"), LANGUAGES) or certificates.language_of(_me(request))
    made = certificates.printed(completion, language=language)
    name = f"certificate-{completion.version.course.slug or completion.pk}.pdf"
    return HttpResponse(
        made.pdf, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@login_not_required
@require_safe
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Says what the holder allows. A wrong link and one taken back look the same."""
    chosen = languages.nearest(request.GET.get("lang"), LANGUAGES)
    usual = organisation.current().language
    language = chosen or languages.nearest(get_language(), LANGUAGES) or languages.nearest(usual, LANGUAGES) or "en"
    said = words(language)
    context: dict[str, Any] = {
        "w": said,
        "language": language,
        "menu": [(code, languages.name(code)) for code in LANGUAGES],
    }
    with translation.override(language):
        if not _may_look(request):
            context |= {"heading": said["too_often"], "state": "wait"}
            return _public(request, context, 429)
        proof = certificates.verify(token, timezone.localdate())
        if proof is None:
            context |= {"heading": said["unknown"], "more": said["unknown_more"], "state": "unknown"}
            return _public(request, context, 404)
        context |= {"state": proof.state, "facts": _facts(proof, said, language)}
        revoked = certificates.day_in(proof.revoked_on) if proof.revoked_on else ""
        context["heading"] = said[proof.state].format(day=revoked)
        return _public(request, context, 200)


def _facts(proof: certificates.Proof, said: dict[str, str], language: str) -> list[tuple[str, str]]:
    rows = [(said["issued_by"], proof.organisation)]
    if proof.name is not None:
        rows.append((said["holder"], proof.name))
    if proof.course is not None:
        rows.append((said["course"], proof.course.get(language) or proof.course[""]))
    if proof.day is not None:
        rows.append((said["day"], certificates.day_in(proof.day)))
    if proof.shows_until:
        rows.append((said["valid_until"], certificates.day_in(proof.until) if proof.until else said["for_good"]))
    if proof.score is not None:
        rows.append((said["result"], f"{proof.score} %"))
    return rows


def _public(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = render(request, "programs/training/verify.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _may_look(request: HttpRequest) -> bool:
    """Counted by network, under a keyed hash that names no address and is gone in a minute."""
    secret = hashlib.sha256(f"certificates/{settings.SECRET_KEY}".encode()).digest()
    network = where.network(where.client_address(request))
    key = "certificate:" + hashlib.blake2b(network.encode(), key=secret, digest_size=12).hexdigest()
    try:
        return bool(cache.add(key, 1, SECONDS)) or int(cache.incr(key)) <= LOOKS
    except ValueError:  # ran out just now
        return True


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)


def _mine(request: HttpRequest, pk: int) -> Completion:
    rows = Completion.objects.select_related("version__course", "employee", "revocation")
    return get_object_or_404(rows, pk=pk, employee=_me(request))
