"""Tailoring in the browser: edit, add, switch, restore, compare, history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.framework import reading, sections, tailoring
from culture.framework.forms import AddForm, ReasonForm, WordingForm, initial
from culture.framework.models import AskedEntry, CatalogueEntry, CatalogueVersion, TailoringChange
from culture.framework.views import entry_or_404, may_tailor
from culture.people.models import Employee

PER_PAGE = 50


def tailor(request: HttpRequest) -> Employee:
    """Who writes; refuses whoever may adapt the framework for a part of the organisation only."""
    if not may_tailor(request):
        raise PermissionDenied
    assert isinstance(request.user, Employee)
    return request.user


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_FRAMEWORK)
def edit(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """The organisation's words for one entry, in every language."""
    by, entry = tailor(request), entry_or_404(kind, code)
    asked = isinstance(entry, AskedEntry)
    seen = tailoring.fingerprint(entry)
    if request.method != "POST":
        form = WordingForm(initial={**initial(entry), "seen": seen}, entry=entry, asked=asked)
        return _edit_page(request, form, entry, kind)
    form = WordingForm(request.POST, entry=entry, asked=asked)
    if form.is_valid():
        given = {"wording": form.wording(), "seen": form.cleaned_data["seen"], "reason": form.cleaned_data["reason"]}
        try:
            changed = tailoring.reword(entry=entry, by=by, **given)
        except ValidationError as refused:
            form.refuse(refused)
            # Saving once more, after having been told, shall work.
            again = request.POST.copy()
            again["seen"] = seen
            form.data = again
        else:
            told = _("%(code)s is saved.") if changed else _("%(code)s is as it was: nothing was different.")
            messages.success(request, told % {"code": code})
            return redirect("framework:entry", kind, code)
    return _edit_page(request, form, entry, kind)


def _edit_page(request: HttpRequest, form: WordingForm, entry: CatalogueEntry, kind: str) -> HttpResponse:
    language = reading.language_of(request)
    context = {
        "form": form,
        "entry": entry,
        "kind": kind,
        "line": reading.Line(entry, kind, language),
        "group": sections.group_of(entry),
        "language": language,
    }
    return render(request, "culture/framework/edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_FRAMEWORK)
def add(request: HttpRequest, kind: str) -> HttpResponse:
    """A requirement or behaviour of one's own."""
    by = tailor(request)
    if kind not in tailoring.ADDABLE:
        raise Http404
    chosen = request.GET.get("group", "")
    form = AddForm(request.POST or None, kind=kind, initial={"group": chosen})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            entry = tailoring.add(kind=kind, group=data["group"], wording=form.wording(), by=by, reason=data["reason"])
        except ValidationError as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(code)s is added. Next: for whom does it matter?") % {"code": entry.code})
            return redirect(f"{reverse('framework:profiles')}?group={data['group']}")
    context = {"form": form, "kind": kind, "language": reading.language_of(request)}
    return render(request, "culture/framework/add.html", context, status=422 if form.errors else 200)


ACTIONS: dict[str, tuple[Any, Any]] = {
    "off": (tailoring.switch_off, lambda code: _("%(code)s is switched off. Old records still show it.") % code),
    "on": (tailoring.switch_on, lambda code: _("%(code)s is switched on.") % code),
    "restore": (tailoring.restore, lambda code: _("%(code)s says what the catalogue says.") % code),
    "keep": (tailoring.keep, lambda code: _("%(code)s keeps your words.") % code),
}


@require_POST
@require(Permission.MANAGE_FRAMEWORK)
def act(request: HttpRequest, kind: str, code: str, action: str) -> HttpResponse:
    """Switch off or on, restore, or keep one's own words over a newer catalogue text."""
    by, entry = tailor(request), entry_or_404(kind, code)
    if action not in ACTIONS:
        raise Http404
    do, told = ACTIONS[action]
    form = ReasonForm(request.POST)
    if not form.is_valid() or "\0" in form.cleaned_data.get("reason", ""):
        messages.error(request, _("The reason may have 500 characters at most. Nothing was changed."))
        return redirect("framework:entry", kind, code)
    try:
        do(entry=entry, by=by, reason=form.cleaned_data["reason"])
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, told({"code": code}))
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("framework:entry", kind, code)


@require_safe
@require(Permission.MANAGE_FRAMEWORK)
def compare(request: HttpRequest) -> HttpResponse:
    """The organisation's copy beside the catalogue."""
    tailor(request)
    show = request.GET.get("show", "ours")
    show = show if show in reading.SHOWN else "ours"
    language = reading.language_of(request)
    found, counts = reading.pairs(show, language)
    names = {
        "ours": _("Tailored"), "newer": _("Newer catalogue text"), "off": _("Switched off"), "own": _("Your own"),
        "all": _("Everything"),
    }  # fmt: skip
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "show": show,
        "filters": [{"key": key, "name": names[key], "count": counts[key]} for key in reading.SHOWN],
        "counts": counts,
        "language": language,
        "languages": reading.LANGUAGES,
        "versions": CatalogueVersion.objects.all()[:5],
        "here": request.get_full_path(),
    }
    return render(request, "culture/framework/compare.html", context)


@require_safe
@require(Permission.MANAGE_FRAMEWORK)
def history(request: HttpRequest) -> HttpResponse:
    """Who changed what of the organisation's copy, newest first."""
    tailor(request)
    page = Paginator(TailoringChange.objects.select_related("by"), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "changes": reading.told(page.object_list)}
    return render(request, "culture/framework/history.html", context)
