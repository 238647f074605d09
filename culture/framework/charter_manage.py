"""The charter as HR keeps it: the draft, publishing, who has read it."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access import clock
from culture.access.audit import record
from culture.access.permissions import Permission, can, require, visible_units
from culture.framework import charter, charter_forms, charter_readers
from culture.framework.charter_models import CharterVersion
from culture.framework.charter_views import compared, shown, spoken
from culture.people.models import Employee, Unit

PER_PAGE = 50
LANGUAGES = dict(settings.LANGUAGES)


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)


@require_safe
@require(Permission.MANAGE_FRAMEWORK)
def manage(request: HttpRequest) -> HttpResponse:
    """Every version with its share of readers, and the draft."""
    today = clock.today()
    versions = list(CharterVersion.objects.published())
    people = charter_readers.everybody(today)
    read = charter_readers.read_by_version(people)
    total = people.count()
    rows = [
        {
            "version": version,
            "standing": charter.standing(version, versions, today),
            "read": read.get(version.pk, 0),
            "people": total,
        }
        for version in versions
    ]
    draft = CharterVersion.objects.filter(state=CharterVersion.State.DRAFT).select_related("changed_by").first()
    context = {
        "rows": rows,
        "now": next((row for row in rows if row["standing"] == "in_force"), None),
        "draft": draft,
        "hindrances": charter.hindrances(draft) if draft else [],
        "sees_people": can(request.user, Permission.MANAGE_PEOPLE),
    }
    return render(request, "culture/framework/charter_manage.html", context)


@require_POST
@require(Permission.MANAGE_FRAMEWORK)
def begin(request: HttpRequest) -> HttpResponse:
    charter.draft(by=_me(request))
    return redirect("framework:charter_draft")


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_FRAMEWORK)
def draft(request: HttpRequest) -> HttpResponse:
    """One language of the draft; every button saves."""
    user = _me(request)
    found = CharterVersion.objects.filter(state=CharterVersion.State.DRAFT).select_related("changed_by").first()
    if found is None:
        messages.info(request, _("There is no draft. It was published or discarded."))
        return redirect("framework:charter_manage")
    if request.method != "POST":
        language = _written(spoken(request), found)
        form = charter_forms.DraftForm(initial=charter_forms.saved(found, language))
        return _draft_page(request, found, form, language)
    language = request.POST.get("language", "")
    language = _written(language, found)
    form = charter_forms.DraftForm(request.POST, initial=charter_forms.saved(found, language))
    if not form.is_valid():
        return _draft_page(request, found, form, language, status=422)
    try:
        charter.save_draft(
            by=user,
            revision=form.cleaned_data["revision"],
            language=language,
            texts=form.texts(),
            standards=charter_forms.moved(form.standards(), request.POST),
        )
    except charter.Stale:
        return _overtaken(request, found, form, language)
    return _after_saving(request, language)


def _written(language: str, found: CharterVersion) -> str:
    """``language`` when the charter is written in it, else the organisation's main one."""
    codes = [code for code, _name in charter.languages(found)]
    return language if language in codes else codes[0]


def _overtaken(
    request: HttpRequest, found: CharterVersion, form: charter_forms.DraftForm, language: str
) -> HttpResponse:
    """Somebody saved meanwhile: what was typed stays on the page, and saving again is a decision."""
    found.refresh_from_db()
    data = request.POST.copy()
    data["revision"] = str(found.revision)
    again = charter_forms.DraftForm(data, initial=charter_forms.saved(found, language))
    again.is_valid()
    return _draft_page(request, found, again, language, status=409, overtaken=True)


def _after_saving(request: HttpRequest, language: str) -> HttpResponse:
    there = reverse("framework:charter_draft")
    wanted = request.POST.get("go", "")
    if wanted in LANGUAGES:
        return redirect(f"{there}?language={wanted}")
    if "publish" in request.POST:
        return redirect("framework:charter_publish")
    if {"add_standard", "remove_standard", "up_standard"} & request.POST.keys():
        return redirect(f"{there}?language={language}#standards")
    messages.success(request, _("Saved. Nobody but HR sees the draft."))
    return redirect(f"{there}?language={language}")


def _draft_page(
    request: HttpRequest,
    found: CharterVersion,
    form: charter_forms.DraftForm,
    language: str,
    status: int = 200,
    overtaken: bool = False,
) -> HttpResponse:
    gaps = charter.missing(found)
    context = {
        "draft": found,
        "form": form,
        "language": language,
        "language_name": LANGUAGES[language],
        "languages": [{"code": c, "name": n, "gaps": len(gaps.get(c, []))} for c, n in charter.languages(found)],
        "other": shown(found, "en") if language != "en" else None,
        "overtaken": overtaken,
        "most": charter.MOST_STANDARDS,
    }
    return render(request, "culture/framework/charter_draft.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_FRAMEWORK)
def publish(request: HttpRequest) -> HttpResponse:
    """The draft as it will be read, what changes, what is missing; then the day."""
    user, today = _me(request), clock.today()
    found = CharterVersion.objects.filter(state=CharterVersion.State.DRAFT).first()
    if found is None:
        messages.info(request, _("There is no draft. It was published or discarded."))
        return redirect("framework:charter_manage")
    if request.method != "POST":
        form = charter_forms.PublishForm(initial={"effective_on": today, "revision": found.revision})
        return _publish_page(request, found, form)
    form = charter_forms.PublishForm(request.POST)
    if not form.is_valid():
        return _publish_page(request, found, form, status=422)
    try:
        done = charter.publish(by=user, today=today, **form.cleaned_data)
    except charter.Stale:
        again = charter_forms.PublishForm({**request.POST.dict(), "revision": found.revision})
        return _publish_page(request, found, again, status=409, overtaken=True)
    except ValidationError as error:
        form.add_error(None, error)
        return _publish_page(request, found, form, status=422)
    messages.success(
        request,
        _("Version %(n)s is published. It is in force from %(day)s, and everybody is asked to acknowledge it.")
        % {"n": done.number, "day": charter.day(form.cleaned_data["effective_on"])},
    )
    return redirect("framework:charter_manage")


def _publish_page(
    request: HttpRequest, found: CharterVersion, form: Any, status: int = 200, overtaken: bool = False
) -> HttpResponse:
    language, old = spoken(request), charter.before(found)
    gaps = charter.missing(found)
    context = {
        "draft": found,
        "form": form,
        "old": old,
        "comparison": compared(old, found, language) if old else None,
        "hindrances": charter.hindrances(found),
        "gaps": [{"name": LANGUAGES[code], "code": code, "parts": parts} for code, parts in gaps.items()],
        "complete": [name for code, name in charter.languages(found) if code not in gaps],
        "language": language,
        "languages": charter.languages(found),
        "overtaken": overtaken,
        **shown(found, language),
    }
    return render(request, "culture/framework/charter_publish.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_FRAMEWORK)
def discard(request: HttpRequest) -> HttpResponse:
    """Asks first."""
    user = _me(request)
    if request.method == "POST":
        charter.discard(by=user)
        messages.success(request, _("The draft is discarded. Published versions are as they were."))
        return redirect("framework:charter_manage")
    found = CharterVersion.objects.filter(state=CharterVersion.State.DRAFT).first()
    if found is None:
        return redirect("framework:charter_manage")
    return render(request, "culture/framework/charter_discard.html", {"draft": found})


def _unit(request: HttpRequest) -> Unit | None:
    """The unit asked for by ``?unit=``, among those the reader may see (else 404)."""
    wanted = request.GET.get("unit", "")
    if not wanted:
        return None
    mine = visible_units(request.user, Permission.MANAGE_PEOPLE)
    return get_object_or_404(mine, pk=int(wanted) if wanted.isdigit() and len(wanted) < 18 else 0)


@require_safe
@require(Permission.MANAGE_PEOPLE)
def readers(request: HttpRequest, number: int) -> HttpResponse:
    """How many have read a version, by unit; a unit opens to those below it."""
    version = get_object_or_404(CharterVersion.objects.published(), number=number)
    user, today, unit = cast(Employee, request.user), clock.today(), _unit(request)
    people = charter_readers.asked(user, today)
    whole, shares, way = charter_readers.by_unit(people, version, unit)
    context = {
        "version": version,
        "unit": unit,
        "whole": whole,
        "shares": shares,
        "way": [step for step in way if unit and step.pk != unit.pk],
        "not_yet": version.effective_on and version.effective_on > today,
    }
    return render(request, "culture/framework/charter_readers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_PEOPLE)
def unread(request: HttpRequest, number: int) -> HttpResponse:
    """Who has not acknowledged a version; people without e-mail are marked, and their signature on paper is noted."""
    version = get_object_or_404(CharterVersion.objects.published(), number=number)
    user, today, unit = cast(Employee, request.user), clock.today(), _unit(request)
    if request.method == "POST":
        return _note_paper(request, version, user)
    search = request.GET.get("q", "").replace("\0", "").strip()[:100]
    silent = request.GET.get("silent") == "1"
    people = charter_readers.people_of(
        charter_readers.asked(user, today), version, unit=unit, search=search, silent=silent
    )
    context = {
        "version": version,
        "unit": unit,
        "page": Paginator(people, PER_PAGE).get_page(request.GET.get("page")),
        "search": search,
        "silent": silent,
        "in_force": version.effective_on and version.effective_on <= today,
    }
    return render(request, "culture/framework/charter_unread.html", context)


def _note_paper(request: HttpRequest, version: CharterVersion, user: Employee) -> HttpResponse:
    today = clock.today()
    wanted = [int(value) for value in request.POST.getlist("person") if value.isdigit() and len(value) < 18]
    people = list(charter_readers.asked(user, today).filter(pk__in=wanted[: 2 * PER_PAGE]))
    there = f"{request.path}?{request.GET.urlencode()}" if request.GET else request.path
    if not people:
        messages.warning(request, _("Nobody was chosen. Tick the people whose signature you hold."))
        return redirect(there)
    try:
        noted = charter.record_paper(by=user, number=version.number or 0, people=people, today=today)
    except charter.Stale:
        messages.error(request, _("This version is not in force yet, so nobody can have acknowledged it."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        words = ngettext("%(n)s person is noted as having read it.", "%(n)s people are noted as having read it.", noted)
        messages.success(request, words % {"n": noted})
    return redirect(there)


@require_safe
@require(Permission.MANAGE_PEOPLE)
def readers_csv(request: HttpRequest, number: int) -> Any:  # a streaming response is no HttpResponse to the stubs
    """Everybody the reader may see, with the day of reading; for a spreadsheet."""
    version = get_object_or_404(CharterVersion.objects.published(), number=number)
    user = cast(Employee, request.user)
    people = charter_readers.asked(user, clock.today())
    record(user, "charter.export", version, number=number)
    response = StreamingHttpResponse(charter_readers.as_csv(people, version), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="charter-{number}-readers.csv"'
    return response
