"""The record of imports, undoing one, rejected rows and the export of people."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from culture.access.audit import record
from culture.access.permissions import Permission, require, sees_everything, visible_units
from culture.people import drafts, exporting, tasks, undoing
from culture.people.charsets import ENCODINGS
from culture.people.forms import MODES, UndoForm
from culture.people.headings import TOLD
from culture.people.import_models import DraftRow, ImportDraft, ImportEffect, PeopleImport
from culture.people.import_views import draft_of, only_whole, words
from culture.people.models import Employee
from culture.people.plans import Busy

PER_PAGE = 50
DONE_KINDS = ("left", "moved", "changed", "joined", "unit")
HIDDEN = {"memberships", "reportings", "decided"}


@require_GET
@require(Permission.MANAGE_PEOPLE)
def imports(request: HttpRequest) -> HttpResponse:
    """Every import there was, newest first."""
    only_whole(request)
    page = Paginator(PeopleImport.objects.select_related("by", "undone_by"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "culture/people/imports.html", {"page": page})


def _import(request: HttpRequest, pk: int) -> PeopleImport:
    only_whole(request)
    return get_object_or_404(PeopleImport.objects.select_related("by", "undone_by"), pk=pk)


@require_GET
@require(Permission.MANAGE_PEOPLE)
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: how the file was read, and what it did to whom."""
    return _detail_page(request, _import(request, pk), UndoForm())


def _detail_page(
    request: HttpRequest, done: PeopleImport, form: UndoForm, reasons: list[str] | None = None, status: int = 200
) -> HttpResponse:
    names = {**words(), "unit": _("New units")}
    kept = dict.fromkeys(DONE_KINDS, 0)
    kept |= dict(done.effects.order_by().values_list("kind").annotate(Count("pk")))
    wanted = request.GET.get("show", "")
    show = wanted if wanted in DONE_KINDS else next((kind for kind in DONE_KINDS if kept[kind]), "joined")
    rows = done.effects.filter(kind=show).select_related("employee").order_by("pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "done": done,
        "tiles": [{"kind": kind, "label": names[kind], "number": kept[kind]} for kind in DONE_KINDS],
        "shown": [{"effect": effect, "fields": _fields(effect)} for effect in page],
        "page": page,
        "show": show,
        "title": names[show],
        "form": form,
        "reasons": reasons if reasons is not None else done.undo_refused,
        "mode": dict(MODES).get(done.about.get("mode", ""), ""),
        "encoding": ENCODINGS.get(done.about.get("encoding", ""), done.about.get("encoding", "")),
        "rejected": done.counts.get("rejected", 0),
        "can_undo": not done.undo and any(kept.values()),
        "asked": done.undo == PeopleImport.Undo.ASKED,
        "forgotten": not any(kept.values()) and any(done.counts.get(kind) for kind in DONE_KINDS),
    }
    return render(request, "culture/people/import_detail.html", context, status=status)


def _fields(effect: ImportEffect) -> list[dict[str, Any]]:
    """What changed, before and after, in words."""
    return [
        {"label": TOLD.get(name, name), "before": effect.before.get(name), "after": value}
        for name, value in effect.after.items()
        if name not in HIDDEN
    ]


@require_POST
@require(Permission.MANAGE_PEOPLE)
def import_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Put everybody back as before one import."""
    done, user = _import(request, pk), only_whole(request)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _detail_page(request, done, form, status=422)
    if undoing.is_big(done):
        if undoing.ask(done, by=user):
            tasks.undo_import.delay_on_commit(done.pk)
            messages.info(request, _("The worker puts everybody back. Load this page again in a moment."))
        return redirect("people:import_detail", pk=pk)
    try:
        undoing.undo(done, by=user)
    except undoing.Refused as error:
        messages.error(request, _("Nothing was undone: something happened since."))
        return _detail_page(request, done, form, reasons=error.reasons, status=409)
    except Busy as error:
        messages.error(request, str(error))
        return _detail_page(request, done, form, status=409)
    messages.success(request, _("The import was undone. Everybody is as before."))
    return redirect("people:import_detail", pk=pk)


@require_GET
@require(Permission.MANAGE_PEOPLE)
def rejects(request: HttpRequest, token: str) -> HttpResponse:
    """The rejected rows as a file, with the reasons beside them."""
    draft = draft_of(request, token)
    if draft.state != ImportDraft.State.READY:
        raise Http404
    rows = DraftRow.objects.filter(draft=draft, kind="rejected").order_by("line", "pk")
    reasons: dict[int, list[dict[str, str]]] = {}
    for row in rows:
        reasons.setdefault(row.line, []).append(row.detail)
    table = drafts.table_of(ImportDraft.objects.get(pk=draft.pk))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="rejected-rows.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=table.delimiter or ",")
    writer.writerow([*table.headings.values(), _("Row"), _("Column"), _("Reason"), _("What to do")])
    for found in table.rows:
        for why in reasons.get(found.line, []):
            line = [*found.cells.values(), found.line, why["column"], why["reason"], why["remedy"]]
            writer.writerow([exporting.harmless(str(cell)) for cell in line])
    return response


@require_GET
@require(Permission.MANAGE_PEOPLE)
def export(request: HttpRequest) -> Any:
    """People of the units one manages, with the columns an import takes."""
    user = request.user
    assert isinstance(user, Employee)
    whole = sees_everything(user, Permission.MANAGE_PEOPLE)
    people: QuerySet[Employee] = Employee.objects.filter(erasure__isnull=True)
    if not whole:
        people = people.filter(unit__in=visible_units(user, Permission.MANAGE_PEOPLE))
    kind = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    record(user, "people.export", "people", format=kind, people=people.count(), whole=whole)
    name = f"people-{timezone.localdate():%Y-%m-%d}.{kind}"
    if kind == "xlsx":
        return FileResponse(exporting.as_xlsx(people), as_attachment=True, filename=name)
    response = StreamingHttpResponse(exporting.as_csv(people), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
