"""Importing people: upload, questions, preview, decisions, confirmation. The record of imports is in record_views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from culture.access.permissions import Permission, require, sees_everything
from culture.people import drafts, sources, tasks, uploads
from culture.people.charsets import ENCODINGS
from culture.people.forms import AcceptForm, DecisionForm, MappingForm, ReadingForm, UploadForm
from culture.people.headings import TOLD, match, plain
from culture.people.import_models import DraftRow, ImportDraft, PeopleImport
from culture.people.models import Employee
from culture.people.planning import CHANGES
from culture.people.plans import LEAVING, Busy, quiet
from culture.people.tables import Refused, too_large

PER_PAGE = 50
KINDS = ("suspicious", "rejected", "left", "moved", "changed", "joined", "unchanged")
STATES = ImportDraft.State


def words() -> dict[str, str]:
    """What the kinds are called."""
    return {
        "joined": _("Joined"),
        "left": _("Left"),
        "moved": _("Moved"),
        "changed": _("Changed"),
        "unchanged": _("Untouched"),
        "rejected": _("Rejected"),
        "suspicious": _("Suspicious"),
    }


def phases() -> dict[str, str]:
    return {
        "waiting": _("Waits for the worker"),
        "reading": _("Reading the rows"),
        "comparing": _("Comparing with the people here"),
        "keeping": _("Preparing the preview"),
        "writing": _("Writing"),
        "busy": _("Another import is being written; this one follows"),
    }


def only_whole(request: HttpRequest) -> Employee:
    """An import may touch every unit, so it needs the right for the whole organisation."""
    if not isinstance(request.user, Employee) or not sees_everything(request.user, Permission.MANAGE_PEOPLE):
        raise PermissionDenied
    return request.user


# -- upload ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@require(Permission.MANAGE_PEOPLE)
@csrf_exempt  # checked below, once the size of what comes is limited
def import_(request: HttpRequest) -> HttpResponse:
    """Choose a file; it is read, kept, and shown as a preview."""
    only_whole(request)
    quota = uploads.limit(request)
    guarded: Callable[..., HttpResponse] = csrf_protect(_import)
    return guarded(request, quota)


def _import(request: HttpRequest, quota: uploads.Quota) -> HttpResponse:
    user = only_whole(request)
    if request.method == "GET":
        return _upload_page(request, UploadForm())
    sent = request.POST.copy()
    sent.setdefault("mode", CHANGES)
    form = UploadForm(sent, request.FILES)
    valid = form.is_valid()
    if quota.exceeded:
        form.errors.pop("file", None)
        return _upload_page(request, form, refused=too_large(), status=422)
    if not valid:
        return _upload_page(request, form, status=422)
    file = form.cleaned_data.pop("file")
    options = {name: value for name, value in form.cleaned_data.items() if value}
    try:
        draft = drafts.keep(
            content=file.read(), name=file.name, by=user, options=options, language=get_language() or "en"
        )
    except Refused as error:
        return _upload_page(request, form, refused=str(error), status=422)
    if draft.big:
        tasks.work_on_import.delay_on_commit(draft.pk)
    else:
        drafts.read(draft, quiet)
    if draft.state == STATES.REFUSED:
        text = draft.told["text"]
        drafts.drop(draft)
        return _upload_page(request, form, refused=text, status=422)
    return redirect("people:preview", token=draft.token)


def _upload_page(request: HttpRequest, form: UploadForm, refused: str = "", status: int = 200) -> HttpResponse:
    user = only_whole(request)
    context = {
        "form": form,
        "refused": refused,
        "history": PeopleImport.objects.select_related("by")[:5],
        "own": ImportDraft.objects.filter(by=user).defer("content").order_by("-at")[:5],
        "others": drafts.others(by=user),
        "sources": sources.names(),
    }
    return render(request, "culture/people/import.html", context, status=status)


# -- preview -----------------------------------------------------------------------------------------------------------


def draft_of(request: HttpRequest, token: str) -> ImportDraft:
    draft = drafts.find(token, by=only_whole(request))
    if draft is None:
        raise Http404
    return draft


@require_GET
@require(Permission.MANAGE_PEOPLE)
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """What the file would change; nothing is written yet. Before: its progress, or a question about it."""
    draft = drafts.find(token, by=only_whole(request))
    if draft is None:
        return _after(request, token)
    if draft.state in drafts.WORKING:
        return _progress_page(request, draft)
    if request.htmx:  # type: ignore[attr-defined]
        return _elsewhere(request.path)
    if draft.state == STATES.REFUSED:
        return render(request, "culture/people/import_refused.html", {"draft": draft})
    if draft.state == STATES.ASKING:
        return _question_page(request, draft)
    return preview_page(request, draft)


def _after(request: HttpRequest, token: str) -> HttpResponse:
    """The draft is gone: to what it became."""
    done = PeopleImport.objects.filter(about__draft=token, by=only_whole(request)).first()
    if done is None:
        raise Http404
    messages.success(request, written(done))
    address = redirect("people:import_detail", pk=done.pk)
    return _elsewhere(address["Location"]) if request.htmx else address  # type: ignore[attr-defined]


def _elsewhere(address: str) -> HttpResponse:
    """Let a page that polls go on to ``address``."""
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response


def written(done: PeopleImport) -> str:
    count = sum(done.counts.get(kind, 0) for kind in ("joined", "left", "moved", "changed"))
    sentence = ngettext("Imported. %(count)d person was written.", "Imported. %(count)d people were written.", count)
    return sentence % {"count": count}


def _progress_page(request: HttpRequest, draft: ImportDraft) -> HttpResponse:
    context = {
        "draft": draft,
        "phase": phases().get(draft.phase, _("Waits for the worker")),
        "writing": draft.state == STATES.APPLYING,
    }
    name = "import_progress_part" if request.htmx else "import_progress"  # type: ignore[attr-defined]
    return render(request, f"culture/people/{name}.html", context)


def _question_page(request: HttpRequest, draft: ImportDraft, form: Any = None, status: int = 200) -> HttpResponse:
    if draft.told["ask"] == "encoding":
        found = draft.told["candidates"]
        candidates = [
            {"value": name, "label": ENCODINGS[name], "samples": found[name]} for name in ENCODINGS if name in found
        ]
        context = {"draft": draft, "candidates": candidates}
        return render(request, "culture/people/import_encoding.html", context, status=status)
    return mapping_page(request, draft, form, status)


def mapping_page(request: HttpRequest, draft: ImportDraft, form: Any = None, status: int = 200) -> HttpResponse:
    """Which column is which, with the first rows beside each choice."""
    form = form or MappingForm(draft.told["header"], mapping_of(draft))
    examples = draft.told["examples"]
    columns = [
        {"field": bound, "examples": [row[at] for row in examples if at < len(row) and row[at]][:3]}
        for at, bound in form.columns()
    ]
    context = {"draft": draft, "form": form, "columns": columns, "asked": draft.state == STATES.ASKING}
    return render(request, "culture/people/import_mapping.html", context, status=status)


def mapping_of(draft: ImportDraft) -> dict[str, str]:
    """Plain heading → field as the file is read now."""
    header = draft.told["header"]
    if "headings" in draft.told:
        return {plain(heading): name for name, heading in draft.told["headings"].items()}
    return {plain(header[index]): name for name, index in match(header, draft.options.get("mapping")).items()}


def preview_page(request: HttpRequest, draft: ImportDraft, status: int = 200, **more: Any) -> HttpResponse:
    counts = draft.told["counts"]
    listed = {**counts, "suspicious": DraftRow.objects.filter(draft=draft, kind="suspicious").count()}
    wanted = more.get("show") or request.GET.get("show", "")
    show = wanted if wanted in KINDS else next((kind for kind in KINDS if listed.get(kind)), "unchanged")
    rows = DraftRow.objects.filter(draft=draft, kind=show).order_by("pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.fields = [  # type: ignore[attr-defined]
            (TOLD.get(name, name), was, new) for name, was, new in row.detail.get("fields", [])
        ]
    names = words()
    asks = draft.told["asks"]
    context = {
        "draft": draft,
        "told": draft.told,
        "tiles": [{"kind": kind, "label": names[kind], "number": listed.get(kind, 0)} for kind in KINDS],
        "show": show,
        "title": names[show],
        "page": page,
        "forms": _decision_forms(page.object_list, more.get("decided")) if show == "suspicious" else [],
        "accept": more.get("accept") or (AcceptForm() if LEAVING in asks else None),
        "accepted": draft.options.get("accepted", {}).get(LEAVING, ""),
        "ask_width": "number_width" in asks,
        "width": asks.get("number_width") or "",
        "ask_dates": asks.get("date_order", 0),
        "date_order": draft.told.get("date_order", ""),
        "former": asks.get("former_units", [])[:50],
        "former_said": draft.options.get("former_units", ""),
        "same": drafts.same_file(draft),
        "others": drafts.others(by=draft.by),
        "units": draft.told["units"][:200],
        "more_units": max(0, len(draft.told["units"]) - 200),
        "encoding": ENCODINGS.get(draft.told["encoding"], ""),
        "can_write": draft.told["writes"] and not draft.told["stops"],
    }
    return render(request, "culture/people/preview.html", context, status=status)


def _decision_forms(rows: Any, decided: DecisionForm | None) -> list[dict[str, Any]]:
    """A form for each suspicious row; the one that was just sent with errors keeps what was typed."""
    forms = []
    for row in rows:
        prefix = f"row{row.pk}"
        if decided is not None and decided.prefix == prefix:
            forms.append({"row": row, "form": decided})
            continue
        initial = {"answer": row.detail["answer"], "reason": row.detail["reason"]}
        forms.append({"row": row, "form": DecisionForm(row.detail["choices"], prefix=prefix, initial=initial)})
    return forms


# -- answers -----------------------------------------------------------------------------------------------------------


def _again(request: HttpRequest, draft: ImportDraft, show: str = "", **options: Any) -> HttpResponse:
    """Read the file again with what was said."""
    drafts.ask_for_reading(ImportDraft.objects.select_related("by").get(pk=draft.pk), **options)
    if draft.big:
        tasks.work_on_import.delay_on_commit(draft.pk)
    response = redirect("people:preview", token=draft.token)
    if show:
        response["Location"] += f"?show={show}"
    return response


def _idle(draft: ImportDraft) -> bool:
    return draft.state in (STATES.ASKING, STATES.READY)


@require_POST
@require(Permission.MANAGE_PEOPLE)
def reading(request: HttpRequest, token: str) -> HttpResponse:
    """Take an answer about the whole file: its encoding, the width of numbers, the order of dates, the mode."""
    draft = draft_of(request, token)
    form = ReadingForm(request.POST)
    if not _idle(draft):
        return redirect("people:preview", token=token)
    if not form.is_valid() or not form.answers():
        messages.error(request, _("Choose one of the answers; a width is a number from 1 to 40."))
        return _question_page(request, draft, status=422) if draft.state == STATES.ASKING else preview_page(
            request, draft, status=422
        )  # fmt: skip
    return _again(request, draft, **form.answers())


@require_http_methods(["GET", "POST"])
@require(Permission.MANAGE_PEOPLE)
def mapping(request: HttpRequest, token: str) -> HttpResponse:
    """See and correct which column is which."""
    draft = draft_of(request, token)
    if not _idle(draft) or "header" not in draft.told:
        return redirect("people:preview", token=token)
    if request.method == "GET":
        return mapping_page(request, draft)
    form = MappingForm(draft.told["header"], {}, request.POST)
    if not form.is_valid():
        return mapping_page(request, draft, form, status=422)
    return _again(request, draft, mapping=form.mapping())


@require_POST
@require(Permission.MANAGE_PEOPLE)
def decide(request: HttpRequest, token: str, row: int) -> HttpResponse:
    """Say what a suspicious row means."""
    draft = draft_of(request, token)
    found = DraftRow.objects.filter(draft=draft, pk=row, kind="suspicious").first()
    if draft.state != STATES.READY or found is None:
        messages.error(request, _("The preview was made anew. Look at it again."))
        return redirect("people:preview", token=token)
    form = DecisionForm(found.detail["choices"], request.POST, prefix=f"row{row}")
    if not form.is_valid():
        return preview_page(request, draft, status=422, decided=form, show="suspicious")
    decided = {**draft.options.get("decided", {}), found.number: form.cleaned_data}
    return _again(request, draft, show="suspicious", decided=decided)


@require_POST
@require(Permission.MANAGE_PEOPLE)
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Say that so many people really leave, and why."""
    draft = draft_of(request, token)
    if draft.state != STATES.READY:
        return redirect("people:preview", token=token)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return preview_page(request, draft, status=422, accept=form)
    return _again(request, draft, accepted={LEAVING: form.cleaned_data["reason"]})


# -- confirming --------------------------------------------------------------------------------------------------------


@require_POST
@require(Permission.MANAGE_PEOPLE)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Write what the preview showed; when the people changed since, show the preview again."""
    draft = draft_of(request, token)
    if draft.state != STATES.READY:
        return redirect("people:preview", token=token)
    shown = request.POST.get("fingerprint", "")
    if draft.big:
        if not drafts.ask_for_writing(draft, fingerprint=shown):
            return _not_now(request, draft, changed())
        tasks.work_on_import.delay_on_commit(draft.pk)
        return redirect("people:preview", token=token)
    if draft.told["fingerprint"] != shown:
        return _not_now(request, draft, changed())
    full = ImportDraft.objects.select_related("by").get(pk=draft.pk)
    try:
        done = drafts.write(full, quiet)
    except Busy as error:
        return _not_now(request, draft, str(error))
    if done is None:
        return _not_now(request, draft_of(request, token), changed())
    messages.success(request, written(done))
    return redirect("people:import_detail", pk=done.pk)


def changed() -> str:
    return _("The people changed since this preview. Look at it again and confirm.")


def _not_now(request: HttpRequest, draft: ImportDraft, text: str) -> HttpResponse:
    messages.error(request, text)
    if draft.state != STATES.READY:
        return redirect("people:preview", token=draft.token)
    draft.told.pop("again", None)
    return preview_page(request, draft, status=409)


@require_POST
@require(Permission.MANAGE_PEOPLE)
def discard(request: HttpRequest, token: str) -> HttpResponse:
    """Throw the uploaded file away."""
    draft = drafts.find(token, by=only_whole(request))
    if draft and draft.state == STATES.APPLYING:
        messages.error(request, _("This file is being imported. When it is done, you can undo the import."))
        return redirect("people:preview", token=token)
    if draft:
        drafts.drop(draft)
        messages.info(request, _("The file was discarded; nothing was imported."))
    return redirect("people:import")
