"""The power of three: today's page, one's own log, three letters to adapt. Nobody but the writer opens these."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.practices import figures, notes, switching, texts_letters
from programs.practices.forms import NoteForm
from programs.practices.models import PracticeNote, Recovery
from programs.training import languages

HERE = "programs/practices"
PAGE = 40
NAMES = {"en": "English", "it": "Italiano", "ro": "Română", "zh-hans": "简体中文", "fr": "Français"}


def me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)


def show(form: Any, refused: ValidationError) -> None:
    """Put each message where the person is looking; what has no field of its own goes on top."""
    if not hasattr(refused, "error_dict"):
        form.add_error(None, refused.messages)
        return
    for field, errors in refused.message_dict.items():
        form.add_error(field if field in form.fields and field != "key" else None, errors)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.DO_TRAINING)
def today(request: HttpRequest) -> HttpResponse:
    """Write down what was done; see the own week."""
    person, now = me(request), timezone.now()
    day = figures.today_of(now)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        entry = notes.Entry(data["kind"], data["customer"], data["many"], form.on(day), data["key"], data["note"])
        try:
            made = notes.log(by=person, entry=entry, today=day, now=now)
        except ValidationError as refused:
            show(form, refused)
        else:
            told = ngettext("%(n)s personal note is written down.", "%(n)s personal notes are written down.", made.many)
            messages.success(request, told % {"n": made.many})
            return redirect("practices:today")
    context = {
        "form": form,
        "own": notes.own(person, day),
        "on": switching.keeps(person, day),
        "last": notes.mine(person)[:3],
        "owed": Recovery.objects.running().filter(employee=person).count(),
    }
    return render(request, f"{HERE}/today.html", context, status=400 if form.errors else 200)


@require_safe
@require(Permission.DO_TRAINING)
def log(request: HttpRequest) -> HttpResponse:
    """Everything the reader wrote down, and nobody else's."""
    page = Paginator(notes.mine(me(request)), PAGE).get_page(request.GET.get("page"))
    return render(request, f"{HERE}/log.html", {"page": page})


@require_POST
@require(Permission.DO_TRAINING)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    if not notes.remove(by=me(request), pk=pk):
        raise Http404
    messages.success(request, _("Taken out of your log."))
    return redirect("practices:log")


@require_safe
@require(Permission.DO_TRAINING)
def letters(request: HttpRequest) -> HttpResponse:
    """Three letters in the chosen language: adapted and copied in the browser, never sent to us."""
    wish = request.GET.get("lang") or me(request).language or translation.get_language()
    language = languages.nearest(wish, texts_letters.LANGUAGES)
    language = language if language in texts_letters.LANGUAGES else "en"
    rows = [
        {"kind": kind, "text": texts_letters.LETTERS[kind.value][language], "when": texts_letters.WHEN[kind.value]}
        for kind in PracticeNote.Kind
    ]
    context = {"rows": rows, "language": language, "languages": list(NAMES.items())}
    return render(request, f"{HERE}/letters.html", context)
