"""The editor: drafts, their sections and questions. Every step works without JavaScript and can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.framework.texts import pick
from culture.people.models import Employee
from surveys.instruments import checking, content, editing, kind_examples, showing
from surveys.instruments.content import Content, Item, Refused
from surveys.instruments.findings import refusal, words
from surveys.instruments.forms import NamesForm, SectionForm, spread
from surveys.instruments.item_form import FACETS, ItemForm
from surveys.instruments.loading import content_of, draft_of
from surveys.instruments.models import Instrument, InstrumentVersion
from surveys.instruments.scales import KINDS
from surveys.instruments.section_titles import SECTION_TITLES

FORM = ["GET", "HEAD", "POST"]


def by(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    return request.user


def drafted(key: str) -> tuple[Instrument, InstrumentVersion, Content]:
    """The questionnaire with its draft; 404 without one."""
    instrument = get_object_or_404(Instrument, key=key)
    version = draft_of(instrument)
    if version is None:
        raise Http404
    return instrument, version, content_of(version)


def back(instrument: Instrument, code: str = "") -> HttpResponse:
    """To the editor, at the line that was worked on."""
    place = f"#line-{code}" if code else ""
    return redirect(reverse("instruments:edit", args=(instrument.key,)) + place)


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(FORM)
def new(request: HttpRequest) -> HttpResponse:
    """A questionnaire from scratch."""
    form = NamesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {"name": form.text("name"), "purpose": form.text("purpose"), "sources": form.cleaned_data["sources"]}
        return back(editing.create(by=by(request), **given))
    return render(request, "surveys/instruments/names.html", {"form": form}, status=400 if form.errors else 200)


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(FORM)
def names(request: HttpRequest, key: str) -> HttpResponse:
    instrument = get_object_or_404(Instrument, key=key)
    initial = {
        **spread("name", instrument.name),
        **spread("purpose", instrument.purpose),
        "sources": "\n".join(instrument.sources),
    }
    form = NamesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {"name": form.text("name"), "purpose": form.text("purpose"), "sources": form.cleaned_data["sources"]}
        editing.rename(instrument, by=by(request), **given)
        messages.success(request, _("Saved."))
        return redirect("instruments:detail", instrument.key)
    context = {"form": form, "instrument": instrument}
    return render(request, "surveys/instruments/names.html", context, status=400 if form.errors else 200)


@require(Permission.MANAGE_SURVEYS)
@require_POST
def take(request: HttpRequest, key: str) -> HttpResponse:
    """The library's questionnaire into the organisation's own list."""
    try:
        instrument = editing.take_from_library(by=by(request), key=key)
    except KeyError:
        raise Http404 from None
    messages.success(request, _("It is ready to be asked. Change what you like: editing makes a draft first."))
    return redirect("instruments:detail", instrument.key)


@require(Permission.MANAGE_SURVEYS)
@require_safe
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The draft: sections and questions, each with what can be done to it, and what is wrong."""
    instrument, version, held = drafted(key)
    language = showing.language_of(request)
    found = checking.findings(held, list(showing.LANGUAGES))
    known = {item["code"] for item in held["items"]} | {one["key"] for one in held["sections"]}
    last = version.steps.order_by("-pk").first()
    context = {
        "instrument": instrument,
        "version": version,
        "groups": showing.groups(held, language, found),
        "errors": sum(one.level == checking.ERROR for one in found),
        "whole": [(one.level, words(one)) for one in found if one.code not in known],
        "hints": sum(one.level == checking.HINT for one in found),
        "last": STEP_WORDS.get(last.what, "") if last else "",
        "last_code": last.code if last else "",
        "language": language,
        "languages": showing.LANGUAGES,
        "automatic": not held["sections"],
        **showing.facts(held),
    }
    return render(request, "surveys/instruments/edit.html", context)


STEP_WORDS: dict[str, Any] = {
    "item": _l("changed"),
    "new": _l("added"),
    "removed": _l("removed"),
    "moved": _l("moved"),
    "copied": _l("copied"),
    "rule": _l("shown when"),
    "section": _l("section"),
    "sections": _l("sections"),
    "import": _l("imported"),
}


@require(Permission.MANAGE_SURVEYS)
@require_POST
def do(request: HttpRequest, key: str) -> HttpResponse:
    """One step without a form of its own; which one is the button's name."""
    instrument = get_object_or_404(Instrument, key=key)
    what, code = request.POST.get("do", ""), request.POST.get("code", "")[:50]
    if what in STEPS:
        name, step = STEPS[what]
        try:
            editing.change(instrument, by=by(request), what=name, code=code, edit=lambda held: step(held, code))
        except Refused as refused:
            messages.error(request, refusal(refused.reason))
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
            return redirect("instruments:detail", instrument.key)
        return back(instrument, "" if what == "remove" else code)
    if what not in WHOLE:
        raise BadRequest("no such step")
    try:
        return WHOLE[what](request, instrument)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return back(instrument) if draft_of(instrument) else redirect("instruments:detail", instrument.key)


STEPS: dict[str, tuple[str, Callable[[Content, str], Content]]] = {
    "up": ("moved", lambda held, code: content.move(held, code, -1)),
    "down": ("moved", lambda held, code: content.move(held, code, 1)),
    "copy": ("copied", content.duplicate),
    "remove": ("removed", content.remove),
    "section-up": ("section", lambda held, key: content.move_section(held, key, -1)),
    "section-down": ("section", lambda held, key: content.move_section(held, key, 1)),
    "section-remove": ("section", content.remove_section),
    "sections": ("sections", lambda held, _code: content.by_dimension(held, SECTION_TITLES)),
}


def _begin(request: HttpRequest, instrument: Instrument) -> HttpResponse:
    editing.draft(instrument, by=by(request))
    return back(instrument)


def _undo(request: HttpRequest, instrument: Instrument) -> HttpResponse:
    step = editing.undo(instrument, by=by(request))
    messages.success(request, _("The last change is undone.") if step else _("There is nothing to undo."))
    return back(instrument, step.code if step else "")


def _finish(request: HttpRequest, instrument: Instrument) -> HttpResponse:
    version = editing.finish(instrument, by=by(request))
    told = _("Edition %(number)s is ready: waves that open from now on ask it.")
    messages.success(request, told % {"number": version.number})
    return redirect("instruments:detail", instrument.key)


def _discard(request: HttpRequest, instrument: Instrument) -> HttpResponse:
    gone = editing.discard(instrument, by=by(request))
    told = _("The questionnaire is gone.") if gone else _("The draft is gone; nothing else changed.")
    messages.success(request, told)
    return redirect("instruments:list") if gone else redirect("instruments:detail", instrument.key)


def _duplicate(request: HttpRequest, instrument: Instrument) -> HttpResponse:
    made = editing.duplicate(instrument, by=by(request))
    messages.success(request, _("This is the copy. Give it a name of its own, and change what you like."))
    return back(made)


def _archive(request: HttpRequest, instrument: Instrument) -> HttpResponse:
    editing.archive(instrument, by=by(request), away=instrument.archived_at is None)
    return redirect("instruments:list")


WHOLE: dict[str, Callable[[HttpRequest, Instrument], HttpResponse]] = {
    "begin": _begin,
    "undo": _undo,
    "finish": _finish,
    "discard": _discard,
    "duplicate": _duplicate,
    "archive": _archive,
}


@require(Permission.MANAGE_SURVEYS)
@require_safe
def kinds(request: HttpRequest, key: str) -> HttpResponse:
    """Which kind of question? Each with an example. ``?code=``: of one that exists."""
    instrument, _version, held = drafted(key)
    item = content.find(held, request.GET.get("code", ""))
    section = request.GET.get("section", "")
    context = {
        "instrument": instrument,
        "item": item,
        "kinds": kind_examples.gallery(showing.language_of(request)),
        "query": f"?section={section}" if content.find_section(held, section) else "",
    }
    return render(request, "surveys/instruments/kinds.html", context)


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(FORM)
def item_new(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    instrument, _version, held = drafted(key)
    if kind not in KINDS:
        raise Http404
    return _item_page(request, instrument, held, kind, None)


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(FORM)
def item(request: HttpRequest, key: str, code: str) -> HttpResponse:
    instrument, _version, held = drafted(key)
    found = content.find(held, code)
    if found is None:
        raise Http404
    kind = request.GET.get("kind", "")
    return _item_page(request, instrument, held, kind if kind in KINDS else found["kind"], found)


def _item_page(
    request: HttpRequest, instrument: Instrument, held: Content, kind: str, found: Item | None
) -> HttpResponse:
    seen = content.fingerprint(found) if found else ""
    used = editing.used_values(instrument, found["code"]) if found else set[int]()
    given: dict[str, Any] = {"kind": kind, "content": held, "item": found, "used": used}
    initial = {"seen": seen, "section": request.GET.get("section", "")} if not found else {"seen": seen}
    if request.method != "POST":
        return _item_form(request, instrument, ItemForm(initial=initial, **given), found)
    form = ItemForm(request.POST, **given)
    if "more" in request.POST:
        return _item_form(request, instrument, _with_more_rows(request, given), found)
    if form.is_valid():
        if found and form.cleaned_data["seen"] != seen:
            again = request.POST.copy()
            again["seen"] = seen
            form = ItemForm(again, **given)
            form.add_error(
                None, _("Somebody changed this question meanwhile. Save once more to put yours in its place.")
            )
        else:
            return _save_item(request, instrument, form, found)
    return _item_form(request, instrument, form, found, status=400)


def _with_more_rows(request: HttpRequest, given: dict[str, Any]) -> ItemForm:
    """The form as it was typed, with more empty options; nothing is judged yet."""
    posted = {name: request.POST.getlist(name) for name in request.POST}
    form = ItemForm(request.POST, **given)
    initial: dict[str, Any] = {
        name: values if name == "requirements" else values[-1] for name, values in posted.items()
    }
    for name in ("required", "cannot_judge", "reversed"):
        initial[name] = name in posted
    rows = form.rows + 6
    return ItemForm(initial=initial, **given, more=rows)


def _item_form(
    request: HttpRequest, instrument: Instrument, form: ItemForm, found: Item | None, status: int = 200
) -> HttpResponse:
    earlier = editing.earlier_kind(instrument, found["code"]) if found else None
    context = {
        "instrument": instrument,
        "form": form,
        "item": found,
        "kind": form.kind,
        "kind_name": showing.KINDS[form.kind],
        "facets": FACETS,
        "earlier": earlier,
        "new_scale": bool(earlier and earlier["kind"] != form.kind),
    }
    return render(request, "surveys/instruments/item.html", context, status=status)


def _save_item(request: HttpRequest, instrument: Instrument, form: ItemForm, found: Item | None) -> HttpResponse:
    made = form.made()
    instead = found["code"] if found else ""
    try:
        editing.change(
            instrument,
            by=by(request),
            what="item" if found else "new",
            code=made["code"],
            edit=lambda held: content.put(held, made, instead_of=instead),
        )
    except Refused as refused:
        form.add_error(None, refusal(refused.reason))
        return _item_form(request, instrument, form, found, status=400)
    if "another" in request.POST:
        address = reverse("instruments:kinds", args=(instrument.key,))
        return redirect(f"{address}?section={made['section']}")
    return back(instrument, made["code"])


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(FORM)
def section_new(request: HttpRequest, key: str) -> HttpResponse:
    instrument, _version, held = drafted(key)
    return _section_page(request, instrument, held, None)


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(FORM)
def section(request: HttpRequest, key: str, section: str) -> HttpResponse:
    instrument, _version, held = drafted(key)
    found = content.find_section(held, section)
    if found is None:
        raise Http404
    return _section_page(request, instrument, held, found)


def _section_page(request: HttpRequest, instrument: Instrument, held: Content, found: Item | None) -> HttpResponse:
    initial = {}
    if found:
        intro = spread("intro", found.get("intro") or {})
        initial = {**spread("title", found["title"]), **intro, "shuffled": found["shuffled"]}
    form = SectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        key = found["key"] if found else ""
        made = form.section(key, [one["key"] for one in held["sections"]])
        try:
            editing.change(
                instrument,
                by=by(request),
                what="section",
                code=made["key"],
                edit=lambda held: content.put_section(held, made, instead_of=key),
            )
        except Refused as refused:
            form.add_error(None, refusal(refused.reason))
        else:
            return back(instrument, made["key"])
    context = {
        "instrument": instrument,
        "form": form,
        "section": found,
        "name": pick(found["title"]) if found else "",
        "takes_all": not held["sections"] and bool(held["items"]),
    }
    return render(request, "surveys/instruments/section.html", context, status=400 if form.errors else 200)
